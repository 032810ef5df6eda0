"""Addresses: https, hosts of the contract at every hop, and nothing on a private network."""

from __future__ import annotations

import socket

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.client import open_client
from civic_assets.acquire.http.addresses import check_address, is_public, open_socket
from civic_assets.acquire.http.connections import watching
from civic_assets.acquire.settings import Settings
from civic_assets_tests.acquire.conftest import HOST, IMPATIENT, OTHER, QUICK, TestClock
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told


@pytest.mark.parametrize(
    "url",
    [
        "http://files.publisher.example/a",
        "ftp://files.publisher.example/a",
        "file:///etc/passwd",
        "https://files.publisher.example.org/a",
        "https://files.publisher.example@evil.example/a",
        "https://user:secret@files.publisher.example/a",
        "https://evil.example\\@files.publisher.example/a",
        "https://files.publisher.example:8443/a",
        "https://files.publisher.example:0x1bb/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::1/a",
        "https:///a",
        "//files.publisher.example/a",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_not_asked(publisher, url: str) -> None:
    site = publisher()
    with pytest.raises(NotObtained) as refused:
        site.asks().read(url)
    assert refused.value.kind == "address"
    assert not site.server.requests


@pytest.mark.parametrize(
    "url",
    ["https://FILES.Publisher.Example/a", "https://files.publisher.example./a", f"https://{HOST}:443/a"],
)
def test_an_allowed_host_is_allowed_however_it_is_written(url: str) -> None:
    assert check_address(url, {HOST}) == HOST


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("redirect_host", "files.example.org, which the contract does not allow"),
        ("redirect_private", "10.0.0.1, which the contract does not allow"),
        ("redirect_plain", "not https"),
        ("redirect_loop", "redirects more than 5 times"),
    ],
)
def test_a_redirect_that_is_not_allowed_is_not_followed(publisher, kind: str, words: str) -> None:
    site = publisher(Fault(kind))
    with pytest.raises(NotObtained, match=words) as refused:
        site.asks().read(f"https://{HOST}/list.json")
    assert refused.value.kind == "redirect"
    assert {one.host for one in site.server.requests} == {HOST}


def test_hosts_are_judged_at_every_hop(publisher) -> None:
    site = publisher()
    site.site.pages["/a"] = Told(302, {"location": f"https://{OTHER}/b"})
    site.site.pages["/b"] = Told(302, {"location": f"https://{HOST}/list.json"})
    assert site.asks(hosts=(HOST, OTHER)).read(f"https://{HOST}/a").status == 200
    before = len(site.server.requests)
    with pytest.raises(NotObtained, match="redirects to"):
        site.asks(hosts=(HOST,)).read(f"https://{HOST}/a")
    assert [one.host for one in site.server.requests[before:]] == [HOST]


def test_a_connection_to_another_host_than_the_judged_one_is_not_made(publisher) -> None:
    site = publisher()
    exchange = site.client()._means.exchange
    watching(None, HOST)
    try:
        with pytest.raises(NotObtained, match="was meant"):
            exchange._session.get(f"https://{OTHER}/list.json")
    finally:
        watching(None, "")
    assert not site.server.requests


def test_control_characters_of_a_publisher_do_not_reach_the_terminal(publisher) -> None:
    site = publisher()
    site.site.pages["/a"] = Told(302, {"location": "https://evil.example/\x1b[2J"})
    with pytest.raises(NotObtained) as refused:
        site.asks().read(f"https://{HOST}/a")
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "0.0.0.0", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1",
        "2002:0a00:0001::1", "2002:7f00:0001::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "64:ff9b:1::1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "151.101.2.132",
        "52.92.1.1",
        "2a04:4e42::820",
        "::ffff:151.101.2.132",
        "64:ff9b::9765:284",
        "2002:9765:284::1",
    ],
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
def test_a_name_that_leads_home_is_not_connected_to(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(NotObtained, match="not a public address") as refused:
            open_socket(name, server.getsockname()[1], 1)
        assert refused.value.kind == "address"
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_name_of_which_one_address_is_private_is_not_connected_to() -> None:
    def resolve(host, port, type):
        return [(socket.AF_INET, type, 6, "", (a, port)) for a in ("151.101.2.132", "192.168.1.1")]

    with pytest.raises(NotObtained, match=r"192\.168\.1\.1"):
        open_socket("files.publisher.example", 443, 1, resolve=resolve)


def test_the_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_when_it_is_connected_to() -> None:
    asked = []

    def resolve(host, port, type):
        asked.append(host)
        return [(socket.AF_INET, type, 6, "", ("127.0.0.1" if len(asked) > 1 else "192.0.2.1", port))]

    with pytest.raises(NotObtained, match=r"192\.0\.2\.1"):
        open_socket("rebinding.example", 443, 1, resolve=resolve)
    assert asked == ["rebinding.example"]


def test_a_client_without_the_test_setting_does_not_connect_to_loopback(tmp_path) -> None:
    with (
        open_client(tmp_path, Settings(), limits=QUICK) as client,
        pytest.raises(NotObtained, match="localhost leads to") as refused,
    ):
        client.bound_to("plain", ["localhost"]).read("https://localhost/a")
    assert refused.value.kind == "address"


def test_a_name_that_nobody_knows_ends_in_a_sentence(tmp_path) -> None:
    with (
        open_client(tmp_path, Settings(), limits=IMPATIENT, clock=TestClock()) as client,
        pytest.raises(NotObtained, match="the name of the host was not found"),
    ):
        client.bound_to("plain", ["nobody.invalid"]).read("https://nobody.invalid/a")
