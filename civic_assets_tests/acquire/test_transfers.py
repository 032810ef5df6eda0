"""Transfers: whole files or none, resumed where they broke, within limits, of the kind that was wanted."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.http.bodies import is_page, title_of
from civic_assets_tests.acquire.conftest import CSV, HOST, IMPATIENT, QUICK
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told

URL = f"https://{HOST}/data.csv"


def left_behind(site) -> list[str]:
    return [one.name for one in (site.store / "acquired" / "partial").iterdir()]


@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_broken_transfer_goes_on_where_it_broke(publisher, tmp_path, kind: str) -> None:
    site = publisher(Fault(kind, path="data.csv", times=1))
    got = site.asks().fetch(URL, tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_bytes() == CSV
    assert got.attempts == 2
    assert [one.status for one in site.server.requests] == [200, 206]
    assert site.server.requests[1].headers["if-range"] == '"v1"'
    assert sum(one.sent for one in site.server.requests) < 1.5 * len(CSV)
    assert not left_behind(site)


def test_a_body_in_chunks_that_is_cut_short_is_fetched_again(publisher, tmp_path) -> None:
    site = publisher(Fault("chunks_cut", times=1))
    assert site.asks().fetch(URL, tmp_path / "a").attempts == 2
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_file_that_changed_while_it_was_fetched_is_begun_again(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=1))
    new = CSV.replace(b"E0", b"W0")
    told = site.site.pages["/data.csv"]
    answers = iter([told])
    site.site.pages["/data.csv"] = lambda asked: next(answers, Told(body=new, etag='"v2"', ranges=True))
    got = site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == new
    assert got.validators.etag == '"v2"'
    assert [one.status for one in site.server.requests] == [200, 200]


def test_a_part_of_another_file_is_never_put_behind_the_first(publisher, tmp_path) -> None:
    # A server that follows Range without looking at If-Range.
    site = publisher(Fault("reset", path="data.csv", times=1))
    new = CSV.replace(b"E0", b"W0")
    first = site.site.pages["/data.csv"]
    answers = iter([first])

    def careless(asked):
        told = next(answers, None)
        if told is None:
            told = Told(body=new, etag='"v2"', ranges=True)
            asked.headers.pop("if-range", None)
        return told

    site.site.pages["/data.csv"] = careless
    site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == new


def test_a_weak_etag_is_not_resumed_by(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=1))
    site.site.pages["/data.csv"] = Told(body=CSV, etag='W/"v1"', ranges=True)
    site.asks().fetch(URL, tmp_path / "a")
    assert [one.status for one in site.server.requests] == [200, 200]
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_file_without_etag_is_resumed_by_the_time_of_its_last_change(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=1))
    site.site.pages["/data.csv"] = Told(body=CSV, last_modified="Thu, 23 Jul 2026 08:30:00 GMT", ranges=True)
    site.asks().fetch(URL, tmp_path / "a")
    assert [one.status for one in site.server.requests] == [200, 206]
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_publisher_without_ranges_is_begun_again(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=1))
    site.site.pages["/data.csv"].ranges = False
    site.asks().fetch(URL, tmp_path / "a")
    assert [one.status for one in site.server.requests] == [200, 200]
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_line_that_breaks_again_and_again_gets_there_as_long_as_bytes_come(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=9, at=0.3))
    got = site.asks(replace(QUICK, tries=3)).fetch(URL, tmp_path / "a")
    assert got.attempts == 10
    assert (tmp_path / "a").read_bytes() == CSV


def test_what_is_left_of_a_failed_transfer_is_resumed_by_the_next_client(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", path="data.csv", times=1), Fault("refused", path="data.csv", times=4))
    with pytest.raises(NotObtained) as failed:
        site.asks().fetch(URL, tmp_path / "a")
    assert failed.value.kind == "reset" and failed.value.attempts == 5
    assert not (tmp_path / "a").exists()
    assert sorted(name[-5:] for name in left_behind(site)) == [".body", ".json"]
    site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV
    assert site.server.requests[-1].status == 206
    assert not left_behind(site)


def test_a_file_that_could_only_not_be_put_in_its_place_is_not_fetched_twice(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", times=1, at=0.999999), Fault("refused", times=4))
    with pytest.raises(NotObtained):
        site.asks().fetch(URL, tmp_path / "a")
    (body,) = (site.store / "acquired" / "partial").glob("*.body")
    body.write_bytes(CSV)  # as if the process had died between the last byte and the renaming
    site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV
    assert site.server.requests[-1].sent == 1


def test_a_file_over_the_cap_is_refused_before_its_body(publisher, tmp_path) -> None:
    site = publisher()
    with pytest.raises(NotObtained, match="Nothing was fetched") as refused:
        site.asks(replace(QUICK, file_bytes=1000)).fetch(URL, tmp_path / "a")
    assert refused.value.kind == "too_large" and refused.value.attempts == 1
    assert not left_behind(site)


def test_a_body_that_goes_on_beyond_the_cap_is_cut_off(publisher, tmp_path) -> None:
    site = publisher(Fault("endless"))
    with pytest.raises(NotObtained, match="goes on after") as refused:
        site.asks(replace(QUICK, file_bytes=1_000_000)).fetch(URL, tmp_path / "a")
    assert refused.value.kind == "too_large"
    assert not (tmp_path / "a").exists() and not left_behind(site)


def test_a_document_over_its_cap_is_refused(publisher) -> None:
    with pytest.raises(NotObtained) as refused:
        publisher().asks(replace(QUICK, document_bytes=1000)).read(URL)
    assert refused.value.kind == "too_large"


def test_a_gzip_body_is_kept_decoded(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/data.csv"] = Told(body=CSV, etag='"v1"', gzip="always")
    got = site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV and got.size == len(CSV)
    assert site.server.requests[0].sent < len(CSV) / 2
    assert site.asks().read(URL).body == CSV


def test_a_gzip_body_of_several_members_is_kept_whole(publisher) -> None:
    site = publisher()
    body = gzip.compress(CSV[:1000]) + gzip.compress(CSV[1000:])
    site.site.pages["/data.csv"] = Told(200, {"content-encoding": "gzip"}, body)
    assert site.asks().read(URL).body == CSV


def test_a_gzip_body_that_was_cut_short_by_its_server_is_found_out(publisher, tmp_path) -> None:
    site = publisher()
    whole = Told(200, {"content-encoding": "gzip"}, gzip.compress(CSV))
    answers = iter([Told(200, {"content-encoding": "gzip"}, gzip.compress(CSV)[:-20])])
    site.site.pages["/data.csv"] = lambda asked: next(answers, whole)
    assert site.asks().fetch(URL, tmp_path / "a").attempts == 2
    assert (tmp_path / "a").read_bytes() == CSV


def test_a_small_body_that_unpacks_to_very_much_is_cut_off(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/data.csv"] = Told(200, {"content-encoding": "gzip"}, gzip.compress(bytes(20_000_000)))
    with pytest.raises(NotObtained, match="unpacks to more than") as refused:
        site.asks(replace(QUICK, file_bytes=1_000_000)).fetch(URL, tmp_path / "a")
    assert refused.value.kind == "too_large"
    assert not left_behind(site)


def test_an_encoding_that_was_not_asked_for_is_refused(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/data.csv"] = Told(200, {"content-encoding": "br"}, b"\x0b\x02\x80abc\x03")
    with pytest.raises(NotObtained, match="encoding br"):
        site.asks().fetch(URL, tmp_path / "a")


def test_a_page_in_place_of_a_file_is_refused_with_its_title(publisher, tmp_path) -> None:
    site = publisher(Fault("html"))
    with pytest.raises(
        NotObtained, match='web page with the title "Sorry, there is a problem with the service"'
    ) as refused:
        site.asks().fetch(URL, tmp_path / "data.csv")
    assert refused.value.kind == "wrong_content"
    assert not (tmp_path / "data.csv").exists() and not left_behind(site)


@pytest.mark.parametrize(
    "start",
    [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <html lang=en>", b'<?xml version="1.0"?><html>', b"<!-- x --><!doctype HTML>",
     b"<div class=error>", b"<h1>Not found</h1>"],
)  # fmt: skip
def test_pages_are_known_by_their_first_bytes(start: bytes) -> None:
    assert is_page(start)


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04", b"a,b\n<html>", b"<5,<10\n", b'<?xml version="1.0"?><rows/>', b""]
)
def test_files_are_not_taken_for_pages(start: bytes) -> None:
    assert not is_page(start)


def test_the_title_of_a_page_is_one_line_of_plain_text() -> None:
    assert title_of(b"<title>\n Sorry &amp;\x1b[31m  gone </title>") == "Sorry & [31m gone"
    assert title_of(b"<html>no title") is None


def test_an_error_object_in_place_of_a_file_is_refused_with_its_words(publisher, tmp_path) -> None:
    with pytest.raises(NotObtained, match="Invalid or missing input parameters"):
        publisher(Fault("error_object")).asks().fetch(URL, tmp_path / "a")


def test_an_empty_body_is_not_a_file(publisher, tmp_path) -> None:
    with pytest.raises(NotObtained, match="the answer is empty"):
        publisher(Fault("empty_body")).asks().fetch(URL, tmp_path / "a")


def test_an_archive_that_its_server_cut_short_is_fetched_again(publisher, tmp_path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/a.csv", CSV)
    whole = packed.getvalue()
    site = publisher()
    answers = iter([Told(body=whole[:-40], chunked=True)])
    site.site.pages["/data.zip"] = lambda asked: next(answers, Told(body=whole, chunked=True))
    got = site.asks().fetch(f"https://{HOST}/data.zip", tmp_path / "data.zip")
    assert got.attempts == 2 and (tmp_path / "data.zip").read_bytes() == whole


def test_an_archive_that_stays_cut_short_is_not_kept(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/data.zip"] = Told(body=b"PK\x03\x04" + bytes(300), chunked=True)
    with pytest.raises(NotObtained, match="cut short"):
        site.asks(IMPATIENT).fetch(f"https://{HOST}/data.zip", tmp_path / "data.zip")
    assert not left_behind(site) and not (tmp_path / "data.zip").exists()


def test_two_processes_do_not_write_the_same_file(publisher, tmp_path) -> None:
    site = publisher()
    client = site.client()
    with (
        client._means.partials.open(URL),
        pytest.raises(NotObtained, match="being fetched by another process"),
    ):
        site.asks().fetch(URL, tmp_path / "a")


def test_a_full_disk_ends_in_a_sentence(publisher, tmp_path) -> None:
    import resource

    site = publisher()
    asks = site.asks()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(NotObtained, match="could not be written") as refused:
            asks.fetch(URL, tmp_path / "a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.kind == "disk"
