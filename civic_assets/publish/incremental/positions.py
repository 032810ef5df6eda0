"""The positions of releases, which move when a release comes in before others.

Belongs here: giving all tables of a copy of the last read model the new positions (`release_order`). Does not belong
here: the order of releases (`civic_assets.tables.release_names`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.read_model.figures import positions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def move(connection: DuckDBPyConnection, inputs: Inputs) -> None:
    """Give the releases that were published before and are published now their new positions.

    Args:
        connection: Connection to a copy of the last read model.
        inputs: What the new one is made from.
    """
    now = positions(inputs.members)
    before = dict(
        connection.execute("SELECT DISTINCT release, release_order FROM catalogue.printed_areas").fetchall()
    )
    moved = [[release, was, now[release]] for release, was in before.items() if now.get(release, was) != was]
    if not moved:
        return
    connection.execute("CREATE TEMP TABLE moved_releases (release VARCHAR, was INTEGER, position INTEGER)")
    connection.executemany("INSERT INTO moved_releases VALUES (?, ?, ?)", moved)
    first, last = min(was for _, was, _ in moved), max(was for _, was, _ in moved)
    for schema, table in connection.execute(_TABLES).fetchall():
        # The range lets DuckDB pass over the blocks of other releases.
        connection.execute(
            f"""UPDATE {schema}.{table} SET release_order = m.position FROM moved_releases m
            WHERE {table}.release = m.release AND {table}.release_order BETWEEN {first} AND {last}"""
        )
    connection.execute("DROP TABLE moved_releases")


_TABLES = """SELECT c.schema_name, c.table_name FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
WHERE c.column_name = 'release_order' AND c.database_name = current_database() AND t.database_name = c.database_name
ORDER BY ALL"""
