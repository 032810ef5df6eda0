"""Tables of a release in SQL, for rules that DuckDB answers faster than Python.

Belongs here: the one DuckDB of a process, and lending a connection to it. Does not belong here: the queries (`rules`,
`analyses`), and the read model (`civic_assets.publish`).

To open a DuckDB takes twenty milliseconds of processor time, and a connection to an open one takes one. About eight
rules of each release ask, so the DuckDB is opened once. It is in memory and holds nothing: each connection has its own
names and temporary tables, which go with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


@cache
def _database(process: int) -> DuckDBPyConnection:
    """The DuckDB of a process; a process that was forked has its own."""
    return connect()


def close_database() -> None:
    """Close the DuckDB of this process, which keeps memory for the next question; the next one opens it again."""
    _database(os.getpid()).close()
    _database.cache_clear()


@contextmanager
def in_sql(**tables: pa.Table) -> Iterator[DuckDBPyConnection]:
    """A connection that knows some tables, until the end of the block.

    Args:
        tables: Tables by the name that the queries use.
    """
    with _database(os.getpid()).cursor() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
