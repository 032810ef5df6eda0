"""Earlier releases of a source, read when a rule asks for them, and only the columns that it asks for.

Belongs here: handing tables of earlier releases to rules. Does not belong here: which releases count as earlier
(`civic_assets.layers.validated`), and what rules make of them (`rules.outliers_over_time`, `rules.file`).

A source with a million figures in each of its releases would fill the memory with its past, were all of
it read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Read: TypeAlias = "Callable[[Sequence[str] | None], pa.Table]"
"""Reads columns of a table, all of them for None; texts may come as dictionaries."""


class History(Mapping[str, "pa.Table"]):
    """Validated observations of earlier releases by release, oldest first; nothing is kept of what was read.

    Args:
        tables: How the table of each release is read.
    """

    def __init__(self, tables: Mapping[str, Read]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, release: str) -> pa.Table:
        return self._tables[release](None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def columns(self, release: str, names: Sequence[str]) -> pa.Table:
        """Some columns of a release."""
        return self._tables[release](names)


def columns_of(history: Mapping[str, pa.Table], release: str, names: Sequence[str]) -> pa.Table:
    """Some columns of an earlier release, without reading the others where that can be avoided."""
    if isinstance(history, History):
        return history.columns(release, names)
    return history[release].select(list(names))
