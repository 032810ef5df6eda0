"""Opening the read model, its stamp, and rows in and out of its tables.

Belongs here: connections for readers, rows by column name, and adding rows of Python to a table. Does not belong here:
building it (`civic_assets.publish.build`), and what is in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.errors import UsageError
from civic_assets.house_numbers.memory import PUBLISHING_SHARE
from civic_assets.house_numbers.publishing import FEW_FIGURES
from civic_assets.layers.limits import memory_allowed
from civic_assets.layers.store import Store
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def limit_building(connection: DuckDBPyConnection, figures: int | None = None) -> None:
    """Limit what DuckDB uses while a read model is written; rows that need more memory go to a temporary file.

    A small read model takes most of its time in a thousand short statements. They are not faster on two threads, and
    the best way to pack a column of text takes longer to find than the space is worth.

    Args:
        connection: Connection to the read model that is written.
        figures: Number of figures in it; None if only a few of its tables are written.
    """
    connection.execute(f"SET memory_limit = '{int(memory_allowed() * PUBLISHING_SHARE)}B'")
    if figures is not None and figures < FEW_FIGURES:
        connection.execute("SET threads = 1")
        connection.execute("SET disabled_compression_methods = 'fsst'")


def open_read_model(store: Store) -> DuckDBPyConnection:
    """The read model, read-only.

    Raises:
        UsageError: Nothing has been published into this store, or its read model cannot be opened.
    """
    import duckdb

    if not store.database.is_file():
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    try:
        connection = connect(store.database, read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"{store.database} cannot be opened: {reason} Build it again with: civic-assets refresh"
        ) from None
    return connection


def rows_of(
    connection: DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries by column name.

    Args:
        connection: Connection to a read model.
        sql: The query.
        parameters: Its parameters, in order or by name.
    """
    cursor = connection.execute(sql, parameters if isinstance(parameters, Mapping) else list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def create_table(
    connection: DuckDBPyConnection, name: str, columns: str, rows: Iterable[dict[str, Any]]
) -> None:
    """Create a table of rows.

    Args:
        connection: Connection to a read model being built.
        name: Name of the table; one in the schema `temp` is temporary.
        columns: Its columns with their types, as in SQL.
        rows: Rows by column name, each with the same columns.
    """
    kind = "TEMP TABLE" if name.startswith("temp.") else "TABLE"
    connection.execute(f"CREATE {kind} {name.removeprefix('temp.')} ({columns})")
    insert_rows(connection, name.removeprefix("temp."), rows)


def insert_rows(connection: DuckDBPyConnection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to a table.

    Args:
        connection: Connection to a read model being built.
        table: Name of the table.
        rows: Rows by column name, each with the same columns.
    """
    import pyarrow as pa

    listed = list(rows)
    if listed:  # no columns are known without a row
        connection.register("incoming", pa.Table.from_pylist(listed))
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def stamp_of(database: Path) -> str | None:
    """The stamp of what the read model was built from; None if there is no read model, or it cannot be read."""
    import duckdb

    if not database.is_file():
        return None
    now = database.stat()
    try:
        return _stamp_of_file(str(database), (now.st_dev, now.st_ino, now.st_mtime_ns, now.st_size))
    except duckdb.Error:
        return None


@lru_cache(maxsize=8)
def _stamp_of_file(database: str, _identity: tuple[int, ...]) -> str | None:
    """The stamp in one file, which is asked for at every step of a refresh; a read model is replaced, never changed."""
    with connect(database, read_only=True) as connection:
        row = connection.execute("SELECT stamp FROM catalogue.publication").fetchone()
    return str(row[0]) if row else None
