"""Handing the temporary tables of the process that planned the site over to the others.

Belongs here: copying them through a file. Does not belong here: making them (the sections), and the processes
(`rendering`).

Sections make their temporary tables once for each connection, which takes seconds where there are millions of figures.
A process that finds them already made goes on from there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NAME = "handed_over"
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE {} ORDER BY table_name"


def hand_over(connection: DuckDBPyConnection, file: Path) -> None:
    """Write the temporary tables of a connection into a new file.

    Args:
        connection: Connection to the read model.
        file: The new file. Other processes can read it after this.
    """
    names = [name for (name,) in connection.execute(_TABLES.format("temporary")).fetchall()]
    connection.execute(f"ATTACH '{_quoted(file)}' AS {_NAME} (READ_WRITE)")
    try:
        for name in names:
            connection.execute(f'CREATE TABLE {_NAME}."{name}" AS FROM temp."{name}"')
    finally:
        connection.execute(f"DETACH {_NAME}")


def take_over(connection: DuckDBPyConnection, file: Path) -> None:
    """Make the temporary tables that another process has handed over."""
    connection.execute(f"ATTACH '{_quoted(file)}' AS {_NAME} (READ_ONLY)")
    try:
        for (name,) in connection.execute(_TABLES.format(f"database_name = '{_NAME}'")).fetchall():
            connection.execute(f'CREATE TEMP TABLE "{name}" AS FROM {_NAME}."{name}"')
    finally:
        connection.execute(f"DETACH {_NAME}")


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
