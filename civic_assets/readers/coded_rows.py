"""Rows of a sheet that is kept by column, each different value once.

Belongs here: the form in which a sheet of millions of cells stays small, and its view as rows of cells. Does not
belong here: how a file becomes columns (`ods`), and their Arrow form (`raw_table`).

An Arrow dictionary has values of one type; a column of a sheet has texts (its header, at least) and numbers. So the
codes are an array, as in Arrow, and the values Python's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from civic_assets.values.cells import CellValue

if TYPE_CHECKING:
    import numpy as np

    Codes: TypeAlias = np.ndarray[Any, np.dtype[Any]]

# Rows that are made at a time when all are asked for one after the other.
_BATCH = 4096


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumn:
    """A column of cells.

    Args:
        values: Each different value once.
        codes: Place in `values` of each row's cell.
    """

    values: tuple[CellValue, ...]
    codes: Codes

    def cells(self, rows: Sequence[int] | slice) -> list[CellValue]:
        """Values of some rows."""
        import numpy as np

        # A range as a slice needs no array of its numbers.
        if isinstance(rows, range) and rows.step == 1:
            rows = slice(rows.start, rows.stop)
        codes = self.codes[rows if isinstance(rows, slice) else np.asarray(rows, np.int64)]
        return list(map(self.values.__getitem__, codes.tolist()))


class CodedRows(Sequence[list[CellValue]]):
    """Columns of equal length, seen as rows of cells.

    Args:
        columns: From column A on.
        size: Rows; needed because a sheet without columns has none to count.
    """

    __slots__ = ("_size", "columns")

    def __init__(self, columns: Sequence[CodedColumn] = (), size: int = 0) -> None:
        self.columns = tuple(columns)
        self._size = size
        if any(len(column.codes) != size for column in self.columns):
            raise ValueError(f"a column of a sheet of {size} rows has another length")

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> list[CellValue]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[CellValue]]: ...
    def __getitem__(self, index: int | slice) -> list[CellValue] | list[list[CellValue]]:
        if isinstance(index, slice):
            count = len(range(*index.indices(self._size)))
            rows: list[list[CellValue]] = [[] for _ in range(count)]
            if self.columns:
                rows = [
                    list(row) for row in zip(*(column.cells(index) for column in self.columns), strict=True)
                ]
            return rows
        if not -self._size <= index < self._size:
            raise IndexError(f"row {index} of {self._size}")
        return [column.values[column.codes[index]] for column in self.columns]

    def __iter__(self) -> Iterator[list[CellValue]]:
        batches = (self[start : start + _BATCH] for start in range(0, self._size, _BATCH))
        return chain.from_iterable(batches)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (CodedRows, list)):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have none

    def __repr__(self) -> str:
        return f"CodedRows({self._size} rows of {len(self.columns)} columns)"

    def filled(self, first: int) -> Sequence[int]:
        """Rows from `first` on in which a cell holds more than space: a range where they follow one another."""
        import numpy as np

        some = np.zeros(max(self._size - first, 0), bool)
        for column in self.columns:
            shown = [not isinstance(value, str) or bool(value.strip()) for value in column.values]
            some |= np.asarray(shown, bool)[column.codes[first:]]
        rows = np.flatnonzero(some) + first
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            return range(int(rows[0]), int(rows[-1]) + 1)
        return list(map(int, rows))

    def first_texts(self, columns: int, longer_than: int) -> list[tuple[int, int, str]]:
        """Longer texts of the first columns as (row, column, text), each where it stands first in its column."""
        import numpy as np

        found = []
        for number, column in enumerate(self.columns[:columns]):
            used, rows = np.unique(column.codes, return_index=True)
            for code, row in zip(used.tolist(), rows.tolist(), strict=True):
                value = column.values[code]
                if isinstance(value, str) and len(value) > longer_than:
                    found.append((row, number, value))
        return sorted(found)
