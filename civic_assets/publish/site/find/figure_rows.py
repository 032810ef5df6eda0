"""Statements that read the figures of the search.

Belongs here: SQL. Does not belong here: packing what they give (`figures`).

Each gives rows of area, item, first day, day after the last, kind of period, source and release, a remark, count,
rate, evidence, the code of the wider area that has a figure where this one has none, whether it is made up, and what
the item is called if this figure has another title than the item. Those of one area are together.
`{evidence}` is the expression of the address of evidence, from the columns `from_source`, `from_release`, `from_area`
and `locator`, which are those of the only cell that a figure was read from.
"""

from __future__ import annotations

from collections.abc import Mapping

from civic_assets.publish.site.find.area_entries import SMALL

_PROFILE = """SELECT area_code, indicator, period_start, period_end, period_kind,
        coalesce(from_source || ' ' || from_release, ''),
        CASE WHEN count IS NULL AND rate IS NULL THEN coalesce(reason, replace(status, '_', ' '))
            WHEN quality = 'disputed' THEN 'disputed' END,
        count, rate, {evidence}, CASE WHEN count IS NULL AND rate IS NULL THEN wider_area_code END, synthetic, title
    FROM (
        SELECT *, coalesce(count_source, rate_source, source) AS from_source,
            coalesce(count_release, rate_release, release) AS from_release, figure_area_code AS from_area,
            CASE WHEN count IS NOT NULL AND len(count_locators) = 1 THEN count_locators[1]
                WHEN count IS NULL AND len(rate_locators) = 1 THEN rate_locators[1] END AS locator
        FROM harmonised.area_profile
    ) ORDER BY area_code, position, indicator"""

_CRIME = """SELECT area_code, measure, period_start, period_end, 'rolling_year', source || ' ' || release,
        CASE WHEN value IS NULL AND value_at_least IS NOT NULL THEN 'no figure of this area alone is printed'
            WHEN value IS NULL THEN coalesce(replace(status, '_', ' '), 'not available')
            WHEN quality = 'disputed' THEN 'disputed' WHEN basis = 'sum of partnerships' THEN 'sum of partnerships'
            ELSE replace(status, '_', ' ') END,
        value, rate, {evidence}, NULL, synthetic, NULL
    FROM (
        SELECT *, source AS from_source, release AS from_release, area_code AS from_area FROM harmonised.crime_table
    ) ORDER BY area_code, position, measure, period_end DESC"""

# A ward's year is a sum of months, so there is no single cell.
_WARDS = """SELECT area_code, measure, period_start, period_end, 'rolling_year', source || ' ' || release,
        CASE WHEN value IS NULL THEN 'not available' ELSE 'sum of monthly figures' END, value, rate, '', NULL,
        synthetic, NULL
    FROM harmonised.ward_profile ORDER BY area_code, position, measure, period_end DESC"""

_EARLIER = """WITH kinds AS (
        SELECT indicator, period_start, period_end, min(period_kind) AS kind
        FROM harmonised.indicator_figures GROUP BY ALL
    ),
    cells AS (
        SELECT indicator, source, release, measure, breakdown, unit, area_code, period_start, period_end,
            any_value(locators) AS locators, min(series_title) AS title
        FROM harmonised.indicator_figures WHERE role IN ('count', 'rate') GROUP BY ALL
    ),
    printed AS (
        SELECT p.*, kind, title, r.synthetic, source AS from_source, release AS from_release, area_code AS from_area,
            CASE WHEN len(locators) = 1 THEN locators[1] END AS locator
        FROM harmonised.indicator_periods p LEFT JOIN kinds USING (indicator, period_start, period_end)
        LEFT JOIN cells USING (
            indicator, source, release, measure, breakdown, unit, area_code, period_start, period_end)
        LEFT JOIN catalogue.releases r USING (source, release)
    )
    SELECT area_code, indicator, period_start, period_end, coalesce(kind, 'rolling_year'), source || ' ' || release,
        CASE WHEN count IS NULL AND rate IS NULL THEN 'not available' END, count, rate, {evidence}, NULL, synthetic,
        title
    FROM printed p
    WHERE NOT EXISTS (FROM harmonised.area_profile a WHERE a.area_code = p.area_code AND a.indicator = p.indicator
            AND a.period_end = p.period_end AND a.period_start = p.period_start)
      AND NOT EXISTS (FROM harmonised.crime_table c WHERE c.area_code = p.area_code AND c.measure = p.indicator
            AND c.period_end = p.period_end AND c.period_start = p.period_start)
    ORDER BY area_code, indicator, period_end DESC, source"""

_SMALL = ", ".join(f"'{kind}'" for kind in SMALL)
# Measures that an indicator has are not repeated. The share that a total has of itself says nothing.
_NOT_REPEATED = """measure NOT IN (
        SELECT unnest(string_split(measure, '+')) FROM harmonised.indicator_figures
        WHERE role IN ('count', 'rate') AND indicator <> 'young_population')
    AND measure NOT IN (
        SELECT measure FROM harmonised.latest WHERE breakdown = 'total' AND unit = 'percent' GROUP BY measure
        HAVING min(value) = 100 AND max(value) = 100)"""

OTHER_MEASURES = f"""WITH crimes AS (
    SELECT measure, min(position) AS position FROM (
        SELECT measure, position FROM harmonised.crime_table UNION ALL
        SELECT measure, position FROM harmonised.ward_profile) GROUP BY measure
),
units AS (
    SELECT measure, arg_max(unit, (n, unit)) AS unit FROM (
        SELECT measure, unit, count(*) AS n FROM harmonised.latest
        WHERE breakdown = 'total' AND statistic <> 'change' AND unit <> 'count' GROUP BY ALL
    ) GROUP BY measure
),
there AS (
    SELECT measure FROM crimes UNION
    SELECT DISTINCT measure FROM harmonised.latest WHERE breakdown = 'total' AND {_NOT_REPEATED}
)
SELECT measure, coalesce(m.unit_of_count, CASE WHEN c.position IS NOT NULL THEN 'offences' END),
    CASE WHEN c.position IS NOT NULL THEN 'per_1000_population' ELSE u.unit END
FROM there LEFT JOIN crimes c USING (measure) LEFT JOIN units u USING (measure)
LEFT JOIN catalogue.measures m USING (measure)
ORDER BY c.position IS NULL, c.position, measure"""
"""Crimes in the order of Table 2, then other measures: name, unit of the count, unit of the rate."""

# The newest figure of each source; sources with a better designation first.
_OTHERS = f"""WITH designated AS (
    SELECT source, min(CASE designation WHEN 'accredited_official_statistics' THEN 0 WHEN 'official_statistics' THEN 1
        ELSE 2 END) AS place
    FROM catalogue.designations WHERE date_to IS NULL GROUP BY source
),
found AS (
    SELECT area_code, measure, source, release, period_start, period_end, min(period_kind) AS kind,
        max(value) FILTER (unit = 'count') AS count, max(value) FILTER (unit <> 'count') AS rate,
        max(coalesce(l.status, '')) AS status, bool_or(quality = 'disputed') AS disputed,
        bool_or(l.synthetic) AS synthetic,
        coalesce(min(locator) FILTER (unit = 'count' AND value IS NOT NULL), min(locator)) AS locator
    FROM harmonised.latest l JOIN catalogue.areas a USING (area_code)
    WHERE breakdown = 'total' AND statistic <> 'change' AND quality <> 'withheld'
      AND a.area_type NOT IN ({_SMALL}) AND measure || ' ' || unit IN (SELECT unnest($units::VARCHAR[]))
      AND {_NOT_REPEATED}
      AND NOT EXISTS (FROM harmonised.crime_table c WHERE c.area_code = l.area_code AND c.measure = l.measure)
    GROUP BY area_code, measure, source, release, period_start, period_end
    QUALIFY row_number() OVER (PARTITION BY area_code, measure, source ORDER BY period_end DESC, period_start DESC) = 1
)
SELECT area_code, measure, period_start, period_end, kind, from_source || ' ' || from_release,
    CASE WHEN count IS NULL AND rate IS NULL THEN coalesce(nullif(replace(status, '_', ' '), ''), 'not available')
        WHEN disputed THEN 'disputed' ELSE nullif(replace(status, '_', ' '), '') END,
    count, rate, {{evidence}}, NULL, synthetic, NULL
FROM (
    SELECT f.*, source AS from_source, release AS from_release, area_code AS from_area, coalesce(d.place, 3) AS place
    FROM found f LEFT JOIN designated d USING (source)
) ORDER BY area_code, measure, period_end DESC, place, source"""

STATEMENTS: Mapping[str, str] = {
    "row-*": _PROFILE,
    "crime-*": _CRIME,
    "ward-crime": _WARDS,
    "indicator-*": _EARLIER,
    "newest-+-*": _OTHERS,
}
"""All of them, in the order in which their figures are preferred, by the anchor of the figure on the page of its area,
with `*` for the name of the item and `+` for that of the source."""
