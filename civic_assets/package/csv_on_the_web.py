"""`csv/csv-metadata.json`: the CSV files under CSV on the Web (CSVW) of the W3C.

Belongs here: that document. It lies in the folder of the CSV files under the name by which the standard finds it. Does
not belong here: packed files, which the standard does not know, and other standards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from civic_assets.package.described import Column, within
from civic_assets.package.sources import MADE_UP, Origin
from civic_assets.package.tables import CSV, Written

NAME = f"{CSV}/csv-metadata.json"
"""Path of the file in the package."""
_DATATYPES = {
    "string": "string", "number": "double", "integer": "integer", "boolean": "boolean", "date": "date",
    "array": "json", "object": "json",
}  # fmt: skip
_NEVER = "\\N"


def csv_metadata(origin: Origin, tables: Sequence[Written]) -> dict[str, Any]:
    """The document.

    Args:
        origin: Publication and sources.
        tables: Tables as they were written.
    """
    plain = [one for one in tables if CSV in one.files and not one.packed]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": (f"{MADE_UP} " if origin.synthetic else "") + origin.title,
        "dc:identifier": f"sha256:{origin.hash}",
        "dc:issued": origin.published_at.date().isoformat(),
        "dc:source": [one.attribution for one in origin.sources],
        "dc:license": sorted({one.licence_url for one in origin.sources if one.licence_url}),
        "dialect": {
            "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "encoding": "utf-8",
            "lineTerminators": ["\n"], "skipInitialSpace": False, "trim": False,
        },
        "tables": [_table(one, plain) for one in plain],
    }  # fmt: skip


def _url(written: Written) -> str:
    return written.files[CSV].removeprefix(f"{CSV}/")


def _table(written: Written, plain: Sequence[Written]) -> dict[str, Any]:
    table = written.table
    schema: dict[str, Any] = {"columns": [_column(written, column) for column in table.columns]}
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    urls = {one.table.name: _url(one) for one in plain}
    always = {one.name for one in table.columns if one.required}
    # The standard's tools refuse an empty cell of a foreign key.
    references = [
        one for one in within([one.table for one in plain], table) if always.issuperset(one.columns)
    ]
    if references:
        schema["foreignKeys"] = [
            {
                "columnReference": list(one.columns),
                "reference": {"resource": urls[one.table], "columnReference": list(one.theirs)},
            }
            for one in references
        ]
    return {
        "url": _url(written),
        "dc:title": table.name,
        "dc:description": table.text,
        "tableSchema": schema,
    }


def _column(written: Written, column: Column) -> dict[str, Any]:
    datatype: Any = _DATATYPES[column.logical]
    if column.values and column.logical == "string":
        datatype = {"base": "string", "format": "|".join(re.escape(str(one)) for one in column.values)}
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.text,
        "datatype": datatype,
        # The standard takes an empty cell for a missing value if nothing is said. No cell of such a column is missing.
        "null": written.missing(column) or [_NEVER],
    }
    if column.required:
        described["required"] = True
    if column.unit:
        described["dc:extent"] = column.unit
    return described
