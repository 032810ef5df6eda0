"""The contracts of a package: what is published, with the package's files as their servers.

Belongs here: one contract (Open Data Contract Standard) for each format, made from those of the read model. Does not
belong here: descriptions and rules (`civic_assets.publish.published_contracts`).

All tables are in one contract, under names that are those of their files, so that a rule about two tables can be
tested. In CSV a tool that reads no metadata cannot tell a text of no characters from a missing one. There, columns that
have such texts are not required, and a key with such a column is a rule in SQL instead of a primary key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.package.described import Chosen
from civic_assets.package.sources import MADE_UP, Origin
from civic_assets.package.tables import CSV, Written
from civic_assets.publish.published_contracts import SCHEMAS, text_of, unique_together

FOLDER = "contracts"
"""Folder of the contracts in the package."""
_NAMED = re.compile(rf'"({"|".join(SCHEMAS)})"\."([a-z0-9_]+)"')


def contract_path(form: str) -> str:
    """Path of the contract of one format in the package."""
    return f"{FOLDER}/package_{form}.odcs.yaml"


def package_contract(origin: Origin, chosen: Chosen, tables: Sequence[Written], form: str) -> str:
    """The contract of one format, as YAML.

    Args:
        origin: Publication and sources.
        chosen: Tables of the package, with the published contracts.
        tables: Tables as they were written.
        form: Format of the files.
    """
    first = next(iter(chosen.contracts.values()))
    entries = {
        f"{schema}.{entry['name']}": entry
        for schema, document in chosen.contracts.items()
        for entry in document["schema"]
    }
    packed = any(one.packed for one in tables) and form == CSV
    server = {
        "server": form,
        "type": "local",
        "path": f"./{form}/{{model}}.{form}{'*' if packed else ''}",
        "format": form,
    }
    if form == CSV:
        server["delimiter"] = ","
    made_up = f"{MADE_UP} " if origin.synthetic else ""
    return text_of(
        {
            **{key: first[key] for key in ("apiVersion", "kind")},
            "id": f"civic-assets-package-{origin.number}-{form}",
            "name": f"civic_assets_package_{form}",
            **{key: first[key] for key in ("version", "status")},
            "description": {
                **first["description"],
                "purpose": f"{made_up}All tables of one publication ({origin.hash}). {_purpose(first)}",
                "usage": "Run the tool in the folder of the package: the paths of its files are relative to it. "
                + first["description"]["usage"],
            },
            "servers": [server],
            "schema": [_schema(one, entries[one.table.name], tables, form) for one in tables],
        },
        "Made by `civic-assets package` from the contracts of what is published.",
    )  # fmt: skip


def _purpose(contract: Mapping[str, Any]) -> str:
    text: str = contract["description"]["purpose"]
    return next(text.removeprefix(f"{one} ") for one in SCHEMAS.values() if text.startswith(one))


def _schema(
    written: Written, entry: Mapping[str, Any], tables: Sequence[Written], form: str
) -> dict[str, Any]:
    table, present = written.table, {one.table.name for one in tables}
    schema = table.name.partition(".")[0]
    described = {**entry, "name": table.file, "physicalName": table.file, "physicalType": "file"}
    described["relationships"] = [
        _relationship(one, schema)
        for one in entry.get("relationships", ())
        if _target(one, schema) in present
    ]
    # A key without one of its columns would be another key, which rows may share.
    keyed = form != CSV or written.has_empty_texts.isdisjoint(table.primary_key)
    rules = [*entry.get("quality", ()), *([] if keyed else [unique_together(table.name, table.key)])]
    described["quality"] = [
        {**rule, "query": _NAMED.sub(r'"\1_\2"', rule["query"])}
        for rule in rules
        if {f"{schema}.{name}" for schema, name in _NAMED.findall(rule["query"])} <= present
    ]
    described["properties"] = [_property(written, one, form, keyed=keyed) for one in entry["properties"]]
    return {key: value for key, value in described.items() if value != []}


def _property(written: Written, entry: Mapping[str, Any], form: str, *, keyed: bool) -> dict[str, Any]:
    """A column; in CSV, it is not required if an empty cell is a text in it, and a list is a text."""
    described = dict(entry)
    if form != CSV:
        if "items" in entry:
            # The tool makes the type of a list from its items, and does not know `VARCHAR[]`.
            described.pop("physicalType")
            items = dict(entry["items"])
            if items["logicalType"] == "object":
                items.pop("physicalType")
            described["items"] = items
        return described
    column = next(one for one in written.table.columns if one.name == entry["name"])
    if column.name in written.has_empty_texts:
        described.pop("required", None)
    if not keyed:
        described.pop("primaryKey", None)
        described.pop("primaryKeyPosition", None)
    if column.nested:
        described = {key: value for key, value in described.items() if key not in ("items", "properties")}
        described |= {"logicalType": "string", "physicalType": "VARCHAR"}
    return described


def _relationship(one: Mapping[str, Any], schema: str) -> dict[str, Any]:
    ends = {
        end: f"{schema}_{one[end]}"
        if isinstance(one[end], str)
        else [f"{schema}_{part}" for part in one[end]]
        for end in ("from", "to")
    }
    return {**one, **ends}


def _target(one: Mapping[str, Any], schema: str) -> str:
    end = one["to"] if isinstance(one["to"], str) else one["to"][0]
    return f"{schema}.{end.partition('.')[0]}"
