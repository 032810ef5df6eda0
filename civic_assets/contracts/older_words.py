"""Contracts that use words of the standard in the sense that this program once gave them.

Belongs here: telling such a table from others, and saying what to write instead. Does not belong here: what may be
written today (`models`), and reading a contract (`build`, which reads these as before).

The Open Data Contract Standard calls the printed header of a column `physicalName`, and `required` means that no cell
is empty. Contracts used to have the header in `businessName`, and `required: true` meant that every file prints the
column. They also gave the type of the figure, where the standard means the type of what is in the file: a column in
which some cells hold a mark such as `c` is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"YYYY|[<>*{}]")
_NUMBERS = ("integer", "number")


def in_older_words(table: Mapping[str, Any]) -> bool:
    """Whether a table has its printed headers in `businessName`, and `required` is therefore about columns.

    Args:
        table: An entry of `schema` as plain values.
    """
    columns = table["properties"]
    return (
        any("businessName" in column for column in columns)
        and not any("physicalName" in column for column in columns)
        and "mayBeAbsent" not in _property(table, "layout", {})
    )


def advice(document: Mapping[str, Any]) -> Iterator[str]:
    """What a contract should say in the standard's words; nothing for one that does.

    Args:
        document: The contract as plain values.
    """
    if document["schema"] and not document.get("servers"):
        yield (
            "names no server, so the standard's tools cannot test a file under it. Add servers: "
            "[{server: tables, type: local, path: '${CIVIC_TABLES}/{model}.csv', format: csv}]."
        )
    marks_of_contract = _property(document, "symbols", ())
    for index, table in enumerate(document["schema"]):
        where, layout = f"schema[{index}] ({table['name']})", _property(table, "layout", {})
        if in_older_words(table):
            absent = [column["name"] for column in table["properties"] if not column.get("required")]
            yield (
                f"{where} has its printed headers in businessName, and is read so. In the standard's words the header "
                "is physicalName, and required: true says that no cell is empty. Rename businessName to physicalName, "
                f"keep required: true where no cell is empty, and add mayBeAbsent: [{', '.join(absent)}] to the "
                "layout: the columns that a file may lack."
            )
        if _PLACEHOLDER.search(table.get("physicalName") or ""):
            yield (
                f"{where} has a pattern as its physicalName ({table['physicalName']}). Give the table one name there, "
                "and write the pattern as printedAs in the layout."
            )
        marks = [one["mark"] for one in layout.get("symbols", marks_of_contract) if one["mark"]]
        numbers = [
            column["name"]
            for column in table["properties"]
            if column.get("logicalType") in _NUMBERS and column["name"] not in layout.get("keys", ())
        ]
        if marks and numbers:
            yield (
                f"{where} prints marks ({', '.join(marks)}) instead of numbers, so these columns hold text in the "
                f"file: {', '.join(numbers)}. Write logicalType: string there, with a pattern for a number or a mark "
                "in logicalTypeOptions. The figures are read as before."
            )


def _property(element: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    return next(
        (one["value"] for one in element.get("customProperties", ()) if one["property"] == name), otherwise
    )
