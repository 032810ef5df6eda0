"""How cells of a workbook look, and which rows and columns of its tables nobody sees."""

from __future__ import annotations

import re
import zipfile
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from civic_assets.errors import FileRefused, UsageError
from civic_assets.readers.excel.cell_look import look_at_cell
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table, table_to_grid


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Table 1 "
    for row in range(1, 41):
        sheet.append([f"area {row}", row * 1000.5, row, row])
    sheet["B7"].number_format = "#,##0"
    sheet["B7"].comment = Comment("Revised in\nMarch 2024", "Office")
    sheet["B8"].font = Font(strike=True)
    sheet["B9"] = "=SUM(B1:B8)"
    sheet.merge_cells("C10:D11")
    for row in (12, 13):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions.group("C", "D", hidden=True)
    hidden = book.create_sheet("Notes")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    path = tmp_path / "tables.xlsx"
    book.save(path)
    return path


def test_a_plain_cell(workbook: Path) -> None:
    look = look_at_cell(workbook, "Table 1 !B6")
    assert asdict(look) == {
        "number_format": "General",
        "formula": None,
        "note": None,
        "crossed_out": False,
        "hidden": (),
        "merged": None,
    }


def test_what_calamine_does_not_give(workbook: Path) -> None:
    noted = look_at_cell(workbook, "Table 1 !B7")
    assert (noted.number_format, noted.note) == ("#,##0", "Revised in\nMarch 2024")
    assert str(noted) == "format #,##0; note: Revised in March 2024"
    assert look_at_cell(workbook, "Table 1 !B8").crossed_out
    assert look_at_cell(workbook, "Table 1 !B9").formula == "=SUM(B1:B8)"
    assert look_at_cell(workbook, "Table 1 !D11").merged == "C10:D11"
    assert look_at_cell(workbook, "Table 1 !B12").hidden == ("row",)
    assert look_at_cell(workbook, "Table 1 !D13").hidden == ("row", "column")
    assert look_at_cell(workbook, "Notes!A1").hidden == ("sheet",)
    # An empty cell below the table is a cell too.
    assert str(look_at_cell(workbook, "Table 1 !B900")) == "format General"


def test_it_is_the_same_look_as_of_the_whole_workbook(workbook: Path) -> None:
    """One row of each sheet is enough: every cell looks as when openpyxl reads all of it."""
    sheet = openpyxl.load_workbook(workbook)["Table 1 "]
    for cell in (cell for row in sheet["A1:D20"] for cell in row):
        look = look_at_cell(workbook, f"Table 1 !{cell.coordinate}")
        assert look.number_format == cell.number_format
        assert look.note == (cell.comment.text if cell.comment else None)
        assert look.crossed_out == bool(cell.font.strike)
        assert look.formula == (cell.value if cell.data_type == "f" else None)


def test_rows_without_numbers_are_read_whole(workbook: Path, tmp_path: Path) -> None:
    other = _with_part(workbook, tmp_path, lambda xml: re.sub(rb'<row r="[0-9]+"', b"<row", xml))
    assert look_at_cell(other, "Table 1 !B8").crossed_out


def test_what_has_no_look_says_so(workbook: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no sheet 'Table 2'"):
        look_at_cell(workbook, "Table 2!B6")
    table = tmp_path / "table.csv"
    table.write_text("area,value\na,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"L2:value of table\.csv has no look of its own"):
        look_at_cell(table, "L2:value")
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(workbook.read_bytes()[:-200])
    with pytest.raises(FileRefused):
        look_at_cell(damaged, "Table 1 !B6")


def test_hidden_rows_and_columns_are_known_of_every_sheet(workbook: Path) -> None:
    grid = read_grid(workbook)
    table, notes = grid.sheets
    assert (table.hidden_rows, table.hidden_columns) == (((11, 12),), ((2, 3),))
    assert (notes.hidden, notes.hidden_rows, notes.hidden_columns) == (True, (), ())
    # The raw layer keeps them.
    assert table_to_grid(grid_to_table(grid), "tables.xlsx") == grid


def test_hidden_rows_in_another_spelling(workbook: Path, tmp_path: Path) -> None:
    other = _with_part(
        workbook,
        tmp_path,
        lambda xml: xml.replace(b'hidden="1"', b"hidden='true'").replace(b"<row r=", b"<row\n r="),
    )
    assert read_grid(other).sheets[0].hidden_rows == ((11, 12),)


def _with_part(workbook: Path, folder: Path, change: object) -> Path:
    """The workbook with its first sheet's XML changed."""
    assert callable(change)
    other = folder / "other.xlsx"
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(other, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            target.writestr(item, change(content) if item.filename.endswith("sheet1.xml") else content)
    return other
