"""`datapackage.json`: the package under the Data Package standard (version 1) of Frictionless.

Belongs here: that document. Does not belong here: other standards, and the tables (`civic_assets.package.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.package.described import Column, within
from civic_assets.package.files import MEDIA_TYPES, File
from civic_assets.package.sources import MADE_UP, Origin
from civic_assets.package.tables import CSV, FORMATS, Written

NAME = "datapackage.json"
"""Name of the file."""
_TYPES = {"object": "array"}


def data_package(
    origin: Origin, tables: Sequence[Written], files: Mapping[str, File], left_out: Mapping[str, str]
) -> dict[str, Any]:
    """The document.

    Args:
        origin: Publication and sources.
        tables: Tables as they were written.
        files: Size and hash of each file, by its path in the package.
        left_out: Tables that are not in the package, with the reason.
    """
    licences = {(one.licence, one.licence_url) for one in origin.sources}
    return {
        "profile": "data-package",
        "name": f"civic-assets-{origin.number}",
        "id": f"sha256:{origin.hash}",
        "title": (f"{MADE_UP} " if origin.synthetic else "") + origin.title,
        "description": "Public statistics of the United Kingdom, read from the cells of their publishers' files. "
        "README.md says how to read and to cite them.",
        "version": origin.version,
        "created": origin.published_at.isoformat().replace("+00:00", "Z"),
        "synthetic": origin.synthetic,
        "licenses": [_licence(title, url) for title, url in sorted(licences)],
        "sources": [
            {
                "title": f"{one.publisher}: {one.about}",
                "name": one.source,
                "attribution": one.attribution,
                "licence": one.licence,
                "licenceUrl": one.licence_url or None,
                "releases": list(one.releases),
                "synthetic": one.synthetic,
            }
            for one in origin.sources
        ],
        "deprecations": deprecations(tables),
        "leftOut": dict(left_out),
        "resources": [
            _resource(one, form, tables, files[one.files[form]])
            for form in FORMATS
            for one in tables
            if form in one.files
        ],
    }  # fmt: skip


def deprecations(tables: Sequence[Written]) -> list[dict[str, str]]:
    """Tables and columns that will go, as `table`, `column` (empty for the table) and `instead`."""
    every = [
        {"table": one.table.name, "column": column, "instead": text}
        for one in tables
        for column, text in [("", one.table.deprecated)]
        + [(column.name, column.deprecated) for column in one.table.columns]
    ]
    return [one for one in every if one["instead"]]


def _licence(title: str, url: str) -> dict[str, str]:
    named = {"name": "OGL-UK-3.0"} if "open-government-licence/version/3" in url else {"name": "other-open"}
    if not url:
        named = {"name": "other"}
    return {**named, "title": title, **({"path": url} if url else {})}


def _resource(written: Written, form: str, tables: Sequence[Written], file: File) -> dict[str, Any]:
    table = written.table
    described: dict[str, Any] = {
        "name": table.file if form == CSV else f"{table.file}_{form}",
        "title": table.name,
        "description": table.text,
        "path": file.path,
        "format": form,
        "mediatype": MEDIA_TYPES[form],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if form != CSV:
        return {**described, "profile": "data-resource", "type": "file"}
    schema: dict[str, Any] = {"fields": [_field(written, column) for column in table.columns]}
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    references = within([one.table for one in tables], table)
    if references:
        schema["foreignKeys"] = [
            {
                "fields": list(one.columns),
                "reference": {
                    "resource": "" if one.table == table.name else one.table.replace(".", "_"),
                    "fields": list(one.theirs),
                },
            }
            for one in references
        ]
    packed = {"compression": "gz"} if written.packed else {}
    return {
        **described,
        "rows": written.rows,
        "profile": "tabular-data-resource",
        "type": "table",
        "encoding": "utf-8",
        **packed,
        "schema": schema,
    }


def _field(written: Written, column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.values and not column.nested:
        constraints["enum"] = list(column.values)
    described: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.logical, column.logical),
        "description": column.text,
        "missingValues": written.missing(column),
    }
    if constraints:
        described["constraints"] = constraints
    if column.unit:
        described["unit"] = column.unit
    if column.deprecated:
        described["deprecated"] = column.deprecated
    return described
