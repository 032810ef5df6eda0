"""The table in a file that no contract describes: its header row, its columns and its rows.

Belongs here: finding them by their shape. Does not belong here: what a column means (`roles`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from civic_assets.errors import UsageError
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue, as_printed, label, parse_number, plain
from civic_assets.values.period_choice import is_period
from civic_assets.values.period_format import PeriodChoice, read_by_format
from civic_assets.values.periods import PeriodKind

# Rows that are looked at: enough to see every kind of value, and quick for a million rows.
_LOOKED_AT = 20_000
# Headers are among the first rows; the longest preamble seen has eight.
_TOP = 40
# A month in digits.
_MONTH = re.compile(r"(?:19|20)[0-9]{2}[-/]?(?:0[1-9]|1[0-2])")
# Periods that words alone do not name.
_FORMATS = (
    ("YYYY Qn", PeriodKind.QUARTER), ("Qn YYYY", PeriodKind.QUARTER), ("YYYY-Qn", PeriodKind.QUARTER),
    ("YYYY/YY Qn", PeriodKind.QUARTER), ("Qn YYYY/YY", PeriodKind.QUARTER), ("MMM-YY", PeriodKind.MONTH),
)  # fmt: skip
# A header row has nearly as many cells as any row near it.
_NEARLY = 0.9
# A column of figures may have other texts, if they are few and short: marks instead of numbers.
_FIGURES, _MARKS, _MARK_LENGTH = 0.5, 6, 20


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One column of the file.

    Args:
        position: Column of the sheet, from 0.
        header: As printed.
        texts: Texts of the rows that were looked at, in order.
        type: `string`, `integer` or `number`.
        marks: Texts instead of numbers, with how many rows have them; an empty cell is `""`.
    """

    position: int
    header: str
    texts: Sequence[str]
    type: str
    marks: Mapping[str, int]

    @property
    def label(self) -> str:
        """The header in the form in which headers are compared."""
        return label(self.header)

    @property
    def distinct(self) -> list[str]:
        """Its texts, each once, without the empty one."""
        return [text for text in dict.fromkeys(self.texts) if text]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The table of a file.

    Args:
        grid: The file.
        sheet: Its sheet with the table.
        header_row: Row of the headers, from 0.
        columns: In the order of the sheet.
        rows: Rows that were looked at, from 0.
        title: Text of the first row above the headers; empty without one.
        more: Whether the table goes on after the rows that were looked at.
        notes: Whether rows below the table hold text in one cell only.
        other_sheets: Names of the other sheets.
    """

    grid: Grid
    sheet: Sheet
    header_row: int
    columns: Sequence[ShownColumn]
    rows: Sequence[int]
    title: str
    more: bool
    notes: bool
    other_sheets: Sequence[str]


def shown_table(grid: Grid) -> ShownTable:
    """The largest table of a file.

    Raises:
        UsageError: No sheet has a header row above rows.
    """
    found = [(sheet, row) for sheet in grid.sheets if (row := _header_row(sheet)) is not None]
    if not found and (why := next(filter(None, map(_why_no_header_row, grid.sheets)), "")):
        raise UsageError(
            f"{grid.file}: {why} Give every column its own header in a copy of the file, or write the contract by hand "
            "(docs/how-to/adding-a-source.md)."
        )
    if not found and (periods := _periods_as_headers(grid)):
        raise _period_in_each_column(grid, periods)
    if not found:
        raise UsageError(
            f"{grid.file} has no table with a header row above its rows, so there is nothing to begin a contract with. "
            "Check that it is the right file, or write the contract by hand (docs/how-to/adding-a-source.md)."
        )
    sheet, header = max(found, key=lambda one: (len(one[0].rows) - one[1]) * one[0].width)
    last = min(len(sheet.rows), header + 1 + _LOOKED_AT)
    filled = {row: _filled(sheet.rows[row]) for row in range(header + 1, last)}
    rows = [row for row, number in filled.items() if number > 1 or (number and sheet.width == 1)]
    notes = any(number == 1 for number in filled.values()) and sheet.width > 1
    headers = sheet.rows[header]
    if len(periods := _periods(headers)) > 1:
        raise _period_in_each_column(grid, periods)
    columns = [
        _column(sheet, at, plain(as_printed(cell)), rows)
        for at, cell in enumerate(headers)
        if as_printed(cell).strip()
    ]
    above = (
        plain(cell) for row in sheet.rows[:header] for cell in row if isinstance(cell, str) and cell.strip()
    )
    return ShownTable(
        grid, sheet, header, columns, rows, next(above, ""), last < len(sheet.rows), notes,
        [one.name for one in grid.sheets if one is not sheet and one.name],
    )  # fmt: skip


def _periods_as_headers(grid: Grid) -> list[str]:
    """Periods in the fullest of the first rows of a sheet: years and months, as numbers or in words."""
    rows = [row for sheet in grid.sheets for row in sheet.rows[:_TOP]]
    if not rows:
        return []
    return _periods(max(rows, key=_filled))


def _periods(headers: Sequence[CellValue]) -> list[str]:
    """Headers that are nothing but a period: `2024`, `201904`, `2023/24`, `2024 Q1`, `Year ending March 2024`."""
    texts = (plain(as_printed(cell)) for cell in headers)
    return [text for text in texts if text and _is_period(text)]


def _is_period(text: str) -> bool:
    return (
        _MONTH.fullmatch(text) is not None
        or is_period(text)
        or any(read_by_format(text, format, kind, PeriodChoice()) for format, kind in _FORMATS)
    )


def _period_in_each_column(grid: Grid, periods: Sequence[str]) -> UsageError:
    shown = ", ".join(periods[:3]) + (", ..." if len(periods) > 3 else "")
    return UsageError(
        f"{grid.file} has a column for each period ({shown}), which a contract alone cannot describe: such a table "
        "needs a parser (docs/how-to/adding-a-source.md, 'When a table needs a parser')."
    )


def _why_no_header_row(sheet: Sheet) -> str:
    """What is wrong with the first row of words: it has a header twice, or a column has no header."""
    top = sheet.rows[:_TOP]
    most = max(map(_filled, top), default=0)
    for number, (cells, below) in enumerate(pairwise(top), start=1):
        headers = [text for cell in cells if (text := plain(as_printed(cell)))]
        labels = list(map(label, headers))
        if len(labels) < max(2, most / 2) or any(parse_number(text) is not None for text in labels):
            continue
        if twice := next((text for text in headers if labels.count(label(text)) > 1), ""):
            return f"row {number}, the header row, has {twice!r} twice."
        bare = (at for at, cell in enumerate(below) if as_printed(cell).strip() and not _text_at(cells, at))
        if (at := next(bare, None)) is not None:
            return f"column {at + 1} has no header in row {number}, the header row."
    return ""


def _text_at(cells: Sequence[CellValue], column: int) -> str:
    return as_printed(cells[column]).strip() if column < len(cells) else ""


def _filled(cells: Sequence[CellValue]) -> int:
    return sum(as_printed(cell).strip() != "" for cell in cells)


def _header_row(sheet: Sheet) -> int | None:
    """The first row that is nearly full, holds different texts and no numbers, and has rows below it."""
    top = list(range(min(_TOP, len(sheet.rows))))
    if len(sheet.rows) < 2:
        return None
    most = max(_filled(sheet.rows[row]) for row in top)
    for row in top[: len(sheet.rows) - 1]:
        labels = [label(as_printed(cell)) for cell in sheet.rows[row] if as_printed(cell).strip()]
        numbers = sum(parse_number(text) is not None for text in labels)
        if len(labels) >= max(2, _NEARLY * most) and len(set(labels)) == len(labels) and not numbers:
            return row
    return None


def _column(sheet: Sheet, position: int, header: str, rows: Sequence[int]) -> ShownColumn:
    texts = [plain(as_printed(sheet.rows[row][position])) for row in rows]
    counted = Counter(texts)
    numbers = {text: value for text in counted if (value := parse_number(text)) is not None}
    others = {text: number for text, number in counted.items() if text not in numbers}
    share = sum(counted[text] for text in numbers) / max(1, len(texts))
    few = sum(text != "" for text in others) <= _MARKS and all(len(text) <= _MARK_LENGTH for text in others)
    if not numbers or share < _FIGURES or not few:
        return ShownColumn(position, header, texts, "string", {})
    whole = all(value == int(value) for value in numbers.values())
    return ShownColumn(position, header, texts, "integer" if whole else "number", others)
