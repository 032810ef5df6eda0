"""The times of figures: unusual ones (H-13), too few (H-17) and published late (X-02).

Belongs here: indicators about periods. Does not belong here: what counts as unusual (the register of breaks), and
whether two periods may be compared (`civic_assets.harmonise.comparability.verdict`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from civic_assets.harmonise.comparability.breaks import abnormal_share
from civic_assets.publish.bias.indicator import BiasFacts, Indicator
from civic_assets.quality.rules.periods import most_disjoint
from civic_assets.values.periods import Period, PeriodKind


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the temporary tables `bias_periods` (shares of unusual days) and `bias_disjoint`."""
    rows = facts.connection.execute(_PERIODS).fetchall()
    facts.table(
        "bias_abnormal",
        "period_start DATE, period_end DATE, period_kind VARCHAR, abnormal DOUBLE",
        _abnormal({(start, end, kind) for _, _, start, end, kind in rows}),
    )
    facts.table(
        "bias_disjoint", "source VARCHAR, measure VARCHAR, disjoint INTEGER, alike INTEGER", _disjoint(rows)
    )
    return (
        Indicator(
            "abnormal_window", "time_period", "H-13", "abnormal",
            "A figure of an unusual time is taken for a usual one, or used as a baseline.",
            "representativeness of the reference period, measured by a robust z of median and MAD (Iglewicz and "
            "Hoaglin 1993)",
            "It does not show what the figure would have been without the unusual time, or unusual times that are "
            "not in the register of breaks.",
            _window(facts.limit("abnormal")),
            by_source=True,
        ),
        Indicator(
            "disjoint_periods", "immediacy", "H-17", "disjoint_periods",
            "A moment, or the difference of two, is read as a trend.",
            "length of comparable series (indicator CC2 of the European Statistical System)",
            "It does not show whether this number of periods is enough for the question. Parts of a year are counted "
            "if they are the same part: neighbouring quarters differ with the season.",
            _few(facts.limit("disjoint_periods")),
        ),
        Indicator(
            "publication_lag", "immediacy", "X-02", "publication_lag",
            "The newest figures describe a time that was long past on the day when they were published.",
            "time lag of final results (indicator TP2 of the European Statistical System)",
            "It does not show whether figures of that age are useful for a decision, or how old they are today; "
            "`civic-assets sources` shows that.",
            _lag(facts.limit("publication_lag")),
            by_source=True,
        ),
    )  # fmt: skip


_PERIODS = """SELECT DISTINCT source, measure, period_start, period_end, period_kind FROM bias_panel
ORDER BY ALL"""


def _abnormal(periods: set[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for start, end, kind in sorted(periods):
        share = abnormal_share(Period(start, end, PeriodKind(kind)))
        yield {"period_start": start, "period_end": end, "period_kind": kind, "abnormal": share}


def _disjoint(rows: Sequence[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Number of disjoint periods, of one kind only, since a month does not add to a year.

    `alike` are those of one part of the year. Whole years are all alike; of months, quarters, terms and days, only
    those that begin in the same month are, so that four quarters of one year, which differ with the season, are one.
    """
    kinds: dict[tuple[str, str], dict[str, list[Period]]] = defaultdict(lambda: defaultdict(list))
    for source, measure, start, end, kind in rows:
        kinds[source, measure][kind].append(Period(start, end, PeriodKind(kind)))
    for (source, measure), found in kinds.items():
        number = max(most_disjoint(periods) for periods in found.values())
        alike = max(most_disjoint(part) for periods in found.values() for part in _parts_of_the_year(periods))
        yield {"source": source, "measure": measure, "disjoint": number, "alike": alike}


_WHOLE_YEARS = frozenset(
    {PeriodKind.ROLLING_YEAR, PeriodKind.CALENDAR_YEAR, PeriodKind.FINANCIAL_YEAR, PeriodKind.ACADEMIC_YEAR}
)


def _parts_of_the_year(periods: Sequence[Period]) -> Iterable[list[Period]]:
    """Periods of one kind by the part of the year that they cover."""
    parts: dict[int, list[Period]] = defaultdict(list)
    for period in periods:
        parts[0 if period.kind in _WHOLE_YEARS else period.start.month].append(period)
    return parts.values()


# z of an area: its figure of the most unusual period compared with the median and MAD of at least four usual ones.
def _window(limit: float) -> str:
    return f"""
WITH flows AS (
    SELECT p.*, a.abnormal FROM bias_panel p JOIN bias_abnormal a USING (period_start, period_end, period_kind)
    WHERE p.statistic IN ('flow', 'rate') AND p.period_end > p.period_start + 1
),
periods AS (
    SELECT source, measure, period_start, period_end, any_value(abnormal) AS abnormal, max(release) AS release
    FROM flows GROUP BY source, measure, period_start, period_end
),
worst AS (
    SELECT source, measure, arg_max(period_start, (abnormal, period_end, period_start)) AS period_start,
        arg_max(period_end, (abnormal, period_end, period_start)) AS period_end, max(abnormal) AS most,
        arg_max(abnormal, (period_end, period_start)) AS newest, arg_max(release, (period_end, period_start)) AS
            release,
        count(*) AS periods, count(*) FILTER (abnormal > 0) AS touched, count(*) FILTER (abnormal > {limit}) AS above
    FROM periods GROUP BY source, measure
),
usual AS (
    SELECT source, measure, unit, area_code, period_kind, has_total, median(value) AS middle,
        mad(value) AS spread
    FROM flows WHERE abnormal = 0 AND value IS NOT NULL AND unit = 'count'
    GROUP BY source, measure, unit, area_code, period_kind, has_total HAVING count(DISTINCT period_start) >= 4
),
scores AS (
    SELECT w.source, w.measure, median((f.value - u.middle) / u.spread) AS z, count(*) AS areas,
        quantile_cont(1 - f.value / nullif(u.middle, 0), 0.25) AS lower,
        quantile_cont(1 - f.value / nullif(u.middle, 0), 0.75) AS upper
    FROM worst w JOIN flows f USING (source, measure, period_start, period_end)
    JOIN usual u USING (source, measure, unit, area_code, period_kind, has_total)
    WHERE w.most > 0 AND u.spread > 0 AND f.value IS NOT NULL GROUP BY w.source, w.measure
)
SELECT w.source, w.release, w.measure, NULL AS area_code, NULL AS area_name, w.most AS value,
    format('{{}} of {{}} above the limit', w.above, counted(w.periods, 'period')) AS value_text,
    CASE WHEN w.above > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN w.touched = 0 THEN format('No period of ''{{}}'' overlaps a time that the register of breaks calls '
            'unusual.', measure_words(w.measure))
         ELSE format('{{}} of ''{{}}'' {{}} a time that the register of breaks calls unusual, {{}} for more than '
            '{limit:.0%} of the days ({{}}: {{:.0f}}%); the newest period for {{:.0f}}%{{}}. Do not use an unusual '
            'period as a baseline.',
            CASE WHEN w.periods = 1 THEN 'The only period'
                ELSE format('{{:,}} of the {{:,}} periods', w.touched, w.periods) END, measure_words(w.measure),
            CASE WHEN w.touched = 1 THEN 'overlaps' ELSE 'overlap' END, w.above,
            period_name(w.period_start, w.period_end), 100 * w.most, 100 * w.newest,
            CASE WHEN s.areas >= 10 THEN format('; the median of {{:,}} areas was then {{:+.1f}} median deviations '
                'from its usual figure', s.areas, s.z) ELSE '' END) END AS verdict,
    to_json({{'newest': round(w.newest, 4), 'touched': w.touched, 'above': w.above, 'median_z': round(s.z, 2),
        'areas': s.areas}})::VARCHAR AS evidence,
    CASE WHEN s.areas < 10 THEN NULL WHEN s.lower > 0 THEN 'too low' WHEN s.upper < 0 THEN 'too high'
         ELSE 'either way' END AS direction,
    CASE WHEN s.areas >= 10 THEN s.lower END AS low, CASE WHEN s.areas >= 10 THEN s.upper END AS high,
    CASE WHEN s.areas >= 10 THEN 'share of the usual figure' END AS size_unit,
    CASE WHEN w.above > 0 THEN counted(w.above, 'period') END AS affected
FROM worst w LEFT JOIN scores s USING (source, measure)"""


def _few(limit: float) -> str:
    return f"""
SELECT d.source, n.release, d.measure, NULL AS area_code, NULL AS area_name, d.alike AS value,
    counted(d.disjoint, 'disjoint period')
        || CASE WHEN d.alike < d.disjoint THEN format(', {{:,}} of one part of the year', d.alike) ELSE '' END
        AS value_text,
    CASE WHEN d.alike < {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{}} of ''{{}}'' {{}} held ({{}}){{}}. {{}}.', counted(d.disjoint, 'separate period'),
        measure_words(d.measure),
        CASE WHEN d.disjoint = 1 THEN 'is' ELSE 'are' END, period_name(n.first_start, n.last_end),
        CASE WHEN d.alike = d.disjoint THEN ''
             ELSE format(', at most {{:,}} of them of the same part of the year', d.alike) END,
        CASE WHEN d.alike < {limit} THEN 'That is too few for a trend: do not describe one'
             ELSE 'That is enough to describe a trend, if nothing else rules it out' END) AS verdict,
    to_json({{'first': n.first_start, 'last': n.last_end}})::VARCHAR AS evidence
FROM bias_disjoint d JOIN bias_newest n USING (source, measure)"""


# Neither the day of receipt nor today says how soon a publisher publishes. The events of a period are half of it older
# than its end; a stock is as old as its day.
def _lag(limit: float) -> str:
    return f"""
WITH newest AS (
    SELECT p.source, p.release, p.period_start, p.period_end, p.statistic,
        date_diff('day', p.period_start, p.period_end) / 2 AS half
    FROM bias_panel p JOIN bias_newest n USING (source, measure, release)
    QUALIFY row_number() OVER (PARTITION BY p.source ORDER BY p.period_end DESC, p.release DESC, p.period_start) = 1
),
dated AS (
    SELECT n.*, s.expected_lag_days AS promised, CASE WHEN r.available_from_basis = 'stated' THEN r.available_from END
            AS stated,
        CASE WHEN r.available_from_basis = 'stated' THEN date_diff('day', n.period_end, r.available_from)
             ELSE s.expected_lag_days END AS lag
    FROM newest n JOIN catalogue.sources s ON s.source = n.source
    JOIN catalogue.releases r ON r.source = n.source AND r.release = n.release
)
SELECT source, release, NULL AS measure, NULL AS area_code, NULL AS area_name, lag + half AS value,
    format('{{:,.0f}} days', lag + half) AS value_text,
    CASE WHEN lag + half > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('On the day of publication, what the newest figures of {{}} describe ({{}}) was on average {{:,.0f}} days '
        'old: {{:,}} days passed after the period ({{}}), and half of the period is {{:,.0f}} days.{{}}', source,
        period_name(period_start, period_end), lag + half, lag,
        CASE WHEN stated IS NULL THEN 'by the rhythm that its contract states; the file gives no day'
             ELSE 'the file states ' || day_name(stated) END, half,
        CASE WHEN lag + half > {limit} THEN ' Do not describe them as the present state.' ELSE '' END) AS verdict,
    to_json({{'lag_days': lag, 'promised_days': promised, 'published': stated}})::VARCHAR AS evidence,
    'either way' AS direction, lag::DOUBLE AS low, lag + 2 * half AS high, 'days' AS size_unit, NULL AS would_evaluate
FROM dated
UNION ALL BY NAME
SELECT source, 'not_evaluated' AS outcome, 'no_input' AS reason,
    'No release of ' || source || ' is held, so no indicator of bias could be evaluated for it.' AS verdict,
    file AS would_evaluate
FROM bias_sources WHERE NOT held"""
