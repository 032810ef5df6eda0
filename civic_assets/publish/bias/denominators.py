"""Populations that a rate or a share is of, and whether they are those of the people counted (H-05, H-06).

Belongs here: rates set against the newest estimates of the population, estimates set against later ones, and the cohort
of young people known to an authority set against its residents. Does not belong here: which base a printed rate implies
(`civic_assets.publish.read_model.implied_denominators`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the temporary tables `bias_population` and `bias_bases`."""
    facts.execute(_POPULATION, _BASES)
    base, cohort = facts.limit("denominator"), facts.limit("cohort")
    return (
        Indicator(
            "population_base", "sampling", "H-05", "denominator",
            "A rate divides by an estimate of the population that was replaced by a later one, or by residents where "
            "many of the people concerned do not live.",
            "coverage error of the denominator; rebasing after a census (Office for National Statistics)",
            "It does not show which people of the new estimate the events concern.",
            _bases(base),
        ),
        Indicator(
            "cohort_coverage", "sampling", "H-06", "cohort",
            "The young people known to an authority are more or fewer than those who live there, so a share of them "
            "is not one of the residents.",
            "over- and under-coverage of the target population (indicator A2 of the European Statistical System)",
            "It compares academic ages on 31 August with ages on 30 June, and does not show who is missing.",
            _cohorts(cohort),
        ),
    )  # fmt: skip


_POPULATION = """CREATE OR REPLACE TEMP TABLE bias_population AS
SELECT area_code, period_start AS day, breakdown, release, release_order, value FROM harmonised.observations
WHERE source = 'ons_population' AND measure = 'population' AND value IS NOT NULL AND quality = 'ok'
    AND breakdown IN ('total', 'age=16', 'age=17')"""

# The base of a rate follows from the count; that of the largest count of an area is the most exact. Estimates of the
# year before the period are used where the newer ones are not out.
_BASES = """CREATE OR REPLACE TEMP TABLE bias_bases AS
WITH bases AS (
    SELECT c.source, c.release, c.area_code, c.area_name, c.period_start, c.period_end, c.measure,
        c.value * 1000 / r.value AS base
    FROM harmonised.observations c JOIN harmonised.observations r USING (source, release, measure, area_code,
        period_start, period_end, breakdown)
    WHERE c.unit = 'count' AND r.unit = 'per_1000_population' AND c.value > 0 AND r.value > 0
        AND c.breakdown = 'total' AND c.quality = 'ok' AND r.quality = 'ok'
    QUALIFY row_number() OVER (PARTITION BY c.source, c.area_code
        ORDER BY c.period_end DESC, c.release_order DESC, c.value DESC, c.measure) = 1
),
newest AS (
    FROM bias_population WHERE breakdown = 'total'
    QUALIFY row_number() OVER (PARTITION BY area_code, day ORDER BY release_order DESC, release DESC) = 1
)
SELECT b.*, p.day, p.value AS population, p.release AS population_release, b.base / p.value - 1 AS error
FROM bases b LEFT JOIN newest p ON p.area_code = b.area_code AND p.day <= b.period_end
    AND p.day > b.period_start - INTERVAL 1 YEAR
QUALIFY row_number() OVER (PARTITION BY b.source, b.area_code ORDER BY p.day DESC NULLS LAST) = 1"""


def _bases(limit: float) -> str:
    return f"""
SELECT source, max(release) AS release, NULL AS measure, NULL AS area_code, NULL AS area_name,
    arg_max(abs(error), (abs(error), area_code)) AS value,
    format('{{:,}} of {{}} by more than {limit:.0%}', count(*) FILTER (abs(error) > {limit}),
        counted(count(*), 'area')) AS value_text,
    CASE WHEN max(abs(error)) > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('The rates of {{}} in {{}} imply populations that differ by more than {limit:.0%} from the newest estimates '
        'in {{:,}} of {{}} (most in {{}}: {{:+.1f}}%).{{}}', source,
        period_name(max(period_start), max(period_end)), count(*) FILTER (abs(error) > {limit}),
        counted(count(*), 'area'), arg_max(area_name, (abs(error), area_code)),
        100 * arg_max(error, (abs(error), area_code)),
        CASE WHEN max(abs(error)) > {limit} THEN ' Calculate the rate again before you compare areas.' ELSE '' END)
        AS verdict,
    to_json({{'population': max(population_release), 'areas': count(*)}})::VARCHAR AS evidence,
    CASE WHEN min(error) >= 0 THEN 'too low' WHEN max(error) <= 0 THEN 'too high' ELSE 'either way' END AS direction,
    min(error) AS low, max(error) AS high, 'share of the rate' AS size_unit,
    counted(count(*) FILTER (abs(error) > {limit}), 'area') AS affected, NULL AS would_evaluate
FROM bias_bases WHERE error IS NOT NULL GROUP BY source
UNION ALL BY NAME
SELECT source, release, area_code, area_name, abs(error) AS value,
    format('{{:,.0f}} implied, {{:,.0f}} estimated', base, population) AS value_text, 'fail' AS outcome, '' AS reason,
    format('{{}}: the rates of {{}} imply {{:,.0f}} residents; the estimate for {{}} in release {{}} is {{:,.0f}}.',
        area_name, period_name(period_start, period_end), base, day_name(day), population_release, population)
        AS verdict,
    CASE WHEN error > 0 THEN 'too low' ELSE 'too high' END AS direction, error AS low, error AS high,
    'share of the rate' AS size_unit
FROM bias_bases WHERE abs(error) > {limit}
QUALIFY row_number() OVER (PARTITION BY source ORDER BY abs(error) DESC, area_code) <= {BIAS_ROWS}
UNION ALL BY NAME
SELECT 'ons_population' AS source, max(n.release) AS release, 'population' AS measure,
    max(abs(o.value / n.value - 1)) AS value,
    format('{{:,}} of {{:,}} estimates by more than {limit:.0%}',
        count(*) FILTER (abs(o.value / n.value - 1) > {limit}), count(*)) AS value_text,
    CASE WHEN max(abs(o.value / n.value - 1)) > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{:,}} of {{:,}} estimates of the population that two releases have were changed by more than '
        '{limit:.0%}, by {{:+.1f}}% at most.{{}}', count(*) FILTER (abs(o.value / n.value - 1) > {limit}), count(*),
        100 * arg_max(n.value / o.value - 1, (abs(o.value / n.value - 1), n.area_code)),
        CASE WHEN max(abs(o.value / n.value - 1)) > {limit} THEN ' Use one release in a series.' ELSE '' END)
        AS verdict,
    to_json({{'releases': list_sort(list(DISTINCT o.release))}})::VARCHAR AS evidence,
    'either way' AS direction, min(n.value / o.value - 1) AS low, max(n.value / o.value - 1) AS high,
    'share of the figure' AS size_unit,
    counted(count(DISTINCT n.area_code) FILTER (abs(o.value / n.value - 1) > {limit}), 'area') AS affected
FROM bias_population o JOIN bias_population n ON n.area_code = o.area_code AND n.day = o.day
    AND n.breakdown = 'total' AND o.breakdown = 'total' AND n.release_order > o.release_order
HAVING count(*) > 0
UNION ALL BY NAME
SELECT source, max(release) AS release, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    format('No estimate of the population is held for {{}} with rates of {{}}.', counted(count(*), 'area'), source)
        AS verdict,
    'mid-year estimates of the population (Office for National Statistics) for the same areas' AS would_evaluate
FROM bias_bases GROUP BY source HAVING count(error) = 0
UNION ALL BY NAME
SELECT min(source) AS source, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    format('Rates of {{}} divide events by residents. How many people work, study or visit there is not held.',
        array_to_string(list_sort(list(DISTINCT source)), ', ')) AS verdict,
    'the workday population of the census of 2021 (Office for National Statistics)' AS would_evaluate
FROM bias_bases HAVING count(*) > 0"""


def _cohorts(limit: float) -> str:
    return f"""
WITH residents AS (
    SELECT area_code, day, release, sum(value) AS value FROM bias_population WHERE breakdown <> 'total'
    GROUP BY area_code, day, release, release_order HAVING count(*) = 2
    QUALIFY row_number() OVER (PARTITION BY area_code, day ORDER BY release_order DESC, release DESC) = 1
),
cohorts AS (
    SELECT p.source, p.release, p.measure, p.area_code, p.area_name, p.period_start, p.period_end, p.value AS cohort
    FROM bias_panel p JOIN harmonised.profile_areas a ON a.area_code = p.area_code AND a.authority
    WHERE p.measure = 'neet_cohort' AND p.value > 0
),
judged AS (
    SELECT c.*, r.day, r.value AS residents, c.cohort / r.value - 1 AS apart
    FROM cohorts c LEFT JOIN residents r ON r.area_code = c.area_code AND r.day < c.period_end
        AND r.day > c.period_start - INTERVAL 1 YEAR
    QUALIFY row_number() OVER (PARTITION BY c.source, c.area_code
        ORDER BY r.day IS NULL, c.period_end DESC, r.day DESC) = 1
)
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    count(*) FILTER (abs(apart) > {limit}) / count(*) AS value,
    format('{{:,}} of {{}} by more than {limit:.0%}', count(*) FILTER (abs(apart) > {limit}),
        counted(count(*), 'area')) AS value_text,
    CASE WHEN count(*) FILTER (abs(apart) > {limit}) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('In {{:,}} of {{:,}} authorities the cohort of 16 and 17 in {{}} differs by more than {limit:.0%} from the '
        'residents of that age (median {{:+.1f}}%, from {{:+.1f}}% in {{}} to {{:+.1f}}% in {{}}).{{}}',
        count(*) FILTER (abs(apart) > {limit}), count(*), period_name(max(period_start), max(period_end)),
        100 * median(apart), 100 * min(apart), arg_min(area_name, (apart, area_code)), 100 * max(apart),
        arg_max(area_name, (apart, area_code)),
        CASE WHEN count(*) FILTER (abs(apart) > {limit}) > 0
            THEN ' Do not read shares of the cohort as shares of the residents.' ELSE '' END) AS verdict,
    to_json({{'authorities': count(*), 'residents_on': max(day)}})::VARCHAR AS evidence,
    'either way' AS direction, min(apart) AS low, max(apart) AS high, 'share of the residents' AS size_unit,
    counted(count(*) FILTER (abs(apart) > {limit}), 'area') AS affected, NULL AS would_evaluate
FROM judged WHERE apart IS NOT NULL GROUP BY source, measure
UNION ALL BY NAME
SELECT source, max(release) AS release, measure, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    format('Residents of 16 and 17 are not held for the authorities of {{}}.', source) AS verdict,
    'mid-year estimates of the population by single year of age (Office for National Statistics)' AS would_evaluate
FROM judged GROUP BY source, measure HAVING count(apart) = 0"""
