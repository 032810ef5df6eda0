"""The Metropolitan Police's files as a spreadsheet program saves them: nothing is doubled, and nothing guessed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.compute as pc
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.held_back import why_held_back

FILES = {
    "met_borough": FIXTURES / "met_borough" / "recent.csv",
    "met_ward": FIXTURES / "met_ward" / "wards_of_2022.csv",
    "met_lsoa": FIXTURES / "met_lsoa" / "areas_of_2021.csv",
}
Rows = list[list[str]]
FORMS = {
    "as a name and two digits": lambda month: datetime.strptime(month, "%Y%m").strftime("%b-%y"),
    "as a name": lambda month: datetime.strptime(month, "%Y%m").strftime("%B %Y"),
    "as its first day": lambda month: f"{month[:4]}-{month[4:]}-01 00:00:00",
    "with a dash": lambda month: f"{month[:4]}-{month[4:]}",
    "month first": lambda month: f"{int(month[4:])}/{month[:4]}",
}


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    parsed: Parsed = parser_of(found.contract).parse(grid, found.found, found.contract)
    return parsed


def _rows(source: str) -> Rows:
    with FILES[source].open(newline="") as file:
        return list(csv.reader(file))


def _saved(tmp_path: Path, rows: Rows) -> Path:
    path = tmp_path / "saved.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _figures(parsed: Parsed) -> list[tuple[object, ...]]:
    names = ("area_code", "breakdown", "period_start", "period_end", "value")
    return sorted(zip(*(parsed.observations[name].to_pylist() for name in names), strict=True), key=str)


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_months_that_a_spreadsheet_wrote_are_the_same_months_and_reported(
    tmp_path: Path, source: str, form: Callable[[str], str]
) -> None:
    rows = _rows(source)
    rows[0] = [form(text) if text.isdigit() else text for text in rows[0]]
    parsed, before = _read(_saved(tmp_path, rows)), _read(FILES[source])
    assert (parsed.edition, _figures(parsed)) == (before.edition, _figures(before))
    (told,) = parsed.problems
    assert "A spreadsheet program saved the file again" in told.message and "24 of 24 months" in told.message


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("kind", ["dates", "numbers"])
def test_workbook_with_months_as_dates_or_numbers_is_read(tmp_path: Path, source: str, kind: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate(_rows(source)):
        months = number == 0 and kind == "dates"
        sheet.append(
            [
                (datetime.strptime(text, "%Y%m") if months else int(text)) if text.isdigit() else text
                for text in cells
            ]
        )
    path = tmp_path / "saved.xlsx"
    book.save(path)
    parsed, before = _read(path), _read(FILES[source])
    assert (parsed.edition, _figures(parsed)) == (before.edition, _figures(before))
    assert len(parsed.problems) == (kind == "dates")


@pytest.mark.parametrize("written", ["01/02/2025", "25-Nov", "1/11/25"])
def test_header_that_may_be_two_months_is_not_guessed(tmp_path: Path, written: str) -> None:
    rows = _rows("met_borough")
    rows[0][-1] = written
    said = why_held_back(_saved(tmp_path, rows))
    assert "can be read as two months" in said and repr(written) in said and "L1:" in said


def _total(rows: Rows, words: list[str], change: int = 0) -> list[str]:
    first = next(at for at, text in enumerate(rows[0]) if text.isdigit())
    sums = [sum(int(cells[at]) for cells in rows[1:]) for at in range(first, len(rows[0]))]
    sums[0] += change
    return [*(words + [""] * first)[:first], *map(str, sums)]


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize(
    "words", [["Grand Total"], ["", "Total"], ["", "", "All boroughs"], [], ["THEFT Total", "", ""]]
)
def test_appended_total_is_not_an_area_and_doubles_nothing(
    tmp_path: Path, source: str, words: list[str]
) -> None:
    rows = _rows(source)
    parsed = _read(_saved(tmp_path, [*rows, _total(rows, words)]))
    assert _figures(parsed) == _figures(_read(FILES[source]))
    (told,) = parsed.problems
    assert told.check_id == "V-05" and told.locator.startswith(f"L{len(rows) + 1}:")
    assert "It is the sum of the rows read, in each of 24 columns" in told.message


def test_appended_total_that_is_not_the_sum_says_where(tmp_path: Path) -> None:
    rows = _rows("met_borough")
    parsed = _read(_saved(tmp_path, [*rows, _total(rows, ["Total"], change=7)]))
    (told,) = parsed.problems
    assert "not the sum of all rows read in 1 of 24 columns" in told.message
    assert f"L{len(rows) + 1}:202308" in told.message


@pytest.mark.parametrize(
    "words",
    [
        ["All crime", "All crime", "London"],
        ["Theft", "All offences", "Barnet"],
        ["Theft", "Shoplifting", "Greater London"],
    ],
)
def test_total_under_another_word_is_neither_a_class_nor_a_borough(tmp_path: Path, words: list[str]) -> None:
    rows = _rows("met_borough")
    parsed = _read(_saved(tmp_path, [*rows, _total(rows, words)]))
    assert _figures(parsed) == _figures(_read(FILES["met_borough"]))
    (told,) = parsed.problems
    assert "It is the sum of the rows read, in each of 24 columns" in told.message


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("emptied", [("major", "minor"), ("minor",), ("borough",), ("ward", "lsoa")])
def test_row_without_a_class_or_a_place_holds_the_file_back(
    tmp_path: Path, source: str, emptied: tuple[str, ...]
) -> None:
    rows = _rows(source)
    cells = [
        at for at, head in enumerate(rows[0]) if head.casefold().replace("lookup_", "").startswith(emptied)
    ]
    if not cells:
        return
    row = list(rows[3])
    for at in cells:
        row[at] = ""
    said = why_held_back(_saved(tmp_path, [*rows, row]))
    heads = [f"L{len(rows) + 1}:{rows[0][at]}" for at in cells]
    assert any(f"{head} is empty (1 of {len(rows)} rows are like this)" in said for head in heads)
    assert "subtotal" in said


def test_cell_that_was_merged_with_the_one_above_holds_the_workbook_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in _rows("met_borough"):
        sheet.append([int(text) if text.isdigit() else text for text in cells])
    sheet.merge_cells("A2:A3")
    path = tmp_path / "merged.xlsx"
    book.save(path)
    assert "Sheet!A3 is empty (1 of" in why_held_back(path)


@pytest.mark.parametrize("source", FILES)
def test_file_without_rows_says_so(tmp_path: Path, source: str) -> None:
    said = why_held_back(_saved(tmp_path, _rows(source)[:1]))
    assert f"has the headers of {source} but no rows" in said and "does not mean zero" in said
    assert "no title states" not in said


def test_borough_file_of_2019_is_neither_of_wards_nor_of_small_areas() -> None:
    for source in FILES:
        grid = read_grid(FIXTURES / source / "before_2019.csv")
        assert [found.contract.source for found in recognise(grid, load_contracts())] == [source]


def test_small_areas_of_an_issue_are_of_one_census() -> None:
    old, new = (_read(FIXTURES / "met_lsoa" / name) for name in ("before_2019.csv", "areas_of_2021.csv"))
    assert (set(old.row_kinds), set(new.row_kinds)) == ({"lsoa_2011"}, {"lsoa_2021"})
    assert set(old.observations["area_type"].to_pylist()) == {"lsoa"}
    names = {row["area_code"]: row["area_name"] for row in new.observations.to_pylist()}
    assert names["E01002707"] == "Islington 023A"


@pytest.mark.parametrize(("old", "new"), [("E01002707", "95GG10S1"), ("Islington", "Iselington")])
def test_small_area_or_borough_that_does_not_exist_is_kept_and_reported(
    tmp_path: Path, old: str, new: str
) -> None:
    rows = [[new if text == old else text for text in cells] for cells in _rows("met_lsoa")]
    parsed = _read(_saved(tmp_path, rows))
    assert parsed.problems[0].check_id == "V-05" and new in parsed.problems[0].observed
    assert parsed.row_kinds["unlisted_place"] >= 3
    assert parsed.observations.num_rows == _read(FILES["met_lsoa"]).observations.num_rows


def test_file_of_small_areas_that_is_too_large_is_held_back_with_a_sentence() -> None:
    contract = load_contracts()["met_lsoa"]
    limit = replace(contract.thresholds["figures_most"], value=100)
    contracts = {"met_lsoa": replace(contract, thresholds={**contract.thresholds, "figures_most": limit})}
    report = inspect(FILES["met_lsoa"], contracts)
    said = " ".join(finding["message"] for finding in report["findings"])
    assert "areas_of_2021.csv has 216 figures, more than the 100 that can be read at once" in said


@pytest.mark.real_data
def test_no_real_file_has_a_total_or_another_month(real_data: Path) -> None:
    for source in ("met-borough", "met-ward"):
        for path in sorted((real_data / source).glob("*.csv")):
            parsed = _read(path)
            assert list(parsed.problems) == []
            assert not pc.any(pc.is_null(parsed.observations["value"])).as_py()
