"""What a contract of the read model demands, asked of a database without any tool of the standard.

Belongs here: columns, types, nulls, keys, listed values, references and rules in SQL, each asked of DuckDB. Does not
belong here: any expectation, and which database is asked.
"""

from __future__ import annotations

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
        columns = {column["name"]: column for column in table["properties"]}
        for column in sorted(set(here[name]) ^ set(columns)):
            where = "the database" if column in here[name] else "the contract"
            yield f"{schema}.{name}.{column} is only in {where}"
        shared = {column: said for column, said in columns.items() if column in here[name]}
        for column, said in shared.items():
            if here[name][column] != said["physicalType"]:
                yield f"{schema}.{name}.{column} is {here[name][column]}, not {said['physicalType']}"
        yield from _values(model, f"{schema}.{name}", shared)
        yield from _references(model, schema, table, set(here))
        yield from _rules(model, f"{schema}.{name}", table)


def _columns(model: DuckDBPyConnection, schema: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in model.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND NOT internal",
        [schema],
    ).fetchall():
        found.setdefault(table, {})[column] = data_type
    return found


def _values(model: DuckDBPyConnection, table: str, columns: Mapping[str, Any]) -> Iterator[str]:
    required = [name for name, said in columns.items() if said.get("required")]
    counts = ", ".join(f'count(*) - count("{name}")' for name in required)
    (row,) = model.execute(f"SELECT {counts} FROM {table}").fetchall()
    for name, nulls in zip(required, row, strict=True):
        if nulls:
            yield f"{table}.{name} is required and empty in {nulls} rows"
    key = [name for name, said in columns.items() if said.get("primaryKey")]
    for together in [key, *([name] for name, said in columns.items() if said.get("unique"))]:
        doubled = _doubled(model, table, together) if together else 0
        if doubled:
            yield f"{table} has {doubled} keys ({', '.join(together)}) in more than one row"
    for name, said in columns.items():
        for rule in said.get("quality", ()):
            assert (rule["type"], rule["metric"], rule["mustBe"]) == ("library", "invalidValues", 0)
            listed = [str(value) for value in rule["arguments"]["validValues"]]
            others = model.execute(
                f'SELECT DISTINCT "{name}"::VARCHAR FROM {table} WHERE "{name}"::VARCHAR NOT IN ?', [listed]
            ).fetchall()
            if others:
                yield f"{table}.{name} says {sorted(value for (value,) in others)}, which the contract does not list"


def _doubled(model: DuckDBPyConnection, table: str, columns: list[str]) -> int:
    listed = ", ".join(f'"{column}"' for column in columns)
    (row,) = model.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} GROUP BY {listed} HAVING count(*) > 1)"
    ).fetchall()
    return int(row[0])


def _references(
    model: DuckDBPyConnection, schema: str, table: Mapping[str, Any], here: set[str]
) -> Iterator[str]:
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
        (row,) = model.execute(
            f"SELECT count(*) FROM {schema}.{table['physicalName']} a WHERE {filled} AND NOT EXISTS "
            f"(SELECT 1 FROM {schema}.{target} b WHERE {matched})"
        ).fetchall()
        if row[0]:
            named = f"{row[0]} rows name a {', '.join(own)}"
            yield f"{schema}.{table['name']}: {named} that {schema}.{target} does not have"


def _rules(model: DuckDBPyConnection, name: str, table: Mapping[str, Any]) -> Iterator[str]:
    for rule in table.get("quality", ()):
        assert (rule["type"], rule["mustBe"]) == ("sql", 0)
        (row,) = model.execute(rule["query"]).fetchall()
        if row[0]:
            yield f"{name}: {rule['name']}: {row[0]}"
