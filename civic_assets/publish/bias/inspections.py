"""How completely a force recorded the crimes that were reported to it, by force and date, and what follows (X-09).

Belongs here: `quality.recording_bands` and the inspections of `vocabularies/assurance.yaml`. Does not belong here:
known breaks (`recording`).

An inspection found that a force recorded a share r, within e, of the crimes reported to it in some months. A count x of
those months stands for between x/(r + e) and x/(r - e) crimes. A rate that stays the same cancels out of a change; what
matters is that it may have changed. If it was r at the time of the inspection and now lies between r - e and 1,
because recording has not become worse and is at most complete, then the change of the crimes that were reported lies
between ratio * (r - e) and ratio * (r + e) / (r - e).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the table, and the temporary table `bias_recording_rates`."""
    facts.table(
        "bias_recording_rates",
        "force VARCHAR, rate DOUBLE, error DOUBLE, rate_from DATE, rate_to DATE, reference VARCHAR",
        (
            {
                "force": one["force"], "rate": one["rate"], "error": one["error"], "rate_from": one["from"],
                "rate_to": one["to"], "reference": one["reference"],
            }
            for one in facts.vocabulary.recording_rates
        ),
    )  # fmt: skip
    facts.execute(_COUNTS)
    facts.make_by_source("quality.recording_bands", _BANDS, after=("harmonised.profile_areas",))
    return (
        Indicator(
            "recording_quality", "reporting", "X-09", "recording_quality",
            "A force does not record every crime that is reported to it, so recorded crime is lower than reported "
            "crime.",
            "HMICFRS inspections of crime data integrity; the regulator removed the designation for this reason",
            "It does not show the recording rate of single offences, or of other months than those inspected.",
            _quality(facts.limit("recording_quality")),
        ),
        Indicator(
            "recording_change", "reporting", "X-09", "",
            "Better recording is read as more crime.",
            "change of the recording rate between two periods (HMICFRS crime data integrity; bounds as in Manski 2003)",
            "It assumes that recording has not become worse since it was inspected. It does not show the rate today.",
            _CHANGES,
        ),
    )  # fmt: skip


# Wards lie in a borough of a force.
_COUNTS = f"""CREATE OR REPLACE TEMP TABLE bias_recorded AS
SELECT p.*, coalesce(a.force_code, b.force_code, f.force) AS force_code
FROM bias_panel p
LEFT JOIN harmonised.profile_areas a ON a.area_code = p.area_code
LEFT JOIN harmonised.profile_areas b ON b.area_code = p.parent_code AND p.area_type = 'ward'
LEFT JOIN (SELECT DISTINCT force FROM bias_recording_rates) f ON f.force = p.area_code
WHERE p.unit = 'count' AND p.statistic = 'flow' AND p.value >= {FEWEST_EVENTS} AND NOT coalesce(p.disputed, false)
    AND p.measure IN (SELECT measure FROM catalogue.measures WHERE unit_of_count = 'offences')"""

# The newest period of each area and measure, and the earlier one of its length that shares most days with an
# inspection.
_BANDS = """
WITH newest AS (
    FROM bias_recorded QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure)
        AND row_number() OVER (PARTITION BY source, measure, area_code
            ORDER BY period_end DESC, period_start DESC) = 1
)
SELECT n.source, n.release, n.measure, n.area_code, n.area_name, n.force_code, o.period_start AS earlier_period_start,
    o.period_end AS earlier_period_end, o.value AS earlier_value,
    n.period_start AS later_period_start, n.period_end AS later_period_end, n.value AS later_value,
    n.value / o.value AS ratio, r.rate, r.error,
    o.value / (r.rate + r.error) AS earlier_lower, o.value / (r.rate - r.error) AS earlier_upper,
    n.value AS later_lower, n.value / (r.rate - r.error) AS later_upper,
    n.value <= o.value / (r.rate - r.error) AND o.value / (r.rate + r.error) <= n.value / (r.rate - r.error)
        AS overlap,
    r.rate_from AS rate_period_start, r.rate_to AS rate_period_end, r.reference,
    n.value / o.value * (r.rate - r.error) AS ratio_lower,
    n.value / o.value * (r.rate + r.error) / (r.rate - r.error) AS ratio_upper
FROM newest n JOIN bias_recording_rates r ON r.force = n.force_code
JOIN bias_recorded o ON o.source = n.source AND o.measure = n.measure AND o.area_code = n.area_code
    AND o.has_total = n.has_total AND o.period_end <= n.period_start
    AND abs((o.period_end - o.period_start) - (n.period_end - n.period_start)) <= 1
    -- Parts of a year differ with the season.
    AND (n.period_end - n.period_start >= 365 OR month(o.period_start) = month(n.period_start))
    AND o.period_start < r.rate_to AND o.period_end > r.rate_from
QUALIFY row_number() OVER (PARTITION BY n.source, n.measure, n.area_code, r.force ORDER BY
    least(o.period_end, r.rate_to) - greatest(o.period_start, r.rate_from) DESC, o.period_end) = 1
ORDER BY n.source, n.measure, n.area_code"""


def _quality(limit: float) -> str:
    """Forces with figures of inspected months, and one row for the forces of a source that no inspection covers."""
    return f"""
SELECT c.source, max(c.release) AS release, NULL AS measure, r.force AS area_code,
    coalesce(any_value(a.area_name), r.force) AS area_name, r.rate AS value,
    format('{{:.1f}}% within {{:.2f}} points', 100 * r.rate, 100 * r.error) AS value_text,
    CASE WHEN r.rate - r.error < {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{}} recorded {{:.1f}}% (within {{:.2f}} points) of the crimes reported to it in {{}} ({{}}). The crimes '
        'reported then were between {{:.1f}}% and {{:.1f}}% more than {{}} shows.',
        coalesce(any_value(a.area_name), r.force), 100 * r.rate, 100 * r.error,
        period_name(r.rate_from, r.rate_to), r.reference, 100 / least(1, r.rate + r.error) - 100,
        100 / (r.rate - r.error) - 100, c.source) AS verdict,
    to_json({{'inspected': r.rate_from || '/' || r.rate_to, 'measures': count(DISTINCT c.measure)}})::VARCHAR
        AS evidence,
    'too low' AS direction, 1 / least(1, r.rate + r.error) - 1 AS low, 1 / (r.rate - r.error) - 1 AS high,
    'share of the figure' AS size_unit, NULL AS would_evaluate
FROM bias_recorded c JOIN bias_recording_rates r ON r.force = c.force_code
    AND c.period_start < r.rate_to AND c.period_end > r.rate_from
LEFT JOIN catalogue.areas a ON a.area_code = r.force
GROUP BY c.source, r.force, r.rate, r.error, r.rate_from, r.rate_to, r.reference"""


_CHANGES = f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    (count(*) FILTER (overlap))::DOUBLE / count(*) AS value,
    format('{{}} of {{}}', count(*) FILTER (overlap), counted(count(*), 'change')) AS value_text,
    CASE WHEN count(*) FILTER (overlap) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{:,}} of {{}} in ''{{}}'' from {{}} to {{}} {{}} no larger than a change of recording could make {{}}: '
        'the force recorded {{:.1f}}% within {{:.2f}} points then ({{}}), and at most everything now.{{}}',
        count(*) FILTER (overlap), counted(count(*), 'change'), measure_words(measure),
        period_name(any_value(earlier_period_start), any_value(earlier_period_end)),
        period_name(any_value(later_period_start), any_value(later_period_end)),
        CASE WHEN count(*) FILTER (overlap) = 1 THEN 'is' ELSE 'are' END,
        CASE WHEN count(*) FILTER (overlap) = 1 THEN 'it' ELSE 'them' END, 100 * rate, 100 * error,
        any_value(reference), CASE WHEN count(*) FILTER (overlap) > 0
            THEN ' Do not describe these changes as more or less crime.' ELSE '' END) AS verdict,
    to_json({{'force': force_code,
        'audited': any_value(rate_period_start) || '/' || any_value(rate_period_end),
        'areas': (list(area_code ORDER BY abs(ln(ratio)), area_code) FILTER (overlap))[:{BIAS_ROWS}],
        'areas_not_shown': greatest(0, count(*) FILTER (overlap) - {BIAS_ROWS})}})::VARCHAR AS evidence,
    'either way' AS direction, rate - error - 1 AS low, (rate + error) / (rate - error) - 1 AS high,
    'share of the published ratio' AS size_unit, counted(count(*) FILTER (overlap), 'area') AS affected,
    NULL AS would_evaluate
FROM quality.recording_bands GROUP BY source, measure, force_code, rate, error
UNION ALL BY NAME
SELECT source, max(release) AS release, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    format('No inspection of how completely a force of {{}} recorded crime covers a time with earlier figures of the '
        'same length, so a change of recording cannot be bounded.', source) AS verdict,
    'a result of an HMICFRS inspection of crime data integrity for its forces and years, in vocabularies/bias.yaml'
        AS would_evaluate
FROM bias_recorded GROUP BY source HAVING source NOT IN (SELECT source FROM quality.recording_bands)"""
