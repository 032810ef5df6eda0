"""The client against a plain publisher, over real sockets."""

from __future__ import annotations

import hashlib

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets_tests.acquire.conftest import CSV, HOST
from civic_assets_tests.replay.faults import Fault

URL = f"https://{HOST}/data.csv"
LIST = f"https://{HOST}/list.json"


def test_a_file_is_fetched_whole_with_its_hash(publisher, tmp_path) -> None:
    got = publisher().asks().fetch(URL, tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_bytes() == CSV
    assert (got.size, got.sha256, got.status) == (len(CSV), hashlib.sha256(CSV).hexdigest(), 200)
    assert got.validators.etag == '"v1"'


def test_a_document_is_asked_for_conditionally_the_second_time(publisher) -> None:
    site = publisher()
    first = site.asks().read(LIST)
    second = site.asks().read(LIST)
    assert first.json() == second.json() == {"files": ["data.csv"]}
    assert (first.unchanged, second.unchanged) == (False, True)
    assert [one.status for one in site.server.requests] == [200, 304]


def test_one_connection_serves_several_requests(publisher, tmp_path) -> None:
    site = publisher()
    asks = site.asks()
    asks.read(LIST), asks.read(LIST), asks.fetch(URL, tmp_path / "a"), asks.part(URL, 0, 9)
    assert len({one.connection for one in site.server.requests}) == 1


def test_a_part_is_the_bytes_that_were_asked_for(publisher) -> None:
    got = publisher().asks().part(URL, 5, 104)
    assert (got.status, got.body) == (206, CSV[5:105])


@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_broken_transfer_goes_on_where_it_broke(publisher, tmp_path, kind: str) -> None:
    site = publisher(Fault(kind, path="data.csv", times=1))
    got = site.asks().fetch(URL, tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_bytes() == CSV
    assert got.attempts == 2
    assert [one.status for one in site.server.requests] == [200, 206]
    assert sum(one.sent for one in site.server.requests) < 1.5 * len(CSV)


def test_a_page_in_place_of_a_file_is_refused_with_its_title(publisher, tmp_path) -> None:
    with pytest.raises(NotObtained, match="web page with the title") as refused:
        publisher(Fault("html")).asks().fetch(URL, tmp_path / "data.csv")
    assert refused.value.kind == "wrong_content"
    assert not (tmp_path / "data.csv").exists()
