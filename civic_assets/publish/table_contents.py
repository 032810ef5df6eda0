"""What the tables of a read model contain, as a hash for each: equal for equal rows, in whatever order they are.

Belongs here: the hash of a table, and comparing two lists of them. Does not belong here: hashes of files
(`civic_assets.verify`), which differ between two read models with the same rows.

DuckDB places rows and columns in a file by when they were written and by the threads that wrote them, so two files
with the same rows are not the same bytes. The content of a table is therefore the SHA-256 of its columns (name and
type, in order), the number of its rows, and the sum of DuckDB's `hash(row)` over all rows. A row is hashed with all
its columns, nulls and nested values included; the sum does not depend on the order, and counts a row that occurs twice
twice. `hash()` may change between versions of DuckDB, so the version is kept with the contents, and contents of
different versions are not compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS = ("harmonised", "quality", "catalogue")
# The first two count what the expectation suites find after a publication is made, and the last names it.
LEFT_OUT = ("quality.causes", "catalogue.tables", "catalogue.publication")
"""Tables whose content is not part of a publication's."""
JUDGED = ("quality.check_results", "quality.findings")
"""Tables of which the rows of expectation suites are not part of it: they are added later."""


@dataclass(frozen=True, slots=True)
class TableContents:
    """What all tables contain.

    Args:
        duckdb: Version of DuckDB that hashed the rows.
        tables: Number of rows and hash by the name of the table, with its schema.
    """

    duckdb: str
    tables: Mapping[str, tuple[int, str]]

    def as_document(self) -> dict[str, Any]:
        """As it is kept in a manifest."""
        return {
            "duckdb": self.duckdb,
            "tables": [
                {"table": name, "rows": rows, "hash": digest}
                for name, (rows, digest) in sorted(self.tables.items())
            ],
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> TableContents:
        """What `as_document` gave."""
        tables = {one["table"]: (int(one["rows"]), str(one["hash"])) for one in document["tables"]}
        return cls(str(document["duckdb"]), tables)


def contents_of(connection: DuckDBPyConnection) -> TableContents:
    """Hash all tables that are part of a publication.

    Args:
        connection: Connection to a read model. Views are not hashed: they repeat tables.
    """
    import duckdb

    from civic_assets.quality.expectations.suites import load_suites

    suites = [one.id for suite in load_suites() for one in suite.expectations]
    columns: dict[str, list[tuple[str, str]]] = {}
    for schema, table, column, kind in connection.execute(
        _COLUMNS,
        [list(SCHEMAS)],
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", []).append((column, kind))
    return TableContents(
        duckdb.__version__,
        {
            name: _content(connection, name, described, suites if name in JUDGED else [])
            for name, described in columns.items()
            if name not in LEFT_OUT
        },
    )


_COLUMNS = """SELECT c.schema_name, c.table_name, c.column_name, c.data_type
FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
WHERE c.database_name = current_database() AND list_contains(?, c.schema_name)
ORDER BY c.schema_name, c.table_name, c.column_index"""


def _content(
    connection: DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]], without: Sequence[str]
) -> tuple[int, str]:
    """Number of rows and hash of a table, without the rows of some checks."""
    schema, _, table = name.partition(".")
    where = " WHERE NOT list_contains(?, check_id)" if without else ""
    (found,) = connection.execute(
        f'SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM "{schema}"."{table}" t{where}',
        [list(without)] if without else [],
    ).fetchall()
    text = json.dumps([columns, int(found[0]), str(found[1])], ensure_ascii=False)
    return int(found[0]), hashlib.sha256(text.encode()).hexdigest()


def differences(here: TableContents, there: TableContents) -> list[str]:
    """Names of the tables whose content differs, or that only one has.

    Raises:
        ValueError: Different versions of DuckDB hashed them.
    """
    if here.duckdb != there.duckdb:
        raise ValueError(f"hashed by DuckDB {here.duckdb} and {there.duckdb}")
    return sorted(
        name for name in {*here.tables, *there.tables} if here.tables.get(name) != there.tables.get(name)
    )
