"""Opening the read model, and its stamp.

Belongs here: connections for readers. Does not belong here: building it (`civic_assets.publish.build`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import UsageError
from civic_assets.layers.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def open_read_model(store: Store) -> DuckDBPyConnection:
    """The read model, read-only.

    Raises:
        UsageError: Nothing has been published into this store, or its read model cannot be opened.
    """
    import duckdb

    if not store.database.is_file():
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    try:
        connection = duckdb.connect(str(store.database), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"{store.database} cannot be opened: {reason} Build it again with: civic-assets refresh"
        ) from None
    # For a query longer than two seconds, DuckDB would draw a progress bar into the answer, which may be JSON.
    connection.execute("SET enable_progress_bar = false")
    return connection


def stamp_of(database: Path) -> str | None:
    """The stamp of what the read model was built from; None if there is no read model, or it cannot be read."""
    import duckdb

    if not database.is_file():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            row = connection.execute("SELECT stamp FROM catalogue.publication").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None
