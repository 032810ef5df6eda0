"""Claims of change and of being high: how extreme they are among all that could have been claimed (X-10, X-11).

Belongs here: `quality.baseline_multiverse` and `quality.omitted_effects`. Does not belong here: which period is the
baseline (`civic_assets.publish.profiles.baseline`), and numbers in the report's text compared with the data (X-14).

The multiverse of a claim consists of all pairs of periods of the area and indicator that may be compared with its
latest one (no break separates them and they do not overlap) and lie as far apart as the two of the claim, each as a
change of the count, of the rate, and of the other definitions that the register's vocabulary names (idea: multiverse
analysis, Steegen et al. 2016). The register also counts the baselines from which the latest period has changed in the
opposite direction, whatever their distance: a direction does not depend on the length of a span.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.concentration import alternate_measures
from civic_assets.publish.bias.indicator import BiasFacts, Indicator
from civic_assets.publish.member import REPORT

_MADE_FROM = ("harmonised.area_profile", "harmonised.indicator_periods", "harmonised.indicator_baseline")
"""Tables that join sources and that `quality.baseline_multiverse` is made from."""


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create both tables, and the temporary table `bias_claims`."""
    facts.table(
        "bias_claims",
        "area_code VARCHAR, indicator VARCHAR, ratio DOUBLE, earlier_start DATE, earlier_end DATE, later_start DATE, "
        "later_end DATE, said VARCHAR",
        (
            {
                "area_code": one["area"], "indicator": one["measure"], "ratio": one["ratio"],
                "earlier_start": one["earlier"][0], "earlier_end": one["earlier"][1], "later_start": one["later"][0],
                "later_end": one["later"][1], "said": one["where"],
            }
            for one in facts.vocabulary.claims["changes"]
        ),
    )  # fmt: skip
    named = facts.vocabulary.claims["named"]
    facts.table(
        "bias_named",
        "indicator VARCHAR, said VARCHAR",
        ({"indicator": one, "said": named["where"]} for one in named["indicators"]),
    )
    if not facts.keeps(after=_MADE_FROM, measures=alternate_measures(facts)):
        facts.execute(_multiverse(facts))
    facts.execute(_omitted(facts))
    low, high, fewest = (facts.limit(f"multiverse_{name}") for name in ("low", "high", "pairs"))
    return (
        Indicator(
            "baseline_multiverse", "confirmation", "X-10", "opposite_baselines",
            "A change is shown from the baseline that supports it, and other baselines would show the opposite.",
            "multiverse analysis (Steegen et al. 2016); vibration of effects (Patel, Burford and Ioannidis 2015)",
            "It does not show why a base was chosen, or whether the question was a fair one.",
            f"{_directions(facts)} UNION ALL BY NAME {_reported(low, high, int(fewest))}",
        ),
        Indicator(
            "omitted_effects", "confirmation", "X-11", "",
            "What changed most is left without a verdict, while smaller changes have one.",
            "selective reporting of outcomes (Chan et al. 2004)",
            "It does not show whether an omitted indicator matters to the question.",
            _OMITTED_ROWS,
        ),
    )  # fmt: skip


# `harmonised.indicator_periods`: the disjoint periods of each indicator and area, and whether each may be compared
# with the latest.
def _multiverse(facts: BiasFacts) -> str:
    low, high, fewest = (facts.limit(f"multiverse_{name}") for name in ("low", "high", "pairs"))
    span = facts.limit("like_spans")
    return f"""CREATE OR REPLACE TABLE quality.baseline_multiverse AS
WITH periods AS (
    SELECT * FROM harmonised.indicator_periods WHERE usable AND (is_latest OR allowed)
),
values AS (
    SELECT indicator, area_code, period_start, period_end, 'count' AS reading, count AS value FROM periods
    UNION ALL SELECT indicator, area_code, period_start, period_end, 'rate', rate FROM periods
    UNION ALL SELECT p.indicator, p.area_code, p.period_start, p.period_end, 'other: ' || d.other_measure, d.other_value
    FROM periods p JOIN quality.alternative_definitions d ON d.indicator = p.indicator AND d.area_code = p.area_code
        AND d.period_start = p.period_start AND d.period_end = p.period_end AND d.source = p.source
),
changes AS (
    SELECT a.indicator, a.area_code, a.reading, b.value / a.value AS ratio, a.period_start AS from_start,
        b.period_start AS to_start
    FROM values a JOIN values b ON a.indicator = b.indicator AND a.area_code = b.area_code AND a.reading = b.reading
        AND a.period_end <= b.period_start
    WHERE a.value > 0 AND b.value > 0
),
claims AS (
    SELECT indicator, title, area_code, area_name, source, latest_release AS release, measure, ratio AS claimed,
        verdict, baseline_period_start, baseline_period_end, latest_period_start, latest_period_end
    FROM harmonised.indicator_baseline WHERE ratio > 0
)
SELECT s.*, CASE WHEN n_admissible >= {fewest:g} THEN percentile <= {low} OR percentile >= {high} END AS extreme,
    coalesce(b.n_baselines, 0) AS n_baselines, coalesce(b.n_opposite, 0) AS n_opposite, b.lowest_of_baselines,
    b.highest_of_baselines
FROM (
SELECT c.*, count(m.ratio) AS n_admissible, count(DISTINCT m.reading) AS n_readings, min(m.ratio) AS lowest,
    median(m.ratio) AS middle, max(m.ratio) AS highest,
    (count(*) FILTER (m.ratio < c.claimed * (1 - 1e-9))
        + 0.5 * count(*) FILTER (abs(m.ratio - c.claimed) <= 1e-9 * c.claimed)) / nullif(count(m.ratio), 0)
        AS percentile
FROM claims c LEFT JOIN changes m ON m.indicator = c.indicator AND m.area_code = c.area_code
    -- A change over five years is larger than one over two, whatever base was chosen.
    AND abs((m.to_start - m.from_start) - (c.latest_period_start - c.baseline_period_start)) <= {span}
GROUP BY ALL
) s LEFT JOIN (
    SELECT c.indicator, c.area_code, count(DISTINCT m.from_start) AS n_baselines,
        count(DISTINCT m.from_start) FILTER ((m.ratio > 1) <> (c.claimed > 1) AND m.ratio <> 1) AS n_opposite,
        min(m.ratio) AS lowest_of_baselines, max(m.ratio) AS highest_of_baselines
    FROM claims c JOIN changes m ON m.indicator = c.indicator AND m.area_code = c.area_code
        AND m.to_start = c.latest_period_start AND m.from_start <> c.baseline_period_start
        AND m.reading IN ('count', 'rate')
    GROUP BY c.indicator, c.area_code
) b USING (indicator, area_code) ORDER BY indicator, area_code"""


def _directions(facts: BiasFacts) -> str:
    """Claims that something rose or fell: whether another baseline, or a change of like length, says otherwise."""
    least, opposite = int(facts.limit("fewest_baselines")), facts.limit("opposite_baselines")
    return f"""
WITH claimed AS (
    SELECT *, n_baselines >= {least} OR extreme IS NOT NULL AS judged,
        n_baselines >= {least} AND n_opposite / n_baselines >= {opposite} AS reversed
    FROM quality.baseline_multiverse WHERE verdict IN ('higher', 'lower')
),
flagged AS (SELECT *, judged AND (reversed OR coalesce(extreme, false)) AS flag FROM claimed)
SELECT source, max(release) AS release, indicator AS measure, NULL AS area_code, NULL AS area_name,
    (count(*) FILTER (flag))::DOUBLE / count(*) AS value,
    format('{{:,}} of {{}}', count(*) FILTER (flag), counted(count(*), 'change')) AS value_text,
    CASE WHEN count(*) FILTER (flag) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN count(*) FILTER (flag) = 0
         THEN format('All {{:,}} changes of ''{{}}'' that are called higher or lower have the same direction from most '
            'other baselines.', count(*), max(title))
         ELSE format('{{:,}} of {{:,}} changes of ''{{}}'' that are called higher or lower depend on the baseline: '
            'from at least {opposite:.0%} of the other valid baselines the change is the opposite, or it is extreme '
            'among all changes over the same number of years. Give the range with the figure.',
            count(*) FILTER (flag), count(*), max(title)) END AS verdict,
    to_json({{'claims': count(*), 'reversed': count(*) FILTER (reversed),
        'extreme': count(*) FILTER (extreme)}})::VARCHAR AS evidence,
    CASE WHEN count(*) FILTER (flag) > 0 THEN 'either way' END AS direction,
    counted(count(*) FILTER (flag), 'area') AS affected, NULL AS would_evaluate
FROM flagged WHERE judged GROUP BY source, indicator
UNION ALL BY NAME
SELECT source, release, indicator AS measure, area_code, area_name, n_opposite / n_baselines AS value,
    format('times {{:.2f}}; {{:.2f}} to {{:.2f}} from other baselines', claimed, lowest_of_baselines,
        highest_of_baselines) AS value_text, 'fail' AS outcome, '' AS reason,
    format('''{{}}'' in {{}}: from {{}} to {{}} it changed by a factor of {{:.2f}}. From {{:,}} of the {{:,}} other '
        'valid baselines the direction is the opposite, and the factors range from {{:.2f}} to {{:.2f}}. Give the '
        'range with the figure.', title, area_name, period_name(baseline_period_start, baseline_period_end),
        period_name(latest_period_start, latest_period_end), claimed, n_opposite, n_baselines, lowest_of_baselines,
        highest_of_baselines) AS verdict,
    to_json({{'readings': n_readings, 'verdict': verdict, 'percentile': percentile}})::VARCHAR AS evidence,
    'either way' AS direction, lowest_of_baselines / claimed - 1 AS low, highest_of_baselines / claimed - 1 AS high,
    'share of the published ratio' AS size_unit
FROM (
    SELECT *, row_number() OVER (PARTITION BY source, indicator ORDER BY n_opposite / n_baselines DESC,
        abs(ln(claimed)) DESC, area_code) AS place
    FROM flagged WHERE reversed
) WHERE place <= {BIAS_ROWS}
UNION ALL BY NAME
SELECT source, max(release) AS release, NULL AS measure, 'not_evaluated' AS outcome, 'history_too_short' AS reason,
    format('{{}} of {{}} {{}} called higher or lower, and fewer than {least} other baselines are held: {{}}.',
        counted(count(*), 'change'), source, CASE WHEN count(*) = 1 THEN 'is' ELSE 'are' END,
        string_agg(DISTINCT title, '; ' ORDER BY title)) AS verdict,
    to_json({{'indicators': list_sort(list(DISTINCT indicator))}})::VARCHAR AS evidence,
    'earlier editions of ' || source || ', with at least {least} earlier periods' AS would_evaluate
FROM flagged WHERE NOT judged GROUP BY source"""


def _reported(low: float, high: float, fewest: int) -> str:
    return f"""
SELECT '{REPORT}' AS source, NULL AS release, c.indicator AS measure, c.area_code, a.area_name,
    CASE WHEN count(m.ratio) >= {fewest} THEN avg((m.ratio < c.ratio)::INTEGER) END AS value,
    format('times {{:.2f}} among {{}}', c.ratio, counted(count(m.ratio), 'admissible change')) AS value_text,
    CASE WHEN count(m.ratio) < {fewest} THEN 'not_evaluated'
         WHEN avg((m.ratio < c.ratio)::INTEGER) BETWEEN {low} AND {high} THEN 'pass' ELSE 'fail' END AS outcome,
    CASE WHEN count(m.ratio) < {fewest} THEN 'history_too_short' ELSE '' END AS reason,
    format('The GLA report says: "{{}}" (a factor of {{:.2f}}). {{}} {{}} held for that area; {fewest} are needed to '
        'say '
        'how extreme the claim is.', c.said, c.ratio, counted(count(m.ratio), 'valid comparison'),
        CASE WHEN count(m.ratio) = 1 THEN 'is' ELSE 'are' END) AS verdict,
    to_json({{'earlier': c.earlier_start || '/' || c.earlier_end, 'later': c.later_start || '/' ||
        c.later_end}})::VARCHAR
        AS evidence, CASE WHEN count(m.ratio) < {fewest} THEN 'editions of the source of ' || c.indicator
        || ' with figures from ' || day_name(c.earlier_start) || ' on' END AS would_evaluate
FROM bias_claims c LEFT JOIN harmonised.profile_areas a ON a.area_code = c.area_code
LEFT JOIN (
    SELECT x.indicator, x.area_code, y.count / x.count AS ratio
    FROM harmonised.indicator_periods x JOIN harmonised.indicator_periods y ON x.indicator = y.indicator
        AND x.area_code = y.area_code AND x.period_end <= y.period_start
    WHERE x.count > 0 AND y.count > 0 AND (x.is_latest OR x.allowed) AND (y.is_latest OR y.allowed)
) m ON m.indicator = c.indicator AND m.area_code = c.area_code
GROUP BY c.indicator, c.area_code, a.area_name, c.ratio, c.said, c.earlier_start, c.earlier_end, c.later_start,
    c.later_end"""


def _omitted(facts: BiasFacts) -> str:
    """Indicators without a verdict that moved more than one with a verdict; in the report, compared with London."""
    has_report = facts.connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'quality' AND table_name = "
        "'report_table_1'"
    ).fetchone()
    printed = f"""
    UNION ALL
    SELECT 'report', '{REPORT}', NULL, t.indicator, t.printed_label, '{facts.vocabulary.claims["area"]}',
        (SELECT any_value(area_name) FROM catalogue.areas WHERE area_code = '{facts.vocabulary.claims["area"]}'),
        t.printed_percent / t.printed_london, n.indicator IS NOT NULL, 'the report gives no reason', 0
    FROM quality.report_table_1 t LEFT JOIN bias_named n USING (indicator)
    WHERE t.printed_percent > 0 AND t.printed_london > 0"""
    return f"""CREATE OR REPLACE TABLE quality.omitted_effects AS
WITH effects AS (
    SELECT 'baseline' AS said_in, source, latest_release AS release, indicator, title, area_code, area_name, ratio,
        coalesce(verdict IN ('higher', 'lower'), false) AS named, why_no_verdict AS because,
        latest_period_start - baseline_period_start AS span
    FROM harmonised.indicator_baseline
    WHERE ratio > 0 AND coalesce(verdict, '') <> 'no clear change'{printed if has_report and has_report[0] else ""}
),
least AS (
    SELECT e.said_in, e.area_code, e.indicator, min(abs(ln(n.ratio))) AS effect,
        arg_min(n.title, (abs(ln(n.ratio)), n.indicator)) AS title
    FROM effects e JOIN effects n ON n.said_in = e.said_in AND n.area_code = e.area_code AND n.named AND NOT e.named
        -- Changes over unlike numbers of years are not compared in size.
        AND abs(n.span - e.span) <= {facts.limit("like_spans")}
    GROUP BY e.said_in, e.area_code, e.indicator
)
SELECT e.* EXCLUDE (span), l.title AS least_named, exp(l.effect) AS least_named_ratio,
    abs(ln(e.ratio)) > l.effect AS larger
FROM effects e JOIN least l ON l.said_in = e.said_in AND l.area_code = e.area_code AND l.indicator = e.indicator
WHERE NOT e.named ORDER BY e.said_in, e.source, e.indicator, e.area_code"""


_OMITTED_ROWS = f"""
SELECT source, max(release) AS release, indicator AS measure,
    CASE WHEN said_in = 'report' THEN max(area_code) END AS area_code,
    CASE WHEN said_in = 'report' THEN max(area_name) END AS area_name,
    count(*) FILTER (larger) AS value,
    format('{{}} of {{}}', count(*) FILTER (larger), counted(count(*), 'area')) AS value_text,
    CASE WHEN count(*) FILTER (larger) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN said_in = 'report' THEN format('The GLA report names what is noticeably higher than in London. '
        '''{{}}'' is '
            '{{:.2f}} times the London figure, {{}} than ''{{}}'' ({{:.2f}} times), the smallest one that is '
            'named{{}}.',
            max(title), any_value(ratio), CASE WHEN bool_or(larger) THEN 'more' ELSE 'less' END,
            any_value(least_named), any_value(least_named_ratio),
            CASE WHEN bool_or(larger) THEN ', but the report does not name it. Read the omitted indicator too'
                ELSE '' END)
         WHEN count(*) FILTER (larger) = 0 THEN format('''{{}}'' has no verdict; in none of {{}} does it change more '
             'than an '
            'indicator that has one.', max(title), counted(count(*), 'area'))
         ELSE format('In {{:,}} of {{}}, ''{{}}'' changes more than an indicator with the verdict higher or lower, '
             'but has '
            'no verdict itself (for example {{}}: by a factor of {{:.2f}}; {{}}). Read it with the verdicts.',
            count(*) FILTER (larger), counted(count(*), 'area'), max(title), arg_max(area_name, (abs(ln(ratio)),
                area_code)) FILTER (larger),
            arg_max(ratio, (abs(ln(ratio)), area_code)) FILTER (larger),
            lower(left(arg_max(because, (abs(ln(ratio)), area_code)) FILTER (larger), 1))
                || rtrim(substr(arg_max(because, (abs(ln(ratio)), area_code)) FILTER (larger), 2), '.')) END AS verdict,
    to_json({{'areas': (list(area_code ORDER BY abs(ln(ratio)) DESC) FILTER (larger))
        [:{BIAS_ROWS}]}})::VARCHAR AS evidence
FROM quality.omitted_effects GROUP BY said_in, source, indicator"""
