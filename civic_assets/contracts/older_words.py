"""Contracts that use words of the standard in the sense that this program once gave them.

Belongs here: telling such a table from others, and saying what to write instead. Does not belong here: what may be
written today (`models`), and reading a contract (`build`, which reads these as before).

The Open Data Contract Standard calls the printed header of a column `physicalName`, and `required` means that no cell
is empty. Contracts used to have the header in `businessName`, and `required: true` meant that every file prints the
column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"YYYY|[<>*{}]")


def in_older_words(table: Mapping[str, Any]) -> bool:
    """Whether a table has its printed headers in `businessName`, so that `required` is about columns.

    Args:
        table: An entry of `schema` as plain values.
    """
    columns = table["properties"]
    return (
        any("businessName" in column for column in columns)
        and not any("physicalName" in column for column in columns)
        and "mayBeAbsent" not in _layout(table)
    )


def advice(document: Mapping[str, Any]) -> Iterator[str]:
    """What a contract should say in the standard's words, a sentence or two for each table.

    Args:
        document: The contract as plain values.
    """
    for index, table in enumerate(document["schema"]):
        where = f"schema[{index}] ({table['name']})"
        if in_older_words(table):
            absent = [column["name"] for column in table["properties"] if not column.get("required")]
            listed = f"mayBeAbsent: [{', '.join(absent)}]" if absent else "mayBeAbsent: []"
            yield (
                f"{where} has its printed headers in businessName, and is read so. In the standard's words the header is "
                f"physicalName, and required: true says that no cell is empty. Rename businessName to physicalName, keep "
                f"required: true where no cell is empty, and add {listed} to the layout: the columns that a file may lack."
            )
        if _PLACEHOLDER.search(table.get("physicalName") or ""):
            yield (
                f"{where} has a pattern as its physicalName ({table['physicalName']}). Give the table one name there, and "
                "write the pattern as printedAs of the layout."
            )


def _layout(table: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        (one["value"] for one in table.get("customProperties", ()) if one["property"] == "layout"), {}
    )
    return found
