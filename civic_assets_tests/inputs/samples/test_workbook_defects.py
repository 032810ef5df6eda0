"""Each defect changes what it says and nothing else: one that did nothing would make other tests empty."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests import workbook_defects as defects

CURRENT = ("number of police recorded crimes", "June 2022")
PREVIOUS = ("number of police recorded crimes", "June 2021")
SHEET = "Table C3"
TOTAL = "Total recorded crime (excluding fraud)"
Defect = Callable[[Path, Path], Path]
Cells = dict[tuple[str, str], object]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intact")
    return next(file for file in write_sample_inputs(folder) if "2022-06" in file.name)


def _cells(workbook: Path) -> Cells:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in openpyxl.load_workbook(workbook).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _is_same(one: object, other: object) -> bool:
    """Whether two cells are equal; openpyxl writes 16 digits of a number, where the publisher has 17."""
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-15)
    return one == other


def _differences(before: Cells, after: Cells) -> dict[tuple[str, str], tuple[object, object]]:
    return {
        key: (before.get(key), after.get(key))
        for key in {*before, *after}
        if not _is_same(before.get(key), after.get(key))
    }


def test_number_becomes_text_with_commas_in_one_cell(workbook: Path, tmp_path: Path) -> None:
    cell = defects.address(workbook, CURRENT, "Islington", TOTAL)
    out = defects.number_to_text(workbook, tmp_path / "out.xlsx", CURRENT, cell)
    assert _differences(_cells(workbook), _cells(out)) == {(SHEET, cell): (27571, "27,571")}


def test_value_is_set_in_one_cell(workbook: Path, tmp_path: Path) -> None:
    cell = defects.address(workbook, CURRENT, "Islington", "Burglary")
    out = defects.set_cell(workbook, tmp_path / "out.xlsx", SHEET, cell, None)
    assert _differences(_cells(workbook), _cells(out)) == {(SHEET, cell): (1805, None)}


def test_title_years_are_exchanged(workbook: Path, tmp_path: Path) -> None:
    out = defects.swap_title_years(workbook, tmp_path / "out.xlsx", CURRENT, PREVIOUS)
    changed = _differences(_cells(workbook), _cells(out))
    assert set(changed) == {("Table C2", "A1"), (SHEET, "A1")}
    assert "year ending June 2021" in str(changed[(SHEET, "A1")][1])
    assert "year ending June 2022" in str(changed[("Table C2", "A1")][1])


def test_header_is_renamed_in_one_cell(workbook: Path, tmp_path: Path) -> None:
    out = defects.rename_header(workbook, tmp_path / "out.xlsx", CURRENT, TOTAL, "Total crimes recorded")
    changed = _differences(_cells(workbook), _cells(out))
    assert changed == {
        (SHEET, "G7"): ("Total recorded crime_x000D_\n (excluding fraud)", "Total crimes recorded")
    }


def test_sheet_is_renamed_and_nothing_else(workbook: Path, tmp_path: Path) -> None:
    out = defects.rename_sheet(workbook, tmp_path / "out.xlsx", CURRENT, "Figures")
    renamed = {
        ("Figures" if sheet == SHEET else sheet, cell): value
        for (sheet, cell), value in _cells(workbook).items()
    }
    assert _cells(out) == renamed


@pytest.mark.parametrize(
    ("defect", "rows", "columns"),
    [
        (lambda book, out: defects.insert_rows_above_header(book, out, CURRENT, 3), 3, 0),
        (lambda book, out: defects.duplicate_row(book, out, CURRENT, "Camden"), 1, 0),
        (lambda book, out: defects.drop_row(book, out, CURRENT, "Camden"), -1, 0),
        (lambda book, out: defects.add_column(book, out, CURRENT, "Wildlife crime", 7), 0, 1),
        (lambda book, out: defects.remove_column(book, out, CURRENT, "Robbery"), 0, -1),
        (lambda book, out: defects.swap_columns(book, out, CURRENT, "Robbery", "Homicide"), 0, 0),
    ],
    ids=["rows above header", "row twice", "row gone", "column added", "column gone", "columns swapped"],
)
def test_table_changes_its_shape_and_other_sheets_do_not(
    workbook: Path, tmp_path: Path, defect: Defect, rows: int, columns: int
) -> None:
    out = defect(workbook, tmp_path / "out.xlsx")
    before, after = (openpyxl.load_workbook(file)[SHEET] for file in (workbook, out))
    assert (after.max_row - before.max_row, after.max_column - before.max_column) == (rows, columns)
    changed = _differences(_cells(workbook), _cells(out))
    assert changed
    assert {sheet for sheet, _ in changed} == {SHEET}


def test_figures_move_with_their_headers(workbook: Path, tmp_path: Path) -> None:
    swapped = defects.swap_columns(workbook, tmp_path / "swapped.xlsx", CURRENT, "Robbery", "Homicide")
    moved = defects.insert_rows_above_header(swapped, tmp_path / "moved.xlsx", CURRENT, 3)
    sheet = openpyxl.load_workbook(moved)[SHEET]
    assert defects.header_row(sheet) == 10
    assert sheet[defects.address(moved, CURRENT, "Islington", "Robbery")].value == 1020
    assert sheet[defects.address(moved, CURRENT, "Islington", "Homicide")].value == 3


def test_force_total_is_found_by_the_force_s_name(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)[SHEET]
    row = [cell.value for cell in sheet[defects.row_of(sheet, "Metropolitan Police")]]
    assert row[:4] == ["E23000001", "Metropolitan Police", None, None]


def test_a_table_that_is_missing_is_not_made_up(workbook: Path, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="0 tables have a title"):
        defects.rename_sheet(workbook, tmp_path / "out.xlsx", "number of hedgehogs", "x")
    with pytest.raises(LookupError, match="2 tables have a title"):
        defects.rename_sheet(workbook, tmp_path / "out.xlsx", "number of police recorded crimes", "x")


@pytest.mark.real_data
def test_defects_find_their_way_in_the_real_workbook(real_data: Path, tmp_path: Path) -> None:
    workbook = real_data / "ons-csp" / "policeforceareatablesyedecember2024.xlsx"
    current = ("number of police recorded crimes", "December 2024")
    out = defects.number_to_text(workbook, tmp_path / "out.xlsx", current, "G237")
    before, after = (
        CalamineWorkbook.from_path(file).get_sheet_by_name("Table C2").to_python(skip_empty_area=False)
        for file in (workbook, out)
    )
    assert (before[236][3], before[236][6]) == ("Islington", 30201)
    before[236][6] = "30,201"
    assert after == before
