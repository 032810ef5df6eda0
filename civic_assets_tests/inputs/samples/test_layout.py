"""Editions differ in layout as the publisher's do, and every sheet says that it is synthetic."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import openpyxl
import pytest

from civic_assets.errors import UsageError
from civic_assets.inputs.samples.ons_csp import EDITIONS, SYNTHETIC_MARK, write_sample_inputs
from civic_assets_tests import workbook_defects
from civic_assets_tests.inputs.samples.sample_books import TOTAL, Book, plain

NAMES = list(EDITIONS)
FIRST_ISSUE, REISSUE = "synthetic-csp-tables-2022-09.xlsx", "synthetic-csp-tables-2022-09v2.xlsx"


def test_meaning_of_sheets_is_swapped_in_the_edition_of_june_2022(folder: Path) -> None:
    swapped = openpyxl.load_workbook(folder / "synthetic-csp-tables-2022-06.xlsx")
    usual = openpyxl.load_workbook(folder / FIRST_ISSUE)
    assert "year ending June 2021" in str(swapped["Table C2"]["A1"].value)
    assert "year ending June 2022" in str(swapped["Table C3"]["A1"].value)
    assert "rate per 1,000" in str(swapped["Table C5"]["A1"].value)
    assert workbook_defects.header_row(swapped["Table C3"]) == 7
    assert "year ending September 2022" in str(usual["Table C2 "]["A1"].value), "a sheet name ends in a space"
    assert "Percentage change" in str(usual["Table C3"]["A1"].value)
    assert workbook_defects.header_row(usual["Table C2 "]) == 8


def test_header_cells_are_broken_at_different_places(folder: Path) -> None:
    written = set()
    for name in NAMES:
        for sheet in openpyxl.load_workbook(folder / name).worksheets:
            if sheet.title.strip() in ("Table C2", "Table C3", "Table C4", "Table C5"):
                row = sheet[workbook_defects.header_row(sheet)]
                written |= {
                    str(cell.value) for cell in row if plain(cell.value) in (TOTAL, "Police Force Area code")
                }
    assert len({text for text in written if plain(text) == TOTAL}) >= 3
    assert len({text for text in written if plain(text) == "Police Force Area code"}) >= 4


def test_reissue_revises_one_partnership_consistently(books: dict[str, Book], folder: Path) -> None:
    first, again = books[FIRST_ISSUE].tables["current"], books[REISSUE].tables["current"]
    revised = {
        (was.force, was.partnership): {
            header for header in was.figures if was.figures[header] != now.figures[header]
        }
        for was, now in zip(first, again, strict=True)
        if was.figures != now.figures
    }
    headers = {
        TOTAL,
        "Theft offences",
        "Burglary",
        "Residential burglary",
        "Vehicle offences",
        "Shoplifting",
    }
    assert revised == {
        ("Metropolitan Police", ""): headers,
        ("Metropolitan Police", "Croydon"): headers,
    }
    assert books[FIRST_ISSUE].tables["previous"] == books[REISSUE].tables["previous"]
    assert "Corrected" in str(openpyxl.load_workbook(folder / REISSUE)["Correction"]["A1"].value)


def test_latest_edition_has_a_new_column_and_a_marked_header_in_its_counts(
    books: dict[str, Book], folder: Path
) -> None:
    name = NAMES[-1]
    for role in ("current", "previous"):
        new = [header for header in books[name].headers[role] if header not in books[NAMES[0]].headers[role]]
        assert new == ["Robbery of personal property"]
        for row in books[name].tables[role]:
            if row.figures[TOTAL] is not None:
                assert 0 <= row.number(new[0]) <= row.number("Robbery")
    sheet = openpyxl.load_workbook(folder / name)["Table C3"]
    marked = [str(cell.value) for cell in sheet[8] if "[note" in str(cell.value)]
    assert marked == ["All other theft offences\n [note 4]"]


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_says_in_its_first_rows_that_it_is_synthetic(folder: Path, name: str) -> None:
    book = openpyxl.load_workbook(folder / name)
    for sheet in book.worksheets:
        cells = [str(cell) for row in sheet.iter_rows(max_row=3, values_only=True) for cell in row]
        assert any(cell.startswith(SYNTHETIC_MARK) for cell in cells), sheet.title
        assert SYNTHETIC_MARK not in str(sheet["A1"].value), "the title stays the publisher's"
    assert SYNTHETIC_MARK in book.properties.description


def test_two_runs_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    start = time.perf_counter()
    again = write_sample_inputs(tmp_path / "again")
    seconds = time.perf_counter() - start
    hashes = [hashlib.sha256(file.read_bytes()).hexdigest() for file in again]
    assert hashes == [hashlib.sha256((folder / file.name).read_bytes()).hexdigest() for file in again]
    assert len(set(hashes)) == len(hashes) == 6
    assert all(file.stat().st_size < 200_000 for file in again)
    assert seconds < 10, "about 1.3 s on an idle machine"
    assert sorted(file.name for file in again[:-1]) == [file.name for file in again[:-1]]
    assert sorted(file.name for file in (tmp_path / "again").iterdir()) == sorted(file.name for file in again)


def test_a_folder_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(
        UsageError, match=r"taken: the sample inputs cannot be written there .* choose a folder"
    ):
        write_sample_inputs(tmp_path / "taken")
