"""The figures of the pages of measures as temporary tables: the newest of every kind of area.

Belongs here: SQL on the read model for all measures at once. Does not belong here: which page a table is on (`layout`),
and HTML (`tables`).

A page is that of a measure, or of an indicator of the area profile that has no measure of its name. Its figures are of
these families, in this order:

`printed`    as the newest release of each source prints them: totals, or every class if the source prints no total.
             Changes that a publisher prints are left out: whether a change may be named is for `compare` to say
`sums`       sums made here for authorities that consist of several partnerships, and figures under an earlier code
`wards`      sums made here of months and classes in each ward, in the groups of ONS
`indicator`  the indicator of this name in the area profile

For each source and kind of area, the newest period of each unit is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.site.areas.which_areas import create_areas

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FAMILIES = ("printed", "sums", "wards", "indicator")
"""Families of figures, in the order of a page."""

# Kinds of area in the order of a page: those that most readers look for come first.
KINDS = (
    "london_borough", "metropolitan_district", "unitary_authority", "county_council", "non_metropolitan_district",
    "welsh_unitary_authority", "scottish_council_area", "northern_irish_district", "community_safety_partnership",
    "police_force", "county", "sub_region", "region", "part_of_country", "country", "unassigned",
    "place_without_code", "fraud_body", "unknown", "ward", "lsoa", "street_point",
)  # fmt: skip


def create_figures(connection: DuckDBPyConnection) -> None:
    """Create the temporary table `site_measure_figures`, once for each connection.

    Its columns: page, family, source, kind (of area), class (a breakdown, empty for totals), area_code, area_name,
    place (name by which areas are in order), unit, part (`rate`, `count`, `base` or empty), period_kind, period_start,
    period_end, value, low and high (bounds of a sum), status, quality, release, locators, synthetic.
    """
    if connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'site_measure_figures'"
    ).fetchone():
        return
    create_areas(connection)
    connection.execute(
        f"""CREATE TEMP TABLE site_measure_figures AS
        SELECT f.*, strip_accents(lower(area_name)) AS place FROM (
            {_PRINTED} UNION ALL BY NAME {_SUMS} UNION ALL BY NAME {_WARDS} UNION ALL BY NAME {_INDICATORS}
        ) f"""
    )
    connection.execute(_TOO_FEW)


TOO_FEW = "too_few"
"""Instead of the status of a rate of so few offences that it is not shown, as on pages of areas."""
_TOO_FEW = f"""UPDATE site_measure_figures r SET value = NULL, low = NULL, high = NULL, status = '{TOO_FEW}'
FROM (
    SELECT page, family, source, kind, class, area_code, period_start, period_end FROM site_measure_figures
    WHERE unit = 'count' AND value < {FEWEST_EVENTS} AND page IN (SELECT measure FROM harmonised.crime_years)
) c
WHERE r.unit <> 'count' AND r.family <> 'indicator' AND (r.page, r.family, r.source, r.kind, r.class, r.area_code,
    r.period_start, r.period_end) = (c.page, c.family, c.source, c.kind, c.class, c.area_code, c.period_start,
    c.period_end)"""


# The newest period is found by area first, from few columns: reading every column of all figures takes much longer.
_PRINTED = """(
WITH by_area AS (
    SELECT measure, source, area_code, unit, period_kind, breakdown = 'total' AS total, max(period_end) AS period_end
    FROM harmonised.latest WHERE statistic <> 'change' GROUP BY ALL
), totals AS (
    SELECT measure, source, bool_or(total) AS total FROM by_area GROUP BY ALL
), newest AS (
    SELECT measure, source, kind, unit, period_kind, total, max(period_end) AS period_end
    FROM by_area JOIN totals USING (measure, source, total) JOIN site_areas USING (area_code) GROUP BY ALL
), wanted AS (
    SELECT n.*, s.area_code, s.area_name FROM newest n JOIN site_areas s USING (kind)
)
SELECT measure AS page, 'printed' AS family, source, w.kind, CASE WHEN w.total THEN '' ELSE breakdown END AS class,
    area_code, w.area_name, unit, '' AS part, period_kind, period_start, period_end,
    CASE WHEN quality <> 'withheld' THEN value END AS value, status, quality, release, [locator] AS locators, synthetic
FROM harmonised.latest l JOIN wanted w USING (measure, source, area_code, unit, period_kind, period_end)
WHERE l.statistic <> 'change' AND (l.breakdown = 'total') = w.total
QUALIFY period_start = max(period_start) OVER (PARTITION BY measure, source, w.kind, unit, period_kind))"""

_SUMS = """(
WITH newest AS (
    SELECT measure, max((period_end, period_start)) AS period FROM harmonised.crime_table GROUP BY ALL
), figures AS (
    SELECT c.*, s.kind FROM harmonised.crime_table c JOIN newest USING (measure) JOIN site_areas s USING (area_code)
    WHERE basis <> 'published' AND (period_end, period_start) = period AND source IS NOT NULL
)
SELECT measure AS page, 'sums' AS family, source, kind, '' AS class, area_code, area_name, 'count' AS unit,
    '' AS part, 'rolling_year' AS period_kind, period_start, period_end,
    CASE WHEN quality <> 'withheld' THEN value END AS value, CASE WHEN value IS NULL THEN value_at_least END AS low,
    CASE WHEN value IS NULL THEN value_at_most END AS high, status, quality, release,
    coalesce(locators, CASE WHEN locator IS NOT NULL THEN [locator] END) AS locators, synthetic
FROM figures
UNION ALL BY NAME
SELECT measure AS page, 'sums' AS family, source, kind, '' AS class, area_code, area_name, unit_of_rate AS unit,
    '' AS part, 'rolling_year' AS period_kind, period_start, period_end, rate AS value, 'ok' AS quality, release,
    CASE WHEN rate_locator IS NOT NULL THEN [rate_locator] END AS locators, synthetic
FROM figures WHERE rate IS NOT NULL AND quality <> 'withheld')"""

_WARDS = """(
WITH newest AS (
    SELECT measure, source, max((period_end, period_start)) AS period FROM harmonised.ward_profile GROUP BY ALL
), figures AS (
    SELECT w.*, s.kind FROM harmonised.ward_profile w JOIN newest USING (measure, source)
    JOIN site_areas s USING (area_code) WHERE (period_end, period_start) = period
)
SELECT measure AS page, 'wards' AS family, source, kind, '' AS class, area_code, area_name, 'count' AS unit,
    '' AS part, 'rolling_year' AS period_kind, period_start, period_end, value, 'ok' AS quality, release,
    NULL::VARCHAR[] AS locators, synthetic
FROM figures
UNION ALL BY NAME
SELECT measure AS page, 'wards' AS family, source, kind, '' AS class, area_code, area_name, unit_of_rate AS unit,
    '' AS part, 'rolling_year' AS period_kind, period_start, period_end, rate AS value, 'ok' AS quality, release,
    NULL::VARCHAR[] AS locators, synthetic
FROM figures WHERE rate IS NOT NULL)"""

# What an authority does not have itself is left out: the profile shows a wider area next to it, which has its own row.
_INDICATORS = """(
WITH figures AS (
    SELECT p.* REPLACE (coalesce(p.quality, 'ok') AS quality), s.kind,
        coalesce(p.figure_area_code, p.area_code) AS cell_area
    FROM harmonised.area_profile p JOIN site_areas s USING (area_code)
    WHERE p.count IS NOT NULL OR p.rate IS NOT NULL OR (p.status IS NOT NULL AND p.period_start IS NOT NULL)
)
SELECT indicator AS page, 'indicator' AS family, coalesce(rate_source, count_source, source) AS source, kind,
    '' AS class, area_code, area_name, unit_of_rate AS unit, 'rate' AS part, period_kind, period_start, period_end,
    CASE WHEN quality <> 'withheld' THEN rate END AS value, CASE WHEN rate IS NULL THEN status END AS status, quality,
    coalesce(rate_release, count_release, release) AS release,
    CASE WHEN rate_basis = 'published' THEN rate_locators END AS locators, synthetic, cell_area
FROM figures
UNION ALL BY NAME
SELECT indicator AS page, 'indicator' AS family, coalesce(rate_source, count_source, source) AS source, kind,
    '' AS class, area_code, area_name, unit_of_count AS unit, 'count' AS part, period_kind, period_start, period_end,
    count AS value, quality, count_release AS release, count_source AS cell_source, count_locators AS locators,
    synthetic, cell_area
FROM figures WHERE count IS NOT NULL AND quality <> 'withheld'
UNION ALL BY NAME
SELECT indicator AS page, 'indicator' AS family, coalesce(rate_source, count_source, source) AS source, kind,
    '' AS class, area_code, area_name, coalesce(denominator_of, 'people') AS unit, 'base' AS part, period_kind,
    period_start, period_end, denominator AS value, 'ok' AS quality, denominator_release AS release,
    denominator_source AS cell_source, denominator_locators AS locators, synthetic, cell_area
FROM figures WHERE denominator IS NOT NULL)"""
