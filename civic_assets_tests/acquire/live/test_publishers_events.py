"""What publishers do to files that were received: replaced, issued again, withdrawn; and fewer files than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from civic_assets.acquire.live.held import write_held
from civic_assets.archive.blobs import sha256_of
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.live.publishers import BOROUGH, FORCE, POLICE, Publishers


def _kinds(publishers: Publishers, source: str) -> list[str]:
    return [event.kind for event in publishers.held(source).events]


def test_other_bytes_at_the_same_address_are_a_replacement(publishers: Publishers) -> None:
    publishers.ask(BOROUGH)
    old = publishers.file(BOROUGH, "2025-07")
    new = publishers.other_bytes(old, "Hackney,0,0,3", "Hackney,0,0,4")
    assert new.id == old.id
    came = publishers.ask(BOROUGH)
    assert sorted(came.actions(BOROUGH)) == ["changed", "unchanged"]
    receipts = {receipt.release: receipt for receipt in publishers.receipts(BOROUGH)}
    assert set(receipts) == {"2025-07", "2025-07.r2", "2020-12-historical"}
    for release, file in (("2025-07", old), ("2025-07.r2", new)):
        assert sha256_of(publishers.archive / receipts[release].sha256)[0] == file.sha256
    [event] = publishers.held(BOROUGH).events
    assert event.kind == "replaced"
    assert event.before == f"2025-07 {old.sha256}" and event.now == f"2025-07.r2 {new.sha256}"
    assert event.sentence in came.of(BOROUGH).notes
    # It is said once, and remembered.
    assert publishers.ask(BOROUGH).of(BOROUGH).notes == () and _kinds(publishers, BOROUGH) == ["replaced"]
    assert Store(publishers.root).archive.verify() == []


def test_bytes_that_are_replaced_without_a_word_are_found_within_a_week(publishers: Publishers) -> None:
    """The page says the same time and size as before, so only the file itself shows it."""
    publishers.ask(BOROUGH)
    old = publishers.file(BOROUGH, "2025-07")
    silent = replace(publishers.other_bytes(old, "Hackney,0,0,3", "Hackney,0,0,4"), published=old.published)
    publishers.catalogue.put(silent)
    assert silent.size == old.size
    assert publishers.ask(BOROUGH).actions(BOROUGH) == ["unchanged", "unchanged"]
    _confirmed_days_ago(publishers, 6)
    assert publishers.ask(BOROUGH).actions(BOROUGH) == ["unchanged", "unchanged"]
    _confirmed_days_ago(publishers, 7)
    assert publishers.ask(BOROUGH).actions(BOROUGH) == ["ask", "ask"]
    assert _kinds(publishers, BOROUGH) == ["replaced"]
    assert "2025-07.r2" in {receipt.release for receipt in publishers.receipts(BOROUGH)}
    # Both were confirmed, so the next round asks for neither.
    assert publishers.ask(BOROUGH).actions(BOROUGH) == ["unchanged", "unchanged"]


def _confirmed_days_ago(publishers: Publishers, days: int) -> None:
    known = publishers.held(BOROUGH)
    when = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    files = {key: replace(file, confirmed_at=when) for key, file in known.files.items()}
    write_held(publishers.root, {BOROUGH: replace(known, files=files)})


def test_replacement_by_a_new_edition_is_not_a_replacement_in_place(publishers: Publishers) -> None:
    """The Datastore offers each issue of the last 24 months under one title, and sometimes at one address."""
    publishers.ask(BOROUGH)
    old = publishers.file(BOROUGH, "2025-07")
    text = old.path.read_text(encoding="utf-8")
    later = text.replace("202507", "202508").replace("202308", "202309", 1)
    header, rest = later.split("\n", 1)
    first = date(2023, 9, 1)
    months = [f"{first.year + (8 + n) // 12}{(8 + n) % 12 + 1:02}" for n in range(24)]
    path = old.path.with_name("later.csv")
    end = "\r" if header.endswith("\r") else ""
    path.write_text(
        ",".join(["MajorText", "MinorText", "BoroughName", *months]) + f"{end}\n{rest}", newline=""
    )
    publishers.catalogue.replace(old, path=path, published=old.published.replace(month=10))
    came = publishers.ask(BOROUGH)
    assert came.fetching.problems == []
    assert "2025-08" in {receipt.release for receipt in publishers.receipts(BOROUGH)}
    assert _kinds(publishers, BOROUGH) == [] and came.of(BOROUGH).notes == ()


def test_members_of_an_archive_that_changed_are_one_event(publishers: Publishers) -> None:
    publishers.ask(POLICE)
    for month in ("2024-02", "2024-03"):
        publishers.other_bytes(
            publishers.file(POLICE, f"{month}-{FORCE}"), "Under investigation", "Suspect charged"
        )
    came = publishers.ask(POLICE)
    assert sorted(came.actions(POLICE)) == ["changed", "changed", "unchanged", "unchanged"]
    releases = {receipt.release for receipt in publishers.receipts(POLICE)}
    assert {f"2024-02-{FORCE}.r2", f"2024-03-{FORCE}.r2"} < releases
    [event] = publishers.held(POLICE).events
    assert event.kind == "replaced" and "1 file more" in event.sentence


def test_file_that_disappears_from_a_list_is_withdrawn(publishers: Publishers) -> None:
    publishers.ask(POLICE)
    gone = publishers.file(POLICE, f"2024-02-{FORCE}")
    publishers.catalogue.files.remove(gone)
    came = publishers.ask(POLICE)
    [event] = publishers.held(POLICE).events
    assert event.kind == "withdrawn" and gone.name in event.sentence
    assert event.sentence in came.of(POLICE).notes
    assert f"2024-02-{FORCE}" in {receipt.release for receipt in publishers.receipts(POLICE)}
    assert (publishers.archive / gone.sha256).is_file()


def test_window_that_moves_on_withdraws_nothing(publishers: Publishers) -> None:
    publishers.police.window = 4
    publishers.ask(POLICE)
    publishers.catalogue.put(publishers.month("2024-05"))
    came = publishers.ask(POLICE)
    assert f"2024-05-{FORCE}" in {receipt.release for receipt in publishers.receipts(POLICE)}
    assert _kinds(publishers, POLICE) == [] and came.of(POLICE).notes == ()


def test_fewer_files_are_said_until_as_many_are_found_again(publishers: Publishers) -> None:
    publishers.ask(POLICE)
    gone = [publishers.file(POLICE, f"2024-0{n}-{FORCE}") for n in (1, 2)]
    for one in gone:
        publishers.catalogue.files.remove(one)
    for _ in range(2):
        notes = publishers.ask(POLICE).of(POLICE).notes
        assert any("2 files" in note and "there were 4" in note for note in notes), notes
    for one in gone:
        publishers.catalogue.put(one)
    assert publishers.ask(POLICE).of(POLICE).notes == ()
    assert publishers.held(POLICE).fewer == {}


def test_narrower_setting_is_not_fewer_files(publishers: Publishers) -> None:
    publishers.police.more = {
        f"2024-04/2024-04-{force}-street.csv": publishers.file(POLICE, f"2024-04-{FORCE}").path.read_bytes()
        for force in ("kent",)
    }
    publishers.ask(POLICE, forces=(FORCE, "kent"))
    came = publishers.ask(POLICE, forces=(FORCE,))
    assert came.of(POLICE).notes == () and _kinds(publishers, POLICE) == []
