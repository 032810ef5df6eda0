"""A file as sheets of cells, each with the address by which a person would find it.

Belongs here: the structure that every reader returns. Does not belong here: how bytes become sheets
(`workbook`, `delimited`, `json_records`), and where in a sheet a table is (`table_finder`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, TypeAlias

from civic_assets.house_numbers.recognition import LONGEST_CODE, ROWS_SEARCHED_FOR_HEADERS
from civic_assets.readers.coded_rows import CodedColumn, CodedRows, coded_column
from civic_assets.values.cells import CellValue, as_printed, label

if TYPE_CHECKING:
    from civic_assets.readers.coded_rows import Marks

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Runs of rows or columns as 0-based first and last."""


def column_letters(column: int) -> str:
    """Spreadsheet letters of a 0-based column: 0 -> A, 27 -> AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# Months as numbers: `202511`.
_MONTHS = (190001, 209912)


def header_text(value: CellValue) -> str:
    """Text of a cell that may be a header; numbers are ignored, except a month (`202511`) stored as a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and _MONTHS[0] <= value <= _MONTHS[1] and 1 <= value % 100 <= 12:
        return as_printed(value) if value.is_integer() else ""
    return ""


def _is_filled(cell: CellValue) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


@dataclass(frozen=True)
class Sheet:
    """One worksheet, or a delimited file as a single sheet.

    Args:
        name: Name as printed, with stray spaces; `""` for a delimited file.
        rows: Rows of cells starting at A1 (so `rows[7][2]` is C8), all of equal length; a list, or `CodedRows`.
        hidden: Whether the sheet is hidden from a person who opens the workbook.
        merged: Merged ranges as 0-based (top, left, bottom, right), both ends included.
        line_numbers: For a delimited file, the 1-based line on which each row starts.
        widths: For a delimited file whose records differ in length, how many cells each row had before all were brought
            to one width; None if all rows have equally many.
        hidden_rows: Rows of a shown sheet that a person does not see (of xlsx; not known of xls and ods).
        hidden_columns: The same for columns.
        records: The rows below the first are the records of a JSON document, and the first holds the names of their
            fields, as `json_records` says.
    """

    name: str
    rows: Sequence[list[CellValue]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    line_numbers: Sequence[int] | None = None
    widths: list[int] | None = None
    records: bool = False
    hidden_rows: Ranges = ()
    hidden_columns: Ranges = ()

    @cached_property
    def top_labels(self) -> list[frozenset[str]]:
        """Labels in each of the first rows: searched for the headers of a table without a title."""
        return [
            frozenset(label(text) for c in row if (text := header_text(c)))
            for row in self.rows[:ROWS_SEARCHED_FOR_HEADERS]
        ]

    @cached_property
    def rows_of_top_label(self) -> Mapping[str, Sequence[int]]:
        """Rows of `top_labels` that have each label, so that a contract's headers are looked up, not searched for."""
        found: dict[str, list[int]] = {}
        for row, labels in enumerate(self.top_labels):
            for text in labels:
                found.setdefault(text, []).append(row)
        return found

    @cached_property
    def _columns(self) -> dict[int, CodedColumn]:
        return {}

    def column(self, at: int) -> CodedColumn:
        """A column with each distinct cell stored once; made once, since recognition, parsing and rules all ask."""
        if isinstance(self.rows, CodedRows):
            return self.rows.columns[at]
        if at not in self._columns:
            self._columns[at] = coded_column(list(map(itemgetter(at), self.rows)))
        return self._columns[at]

    def forget_columns(self) -> None:
        """Give the memory of `column` back, once a file has been parsed and checked."""
        self._columns.clear()

    @cached_property
    def long_texts(self) -> list[tuple[int, int, str, str]]:
        """Longer texts in the first four columns as (row, column, text, label): where titles and captions are.

        If a text occurs several times in a column, only the first is listed: it may be a name that occurs in each of a
        million rows.
        """
        import numpy as np

        found = []
        for at in range(min(self.width, 4)):
            column = self.column(at)
            used, rows = np.unique(column.codes, return_index=True)
            for code, row in zip(used.tolist(), rows.tolist(), strict=True):
                text = column.values[code]
                if isinstance(text, str) and len(text) > LONGEST_CODE:
                    found.append((row, at, text, label(text)))
        return sorted(found)

    def filled(self, first: int) -> Marks:
        """For each row from `first` on, whether it has a cell that is not blank. Shape (rows,)."""
        import numpy as np

        some = np.zeros(max(len(self.rows) - first, 0), bool)
        for at in range(self.width):
            # Nearly always, the first column is filled in every row.
            if some.all():
                break
            some |= self.column(at).where(_is_filled)[first:]
        return some

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return len(self.rows[0]) if self.rows else 0

    def locator(self, row: int, column: int, header: str = "") -> str:
        """Address of a cell (0-based row and column).

        `Table C2!G237`, `L812:suspension` in a delimited file, or `[3].category` in the fourth record of a JSON
        document (the row of fields' names, which the document repeats in each record, is `[*].category`).
        """
        if self.records:
            field = header or as_printed(self.rows[0][column])
            return f"[{row - 1}].{field}" if row else f"[*].{field}"
        if self.line_numbers is None:
            return f"{self.name}!{column_letters(column)}{row + 1}"
        return f"L{self.line_numbers[row]}:{header or column_letters(column)}"


@dataclass(frozen=True, slots=True)
class Grid:
    """Every cell of one file.

    Args:
        file: Name of the file as the user knows it; used only in messages, never interpreted.
        format: Format of the file.
        sheets: Sheets in the file's order.
        notes: Properties of the file other than cells, e.g. the encoding.
    """

    file: str
    format: Literal["xlsx", "xls", "ods", "csv", "json"]
    sheets: list[Sheet]
    notes: dict[str, str] = field(default_factory=dict)
