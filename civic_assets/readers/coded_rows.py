"""Rows of a sheet stored by column, with each distinct value stored once.

Belongs here: the form that keeps a sheet of millions of cells small, and its view as rows of cells. Does not belong
here: how a file becomes columns (`ods`), and their Arrow form (`raw_columns`).

An Arrow dictionary has values of one type, but a column of a sheet has texts (at least its header) and numbers. So the
codes are an array, as in Arrow, and the values are Python objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from civic_assets.values.cells import CellValue

if TYPE_CHECKING:
    import numpy as np

    Codes: TypeAlias = np.ndarray[Any, np.dtype[Any]]
    Marks: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

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
        return list(map(self.values.__getitem__, self.codes_of(rows).tolist()))

    def codes_of(self, rows: Sequence[int] | slice) -> Codes:
        """Codes of the given rows."""
        import numpy as np

        # A range is used as a slice, without an array of its numbers.
        if isinstance(rows, range) and rows.step == 1:
            rows = slice(rows.start, rows.stop)
        return self.codes[rows if isinstance(rows, slice) else np.asarray(rows, np.int64)]

    def rows_of(self, value: CellValue) -> list[int]:
        """Rows with a value."""
        found: list[int] = self.where(lambda cell: cell == value).nonzero()[0].tolist()
        return found

    def where(self, holds: Callable[[CellValue], bool]) -> Marks:
        """For each row, whether something holds for its cell; asked once for each distinct cell. Shape (rows,)."""
        import numpy as np

        return np.fromiter(map(holds, self.values), bool, len(self.values))[self.codes]


def coded_column(cells: Sequence[CellValue]) -> CodedColumn:
    """Cells as a column, with distinct ones numbered in the order of their first occurrence (`True` is not `1.0`)."""
    import numpy as np

    if {bool, float} <= set(map(type, cells)):
        keys = list(zip(map(type, cells), cells, strict=True))
        places = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        codes = np.fromiter(map(places.__getitem__, keys), np.int32, len(keys))
        return CodedColumn(tuple(value for _, value in places), codes)
    known = {cell: at for at, cell in enumerate(dict.fromkeys(cells))}
    return CodedColumn(tuple(known), np.fromiter(map(known.__getitem__, cells), np.int32, len(cells)))


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
