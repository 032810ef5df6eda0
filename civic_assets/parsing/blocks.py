"""Tables located in a grid.

Belongs here: what a located table is, and reading its columns as cells, texts and addresses. Does not belong here:
locating it (`table_finder`) and what the cells mean (`civic_assets.sources`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from civic_assets.answers.inspection import HiddenPart, NothingHidden
from civic_assets.contracts.model import Column, Table
from civic_assets.parsing.drift import Drift
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Ranges, Sheet, column_letters
from civic_assets.values.cells import CellValue, as_printed, plain
from civic_assets.values.periods import Period


def _within(place: int, ranges: Ranges) -> bool:
    return any(first <= place <= last for first, last in ranges)


@dataclass(frozen=True, slots=True)
class Block:
    """A table located in a grid. Rows and columns are 0-based.

    Args:
        table: Description of the table in the contract.
        sheet: Sheet that holds the table.
        title: Text of the title cell; `""` without one.
        title_locator: Address of the title cell.
        periods: Rolling years that the title names.
        header_row: Row of the column labels.
        columns: Column of the sheet for each column of the contract, by name; a repeating column `months` is listed as
            `months#1`, `months#2`, ... from left to right.
        rows: Rows that hold data, without blank rows.
        extra: Columns of the sheet whose header the contract does not know.
        printed: Printed header of each column in `columns`, with the band above it if the contract includes it.
        left_out: Rows of levels of geography that are not read, by level as printed; they are not among `rows`.
    """

    table: Table
    sheet: Sheet
    title: str
    title_locator: str
    periods: tuple[Period, ...]
    header_row: int
    columns: Mapping[str, int]
    rows: Sequence[int]
    extra: Mapping[int, str] = field(default_factory=dict)
    printed: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def figures(self) -> list[tuple[str, Column]]:
        """Columns of figures in the sheet: the name in `columns` and the contract's column."""
        by_name = {column.name: column for column in self.table.figures}
        return [(name, by_name[base]) for name in self.columns if (base := name.partition("#")[0]) in by_name]

    def hidden(self) -> HiddenPart | NothingHidden:
        """What of the table a person who opens the workbook does not see."""
        if self.sheet.hidden:
            return HiddenPart(True, len(self.rows), len(self.columns), "")
        if not self.sheet.hidden_rows and not self.sheet.hidden_columns:
            return NothingHidden()
        rows = [row for row in self.rows if _within(row, self.sheet.hidden_rows)]
        columns = sorted(at for at in self.columns.values() if _within(at, self.sheet.hidden_columns))
        if not rows and not columns:
            return NothingHidden()
        first = self.sheet.locator(
            rows[0] if rows else self.header_row, min(columns or self.columns.values())
        )
        return HiddenPart(False, len(rows), len(columns), first)

    def header(self, name: str) -> str:
        """Printed header of a column."""
        return self.printed.get(name) or as_printed(self.sheet.rows[self.header_row][self.columns[name]])

    def cells(self, name: str) -> list[CellValue]:
        """Cells of a column, one for each data row."""
        column = self.columns[name]
        rows = self.sheet.rows
        if isinstance(rows, CodedRows):
            return rows.columns[column].cells(self.rows)
        return [rows[row][column] for row in self.rows]

    def texts(self, name: str) -> list[str]:
        """A key column as plain text (no note markers, line breaks or stray spaces)."""
        if name not in self.columns:
            return [""] * len(self.rows)
        column = self.sheet.column(self.columns[name])
        texts = [plain(cell) if isinstance(cell, str) else as_printed(cell) for cell in column.values]
        return list(map(texts.__getitem__, column.codes_of(self.rows).tolist()))

    def locators(self, name: str) -> list[str]:
        """Addresses of a column's cells, one for each data row."""
        column = self.columns[name]
        if self.sheet.line_numbers is None and not self.sheet.records:
            prefix = f"{self.sheet.name}!{column_letters(column)}"
            return [f"{prefix}{row + 1}" for row in self.rows]
        header = plain(self.header(name))
        return [self.sheet.locator(row, column, header) for row in self.rows]


def table_label(table: Table) -> str:
    """A table in a sentence: by its printed title, or in words with its printed number, which editions may change.

    For example `table 'MPS Borough Level Crime'`, or `table 'counts current' (Table C2)`.
    """
    words, printed = table.name.replace("_", " "), table.printed_name
    if printed.startswith("Table "):
        return f"table {words!r} ({printed})"
    return f"table {(words if printed == table.name else printed)!r}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Reason why a file with the headers of a table is not read as that table.

    Args:
        shared: Number of the table's columns in the file; of several refusals, the one with most is reported.
        sentence: Text to print after the file's name.
    """

    shared: int
    sentence: str


@dataclass(frozen=True, slots=True)
class FoundTables:
    """Tables of a contract found in a grid.

    Args:
        blocks: Blocks by the table's name; the second part of a table that spans several sheets is `name#2`, ...
        drift: Differences from the contract.
        refused: Tables whose headers are present, in a file that measures something else.
    """

    blocks: Mapping[str, Block]
    drift: tuple[Drift, ...]
    refused: tuple[Refusal, ...] = ()

    def __getitem__(self, name: str) -> Block:
        return self.blocks[name]

    def __contains__(self, name: str) -> bool:
        return name in self.blocks

    def parts(self, name: str) -> list[Block]:
        """Every block of a table, in the order of the sheets; none if it was not found."""
        return [block for key, block in self.blocks.items() if key.partition("#")[0] == name]
