"""Rates: never more requests in a window than a publisher allows, by the publisher's own log."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from civic_assets.acquire.client import open_client
from civic_assets.acquire.http.rates import LIMITS, Limit, Rates
from civic_assets.acquire.settings import Replay, Settings
from civic_assets_tests.acquire.conftest import QUICK, TestClock
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import PlainSite, Told

HOSTS = (
    "www.ons.gov.uk", "api.beta.ons.gov.uk", "download.ons.gov.uk", "data.police.uk", "www.gov.uk",
    "assets.publishing.service.gov.uk", "data.london.gov.uk", "www.nomisweb.co.uk",
)  # fmt: skip


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(sum(start <= time < start + seconds for time in times) for start in times)


@pytest.fixture
def replayed(tmp_path):
    """A server for the publishers' hosts whose log has the client's time, and a client."""
    clock = TestClock()
    site = PlainSite(HOSTS, {f"/{name}": Told(body=b"{}") for name in ("file", "page", "data")})
    with ExitStack() as stack:
        server = stack.enter_context(ReplayServer([site], clock=clock.elapsed))
        host, _, port = server.address.rpartition(":")
        authority = server.authority.write(tmp_path / "authority.pem")
        settings = Settings(replay=Replay(host, int(port), str(authority)))
        client = stack.enter_context(open_client(tmp_path / "store", settings, clock=clock, limits=QUICK))
        yield server, client.bound_to("all", HOSTS)


@pytest.mark.parametrize(
    ("addresses", "windows"),
    [
        (("www.ons.gov.uk/file",), {10: 15}),
        (("www.ons.gov.uk/file", "download.ons.gov.uk/data"), {10: 15}),
        (("www.ons.gov.uk/page", "api.beta.ons.gov.uk/page"), {10: 120, 60: 200}),
        (("data.police.uk/data",), {1: 15}),
        (("www.gov.uk/page", "assets.publishing.service.gov.uk/file"), {1: 10}),
        (("data.london.gov.uk/data",), {1: 5}),
    ],
)
def test_the_publisher_never_sees_more_than_it_allows(replayed, addresses, windows: dict[int, int]) -> None:
    server, asks = replayed
    number = max(windows.values()) * 2 + 5
    for n in range(number):
        asks.read(f"https://{addresses[n % len(addresses)]}")
    times = [one.at for one in server.requests]
    assert len(times) == number
    for seconds, most in windows.items():
        assert most_in_a_window(times, seconds) <= most
    # And it is not far below: the limit is used.
    assert max(most_in_a_window(times, s) / most for s, most in windows.items()) > 0.9


def test_hosts_that_state_no_limit_do_not_wait_for_each_other(replayed) -> None:
    _, asks = replayed
    waits = asks._means.exchange.clock.waits
    for _ in range(5):
        asks.read("https://data.london.gov.uk/data")
        asks.read("https://www.nomisweb.co.uk/data")
    assert not waits


def test_downloads_of_the_ons_do_not_use_up_what_pages_may() -> None:
    clock = TestClock()
    rates = Rates(clock)
    for _ in range(15):
        rates.take("https://www.ons.gov.uk/file?uri=/a")
    assert rates.take("https://www.ons.gov.uk/a/data") == 0
    assert rates.take("https://www.ons.gov.uk/file?uri=/a") > 9


def test_retries_count_as_requests(publisher) -> None:
    from civic_assets_tests.acquire.conftest import HOST
    from civic_assets_tests.replay.faults import Fault

    site = publisher(Fault("503", times=4))
    one_in_100_seconds = (Limit("", ((1, 100.0),)),)
    site.asks(rates=one_in_100_seconds).read(f"https://{HOST}/list.json")
    assert sum(site.clock.waits) > 4 * 100


def test_limits_are_the_publishers() -> None:
    said = {limit.name: limit.most for limit in LIMITS}
    assert said == {
        "ons downloads": ((15, 10.0),), "ons": ((120, 10.0), (200, 60.0)), "data.police.uk": ((15, 1.0),),
        "gov.uk": ((10, 1.0),), "": ((5, 1.0),),
    }  # fmt: skip
