"""Recorded crime of other publishers compared with that of ONS: `harmonised.recorded_crime_beside`.

Belongs here: adding up the classes, months and areas of the Metropolitan Police, of data.police.uk and of the Home
Office to the groups, years and areas of ONS, and the ratio. Does not belong here: which class belongs to which group
(`civic_assets.harmonise.measures.recorded_crime`), and whether two figures may be compared
(`civic_assets.harmonise.comparability.verdict`).

A sum is from one release, so that no revision separates its parts. It is made only if the release holds the whole year,
by the rule of every sum over time (`alignment.not_one_whole`), and only from figures that have a value and are not
disputed. The two figures are shown next to each other; neither is corrected by the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.time.alignment import not_one_whole
from civic_assets.publish.read_model.connection import create_table, insert_rows
from civic_assets.values.periods import LENGTHS, Period, PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ONS = ("ons_csp", "ons_pfa")
"""Sources whose measures are the groups of the tree."""


def create(connection: DuckDBPyConnection) -> None:
    """Create `harmonised.recorded_crime_classes` and `harmonised.recorded_crime_beside`.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
    """
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
    add(connection)


def remake(connection: DuckDBPyConnection, sources: Collection[str]) -> None:
    """Make the rows of some sources again, whose figures are set against those of ONS, which stay.

    Args:
        connection: Connection to a read model with the tables of `create`.
        sources: The sources; none of ONS.
    """
    listed = sorted(sources)
    connection.execute(
        "DELETE FROM harmonised.recorded_crime_classes WHERE source IN (SELECT unnest(?))", [listed]
    )
    connection.execute(
        "DELETE FROM harmonised.recorded_crime_beside WHERE other_source IN (SELECT unnest(?))", [listed]
    )
    add(connection, sources)


def add(connection: DuckDBPyConnection, sources: Collection[str] | None = None) -> None:
    """Add the rows of sources to the two tables.

    Args:
        connection: Connection to a read model with the tables, which have no rows of these sources.
        sources: Sources whose figures are set against those of ONS; all if None.
    """
    from civic_assets.harmonise.measures.recorded_crime import crime_tree

    tree = crime_tree()
    summed = sorted(
        source
        for source in {source for scheme in tree.schemes if scheme.sums for source in scheme.sources}
        if sources is None or source in sources
    )
    found = connection.execute(
        "SELECT DISTINCT source, release, measure, breakdown FROM harmonised.observations "
        "WHERE source IN (SELECT unnest(?)) ORDER BY ALL",
        [summed],
    ).fetchall()
    insert_rows(connection, "harmonised.recorded_crime_classes", _classes(found))
    releases = sorted({(source, release) for source, release, _, _ in found})
    create_table(connection, "temp.crime_sums", _SUMS, _sums(releases))
    nodes = [{"node": node, "ancestor": above} for node in tree.parents for above in tree.ancestors(node)]
    create_table(connection, "temp.crime_nodes", "node VARCHAR, ancestor VARCHAR", nodes)
    areas = [
        {"source": source, "kind": kind}
        for scheme in tree.schemes
        for source, editions in scheme.sources.items()
        for kind in editions.adds_up_to
    ]
    create_table(connection, "temp.crime_areas", "source VARCHAR, kind VARCHAR", areas)
    connection.execute(_TARGETS)
    years = connection.execute(
        """SELECT DISTINCT period_start, period_end FROM crime_targets
        WHERE period_end - period_start IN (365, 366) ORDER BY ALL"""
    ).fetchall()
    printed = connection.sql(_PRINTED).to_arrow_table().to_pylist()
    create_table(connection, "temp.crime_sets", _SETS, _sets(printed, years))
    for statement in (_WITHIN, _LEFT_OUT, _BESIDE):
        connection.execute(statement)
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE temp.{name}")


_TEMPORARY = tuple(
    f"crime_{what}" for what in ("sums", "nodes", "areas", "targets", "sets", "within", "left_out")
)


_CLASSES = """source VARCHAR, release VARCHAR, scheme VARCHAR, measure VARCHAR, breakdown VARCHAR, node VARCHAR,
    relation VARCHAR, because VARCHAR"""
_SUMS = """source VARCHAR, release VARCHAR, scheme VARCHAR, node VARCHAR, relation VARCHAR, because VARCHAR,
    note VARCHAR, absent_is_zero BOOLEAN, release_per_period BOOLEAN"""


def _classes(rows: Iterable[tuple[str, str, str, str]]) -> Iterator[dict[str, Any]]:
    """Node of each class of each release; `unmapped` if no scheme has the class."""
    from civic_assets.harmonise.measures.recorded_crime import crime_tree, mapping_for, unmapped

    for source, release, measure, breakdown in rows:
        scheme = crime_tree().scheme_of(source, release)
        if scheme is None or (measure != scheme.measure and measure not in scheme.left_out):
            continue
        mapped = mapping_for(source, measure, breakdown, release)
        yield {
            "source": source,
            "release": release,
            "scheme": scheme.id,
            "measure": measure,
            "breakdown": breakdown,
            "node": mapped.measure if mapped else None,
            "relation": str(mapped.relation) if mapped else "unmapped",
            "because": mapped.because
            if mapped
            else unmapped([(source, release, measure, breakdown)])[0].message,
        }


def _sums(releases: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Nodes that each release can be added up to."""
    from civic_assets.harmonise.measures.recorded_crime import crime_tree

    for source, release in releases:
        scheme = crime_tree().scheme_of(source, release)
        for node in scheme.sums if scheme else ():
            formed = scheme.sum_of(node, source) if scheme else None
            if scheme and formed:
                yield {
                    "source": source,
                    "release": release,
                    "scheme": scheme.id,
                    "node": node,
                    "relation": str(formed.relation),
                    "because": formed.because,
                    "note": scheme.note,
                    "absent_is_zero": scheme.absent_is_zero,
                    "release_per_period": scheme.release_per_period,
                }


_OF_BESIDE = """area_code VARCHAR, area_name VARCHAR, measure VARCHAR, period_start DATE, period_end DATE,
    ons_source VARCHAR, ons_release VARCHAR, ons_value DOUBLE, other_source VARCHAR, other_release VARCHAR,
    other_value DOUBLE, ratio DOUBLE, left_out VARCHAR, relation VARCHAR, because VARCHAR, n_figures BIGINT,
    n_without_value BIGINT, statuses VARCHAR"""


_TABLES = {"harmonised.recorded_crime_classes": _CLASSES, "harmonised.recorded_crime_beside": _OF_BESIDE}


# The years, areas and groups of ONS: all groups of an area and year come from the newest release that prints any of
# them.
_TARGETS = f"""CREATE TEMP TABLE crime_targets AS
    SELECT o.source, o.release, o.measure, o.area_code, o.area_name, o.period_start, o.period_end, o.value, o.quality,
           o.status
    FROM harmonised.figures_in_use o
    WHERE o.source IN {ONS!r} AND o.unit = 'count' AND o.statistic = 'flow' AND o.breakdown = 'total'
      AND o.measure IN (SELECT node FROM crime_nodes)
    QUALIFY rank() OVER (PARTITION BY o.source, o.area_code, o.period_start, o.period_end ORDER BY o.release_order DESC)
            = 1
        AND row_number() OVER (
            PARTITION BY o.source, o.release, o.measure, o.area_code, o.period_start, o.period_end
            ORDER BY o.locator) = 1"""

# Sets of figures that may be added up: a release, or for a publisher with a release for each month, the newest release
# of each month of one force.
_PRINTED = """
    WITH printed AS (
        SELECT DISTINCT o.source, o.release, o.release_order, o.period_start AS part_start, o.period_end AS part_end
        FROM harmonised.observations o
        JOIN (SELECT DISTINCT source, release, measure FROM harmonised.recorded_crime_classes) c
          USING (source, release, measure)
        WHERE o.unit = 'count' AND o.statistic = 'flow'
    )
    SELECT p.*, f.release_per_period AS monthly,
           CASE WHEN monthly THEN regexp_extract(p.release, '^[0-9]{4}-[0-9]{2}-(.*?)(\\.r[0-9]+)?$', 1)
                ELSE p.release END AS part_set
    FROM printed p
    JOIN (SELECT DISTINCT source, release, release_per_period FROM crime_sums) f USING (source, release)
    QUALIFY NOT monthly
         OR p.release_order = max(p.release_order) OVER (PARTITION BY source, part_set, part_start, part_end)
    ORDER BY ALL"""
_SETS = """source VARCHAR, release VARCHAR, release_order INTEGER, part_start DATE, part_end DATE, monthly BOOLEAN,
    part_set VARCHAR, period_start DATE, period_end DATE, first_release VARCHAR, last_release VARCHAR"""


def _part(start: date, end: date) -> Period:
    """A part of a year, with the kind of period that its length gives."""
    days = (end - start).days
    kinds = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.ROLLING_YEAR)
    return Period(start, end, next(kind for kind in kinds if days <= LENGTHS[kind][1]))


def _sets(
    printed: Iterable[Mapping[str, Any]], years: Iterable[tuple[date, date]]
) -> Iterator[dict[str, Any]]:
    """The sets that cover every day of a year of ONS, with their releases and the parts of the year.

    Args:
        printed: Rows of `_PRINTED`.
        years: First day, and day after the last.
    """
    sets: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in printed:
        sets[row["source"], row["part_set"]].append(row)
    for start, end in years:
        whole = Period(start, end, PeriodKind.ROLLING_YEAR)
        for rows in sets.values():
            inside = [row for row in rows if start <= row["part_start"] and row["part_end"] <= end]
            parts = [_part(row["part_start"], row["part_end"]) for row in inside]
            if not_one_whole(parts, whole):
                continue
            releases = sorted(row["release"] for row in inside)
            for row in inside:
                yield {
                    **row,
                    "period_start": start,
                    "period_end": end,
                    "first_release": releases[0],
                    "last_release": releases[-1],
                }


# Figures of single classes within a year, for the area that they are about and for the one that contains it. If only
# points have places, the rows without a place give the force.
_WITHIN = """CREATE TEMP TABLE crime_within AS
    WITH figures AS MATERIALIZED (
        SELECT o.source, s.part_set, s.monthly, s.first_release, s.last_release, s.period_start, s.period_end,
               s.part_start, s.part_end, o.area_code, o.parent_code, o.value, o.quality, o.status,
               c.node, CASE WHEN c.node IS NULL
                            THEN {'measure': c.measure, 'breakdown': c.breakdown, 'because': c.because} END AS outside
        FROM harmonised.figures_in_use o
        JOIN crime_sets s ON o.source = s.source AND o.release = s.release
         AND o.period_start = s.part_start AND o.period_end = s.part_end
        JOIN harmonised.recorded_crime_classes c
          ON c.source = o.source AND c.release = o.release AND c.measure = o.measure AND c.breakdown = o.breakdown
        WHERE o.unit = 'count' AND o.statistic = 'flow'
    ),
    forces AS (
        SELECT source, part_set, max(parent_code) AS force FROM figures
        WHERE monthly AND regexp_matches(parent_code, '^(E23|W15)') GROUP BY ALL
    ),
    placed AS (
        SELECT * EXCLUDE (area_code, parent_code, monthly) FROM (
            SELECT figures.*, area_code AS place FROM figures WHERE NOT monthly
            UNION ALL SELECT figures.*, parent_code FROM figures WHERE NOT monthly AND parent_code <> area_code
            UNION ALL SELECT figures.*, force FROM figures JOIN forces USING (source, part_set) WHERE monthly)
    ),
    summed AS MATERIALIZED (
        SELECT p.* EXCLUDE (place, value, quality, status), place AS area_code, sum(value) AS value,
               count(*) AS n_figures, count(*) FILTER (value IS NULL OR quality <> 'ok') AS n_without_value,
               -- A DISTINCT over each group costs more than all the rest; hardly any figure is marked.
               list(status) FILTER (status IS NOT NULL) AS statuses
        FROM placed p
        WHERE (source, left(place, 3)) IN (SELECT (source, kind) FROM crime_areas)
          AND place IN (SELECT area_code FROM crime_targets)
        GROUP BY ALL
    ),
    -- An area of which some part of the year is absent has no sum.
    whole AS (
        SELECT source, part_set, area_code, period_start, period_end
        FROM (SELECT DISTINCT source, part_set, area_code, period_start, period_end, part_start, part_end FROM summed)
        GROUP BY ALL HAVING sum(part_end - part_start) = period_end - period_start
    )
    SELECT summed.* FROM summed JOIN whole USING (source, part_set, area_code, period_start, period_end)"""

_LEFT_OUT = """CREATE TEMP TABLE crime_left_out AS
    WITH kinds AS (
        SELECT source, part_set, area_code, period_start, period_end, outside.measure,
               outside.breakdown, outside.because, sum(value) AS value, sum(n_without_value) AS unknown
        FROM crime_within WHERE outside IS NOT NULL GROUP BY ALL
    )
    SELECT source, part_set, area_code, period_start, period_end, string_agg(
               CASE WHEN breakdown = 'total' THEN measure ELSE breakdown END || ': '
               || CASE WHEN unknown > 0 THEN 'not known' ELSE format('{:d}', value::BIGINT) END
               || ' (' || because || ')', ' | ' ORDER BY measure, breakdown) AS left_out
    FROM kinds GROUP BY ALL"""

_BESIDE = """INSERT INTO harmonised.recorded_crime_beside BY NAME
    WITH sets AS (
        SELECT source, part_set, area_code, period_start, period_end, min(first_release) AS first_release,
               max(last_release) AS last_release
        FROM crime_within GROUP BY ALL
    ),
    sums AS (
        SELECT w.source, w.part_set, w.area_code, w.period_start, w.period_end, n.ancestor AS measure,
               sum(w.value) AS value, sum(w.n_figures) AS n_figures, sum(w.n_without_value) AS n_without_value,
               array_to_string(list_sort(list_distinct(flatten(list(coalesce(w.statuses, []))))), ', ') AS statuses
        FROM crime_within w JOIN crime_nodes n ON n.node = w.node GROUP BY ALL
    ),
    beside AS (
        SELECT t.*, r.source AS other_source, r.first_release, r.last_release, k.relation, k.because, k.note,
               coalesce(s.n_figures, 0) AS n_figures, coalesce(s.n_without_value, 0) AS n_without_value, s.statuses,
               l.left_out,
               -- No row at all is zero only where the publisher says so; a figure without a value never is.
               CASE WHEN s.n_without_value > 0 THEN NULL
                    WHEN s.n_figures IS NULL AND k.absent_is_zero THEN 0 ELSE s.value END AS other_value
        FROM sets r
        JOIN crime_targets t USING (area_code, period_start, period_end)
        JOIN crime_sums k ON k.source = r.source AND k.release = r.last_release AND k.node = t.measure
        LEFT JOIN sums s ON (s.source, s.part_set, s.area_code, s.period_start, s.period_end, s.measure)
            = (r.source, r.part_set, r.area_code, r.period_start, r.period_end, t.measure)
        LEFT JOIN crime_left_out l ON (l.source, l.part_set, l.area_code, l.period_start, l.period_end)
            = (r.source, r.part_set, r.area_code, r.period_start, r.period_end) AND t.measure = 'total_recorded_crime'
    )
    SELECT area_code, area_name, measure, period_start, period_end, source AS ons_source, release AS ons_release,
           value AS ons_value, other_source,
           CASE WHEN first_release = last_release THEN last_release ELSE first_release || ' to ' || last_release END
               AS other_release,
           other_value, CASE WHEN value > 0 AND quality = 'ok' THEN other_value / value END AS ratio,
           coalesce(left_out, '') AS left_out, relation,
           concat_ws('; ', nullif(because, ''), note,
               CASE WHEN n_without_value > 0
                        THEN format('{} of {} figures have no usable value, so there is no sum', n_without_value,
                            n_figures)
                    WHEN other_value IS NULL THEN 'there is no figure for these classes, which does not mean zero' END,
               CASE WHEN statuses <> '' THEN 'some figures are marked ' || statuses END,
               CASE WHEN quality <> 'ok' THEN 'the figure of ONS is ' || quality
                    WHEN status = 'corrected' THEN 'a registered decision corrects the figure of ONS'
                    WHEN value IS NULL THEN 'ONS prints no value: ' || replace(status, '_', ' ') END) AS because,
           n_figures::BIGINT AS n_figures, n_without_value::BIGINT AS n_without_value, nullif(statuses, '') AS statuses
    FROM beside
    ORDER BY area_code, period_end, period_start, measure, ons_source, other_source, other_release"""
