"""Rules about a figure and its own past.

Belongs here: V-21. Does not belong here: how many rows and tables an edition has next to earlier ones (R-08,
`rules.file`), and the history that ranks repairs (`repairs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from civic_assets.house_numbers.listing import OUTLIERS_LISTED
from civic_assets.house_numbers.statistics import DISJOINT_PERIODS_OF_A_HISTORY, LEAST_SPREAD
from civic_assets.quality.analyses.count_series import CountSeries, counts_over_time
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, figure, measure_name
from civic_assets.values.plain_words import breakdown_words

if TYPE_CHECKING:
    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_EPOCH = date(1970, 1, 1)


@rule(
    "V-21",
    "Outlier against its own history",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="abs(ln(x + 0.5) - median) / max(MAD, 0.05) is at most 5 over at least 4 other separate periods of the "
    "series.",
    cannot_tell="a real change; series with fewer than 4 other separate periods",
    guidance="Check the cell, and ask the publisher what happened in that period.",
    applies=lambda contract: "outlier_z" in contract.thresholds,
)
def outliers(release: ReleaseView) -> RuleOutcome:
    """V-21: z on the log scale against the most recent disjoint periods; overlapping years would repeat themselves.

    A contract may state `outlier_least_count`: where neither the figure nor what is usual is as large, chance alone
    makes any z, and the figure is not evaluated.
    """
    limit, least = release.contract.thresholds["outlier_z"].value, release.threshold("outlier_least_count")
    series, number = release.derived(counts_over_time)
    checked = small = 0
    over: list[_Outlier] = []
    for period in range(len(series.starts)):
        scores = _scores(series, period)
        large = np.maximum(series.values[scores.series, period], scores.usual) >= (least or 0)
        checked += int(large.sum())
        small += int((~large).sum())
        over += [scores.outlier(at, period) for at in np.flatnonzero(large & (scores.z > limit)).tolist()]
    short = number - checked - small
    tiny = f"{small:,} below {least:g} and usually so" if least and small else ""
    if not checked:
        fewer = (
            f"{counted(short, 'figure')} with fewer than {DISJOINT_PERIODS_OF_A_HISTORY} other disjoint periods"
            if short
            else ""
        )
        return not_evaluated(
            "history_too_short", ", ".join(filter(None, (fewer, tiny))) or "no counts of events"
        )
    # In the order of the file, unless there are so many that only the most extreme are kept.
    many = len(over) > OUTLIERS_LISTED
    over.sort(key=lambda outlier: (-outlier.z,) if many else (outlier.series, outlier.period))
    message = f"{counted(checked, 'figure')} compared with their history, {short:,} with too little history"
    return outcome_of(
        checked,
        [_finding(release, series, outlier, limit) for outlier in over[:OUTLIERS_LISTED]],
        message + (f", {tiny}" if tiny else ""),
        n_failed=len(over),
    )


@dataclass(frozen=True, slots=True)
class _Outlier:
    """A figure far from what is usual in its series, by the places of both."""

    series: int
    period: int
    z: float
    usual: float
    others: int


@dataclass(frozen=True, slots=True)
class _Scores:
    """Figures of one period that have enough history: their series, z, what is usual, and over how many periods."""

    series: Array
    z: Array
    usual: Array
    others: Array

    def outlier(self, at: int, period: int) -> _Outlier:
        return _Outlier(
            int(self.series[at]), period, float(self.z[at]), float(self.usual[at]), int(self.others[at])
        )


def _scores(series: CountSeries, period: int) -> _Scores:
    """Scores of the release's own figures of a period."""
    rows = np.flatnonzero(series.rows[:, period] >= 0)
    others = series.disjoint(period, rows)
    number = others.sum(axis=1)
    enough = number >= DISJOINT_PERIODS_OF_A_HISTORY
    rows, others, number = rows[enough], others[enough], number[enough]
    logs = np.where(others, _log(series.values[rows]), np.nan)
    middle = _medians(logs, number)
    spread = np.maximum(_medians(np.abs(logs - middle[:, None]), number), LEAST_SPREAD)
    z = np.abs(_log(series.values[rows, period]) - middle) / spread
    return _Scores(rows, z, np.exp(middle) - 0.5, number)


def _log(counts: Array) -> Array:
    return np.log(np.maximum(counts, 0) + 0.5)


def _medians(numbers: Array, known: Array) -> Array:
    """Median of each row's `known` numbers that are not NaN; `numpy.nanmedian` is ten times slower."""
    if not len(numbers):
        return np.zeros(0)
    ordered = np.sort(numbers, axis=1)
    row = np.arange(len(ordered))
    middle: Array = (ordered[row, (known - 1) // 2] + ordered[row, known // 2]) / 2
    return middle


def _finding(release: ReleaseView, series: CountSeries, outlier: _Outlier, limit: float) -> Finding:
    start, end = (str(_EPOCH + timedelta(int(days[outlier.period]))) for days in (series.starts, series.ends))
    place = int(series.rows[outlier.series, outlier.period])
    wanted = ["measure", "area_code", "area_name", "breakdown", "locator"]
    row = release.observations.select(wanted).slice(place, 1).to_pylist()[0]
    value, locator = float(series.values[outlier.series, outlier.period]), row["locator"]
    words = breakdown_words(row["breakdown"])
    group = f" ({words})" if words else ""
    message = (
        f"{locator}: {measure_name(release.contract, row['measure'])}{group} of {row['area_name']} is {value:,.0f}; "
        f"in {outlier.others} other separate periods it is usually about {outlier.usual:,.0f} "
        f"(z = {figure(outlier.z, decimals=1)} on the log scale, limit {limit:g})."
    )
    return Finding(
        "V-21",
        message,
        locator,
        [locator],
        severity="warning",
        measure=row["measure"],
        area_code=row["area_code"],
        period_start=start,
        period_end=end,
        observed=f"{value:.0f}",
        expected=f"about {outlier.usual:.0f}",
    )
