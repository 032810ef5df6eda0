"""data.police.uk by parts: only the directory and the members of the forces that are wanted; older months on demand."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from civic_assets.acquire import remote_zip
from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.finders.all_finders import find_offers
from civic_assets.acquire.obtain import obtain
from civic_assets.acquire.remote_zip import directory_of
from civic_assets.house_numbers.discovery import ARCHIVE_END_BYTES, DIRECTORIES_HELD
from civic_assets_tests.acquire.finders.conftest import acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue
from civic_assets_tests.replay.sites.police_uk import PoliceUk

PLACE = acquisition_of("police_uk")
LONDON = Areas()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVIC_CACHE", str(tmp_path / "cache"))
    remote_zip._READ.clear()


def months(first: str, number: int) -> list[str]:
    """Some months from the first one on."""
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{count // 12}-{count % 12 + 1:02d}" for count in range(start, start + number)]


def members(forces: list[str], over: list[str], size: int = 3000) -> dict[str, bytes]:
    """Files of forces and months whose bytes hardly shrink, so that sizes mean something."""
    made = {}
    for force in forces:
        for month in over:
            seed = random.Random(f"{force}{month}")
            for kind in ("street", "outcomes", "stop-and-search"):
                made[f"{month}/{month}-{force}-{kind}.csv"] = seed.randbytes(size).hex().encode()
    return made


def site_of(more: dict[str, bytes], **options: object) -> PoliceUk:
    return PoliceUk(Catalogue([]), more=more, **options)  # type: ignore[arg-type]


def test_only_street_files_of_the_forces_that_are_wanted_are_found() -> None:
    site = site_of(members(["metropolitan", "city-of-london", "kent"], months("2024-01", 3)))
    found = find("police_uk", [site])
    assert [offer.file_name for offer in found.offers] == [
        f"{month}-{force}-street.csv"
        for month in ("2024-03", "2024-02", "2024-01")
        for force in ("metropolitan", "city-of-london")
    ]
    assert found.missing == ()


def test_all_forces_are_found_if_none_is_named() -> None:
    site = site_of(members(["metropolitan", "kent"], ["2024-01"]))
    assert len(find("police_uk", [site], areas=Areas(forces=())).offers) == 2


def test_fetching_two_of_many_forces_costs_their_members_and_the_directory(tmp_path: Path) -> None:
    forces = ["metropolitan", "city-of-london", *(f"force-{letter}" for letter in "abcdefghij")]
    site = site_of(members(forces, months("2024-01", 5), 12_000))
    ask = AsksSites([site], PLACE.all_hosts)
    found = find_offers("police_uk", PLACE, ask, LONDON)
    before = ask.sent
    small = ("/api/crime-last-updated", "/data/archive/")
    index = sum(site.answer(Asked("GET", "data.police.uk", path, (), {})).size for path in small)
    content = site.archive("2024-05")
    archive = zipfile.ZipFile(io.BytesIO(content))
    directory = len(content) - archive.start_dir
    assert before - index <= directory + ARCHIVE_END_BYTES + 1
    members_size = 0
    for number, offer in enumerate(found.offers):
        transfer = obtain(offer, ask, tmp_path / f"{number}.csv")
        info = archive.getinfo(offer.member or "")
        members_size += info.compress_size
        assert transfer.sha256 == hashlib.sha256(archive.read(info)).hexdigest()
    assert len(found.offers) == 10
    assert ask.sent - before <= 1.05 * members_size
    assert ask.sent < len(content) / 10


def test_directory_is_not_asked_for_again_while_the_archive_is_the_same() -> None:
    site = site_of(members(["metropolitan"], months("2024-01", 2)))
    ask = AsksSites([site], PLACE.all_hosts)
    first = find_offers("police_uk", PLACE, ask, LONDON)
    asked = len(ask.requests)
    remote_zip._READ.clear()
    second = find_offers("police_uk", PLACE, ask, LONDON)
    assert second.offers == first.offers
    assert ask.requests[asked:] == [
        "https://data.police.uk/api/crime-last-updated",
        "https://data.police.uk/data/archive/",
    ]


def test_crc_tells_a_member_that_is_as_it_was_from_one_that_has_changed() -> None:
    files = members(["metropolitan"], ["2024-01", "2024-02"])
    before = {offer.member: offer.crc32 for offer in find("police_uk", [site_of(files)]).offers}
    files["2024-01/2024-01-metropolitan-street.csv"] += b"one more outcome"
    after = {offer.member: offer.crc32 for offer in find("police_uk", [site_of(files)]).offers}
    changed = [member for member in after if before[member] != after[member]]
    assert changed == ["2024-01/2024-01-metropolitan-street.csv"]


def test_older_months_come_from_the_archive_before_the_window() -> None:
    every = months("2019-01", 65)
    site = site_of(members(["metropolitan", "city-of-london"], every), window=36, archives=tuple(every[28:]))
    found = find("police_uk", [site], since=date(2019, 3, 1))
    taken: dict[str, set[str]] = {}
    for offer in found.offers:
        taken.setdefault(offer.url.rpartition("/")[2], set()).add(offer.edition)
    assert {name: (min(held), max(held)) for name, held in taken.items()} == {
        "2024-05.zip": ("2021-06", "2024-05"),
        "2021-05.zip": ("2019-03", "2021-05"),
    }
    assert len({(offer.edition, offer.member) for offer in found.offers}) == len(found.offers) == 2 * 63


def test_archive_of_the_month_before_the_window_may_be_missing() -> None:
    every = months("2019-01", 65)
    kept = tuple(month for month in every[35:] if month != "2021-05")
    site = site_of(members(["metropolitan"], every), window=36, archives=kept)
    found = find("police_uk", [site], since=date(2020, 1, 1), areas=Areas(forces=("metropolitan",)))
    assert sorted(offer.edition for offer in found.offers) == months("2020-01", 53)


def test_force_without_files_is_named_with_those_that_have_some() -> None:
    site = site_of(members(["kent", "metropolitan"], ["2024-01"]))
    found = find("police_uk", [site], areas=Areas(forces=("metropolitan", "greater-manchester")))
    assert len(found.offers) == 1
    assert found.missing == ()
    assert "has no file of the police force greater-manchester" in found.notes[0]
    assert "kent, metropolitan" in found.notes[0]


def test_index_without_archives_is_said_with_its_address() -> None:
    fault = Fault(
        "bare", path="/data/archive/$", change=lambda asked, told: Told(200, {}, b"<html>Soon</html>")
    )
    found = find("police_uk", [site_of(members(["metropolitan"], ["2024-01"]))], fault)
    assert found.offers == ()
    assert "https://data.police.uk/data/archive/ (the page names no archive" in found.missing[0]


@pytest.mark.parametrize("body", [b"[]", b"", b"<html>Sorry</html>", b'{"error":"overloaded"}'])
def test_error_with_status_200_instead_of_the_last_update_ends_in_a_sentence(body: bytes) -> None:
    fault = Fault("error", path="/api/", change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained, match="/api/crime-last-updated"):
        find("police_uk", [site_of(members(["metropolitan"], ["2024-01"]))], fault)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html>Sorry</html>" * 900, "wrong_content"), (b"", "truncated"), (b"PK" * 900, "wrong_content")],
)
def test_archive_that_is_none_ends_in_a_sentence(body: bytes, kind: str) -> None:
    fault = Fault(
        "error", host="policeuk-data.*", change=lambda asked, told: Told(200, {}, body, ranges=True)
    )
    with pytest.raises(NotObtained, match=r"https://data\.police\.uk/data/archive/2024-01\.zip"):
        find("police_uk", [site_of(members(["metropolitan"], ["2024-01"]))], fault)


def test_archive_that_does_not_answer_parts_ends_in_a_sentence() -> None:
    def whole(asked: Asked, told: Told) -> Told:
        return Told(200, told.headers, told.body)

    with pytest.raises(NotObtained, match="does not answer parts"):
        find("police_uk", [site_of(members(["metropolitan"], ["2024-01"]))],
             Fault("whole", host="policeuk-data.*", change=whole))  # fmt: skip


def test_archive_that_changes_between_two_parts_is_refused_and_read_anew_the_next_time(
    tmp_path: Path,
) -> None:
    site = site_of(members(["metropolitan"], ["2024-01"]))
    ask = AsksSites([site], PLACE.all_hosts)
    offer = find_offers("police_uk", PLACE, ask, LONDON).offers[0]
    site.more["2024-01/2024-01-metropolitan-street.csv"] = b"Crime ID,Month\n" * 400
    with pytest.raises(NotObtained) as refused:
        obtain(offer, ask, tmp_path / "street.csv")
    assert refused.value.kind == "changed"
    assert "changed between two requests" in str(refused.value)
    assert list(tmp_path.glob("street*")) == []
    again = find_offers("police_uk", PLACE, ask, LONDON).offers[0]
    obtain(again, ask, tmp_path / "street.csv")
    assert (tmp_path / "street.csv").read_bytes() == b"Crime ID,Month\n" * 400


def test_member_whose_bytes_are_damaged_leaves_no_file(tmp_path: Path) -> None:
    site = site_of(members(["metropolitan"], ["2024-01"]))
    ask = AsksSites([site], PLACE.all_hosts)
    offer = find_offers("police_uk", PLACE, ask, LONDON).offers[0]
    directory = directory_of(ask, offer.url)
    at = next(one.header_offset for one in directory.members if one.filename == offer.member)

    def damaged(asked: Asked, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        body = bytearray(told.body)
        body[at + 600] ^= 0xFF
        return Told(200, told.headers, bytes(body), etag=told.etag, ranges=True)

    ask.faults = [Fault("damaged", host="policeuk-data.*", change=damaged)]
    with pytest.raises(NotObtained, match="cannot be unpacked"):
        obtain(offer, ask, tmp_path / "street.csv")
    assert list(tmp_path.glob("street*")) == []


def test_member_that_would_grow_beyond_all_text_is_refused(tmp_path: Path) -> None:
    site = site_of({"2024-01/2024-01-metropolitan-street.csv": b"0" * 3_000_000})
    ask = AsksSites([site], PLACE.all_hosts)
    offer = find_offers("police_uk", PLACE, ask, LONDON).offers[0]
    with pytest.raises(NotObtained, match="would grow to 3,000,000 bytes"):
        obtain(offer, ask, tmp_path / "street.csv")


def test_kept_directory_that_was_damaged_is_read_anew(tmp_path: Path) -> None:
    site = site_of(members(["metropolitan"], ["2024-01"]))
    ask = AsksSites([site], PLACE.all_hosts)
    first = find_offers("police_uk", PLACE, ask, LONDON)
    (kept,) = (tmp_path / "cache" / "archives").iterdir()
    kept.write_bytes(kept.read_bytes()[:-10])
    remote_zip._READ.clear()
    assert find_offers("police_uk", PLACE, ask, LONDON).offers == first.offers


def test_archive_that_lags_behind_the_last_update_is_noted() -> None:
    site = site_of(members(["metropolitan"], ["2024-01", "2024-02"]), archives=("2024-01",))
    fault = Fault("newer", path="/api/", change=lambda asked, told: Told(200, {}, b'{"date":"2024-02-01"}'))
    found = find("police_uk", [site], fault)
    assert "updated for 2024-02, but the newest archive is that of 2024-01" in found.notes[0]


def test_directory_that_claims_to_fill_the_memory_is_refused() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 17_900_000, 100_000, 0)
    whole = bytes(18_000_000) + end

    def huge(asked: Asked, told: Told) -> Told:
        return Told(200, {}, whole, ranges=True)

    with pytest.raises(NotObtained, match="its directory would have 17,900,000 bytes"):
        find("police_uk", [site_of(members(["metropolitan"], ["2024-01"]))],
             Fault("huge", host="policeuk-data.*", change=huge))  # fmt: skip


def test_only_the_newest_directories_are_kept(tmp_path: Path) -> None:
    for month in months("2023-01", DIRECTORIES_HELD + 3):
        find("police_uk", [site_of(members(["metropolitan"], [month]))])
    assert len(list((tmp_path / "cache" / "archives").iterdir())) == DIRECTORIES_HELD


def test_newest_month_is_wanted_although_it_ended_before_the_day() -> None:
    """The month of May is put out in July: whoever asks for what came since June means it too."""
    site = site_of(members(["kent", "metropolitan"], ["2024-03", "2024-04", "2024-05"]))
    found = find("police_uk", [site], since=date(2024, 6, 10), areas=Areas(forces=("metropolitan",)))
    assert [offer.edition for offer in found.offers] == ["2024-05"] and found.missing == ()
