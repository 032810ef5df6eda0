"""Crimes that were counted but not assigned to an area, and the trends of areas that they could change.

Belongs here: `quality.unplaced_crime` and `quality.trends_beside_unplaced`. Does not belong here: areas without figures
(`participation`).

Crimes not placed are rows of kind `unassigned` below a force, and crimes of a borough that a file of wards leaves out
but another file of the same publisher counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create both tables."""
    facts.execute(_UNPLACED, _TRENDS)
    limit = facts.limit("unplaced")
    return (
        Indicator(
            "unplaced_share", "sampling", "X-07", "unplaced",
            "It does not show where the unplaced crimes happened.",
            f"{_share(limit)} UNION ALL BY NAME {_share_by_area(limit)}",
            "not_applicable",
            "{source} has no row for crimes that were counted and not placed, and no other source held here counts the "
            "same crimes with their places.",
        ),
        Indicator(
            "trends_beside_unplaced", "sampling", "X-07", "",
            "It does not show which unplaced crimes belong to an area; it assumes the same share everywhere.",
            _BENT, "not_applicable",
            "No area trend uses figures of {source} that are partly unplaced.",
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

# Two years of an area, and what its force could not place in each.
_TRENDS = """CREATE OR REPLACE TABLE quality.trends_beside_unplaced AS
SELECT b.source, b.latest_release AS release, b.measure, b.area_code, b.area_name, b.ratio,
    b.baseline_period_start, b.baseline_period_end, b.latest_period_start, b.latest_period_end,
    u0.area_code AS force_code, u0.area_name AS force_name, u0.share AS unplaced_share_then,
    u1.share AS unplaced_share_now,
    b.ratio * (1 - u0.share) / nullif(1 - u1.share, 0) AS ratio_if_placed_alike,
    abs(ln(b.ratio)) <= abs(ln((1 - u0.share) / nullif(1 - u1.share, 0))) AND u0.share <> u1.share AS bent
FROM harmonised.indicator_baseline b
JOIN harmonised.profile_areas p ON p.area_code = b.area_code
JOIN quality.unplaced_crime u0 ON u0.source = b.source AND u0.measure = b.measure AND u0.area_code = p.force_code
    AND u0.period_start = b.baseline_period_start AND u0.period_end = b.baseline_period_end
JOIN quality.unplaced_crime u1 ON u1.source = b.source AND u1.measure = b.measure AND u1.area_code = p.force_code
    AND u1.period_start = b.latest_period_start AND u1.period_end = b.latest_period_end
WHERE b.ratio > 0 AND u0.share < 1 AND u1.share < 1
ORDER BY b.source, b.measure, b.area_code"""


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
    to_json({{'areas': count(*), 'above_limit': count(*) FILTER (share > {limit})}})::VARCHAR AS evidence
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
    to_json({{'period': period_start || '/' || period_end, 'share_before': before}})::VARCHAR AS evidence
FROM (
    SELECT *, lag(share) OVER (PARTITION BY source, measure, area_code ORDER BY period_end) AS before
    FROM quality.unplaced_crime WHERE counted > 0
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure)
)
WHERE share > 0
QUALIFY row_number() OVER (PARTITION BY source ORDER BY unplaced DESC, measure, area_code) <= {BIAS_ROWS}"""


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
        'areas_not_shown': greatest(0, count(*) FILTER (bent) - {BIAS_ROWS})}})::VARCHAR AS evidence
FROM quality.trends_beside_unplaced GROUP BY source, measure"""
