"""Putting what was made of the new releases into a copy of the last read model, instead of the rows that it replaces.

Belongs here: which rows of each table of sources give way to those of the scratch database. Does not belong here:
making them (`source_tables`), and tables that are made again as a whole (`joined_tables`).

All rows of a source that is made again give way. Of a source to which releases are added, it depends on the table:
nothing, where a row is about a single release; the rows of the periods or years concerned, where a row is chosen from
or added up from several releases; and all of the source, in small tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.harmonise.time.years import years_with
from civic_assets.publish.incremental.arrivals import Arrivals
from civic_assets.publish.incremental.source_tables import FRESH, MARKS, TOUCHED, listed
from civic_assets.publish.read_model.revised import revisions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OF_RELEASES = (
    "harmonised.observations",
    "quality.check_results",
    "quality.findings",
    "quality.corrections",
    "quality.implied_denominators",
    "quality.reclassified",
    "quality.release_changes",
    "quality.release_change_counts",
    "catalogue.printed_classes",
    "catalogue.printed_periods",
    "catalogue.releases",
    "catalogue.statements",
    "catalogue.notes",
    "catalogue.note_marks",
    "catalogue.note_effects",
    "catalogue.figure_classes",
    "catalogue.area_grounds",
)
"""Tables of which each row is about one release."""
OF_PERIODS = ("harmonised.age_bands", "quality.bias_panel")
"""Tables of which each row is chosen from all releases that print a period."""
OF_YEARS = ("harmonised.unified_sums", "harmonised.unified_differences")
"""Tables of which each row is made of all releases that print parts of a year."""
OF_SOURCES = (
    "quality.revision_summary",
    "quality.total_revisions",
    "catalogue.note_changes",
    "catalogue.categories",
    "catalogue.category_breakdowns",
)
"""Small tables, of which all rows of a source are replaced.

`quality.issues`, `quality.revisions`, `harmonised.unified_parts` and `catalogue.disclosure_rules` are replaced in other
ways, and the areas that are printed are put in before, because other tables read them.
"""
# What rules that judge source by source read in the scratch database.
_JUDGED = (
    "harmonised.observations",
    "harmonised.age_bands",
    "catalogue.figure_classes",
    "catalogue.area_grounds",
)


def replace(connection: DuckDBPyConnection, found: Arrivals, published: str) -> None:
    """Replace the last tables of some sources with those that `source_tables.make` has made.

    Args:
        connection: Connection to a copy of the last read model, with the scratch database.
        found: What is new.
        published: Name of the copy.
    """
    whole = f"source IN ({listed(found.whole)})"
    _mark(connection)
    for table in OF_RELEASES:
        connection.execute(f"DELETE FROM {table} WHERE {whole}")
        connection.execute(
            f"INSERT INTO {table} BY NAME FROM memory.{table} SEMI JOIN memory.{FRESH} USING (source, release)"
        )
    for table in OF_PERIODS:
        connection.execute(
            f"""DELETE FROM {table} WHERE {whole} OR (source, period_start, period_end)
                IN (SELECT (source, period_start, period_end) FROM memory.{TOUCHED})"""
        )
        connection.execute(f"INSERT INTO {table} BY NAME FROM memory.{table}")
    _replace_years(connection, found, whole)
    connection.execute(f"DELETE FROM quality.revisions WHERE {whole}")
    connection.execute("INSERT INTO quality.revisions BY NAME FROM memory.quality.revisions")
    _summarise(connection, found, published)
    for table in OF_SOURCES:
        connection.execute(f"DELETE FROM {table} WHERE source IN ({listed(found.sources)})")
        connection.execute(f"INSERT INTO {table} BY NAME FROM memory.{table}")
    connection.execute(f"DELETE FROM catalogue.disclosure_rules WHERE {whole}")
    connection.execute(_RULES)
    connection.execute(_ISSUES, [sorted(found.sources)])
    _show_all(connection, found, published)


def _mark(connection: DuckDBPyConnection) -> None:
    """Change the marks of figures that a newer release replaces, or no longer does."""
    first, last, number = connection.execute(
        f"SELECT min(place), max(place), count(*) FROM memory.{MARKS}"
    ).fetchone() or (0, 0, 0)
    if number:
        connection.execute(
            f"""UPDATE harmonised.observations SET newest = m.newest FROM memory.{MARKS} m
            WHERE harmonised.observations.rowid = m.place
                AND harmonised.observations.rowid BETWEEN {first} AND {last}"""
        )


def _replace_years(connection: DuckDBPyConnection, found: Arrivals, whole: str) -> None:
    connection.execute(
        "CREATE TABLE memory.touched_years (source VARCHAR, period_start DATE, period_end DATE)"
    )
    years = _years(connection)
    if years:
        connection.executemany("INSERT INTO memory.touched_years VALUES (?, ?, ?)", years)
    # Of the years concerned, every way of every source that is made again is made again.
    gone = f"""({whole} OR (source, period_start, period_end)
        IN (SELECT (source, period_start, period_end) FROM memory.touched_years))"""
    of_parts = f"made_from IN (SELECT made_from FROM harmonised.unified_sums WHERE {gone})"
    _exchange(connection, "harmonised.unified_parts", of_parts)
    for table in OF_YEARS:
        _exchange(connection, table, gone)


def _exchange(connection: DuckDBPyConnection, table: str, gone: str) -> None:
    """Replace rows by those of the scratch database. Rows that are the same in both stay where they are.

    A row that is deleted and put in again makes DuckDB write all rows around it again.

    Args:
        connection: Connection to a copy of the last read model, with the scratch database.
        table: A table without equal rows.
        gone: Condition of the rows that give way.
    """
    columns = connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()
    equal = " AND ".join(f'o."{name}" IS NOT DISTINCT FROM n."{name}"' for (name,) in columns)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE same_rows AS SELECT o.place, n.copy
        FROM (SELECT *, rowid AS place FROM {table} WHERE {gone}) o
        JOIN (SELECT *, rowid AS copy FROM memory.{table}) n ON {equal}"""
    )
    connection.execute(f"DELETE FROM {table} WHERE {gone} AND rowid NOT IN (SELECT place FROM same_rows)")
    connection.execute(
        f"""INSERT INTO {table} BY NAME
        FROM memory.{table} WHERE rowid NOT IN (SELECT copy FROM same_rows)"""
    )
    connection.execute("DROP TABLE same_rows")


def _years(connection: DuckDBPyConnection) -> Sequence[list[str | date]]:
    """Source, first day, and day after the last, of the years that contain a period of a new figure."""
    rows = connection.execute(_FRESH_PERIODS).fetchall()
    return [
        [source, year.start, year.end]
        for source in sorted({source for source, _, _ in rows})
        for year in years_with([(start, end) for one, start, end in rows if one == source])
    ]


def _summarise(connection: DuckDBPyConnection, found: Arrivals, published: str) -> None:
    """Count the revisions of the sources concerned again; what is counted is small, but it is about all releases."""
    of_sources = f"source IN ({listed(found.sources)})"
    connection.execute(
        f"""INSERT INTO memory.quality.total_revisions BY NAME FROM quality.total_revisions
        WHERE source IN ({listed(found.added)}) AND n_first_classes IS NOT NULL"""
    )
    connection.execute("USE memory")
    connection.execute("DROP TABLE quality.revisions")
    connection.execute(
        f"CREATE VIEW quality.revisions AS FROM {published}.quality.revisions WHERE {of_sources}"
    )
    revisions.summarise(connection)
    connection.execute(f"USE {published}")


def _show_all(connection: DuckDBPyConnection, found: Arrivals, published: str) -> None:
    """Let the scratch database show everything of the sources concerned, for the rules that judge them."""
    of_sources = f"source IN ({listed(found.sources)})"
    connection.execute("DROP VIEW memory.harmonised.latest")
    for table in _JUDGED:
        connection.execute(f"DROP TABLE memory.{table}")
        connection.execute(f"CREATE VIEW memory.{table} AS FROM {published}.{table} WHERE {of_sources}")
    connection.execute(
        f"""CREATE VIEW memory.harmonised.latest AS SELECT * EXCLUDE (release_order, newest)
        FROM {published}.harmonised.observations WHERE newest AND {of_sources}"""
    )


_FRESH_PERIODS = f"""SELECT DISTINCT source, period_start, period_end
FROM memory.catalogue.printed_periods SEMI JOIN memory.{FRESH} USING (source, release)
WHERE source IN (SELECT source FROM memory.{TOUCHED})"""
_RULES = """INSERT INTO catalogue.disclosure_rules BY NAME
FROM memory.catalogue.disclosure_rules ANTI JOIN catalogue.disclosure_rules USING (source, table_id, measure)"""
# Kinds are numbered by source first, so the numbers within a source keep their order.
_ISSUES = """CREATE OR REPLACE TABLE quality.issues AS
SELECT * REPLACE (dense_rank() OVER (ORDER BY source, kind)::INTEGER AS kind)
FROM (FROM quality.issues WHERE source NOT IN (SELECT unnest(?)) UNION ALL BY NAME FROM memory.quality.issues)
ORDER BY kind, position"""
