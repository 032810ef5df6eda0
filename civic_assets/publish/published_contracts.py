"""What is published, as contracts of the Open Data Contract Standard: one for each schema of the read model.

Belongs here: writing `data_contracts/published/<schema>.odcs.yaml` from two things, the descriptions in
`data_contracts/read_model.yaml` (meanings, keys, listed values, references, which columns may be empty) and a read
model (which columns each table has, and their types). Does not belong here: any description, and the contracts of the
publishers' files (`civic_assets.contracts`).

There is one contract for each schema because a server of type `duckdb` names one schema. A reference to a table of
another schema is therefore a rule in SQL: tools do not follow a relationship into another contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import yaml

from civic_assets.publish.read_model.descriptions import (
    ColumnDescription,
    Explanations,
    Reference,
    TableMeaning,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS = {
    "harmonised": "Figures of all sources in one vocabulary, and the tables made from them.",
    "catalogue": "What there is: sources, releases, files, measures, areas, checks and notes.",
    "quality": "Results of checks, findings, revisions, breaks, biases and decisions.",
}
"""The schemas of the read model, each with what its contract describes."""
DATABASE = ".civic/civic.duckdb"
"""Where the contracts look for the read model: the default store of a checkout."""

_HEAD = """\
# Made by tools/published_contracts.py from data_contracts/read_model.yaml and the tables themselves. Do not edit it:
# change read_model.yaml, or the table, and run the tool again.
"""
_LOGICAL = {
    "VARCHAR": "string",
    "DATE": "date",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "integer",
}
_DIMENSION_OF_KEYS = "uniqueness"

Columns = Mapping[str, Sequence[tuple[str, str]]]
"""Columns of each table (`schema.name`) in their order, as name and DuckDB type."""


def columns_of(connection: DuckDBPyConnection) -> Columns:
    """Columns of every table and view of a read model."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for schema, table, column, data_type in connection.execute(_COLUMNS, [list(SCHEMAS)]).fetchall():
        columns.setdefault(f"{schema}.{table}", []).append((column, data_type))
    return columns


def views_of(connection: DuckDBPyConnection) -> set[str]:
    """Names of the views of a read model, as `schema.name`."""
    rows = connection.execute("SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal")
    return {name for (name,) in rows.fetchall()}


def contract_of(schema: str, known: Explanations, columns: Columns, views: set[str]) -> dict[str, Any]:
    """The contract of one schema, as a document of the standard (v3.1.0).

    Args:
        schema: Its name, one of `SCHEMAS`.
        known: The descriptions.
        columns: Columns of every table of the read model.
        views: Tables that are views.

    Raises:
        KeyError: A table or column is not described.
        ValueError: A reference names a table or column that the read model does not have.
    """
    head = known.contract
    tables = [name for name in known.tables if name.startswith(f"{schema}.") and name in columns]
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"published-{schema}",
        "name": f"published_{schema}",
        "version": head["version"],
        "status": "active",
        "description": {
            "purpose": f"{SCHEMAS[schema]} {head['purpose']}",
            "limitations": head["limitations"],
            "usage": head["usage"],
        },
        "servers": [{"server": "store", "type": "duckdb", "database": DATABASE, "schema": schema}],
        "schema": [_table(name, known, columns, name in views) for name in tables],
    }


def text_of(document: Mapping[str, Any], made: str | None = None) -> str:
    """A contract as YAML: one line for each column, so that a change of one column is a change of one line.

    Args:
        document: The contract.
        made: Comment at its top; None for how those of this project are made.
    """
    lines = yaml.dump(_lined(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
    return (_HEAD if made is None else f"# {made}\n") + str(lines)


def _table(name: str, known: Explanations, columns: Columns, is_view: bool) -> dict[str, Any]:
    said = known.tables[name]
    nullable = [column for column in said.key if column in said.may_be_empty]
    rules = [unique_together(name, said.key)] if nullable else []
    relationships = []
    for column, _ in columns[name]:
        reference = _meaning(known, column, name).references
        if reference is None or not _applies(reference, column, name, known, columns):
            continue
        own = [column] if len(reference.columns) == 1 else list(reference.columns)
        if reference.table.partition(".")[0] == name.partition(".")[0]:
            relationships.append(_relationship(name, own, reference))
        else:
            rules.append(_found_elsewhere(name, own, reference))
    described: dict[str, Any] = {
        "name": name.partition(".")[2],
        "physicalName": name.partition(".")[2],
        "physicalType": "view" if is_view else "table",
        "description": said.text,
        "dataGranularityDescription": f"One row is {said.row}.",
    }
    if said.deprecated:
        described["customProperties"] = [{"property": "deprecated", "value": said.deprecated}]
    if relationships:
        described["relationships"] = relationships
    if rules:
        described["quality"] = rules
    described["properties"] = [
        _column(column, data_type, _meaning(known, column, name), said, keyed=not nullable)
        for column, data_type in columns[name]
    ]
    return described


def _meaning(known: Explanations, column: str, table: str) -> ColumnDescription:
    meaning = known.of(column, table)
    if meaning is None:
        raise KeyError(f"{table}.{column} is not described in data_contracts/read_model.yaml")
    return meaning


def _column(
    name: str, data_type: str, meaning: ColumnDescription, table: TableMeaning, *, keyed: bool
) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, **_types(data_type)}
    if name not in table.may_be_empty:
        said["required"] = True
    if keyed and name in table.key:
        said |= {"primaryKey": True, "primaryKeyPosition": table.key.index(name) + 1}
    if name in table.unique:
        said["unique"] = True
    said["description"] = meaning.text
    if meaning.example:
        said["examples"] = [meaning.example]
    custom = {"unit": meaning.unit, "deprecated": meaning.deprecated}
    if any(custom.values()):
        said["customProperties"] = [
            {"property": key, "value": value} for key, value in custom.items() if value
        ]
    if meaning.values:
        values = (
            [int(value) for value in meaning.values] if said["logicalType"] == "integer" else meaning.values
        )
        said["quality"] = [
            {
                "type": "library",
                "metric": "invalidValues",
                "arguments": {"validValues": list(values)},
                "mustBe": 0,
                "dimension": "conformity",
            }
        ]
    return said


def _types(data_type: str) -> dict[str, Any]:
    if data_type.endswith("[]"):
        items = _types(data_type.removesuffix("[]"))
        return {"logicalType": "array", "physicalType": data_type, "items": items}
    if data_type.startswith("STRUCT("):
        fields = [
            field.rsplit(" ", 1) for field in data_type.removeprefix("STRUCT(").removesuffix(")").split(", ")
        ]
        properties = [{"name": name.strip('"'), **_types(kind)} for name, kind in fields]
        return {"logicalType": "object", "physicalType": data_type, "properties": properties}
    return {"logicalType": _LOGICAL[data_type], "physicalType": data_type}


def _applies(reference: Reference, column: str, table: str, known: Explanations, columns: Columns) -> bool:
    """Whether the reference applies to this table.

    A reference of several columns applies if the table has all of them, each in its usual sense.

    Raises:
        ValueError: The table or column referred to does not exist.
    """
    target_columns = {name for name, _ in columns.get(reference.table, ())}
    missing = [name for name in reference.columns if name not in target_columns]
    if missing:
        raise ValueError(
            f"{table}.{column} refers to {reference.table}({', '.join(missing)}), which the read model does not have. "
            "Correct `references` in data_contracts/read_model.yaml."
        )
    here = {name for name, _ in columns[table]}
    if len(reference.columns) == 1:
        return (table, column) != (reference.table, reference.columns[0])
    own = known.tables[table].columns
    return table != reference.table and all(
        name in here and (name not in own or own[name].references is not None) for name in reference.columns
    )


def _relationship(table: str, columns: Sequence[str], reference: Reference) -> dict[str, Any]:
    name, target = table.partition(".")[2], reference.table.partition(".")[2]
    ours = [f"{name}.{column}" for column in columns]
    theirs = [f"{target}.{column}" for column in reference.columns]
    if len(ours) == 1:
        return {"type": "foreignKey", "from": ours[0], "to": theirs[0]}
    return {"type": "foreignKey", "from": ours, "to": theirs}


def _found_elsewhere(table: str, columns: Sequence[str], reference: Reference) -> dict[str, Any]:
    own, target = " and ".join(columns), ", ".join(reference.columns)
    matched = " AND ".join(
        f'theirs."{there}" = ours."{here}"' for here, there in zip(columns, reference.columns, strict=True)
    )
    known = " AND ".join(f'ours."{column}" IS NOT NULL' for column in columns)
    return {
        "type": "sql",
        "name": f"{own} is in {reference.table}",
        "description": f"Every value of {own} is one of {reference.table}({target}).",
        "dimension": "consistency",
        "query": f"SELECT count(*) FROM {_quoted(table)} ours WHERE {known} AND NOT EXISTS "
        f"(SELECT 1 FROM {_quoted(reference.table)} theirs WHERE {matched})",
        "mustBe": 0,
        "customProperties": [{"property": "references", "value": f"{reference.table}({target})"}],
    }


def unique_together(table: str, key: Sequence[str]) -> dict[str, Any]:
    """The key of a table in which a part may be empty, so that the standard does not call it a primary key."""
    listed = ", ".join(f'"{column}"' for column in key)
    return {
        "type": "sql",
        "name": "rows differ in their key",
        "description": f"No two rows have the same {', '.join(key)}. An empty cell counts as a value here.",
        "dimension": _DIMENSION_OF_KEYS,
        "query": f"SELECT count(*) FROM (SELECT 1 FROM {_quoted(table)} GROUP BY {listed} HAVING count(*) > 1)",
        "mustBe": 0,
    }


def _quoted(table: str) -> str:
    return ".".join(f'"{part}"' for part in table.split("."))


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes columns on one line, and repeats equal parts in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line, flow_style=True)
)


def _lined(document: Mapping[str, Any]) -> dict[str, Any]:
    tables = [
        {
            **table,
            **{
                part: [_Line(entry) for entry in table[part]]
                for part in ("relationships", "quality", "properties")
                if part in table
            },
        }
        for table in document["schema"]
    ]
    return {**document, "servers": [_Line(server) for server in document["servers"]], "schema": tables}


_COLUMNS = """SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() AND schema_name IN ?
ORDER BY schema_name, table_name, column_index"""
