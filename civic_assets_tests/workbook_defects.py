"""One change to a workbook of Community Safety Partnership tables, written to another file.

Belongs here: what a publisher may do to a workbook, harmless or not, one function each; used on synthetic and
on real workbooks. Does not belong here: what a reader should make of it (the tests say that).

A table is named by words of its title, e.g. `("number of police recorded crimes", "2024")`: its sheet is the
only one whose cell A1 has them all, whatever the case and the white space. A header is named by its words
without line breaks and note markers. Every function takes the workbook's path and the path to write to, and
returns the latter.

Numbers keep 16 significant digits, because openpyxl writes no more: in the publisher's tables of changes and
rates the 17th may differ afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Title: TypeAlias = str | Sequence[str]
Value: TypeAlias = str | int | float | None

_PARTNERSHIP = "community safety partnership name"


def _plain(text: object) -> str:
    """Lower case, white space collapsed, note markers gone."""
    without_markers = re.sub(r"\[note [^\]]*\]", "", str(text or ""), flags=re.IGNORECASE)
    return " ".join(without_markers.replace("_x000D_", " ").split()).lower()


def find_table(book: Workbook, title: Title) -> Worksheet:
    """The only sheet whose A1 has all words of `title` and that has a row of partnership headers."""
    words = [title] if isinstance(title, str) else list(title)
    found = [
        sheet
        for sheet in book.worksheets
        if _find_header(sheet) is not None
        and all(_plain(word) in _plain(sheet["A1"].value) for word in words)
    ]
    if len(found) != 1:
        names = [sheet.title for sheet in found]
        raise LookupError(f"{len(found)} tables have a title with {words}: {names}")
    return found[0]


def _find_header(sheet: Worksheet) -> int | None:
    for number, row in enumerate(sheet.iter_rows(max_row=40, values_only=True), start=1):
        if _PARTNERSHIP in map(_plain, row):
            return number
    return None


def header_row(sheet: Worksheet) -> int:
    """Row (1-based) of a table's headers."""
    number = _find_header(sheet)
    if number is None:
        raise LookupError(f"{sheet.title} has no header '{_PARTNERSHIP}'")
    return number


def column_of(sheet: Worksheet, header: str) -> int:
    """Column (1-based) of a header."""
    headers = [_plain(cell.value) for cell in sheet[header_row(sheet)]]
    return headers.index(_plain(header)) + 1


def row_of(sheet: Worksheet, partnership: str) -> int:
    """Row (1-based) of a partnership, or of a force's total by the force's name."""
    first, name = header_row(sheet) + 1, _plain(partnership)
    partnerships, forces = column_of(sheet, _PARTNERSHIP), column_of(sheet, "police force area name")
    for number in range(first, sheet.max_row + 1):
        if _plain(sheet.cell(number, partnerships).value) == name:
            return number
    for number in range(first, sheet.max_row + 1):
        if not sheet.cell(number, partnerships).value and _plain(sheet.cell(number, forces).value) == name:
            return number
    raise LookupError(f"{sheet.title} has no row {partnership!r}")


def address(workbook: Path, table: Title, partnership: str, header: str) -> str:
    """Address of a figure, e.g. `G237`."""
    sheet = find_table(openpyxl.load_workbook(workbook), table)
    return str(sheet.cell(row_of(sheet, partnership), column_of(sheet, header)).coordinate)


def sheet_name(workbook: Path, table: Title) -> str:
    """Name of a table's sheet, stray spaces included."""
    return str(find_table(openpyxl.load_workbook(workbook), table).title)


def rename_sheet(workbook: Path, out: Path, table: Title, name: str) -> Path:
    """Gives a table's sheet another name."""
    book = openpyxl.load_workbook(workbook)
    find_table(book, table).title = name
    return _save(book, out)


def insert_rows_above_header(workbook: Path, out: Path, table: Title, n: int = 3) -> Path:
    """Moves a table down by `n` rows of text between preamble and headers."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    first = header_row(sheet)
    sheet.insert_rows(first, amount=n)
    for number in range(first, first + n):
        sheet.cell(number, 1, f"A line that earlier editions lack ({number})")
    return _save(book, out)


def swap_columns(workbook: Path, out: Path, table: Title, header_a: str, header_b: str) -> Path:
    """Exchanges two columns, headers and values."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    a, b = column_of(sheet, header_a), column_of(sheet, header_b)
    for number in range(header_row(sheet), sheet.max_row + 1):
        one, other = sheet.cell(number, a), sheet.cell(number, b)
        one.value, other.value = other.value, one.value
    return _save(book, out)


def add_column(
    workbook: Path, out: Path, table: Title, header: str, values: Value | Sequence[Value] = 1
) -> Path:
    """Adds a column to the right of a table; one value fills every row."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    first, column = header_row(sheet), sheet.max_column + 1
    rows = sheet.max_row - first
    cells = [values] * rows if isinstance(values, str) or not isinstance(values, Sequence) else list(values)
    sheet.cell(first, column, header)
    for number, value in enumerate(cells[:rows], start=first + 1):
        sheet.cell(number, column, value)
    return _save(book, out)


def remove_column(workbook: Path, out: Path, table: Title, header: str) -> Path:
    """Takes a column out."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    sheet.delete_cols(column_of(sheet, header))
    return _save(book, out)


def rename_header(workbook: Path, out: Path, table: Title, old: str, new: str) -> Path:
    """Writes another text into a header cell."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    sheet.cell(header_row(sheet), column_of(sheet, old)).value = new
    return _save(book, out)


def number_to_text(workbook: Path, out: Path, table: Title, cell: str) -> Path:
    """Writes a whole number as text with thousands commas, as in `30,201`."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    value = sheet[cell].value
    if not isinstance(value, int):
        raise TypeError(f"{sheet.title}!{cell} holds no whole number but {value!r}")
    sheet[cell].value = f"{value:,}"
    return _save(book, out)


def swap_title_years(workbook: Path, out: Path, table_a: Title, table_b: Title) -> Path:
    """Exchanges the years that two titles name, so that each table claims the other's period."""
    book = openpyxl.load_workbook(workbook)
    a, b = find_table(book, table_a)["A1"], find_table(book, table_b)["A1"]
    year = re.compile(r"year ending \w+ \d{4}", flags=re.IGNORECASE)
    of_a, of_b = year.findall(str(a.value)), year.findall(str(b.value))
    if len(of_a) != 1 or len(of_b) != 1:
        raise LookupError(f"a title does not name exactly one year: {a.value!r}, {b.value!r}")
    a.value, b.value = str(a.value).replace(of_a[0], of_b[0]), str(b.value).replace(of_b[0], of_a[0])
    return _save(book, out)


def set_cell(workbook: Path, out: Path, sheet: str, cell: str, value: Value) -> Path:
    """Writes a value into a cell; `None` empties it."""
    book = openpyxl.load_workbook(workbook)
    book[sheet][cell].value = value
    return _save(book, out)


def drop_row(workbook: Path, out: Path, table: Title, partnership: str) -> Path:
    """Takes a partnership's row out of one table."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    sheet.delete_rows(row_of(sheet, partnership))
    return _save(book, out)


def duplicate_row(workbook: Path, out: Path, table: Title, partnership: str) -> Path:
    """Repeats a partnership's row below itself."""
    book = openpyxl.load_workbook(workbook)
    sheet = find_table(book, table)
    number = row_of(sheet, partnership)
    values = [cell.value for cell in sheet[number]]
    sheet.insert_rows(number + 1)
    for column, value in enumerate(values, start=1):
        sheet.cell(number + 1, column, value)
    return _save(book, out)


def _save(book: Workbook, out: Path) -> Path:
    for sheet in book.worksheets:
        # Table objects keep the old extent and header texts; a workbook whose cells moved from under them
        # needs repair.
        sheet.tables.clear()
    book.save(out)
    return out
