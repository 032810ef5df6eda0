"""Figures of all indicators as near to one year as they come: the macro `harmonised.area_profile_near(year)`.

Belongs here: for a calendar year, the period of each indicator and authority whose middle is nearest to the middle of
the year, and how near it is. Does not belong here: the newest figures (`area_profile`), and whether figures of
different periods may be compared or divided (`civic_assets.harmonise.comparability`).

Publishers count in financial, academic and calendar years, on single days, and over rolling years, so no choice makes
all periods one. Each row says how many of its days are in the year, and how far the periods of the area lie apart.
Nothing is made of two rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.publish.profiles.area_profile import ALWAYS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_nearest_year(connection: DuckDBPyConnection) -> None:
    """Create the macro.

    Args:
        connection: Connection to a read model with `harmonised.indicator_values_as_of` (`indicator_figures`) and
            `harmonised.crime_table`.
    """
    connection.execute(_NEAR)


_DAY = "%-d %B %Y"

# The middle of a period, to measure distances: half a day does not matter.
_NEAR = f"""CREATE OR REPLACE MACRO harmonised.area_profile_near(year) AS TABLE
WITH wanted AS (
    SELECT make_date(year, 1, 1) AS first_day, make_date(year + 1, 1, 1) AS end_day, make_date(year, 7, 2) AS middle
),
figures AS (
    SELECT i.position, v.indicator, v.figure_title AS title, v.area_code AS figure_area_code, v.period_start,
        v.period_end, v.period_kind, CASE WHEN v.count_usable THEN v.count END AS count, i.unit_of_count,
        CASE WHEN v.rate_usable THEN v.rate ELSE v.rate_recomputed END AS rate, i.unit_of_rate,
        coalesce(v.rate_source, v.count_source) AS source, coalesce(v.rate_release, v.count_release) AS release,
        list_distinct(list_concat(coalesce(v.count_locators, []), coalesce(v.rate_locators, []))) AS locators
    FROM harmonised.indicator_values_as_of({ALWAYS}) v JOIN harmonised.indicators i USING (indicator)
    WHERE v.count_usable OR v.rate_usable
),
own AS (  -- figures of the authority, under its own code or an earlier one
    SELECT a.area_code, a.area_name, g.position AS code_position, f.*
    FROM figures f JOIN harmonised.profile_lineage g USING (figure_area_code)
    JOIN harmonised.profile_areas a ON a.area_code = g.area_code
    WHERE a.authority AND a.valid_to IS NULL
    UNION ALL
    SELECT t.area_code, t.area_name, 0, 100 + t.position, t.measure, replace(t.measure, '_', ' '), t.area_code,
        t.period_start, t.period_end, 'rolling_year', t.value, 'offences', t.rate, t.unit_of_rate, t.source, t.release,
        t.locators
    FROM harmonised.crime_table t JOIN harmonised.profile_areas a USING (area_code)
    WHERE a.authority AND a.valid_to IS NULL AND t.value IS NOT NULL AND t.quality = 'ok'
),
measured AS (
    SELECT own.*, wanted.middle AS wanted_middle,
        period_start + (date_diff('day', period_start, period_end) // 2)::INTEGER AS middle,
        greatest(0, date_diff('day', greatest(period_start, first_day), least(period_end, end_day))) AS days_in_year,
        date_diff('day', period_start, period_end) AS days
    FROM own CROSS JOIN wanted
),
nearest AS (
    SELECT *, abs(date_diff('day', wanted_middle, middle)) AS days_apart FROM measured
    QUALIFY row_number() OVER (
        PARTITION BY area_code, indicator
        ORDER BY abs(date_diff('day', wanted_middle, middle)), period_end DESC, days DESC, code_position) = 1
)
SELECT year AS year, area_code, area_name, indicator, title, period_start, period_end, period_kind, count,
    unit_of_count, rate, unit_of_rate, source, release, locators, figure_area_code, days_in_year, days_apart,
    CASE WHEN days_in_year = days AND days > 364 THEN format('The whole of {{}}.', year)
         WHEN days = 1 AND days_in_year = 1
         THEN format('On {{}}, a day of {{}}.', strftime(period_start, '{_DAY}'), year)
         WHEN days_in_year = days THEN format('From {{}} to {{}}, all in {{}}.', strftime(period_start, '{_DAY}'),
            strftime(period_end - 1, '{_DAY}'), year)
         WHEN days_in_year > 0 THEN format('From {{}} to {{}}: {{}} of {{}} days are in {{}}.',
            strftime(period_start, '{_DAY}'), strftime(period_end - 1, '{_DAY}'), days_in_year, days, year)
         WHEN days = 1 THEN format('No figure in {{}}; the nearest is of {{}}.', year, strftime(period_start, '{_DAY}'))
         ELSE format('No figure in {{}}; the nearest is from {{}} to {{}}.', year, strftime(period_start, '{_DAY}'),
            strftime(period_end - 1, '{_DAY}')) END AS how_near,
    min(period_start) OVER area AS earliest_start, max(period_end) OVER area AS latest_end,
    date_diff('day', min(middle) OVER area, max(middle) OVER area) AS furthest_apart_days
FROM nearest
WINDOW area AS (PARTITION BY area_code)
ORDER BY area_code, position"""
