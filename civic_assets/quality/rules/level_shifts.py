"""Rules about the level of a series.

Belongs here: H-12. Does not belong here: single figures that are unlike the others (V-21,
`rules.outliers_over_time`), months of zero (V-24, `rules.zero_runs`), the method that finds changes
(`change_points`), and changes that are known (`civic_assets.harmonise.comparability.breaks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.harmonise.comparability.breaks import between
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, SERIES_NAMED
from civic_assets.house_numbers.statistics import (
    LEVEL_FEWEST_PERIODS,
    LEVEL_LEAST_COUNT,
    LEVEL_NOTABLE_RATIO,
    LEVEL_SIGNIFICANCE,
)
from civic_assets.quality.analyses.area_codes import area_label
from civic_assets.quality.analyses.change_points import Change, change_points
from civic_assets.quality.analyses.count_series import counts_over_time
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_name
from civic_assets.values.period_words import spoken_day
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from civic_assets.quality.analyses.count_series import Array, CountSeries

_EPOCH = date(1970, 1, 1)
DAYS = {"month": (28, 31), "quarter": (89, 92), "year": (365, 366)}
_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}
_KINDS = {"month": PeriodKind.MONTH, "quarter": PeriodKind.QUARTER, "year": PeriodKind.ROLLING_YEAR}


@dataclass(frozen=True, slots=True)
class _Shift:
    """A change without an entry in the register of breaks, with its series."""

    change: Change
    measure: str
    area: str
    breakdown: str
    place: int
    locator: str
    before: Period
    after: Period
    since: date

    @property
    def named(self) -> str:
        classes = breakdown_words(self.breakdown)
        of = f" ({classes})" if classes else ""
        return f"{area_label(self.area)}{of} by a factor of {self.change.ratio:.2g} from {spoken_day(self.since)}"


@rule(
    "H-12",
    "Unknown change point",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="No series of counts (a median of at least 100 over 8 periods or more) changes its level by more than a "
    "quarter at p < 0.01 on a day without an entry in the register of breaks: optimal partitioning of log "
    "counts.",
    cannot_tell="whether practice or reality changed; slow drifts; changes in the first or last two periods",
    guidance="Ask the publisher whether recording changed, and register the break if it did.",
)
def unknown_changes(release: ReleaseView) -> RuleOutcome:
    """H-12: one finding for each measure, with the largest changes first.

    A change is reported in the release whose own periods include it, so that later ones do not repeat it.
    """
    series, _ = release.derived(counts_over_time)
    checked, known = 0, 0
    by_measure: dict[str, list[_Shift]] = defaultdict(list)
    for length, columns, rows in _panels(series):
        logs = np.log(np.maximum(series.values[np.ix_(rows, columns)], 0) + 0.5)
        checked += len(rows)
        for change in change_points(logs, per_year=_PER_YEAR[length]):
            own = series.rows[rows[change.series], columns]
            notable = max(change.ratio, 1 / change.ratio) > LEVEL_NOTABLE_RATIO
            if change.p >= LEVEL_SIGNIFICANCE or not notable or own[change.place] < 0:
                continue
            shift = _shift(release, series, change, rows, columns, length)
            if _is_known(release, shift, bool(own[change.place - 1] >= 0)):
                known += 1
            else:
                by_measure[shift.measure].append(shift)
    if not checked:
        return not_evaluated(
            "history_too_short",
            f"no series has {LEVEL_FEWEST_PERIODS} periods with a count of at least {LEVEL_LEAST_COUNT} each",
        )
    findings = [_changed(release, measure, shifts) for measure, shifts in sorted(by_measure.items())]
    also = f"; {counted(known, 'change')} at breaks of the register" if known else ""
    return outcome_of(
        checked,
        findings,
        f"{counted(checked, 'series', 'series')}, none with an unexplained change of level{also}",
        len({(s.measure, s.area, s.breakdown) for shifts in by_measure.values() for s in shifts}),
    )


def _panels(series: CountSeries) -> Iterator[tuple[str, Array, Array]]:
    """Series whose disjoint periods of one length follow each other without a gap, by those periods."""
    days = series.ends - series.starts
    for length, (shortest, longest) in DAYS.items():
        columns = np.flatnonzero((days >= shortest) & (days <= longest))
        columns = columns[np.argsort(series.starts[columns], kind="stable")]
        # Of years that overlap, those that end on the day of the latest one.
        if length == "year" and len(columns):
            ends = [(_EPOCH + timedelta(int(day))).timetuple()[1:3] for day in series.ends[columns]]
            columns = columns[[end == ends[-1] for end in ends]]
        if len(columns) < LEVEL_FEWEST_PERIODS:
            continue
        # A median of so much needs half of the figures: few series of a large file have that.
        large = np.flatnonzero(
            (series.values[:, columns] >= LEVEL_LEAST_COUNT).sum(axis=1) >= LEVEL_FEWEST_PERIODS // 2
        )
        present = ~np.isnan(series.values[np.ix_(large, columns)])
        follows = np.r_[False, series.ends[columns][:-1] == series.starts[columns][1:]]
        patterns, of = np.unique(present, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            first, last = _longest_run(pattern, follows)
            if last - first < LEVEL_FEWEST_PERIODS:
                continue
            chosen = columns[first:last]
            rows = large[np.flatnonzero(of.ravel() == number)]
            values = series.values[np.ix_(rows, chosen)]
            # Zeros in a series of hundreds are missing months (V-24), not a level.
            enough = (np.median(values, axis=1) >= LEVEL_LEAST_COUNT) & (values > 0).all(axis=1)
            ours = (series.rows[np.ix_(rows, chosen)] >= 0).any(axis=1)
            rows = rows[enough & ours]
            if len(rows):
                yield length, chosen, rows


def _longest_run(present: Array, follows: Array) -> tuple[int, int]:
    """First column and the one after the last of the longest run without a gap; the later one of two equal ones."""
    best, first = (0, 0), 0
    for at in range(len(present) + 1):
        if at == len(present) or not present[at] or not follows[at]:
            if at - first >= best[1] - best[0]:
                best = first, at
            first = at if at < len(present) and present[at] else at + 1
    return best


def _shift(
    release: ReleaseView, series: CountSeries, change: Change, rows: Array, columns: Array, length: str
) -> _Shift:
    place = int(series.rows[rows[change.series], columns[change.place]])
    found = release.observations.select(["measure", "area_code", "breakdown", "locator"]).slice(place, 1)
    row: dict[str, Any] = found.to_pylist()[0]

    # A cut may be one place off, which for months is little and for years is not.
    about = 1 if length == "month" else 0

    def period(at: int) -> Period:
        column = columns[min(max(at, 0), len(columns) - 1)]
        start, end = (_EPOCH + timedelta(int(days[column])) for days in (series.starts, series.ends))
        return Period(start, end, _KINDS[length])

    return _Shift(
        change, row["measure"], row["area_code"] or "", row["breakdown"], place, row["locator"],
        period(change.place - 1 - about), period(change.place + about), period(change.place).start,
    )  # fmt: skip


def _is_known(release: ReleaseView, shift: _Shift, before_is_ours: bool) -> bool:
    """Does the register have a break at the change, of whatever action? Also the restrictions are one."""
    before = release.release if before_is_ours else next(reversed(list(release.history)), None)
    return has_break(release, shift.measure, shift.area, shift.breakdown, shift.before, shift.after, before)


def has_break(
    release: ReleaseView, measure: str, area: str, breakdown: str, a: Period, b: Period, edition: str | None
) -> bool:
    """Whether the register of breaks has an entry, of any action, between two periods of a series.

    Args:
        release: That the later figure is of.
        measure: Measure of the series.
        area: Area code of the series.
        breakdown: Breakdown of the series.
        a: The earlier period.
        b: The later one.
        edition: That the earlier figure is taken from.
    """
    found = between(
        release.contract.source, measure, area, a, b, breakdown=breakdown, editions=(edition, release.release)
    )
    return bool(found)


def _changed(release: ReleaseView, measure: str, shifts: list[_Shift]) -> Finding:
    ordered = sorted(shifts, key=lambda s: (-abs(s.change.shift), s.place, s.change.place))
    first = ordered[0]
    number = len({(s.area, s.breakdown) for s in shifts})
    locators = list(dict.fromkeys(s.locator for s in ordered[:CELLS_OF_A_FINDING]))
    message = (
        f"{first.locator}: the level of {counted(number, 'series', 'series')} of "
        f"{measure_name(release.contract, measure)} changed where the register of breaks has no entry "
        f"(p < {LEVEL_SIGNIFICANCE:g}): {'; '.join(s.named for s in ordered[:SERIES_NAMED])}"
        f"{'; and others' if len(ordered) > SERIES_NAMED else ''}."
    )
    return Finding(
        "H-12",
        message,
        first.locator,
        locators,
        severity="warning",
        measure=measure,
        area_code=first.area,
        period_start=str(first.since),
        period_end=str(first.after.end),
        observed=f"times {first.change.ratio:.2g}",
        expected="one level, or a break in the register",
        evidence={
            "series": number,
            "changes": [
                {
                    "area": s.area, "breakdown": s.breakdown, "from": str(s.since),
                    "ratio": round(s.change.ratio, 3), "p": float(f"{s.change.p:.2g}"),
                }
                for s in ordered[:CELLS_OF_A_FINDING]
            ],
        },
    )  # fmt: skip
