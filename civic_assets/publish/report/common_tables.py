"""What the tables that bring sources to the same years, ages and categories hold, for the report.

Belongs here: counting their rows, and taking their description from the read model. Does not belong here: making these
tables (`civic_assets.publish.unified`), and the HTML (`templates/`). A table that the read model lacks, because an
older program made it, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.reading import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class CommonTable:
    """One of these tables, as the report shows it.

    Args:
        name: Schema and name of the table.
        title: Heading of its section.
        about: Description from `catalogue.tables`.
        row: What one row of the table is.
        n_rows: Number of its rows.
        headings: Headings of the counts, in the order of their columns.
        counts: Counts by source, each in the order of `headings`.
        columns: Its columns with type, unit and description.
    """

    name: str
    title: str
    about: str
    row: str
    n_rows: int
    headings: Sequence[str]
    counts: Sequence[Sequence[object]]
    columns: Sequence[Row]


@dataclass(frozen=True, slots=True)
class _Asked:
    title: str
    headings: tuple[str, ...]
    sql: str


_TABLES = {
    "harmonised.unified_periods": _Asked(
        "The same years",
        ("Source", "Kind of year", "Measures", "Areas", "First day", "Last day", "Figures", "Added up here",
         "Without a value"),
        """SELECT source, timeframe, count(DISTINCT measure), count(DISTINCT area_code), min(period_start),
            max(period_end) - 1, count(*), count(*) FILTER (n_parts > 1), count(*) FILTER (value IS NULL)
        FROM (SELECT *, unnest(timeframes) AS timeframe FROM harmonised.unified_periods)
        GROUP BY source, timeframe ORDER BY source, timeframe""",
    ),
    "harmonised.age_bands": _Asked(
        "The same ages",
        ("Source", "Measure", "Bands", "Areas", "First day", "Last day", "Figures", "Added up here", "Without a value"),
        """SELECT source, measure, count(DISTINCT (age_from, age_to)), count(DISTINCT area_code), min(period_start),
            max(period_end) - 1, count(*), count(*) FILTER (n_parts > 1), count(*) FILTER (value IS NULL)
        FROM harmonised.age_bands GROUP BY source, measure ORDER BY source, measure""",
    ),
    "catalogue.categories": _Asked(
        "The same categories",
        ("Source", "Breakdown", "Words", "Exact", "Narrower", "Broader", "Not comparable", "Unknown"),
        """SELECT source, key, count(*), count(*) FILTER (fit = 'exact'), count(*) FILTER (fit = 'narrower'),
            count(*) FILTER (fit = 'broader'), count(*) FILTER (fit = 'not_comparable'),
            count(*) FILTER (fit = 'unknown')
        FROM catalogue.categories GROUP BY source, key ORDER BY source, key""",
    ),
}  # fmt: skip
_ABOUT = """SELECT description, one_row_is FROM catalogue.tables
WHERE schema_name || '.' || table_name = ?"""
_COLUMNS = """SELECT column_name, data_type, description, unit FROM catalogue.columns
WHERE schema_name || '.' || table_name = ? ORDER BY position"""


def _number_of_rows(connection: DuckDBPyConnection, table: str) -> int:
    # catalogue.tables does not count the rows of a view.
    (row,) = rows_of(connection, f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


def read_common_tables(connection: DuckDBPyConnection) -> list[CommonTable]:
    """The tables that are there, in the order in which the report shows them.

    Args:
        connection: Read-only connection to `civic.duckdb`.
    """
    found = []
    for name, asked in _TABLES.items():
        for about in rows_of(connection, _ABOUT, [name]):
            found.append(
                CommonTable(
                    name,
                    asked.title,
                    about["description"],
                    about["one_row_is"],
                    _number_of_rows(connection, name),
                    asked.headings,
                    connection.execute(asked.sql).fetchall(),
                    rows_of(connection, _COLUMNS, [name]),
                )
            )
    return found
