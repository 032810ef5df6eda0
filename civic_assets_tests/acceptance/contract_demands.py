"""What a contract of the read model demands, asked of a database without any tool of the standard.

Belongs here: columns, types, nulls, keys, listed values, references and rules in SQL, each asked of DuckDB. Does not
belong here: any expectation, and which database is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from duckdb import DuckDBPyConnection

Contract = Mapping[str, Any]


def broken_demands(model: DuckDBPyConnection, contract: Contract) -> list[str]:
    """One sentence for each demand that the database does not meet."""
    return list(_broken(model, contract))


def _broken(model: DuckDBPyConnection, contract: Contract) -> Iterator[str]:
    (schema,) = [server["schema"] for server in contract["servers"]]
    here = _columns(model, schema)
    promised = {table["physicalName"]: table for table in contract["schema"]}
    for table in sorted(set(here) ^ set(promised)):
        yield f"{schema}.{table} is only in {'the database' if table in here else 'the contract'}"
    for name, table in promised.items():
        if name not in here:
            continue
        asked = _Asked(model, schema, name)
        columns = {column["name"]: column for column in table["properties"]}
        for column in sorted(set(here[name]) ^ set(columns)):
            where = "the database" if column in here[name] else "the contract"
            yield f"{schema}.{name}.{column} is only in {where}"
        shared = {column: said for column, said in columns.items() if column in here[name]}
        for column, said in shared.items():
            if here[name][column] != said["physicalType"]:
                yield f"{schema}.{name}.{column} is {here[name][column]}, not {said['physicalType']}"
        yield from _values(asked, shared)
        yield from _references(asked, table, set(here))
        yield from _rules(asked, table)
        asked.forget()


class _Asked:
    """A table that is asked for much; of a view a copy is asked, so that it is computed once.

    Args:
        model: The database.
        schema: Its schema.
        name: Its name.
    """

    def __init__(self, model: DuckDBPyConnection, schema: str, name: str) -> None:
        self._model, self.schema, self.table = model, schema, f"{schema}.{name}"
        (views,) = model.execute(
            "SELECT count(*) FROM duckdb_views() WHERE schema_name = ? AND view_name = ?", [schema, name]
        ).fetchall()
        self._is_view = bool(views[0])
        self._written = (f'"{schema}"."{name}"', self.table)
        if self._is_view:
            model.execute(f"CREATE OR REPLACE TEMP TABLE asked AS SELECT * FROM {self.table}")

    def rows(self, query: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query that names the table with its schema."""
        if self._is_view:
            for written in self._written:
                query = re.sub(rf"{re.escape(written)}(?!\w)", "temp.asked", query)
        return self._model.execute(query, given or []).fetchall()

    def forget(self) -> None:
        """Drop the copy."""
        self._model.execute("DROP TABLE IF EXISTS temp.asked")


def _columns(model: DuckDBPyConnection, schema: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in model.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND NOT internal",
        [schema],
    ).fetchall():
        found.setdefault(table, {})[column] = data_type
    return found


def _values(asked: _Asked, columns: Mapping[str, Any]) -> Iterator[str]:
    table = asked.table
    required = [name for name, said in columns.items() if said.get("required")]
    counts = ", ".join(f'count(*) - count("{name}")' for name in required)
    (row,) = asked.rows(f"SELECT {counts} FROM {table}")
    for name, nulls in zip(required, row, strict=True):
        if nulls:
            yield f"{table}.{name} is required and empty in {nulls} rows"
    key = [name for name, said in columns.items() if said.get("primaryKey")]
    for together in [key, *([name] for name, said in columns.items() if said.get("unique"))]:
        doubled = _doubled(asked, together) if together else 0
        if doubled:
            yield f"{table} has {doubled} keys ({', '.join(together)}) in more than one row"
    for name, said in columns.items():
        for rule in said.get("quality", ()):
            assert (rule["type"], rule["metric"], rule["mustBe"]) == ("library", "invalidValues", 0)
            listed = [str(value) for value in rule["arguments"]["validValues"]]
            others = asked.rows(
                f'SELECT DISTINCT "{name}"::VARCHAR FROM {table} WHERE "{name}"::VARCHAR NOT IN ?', [listed]
            )
            if others:
                yield f"{table}.{name} says {sorted(value for (value,) in others)}, which the contract does not list"


def _doubled(asked: _Asked, columns: list[str]) -> int:
    listed = ", ".join(f'"{column}"' for column in columns)
    (row,) = asked.rows(
        f"SELECT count(*) FROM (SELECT 1 FROM {asked.table} GROUP BY {listed} HAVING count(*) > 1)"
    )
    return int(row[0])


def _references(asked: _Asked, table: Mapping[str, Any], here: set[str]) -> Iterator[str]:
    schema = asked.schema
    for reference in table.get("relationships", ()):
        ours, theirs = (
            [side] if isinstance(side, str) else side for side in (reference["from"], reference["to"])
        )
        own = [column.removeprefix(f"{table['name']}.") for column in ours]
        target = theirs[0].partition(".")[0]
        if target not in here:
            continue
        pairs = [(here, there.partition(".")[2]) for here, there in zip(own, theirs, strict=True)]
        filled = " AND ".join(f'a."{here}" IS NOT NULL' for here in own)
        matched = " AND ".join(f'a."{here}" = b."{there}"' for here, there in pairs)
        (row,) = asked.rows(
            f"SELECT count(*) FROM {asked.table} a WHERE {filled} AND NOT EXISTS "
            f"(SELECT 1 FROM {schema}.{target} b WHERE {matched})"
        )
        if row[0]:
            named = f"{row[0]} rows name a {', '.join(own)}"
            yield f"{schema}.{table['name']}: {named} that {schema}.{target} does not have"


def _rules(asked: _Asked, table: Mapping[str, Any]) -> Iterator[str]:
    for rule in table.get("quality", ()):
        assert (rule["type"], rule["mustBe"]) == ("sql", 0)
        (row,) = asked.rows(rule["query"])
        if row[0]:
            yield f"{asked.table}: {rule['name']}: {row[0]}"
