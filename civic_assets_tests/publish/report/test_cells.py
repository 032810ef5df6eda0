"""The cells around a finding are those that a person sees in the file at that place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from civic_assets.contracts.model import Contract
from civic_assets.layers.store import Store
from civic_assets.parsing.table_finder import find_tables
from civic_assets.publish.report.cells import FindingCells, Neighbours, neighbours_of
from civic_assets.readers import raw_table
from civic_assets.readers.grid import Grid, Sheet, column_letters
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table
from civic_assets.values.cells import as_printed
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.releases import contract, locator, place_of, report, sample


def look(
    folder: Path,
    grid: Grid,
    wanted: Sequence[FindingCells],
    terms: Contract | None = None,
    titles: Sequence[str] = (),
) -> dict[str, Neighbours]:
    raw = Store(folder).tables.write("raw", "any", "2024-01", grid_to_table(grid), "key")
    with duckdb.connect() as connection:
        return neighbours_of(connection, raw, titles, terms, wanted)


def accused(shown: Neighbours) -> list[tuple[str, str, str]]:
    """(row, column, text) of what is marked as the cell to look at."""
    return [
        (row.address, column, cell.text)
        for row in shown.rows
        for column, cell in zip(shown.columns, row.cells, strict=True)
        if cell.mark == "accused"
    ]


def concerned(shown: Neighbours) -> set[str]:
    return {cell.text for row in shown.rows for cell in row.cells if cell.mark == "concerned"}


def delimited(rows: Sequence[Sequence[str]], lines: Sequence[int] | None = None) -> Grid:
    numbers = list(lines or range(1, len(rows) + 1))
    return Grid("file.csv", "csv", [Sheet("", [list(row) for row in rows], line_numbers=numbers)])


def test_accused_cell_of_a_workbook_is_shown_among_its_neighbours(tmp_path: Path) -> None:
    grid = sample()
    place = place_of(grid, "counts_current", _first_partnership(grid), "robbery")
    at = locator(grid, place)
    shown = look(tmp_path, grid, [FindingCells("f", at)], contract())["f"]
    sheet = next(sheet for sheet in grid.sheets if sheet.name == place.sheet)
    printed = as_printed(sheet.rows[place.row][place.column])
    assert accused(shown) == [(str(place.row + 1), column_letters(place.column), printed)]
    for row in shown.rows:
        for column, cell in zip(shown.columns, row.cells, strict=True):
            number = [column_letters(i) for i in range(sheet.width)].index(column)
            text = as_printed(sheet.rows[int(row.address) - 1][number])
            assert cell.text.removesuffix(" ...") in text


def _first_partnership(grid: Grid) -> str:
    return next(
        name for name in find_tables(grid, contract())["counts_current"].texts("partnership_name") if name
    )


def test_header_and_names_of_areas_are_shown_with_the_window(tmp_path: Path) -> None:
    grid = sample()
    place = place_of(grid, "counts_current", _first_partnership(grid), "miscellaneous_crimes")
    shown = look(tmp_path, grid, [FindingCells("f", locator(grid, place))], contract())["f"]
    assert [row.header for row in shown.rows].count(True) == 1 and shown.rows[0].header
    texts = [" ".join(cell.text.split()) for cell in shown.rows[0].cells]
    assert any("Partnership name" in text for text in texts)
    assert any("Miscellaneous crimes" in text for text in texts)
    assert shown.gaps, "columns between the names and the cell are left out, and the table says so"


def test_other_cells_of_the_finding_are_marked_and_the_total_is_among_them(tmp_path: Path) -> None:
    column = "Data year ending June 2022"
    others = [f"L{line}:{column}" for line in (16, 17, 23, 32, 33, 34, 35, 36, 37, 38)]
    shown = look(
        tmp_path,
        report(),
        [FindingCells("f", f"L34:{column}", others)],
        contract("gla_report"),
        ["L3:A", "L14:A"],
    )["f"]
    assert accused(shown) == [("L34", "E", "16")]
    assert concerned(shown) == {"27571", "7087", "13447", "670", "1020", "1181", "163", "2086", "290"}


def test_header_of_the_nearest_table_above_is_taken(tmp_path: Path) -> None:
    wanted = [
        FindingCells("one", "L7:Total (Islington)"),
        FindingCells("two", "L24:Data year ending December 2020"),
    ]
    shown = look(tmp_path, report(), wanted, contract("gla_report"), ["L3:A", "L14:A"])
    assert shown["one"].rows[0].address == "L4" and shown["two"].rows[0].address == "L15"
    assert accused(shown["two"]) == [("L24", "C", "1208")]


def test_record_over_several_lines_is_addressed_by_its_first_line(tmp_path: Path) -> None:
    grid = delimited([["name", "count"], ["a\nb", "1"], ["c", "2"]], [1, 2, 4])
    assert accused(look(tmp_path, grid, [FindingCells("f", "L4:count")])["f"]) == [("L4", "B", "2")]


def test_count_of_several_rows_shows_the_first_and_marks_the_others(tmp_path: Path) -> None:
    grid = delimited([["id", "type"], *([str(i), f"type {i}"] for i in range(2, 30))])
    shown = look(tmp_path, grid, [FindingCells("f", "L3,L4,L20,... (9 lines):type")])["f"]
    assert accused(shown) == [("L3", "B", "type 3")] and concerned(shown) == {"type 4", "type 20"}


def test_large_delimited_file_is_shown_like_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["la_name", "suspension"], *([f"area {i}", str(i)] for i in range(200))]
    small = look(tmp_path / "small", delimited(rows), [FindingCells("f", "L120:suspension")])
    monkeypatch.setattr(raw_table, "RAW_WIDE_CELLS", 1)
    large = look(tmp_path / "large", delimited(rows), [FindingCells("f", "L120:suspension")])
    assert "c0001" in grid_to_table(delimited(rows)).column_names
    assert small == large and accused(large["f"]) == [("L120", "B", "118")]


def test_sheet_that_is_kept_by_column_is_shown(tmp_path: Path) -> None:
    grid = read_grid(FIXTURES / "home_office_prc" / "by_partnership_2023_25.ods")
    assert "c0001" in grid_to_table(grid).column_names
    sheet = next(sheet for sheet in grid.sheets if len(sheet.rows) > 5)
    row, column = 4, sheet.width - 1
    shown = look(tmp_path, grid, [FindingCells("f", sheet.locator(row, column))])["f"]
    assert accused(shown) == [("5", column_letters(column), as_printed(sheet.rows[row][column]))]


def test_record_of_a_document_is_addressed_by_its_number(tmp_path: Path) -> None:
    rows = [["category", "month"], ["burglary", "2024-01"], ["robbery", "2024-02"]]
    grid = Grid("a.json", "json", [Sheet("", [list(row) for row in rows], records=True)])
    shown = look(tmp_path, grid, [FindingCells("f", "[1].month")])["f"]
    assert accused(shown) == [("[1]", "B", "2024-02")]
    assert [row.address for row in shown.rows] == ["[*]", "[0]", "[1]"]


def test_empty_cell_is_shown_as_one(tmp_path: Path) -> None:
    grid = delimited([["name", "count"], ["", ""], ["c", "2"]])
    assert accused(look(tmp_path, grid, [FindingCells("f", "L2:count")])["f"]) == [("L2", "B", "")]


@pytest.mark.parametrize("locator", ["", "Table 9!A1", "L2:no such column", "L2:ZZ", "the whole file"])
def test_finding_without_a_cell_in_the_file_has_no_neighbours(tmp_path: Path, locator: str) -> None:
    grid = delimited([["name", "count"], ["a", "1"]])
    assert look(tmp_path, grid, [FindingCells("f", locator)]) == {}


def test_long_text_is_cut_and_says_so(tmp_path: Path) -> None:
    grid = delimited([["name", "count"], ["note " * 100, "1"]])
    (row,) = [
        row for row in look(tmp_path, grid, [FindingCells("f", "L2:count")])["f"].rows if row.address == "L2"
    ]
    assert row.cells[0].text.endswith(" ...") and len(row.cells[0].text) < 100
