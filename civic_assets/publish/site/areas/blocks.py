"""What a page of an area shows, as statements on the read model: the same rows make its key and its text.

Belongs here: the statements, loading the rows of many pages at once, and the hash of each page's rows. Does not
belong here: how rows become HTML (`page`, `tables`, `histories`).

Every statement gives rows with an `area_code`, the area whose page shows them. A page's key is the hash of all its
rows, so a column that is not shown must not be selected: pages that stay the same would be rendered again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.publish.site.areas.histories_tables import create_histories
from civic_assets.publish.site.areas.which_areas import create_areas

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Sequence[Row]]]
"""Rows by name of the block and code of the area."""

_LONDON, _ENGLAND = "E12000007", "E92000001"

_AREA = "SELECT area_code, area_name, kind, tier, synthetic FROM site_areas"

# Larger areas first, then those of the same ground, then smaller ones.
_AROUND = """WITH around AS (
    SELECT a.area_code, 1 AS place, 'country' AS relation, c.area_code AS other, '' AS coverage
    FROM catalogue.areas a JOIN catalogue.areas c
      ON c.area_type = 'country' AND c.area_code LIKE a.area_code[1] || '92%'
    WHERE a.area_type <> 'country'
    UNION ALL SELECT area_code, 2, 'region', region_code, '' FROM catalogue.areas WHERE region_code IS NOT NULL
    UNION ALL SELECT area_code, 3, 'county', county_code, '' FROM harmonised.profile_areas
        WHERE county_code IS NOT NULL
    UNION ALL SELECT a.area_code, 4, 'authority', a.parent_code, '' FROM catalogue.areas a
        WHERE a.area_type IN ('ward', 'lsoa', 'street_point')
    UNION ALL SELECT member_code, 5, 'police_force', container_code, coverage FROM catalogue.area_memberships
        WHERE container_type = 'police_force'
    UNION ALL SELECT a.area_code, 5, 'police_force', p.area_code, '' FROM catalogue.areas a
        JOIN catalogue.areas p ON p.area_code = a.parent_code AND p.area_type = 'police_force'
        WHERE a.area_type NOT IN ('ward', 'lsoa', 'street_point')
    UNION ALL SELECT member_code, 6, 'partnership', container_code, coverage FROM catalogue.area_memberships
        WHERE container_type = 'community_safety_partnership'
    UNION ALL SELECT container_code, 7, 'member', member_code, coverage FROM catalogue.area_memberships
    UNION ALL SELECT county_code, 7, 'member', area_code, '' FROM harmonised.profile_areas
        WHERE county_code IS NOT NULL AND valid_to IS NULL
    UNION ALL SELECT region_code, 7, 'member', area_code, '' FROM catalogue.areas
        WHERE region_code IS NOT NULL AND area_type = 'local_authority' AND valid_to IS NULL
    UNION ALL SELECT parent_code, 8, 'ward', area_code, '' FROM catalogue.areas WHERE area_type = 'ward'
)
SELECT r.area_code, r.place, r.relation, r.other, o.area_name AS other_name, max(r.coverage) AS coverage,
    CASE WHEN r.relation = 'ward' THEN o.seen_to END AS seen_to, p.area_code IS NOT NULL AS has_page
FROM around r JOIN site_areas s ON s.area_code = r.area_code JOIN catalogue.areas o ON o.area_code = r.other
LEFT JOIN site_areas p ON p.area_code = r.other
WHERE r.other <> r.area_code AND (r.relation NOT IN ('member', 'ward') OR p.area_code IS NOT NULL)
GROUP BY ALL"""

_SUCCESSIONS = """SELECT x.area_code, direction, date, kind, other, other_name, h.area_code IS NOT NULL AS has_page
FROM (
    SELECT to_code AS area_code, 'before' AS direction, date, kind, from_code AS other, from_name AS other_name
    FROM catalogue.area_successions
    UNION ALL SELECT from_code, 'after', date, kind, to_code, to_name FROM catalogue.area_successions
) x LEFT JOIN (SELECT area_code FROM site_areas) h ON h.area_code = x.other"""


def _wider(code: str, name: str) -> str:
    """Cells behind the figures of a wider area: the rate as published, otherwise the count."""
    return f"""LEFT JOIN site_cells {name} ON {name}.area_code = '{code}' AND {name}.indicator = p.indicator
    AND {name}.period_start = p.period_start AND {name}.period_end = p.period_end
    AND (({name}.role = 'rate' AND {name}.value = p.{name}_rate)
      OR ({name}.role = 'count' AND {name}.value = p.{name}_count))"""


_CELLS = f"""CREATE TEMP TABLE IF NOT EXISTS site_cells AS
SELECT area_code, indicator, period_start, period_end, role, value, min_by(source, (-release_order, release)) AS source,
    min_by(release, (-release_order, release)) AS release, min_by(locators, (-release_order, release)) AS locators
FROM harmonised.indicator_figures
WHERE area_code IN ('{_LONDON}', '{_ENGLAND}') AND role IN ('count', 'rate') AND value IS NOT NULL GROUP BY ALL"""

_PROFILE = f"""SELECT
    p.area_code, p.indicator, p.position, p.title, p.period_start, p.period_end, p.count, p.count_lower, p.count_upper,
    p.unit_of_count, p.denominator, p.denominator_named, p.denominator_source, p.denominator_release,
    p.denominator_of, p.rate, p.unit_of_rate, p.rate_basis, p.rate_difference, p.london_count, p.london_rate,
    p.england_count, p.england_rate, p.wider_area_code, p.wider_area_name, p.wider_count, p.wider_rate,
    p.wider_source, p.wider_release, p.wider_quality, p.wider_locators, p.definition, p.source, p.release,
    p.available_from, p.available_from_basis, p.count_source, p.count_release, p.count_locators, p.rate_source,
    p.rate_release, p.rate_locators, p.denominator_locators, p.quality, p.status, p.reason, p.caveats,
    p.publisher_notes, p.synthetic, coalesce(p.figure_area_code, p.area_code) AS figure_area_code, london.source AS
    london_source, london.release AS london_release, london.locators AS london_locators, london.role AS london_role,
    england.source AS england_source, england.release AS england_release, england.locators AS england_locators,
    england.role AS england_role
FROM harmonised.area_profile p {_wider(_LONDON, "london")} {_wider(_ENGLAND, "england")}
QUALIFY row_number() OVER (PARTITION BY p.area_code, p.indicator
    ORDER BY london.role DESC, england.role DESC, london.source, england.source) = 1"""

_CRIME = """SELECT area_code, position, measure, part_of, period_start, period_end, value, status, quality, rate,
    unit_of_rate, source, release, available_from, available_from_basis, locator, rate_locator, partnership_code, basis,
    value_at_least, value_at_most, locators, caveats, publisher_notes, synthetic
FROM harmonised.crime_table"""

# Cells of sums over partnerships, and of figures printed under an earlier code, are those of other areas.
_CELLS_OF_SUMS = """CREATE TEMP TABLE IF NOT EXISTS site_sum_cells AS
WITH wanted AS (
    SELECT area_code, source, release, unnest(list_append(locators, rate_locator)) AS locator
    FROM harmonised.crime_table WHERE basis <> 'published'
)
SELECT DISTINCT w.area_code, w.source, w.release, w.locator, min(o.area_code) AS cell_area
FROM wanted w JOIN harmonised.observations o USING (source, release, locator) GROUP BY ALL"""

_SUM_CELLS = "SELECT area_code, source, release, locator, cell_area FROM site_sum_cells"

_POINTS = """SELECT p.* EXCLUDE (kind, printed, is_latest, break_notes),
    CASE WHEN p.quality <> 'withheld' THEN p.printed END AS printed, b.areas AS band_areas, b.low, b.high, p.kind
FROM site_points p LEFT JOIN site_bands b USING (kind, indicator, source, measure, breakdown, unit, period_start,
    period_end)"""

_MARKS = "SELECT area_code, indicator, break_id, date_from, date_to, effect, forbids FROM site_marks"

_BASELINE = """SELECT b.area_code, b.indicator, b.title, i.position, b.baseline_reason, b.baseline_period_start,
    b.baseline_period_end, b.baseline_count, b.baseline_rate, b.latest_period_start, b.latest_period_end,
    b.latest_count, b.latest_rate, b.unit_of_rate, i.unit_of_count, i.definition, b.ratio, b.ratio_lower,
    b.ratio_upper, b.comparison_allowed, b.comparison_reasons, b.verdict, b.why_no_verdict, b.caveats
FROM harmonised.indicator_baseline b LEFT JOIN harmonised.indicators i USING (indicator)"""

# Totals of every measure that the two tables do not show, for the newest period that is printed. Changes that a
# publisher prints are left out: whether a change may be named is for `compare` to say.
_NEWEST_OF_ALL = """CREATE TEMP TABLE IF NOT EXISTS site_newest AS
WITH figures AS (
    SELECT source, release, measure, area_code, partnership_code, period_start, period_end, period_kind, unit, value,
        status, quality, locator, synthetic
    FROM harmonised.latest WHERE breakdown = 'total' AND statistic <> 'change'
),
shown AS (
    SELECT area_code AS page, * FROM figures
    UNION ALL SELECT partnership_code, * FROM figures WHERE partnership_code <> area_code
)
SELECT page AS area_code, source, release, measure, area_code AS figure_area_code, period_start, period_end, unit,
    CASE WHEN quality <> 'withheld' THEN value END AS value, status, quality, locator, synthetic, o.position
FROM shown LEFT JOIN (SELECT measure, min(position) AS position FROM harmonised.crime_years GROUP BY ALL) o
    USING (measure)
WHERE page IN (SELECT area_code FROM site_areas)
  AND (page, measure) NOT IN (SELECT DISTINCT area_code, measure FROM harmonised.crime_table)
QUALIFY row_number() OVER (PARTITION BY page, source, measure, unit, period_kind = 'point_in_time'
    ORDER BY period_end DESC, period_start DESC, release DESC, locator) = 1"""

_NEWEST = "SELECT * FROM site_newest"

_WARD = """SELECT area_code, measure, position, part_of, period_start, period_end, value, value_lower, value_upper,
    because, n_figures, n_without_value, rate, unit_of_rate, reason, source, release, synthetic
FROM harmonised.ward_profile"""

BLOCKS: Mapping[str, str] = {
    "area": _AREA,
    "around": _AROUND,
    "successions": _SUCCESSIONS,
    "profile": _PROFILE,
    "crime": _CRIME,
    "sum_cells": _SUM_CELLS,
    "points": _POINTS,
    "marks": _MARKS,
    "baseline": _BASELINE,
    "newest": _NEWEST,
    "ward": _WARD,
}
"""Statement of each block."""


def prepare(connection: DuckDBPyConnection) -> None:
    """Create the temporary tables that the statements read, once for each connection."""
    create_areas(connection)
    create_histories(connection)
    connection.execute(_CELLS)
    connection.execute(_NEWEST_OF_ALL)
    connection.execute(_CELLS_OF_SUMS)


def keys(connection: DuckDBPyConnection) -> Mapping[str, tuple[str, str]]:
    """Hash of all rows of each page, by the code of its area, with the kind of the area.

    Args:
        connection: Connection to the read model, after `prepare`.
    """
    each = " UNION ALL ".join(
        f"""SELECT area_code, '{name}' AS block, md5(string_agg(t::VARCHAR, chr(10) ORDER BY t::VARCHAR)) AS rows
        FROM ({statement}) t GROUP BY area_code"""
        for name, statement in BLOCKS.items()
    )
    found = connection.execute(
        f"""SELECT a.area_code, a.tier, md5(string_agg(k.block || k.rows, ' ' ORDER BY k.block))
        FROM ({each}) k JOIN site_areas a USING (area_code) GROUP BY ALL ORDER BY a.area_code"""
    ).fetchall()
    return {code: (tier, key) for code, tier, key in found}


def load(connection: DuckDBPyConnection, codes: Sequence[str]) -> Rows:
    """The rows of some pages.

    Args:
        connection: Connection to the read model, after `prepare`.
        codes: Codes of the areas.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE site_wanted AS SELECT unnest($1) AS area_code", [list(codes)]
    )
    loaded: dict[str, Mapping[str, Sequence[Row]]] = {}
    for name, statement in BLOCKS.items():
        cursor = connection.execute(f"SELECT t.* FROM ({statement}) t JOIN site_wanted USING (area_code)")
        columns = [column[0] for column in cursor.description]
        by_area: dict[str, list[Row]] = defaultdict(list)
        for values in cursor.fetchall():
            row = dict(zip(columns, values, strict=True))
            by_area[row["area_code"]].append(row)
        loaded[name] = by_area
    return loaded
