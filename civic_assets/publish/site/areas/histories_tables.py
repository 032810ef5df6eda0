"""Series of each indicator over time as temporary tables: points, bands of comparable areas, and breaks.

Belongs here: SQL on the read model for all areas at once. Does not belong here: charts of them (`histories`) and which
figures are in use (`civic_assets.publish.profiles`).

The series is that of `harmonised.indicator_periods`, whose periods share no day. Rates that another series prints for
earlier periods are put before it; whether they may be compared with it is not known, so nothing joins them.

The band is the middle half (first to third quartile) of the rates that areas of one kind have in one period, all of one
source and of one definition. There is none for counts, which depend on the size of an area, nor for fewer areas than
`FEWEST_AREAS_OF_A_KIND`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import BAND_QUANTILE
from civic_assets.house_numbers.statistics import FEWEST_AREAS_OF_A_KIND

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SERIES = "source, measure, breakdown, unit"


def create_histories(connection: DuckDBPyConnection) -> None:
    """Create the temporary tables of this module, once for each connection.

    Args:
        connection: Connection to the read model with `site_areas` (`which_areas`).
    """
    if connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'site_marks'").fetchone():
        return
    connection.execute(_POINTS)
    connection.execute(_BANDS)
    _create_marks(connection)


def _create_marks(connection: DuckDBPyConnection) -> None:
    """Breaks of days that lie within each series: `site_marks`.

    The register says which series a break concerns; days and words are those of the publication (`quality.breaks`).
    """
    from civic_assets.harmonise.comparability.breaks import breaks
    from civic_assets.publish.profiles.break_notes import scope_breaks

    connection.execute(
        """CREATE OR REPLACE TEMP TABLE site_series AS
        SELECT indicator, area_code, source, measure, breakdown, unit, min(period_start) AS first_day,
            max(period_end) AS last_day
        FROM site_points GROUP BY ALL"""
    )
    scope_breaks(connection, "site_series", breaks())
    connection.execute(_MARKS)


# One row is one period of one indicator in one area. `rate_first` says whether rates or counts are drawn.
_POINTS = """CREATE TEMP TABLE site_points AS
WITH figures AS (
    SELECT indicator, role, series, source, release, release_order, measure, breakdown, unit, area_code, period_start,
        period_end, period_kind, value, status, quality, locators, usable, synthetic, break_notes
    FROM harmonised.indicator_figures WHERE role IN ('count', 'rate')
),
crime AS (
    SELECT measure AS indicator, 'count' AS role, source, release, measure, 'total' AS breakdown, 'count' AS unit,
        area_code, period_start, period_end, status, quality, locators, synthetic, caveats AS break_notes
    FROM harmonised.crime_table WHERE basis = 'published'
),
of_chain AS (
    SELECT p.*, f.role, f.status, f.quality, f.locators, f.synthetic, f.break_notes, f.value AS printed
    FROM harmonised.indicator_periods p JOIN (
        SELECT indicator, role, source, release, measure, breakdown, unit, area_code, period_start, period_end, status,
            quality, locators, synthetic, break_notes, value
        FROM figures
        UNION ALL BY NAME SELECT *, NULL::DOUBLE AS value FROM crime
    ) f USING (indicator, area_code, source, release, measure, breakdown, unit, period_start, period_end)
    QUALIFY row_number() OVER (PARTITION BY p.indicator, p.area_code, p.period_end ORDER BY f.locators) = 1
),
begins AS (
    SELECT indicator, area_code, min(period_start) AS first_day, any_value(unit) AS unit,
        any_value(source) AS source, any_value(role) AS role, count(rate) >= count(count) AND count(rate) > 0 AS rates
    FROM of_chain GROUP BY indicator, area_code
),
before AS (
    SELECT f.* FROM figures f JOIN begins b USING (indicator, area_code)
    WHERE f.role = 'rate' AND b.role = 'rate' AND b.rates AND f.unit = b.unit AND f.source <> b.source
      AND f.period_end <= b.first_day
    QUALIFY row_number() OVER (PARTITION BY f.indicator, f.area_code, f.period_end
        ORDER BY f.series, f.release_order DESC, f.release DESC) = 1
),
denominators AS (
    SELECT indicator, area_code, value, min_by(locators, (-release_order, release)) AS locators,
        min_by(source, (-release_order, release)) AS source, min_by(release, (-release_order, release)) AS release
    FROM harmonised.indicator_figures WHERE role = 'denominator' GROUP BY indicator, area_code, value
),
revised AS (
    SELECT indicator, role, source, measure, breakdown, unit, area_code, period_start, period_end,
        list({'release': release, 'value': value, 'locators': locators} ORDER BY release_order, release) AS printed
    FROM figures WHERE value IS NOT NULL AND quality <> 'withheld' GROUP BY ALL
),
points AS (
    SELECT c.indicator, c.area_code, c.source, c.release, c.measure, c.breakdown, c.unit, c.role, c.period_start,
        c.period_end, c.count, c.denominator, c.rate, b.rates AS rate_first, c.status, c.quality, c.locators,
        c.synthetic, c.usable, c.is_latest OR coalesce(c.allowed, false) AS comparable, c.is_latest,
        d.source AS denominator_source, d.release AS denominator_release, d.locators AS denominator_locators,
        c.break_notes, c.printed
    FROM of_chain c JOIN begins b USING (indicator, area_code)
    LEFT JOIN denominators d ON d.indicator = c.indicator AND d.area_code = c.area_code AND d.value = c.denominator
    UNION ALL BY NAME
    SELECT indicator, area_code, source, release, measure, breakdown, unit, role, period_start, period_end,
        CASE WHEN usable THEN value END AS rate, true AS rate_first, status, quality, locators, synthetic, usable,
        false AS comparable, false AS is_latest, break_notes, value AS printed
    FROM before
)
SELECT p.*, a.kind, list_filter(r.printed, lambda one: one.release <> p.release AND one.value <> p.printed) AS earlier
FROM points p JOIN site_areas a USING (area_code)
LEFT JOIN revised r USING (indicator, role, source, measure, breakdown, unit, area_code, period_start, period_end)"""

_BANDS = f"""CREATE TEMP TABLE site_bands AS
SELECT kind, indicator, {_SERIES}, period_start, period_end, count(rate) AS areas,
    quantile_cont(rate, {BAND_QUANTILE}) AS low, quantile_cont(rate, {1 - BAND_QUANTILE}) AS high
FROM site_points WHERE usable AND rate_first AND rate IS NOT NULL
GROUP BY ALL HAVING count(rate) >= {FEWEST_AREAS_OF_A_KIND}"""

_MARKS = """CREATE TEMP TABLE site_marks AS
SELECT DISTINCT s.indicator, s.area_code, b.break_id, q.date_from, q.date_to, q.effect, q.action = 'block' AS forbids
FROM site_series s JOIN break_scopes b USING (source, measure, breakdown, unit, area_code)
JOIN quality.breaks q USING (break_id)
WHERE q.date_from < s.last_day AND CASE WHEN q.date_to IS NULL THEN q.date_from > s.first_day
    ELSE q.date_to > s.first_day END"""
