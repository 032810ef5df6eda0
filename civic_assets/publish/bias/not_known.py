"""Shares of a group that is only partly known: the bounds of the true share (X-08).

Belongs here: `quality.not_known_bounds`. Does not belong here: which measures have a known part (`bounds` in the
vocabulary of indicators), and values that are absent (V-07).

If N young people include NEET who are known to be out of education, employment and training, and NK whose status is not
known, the share lies in [NEET/N, (NEET + NK)/N]; the figures do not say where (worst-case bounds, Manski 2003).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the table."""
    warning, most = facts.limit("unknown_warning"), facts.limit("unknown_limit")
    facts.execute(_bounds(warning, most))
    return (
        Indicator(
            "unknown_share", "response", "X-08", "unknown_warning",
            "The published share counts everybody whose status is not known as if they were out of education, "
            "employment and training.",
            "item non-response and worst-case bounds (Manski 2003)",
            "It does not show who the young people are whose status is not known, or whether a 0 means that all are "
            "known or that nobody was asked.",
            _unknown(warning, most),
        ),
        Indicator(
            "unknown_bounds", "response", "X-08", "overlap",
            "A rank of two authorities can be the other way round, because part of each share is not known.",
            "worst-case bounds (Manski 2003)",
            "It does not show where inside its bounds a share lies.",
            _OVERLAPPING,
        ),
    )  # fmt: skip


def _bounds(warning: float, most: float) -> str:
    return f"""CREATE OR REPLACE TABLE quality.not_known_bounds AS
WITH pairs AS (
    SELECT r.indicator, r.source, r.release, r.measure, r.area_code, r.area_name, r.period_start, r.period_end,
        b.value AS lower, r.value AS upper, r.value - b.value AS not_known, a.authority
    FROM harmonised.indicator_figures r
    JOIN harmonised.indicator_figures b USING (indicator, source, release, area_code, period_start, period_end)
    JOIN harmonised.profile_areas a USING (area_code)
    WHERE r.role = 'rate' AND b.role = 'bound' AND r.usable AND b.usable AND r.value >= b.value
    QUALIFY row_number() OVER (PARTITION BY r.indicator, r.source, r.area_code, r.period_start, r.period_end
        ORDER BY r.release_order DESC, r.release DESC, b.series) = 1
)
SELECT p.* EXCLUDE (authority), count(o.area_code) AS n_overlapping,
    CASE WHEN p.not_known > {most} THEN 'no comparison' WHEN p.not_known > {warning} THEN 'warning' ELSE 'ok' END AS use
FROM pairs p LEFT JOIN pairs o ON o.authority AND p.authority AND o.indicator = p.indicator AND o.source = p.source
    AND o.period_start = p.period_start AND o.period_end = p.period_end AND o.area_code <> p.area_code
    AND o.lower <= p.upper AND o.upper >= p.lower
GROUP BY ALL ORDER BY p.indicator, p.source, p.period_end, p.area_code"""


_NEWEST = """(SELECT b.* FROM quality.not_known_bounds b
    JOIN harmonised.profile_areas a ON a.area_code = b.area_code AND a.authority
    QUALIFY b.period_end = max(b.period_end) OVER (PARTITION BY b.source, b.measure))"""


def _unknown(warning: float, most: float) -> str:
    return f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name, max(not_known) AS value,
    format('median {{:.1f}}, most {{:.1f}} points', median(not_known), max(not_known)) AS value_text,
    CASE WHEN max(not_known) > {warning} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('In {{}}, {{:,}} of the {{:,}} authorities did not know the status of more than {warning:g}% of their young '
        'people, {{:,}} of more than {most:g}%; the highest share is in {{}}, {{:.1f}}%.',
        period_name(max(period_start), max(period_end)), count(*) FILTER (not_known > {warning}), count(*),
        count(*) FILTER (not_known > {most}),
        arg_max(area_name, (not_known, area_code)), max(not_known)) AS verdict,
    to_json({{'authorities': count(*), 'warning': count(*) FILTER (use = 'warning'),
        'no_comparison': count(*) FILTER (use = 'no comparison')}})::VARCHAR AS evidence,
    'too high' AS direction, -max(not_known) AS low, 0::DOUBLE AS high, 'percentage points' AS size_unit,
    counted(count(*) FILTER (not_known > {warning}), 'area') AS affected
FROM {_NEWEST} GROUP BY source, measure
UNION ALL BY NAME
SELECT source, release, measure, area_code, area_name, not_known AS value,
    format('{{:.1f}}% to {{:.1f}}%', lower, upper) AS value_text, 'fail' AS outcome, '' AS reason,
    format('{{}}: the share lies between {{:.1f}}% and {{:.1f}}%, because {{:.1f}}% are not known. {{}}.', area_name,
        lower, upper, not_known, CASE WHEN not_known > {most} THEN 'Do not compare it with other areas'
            ELSE 'Compare the bounds, not the single figure' END) AS verdict,
    to_json({{'lower': lower, 'upper': upper, 'overlapping': n_overlapping}})::VARCHAR AS evidence,
    'too high' AS direction, -not_known AS low, 0::DOUBLE AS high, 'percentage points' AS size_unit
FROM {_NEWEST} WHERE not_known > {warning}
QUALIFY row_number() OVER (PARTITION BY source, measure ORDER BY not_known DESC, area_code) <= {BIAS_ROWS}"""


_OVERLAPPING = f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    sum(n_overlapping) / nullif(count(*) * (count(*) - 1), 0) AS value,
    format('{{:,}} of {{:,}} pairs', (sum(n_overlapping) / 2)::BIGINT, (count(*) * (count(*) - 1) // 2)::BIGINT)
        AS value_text,
    CASE WHEN sum(n_overlapping) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN sum(n_overlapping) = 0
         THEN format('No two of the {{:,}} authorities have overlapping bounds in {{}}.', count(*),
            period_name(max(period_start), max(period_end)))
         ELSE format('{{:,}} of the {{:,}} pairs of authorities have overlapping bounds in {{}}, so the figures cannot '
            'rank them; {{:,}} of the {{:,}} authorities can be ranked against every other. Do not rank the others.',
            (sum(n_overlapping) / 2)::BIGINT, (count(*) * (count(*) - 1) // 2)::BIGINT,
            period_name(max(period_start), max(period_end)), count(*) FILTER (n_overlapping = 0), count(*))
                END AS verdict,
    to_json({{'authorities': count(*), 'overlapping_nobody': count(*) FILTER (n_overlapping = 0)}})::VARCHAR
        AS evidence, 'either way' AS direction,
    counted(count(*) FILTER (n_overlapping > 0), 'area') AS affected
FROM {_NEWEST} GROUP BY source, measure"""
