"""What a client asks, what it returns, and what it leaves alone, over real sockets."""

from __future__ import annotations

import hashlib
import re

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.client import open_client
from civic_assets.acquire.settings import Settings
from civic_assets_tests.acquire.conftest import CSV, HOST, OTHER
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told

URL = f"https://{HOST}/data.csv"
LIST = f"https://{HOST}/list.json"


def test_a_file_is_fetched_whole_with_its_hash(publisher, tmp_path) -> None:
    got = publisher().asks().fetch(URL, tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_bytes() == CSV
    assert (got.size, got.sha256, got.status) == (len(CSV), hashlib.sha256(CSV).hexdigest(), 200)
    assert got.validators.etag == '"v1"'
    assert got.started <= got.ended and got.started.tzinfo is not None


def test_publishers_are_told_who_asks_in_the_form_of_the_ons(publisher) -> None:
    site = publisher()
    site.asks().read(LIST)
    agent = site.server.requests[0].headers["user-agent"]
    assert re.fullmatch(r"civic-assets/\S+ \([^()@]+ \+https?://[^\s()@]+\)", agent)
    assert Settings(organisation="Example Council", site="https://example.org").user_agent.endswith(
        "(Example Council +https://example.org)"
    )


def test_an_installation_without_a_name_is_reminded(tmp_path) -> None:
    said: list[str] = []
    with open_client(tmp_path, Settings(), say=said.append):
        pass
    with open_client(tmp_path, Settings(organisation="Example Council"), say=said.append):
        pass
    assert len(said) == 1 and "civic.toml" in said[0]


def test_nothing_of_the_environment_is_sent_or_used(publisher, monkeypatch, tmp_path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login somebody password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    site = publisher()
    site.asks().read(LIST)
    assert "authorization" not in site.server.requests[0].headers


def test_cookies_are_not_kept(publisher) -> None:
    site = publisher()
    site.site.pages["/list.json"].headers["set-cookie"] = "visitor=1; Path=/"
    asks = site.asks()
    asks.read(LIST), asks.read(LIST)
    assert [one.headers.get("cookie") for one in site.server.requests] == [None, None]


def test_a_document_is_asked_for_conditionally_the_second_time(publisher) -> None:
    site = publisher()
    first = site.asks().read(LIST)
    second = site.asks().read(LIST)
    assert first.json() == second.json() == {"files": ["data.csv"]}
    assert (first.unchanged, second.unchanged) == (False, True)
    assert [one.status for one in site.server.requests] == [200, 304]
    assert second.status == 200 and second.headers["content-type"] == "application/json"


def test_a_document_that_changed_is_sent_again(publisher) -> None:
    site = publisher()
    site.asks().read(LIST)
    site.site.pages["/list.json"] = Told(body=b'{"files": []}', etag='"l2"')
    assert site.asks().read(LIST).json() == {"files": []}
    assert site.asks().read(LIST).unchanged


def test_a_document_without_etag_is_asked_for_by_the_time_of_its_last_change(publisher) -> None:
    site = publisher()
    site.site.pages["/list.json"] = Told(body=b"[1]", last_modified="Thu, 23 Jul 2026 08:30:00 GMT")
    asks = site.asks()
    assert [asks.read(LIST).unchanged, asks.read(LIST).unchanged] == [False, True]


def test_a_document_that_says_nothing_of_its_version_is_not_kept(publisher) -> None:
    site = publisher()
    site.site.pages["/list.json"] = Told(body=b"[1]")
    asks = site.asks()
    assert [asks.read(LIST).unchanged, asks.read(LIST).unchanged] == [False, False]
    assert not list((site.store / "acquired" / "documents").iterdir())


def test_a_kept_document_that_was_damaged_is_asked_for_without_a_condition(publisher) -> None:
    site = publisher()
    site.asks().read(LIST)
    (kept,) = (site.store / "acquired" / "documents").iterdir()
    kept.write_bytes(kept.read_bytes()[:-3] + b"x]}")
    assert site.asks().read(LIST).json() == {"files": ["data.csv"]}
    assert not site.server.requests[-1].conditional


def test_documents_with_other_queries_are_other_documents(publisher) -> None:
    site = publisher()
    site.site.pages["/page"] = lambda asked: Told(body=asked.get("n").encode(), etag=f'"{asked.get("n")}"')
    asks = site.asks()
    for n in ("1", "2", "1"):
        assert asks.read(f"https://{HOST}/page", params={"n": n}).body == n.encode()
    assert [one.query for one in site.server.requests][-1] == (("n", "1"),)
    assert [one.status for one in site.server.requests] == [200, 200, 304]


def test_a_file_that_is_as_it_was_is_not_fetched_again(publisher, tmp_path) -> None:
    site = publisher()
    asks = site.asks()
    first = asks.fetch(URL, tmp_path / "a")
    again = asks.fetch(URL, tmp_path / "b", known=first.validators)
    assert (again.status, again.path, again.size, again.sha256) == (304, None, 0, "")
    assert not (tmp_path / "b").exists()
    assert site.server.requests[-1].sent == 0


def test_a_file_that_was_replaced_in_place_is_fetched(publisher, tmp_path) -> None:
    site = publisher()
    first = site.asks().fetch(URL, tmp_path / "a")
    site.site.pages["/data.csv"] = Told(body=CSV[:-9] + b"corrected", etag='"v2"', ranges=True)
    second = site.asks().fetch(URL, tmp_path / "b", known=first.validators)
    assert second.status == 200 and second.sha256 != first.sha256
    assert second.validators.etag == '"v2"'


def test_one_connection_serves_several_requests(publisher, tmp_path) -> None:
    site = publisher()
    asks = site.asks()
    asks.read(LIST), asks.read(LIST), asks.fetch(URL, tmp_path / "a"), asks.part(URL, 0, 9)
    assert len({one.connection for one in site.server.requests}) == 1


def test_a_part_is_the_bytes_that_were_asked_for(publisher) -> None:
    got = publisher().asks().part(URL, 5, 104)
    assert (got.status, got.body) == (206, CSV[5:105])


def test_a_publisher_that_does_not_answer_parts_is_found_out_before_the_body(publisher) -> None:
    site = publisher()
    site.site.pages["/data.csv"].ranges = False
    with pytest.raises(NotObtained, match="does not answer with the bytes 5 to 104") as refused:
        site.asks().part(URL, 5, 104)
    assert refused.value.kind == "range"


def test_a_part_beyond_the_end_is_refused(publisher) -> None:
    with pytest.raises(NotObtained) as refused:
        publisher().asks().part(URL, len(CSV), len(CSV) + 9)
    assert (refused.value.kind, refused.value.status) == ("range", 416)


def test_a_redirect_to_an_allowed_host_is_followed(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/latest"] = Told(307, {"location": f"https://{OTHER}/data.csv"})
    got = site.asks(hosts=(HOST, OTHER)).fetch(f"https://{HOST}/latest", tmp_path / "a")
    assert got.asked == f"https://{HOST}/latest"
    assert got.url == f"https://{OTHER}/data.csv"
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_relative_redirect_is_followed(publisher) -> None:
    site = publisher()
    site.site.pages["/api/list"] = Told(301, {"location": "/list.json"})
    assert site.asks().read(f"https://{HOST}/api/list").url == LIST


def test_the_test_setting_says_so_loudly(publisher, capsys) -> None:
    publisher().client()
    assert "TEST SETTING: every host is replaced by the replay publisher" in capsys.readouterr().err


def test_json_that_is_a_page_ends_in_a_sentence(publisher) -> None:
    document = publisher(Fault("html")).asks().read(LIST)
    with pytest.raises(NotObtained, match="should be JSON, but it is a web page"):
        document.json()
