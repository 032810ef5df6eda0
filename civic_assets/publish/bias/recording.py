"""Whether what was reported was recorded, and in the same way: bands of recording rates (X-09) and known breaks (H-11).

Belongs here: `quality.recording_bands`. Does not belong here: breaks themselves (`data_contracts/breaks.yaml`) and
changes of level that are not in that register (H-12, in `verdicts`).

An inspection found that a force recorded a share r, within e, of the crimes reported to it: for a recorded count x, the
true number lies in [x/(r + e), x/(r - e)]. If the intervals of two periods overlap, there is no evidence of a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator

if TYPE_CHECKING:
    from civic_assets.harmonise.comparability.breaks import Break


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the table, and the temporary tables `bias_recording_rates` and `bias_breaks`."""
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
    facts.table(
        "bias_breaks",
        "source VARCHAR, measure VARCHAR, break_id VARCHAR, action VARCHAR, date_from DATE",
        _inside(facts),
    )
    facts.execute(_BANDS)
    return (
        Indicator(
            "recording_band", "reporting", "X-09", "",
            "It does not show the recording rate of single offences, or today's rate: the inspection covered one "
            "half-year and all crimes together.",
            _BAND_ROWS, "no_reference",
            "{source} does not have two years of offences for a force with an inspected recording rate, so the "
            "uncertainty cannot be computed.",
        ),
        Indicator(
            "known_breaks", "reporting", "H-11", "",
            "It does not show how large a break is, or breaks that are not in the register.",
            _BREAK_ROWS, "no_input", "No measure of {source} is held over several periods.",
        ),
        Indicator(
            "survey_ratio", "reporting", "H-12", "",
            "It would not show whether people report more or the police record more.",
            "SELECT NULL AS source, NULL AS release, NULL AS measure, NULL AS area_code, NULL AS area_name, NULL AS "
            "value,"
            " NULL AS value_text, NULL AS outcome, NULL AS reason, NULL AS verdict, NULL AS evidence WHERE false",
            "no_reference",
            "No survey about the same events is held, so there is nothing to compare the counts of {source} with.",
        ),
    )  # fmt: skip


# The newest period of each area and measure, and the same period a year before; wards lie in a borough of a force.
_BANDS = f"""CREATE OR REPLACE TABLE quality.recording_bands AS
WITH counts AS (
    SELECT p.*, coalesce(a.force_code, b.force_code, f.force) AS force_code
    FROM bias_panel p
    LEFT JOIN harmonised.profile_areas a ON a.area_code = p.area_code
    LEFT JOIN harmonised.profile_areas b ON b.area_code = p.parent_code AND p.area_type = 'ward'
    LEFT JOIN bias_recording_rates f ON f.force = p.area_code
    WHERE p.unit = 'count' AND p.statistic = 'flow' AND p.value >= {FEWEST_EVENTS} AND NOT coalesce(p.disputed, false)
      AND p.measure IN (SELECT measure FROM catalogue.measures WHERE unit_of_count = 'offences')
),
newest AS (
    FROM counts QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure)
        AND row_number() OVER (PARTITION BY source, measure, area_code
            ORDER BY period_end DESC, period_start DESC) = 1
)
SELECT n.source, n.release, n.measure, n.area_code, n.area_name, n.force_code, o.period_start AS earlier_period_start,
    o.period_end AS earlier_period_end, o.value AS earlier_value,
    n.period_start AS later_period_start, n.period_end AS later_period_end, n.value AS later_value,
    n.value / o.value AS ratio, r.rate, r.error,
    o.value / (r.rate + r.error) AS earlier_lower, o.value / (r.rate - r.error) AS earlier_upper,
    n.value / (r.rate + r.error) AS later_lower, n.value / (r.rate - r.error) AS later_upper,
    n.value / (r.rate + r.error) <= o.value / (r.rate - r.error)
        AND o.value / (r.rate + r.error) <= n.value / (r.rate - r.error) AS overlap,
    r.rate_from AS rate_period_start, r.rate_to AS rate_period_end, r.reference
FROM newest n JOIN bias_recording_rates r ON r.force = n.force_code
JOIN counts o ON o.source = n.source AND o.measure = n.measure AND o.area_code = n.area_code
    AND o.period_start = n.period_start - INTERVAL 1 YEAR AND o.period_end = n.period_end - INTERVAL 1 YEAR
    AND o.has_total = n.has_total
ORDER BY n.source, n.measure, n.area_code"""

_BAND_ROWS = f"""
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    (count(*) FILTER (overlap))::DOUBLE / count(*) AS value,
    format('{{}} of {{}}', count(*) FILTER (overlap), counted(count(*), 'change')) AS value_text,
    CASE WHEN count(*) FILTER (overlap) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{:,}} of {{}} in ''{{}}'' on the year before (period to {{}}) {{}} within the uncertainty of the '
        'recording '
        'rate, {{:.1f}}% within {{:.2f}} points ({{}}).{{}}', count(*) FILTER (overlap), counted(count(*), 'change'),
        measure_words(measure), day_name(max(later_period_end) - 1),
        CASE WHEN count(*) FILTER (overlap) = 1 THEN 'is' ELSE 'are' END, 100 * any_value(rate),
        100 * any_value(error), any_value(reference), CASE WHEN count(*) FILTER (overlap) > 0
            THEN ' That is not evidence of a change: do not describe one.' ELSE '' END) AS verdict,
    to_json({{'force': any_value(force_code),
        'audited': any_value(rate_period_start) || '/' || any_value(rate_period_end),
        'areas': (list(area_code ORDER BY abs(ln(ratio))) FILTER (overlap))[:{BIAS_ROWS}],
        'areas_not_shown': greatest(0, count(*) FILTER (overlap) - {BIAS_ROWS})}})::VARCHAR AS evidence
FROM quality.recording_bands GROUP BY source, measure, force_code, rate, error"""


def _inside(facts: BiasFacts) -> Iterator[dict[str, Any]]:
    """Breaks of the register within the periods held for a measure."""
    held = facts.connection.execute(
        """SELECT n.source, n.measure, n.first_start, n.last_end, list(DISTINCT p.release) AS releases,
            list_concat(list(DISTINCT p.area_code), list(DISTINCT p.parent_code)) AS areas
        FROM bias_newest n JOIN bias_panel p USING (source, measure) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    breakdowns: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, measure, breakdown, unit in facts.connection.execute(
        "SELECT DISTINCT source, measure, breakdown, unit FROM harmonised.observations ORDER BY ALL"
    ).fetchall():
        breakdowns[source, measure].add(f"{breakdown}\x00{unit}")
    by_source: Mapping[str | None, list[Break]] = defaultdict(list)
    for entry in breaks():
        by_source[entry.source].append(entry)
    for source, measure, first, last, releases, areas in held:
        for entry in (*by_source[source], *by_source[None]):
            here = entry.areas is None or any(entry.covers(code) for code in areas if code)
            if (
                here
                and _stands_within(entry, source, first, last, releases)
                and any(
                    replace(entry, areas=None).concerns(source, measure, "", breakdown=breakdown, unit=unit)
                    for breakdown, unit in (
                        text.split("\x00") for text in sorted(breakdowns[source, measure])
                    )
                )
            ):
                yield {
                    "source": source, "measure": measure, "break_id": entry.id, "action": entry.action,
                    "date_from": entry.date_from,
                }  # fmt: skip


def _stands_within(entry: Break, source: str, first: date, last: date, releases: Sequence[str]) -> bool:
    if entry.last_old_edition is not None:
        return len({entry.is_old(source, release) for release in releases}) > 1
    return first < entry.date_from < last or (
        entry.date_to is not None and first < entry.date_to and entry.date_from < last
    )


_BREAK_ROWS = """
SELECT n.source, n.release, n.measure, NULL AS area_code, NULL AS area_name,
    count(b.break_id) FILTER (b.action = 'block') AS value,
    format('{} forbid, {} caution', count(b.break_id) FILTER (b.action = 'block'),
        count(b.break_id) FILTER (b.action = 'caveat')) AS value_text,
    CASE WHEN count(b.break_id) FILTER (b.action = 'block') > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN count(b.break_id) = 0 THEN format('The register of breaks has no entry for ''{}'' between {} and {}.',
            measure_words(n.measure), day_name(n.first_start), day_name(n.last_end - 1))
         ELSE format('The register of breaks has {} for ''{}'' between {} and {} (for some areas or classes only, '
             'where the entry says so). {} out a comparison{}; mention the others with any comparison.',
            counted(count(b.break_id), 'break'), measure_words(n.measure), day_name(n.first_start),
            day_name(n.last_end - 1),
            CASE count(b.break_id) FILTER (b.action = 'block') WHEN 0 THEN 'None of them rules'
                WHEN 1 THEN '1 of them rules'
                ELSE format('{:,} of them rule', count(b.break_id) FILTER (b.action = 'block')) END,
            coalesce(' (' || string_agg(b.break_id || ' on ' || day_name(b.date_from), ', '
                ORDER BY b.date_from, b.break_id) FILTER (b.action = 'block') || ')', '')) END AS verdict,
    to_json({'block': list(b.break_id ORDER BY b.date_from, b.break_id) FILTER (b.action = 'block'),
        'caveat': list(b.break_id ORDER BY b.date_from, b.break_id) FILTER (b.action = 'caveat')})::VARCHAR AS evidence
FROM bias_newest n LEFT JOIN (SELECT DISTINCT * FROM bias_breaks) b ON b.source = n.source AND b.measure = n.measure
GROUP BY n.source, n.release, n.measure, n.first_start, n.last_end"""
