"""Each indicator of each area compared with a stated baseline: `harmonised.indicator_baseline`.

Belongs here: which period is the baseline and why, the change since with its uncertainty, and a verdict if one is
allowed. Does not belong here: gathering figures (`indicator_figures`, `crime_table`) and the reasons why two figures
may not be compared (`civic_assets.harmonise.comparability.verdict`), which `Allowed` provides.

The rule for the baseline (methods, sections 2 and 10; docs/reference/report-tables.md):

1. Periods are taken backwards from the latest one so that no two share a day: the *disjoint* periods. They are from one
   source and have one length.
2. Periods that may not be compared with the latest one are left out.
3. The last of them that began before the first abnormal window, and overlaps it for at most a twentieth, is the
   baseline, `before_restrictions`: for years to March the year to March 2020, as in the publishers' own comparisons.
4. If there is none, the earliest of them that is not mostly abnormal, `earliest_comparable`.

A verdict is *higher*, *lower* or *no clear change*. It is given only if the comparison is allowed, at least three
disjoint comparable periods exist, and both counts are known and at least ten. Otherwise `why_no_verdict` gives the
reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from civic_assets.harmonise.comparability.breaks import Break, between
from civic_assets.house_numbers.comparability import (
    ABNORMAL_SHARE,
    BASELINE_ABNORMAL_SHARE,
    PERIODS_FOR_A_TREND,
)
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.profiles.baseline_series import create_chain
from civic_assets.values.period_words import number_of_days
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.notes.figures import NoteEffect


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures of one series, the later of which is to be called higher or lower than the earlier."""

    source: str
    measure: str
    breakdown: str
    unit: str
    statistic: str
    area_code: str
    earlier: Period
    later: Period
    earlier_release: str
    later_release: str


Allowed: TypeAlias = Callable[[Pair], tuple[bool, Sequence[str]]]
"""Whether the two may be compared, with all reasons: refusals and caveats.

Called once for all areas of a class (`baseline_series.area_class`), with the first of them.
"""


def allowed_by_breaks(pair: Pair) -> tuple[bool, list[str]]:
    """The minimum requirement: the periods share no day, and no break of action `block` lies between them."""
    if pair.earlier.overlap_days(pair.later):
        return False, [f"The periods have {number_of_days(pair.earlier.overlap_days(pair.later))} in common."]
    found = {
        one.id: one
        for measure in pair.measure.split("+")
        for one in between(
            pair.source,
            measure,
            pair.area_code,
            pair.earlier,
            pair.later,
            breakdown=pair.breakdown,
            unit=pair.unit,
            editions=(pair.earlier_release, pair.later_release),
        )
    }
    reasons = [f"{one.effect[0].upper()}{one.effect[1:]} ({one.date_from})." for one in found.values()]
    return all(one.action != "block" for one in found.values()), reasons


def create_baseline(
    connection: DuckDBPyConnection,
    breaks: Sequence[Break],
    allowed: Allowed = allowed_by_breaks,
    notes: Sequence[NoteEffect] = (),
) -> None:
    """Create `harmonised.indicator_baseline`, and `harmonised.indicator_periods`, from which it was chosen.

    Args:
        connection: Connection to a read model with `harmonised.indicator_values_as_of`, `harmonised.crime_table` and
            the functions of `small_numbers`.
        breaks: All breaks.
        allowed: Function that decides on each distinct pair of an earlier and the latest figure.
        notes: Effects of publishers' notes that `allowed` knows.
    """
    import pyarrow as pa

    create_chain(connection, breaks, notes)
    connection.execute(_PAIRS)
    verdicts = _judged(connection, allowed)
    schema = pa.schema([("number", pa.int64()), ("allowed", pa.bool_()), ("reasons", pa.list_(pa.string()))])
    connection.register("incoming_verdicts", pa.Table.from_pylist(verdicts, schema=schema))
    began = min((one.date_from for one in breaks if one.abnormal), default=None)
    first = pa.table({"abnormal_from": pa.array([began], pa.date32())})
    connection.register("incoming_window", first)
    connection.execute(_CHOSEN)
    connection.execute(_BASELINE)
    connection.execute(_KEPT)
    for name in ("incoming_verdicts", "incoming_window"):
        connection.unregister(name)
    for name in ("points", "classes", "chain", "pairs", "chosen"):
        connection.execute(f"DROP TABLE baseline_{name}")


def _judged(connection: DuckDBPyConnection, allowed: Allowed) -> list[dict[str, Any]]:
    """The answer to each question: one for each kind of series, class of areas and pair of periods."""
    asked = connection.execute(_QUESTIONS).fetchall()
    verdicts = []
    for (
        number,
        source,
        measure,
        breakdown,
        unit,
        statistic,
        kind,
        start,
        end,
        since,
        until,
        before,
        now,
        area,
    ) in asked:
        earlier, later = Period(start, end, PeriodKind(kind)), Period(since, until, PeriodKind(kind))
        pair = Pair(source, measure, breakdown, unit, statistic, area, earlier, later, before, now)
        answer, reasons = allowed(pair)
        verdicts.append({"number": number, "allowed": answer, "reasons": list(reasons)})
    return verdicts


# Equal questions get an equal number: the order of the rank has everything that decides.
_PAIRS = """CREATE TEMP TABLE baseline_pairs AS
SELECT c.indicator, c.area_code, c.period_start, c.period_end, c.source, c.measure, c.breakdown, c.unit, c.statistic,
    c.period_kind, c.release AS before, l.period_start AS since, l.period_end AS until, l.release AS now,
    dense_rank() OVER (ORDER BY c.source, c.measure, c.breakdown, c.unit, c.statistic, c.period_kind, c.area_class,
        c.period_start, c.period_end, l.period_start, l.period_end, c.release, l.release) AS number
FROM baseline_chain c JOIN baseline_chain l USING (indicator, area_code)
WHERE NOT c.is_latest AND l.is_latest"""

_QUESTIONS = """SELECT number, any_value(source), any_value(measure), any_value(breakdown), any_value(unit),
    any_value(statistic), any_value(period_kind), any_value(period_start), any_value(period_end), any_value(since),
    any_value(until), any_value(before), any_value(now), min(area_code)
FROM baseline_pairs GROUP BY number ORDER BY number"""

# The periods that a baseline was chosen from; rule X-10 tests other choices with them.
_KEPT = """CREATE TABLE harmonised.indicator_periods AS
SELECT c.indicator, c.area_code, c.area_name, c.source, c.release, c.measure, c.breakdown, c.unit, c.period_start,
    c.period_end, c.count, c.base AS denominator, c.rate, c.usable, c.abnormal_share, c.is_latest, v.allowed
FROM baseline_chain c LEFT JOIN baseline_pairs p USING (indicator, area_code, period_start, period_end)
LEFT JOIN incoming_verdicts v USING (number)
ORDER BY c.indicator, c.area_code, c.period_end"""

_CHOSEN = f"""CREATE TEMP TABLE baseline_chosen AS
WITH judged AS (
    SELECT c.*, v.allowed, v.reasons, w.abnormal_from
    FROM baseline_chain c CROSS JOIN incoming_window w
    LEFT JOIN baseline_pairs p USING (indicator, area_code, period_start, period_end)
    LEFT JOIN incoming_verdicts v USING (number)
),
latest AS (SELECT * FROM judged WHERE is_latest),
counted AS (
    SELECT indicator, area_code, count(*) FILTER (usable AND (is_latest OR allowed)) AS n_disjoint_periods,
        count(*) FILTER (NOT is_latest AND NOT allowed) AS n_separated,
        max_by(reasons, period_end) FILTER (NOT is_latest AND NOT allowed) AS refusals
    FROM judged GROUP BY indicator, area_code
),
candidates AS (
    SELECT j.*, coalesce(j.period_start < j.abnormal_from AND l.period_start >= j.abnormal_from
        AND j.abnormal_share <= {BASELINE_ABNORMAL_SHARE}, false) AS before_restrictions
    FROM judged j JOIN latest l USING (indicator, area_code)
    WHERE NOT j.is_latest AND j.usable AND j.allowed AND j.abnormal_share <= {ABNORMAL_SHARE}
),
baselines AS (
    SELECT * FROM candidates
    QUALIFY row_number() OVER (PARTITION BY indicator, area_code ORDER BY before_restrictions DESC,
        CASE WHEN before_restrictions THEN period_end END DESC, period_end) = 1
)
SELECT l, b, n.n_disjoint_periods, n.n_separated,
    CASE WHEN b.indicator IS NOT NULL THEN true WHEN n.n_separated > 0 THEN false END AS allowed,
    coalesce(b.reasons, n.refusals, []) AS reasons
FROM latest l LEFT JOIN baselines b USING (indicator, area_code) JOIN counted n USING (indicator, area_code)"""

_DAY = "%-d %B %Y"
_BASELINE = f"""CREATE TABLE harmonised.indicator_baseline AS
WITH facts AS (
    SELECT *,
        l.count >= {FEWEST_EVENTS} AND b.count >= {FEWEST_EVENTS} AND l.events AS enough,
        -- a rate is compared where both denominators are known, else the counts
        CASE WHEN l.base IS NOT NULL AND b.base IS NOT NULL THEN l.base ELSE 1 END AS base2,
        CASE WHEN l.base IS NOT NULL AND b.base IS NOT NULL THEN b.base ELSE 1 END AS base1
    FROM baseline_chosen
),
ratios AS (
    SELECT *,
        CASE WHEN allowed AND b.count > 0 AND l.count IS NOT NULL THEN (l.count / base2) / (b.count / base1)
             WHEN allowed AND l.count IS NULL AND b.rate > 0 THEN l.rate / b.rate END AS ratio,
        CASE WHEN allowed AND enough THEN quality.ratio_lower(b.count, base1, l.count, base2) END AS ratio_low,
        CASE WHEN allowed AND enough THEN quality.ratio_upper(b.count, base1, l.count, base2) END AS ratio_high
    FROM facts
)
SELECT l.indicator AS indicator, l.title AS title, l.area_code AS area_code, l.area_name AS area_name,
    l.source AS source, l.measure AS measure, l.breakdown AS breakdown,
    CASE WHEN b.indicator IS NULL THEN NULL WHEN b.before_restrictions THEN 'before_restrictions'
         ELSE 'earliest_comparable' END AS baseline_rule,
    CASE WHEN b.indicator IS NULL THEN 'None: see why_no_verdict.'
         WHEN b.before_restrictions THEN format('The last period that began before the restrictions of {{}}; it '
             'overlaps them '
            || 'for {{:.0f}}% of its days.', strftime(b.abnormal_from, '{_DAY}'), 100 * b.abnormal_share)
         ELSE 'The earliest period under today''s definition that does not overlap the others'
            || CASE WHEN n_separated > 0 THEN format('; {{}} cannot be compared with it.', n_separated) ELSE '.' END
         END AS baseline_reason,
    b.period_start AS baseline_period_start, b.period_end AS baseline_period_end, b.count AS baseline_count,
    CASE WHEN l.events THEN quality.byar_lower(b.count) END AS baseline_count_lower,
    CASE WHEN l.events THEN quality.byar_upper(b.count) END AS baseline_count_upper,
    b.rate AS baseline_rate, b.release AS baseline_release, b.locators AS baseline_locators,
    l.period_start AS latest_period_start, l.period_end AS latest_period_end, l.count AS latest_count,
    CASE WHEN l.events THEN quality.byar_lower(l.count) END AS latest_count_lower,
    CASE WHEN l.events THEN quality.byar_upper(l.count) END AS latest_count_upper,
    l.rate AS latest_rate, l.unit_of_rate AS unit_of_rate, l.release AS latest_release, l.locators AS latest_locators,
    l.status AS latest_status, l.quality AS latest_quality,
    n_disjoint_periods,
    CASE WHEN allowed THEN l.count - b.count END AS change_of_count,
    CASE WHEN allowed THEN l.rate - b.rate END AS change_of_rate,
    ratio, ratio_low AS ratio_lower, ratio_high AS ratio_upper,
    CASE WHEN ratio_low IS NULL THEN NULL
         WHEN base2 = 1 AND l.base IS NULL THEN 'ratio of two Poisson counts, 95% (Wilson)'
         ELSE 'ratio of two Poisson rates, 95% (Wilson)' END AS uncertainty,
    allowed AS comparison_allowed, reasons AS comparison_reasons,
    CASE WHEN n_disjoint_periods < {PERIODS_FOR_A_TREND} OR ratio_low IS NULL THEN NULL
         WHEN ratio_low > 1 THEN 'higher' WHEN ratio_high < 1 THEN 'lower' ELSE 'no clear change' END AS verdict,
    CASE WHEN b.indicator IS NULL AND NOT l.usable THEN format('The latest figure is {{}}.',
            coalesce(replace(l.status, '_', ' '), l.quality))
         WHEN NOT allowed THEN 'No earlier period can be compared with the latest: see comparison_reasons.'
         WHEN b.indicator IS NULL AND n_disjoint_periods > 1
         THEN 'Every earlier period overlaps an unusual time for more than {ABNORMAL_SHARE:.0%} of its days.'
         WHEN b.indicator IS NULL THEN 'There is no earlier figure for a period that does not overlap the latest.'
         WHEN NOT l.usable THEN format('The latest figure is {{}}.', coalesce(replace(l.status, '_', ' '), l.quality))
         WHEN n_disjoint_periods < {PERIODS_FOR_A_TREND}
         THEN format('There are {{}} separate periods; a verdict needs {PERIODS_FOR_A_TREND}.', n_disjoint_periods)
         WHEN l.count IS NULL OR b.count IS NULL THEN
            'Only a rate is published: without the count the effect of chance is not known.'
         WHEN NOT l.events THEN 'This is not a count of events over a period, so chance alone does not describe its '
             'uncertainty.'
         WHEN NOT enough THEN 'One of the periods has fewer than {FEWEST_EVENTS} events.' END AS why_no_verdict,
    list_filter([
        CASE WHEN b.release <> l.release THEN format('The baseline is from {{}} and the latest figure from {{}}: two '
            'editions.',
            b.release, l.release) END,
        CASE WHEN base2 <> 1 AND b.base_release <> l.base_release
            THEN 'The denominators are from two releases of population estimates.' END,
        CASE WHEN l.abnormal_share > 0 THEN format('{{:.0f}}% of the latest period is in an unusual time.',
            100 * l.abnormal_share) END,
        CASE WHEN ratio_low IS NOT NULL THEN
            'The interval covers chance only; events that come in groups make the true one wider.' END
    ], lambda note: note IS NOT NULL) AS caveats,
    l.publisher_notes AS publisher_notes
FROM ratios ORDER BY l.indicator, l.area_code"""
