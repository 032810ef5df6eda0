"""Long columns that store each distinct value once, with an index into these values for each row.

Belongs here: such a column as a sequence, and operations done once for each distinct value instead of once for
each row. Does not belong here: cells of a sheet in that form (`civic_assets.readers.coded_rows`), and their meaning.

A publisher's table of a million rows has about a hundred names, thirty periods and a thousand distinct counts: the
meaning of a name is looked up a hundred times, and numpy does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Codes: TypeAlias = np.ndarray[Any, np.dtype[Any]]

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Sequence[T], Generic[T]):
    """An encoded column.

    Args:
        values: Values; some may be absent from the column, and two of them may be equal.
        codes: Index into `values` for each row, shape (rows,).
    """

    values: Sequence[T]
    codes: Codes

    @staticmethod
    def of(items: Iterable[U]) -> Coded[U]:
        """Items of equal value and type, numbered in the order of their first occurrence (`True` is not `1.0`)."""
        import numpy as np

        places: dict[tuple[type, U], int] = {}
        codes = [places.setdefault((type(item), item), len(places)) for item in items]
        return Coded([value for _, value in places], np.asarray(codes, np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Coded[T]: ...
    def __getitem__(self, index: int | slice) -> T | Coded[T]:
        if isinstance(index, slice):
            return Coded(self.values, self.codes[index])
        return self.values[int(self.codes[index])]

    def __iter__(self) -> Iterator[T]:
        return map(self.values.__getitem__, self.codes.tolist())

    def map(self, change: Callable[[T], U]) -> Coded[U]:
        """The column with a function applied to every value; unused values are skipped."""
        found = self.used()
        return Coded([change(value) for value in found.values], found.codes)

    def used(self) -> Coded[T]:
        """The column without values that no row has."""
        import numpy as np

        standing = np.zeros(len(self.values), bool)
        standing[self.codes] = True
        if standing.all():
            return self
        places = np.cumsum(standing, dtype=np.int64) - 1
        return Coded([self.values[at] for at in np.flatnonzero(standing).tolist()], places[self.codes])

    def first_rows(self) -> list[int]:
        """First row of each value in `values`; the number of rows for an unused value."""
        import numpy as np

        rows = np.full(len(self.values), len(self.codes), np.int64)
        np.minimum.at(rows, self.codes, np.arange(len(self.codes)))
        found: list[int] = rows.tolist()
        return found

    def last_rows(self) -> list[int]:
        """Last row of each value in `values`; -1 for an unused value."""
        import numpy as np

        rows = np.full(len(self.values), -1, np.int64)
        np.maximum.at(rows, self.codes, np.arange(len(self.codes)))
        found: list[int] = rows.tolist()
        return found

    def counts(self) -> Codes:
        """Number of rows with each value in `values`."""
        import numpy as np

        return np.bincount(self.codes, minlength=len(self.values))

    def arrow(self, kind: pa.DataType) -> pa.Array:
        """The column as an Arrow array of a type."""
        import pyarrow as pa

        return pa.array(list(self.values), kind).take(pa.array(self.codes))


def together(*columns: Coded[Any]) -> Coded[tuple[Any, ...]]:
    """Columns of equal length as one column of tuples, with each combination that occurs stored once.

    Args:
        columns: Columns, at least one; equal values of a column count as one.
    """
    import numpy as np

    compact = [_equal_once(column) for column in columns]
    codes = np.zeros(len(columns[0]), np.int64)
    # Renumbered after each step, so that the numbers stay below rows times values for any columns.
    combinations: list[tuple[Any, ...]] = [()]
    for column in compact:
        pairs, codes = np.unique(codes * len(column.values) + column.codes, return_inverse=True)
        halves = zip(*(half.tolist() for half in np.divmod(pairs, len(column.values))), strict=True)
        combinations = [(*combinations[before], column.values[own]) for before, own in halves]
    return Coded(combinations, codes)


def _equal_once(column: Coded[T]) -> Coded[T]:
    found = column.used()
    merged = Coded.of(found.values)
    return Coded(merged.values, merged.codes[found.codes])
