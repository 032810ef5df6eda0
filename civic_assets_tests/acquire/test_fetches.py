"""Receipts: every request has one, sealed by the one before."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.fetches import CHECKED, FETCHES, Fetch, Fetches, damage_of, read_fetches
from civic_assets.archive import chain
from civic_assets.errors import ArchiveError
from civic_assets_tests.acquire.conftest import CSV, HOST, OTHER
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told

URL = f"https://{HOST}/data.csv"
LIST = f"https://{HOST}/list.json"


def receipts(site):
    read = read_fetches(site.store / "acquired")
    assert not read.damage
    return list(read.receipts)


def test_everything_that_was_asked_has_a_receipt(publisher, tmp_path) -> None:
    site = publisher(Fault("503", path="data.csv", times=1))
    asks = site.asks()
    asks.read(LIST, found_at="https://files.publisher.example/")
    asks.read(LIST)
    got = asks.fetch(URL, tmp_path / "a", found_at=LIST)
    asks.fetch(URL, tmp_path / "b", known=got.validators)
    asks.part(URL, 0, 9)
    found = receipts(site)
    assert [(one.way, one.status, one.bytes, one.attempts) for one in found] == [
        ("read", 200, 23, 1), ("read", 304, 0, 1), ("fetch", 200, len(CSV), 2), ("fetch", 304, 0, 1),
        ("part", 206, 10, 1),
    ]  # fmt: skip
    assert {one.source for one in found} == {"plain"} and all(one.replayed for one in found)
    fetched = found[2]
    assert (fetched.asked, fetched.answered, fetched.found_at) == (URL, URL, LIST)
    assert fetched.sha256 == hashlib.sha256(CSV).hexdigest() and fetched.failed is None
    assert fetched.headers["etag"] == '"v1"' and "server" not in fetched.headers
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fetched.started)
    assert fetched.started <= fetched.ended
    assert found[1].sha256 is None and found[3].sha256 is None


def test_a_failure_has_a_receipt_with_its_cause(publisher, tmp_path) -> None:
    site = publisher(Fault("429_long", path="data.csv"), Fault("expired", times=1))
    asks = site.asks()
    with pytest.raises(NotObtained):
        asks.read(LIST)
    with pytest.raises(NotObtained):
        asks.fetch(URL, tmp_path / "a")
    with pytest.raises(NotObtained):
        asks.read("https://elsewhere.example/")
    first, second, third = receipts(site)
    assert (first.failed, first.status, first.answered) == ("certificate", None, None)
    assert (second.failed, second.status, second.headers["retry-after"]) == ("too_many_requests", 429, "7200")
    assert (third.failed, third.asked) == ("address", "https://elsewhere.example/")


def test_the_address_that_answered_is_the_one_after_redirects(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/latest"] = Told(302, {"location": f"https://{OTHER}/data.csv"})
    site.asks(hosts=(HOST, OTHER)).fetch(f"https://{HOST}/latest", tmp_path / "a")
    (one,) = receipts(site)
    assert (one.asked, one.answered) == (f"https://{HOST}/latest", f"https://{OTHER}/data.csv")


def test_a_changed_line_is_noticed(publisher) -> None:
    site = publisher()
    asks = site.asks()
    for _ in range(3):
        asks.read(LIST)
    path = site.store / "acquired" / FETCHES
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b'"status":304', b'"status":200') + lines[2])
    (sentence,) = read_fetches(path.parent).damage
    assert "fetches.jsonl, line 2 was changed after it was written" in sentence
    path.write_bytes(lines[0] + lines[2])
    assert "does not follow the line before it" in read_fetches(path.parent).damage[0]


def test_a_torn_last_line_is_mended_by_the_next_receipt(publisher) -> None:
    site = publisher()
    site.asks().read(LIST)
    path = site.store / "acquired" / FETCHES
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"asked":"https://fil')
    site.asks().read(LIST)
    assert len(receipts(site)) == 2
    assert (path.parent / "fetches.torn-1").read_bytes() == b'{"asked":"https://fil'
    path.write_bytes(whole[:-1])  # complete but for its line end
    site.asks().read(LIST)
    assert len(receipts(site)) == 2


def test_receipts_are_not_added_to_a_damaged_chain(publisher) -> None:
    site = publisher()
    site.asks().read(LIST)
    path = site.store / "acquired" / FETCHES
    path.write_bytes(path.read_bytes().replace(b'"status":200', b'"status":404'))
    with pytest.raises(ArchiveError, match="move it away to begin another one"):
        site.asks().read(LIST)


def test_receipts_of_two_clients_form_one_chain(publisher) -> None:
    site = publisher()
    first, second = site.asks(), site.asks()
    for asks in (first, second, first, second):
        asks.read(LIST)
    assert len(receipts(site)) == 4


def test_a_long_chain_is_appended_to_without_being_read(publisher) -> None:
    site = publisher()
    asks = site.asks()
    asks.read(LIST, found_at="https://files.publisher.example/" + "x" * 200_000)
    asks.read(LIST)
    assert len(receipts(site)) == 2
    line = json.loads((site.store / "acquired" / FETCHES).read_bytes().splitlines()[1])
    assert line["seq"] == 2


RECEIPT = Fetch(
    "plain", "read", LIST, LIST, 200, {}, "2026-01-01T09:30:00.000Z", "2026-01-01T09:30:01.000Z", 23, None, None, 1,
    None, replayed=True,
)  # fmt: skip


def written(acquired, lines):
    acquired.mkdir(exist_ok=True)
    for number in range(lines):
        Fetches(acquired).add(replace(RECEIPT, bytes=number), sync=False)


@pytest.mark.parametrize(
    "where", ["first line", "middle", "last line", "after the check", "cut off", "swapped"]
)
def test_damage_is_found_after_lines_were_checked_before(tmp_path, where) -> None:
    acquired = tmp_path / "acquired"
    written(acquired, 6)
    assert damage_of(acquired) == () and (acquired / CHECKED).exists()
    written(acquired, 2)
    path = acquired / FETCHES
    lines = path.read_bytes().splitlines(keepends=True)
    number = {"first line": 0, "middle": 3, "last line": 5, "after the check": 7}.get(where)
    if number is not None:
        lines[number] = lines[number].replace(b"2026-01-01", b"2026-01-02", 1)
    elif where == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        del lines[2]
    path.write_bytes(b"".join(lines))
    for _ in range(2):
        found = damage_of(acquired)
        assert found and found == read_fetches(acquired).damage


def test_only_new_lines_are_read_again(tmp_path, monkeypatch) -> None:
    acquired = tmp_path / "acquired"
    written(acquired, 50)
    assert damage_of(acquired) == ()
    written(acquired, 3)
    parsed = []
    really = chain._parse

    def counted(form, line):
        parsed.append(line)
        return really(form, line)

    monkeypatch.setattr(chain, "_parse", counted)
    assert damage_of(acquired) == () and len(parsed) == 3
    assert damage_of(acquired) == () and len(parsed) == 3


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"end":"x","lines":1,"head":"","sha256":""}', b'{"end":-1']
)
def test_a_broken_note_of_what_was_checked_is_not_used(tmp_path, content) -> None:
    acquired = tmp_path / "acquired"
    written(acquired, 3)
    assert damage_of(acquired) == ()
    (acquired / CHECKED).write_bytes(content)
    assert damage_of(acquired) == ()
    path = acquired / FETCHES
    path.write_bytes(path.read_bytes().replace(b"plain", b"plane", 1))
    (acquired / CHECKED).write_bytes(content)
    assert damage_of(acquired) == read_fetches(acquired).damage != ()
