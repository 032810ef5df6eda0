"""Crimes that were counted but not assigned to an area, and the trends of areas that they could change.

Belongs here: `quality.unplaced_crime` and `quality.trends_beside_unplaced`. Does not belong here: areas without figures
(`participation`).

A share that changes bends every trend of the areas inside, even where the share itself is small: the trend of a year on
the year before is set against what the change in the share would do to it alone.

Crimes not placed are rows of kind `unassigned` below a force, and crimes of a borough that a file of wards leaves out
but another file of the same publisher counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create both tables, and the temporary table `bias_unplaced_years`."""
    facts.execute(_UNPLACED, _YEARS, _TRENDS)
    limit = facts.limit("unplaced")
    return (
        Indicator(
            "unplaced_share", "sampling", "X-07", "unplaced",
            "Figures of single areas leave out crimes that were counted and could not be placed.",
            "item non-response rate (indicator A5 of the European Statistical System) for the place of a crime",
            "It does not show where the unplaced crimes happened.",
            f"{_share(limit)} UNION ALL BY NAME {_share_by_area(limit)}",
        ),
        Indicator(
            "unplaced_change", "sampling", "X-07", "unplaced_jump",
            "The share of crimes that could not be placed changed, which moves the figures of all areas inside.",
            "change of the item non-response rate (indicator A5 of the European Statistical System)",
            "It does not show which areas the crimes belong to.",
            _jumps(facts.limit("unplaced_jump"), facts.limit("unplaced_z")),
        ),
        Indicator(
            "trends_beside_unplaced", "sampling", "X-07", "",
            "A trend of an area shows that more or fewer crimes could be placed, and no change in crime.",
            "change of the item non-response rate set against the change of the figure (bounds as in Manski 2003)",
            "It does not show which unplaced crimes belong to an area; it assumes the same share everywhere.",
            _BENT,
        ),
    )  # fmt: skip


# The parts of a sum, and the crimes that were not placed; airports and the like are places.
_UNPLACED = """CREATE OR REPLACE TABLE quality.unplaced_crime AS
WITH counts AS (FROM bias_panel WHERE unit = 'count' AND statistic = 'flow' AND value IS NOT NULL),
rows AS (
    SELECT source, release, measure, parent_code AS area_code, period_start, period_end, sum(value) AS unplaced
    FROM counts WHERE area_type = 'unassigned' AND parent_code IS NOT NULL
    -- An answer of an API holds what was asked, and no share of anything: it is counted below the United Kingdom.
        AND NOT (source = 'police_uk' AND parent_code = 'K02000001') GROUP BY ALL
),
inside AS (
    SELECT source, measure, parent_code AS area_code, period_start, period_end, sum(value) AS counted
    FROM counts WHERE parent_code IN (SELECT area_code FROM rows) GROUP BY ALL
),
-- A street file does not name a force with its places; what is not placed says which file it is.
files AS (
    SELECT c.source, c.measure, r.area_code, c.period_start, c.period_end, sum(c.value) AS counted
    FROM counts c JOIN (SELECT DISTINCT source, release, area_code FROM rows) r USING (source, release)
    WHERE c.area_type IN ('lsoa', 'street_point', 'unassigned')
        AND c.source IN (SELECT source FROM counts WHERE area_type = 'lsoa') GROUP BY ALL
),
wards AS (
    SELECT source, max(release) AS release, measure, parent_code AS area_code, period_start, period_end,
        sum(value) AS placed
    FROM counts WHERE area_type = 'ward' AND parent_code IS NOT NULL GROUP BY ALL
)
SELECT r.source, r.release, r.measure, r.area_code, a.area_name, r.period_start, r.period_end, r.unplaced,
    coalesce(f.counted, i.counted) AS counted, r.unplaced / nullif(coalesce(f.counted, i.counted), 0) AS share,
    'rows of the file' AS basis
FROM rows r LEFT JOIN inside i USING (source, measure, area_code, period_start, period_end)
LEFT JOIN files f USING (source, measure, area_code, period_start, period_end)
LEFT JOIN catalogue.areas a ON a.area_code = r.area_code
UNION ALL
SELECT w.source, w.release, w.measure, w.area_code, a.area_name, w.period_start, w.period_end, c.value - w.placed,
    c.value, (c.value - w.placed) / nullif(c.value, 0), 'beside ' || c.source || ' ' || c.release
FROM wards w JOIN counts c ON c.source <> w.source AND c.measure = w.measure AND c.area_code = w.area_code
    AND c.period_start = w.period_start AND c.period_end = w.period_end
LEFT JOIN catalogue.areas a ON a.area_code = w.area_code
ORDER BY ALL"""

# The newest year of a force, or of a borough, and the year before; of months, only if all that are held of one year are
# held of the other.
_YEARS = """CREATE OR REPLACE TEMP TABLE bias_unplaced_years AS
WITH newest AS (SELECT source, measure, max(period_end) AS last_end FROM quality.unplaced_crime GROUP BY ALL),
years AS (
    SELECT u.*, n.last_end, CASE
        WHEN u.period_start >= n.last_end - INTERVAL 1 YEAR THEN 'now'
        WHEN u.period_start >= n.last_end - INTERVAL 2 YEAR AND u.period_end <= n.last_end - INTERVAL 1 YEAR
            THEN 'then' END AS year
    FROM quality.unplaced_crime u JOIN newest n USING (source, measure) WHERE u.counted > 0
)
SELECT source, measure, area_code, any_value(area_name) AS area_name, max(release) AS release, last_end,
    min(period_start) FILTER (year = 'then') AS then_start, max(period_end) FILTER (year = 'then') AS then_end,
    min(period_start) FILTER (year = 'now') AS now_start, max(period_end) FILTER (year = 'now') AS now_end,
    count(*) FILTER (year = 'now') AS periods,
    sum(unplaced) FILTER (year = 'then') AS unplaced_then, sum(counted) FILTER (year = 'then') AS counted_then,
    sum(unplaced) FILTER (year = 'now') AS unplaced_now, sum(counted) FILTER (year = 'now') AS counted_now
FROM years WHERE year IS NOT NULL GROUP BY source, measure, area_code, last_end
HAVING count(*) FILTER (year = 'now') = count(*) FILTER (year = 'then') AND count(*) FILTER (year = 'now') > 0"""

# An area lies in the force, or the borough, whose crimes were not all placed.
_TRENDS = """CREATE OR REPLACE TABLE quality.trends_beside_unplaced AS
WITH figures AS (
    SELECT p.source, p.measure, p.area_code, p.area_name, coalesce(a.force_code, p.parent_code) AS force_code,
        p.parent_code, p.period_start, p.period_end, p.value
    FROM bias_panel p LEFT JOIN harmonised.profile_areas a ON a.area_code = p.area_code
    WHERE p.unit = 'count' AND p.statistic = 'flow' AND p.value IS NOT NULL AND p.area_type <> 'unassigned'
),
years AS (
    SELECT y.source, y.release, y.measure, f.area_code, any_value(f.area_name) AS area_name, y.area_code AS force_code,
        y.area_name AS force_name, y.then_start, y.then_end, y.now_start, y.now_end,
        sum(f.value) FILTER (f.period_start >= y.then_start AND f.period_end <= y.then_end) AS value_then,
        sum(f.value) FILTER (f.period_start >= y.now_start AND f.period_end <= y.now_end) AS value_now,
        count(*) FILTER (f.period_start >= y.then_start AND f.period_end <= y.then_end) AS periods_then,
        count(*) FILTER (f.period_start >= y.now_start AND f.period_end <= y.now_end) AS periods_now,
        y.periods, y.unplaced_then, y.counted_then, y.unplaced_now, y.counted_now
    FROM figures f JOIN bias_unplaced_years y ON y.source = f.source AND y.measure = f.measure
        AND y.area_code IN (f.force_code, f.parent_code) AND y.area_code <> f.area_code
    GROUP BY ALL
),
trends AS (
    SELECT *, value_now / value_then AS ratio, unplaced_then / counted_then AS share_then,
        unplaced_now / counted_now AS share_now
    FROM years WHERE value_then > 0 AND value_now > 0 AND periods_then = periods AND periods_now = periods
)
SELECT source, release, measure, area_code, area_name, ratio, then_start AS baseline_period_start,
    then_end AS baseline_period_end, now_start AS latest_period_start, now_end AS latest_period_end, force_code,
    force_name, share_then AS unplaced_share_then, share_now AS unplaced_share_now,
    ratio * (1 - share_then) / (1 - share_now) AS ratio_if_placed_alike,
    share_then <> share_now AND abs(ln(ratio)) <= abs(ln((1 - share_then) / (1 - share_now))) AS bent,
    value_now / (value_then + unplaced_then) AS ratio_lower, (value_now + unplaced_now) / value_then AS ratio_upper
FROM trends WHERE share_then < 1 AND share_now < 1
ORDER BY source, measure, area_code"""


def _share(limit: float) -> str:
    return f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    sum(unplaced) / nullif(sum(counted), 0) AS value,
    format('{{:,.0f}} of {{:,.0f}}', sum(unplaced), sum(counted)) AS value_text,
    CASE WHEN sum(unplaced) / nullif(sum(counted), 0) > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{:,.0f}} of {{:,.0f}} ''{{}}'' in {{}} ({{:.1f}}%) have no place ({{}}); the largest share is in {{}}, '
        '{{:.1f}}%. Figures of single areas are too low by the part that belongs to them: compare them with care.',
        sum(unplaced), sum(counted), measure_words(measure), period_name(max(period_start), max(period_end)),
        100 * sum(unplaced) / nullif(sum(counted), 0), max(basis), arg_max(coalesce(area_name, area_code), (share,
            area_code)),
        100 * max(share)) AS verdict,
    to_json({{'areas': count(*), 'above_limit': count(*) FILTER (share > {limit})}})::VARCHAR AS evidence,
    'too low' AS direction, 0::DOUBLE AS low, max(share / nullif(1 - share, 0)) AS high,
    'share of the figures of all areas together' AS size_unit,
    counted(count(*), 'area') || ' and all inside' AS affected
FROM (FROM quality.unplaced_crime WHERE counted > 0
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure))
GROUP BY source, measure"""


def _share_by_area(limit: float) -> str:
    return f"""
SELECT source, release, measure, area_code, area_name, share AS value,
    format('{{:,.0f}} of {{:,.0f}}', unplaced, counted) AS value_text,
    CASE WHEN share > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{}}: {{:,.0f}} of {{:,.0f}} ''{{}}'' in {{}} ({{:.1f}}%) have no place, after {{:.1f}}% in the period '
        'before.', coalesce(area_name, area_code), unplaced, counted, measure_words(measure),
        period_name(period_start, period_end), 100 * share, 100 * coalesce(before, share)) AS verdict,
    to_json({{'period': period_start || '/' || period_end, 'share_before': before}})::VARCHAR AS evidence,
    'too low' AS direction, 0::DOUBLE AS low, share / nullif(1 - share, 0) AS high,
    'share of the figures of all areas together' AS size_unit,
    'areas inside ' || coalesce(area_name, area_code) AS affected
FROM (
    SELECT *, lag(share) OVER (PARTITION BY source, measure, area_code ORDER BY period_end) AS before
    FROM quality.unplaced_crime WHERE counted > 0
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure)
)
WHERE share > 0
QUALIFY row_number() OVER (PARTITION BY source ORDER BY unplaced DESC, measure, area_code) <= {BIAS_ROWS}"""


# A share has jumped if it grew or shrank by the factor, and more than chance makes of two shares of these sizes.
def _jumps(factor: float, z: float) -> str:
    return f"""
WITH changes AS (
    SELECT *, unplaced_then / counted_then AS share_then, unplaced_now / counted_now AS share_now,
        ((unplaced_now + 0.5) / counted_now) / ((unplaced_then + 0.5) / counted_then) AS factor,
        (unplaced_then + unplaced_now) / (counted_then + counted_now) AS pooled
    FROM bias_unplaced_years WHERE unplaced_then <= counted_then AND unplaced_now <= counted_now
),
judged AS (
    SELECT *, (1 - share_then) / nullif(1 - share_now, 0) - 1 AS effect,
        (factor >= {factor} OR factor <= 1 / {factor}) AND abs(share_now - share_then)
            > {z} * sqrt(pooled * (1 - pooled) * (1 / counted_then + 1 / counted_now)) AS jumped
    FROM changes
)
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    arg_max(factor, (jumped, abs(ln(factor)), area_code)) AS value,
    format('{{:,}} of {{:,}} jumped', count(*) FILTER (jumped), count(*)) AS value_text,
    CASE WHEN bool_or(jumped) THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN NOT bool_or(jumped) THEN format('The share of ''{{}}'' without a place is much the same in {{}} as in '
            'the year before, in all {{:,}} areas with such crimes.', measure_words(measure),
            period_name(any_value(now_start), any_value(now_end)), count(*))
         ELSE format('The share of ''{{}}'' without a place jumped in {{:,}} of {{:,}} areas (most in {{}}: {{:.2f}}% '
            'in {{}}, {{:.2f}}% in {{}}). That alone changes the figures inside by up to {{:.2f}}%: set it against '
            'each trend.', measure_words(measure), count(*) FILTER (jumped), count(*),
            arg_max(coalesce(area_name, area_code), (jumped, abs(ln(factor)), area_code)),
            100 * arg_max(share_then, (jumped, abs(ln(factor)), area_code)),
            period_name(any_value(then_start), any_value(then_end)),
            100 * arg_max(share_now, (jumped, abs(ln(factor)), area_code)),
            period_name(any_value(now_start), any_value(now_end)),
            100 * max(abs(effect)) FILTER (jumped)) END AS verdict,
    to_json({{'areas': list_sort(list(area_code) FILTER (jumped))[:{BIAS_ROWS}]}})::VARCHAR AS evidence,
    CASE WHEN max(effect) <= 0 THEN 'too high' WHEN min(effect) >= 0 THEN 'too low' ELSE 'either way' END AS direction,
    min(effect) AS low, max(effect) AS high, 'share of the published ratio' AS size_unit,
    CASE WHEN bool_or(jumped) THEN 'all areas inside '
        || array_to_string((list(coalesce(area_name, area_code) ORDER BY abs(ln(factor)) DESC, area_code)
            FILTER (jumped))[:{BIAS_ROWS}], ', ') END AS affected
FROM judged GROUP BY source, measure"""


_BENT = f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    (count(*) FILTER (bent))::DOUBLE / count(*) AS value,
    format('{{}} of {{}} trends', count(*) FILTER (bent), count(*)) AS value_text,
    CASE WHEN count(*) FILTER (bent) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN count(*) FILTER (bent) = 0
         THEN format('All {{:,}} trends of ''{{}}'' are larger than the effect of the change in unplaced crimes.',
            count(*), measure_words(measure))
         ELSE format('{{:,}} of {{:,}} trends of ''{{}}'' are no larger than the effect of the change in unplaced '
             'crimes '
            'alone (for example {{}}: ratio {{:.3f}}, or {{:.3f}} if the same share had been placed in both periods). '
            'Do not rely on these trends.', count(*) FILTER (bent), count(*), measure_words(measure),
            arg_max(area_name, (abs(ln(ratio_if_placed_alike / ratio)), area_code)) FILTER (bent),
            arg_max(ratio, (abs(ln(ratio_if_placed_alike / ratio)), area_code)) FILTER (bent),
            arg_max(ratio_if_placed_alike, (abs(ln(ratio_if_placed_alike / ratio)), area_code)) FILTER (bent)) END
                AS verdict,
    to_json({{'areas': list_sort(list(area_code) FILTER (bent))[:{BIAS_ROWS}],
        'areas_not_shown': greatest(0, count(*) FILTER (bent) - {BIAS_ROWS})}})::VARCHAR AS evidence,
    CASE WHEN max(ratio_if_placed_alike / ratio) <= 1 THEN 'too high'
         WHEN min(ratio_if_placed_alike / ratio) >= 1 THEN 'too low' ELSE 'either way' END AS direction,
    min(ratio_if_placed_alike / ratio) - 1 AS low, max(ratio_if_placed_alike / ratio) - 1 AS high,
    'share of the published ratio' AS size_unit, counted(count(*) FILTER (bent), 'area') AS affected
FROM quality.trends_beside_unplaced GROUP BY source, measure"""
