"""Whether two read models say the same.

Belongs here: comparing every table and view of two files, row for row. Does not belong here: what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb


def differences(one: Path, other: Path) -> list[str]:
    """A sentence for each table, view or comment that differs; rows count however often they are there, in any order.

    Args:
        one: A read model.
        other: Another one.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{one}' AS one (READ_ONLY)")
        connection.execute(f"ATTACH '{other}' AS other (READ_ONLY)")
        return list(_differences(connection))


def _differences(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for what, query in (("columns", _COLUMNS), ("objects", _OBJECTS), ("functions", _FUNCTIONS)):
        sides = [set(connection.execute(query.format(database=name)).fetchall()) for name in ("one", "other")]
        if sides[0] != sides[1]:
            yield f"{what}: only in one {sorted(map(str, sides[0] - sides[1]))[:3]}, " + (
                f"only in the other {sorted(map(str, sides[1] - sides[0]))[:3]}"
            )
    named = [connection.execute(_NAMES.format(database=name)).fetchall() for name in ("one", "other")]
    # What only one has, or has with other columns, has been said.
    for schema, table, columns in sorted(set(named[0]) & set(named[1])):
        query, hashes = f'SELECT {columns} FROM "{schema}"."{table}"', []
        for database in ("one", "other"):
            # A view is read in its own database: its names are those of that database.
            connection.execute(f"USE {database}.{schema}")
            hashes.append(connection.execute(_HASHED.format(columns=columns, query=query)).fetchall())
        connection.execute("USE memory")
        if hashes[0] != hashes[1]:
            yield from _other_rows(connection, schema, table, query)


def _other_rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str, query: str) -> Iterator[str]:
    for database in ("one", "other"):
        connection.execute(f"USE {database}.{schema}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE rows_of_{database} AS {query}")
    connection.execute("USE memory")
    for left, right in (("one", "other"), ("other", "one")):
        rows = connection.execute(f"FROM rows_of_{left} EXCEPT ALL FROM rows_of_{right} LIMIT 2").fetchall()
        if rows:
            yield f"{schema}.{table}: only in {left}: {rows}"


# The same rows in any order have the same sum; it is ten times as fast as a comparison of the rows.
_HASHED = "SELECT count(*), sum(hash({columns})) FROM ({query})"
_OBJECTS = """SELECT schema_name, table_name, 'table', comment FROM duckdb_tables() WHERE database_name = '{database}'
UNION ALL SELECT schema_name, view_name, 'view', comment FROM duckdb_views()
WHERE database_name = '{database}' AND NOT internal"""
_COLUMNS = """SELECT schema_name, table_name, column_index, column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = '{database}' AND NOT internal"""
_FUNCTIONS = """SELECT schema_name, function_name, parameters::VARCHAR, comment FROM duckdb_functions()
WHERE database_name = '{database}' AND NOT internal"""
_NAMES = """SELECT schema_name, table_name, string_agg('"' || column_name || '"', ', ' ORDER BY column_index)
FROM duckdb_columns() WHERE database_name = '{database}' AND NOT internal GROUP BY ALL"""
