"""Rows of a sheet stored by column, with each distinct value stored once.

Belongs here: the form that keeps a sheet of millions of cells small, and its view as rows of cells. Does not belong
here: how a file becomes columns (`ods`), and their Arrow form (`raw_columns`).

An Arrow dictionary has values of one type, but a column of a sheet has texts (at least its header) and numbers. So the
codes are an array, as in Arrow, and the values are Python objects.
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

# Number of rows built at a time during iteration.
_BATCH = 4096


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumn:
    """A column of cells, encoded.

    Args:
        values: Distinct values.
        codes: Index into `values` for each row.
    """

    values: tuple[CellValue, ...]
    codes: Codes

    def cells(self, rows: Sequence[int] | slice) -> list[CellValue]:
        """Values of the given rows."""
        import numpy as np

        # A range is used as a slice, without an array of its numbers.
        if isinstance(rows, range) and rows.step == 1:
            rows = slice(rows.start, rows.stop)
        codes = self.codes[rows if isinstance(rows, slice) else np.asarray(rows, np.int64)]
        return list(map(self.values.__getitem__, codes.tolist()))


class CodedRows(Sequence[list[CellValue]]):
    """Columns of equal length, viewed as rows of cells.

    Args:
        columns: Columns, starting at column A.
        size: Number of rows; needed because a sheet without columns gives no length.
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

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which are not hashable

    def __repr__(self) -> str:
        return f"CodedRows({self._size} rows of {len(self.columns)} columns)"

    def filled(self, first: int) -> Sequence[int]:
        """Rows from `first` on with a cell that is not blank; a range if they are consecutive."""
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
        """Longer texts of the first columns as (row, column, text), each at its first position in the column."""
        import numpy as np

        found = []
        for number, column in enumerate(self.columns[:columns]):
            used, rows = np.unique(column.codes, return_index=True)
            for code, row in zip(used.tolist(), rows.tolist(), strict=True):
                value = column.values[code]
                if isinstance(value, str) and len(value) > longer_than:
                    found.append((row, number, value))
        return sorted(found)
