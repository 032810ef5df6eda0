"""The house numbers of the read model, as the report shows them.

Belongs here: reading `catalogue.house_numbers`, grouping it by subject, and finding the numbers that a check uses. Does
not belong here: the numbers (`civic_assets.house_numbers`), their table (`civic_assets.publish.house_numbers`) and the
HTML (`templates/`). A read model that an older program made has no such table, and its report no such page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.reading import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BIAS = "bias_register"
_PROGRAM = "civic_assets."
# What decides about figures comes before what decides about files and lists.
_ORDER = (
    "comparability", "revisions", "statistics", "completeness", "arithmetic", "localisation", "disclosure", "calendar",
    "recognition", "file_limits", "listing", "display",
)  # fmt: skip
_THERE = "SELECT count(*) AS n FROM duckdb_tables() WHERE schema_name = 'catalogue' AND table_name = 'house_numbers'"
_NUMBERS = "SELECT * FROM catalogue.house_numbers"


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """The numbers of one subject.

    Args:
        subject: Its name in the table: of a module of the register, `bias_register`, or a source.
        title: Heading of its section.
        declared_in: Module or file that declares them.
        numbers: Rows of the table.
    """

    subject: str
    title: str
    declared_in: str
    numbers: Sequence[Row]


def read_numbers(connection: DuckDBPyConnection) -> list[NumberGroup]:
    """The numbers by subject: those of the program, of the bias register, and of each source's contract.

    Args:
        connection: Read-only connection to `civic.duckdb`.
    """
    (there,) = rows_of(connection, _THERE)
    if not there["n"]:
        return []
    rows = rows_of(connection, _NUMBERS)
    rows.sort(key=lambda row: (_place(row), row["subject"]))
    return [
        NumberGroup(subject, _title(subject, own), own[0]["module"], own)
        for subject, group in groupby(rows, key=lambda row: str(row["subject"]))
        for own in [list(group)]
    ]


def numbers_of_checks(groups: Sequence[NumberGroup]) -> Mapping[str, Sequence[str]]:
    """Names of the numbers that each check uses, by its id; thresholds of single sources are left out."""
    found: dict[str, list[str]] = {}
    for group in groups:
        for row in group.numbers:
            if row["module"].startswith(_PROGRAM) or row["subject"] == _BIAS:
                for check in row["checks"]:
                    found.setdefault(check, []).append(row["name"])
    return found


def _place(row: Row) -> int:
    if row["module"].startswith(_PROGRAM):
        return _ORDER.index(row["subject"]) if row["subject"] in _ORDER else len(_ORDER)
    return len(_ORDER) + (1 if row["subject"] == _BIAS else 2)


def _title(subject: str, rows: Sequence[Row]) -> str:
    if _place(rows[0]) == len(_ORDER) + 2:
        return f"Thresholds of {subject}"
    return subject.replace("_", " ").capitalize()
