"""Workbooks (xlsx, xls) as grids.

Belongs here: reading every cell of every sheet, with calamine. Does not belong here: whether the file may be opened
(`detect`), and which cells form a table (`table_finder`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import WORKBOOK_CELLS
from civic_assets.readers.containers.ole2 import biff_sheets
from civic_assets.readers.containers.zip_directory import open_container
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.excel.directory import look_at_xlsx
from civic_assets.readers.excel.sheet_parts import NEAR_COLUMNS, NEAR_ROWS, SheetPart, scan_sheet
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue, as_printed

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

_PLAIN = frozenset({str, float, bool})


def read_workbook(path: Path, file_name: str, kind: Format | None = None) -> Grid:
    """Every cell of a workbook as stored.

    Numbers are floats; dates are ISO text (`2024-12-31`, with a time only if it is not midnight), times and
    durations too (`08:30:00`, `PT36H`); error cells are their text (`#N/A`), and a formula that was never calculated is
    the formula (`=SUM(B2:B9)`), never a number. Rows start at A1 and end at the last cell with content. Chart sheets
    appear as sheets without rows.

    Args:
        path: Path of the file.
        file_name: Name of the file as the user knows it.
        kind: Result of `sniff`, if the caller already has it.

    Raises:
        FileRefused: The file is not a workbook, unsafe or damaged, or a sheet spans too many cells.
    """
    kind = kind or sniff(path, file_name)
    if kind not in (Format.XLSX, Format.XLS):
        raise FileRefused(
            file_name, f"is {kind}, not a workbook (xlsx or xls). Use the reader for {kind} files."
        )
    read = _read_xlsx if kind is Format.XLSX else _read_xls
    try:
        sheets = read(path, file_name)
    except (FileRefused, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in calamine is not an Exception
        raise FileRefused(
            file_name,
            f"is a damaged workbook and cannot be read ({str(error) or type(error).__name__}). Download the "
            "file again, or open it in a spreadsheet program and save it as xlsx.",
        ) from error
    return Grid(file_name, "xlsx" if kind is Format.XLSX else "xls", sheets)


def _read_xls(path: Path, name: str) -> list[Sheet]:
    """Sheets of an xls, whose records are checked first, because calamine allocates all cells on loading."""
    import python_calamine as calamine

    parts = [SheetPart(s.rows, s.columns, "", s.errors) for s in biff_sheets(path.read_bytes(), name)]
    if sum(part.rows * part.columns for part in parts) > WORKBOOK_CELLS:
        number, part = max(enumerate(parts, start=1), key=lambda one: one[1].rows * one[1].columns)
        raise _too_large(f"no. {number}", part.rows, part.columns, "", name)
    with calamine.load_workbook(path) as book:
        if len(parts) != len(book.sheets_metadata):
            raise FileRefused(name, "has a damaged list of sheets. Save it as xlsx and try again.")
        return [_read_sheet(book, index, part, WORKBOOK_CELLS, name)[0] for index, part in enumerate(parts)]


def _read_xlsx(path: Path, name: str) -> list[Sheet]:
    """Sheets of an xlsx, each checked as XML before calamine allocates its cells."""
    import python_calamine as calamine

    budget, sheets = WORKBOOK_CELLS, []
    with open_container(path, name) as container:
        directory = look_at_xlsx(container, name)
        members = directory.members
        with calamine.load_workbook(path) as book:
            if len(members) != len(book.sheets_metadata):
                raise FileRefused(name, "has a damaged list of sheets. Download the file again.")
            for index, member in enumerate(members):
                about = book.sheets_metadata[index]
                if member is None and about.typ in _tables():
                    reason = f"sheet '{about.name}' is not a plain worksheet. Save it as xlsx and try again."
                    raise FileRefused(name, reason)
                part = (
                    scan_sheet(container.read(member), about.name, name, recalculates=directory.recalculates)
                    if member
                    else SheetPart()
                )
                sheet, budget = _read_sheet(book, index, part, budget, name)
                sheets.append(sheet)
    return sheets


def _tables() -> tuple[SheetTypeEnum, ...]:
    """The kinds of sheets that have cells."""
    import python_calamine as calamine

    return calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.MacroSheet


def _read_sheet(
    book: CalamineWorkbook, index: int, part: SheetPart, budget: int, name: str
) -> tuple[Sheet, int]:
    """One sheet, and the remaining budget of cells."""
    import python_calamine as calamine

    about = book.sheets_metadata[index]
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    if about.typ not in _tables():
        return Sheet(about.name, [], hidden), budget
    if part.rows * part.columns > max(budget, NEAR_ROWS * NEAR_COLUMNS):
        raise _too_large(about.name, part.rows, part.columns, part.last, name)
    source = book.get_sheet_by_index(index)
    # `total_height` and `total_width` are one short; `end` is the last cell, counted from 0.
    height, width = (source.end[0] + 1, source.end[1] + 1) if source.end else (0, 0)
    budget -= height * width
    if budget < 0:
        raise _too_large(about.name, height, width, part.last, name)
    rows = _plain_rows(source)
    for (row, column), text in part.errors.items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = text
    _put_formulas(rows, part.uncalculated)
    merged = tuple((*first, *last) for first, last in source.merged_cell_ranges or ())
    sheet = Sheet(
        about.name, rows, hidden, merged, hidden_rows=part.hidden_rows, hidden_columns=part.hidden_columns
    )
    return sheet, budget


def _put_formulas(rows: list[list[CellValue]], formulas: Mapping[tuple[int, int], str]) -> None:
    """Replace calamine's values for formulas without a result (nothing, or 0) with the formulas."""
    if not formulas:
        return
    height = max(row for row, _ in formulas) + 1
    width = max([1 + max(column for _, column in formulas), *map(len, rows[:1])])
    rows.extend([] for _ in range(len(rows), height))
    for cells in rows:
        cells.extend([""] * (width - len(cells)))
    for (row, column), text in formulas.items():
        rows[row][column] = text


def _too_large(sheet: str, rows: int, columns: int, last: str, name: str) -> FileRefused:
    """The refusal of a sheet that spans more cells than any published sheet."""
    where = f" because of the content of {last}" if last else ""
    return FileRefused(
        name,
        f"sheet '{sheet}' spans {rows:,} rows by {columns:,} columns{where}; a workbook may span "
        f"{WORKBOOK_CELLS:,} cells in all. Delete stray cells outside the tables, save, and try again.",
    )


def _plain_rows(source: CalamineSheet) -> list[list[CellValue]]:
    """Rows from A1, with texts, floats and truth values only."""
    rows: list[list[Any]] = source.to_python(skip_empty_area=False)
    if not _PLAIN.issuperset(map(type, chain.from_iterable(rows))):
        for row in rows:
            row[:] = map(_plain_value, row)
    return rows


def _plain_value(value: object) -> CellValue:
    """A cell's value as text, float or truth value."""
    match value:
        case str() | bool() | float():
            return value
        case int():
            return float(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return iso_duration(value)
        case _:
            return str(value)


def iso_duration(value: dt.timedelta) -> str:
    """ISO 8601 text of a duration in hours, minutes and seconds: 36 h -> `PT36H`, 90 s -> `PT1M30S`."""
    seconds = abs(value).total_seconds()
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = "".join(
        f"{as_printed(float(n))}{u}" for n, u in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n
    )
    return f"{'-' if value < dt.timedelta() else ''}PT{text or '0S'}"
