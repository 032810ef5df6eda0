"""`data-dictionary.csv`: every column of every table of a package, for people who look it up in a spreadsheet.

Belongs here: that file. Does not belong here: the metadata that programs read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from civic_assets.package.described import Column, within
from civic_assets.package.tables import CSV, Written

NAME = "data-dictionary.csv"
"""Name of the file."""
_HEADERS = (
    "table", "position", "column", "meaning", "type", "type_in_csv", "unit", "always_has_a_value", "part_of_key",
    "unique", "values", "missing_in_csv", "refers_to", "deprecated",
)  # fmt: skip


def data_dictionary(tables: Sequence[Written]) -> str:
    """The file, with a row for each column.

    Args:
        tables: Tables as they were written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADERS)
    present = [one.table for one in tables]
    for written in tables:
        references = {
            one.columns: f"{one.table}({', '.join(one.theirs)})" for one in within(present, written.table)
        }
        for position, column in enumerate(written.table.columns, 1):
            leads = "; ".join(target for columns, target in references.items() if column.name in columns)
            writer.writerow(_row(written, position, column, leads))
    return text.getvalue()


def _row(written: Written, position: int, column: Column, leads: str) -> tuple[str | int, ...]:
    yes = {True: "yes", False: "no"}
    return (
        written.table.name, position, column.name, column.text, column.physical,
        _type_in_csv(column) if CSV in written.files else "",
        column.unit, yes[column.required], yes[column.name in written.table.key], yes[column.unique],
        ", ".join(map(str, column.values)), missing_words(written, column), leads, column.deprecated,
    )  # fmt: skip


def _type_in_csv(column: Column) -> str:
    return "JSON text" if column.nested else "text" if column.logical == "string" else column.logical


def missing_words(written: Written, column: Column) -> str:
    """What a CSV cell without a value looks like, in words."""
    if column.name in written.markers:
        return written.markers[column.name]
    if column.required:
        return "never; an empty cell is an empty text" if column.logical == "string" else "never"
    return (
        "never here; an empty cell is an empty text" if column.name in written.empty_texts else "empty cell"
    )
