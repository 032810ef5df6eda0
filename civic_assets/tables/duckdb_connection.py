"""Connections to DuckDB that write nothing into the program's output.

Belongs here: opening one. Does not belong here: what is asked.

In a program that has no file (`python -c`, a notebook), DuckDB draws a bar into standard output during a query that
takes longer than two seconds. There it would be in the middle of an answer, which may be JSON. A test refuses
connections that are opened in another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def connect(
    database: Path | str = ":memory:",
    *,
    read_only: bool = False,
    config: Mapping[str, Any] | None = None,
) -> DuckDBPyConnection:
    """A connection.

    Args:
        database: File of the database; one in memory by default.
        read_only: Whether it is opened only to be read.
        config: Settings of DuckDB.

    Raises:
        duckdb.Error: The file cannot be opened.
    """
    import duckdb

    connection = duckdb.connect(str(database), read_only=read_only, config=dict(config or {}))
    try:
        connection.execute("SET enable_progress_bar = false")
    except BaseException:
        connection.close()
        raise
    return connection
