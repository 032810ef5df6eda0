"""Cells of an OpenDocument sheet, from the order of the document to columns.

Belongs here: the row and column of each cell after resolving repetitions, and the maximum extent of a sheet. Does not
belong here: what the XML says about a cell (`pieces`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from civic_assets.house_numbers.file_limits import SPREADSHEET_CELLS
from civic_assets.readers.coded_rows import CodedColumn, CodedRows
from civic_assets.readers.grid import Sheet, column_letters
from civic_assets.readers.ods.pieces import END, ROW, SHEET, BadContent, Operations, Pieces
from civic_assets.values.cells import CellValue

if TYPE_CHECKING:
    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

# Maximum extent of a sheet in any program.
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_BLOCK = 1 << 10  # rows allocated together: few enough for the widest sheet
_AT_ONCE = 1 << 20  # cells written in one step


class SheetColumns:
    """Sheets built up from the operations of pieces."""

    def __init__(self, pieces: Pieces) -> None:
        self.sheets: list[Sheet] = []
        self._pieces = pieces
        self._spanned = 0
        self._start_sheet()

    def _start_sheet(self) -> None:
        self._blocks: dict[int, Array] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._height = self._width = 0
        # The open row: its first number, how often it is repeated, and its next column.
        self._row, self._row_repeat, self._column = 0, 0, 0

    def add(self, codes: Sequence[int]) -> None:
        """Place the cells of pieces.

        Raises:
            BadContent: A sheet is larger than any published one.
        """
        operations = self._pieces.operations
        if not operations.value:
            return
        where = _operations_of(np.asarray(codes, np.int64), np.frombuffer(self._pieces.starts, np.int64))
        kinds = np.frombuffer(operations.value, np.int32)[where]
        breaks = np.flatnonzero(kinds <= END).tolist()
        for first, end in zip([-1, *breaks], [*breaks, len(kinds)], strict=True):
            if first >= 0 and kinds[first] == SHEET:
                self._start_sheet()
            elif first >= 0:
                self._end_sheet()
            if end > first + 1:
                self._add(where[first + 1 : end], kinds[first + 1 : end], operations)

    def _add(self, where: Array, kinds: Array, operations: Operations) -> None:
        """Apply the operations of one sheet: rows and cells."""
        repeats = np.frombuffer(operations.repeat, np.int64)[where]
        is_row = kinds == ROW
        rows_at = np.flatnonzero(is_row)
        # Rows: the open one, then those that begin here.
        row_repeats = np.concatenate([[self._row_repeat], repeats[rows_at]])
        row_numbers = self._row + np.concatenate([[0], np.cumsum(row_repeats)[:-1]])
        row_of = np.cumsum(is_row)
        # Columns: the widths of the earlier cells in the row.
        steps = np.where(is_row, 0, repeats)
        before = np.cumsum(steps) - steps
        columns = before - np.concatenate([[-self._column], before[rows_at]])[row_of]
        self._column = int(columns[-1] + steps[-1])
        self._row, self._row_repeat = int(row_numbers[-1]), int(row_repeats[-1])

        filled = np.flatnonzero(kinds > 0)
        if len(filled):
            place = row_of[filled]
            self._fill(
                row_numbers[place], row_repeats[place], columns[filled], repeats[filled], kinds[filled]
            )
        merges = np.frombuffer(operations.merge, np.int32)[where]
        for at in np.flatnonzero(merges).tolist():
            self._merge(int(row_numbers[row_of[at]]), int(columns[at]), *operations.merges[merges[at] - 1])

    def _merge(self, row: int, column: int, rows: int, columns: int) -> None:
        if len(self._merged) >= MAX_ROWS:
            raise BadContent(f"sheet '{self._name()}' has more than {MAX_ROWS:,} merged ranges")
        self._merged.append((row, column, row + rows - 1, column + columns - 1))

    def _fill(self, rows: Array, row_repeats: Array, columns: Array, repeats: Array, values: Array) -> None:
        """Write values at their positions, each over the columns and rows in which it is repeated."""
        bottom, right = rows + row_repeats, columns + repeats
        self._reach(int(bottom.max()), int(right.max()), rows, columns, bottom)
        ends = np.cumsum(repeats * row_repeats)
        for first, end in _portions(ends):
            part = slice(first, end)
            if end == first + 1:
                area = (int(rows[first]), int(bottom[first])), (int(columns[first]), int(right[first]))
                self._write_area(*area, int(values[first]))
            elif int(repeats[part].max()) == int(row_repeats[part].max()) == 1:
                self._write(rows[part], columns[part], values[part])
            else:
                wide, column_within = _repeated(repeats[part])
                down, row_within = _repeated(row_repeats[part][wide])
                taken = wide[down]
                all_rows, all_columns = (
                    rows[part][taken] + row_within,
                    columns[part][taken] + column_within[down],
                )
                self._write(all_rows, all_columns, values[part][taken])

    def _write(self, rows: Array, columns: Array, values: Array) -> None:
        for number in np.unique(rows // _BLOCK).tolist():
            here = rows // _BLOCK == number
            self._block(number)[rows[here] % _BLOCK, columns[here]] = values[here]

    def _write_area(self, rows: tuple[int, int], columns: tuple[int, int], value: int) -> None:
        top, bottom = rows
        for number in range(top // _BLOCK, (bottom - 1) // _BLOCK + 1):
            first = number * _BLOCK
            self._block(number)[max(top - first, 0) : bottom - first, slice(*columns)] = value

    def _block(self, number: int) -> Array:
        """Values of `_BLOCK` rows, as wide as the sheet so far."""
        block = self._blocks.get(number)
        if block is None or block.shape[1] < self._width:
            wider = np.zeros((_BLOCK, self._width), np.int32)
            if block is not None:
                wider[:, : block.shape[1]] = block
            block = self._blocks[number] = wider
        return block

    def _reach(self, height: int, width: int, rows: Array, columns: Array, bottom: Array) -> None:
        """Extend the sheet, or refuse it."""
        height, width = max(height, self._height), max(width, self._width)
        if height > MAX_ROWS or width > MAX_COLUMNS or self._spanned + height * width > SPREADSHEET_CELLS:
            last = int(bottom.argmax()) if height > self._height else int(columns.argmax())
            at = f"{column_letters(min(int(columns[last]), MAX_COLUMNS))}{int(rows[last]) + 1}"
            raise BadContent(
                f"sheet '{self._name()}' spans {height:,} rows by {width:,} columns because of the content of {at} "
                f"and its repetitions; {SPREADSHEET_CELLS:,} cells in all sheets together are accepted, and no "
                "sheet beyond "
                f"{MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns. Delete stray cells outside the tables"
            )
        self._height, self._width = height, width

    def _name(self) -> str:
        return self._pieces.sheets[len(self.sheets)].name

    def _end_sheet(self) -> None:
        about = self._pieces.sheets[len(self.sheets)]
        self._spanned += self._height * self._width
        rows = CodedRows([self._coded(column) for column in range(self._width)], self._height)
        self.sheets.append(Sheet(about.name, rows, about.hidden, tuple(self._merged)))
        self._start_sheet()

    def _coded(self, column: int) -> CodedColumn:
        """A column with its values, numbered in the order of the file."""
        numbers = np.zeros(self._height, np.int32)
        for number, block in self._blocks.items():
            first = number * _BLOCK
            if column < block.shape[1]:
                part = numbers[first : first + _BLOCK]
                part[:] = block[: len(part), column]
        known, codes = _numbered(numbers, len(self._pieces.cell_values))
        values: tuple[CellValue, ...] = tuple(map(self._pieces.cell_values.__getitem__, known.tolist()))
        return CodedColumn(values, codes.astype(np.min_scalar_type(max(len(known) - 1, 0))))


def _numbered(numbers: Array, most: int) -> tuple[Array, Array]:
    """The distinct numbers, all below `most`, in order, and the index of each number among them."""
    if most > 8 * len(numbers):
        return np.unique(numbers, return_inverse=True)
    used = np.zeros(most, bool)
    used[numbers] = True
    known = np.flatnonzero(used)
    place = np.zeros(most, np.int32)
    place[known] = np.arange(len(known), dtype=np.int32)
    return known, place[numbers]


def _portions(ends: Array) -> list[tuple[int, int]]:
    """Cells in order, in portions that with their repetitions are at most `_AT_ONCE` (or one cell)."""
    portions, first = [], 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        end = max(int(np.searchsorted(ends, before + _AT_ONCE, "right")), first + 1)
        portions.append((first, end))
        first = end
    return portions


def _operations_of(codes: Array, starts: Array) -> Array:
    """Operations of all codes, one after the other."""
    first, counts = starts[codes], starts[codes + 1] - starts[codes]
    taken, within = _repeated(counts)
    return first[taken] + within


def _repeated(counts: Array) -> tuple[Array, Array]:
    """Each position repeated by its count, and the number of the repetition: `[2, 1]` -> `[0, 0, 1], [0, 1, 0]`."""
    taken = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(taken)) - np.repeat(np.cumsum(counts) - counts, counts)
    return taken, within
