"""Schemas for editors and tools: JSON Schemas of the files in `data_contracts/`, and the data package of its tables.

Belongs here: making them from the models. `python -m civic_assets.contracts.json_schema` writes the files in
`data_contracts/` again; a test fails when they are out of date. Does not belong here: the models. A schema shows keys,
types and closed lists while a file is written; `civic-assets contract FILE` checks the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from civic_assets.contracts.file_kinds import KINDS, FileKind
from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.models.geography import columns_of, row_of
from civic_assets.contracts.models.whole_file import WholeFile

SCHEMAS: Mapping[str, FileKind] = {kind.schema: kind for kind in KINDS if kind.schema}
"""Kind of each JSON Schema, by the name of its file below `data_contracts/`."""
PACKAGE = "geography/datapackage.json"
"""The tables of the area register as a data package (Frictionless Data Package, Table Schema)."""
_DIALECT = "http://json-schema.org/draft-07/schema#"
_MADE = "Made by `python -m civic_assets.contracts.json_schema`; do not edit."
_PROFILE = "tabular-data-package"


def schema_of(name: str) -> dict[str, Any]:
    """One JSON Schema.

    Args:
        name: Name of its file.
    """
    kind = SCHEMAS[name]
    made = kind.model.model_json_schema(by_alias=True)
    title = f"{kind.name[:1].upper()}{kind.name[1:]} (civic-assets)"
    return {**made, "$schema": _DIALECT, "title": title, "$comment": _MADE}


def text_of(name: str) -> str:
    """The text of a file that is made here.

    Args:
        name: A JSON Schema, or the data package.
    """
    made = data_package() if name == PACKAGE else schema_of(name)
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=name != PACKAGE) + "\n"


def data_package() -> dict[str, Any]:
    """The tables of the area register with their columns, keys and what their values may be."""
    resources = []
    for kind in (one for one in KINDS if one.is_table):
        model = cast("type[WholeFile]", kind.model)
        path = Path(kind.pattern)
        resources.append(
            {
                "name": path.stem,
                "title": f"{kind.name[:1].upper()}{kind.name[1:]}",
                "path": path.name,
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": {
                    "fields": list(_fields(model)),
                    "missingValues": [""],
                    "primaryKey": list(_PRIMARY_KEYS[path.stem]),
                    "foreignKeys": [
                        {"fields": column, "reference": {"resource": "areas", "fields": "code"}}
                        for column in _CODES_OF_AREAS[path.stem]
                    ],
                },
            }
        )
    return {"name": "area-register", "profile": _PROFILE, "$comment": _MADE, "resources": resources}


_PRIMARY_KEYS = {
    "areas": ("code",),
    "memberships": ("container_code", "member_code"),
    "names": ("code", "name", "source"),
    "successions": ("date", "from_code", "to_code"),
}
_CODES_OF_AREAS = {
    "areas": ("parent_code", "region_code"),
    "memberships": ("container_code", "member_code"),
    "names": ("code",),
    "successions": ("from_code", "to_code"),
}


def _fields(table: type[WholeFile]) -> Iterator[dict[str, Any]]:
    row: type[BaseModel] = row_of(table)
    described = row.model_json_schema()
    required = set(described.get("required", ()))
    for name in columns_of(table):
        entry = described["properties"][name]
        # What may be empty is described as this, or null.
        kinds = [one for one in entry.get("anyOf", [entry]) if one.get("type") != "null"]
        constraints = {key: kinds[0][key] for key in ("enum", "pattern") if key in kinds[0]}
        field = {"name": name, "type": "date" if kinds[0].get("format") == "date" else "string"}
        if entry.get("description"):
            field["description"] = entry["description"]
        yield {**field, "constraints": {"required": name in required, **constraints}}


def write(folder: Path = DEFAULT_FOLDER) -> None:
    """Write every file that is made here.

    Args:
        folder: A folder of contracts.
    """
    for name in (*SCHEMAS, PACKAGE):
        (folder / name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write()
