"""Files in: each is a release, or named with the reason; whatever they are called, and in an archive as well."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import ArchiveError
from civic_assets.intake import desk
from civic_assets.intake.receive import take_in
from civic_assets.intake.received import Intake
from civic_assets.layers.store import Store
from civic_assets.readers import open_file
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.postcode_files import as_zip, directory, row

STREET = FIXTURES / "police_uk"
BOROUGH = FIXTURES / "met_borough" / "recent.csv"
POPULATION = FIXTURES / "ons_population" / "workbook.xlsx"
OUTCOMES = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type\n"
)


@pytest.fixture
def contracts() -> Mapping[str, Contract]:
    return {name: contract for name, contract in load_contracts().items() if contract.status == "active"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an archive such as data.police.uk offers, and one more file."""
    inputs = tmp_path / "in"
    inputs.mkdir()
    with zipfile.ZipFile(inputs / "latest.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(STREET / "2011_areas.csv", "2022-05/2022-05-city-of-london-street.csv")
        archive.write(STREET / "2021_areas.csv", "2023-06/2023-06-city-of-london-street.csv")
        archive.writestr("2023-06/2023-06-city-of-london-outcomes.csv", OUTCOMES)
        archive.write(BOROUGH, "other/x9q")
        archive.writestr("other/broken.xlsx", b"PK\x03\x04 cut short")
    shutil.copy(STREET / "answer.json", inputs / "q7.bin")
    return inputs


def _take(folder: Path, store: Store, contracts: Mapping[str, Contract], *only: str) -> Intake:
    return take_in(folder, store.archive, contracts, origin="local", only=only)


def test_each_file_of_an_archive_is_a_release_of_its_own_or_named(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    store = Store(tmp_path / "store")
    intake = _take(folder, store, contracts)
    assert {receipt.release for receipt in intake.receipts if receipt.source == "police_uk"} == {
        "2022-05-city-of-london",
        "2023-06-city-of-london",
        "2026-06-api-51.54n-0.11w-8x12",
    }
    assert "met_borough" in {receipt.source for receipt in intake.receipts}
    (ignored,), (refused,) = intake.of("ignored"), intake.of("refused")
    assert ignored.reason.startswith(
        "latest.zip/2023-06/2023-06-city-of-london-outcomes.csv is an outcomes file"
    )
    assert refused.reason.startswith("latest.zip/other/broken.xlsx: ")
    assert len(intake.taken) == 6


def test_receipt_of_a_file_in_an_archive_names_both_and_keeps_its_own_bytes(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    store = Store(tmp_path / "store")
    _take(folder, store, contracts)
    receipt = store.archive.find("police_uk", "2022-05-city-of-london")
    assert receipt is not None
    assert receipt.file_name == "latest.zip/2022-05/2022-05-city-of-london-street.csv"
    assert store.archive.path_of(receipt.sha256).read_bytes() == (STREET / "2011_areas.csv").read_bytes()


def test_known_archive_is_not_unpacked_again(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "latest.zip").unlink()
    with zipfile.ZipFile(folder / "whole.zip", "w") as archive:
        archive.write(STREET / "2011_areas.csv", "a.csv")
        archive.writestr("b.csv", OUTCOMES)
    first = _take(folder, Store(tmp_path / "store"), contracts)
    monkeypatch.setattr("civic_assets.readers.containers.zip_members.members_of", None)
    again = _take(folder, Store(tmp_path / "store"), contracts)
    assert [(taken.name, taken.receipts) for taken in again.taken] == [
        (taken.name, taken.receipts) for taken in first.taken
    ]
    assert {taken.verdict for taken in again.taken} == {"known", "ignored"}


def test_same_file_by_itself_and_in_an_archive_is_one_release(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    shutil.copy(STREET / "2011_areas.csv", folder / "zz.csv")
    store = Store(tmp_path / "store")
    intake = _take(folder, store, contracts)
    twice = [
        taken.verdict for taken in intake.taken if taken.receipts and "2022-05" in taken.receipts[0].release
    ]
    assert sorted(twice) == ["known", "new"]
    assert len([r for r in store.archive.receipts() if r.release.startswith("2022-05")]) == 1


def test_sources_that_were_not_asked_for_are_named(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    intake = _take(folder, Store(tmp_path / "store"), contracts, "met_borough")
    assert {receipt.source for receipt in intake.receipts} == {"met_borough"}
    assert sum("not asked for" in taken.reason for taken in intake.of("ignored")) == 3


@pytest.mark.parametrize("inner", ["inner.zip", "x.bin"])
def test_archive_in_an_archive_is_named_and_not_opened(
    tmp_path: Path, contracts: Mapping[str, Contract], inner: str
) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.write(STREET / "2011_areas.csv", "a.csv")
    with zipfile.ZipFile(inputs / "outer.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", inner)
    shutil.copy(tmp_path / "inner.zip", inputs / "second.zip")
    intake = _take(inputs, Store(tmp_path / "store"), contracts)
    assert [(taken.name, taken.verdict) for taken in intake.taken] == [
        (f"outer.zip/{inner}", "ignored"),
        ("second.zip/a.csv", "new"),
    ]


def test_inspect_reports_every_release_of_an_archive(folder: Path) -> None:
    report = inspect(folder / "latest.zip", load_contracts())
    reports = [report, *report["also"]]
    assert {(part["source"], part["release"]) for part in reports} >= {
        ("police_uk", "2022-05-city-of-london"),
        ("police_uk", "2023-06-city-of-london"),
    }
    outcomes, broken = report["not_read"]
    assert outcomes["file"] == "latest.zip/2023-06/2023-06-city-of-london-outcomes.csv"
    assert broken["reason"].startswith("latest.zip/other/broken.xlsx: ")


def _postcodes(introduced: str) -> str:
    rows = [row(f"N1 1A{letter}", introduced=introduced) for letter in "ABDEFG"]
    return directory([*rows, *(row(f"SE1 {digit}AA", introduced=introduced) for digit in range(1, 4))])


@pytest.fixture
def whole_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of `_postcodes` is above the size from which files are read by column, and its parts are below."""
    for module in (desk, open_file):
        monkeypatch.setattr(module, "DELIMITED_BYTES", len(_postcodes("198001")) - 1)


def _outcomes(intake: Intake) -> dict[str, tuple[str, list[str]]]:
    return {
        taken.name: (taken.verdict, [receipt.release for receipt in taken.receipts]) for taken in intake.taken
    }


@pytest.mark.usefixtures("whole_is_large")
def test_parts_of_a_large_file_of_an_archive_are_not_read_again(
    tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    inputs, store = tmp_path / "in", Store(tmp_path / "store")
    inputs.mkdir()
    as_zip(inputs / "d.zip", _postcodes("202501"), "ONSPD")
    intake = _take(inputs, store, contracts, "postcodes")
    found = _outcomes(intake)
    assert found["d.zip/Data/ONSPD.csv"] == ("new", ["2025-01"])
    assert found["d.zip/Data/multi_csv/ONSPD_N.csv"] == ("ignored", [])
    (part,) = (taken for taken in intake.taken if taken.name.endswith("ONSPD_N.csv"))
    assert part.reason == (
        "d.zip/Data/multi_csv/ONSPD_N.csv has the columns of d.zip/Data/ONSPD.csv, which has the rows of the whole. It "
        "is not read again."
    )
    assert [receipt.release for receipt in store.archive.receipts()] == ["2025-01"]
    # The next time, the archive is not unpacked, and the parts are not needed either.
    assert _outcomes(_take(inputs, store, contracts, "postcodes"))["d.zip/Data/ONSPD.csv"][0] == "known"


def test_parts_of_a_file_of_ordinary_size_are_read(tmp_path: Path, contracts: Mapping[str, Contract]) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    as_zip(inputs / "d.zip", _postcodes("202501"), "ONSPD")
    found = _outcomes(_take(inputs, Store(tmp_path / "store"), contracts, "postcodes"))
    assert found["d.zip/Data/ONSPD.csv"] == ("new", ["2025-01"])
    assert found["d.zip/Data/multi_csv/ONSPD_N.csv"] == ("new", ["2025-01-n"])


@pytest.mark.usefixtures("whole_is_large")
def test_two_wholes_of_an_archive_are_both_read_and_so_is_a_file_elsewhere(
    tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    part = "".join(_postcodes("202402").splitlines(keepends=True)[:8])
    with zipfile.ZipFile(inputs / "d.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/a.csv", _postcodes("202501"))
        archive.writestr("one/b.csv", _postcodes("202302"))
        archive.writestr("two/n.csv", part)
    found = _outcomes(_take(inputs, Store(tmp_path / "store"), contracts, "postcodes"))
    assert found == {
        "d.zip/one/a.csv": ("new", ["2025-01"]), "d.zip/one/b.csv": ("new", ["2023-02"]),
        "d.zip/two/n.csv": ("new", ["2024-02-n"]),
    }  # fmt: skip


def _population(path: Path, published: str) -> Path:
    """A copy of the population workbook whose cover states a day of publication."""
    book = openpyxl.load_workbook(POPULATION)
    cover = book.create_sheet("Cover sheet", 0)
    cover["A1"] = f"Date published: {published}"
    book.save(path)
    return path


def test_later_of_two_files_of_one_edition_is_the_one_that_says_so_whatever_its_name(
    tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    releases = []
    for number, names in enumerate((("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx"))):
        inputs = tmp_path / f"in{number}"
        inputs.mkdir()
        first, second = (inputs / name for name in names)
        _population(first, "26 March 2024")
        _population(second, "3 June 2024")
        store = Store(tmp_path / f"store{number}")
        _take(inputs, store, contracts)
        files = {receipt.file_name: receipt.release for receipt in store.archive.receipts()}
        releases.append((files[first.name], files[second.name]))
    (earlier, later), again = releases
    assert later == f"{earlier}.r2"
    assert again == (earlier, later)


def test_without_a_day_the_bytes_decide_and_not_the_names(
    tmp_path: Path, contracts: Mapping[str, Contract]
) -> None:
    texts = [STREET.joinpath("2011_areas.csv").read_text(encoding="utf-8")]
    texts.append(texts[0].replace("Under investigation", "Local resolution"))
    assert texts[0] != texts[1]
    found = []
    for number, names in enumerate((("a.csv", "b.csv"), ("b.csv", "a.csv"))):
        inputs = tmp_path / f"in{number}"
        inputs.mkdir()
        for name, text in zip(names, texts, strict=True):
            (inputs / name).write_text(text, encoding="utf-8")
        store = Store(tmp_path / f"store{number}")
        _take(inputs, store, contracts)
        found.append({receipt.release: receipt.sha256 for receipt in store.archive.receipts()})
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_full_disk_is_no_fault_of_a_file_and_stops_the_others_too(
    folder: Path, tmp_path: Path, contracts: Mapping[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could not be unpacked must not be remembered as one that nobody can use."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "unpacked"))

    store = Store(tmp_path / "store")
    with monkeypatch.context() as patched:
        patched.setattr("civic_assets.intake.desk.Desk.unpack", full)
        with pytest.raises(
            ArchiveError, match=r"latest\.zip cannot be taken in: .*no space is left on the disk"
        ):
            _take(folder, store, contracts)
    unpacked = [taken for taken in _take(folder, store, contracts).taken if taken.within == "latest.zip"]
    assert any(taken.verdict == "new" for taken in unpacked)
