"""Flows of every source for the same years: `harmonised.unified_periods`, and the tables that it is made of.

Belongs here: the tables `harmonised.unified_sums`, `unified_parts` and `unified_differences` with the views
`unified_periods` and `unified_figures`. Does not belong here: which years are made of which releases
(`civic_assets.harmonise.time.years`), what may be added up and how (`choices`, `aggregation`, `complete_sums`), and the
rules over these tables (`civic_assets.quality.published.unified`).

The years are calendar, financial (April to March) and academic years (September to August) and years that end with a
quarter. A figure that a publisher prints for such a year is shown as printed. Everything else is a sum of months,
quarters or terms of the newest release that holds the whole year. If no release does, each part comes from the newest
release that has it, and `basis` says so. If a second way to the same figure gives another number, it has a row in
`unified_differences`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.harmonise.measures.wholes import REPORTER_SQL
from civic_assets.harmonise.time.aggregation import AGGREGATED, chosen_table, sum_chosen
from civic_assets.harmonise.time.choices import Subject, chosen_part
from civic_assets.harmonise.time.years import (
    PARTS,
    Way,
    YearsPlan,
    absent_is_zero,
    number_of,
    plan_of_years,
)
from civic_assets.publish.profiles.break_notes import cross_breaks
from civic_assets.values.periods import Period

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_unified_periods(
    connection: DuckDBPyConnection, breaks: Sequence[Break], plan: YearsPlan | None = None
) -> None:
    """Create the tables and the views.

    Args:
        connection: Connection to a read model with `harmonised.latest`, `harmonised.figures_in_use`,
            `catalogue.figure_classes`, `catalogue.area_grounds`, `catalogue.printed_areas`, `catalogue.printed_periods`
            and `harmonised.profile_areas`.
        breaks: All dated breaks; those within a year are named with its figures.
        plan: The years; all years of the sources in `catalogue.printed_periods` if None.
    """
    for statement in (_SUMS, _PIECES, _DIFFERENCES):
        connection.execute(statement)
    made = plan or plan_of_years(periods_held(connection))
    for source, ways in groupby(made.ways, key=lambda way: way.subject.source):
        _add(connection, source, list(ways), [one for one in made.known if one[0].source == source], breaks)
    connection.execute(_PERIODS)
    connection.execute(_FIGURES)


def periods_held(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Periods of the flows that add up to years, as `ways_to_years` takes them.

    Args:
        connection: Connection to a read model with `catalogue.printed_periods`.
    """
    kinds = ", ".join(f"'{kind}'" for kind in PARTS)
    table: list[dict[str, Any]] = (
        connection.sql(
            f"""SELECT DISTINCT source, measure, unit, statistic, release, period_start, period_end, period_kind
        FROM catalogue.printed_periods WHERE statistic = 'flow' AND unit = 'count' AND period_kind IN ({kinds})
        ORDER BY ALL"""
        )
        .to_arrow_table()
        .to_pylist()
    )
    return table


def _add(
    connection: DuckDBPyConnection,
    source: str,
    ways: Sequence[Way],
    known: Sequence[tuple[Subject, Period, str]],
    breaks: Sequence[Break],
) -> None:
    import pyarrow as pa

    chosen = [
        chosen_part(
            number_of(way),
            way.whole,
            way.subject,
            period,
            release,
            absent_is_zero=absent_is_zero(way.subject, release),
        )
        for way in ways
        for period, release in way.parts
    ]
    # Parts of no whole: they only show which classes and areas their release prints.
    chosen += [
        chosen_part(None, period, subject, period, release, absent_is_zero=False)
        for subject, period, release in known
    ]
    connection.register("unified_chosen", chosen_table(chosen))
    about = [{"whole": number_of(way), "basis": str(way.basis), "shown": way.shown} for way in ways]
    connection.register("unified_ways", pa.Table.from_pylist(about))
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW unified_source AS
        SELECT * FROM harmonised.figures_in_use WHERE source = '{source.replace("'", "''")}'"""
    )
    sum_chosen(connection, "unified_source", "unified_chosen", "unified_made", ("quality",))
    cross_breaks(connection, "sum_cells", "unified_made", "unified_breaks", breaks)
    for statement in (_LOSERS, _PRINTED, _ADD_SUMS, _ADD_PARTS, _ADD_DIFFERENCES):
        connection.execute(statement)
    connection.execute("DROP VIEW unified_source")
    for name in (
        "sum_cells",
        *(f"unified_{name}" for name in ("made", "losers", "printed", "breaks_cells", "breaks")),
    ):
        connection.execute(f"DROP TABLE {name}")
    for name in ("chosen", "ways"):
        connection.unregister(f"unified_{name}")


_SUMS = """CREATE TABLE harmonised.unified_sums (source VARCHAR, release VARCHAR, releases VARCHAR[], measure VARCHAR,
    area_code VARCHAR, area_name VARCHAR, area_type VARCHAR, period_start DATE, period_end DATE, period_kind VARCHAR,
    statistic VARCHAR, breakdown VARCHAR, unit VARCHAR, value DOUBLE, status VARCHAR, quality VARCHAR, reason VARCHAR,
    basis VARCHAR, n_parts INTEGER, n_zero_rows INTEGER, made_from BIGINT, breaks VARCHAR[], synthetic BOOLEAN)"""

_PIECES = """CREATE TABLE harmonised.unified_parts (made_from BIGINT, position INTEGER, release VARCHAR,
    period_start DATE, period_end DATE, period_kind VARCHAR)"""

_DIFFERENCES = """CREATE TABLE harmonised.unified_differences (source VARCHAR, measure VARCHAR, breakdown VARCHAR,
    unit VARCHAR, statistic VARCHAR, area_code VARCHAR, area_name VARCHAR, period_start DATE, period_end DATE,
    value DOUBLE, method VARCHAR, releases VARCHAR[], other_value DOUBLE, other_method VARCHAR,
    other_releases VARCHAR[])"""

# The few years that are made, so that DuckDB need not search all figures for them.
_YEARS = """SELECT DISTINCT source, measure, unit, statistic, whole_start AS period_start, whole_end AS period_end"""

# If files of several lines (forces and partnerships; a historical file and the last 24 months) make the same year, the
# newest of them supplies all of a whole, as in `harmonised.latest`.
_LOSERS = f"""CREATE TEMP TABLE unified_losers AS
WITH contested AS (
    SELECT unnest(list(whole)) AS whole
    FROM ({_YEARS}, whole FROM unified_chosen JOIN unified_ways USING (whole) WHERE shown)
    GROUP BY source, measure, unit, statistic, period_start, period_end HAVING count(*) > 1
),
printed AS (SELECT * FROM catalogue.printed_areas WHERE source = (SELECT any_value(source) FROM unified_chosen)),
orders AS (SELECT release, min(release_order) AS release_order FROM printed GROUP BY release),
rows AS (
    SELECT m.whole, m.cell, n.source, n.unit, n.statistic, m.period_start, m.period_end, n.breakdown, n.area_code,
        c.family, c.scheme, g.ground, o.release_order, p.parent_code
    FROM unified_made m JOIN contested USING (whole) JOIN sum_cells n USING (cell)
    JOIN orders o ON o.release = m.releases[-1]
    JOIN catalogue.figure_classes c ON c.source = n.source AND c.release = o.release AND c.measure = n.measure
     AND c.breakdown = n.breakdown
    JOIN catalogue.area_grounds g ON g.source = n.source AND g.release = o.release AND g.area_code = n.area_code
    LEFT JOIN printed p
      ON p.area_code = n.area_code AND p.release = o.release
),
prints AS (
    SELECT source, family, scheme, unit, statistic, period_start, period_end, ground, release_order FROM rows
    UNION
    SELECT source, family, scheme, unit, statistic, period_start, period_end, 'within ' || parent_code, release_order
    FROM rows WHERE parent_code IS NOT NULL
),
newest AS (
    SELECT source, family, scheme, unit, statistic, period_start, period_end, ground, max(release_order) AS newest
    FROM prints GROUP BY ALL
)
SELECT whole, cell FROM rows
JOIN newest USING (source, family, scheme, unit, statistic, period_start, period_end, ground)
QUALIFY release_order < newest OR release_order < max(release_order) FILTER (release_order >= newest) OVER (
    PARTITION BY source, family, scheme, unit, statistic, period_start, period_end, area_code, {REPORTER_SQL})"""

# The publisher's own figures for the same years; only a source that prints both has any.
_PRINTED = f"""CREATE TEMP TABLE unified_printed AS
SELECT c.cell, o.period_start, o.period_end, o.value, o.release
FROM harmonised.latest o
SEMI JOIN ({_YEARS} FROM unified_chosen) USING (source, measure, unit, statistic, period_start, period_end)
JOIN sum_cells c USING (source, measure, unit, statistic, breakdown, area_code)"""

_ADD_SUMS = """INSERT INTO harmonised.unified_sums BY NAME
SELECT source, array_to_string(releases, '+') AS release, releases, measure, area_code, area_name, area_type,
    period_start, period_end, period_kind, statistic, breakdown, unit, value, status,
    CASE WHEN contains(reason, 'disputed') THEN 'disputed' ELSE 'ok' END AS quality, reason, basis, n_parts,
    n_zero_rows, whole AS made_from, b.breaks, (SELECT bool_or(synthetic) FROM unified_source) AS synthetic
FROM unified_made JOIN unified_ways USING (whole)
JOIN sum_cells USING (cell)
LEFT JOIN unified_breaks_cells USING (cell)
LEFT JOIN unified_breaks b USING (kind, place, period_start, period_end)
ANTI JOIN unified_losers USING (whole, cell)
ANTI JOIN unified_printed USING (cell, period_start, period_end)
WHERE shown
ORDER BY position, period_end, period_start"""

_ADD_PARTS = """INSERT INTO harmonised.unified_parts
SELECT whole, row_number() OVER (PARTITION BY whole ORDER BY part_start, part_end), release, part_start, part_end,
    part_kind
FROM unified_chosen
SEMI JOIN (SELECT DISTINCT made_from AS whole FROM harmonised.unified_sums) USING (whole)
ORDER BY ALL"""

_ADD_DIFFERENCES = """INSERT INTO harmonised.unified_differences BY NAME
WITH made AS (
    SELECT whole, cell, period_start, period_end, value, basis, releases, shown
    FROM unified_made JOIN unified_ways USING (whole) WHERE value IS NOT NULL
),
shown AS (
    SELECT cell, period_start, period_end, value, 'published' AS method, [release] AS releases
    FROM unified_printed WHERE value IS NOT NULL
    UNION ALL
    SELECT cell, period_start, period_end, value, basis, releases FROM made
    ANTI JOIN unified_losers USING (whole, cell) ANTI JOIN unified_printed USING (cell, period_start, period_end)
    WHERE shown
)
SELECT c.* EXCLUDE (cell, position, area_type), period_start, period_end, s.value, s.method, s.releases,
    o.value AS other_value, o.basis AS other_method, o.releases AS other_releases
FROM shown s JOIN made o USING (cell, period_start, period_end) JOIN sum_cells c USING (cell)
WHERE (s.method = 'published' OR NOT o.shown) AND s.value <> o.value
ORDER BY position, period_end, other_method"""

_FRAMES = """CASE month(period_start) WHEN 1 THEN ['calendar_year', 'rolling_year']
        WHEN 4 THEN ['financial_year', 'rolling_year'] WHEN 9 THEN ['academic_year'] ELSE ['rolling_year'] END"""
_YEAR = """statistic = 'flow' AND day(period_start) = 1 AND month(period_start) IN (1, 4, 7, 9, 10)
    AND period_end = period_start + INTERVAL 1 YEAR"""
_PART = """{{'figure': harmonised.figure_id(source, measure, breakdown, unit, statistic, area_code, {start}, {end})
        || '@' || {release}, 'period_start': {start}, 'period_end': {end}, 'release': {release}}}"""

_OF_PARTS = _PART.format(start="part.period_start", end="part.period_end", release="part.release")

_PERIODS = f"""CREATE VIEW harmonised.unified_periods AS
SELECT source, release, releases, measure, area_code, area_name, area_type, period_start, period_end, period_kind,
    {_FRAMES} AS timeframes, statistic, breakdown, unit, value, status, quality, reason, '{AGGREGATED}' AS method,
    basis, n_parts, n_zero_rows,
    list_transform(parts, lambda part: {_OF_PARTS}) AS parts, breaks, synthetic
FROM harmonised.unified_sums JOIN (
    SELECT made_from, list({{'period_start': period_start, 'period_end': period_end, 'release': release}}
        ORDER BY position) AS parts FROM harmonised.unified_parts GROUP BY made_from) USING (made_from)
UNION ALL BY NAME
SELECT source, release, [release] AS releases, measure, area_code, area_name, area_type, period_start, period_end,
    ({_FRAMES})[1] AS period_kind, {_FRAMES} AS timeframes, statistic, breakdown, unit, value, status, quality,
    'published' AS method, 'one_release' AS basis, 1 AS n_parts, 0 AS n_zero_rows,
    [{_PART.format(start="period_start", end="period_end", release="release")}] AS parts, synthetic
FROM harmonised.latest WHERE {_YEAR}"""

_FIGURES = """CREATE VIEW harmonised.unified_figures AS
SELECT s.source, s.measure, s.area_code, s.breakdown, s.unit, s.statistic, s.period_start, s.period_end, p.position,
    o.release, o.period_start AS part_start, o.period_end AS part_end, o.value, o.status, o.quality, o.locator,
    harmonised.figure_id(o.source, o.measure, o.breakdown, o.unit, o.statistic, o.area_code, o.period_start,
        o.period_end) AS figure_id
FROM harmonised.unified_sums s JOIN harmonised.unified_parts p USING (made_from)
JOIN harmonised.figures_in_use o ON o.source = s.source AND o.release = p.release AND o.measure = s.measure
 AND o.breakdown = s.breakdown AND o.unit = s.unit AND o.statistic = s.statistic AND o.area_code = s.area_code
 AND o.period_start = p.period_start AND o.period_end = p.period_end"""
