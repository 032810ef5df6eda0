"""Rules about months in which nothing was counted.

Belongs here: V-24. Does not belong here: series that change their level (H-12, `rules.level_shifts`), and areas that
sent nothing at all (X-06).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, SERIES_NAMED
from civic_assets.house_numbers.statistics import ZERO_RUN_MONTHS, ZERO_RUN_USUAL_MONTH
from civic_assets.quality.analyses.area_codes import area_label
from civic_assets.quality.analyses.count_series import counts_over_time
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_name, period_name
from civic_assets.quality.rules.level_shifts import DAYS, has_break
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from civic_assets.quality.analyses.count_series import Array, CountSeries

_EPOCH = date(1970, 1, 1)


@rule(
    "V-24",
    "Runs of zeros",
    dimension="completeness",
    layer="validated",
    severity="warning",
    statement="No series with a median month above 20 has two or more months of zero in a row, unless there is a break "
    "in the register at one of their ends (a house rule).",
    cannot_tell="whether nothing happened, an office closed or nothing was uploaded; months that are not printed",
    guidance="Ask the publisher before you use them as zero.",
)
def zero_runs(release: ReleaseView) -> RuleOutcome:
    """V-24: one finding for each measure, with the longest runs first; a quarter is three months."""
    series, _ = release.derived(counts_over_time)
    checked = known = 0
    by_measure: dict[str, list[_Run]] = defaultdict(list)
    for length, months in (("month", 1), ("quarter", 3)):
        days = series.ends - series.starts
        columns = np.flatnonzero((days >= DAYS[length][0]) & (days <= DAYS[length][1]))
        columns = columns[np.argsort(series.starts[columns], kind="stable")]
        if not len(columns):
            continue
        values, places = series.values[:, columns], series.rows[:, columns]
        large = np.flatnonzero(_medians(values) / months > ZERO_RUN_USUAL_MONTH)
        ours = large[(places[large] >= 0).any(axis=1)]
        checked += len(ours)
        follows = np.r_[False, series.ends[columns][:-1] == series.starts[columns][1:]]
        for at in ours[(values[ours] == 0).any(axis=1)].tolist():
            for first, last in _runs(values[at] == 0, follows):
                if (last - first) * months >= ZERO_RUN_MONTHS and (places[at, first:last] >= 0).any():
                    usual = float(np.nanmedian(values[at]))
                    run = _run(release, series, columns[first:last], places[at, first:last], usual, months)
                    if _begins_or_ends_at_break(release, run, length):
                        known += 1
                    else:
                        by_measure[run.measure].append(run)
    if not checked:
        return not_evaluated("no_input", f"no series has a median month above {ZERO_RUN_USUAL_MONTH}")
    findings = [_zeros(release, measure, runs) for measure, runs in sorted(by_measure.items())]
    also = f"; {counted(known, 'run')} beginning or ending at a break of the register" if known else ""
    return outcome_of(
        checked,
        findings,
        f"{counted(checked, 'series', 'series')} with a median month above {ZERO_RUN_USUAL_MONTH}, "
        "none with two zeros in a row"
        f"{also}",
        sum(map(len, by_measure.values())),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Periods of zero that follow each other in one series."""

    measure: str
    area: str
    breakdown: str
    locators: tuple[str, ...]
    start: date
    end: date
    months: int
    usual: float

    @property
    def named(self) -> str:
        classes = breakdown_words(self.breakdown)
        of = f" ({classes})" if classes else ""
        return f"{area_label(self.area)}{of}, {period_name(self.start, self.end)}, usually about {self.usual:,.0f}"


def _medians(values: Array) -> Array:
    """Median of the known values of each row; 0 where there is none."""
    known = (~np.isnan(values)).sum(axis=1)
    ordered = np.sort(np.nan_to_num(values, nan=np.inf), axis=1)
    row = np.arange(len(values))
    last = np.maximum(known - 1, 0)
    middle: Array = (ordered[row, last // 2] + ordered[row, np.minimum(known // 2, last)]) / 2
    return np.where(known > 0, middle, 0)


def _begins_or_ends_at_break(release: ReleaseView, run: _Run, length: str) -> bool:
    """Does the register have a break at an end of a run? Then a class began or ended there, and nothing is missing."""
    days = timedelta(DAYS[length][0])
    kind = PeriodKind.POINT_IN_TIME

    def around(day: date) -> tuple[Period, Period]:
        before, after = day - days, day + days
        return Period(before, before + timedelta(1), kind), Period(after, after + timedelta(1), kind)

    return any(
        has_break(release, run.measure, run.area, run.breakdown, *around(day), release.release)
        for day in (run.start, run.end)
    )


def _runs(zero: Array, follows: Array) -> Iterator[tuple[int, int]]:
    """First column and the one after the last of each run."""
    first = None
    for at in range(len(zero) + 1):
        going = at < len(zero) and bool(zero[at]) and (first is None or bool(follows[at]))
        if first is not None and not going:
            yield first, at
            first = None
        if first is None and at < len(zero) and zero[at]:
            first = at


def _run(
    release: ReleaseView, series: CountSeries, columns: Array, places: Array, usual: float, months: int
) -> _Run:
    ours = places[places >= 0].tolist()
    names = ["measure", "area_code", "breakdown", "locator"]
    rows: list[dict[str, Any]] = release.observations.select(names).take(ours).to_pylist()
    return _Run(
        rows[0]["measure"],
        rows[0]["area_code"] or "",
        rows[0]["breakdown"],
        tuple(row["locator"] for row in rows),
        _EPOCH + timedelta(int(series.starts[columns[0]])),
        _EPOCH + timedelta(int(series.ends[columns[-1]])),
        len(columns) * months,
        usual,
    )


def _zeros(release: ReleaseView, measure: str, runs: Sequence[_Run]) -> Finding:
    ordered = sorted(runs, key=lambda run: (-run.months, -run.usual, run.locators))
    first = ordered[0]
    message = (
        f"{first.locators[0]}: {measure_name(release.contract, measure)} has {counted(len(runs), 'run')} of "
        f"{ZERO_RUN_MONTHS} or more months of zero where the median month is above {ZERO_RUN_USUAL_MONTH}: "
        f"{'; '.join(run.named for run in ordered[:SERIES_NAMED])}"
        f"{'; and others' if len(ordered) > SERIES_NAMED else ''}. "
        "Either nothing happened or nothing was sent."
    )
    return Finding(
        "V-24",
        message,
        first.locators[0],
        [locator for run in ordered for locator in run.locators][:CELLS_OF_A_FINDING],
        severity="warning",
        measure=measure,
        area_code=first.area,
        period_start=str(first.start),
        period_end=str(first.end),
        observed="0",
        expected=f"about {first.usual:.0f}",
        evidence={"runs": len(runs), "longest_months": first.months},
    )
