"""What is fetched in one round and the next, and what is left; over real sockets."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civic_assets.acquire.asking import Document, NotObtained, Transfer, Validators
from civic_assets.acquire.fetches import FETCHES
from civic_assets.acquire.live.asked import Documents, Requested
from civic_assets.acquire.live.decisions import Known, decide, received_by_others
from civic_assets.acquire.live.held import HeldFile, HeldSource, acquired, key_of
from civic_assets.acquire.live.rounds import _as_received
from civic_assets.acquire.live.run import conclude_quietly
from civic_assets.acquire.live.said import read_said
from civic_assets.acquire.offers import Offer
from civic_assets.cli.shared.live import fetching_lines
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.receive import take_in
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.live.publishers import BOROUGH, FORCE, POLICE, Publishers
from civic_assets_tests.replay.faults import Fault

_DOWNLOAD = "/download/"


def _bodies(publishers: Publishers) -> list[str]:
    """Paths of files whose bytes were sent; parts of an archive count as one."""
    return [
        one.path
        for one in publishers.server.requests
        if one.sent and one.status in (200, 206) and (_DOWNLOAD in one.path or one.path.endswith(".zip"))
    ]


def test_everything_that_is_offered_is_received_with_its_address(publishers: Publishers) -> None:
    came = publishers.ask()
    assert came.fetching.problems == [] and came.fetching.fetched == 6
    receipts = publishers.receipts(BOROUGH)
    assert {receipt.release for receipt in receipts} == {"2025-07", "2020-12-historical"}
    for receipt in receipts:
        assert receipt.origin == "live"
        assert receipt.url is not None and receipt.url.startswith(
            "https://data.london.gov.uk/download/exy3m/"
        )
        assert receipt.etag == f'"{publishers.file(BOROUGH, receipt.release).md5}"'
        age = datetime.now(UTC) - datetime.fromisoformat(receipt.retrieved_at)
        assert abs(age.total_seconds()) < 300  # the clock of these tests runs ahead where it would wait
    members = publishers.receipts(POLICE)
    assert {receipt.release for receipt in members} == {f"2024-0{n}-{FORCE}" for n in (1, 2, 3, 4)}
    # The archive redirects to another host, which answers.
    assert {receipt.url for receipt in members} == {
        "https://policeuk-data.s3.amazonaws.com/archive/2024-04.zip"
    }


def test_releases_have_the_names_that_a_folder_with_the_same_files_gives(
    publishers: Publishers, tmp_path: Path
) -> None:
    publishers.ask()
    local = Store(tmp_path / "local")
    take_in(publishers.folder / "files", local.archive, load_contracts(), origin="local")
    named = {(one.source, one.release, one.sha256) for one in local.archive.receipts()}
    assert named == {
        (one.source, one.release, one.sha256) for one in Store(publishers.root).archive.receipts()
    }


def test_second_round_downloads_nothing(publishers: Publishers) -> None:
    publishers.ask()
    publishers.server.requests.clear()
    came = publishers.ask()
    assert came.fetching.fetched == 0 and came.live.nothing_came
    assert set(came.actions(BOROUGH)) == set(came.actions(POLICE)) == {"unchanged"}
    assert _bodies(publishers) == []


@pytest.mark.parametrize("damage", ["", "changed", "gone"])
def test_file_that_another_source_received_is_taken_from_the_archive_if_it_is_whole(
    tmp_path: Path, damage: str
) -> None:
    url, content = "https://a.example/book.xlsx", b"a workbook"
    sha256 = hashlib.sha256(content).hexdigest()
    archived, to = tmp_path / "archive" / sha256, tmp_path / "fetched"
    archived.parent.mkdir()
    archived.write_bytes(content)
    other = HeldFile(
        "book", "A book", url, sha256=sha256, size=len(content), etag='"2"', fetched_at="2027-09-15"
    )
    mine = replace(
        other, sha256="1" * 64, etag='"1"', fetched_at="2027-07-22", releases={"ons_pfa": "2027-03"}
    )
    offer = Offer("ons_pfa", "book", "A book", url, "book.xlsx", "https://a.example/")
    own = HeldSource(files={key_of(offer): mine})
    held = {"ons_pfa": own, "ons_csp": HeldSource(files={key_of(offer): other})}
    blobs = {sha256: len(content), mine.sha256: len(content)}
    known = Known(
        own, list, blobs, lambda: "reader", "2027-09-15T09:00:00Z", received_by_others("ons_pfa", held)
    )
    [decision] = decide([offer], known)
    assert decision.known == Validators('"2"') and decision.elsewhere == other
    now = datetime(2027, 9, 15, tzinfo=UTC)
    answer = Transfer(url, url, 304, {}, None, 0, "", Validators('"2"'), now, now)
    if damage == "changed":
        archived.write_bytes(b"a workbo0k")
    elif damage == "gone":
        archived.unlink()
    came = _as_received("ons_pfa", Requested(decision, answer, "book.xlsx"), archived.parent, to)
    if damage:
        assert came.transfer is None and came.by_machine and not to.exists()
        assert came.trouble.startswith("ons_pfa: ") and (
            "verify" in came.trouble or "No such file" in came.trouble
        )
    else:
        assert came.path == to and to.read_bytes() == content
        assert came.transfer is not None and came.transfer.sha256 == sha256


def test_page_that_two_sources_need_is_asked_for_once_in_a_round(publishers: Publishers) -> None:
    described = "/api/v2/dataset/exy3m"
    for _ in range(2):
        publishers.server.requests.clear()
        came = publishers.ask(BOROUGH, "met_lsoa", POLICE)
        assert len(publishers.server.asked(path=described)) == 1
        assert came.of(BOROUGH).offered == 2 and came.of("met_lsoa").state == "not_found"
        counted = sum(came.of(source).requests for source in (BOROUGH, "met_lsoa", POLICE))
        assert counted == came.fetching.requests
    # A source that could not read it has nothing to give to the others.
    publishers.server.faults = [Fault("403", path=described)]
    publishers.server.requests.clear()
    came = publishers.ask(BOROUGH, "met_lsoa")
    assert len(publishers.server.asked(path=described)) == 2
    assert [came.of(source).state for source in (BOROUGH, "met_lsoa")] == ["not_reached", "not_reached"]


def test_source_does_not_wait_for_what_another_has_waited_for_in_vain() -> None:
    documents, asked = Documents(), list[str]()

    def failing(kind: str, source: str) -> None:
        def read() -> Document:
            asked.append(source)
            raise NotObtained("https://a.example/x: no answer.", url="https://a.example/x", kind=kind)

        with pytest.raises(NotObtained, match="no answer"):
            documents.read(f"https://a.example/{kind}", source, ("a.example",), read)

    for kind, waits in (("timeout", 1), ("status", 2)):
        asked.clear()
        failing(kind, "one")
        failing(kind, "two")
        assert len(asked) == waits, kind
        failing(kind, "one")
        assert asked[-1] == "one" and len(asked) == waits + 1, "a source that asks again means it"


def test_document_is_not_shared_with_a_source_that_may_not_ask_where_it_came_from() -> None:
    documents, asked = Documents(), list[str]()

    def read() -> Document:
        asked.append("once")
        return Document("https://a.example/x", "https://b.example/x", 200, {}, b"")

    hosts = {"one": ("a.example", "b.example"), "two": ("a.example",)}
    for source in ("one", "two"):
        documents.read("https://a.example/x", source, hosts[source], read)
    assert len(asked) == 2
    documents.read("https://a.example/x", "three", hosts["one"], read)
    assert len(asked) == 2
    documents.read("https://a.example/x", "one", hosts["one"], read)
    assert len(asked) == 3, "a source that asks again wants to know whether it has changed"


def test_file_without_a_stated_version_is_asked_for_conditionally(publishers: Publishers) -> None:
    publishers.ask(BOROUGH)
    _forget_versions(publishers)
    publishers.server.requests.clear()
    came = publishers.ask(BOROUGH)
    assert came.actions(BOROUGH) == ["ask", "ask"] and came.live.nothing_came
    asked = publishers.server.asked(path=_DOWNLOAD)
    assert [(one.status, one.conditional, one.sent) for one in asked] == [(304, True, 0)] * 2


def test_round_without_its_record_asks_with_the_etag_of_the_receipt(publishers: Publishers) -> None:
    publishers.ask(BOROUGH)
    (acquired(publishers.root) / "offers.json").unlink()
    publishers.server.requests.clear()
    came = publishers.ask(BOROUGH)
    assert came.live.nothing_came and _bodies(publishers) == []
    assert {file.releases[BOROUGH] for file in publishers.held(BOROUGH).files.values()} == {
        "2025-07",
        "2020-12-historical",
    }


def test_damaged_record_costs_requests_and_no_release(publishers: Publishers) -> None:
    publishers.ask()
    before = [publishers.receipts(source) for source in (BOROUGH, POLICE)]
    (acquired(publishers.root) / "offers.json").write_text('{"sources": {"met_borough": []}}')
    assert publishers.ask().fetching.problems == []
    assert [publishers.receipts(source) for source in (BOROUGH, POLICE)] == before


def test_bytes_that_the_archive_has_lost_are_fetched_again(publishers: Publishers) -> None:
    publishers.ask(BOROUGH)
    lost = publishers.archive / publishers.receipts(BOROUGH)[0].sha256
    content = lost.read_bytes()
    lost.unlink()
    came = publishers.ask(BOROUGH)
    assert sorted(came.actions(BOROUGH)) == ["again", "unchanged"]
    assert lost.read_bytes() == content and len(publishers.receipts(BOROUGH)) == 2


def test_member_with_known_checksum_in_another_archive_is_not_fetched(publishers: Publishers) -> None:
    publishers.ask(POLICE)
    publishers.catalogue.put(publishers.month("2024-05"))
    publishers.server.requests.clear()
    came = publishers.ask(POLICE)
    assert came.actions(POLICE) == ["new", "unchanged", "unchanged", "unchanged", "unchanged"]
    assert {one.path for one in publishers.server.asked(path=r"\.zip")} == {
        "/data/archive/2024-05.zip",
        "/archive/2024-05.zip",
    }
    assert len(publishers.receipts(POLICE)) == 5


def test_since_leaves_what_was_put_out_earlier(publishers: Publishers) -> None:
    came = publishers.ask(BOROUGH, since=date(2025, 1, 1))
    assert sorted(came.actions(BOROUGH)) == ["new", "skipped"]
    assert [receipt.release for receipt in publishers.receipts(BOROUGH)] == ["2025-07"]
    assert any("--since" in note for note in came.of(BOROUGH).notes)
    # The next run without the day fetches it, and says nothing of fewer or withdrawn files.
    came = publishers.ask(BOROUGH)
    assert sorted(came.actions(BOROUGH)) == ["new", "unchanged"] and came.of(BOROUGH).notes == ()


def test_plan_fetches_and_archives_nothing(publishers: Publishers) -> None:
    came = publishers.ask(fetch=False)
    assert set(came.actions(BOROUGH)) == set(came.actions(POLICE)) == {"new"}
    assert not publishers.archive.exists()
    assert publishers.server.asked(path=_DOWNLOAD) == []
    assert all(file.waiting_since for file in publishers.held(BOROUGH).files.values())
    # Having looked does not make it known.
    assert publishers.ask().fetching.fetched == 6
    assert not any(file.waiting_since for file in publishers.held(BOROUGH).files.values())


def test_source_that_cannot_be_reached_is_named_and_the_others_are_received(publishers: Publishers) -> None:
    publishers.server.faults = [Fault("503", host="data.police.uk")]
    for failures in (1, 2, 3):
        came = publishers.ask()
        assert came.of(POLICE).state == "not_reached"
        [sentence] = came.of(POLICE).problems
        assert "data.police.uk" in sentence and "503" in sentence
        assert publishers.held(POLICE).failures == failures
        assert publishers.held(POLICE).reached_at == ""
    assert came.of(BOROUGH).state == "answered" and len(publishers.receipts(BOROUGH)) == 2
    publishers.server.faults = []
    assert publishers.ask().fetching.problems == []
    assert publishers.held(POLICE).failures == 0 and len(publishers.receipts(POLICE)) == 4


def test_file_that_cannot_be_fetched_is_named_and_the_others_are_received(publishers: Publishers) -> None:
    publishers.server.faults = [Fault("404", path="Historical")]
    came = publishers.ask(BOROUGH)
    assert came.of(BOROUGH).state == "not_reached" and "Historical" in came.of(BOROUGH).problems[0]
    assert [receipt.release for receipt in publishers.receipts(BOROUGH)] == ["2025-07"]
    waiting = [file for file in publishers.held(BOROUGH).files.values() if file.waiting_since]
    assert [file.title for file in waiting] == ["MPS Borough Level Crime (Historical)"]
    assert not list(acquired(publishers.root).glob(".incoming-*"))


def test_entry_that_is_not_found_is_named(publishers: Publishers) -> None:
    publishers.catalogue.files.remove(publishers.file(BOROUGH, "2020-12-historical"))
    came = publishers.ask(BOROUGH)
    assert came.of(BOROUGH).state == "not_found"
    assert "'historical'" in came.of(BOROUGH).problems[0]


def test_wrong_content_is_named_and_asked_for_again(publishers: Publishers) -> None:
    publishers.server.faults = [Fault("wrong_content", path="Historical", times=2)]
    for _ in range(2):
        came = publishers.ask(BOROUGH)
        assert came.of(BOROUGH).state == "not_taken"
        assert "is not used" in came.of(BOROUGH).problems[0]
    # The publisher's own version has not changed; what came was not the file.
    came = publishers.ask(BOROUGH)
    assert came.fetching.problems == [] and len(publishers.receipts(BOROUGH)) == 2


def test_file_that_cannot_be_used_is_named_and_not_fetched_again_until_the_program_changes(
    publishers: Publishers,
) -> None:
    historical = publishers.file(BOROUGH, "2020-12-historical")
    content = historical.path.read_bytes()
    historical.path.write_bytes(b"name,amount\nInvoice,1\n" * 400)
    came = publishers.ask(BOROUGH)
    assert came.of(BOROUGH).state == "not_taken"
    assert "is not used" in came.of(BOROUGH).problems[0]
    assert [receipt.release for receipt in publishers.receipts(BOROUGH)] == ["2025-07"]
    publishers.server.requests.clear()
    came = publishers.ask(BOROUGH)
    assert came.of(BOROUGH).state == "not_taken" and _bodies(publishers) == []
    _read_by_another_program(publishers)
    historical.path.write_bytes(content)
    came = publishers.ask(BOROUGH)
    assert sorted(came.actions(BOROUGH)) == ["again", "unchanged"] and came.fetching.problems == []
    assert len(publishers.receipts(BOROUGH)) == 2


def test_what_publishers_said_changes_only_with_what_they_offer(publishers: Publishers) -> None:
    """A publication is made from it, so a round that finds nothing new must leave it as it is."""
    publishers.ask()
    file = acquired(publishers.root) / "said.json"
    assert {source: one.out_title for source, one in read_said(publishers.root).items()} == {
        BOROUGH: "",
        POLICE: "",
    }
    before = file.stat().st_mtime_ns
    assert conclude_quietly(publishers.ask(fetch=False).live) is not None
    assert file.stat().st_mtime_ns == before
    # A file that is out and cannot be fetched is news to the publication; the second time it is not.
    publishers.catalogue.put(publishers.month("2024-05"))
    publishers.server.faults = [Fault("503", host=".*amazonaws.*", path="2024-05.zip", after=2)]
    came = publishers.ask(POLICE)
    assert came.of(POLICE).state == "not_reached" and came.live.nothing_came
    said = read_said(publishers.root)[POLICE]
    assert "2024-05" in said.out_title and said.out_on
    assert conclude_quietly(publishers.ask(POLICE).live) is not None


def _document(publishers: Publishers) -> tuple[Path, dict[str, dict[str, dict[str, dict[str, object]]]]]:
    file = acquired(publishers.root) / "offers.json"
    return file, json.loads(file.read_text(encoding="utf-8"))["sources"]


def _forget_versions(publishers: Publishers) -> None:
    """As if the publisher had never stated one."""
    file, sources = _document(publishers)
    for held in sources[BOROUGH]["files"].values():
        held["version"] = None
    file.write_text(json.dumps({"sources": sources}), encoding="utf-8")


def _read_by_another_program(publishers: Publishers) -> None:
    file, sources = _document(publishers)
    for held in sources[BOROUGH]["files"].values():
        held["read_by"] = "another program"
    file.write_text(json.dumps({"sources": sources}), encoding="utf-8")


def test_damage_of_the_receipts_of_requests_is_said_and_stops_nothing(tmp_path: Path) -> None:
    publishers = Publishers(tmp_path)
    with publishers.server:
        assert publishers.ask(POLICE).fetching.damage == ()
        file = acquired(publishers.root) / FETCHES
        lines = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(b"".join([lines[0].replace(b"police_uk", b"police_us"), *lines[1:]]))
        publishers.catalogue.put(publishers.month("2024-05"))
        again = publishers.ask(POLICE)
    [sentence] = again.fetching.damage
    assert sentence.startswith("fetches.jsonl, line 1 was changed after it was written")
    assert again.fetching.fetched == 1 and not again.fetching.problems
    assert f"Note: {sentence}" in fetching_lines(again.fetching)
