"""People who choose whether to report what happened to them: a survey set against what the police recorded.

Belongs here: incidents recorded against the share of people who say in a survey that they had such an experience. Does
not belong here: what a force records of what is reported to it (`inspections`).

Recorded crime selects itself: it holds what somebody decided to report. If p percent of people had an experience and
the police recorded i incidents per 100 residents, then at least a share 1 - i/p of these people stand behind no record,
as long as each record counts for one person.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the temporary table `bias_surveys`."""
    facts.table(
        "bias_surveys",
        "source VARCHAR, area_code VARCHAR, measure VARCHAR, percent DOUBLE, period_start DATE, period_end DATE, "
        "reference VARCHAR",
        (
            {
                "source": one["source"], "area_code": one["area"], "measure": one["measure"],
                "percent": one["percent"], "period_start": one["start"], "period_end": one["end"],
                "reference": one["reference"],
            }
            for one in facts.vocabulary.survey_estimates
        ),
    )  # fmt: skip
    return (
        Indicator(
            "crimes_not_reported", "self_selection", "", "reported",
            "The record holds only what somebody chose to report, and those who report differ from those who do not.",
            "the dark figure of crime: a victim survey set against the police record (Skogan 1977; Crime Survey for "
            "England and Wales)",
            "It does not show who did not report. One record can be about several people, and one person can have "
            "reported several times.",
            _rows(facts.limit("reported")),
        ),
    )  # fmt: skip


def _rows(limit: float) -> str:
    return f"""
WITH pairs AS (
    SELECT s.*, o.release, o.area_name, o.value / 10 AS per_hundred, o.value / 10 / s.percent AS ratio
    FROM bias_surveys s JOIN harmonised.observations o ON o.source = s.source AND o.measure = s.measure
        AND o.area_code = s.area_code AND o.period_start = s.period_start AND o.period_end = s.period_end
        AND o.breakdown = 'total' AND o.unit = 'per_1000_population'
    WHERE o.value IS NOT NULL AND o.quality = 'ok'
    QUALIFY row_number() OVER (PARTITION BY s.source, s.measure, s.area_code, s.period_start
        ORDER BY o.release_order DESC, o.release DESC) = 1
)
SELECT source, release, measure, area_code, area_name, ratio AS value,
    format('{{:.1f}} incidents per 100 residents, {{:.1f}}% with an experience', per_hundred, percent) AS value_text,
    CASE WHEN ratio < {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{}}, {{}}: {{:.1f}}% of people say that they experienced or witnessed it, and the police recorded '
        '{{:.1f}} incidents per 100 residents ({{}}). {{}}', area_name, period_name(period_start, period_end), percent,
        per_hundred, reference,
        CASE WHEN ratio < 1 THEN format('At least {{:.0f}}% of these people stand behind no record, if each record '
            'counts for one of them. Do not read the record as what happened.', 100 - 100 * ratio)
            ELSE 'The record holds at least as many incidents as people.' END) AS verdict,
    to_json({{'reference': reference}})::VARCHAR AS evidence,
    CASE WHEN ratio < 1 THEN 'too low' END AS direction, CASE WHEN ratio < 1 THEN 0::DOUBLE END AS low,
    CASE WHEN ratio < 1 THEN 1 / ratio - 1 END AS high,
    CASE WHEN ratio < 1 THEN 'share of the figure' END AS size_unit, NULL AS would_evaluate
FROM pairs
UNION ALL BY NAME
SELECT min(source) AS source, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    format('How many victims of other crimes do not report them is not held, so it cannot be said of {{}}.',
        array_to_string(list_sort(list(source)), ', ')) AS verdict,
    'the annual tables of the Crime Survey for England and Wales on incidents reported to the police '
        || '(Office for National Statistics)' AS would_evaluate
FROM (SELECT DISTINCT source FROM bias_panel JOIN catalogue.measures m USING (measure)
    WHERE m.unit_of_count = 'offences') HAVING count(*) > 0"""
