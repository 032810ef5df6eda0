"""Rules about a figure and its own past.

Belongs here: V-21. Does not belong here: how many rows and tables an edition has next to earlier ones (R-08,
`raw_rules`), and the history that ranks repairs (`repairs`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

from civic_assets.quality.results import Finding, Verdict, judged, not_evaluated
from civic_assets.quality.rule import Release, rule
from civic_assets.quality.wording import counted, measure_name

if TYPE_CHECKING:
    import pyarrow as pa

_When: TypeAlias = tuple[date, date]
_Series: TypeAlias = dict[_When, tuple[float, str, bool]]
"""Value and address by period, and whether it is of the release under examination."""

# Fewest other disjoint periods before a series has a history to be an outlier of (catalogue, V-21).
_HISTORY = 4
# Floor of the median absolute deviation on the log scale: 5%, so that a near-constant series does not make
# everything extreme.
_LEAST_SPREAD = 0.05


@rule(
    "V-21",
    "Outlier against its own history",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="abs(ln(x + 0.5) - median) / max(MAD, 0.05) is at most 5 over at least 4 other disjoint periods of the "
    "series.",
    cannot_tell="a real change; series with fewer than 4 other disjoint periods",
    applies=lambda contract: "outlier_z" in contract.thresholds,
)
def outliers(release: Release) -> Verdict:
    """V-21: z on the log scale against the most recent disjoint periods; overlapping years would repeat themselves."""
    limit = release.contract.thresholds["outlier_z"].value
    series, number = _long_series(release)
    checked, findings = 0, []
    for (measure, area, _), periods in series.items():
        for when in [when for when, (_, _, current) in periods.items() if current]:
            others = _disjoint(when, periods)
            if len(others) < _HISTORY:
                continue
            checked += 1
            logs = [math.log(max(periods[other][0], 0) + 0.5) for other in others]
            middle = median(logs)
            spread = max(median(abs(log - middle) for log in logs), _LEAST_SPREAD)
            value, locator, _ = periods[when]
            z = abs(math.log(max(value, 0) + 0.5) - middle) / spread
            if z > limit:
                usual = math.exp(middle) - 0.5
                message = (
                    f"{locator}: {measure_name(release.contract, measure)} is {value:,.0f}, in {len(others)} other "
                    f"disjoint periods usually about {usual:,.0f} (z = {z:.1f} on the log scale, limit {limit:g})."
                )
                findings.append(
                    Finding(
                        "V-21",
                        message,
                        locator,
                        [locator],
                        severity="warning",
                        measure=measure,
                        area_code=area,
                        period_start=str(when[0]),
                        period_end=str(when[1]),
                        observed=f"{value:.0f}",
                        expected=f"about {usual:.0f}",
                    )
                )
    short = number - checked
    if not checked:
        fewer = f"fewer than {_HISTORY} other disjoint periods"
        return not_evaluated(
            "history_too_short",
            f"{counted(short, 'figure')} with {fewer}" if short else "no counts of events",
        )
    message = f"{counted(checked, 'figure')} against their history, {short:,} with too little history"
    return judged(checked, findings, message)


def _long_series(release: Release) -> tuple[dict[tuple[str, str, str], _Series], int]:
    """Known counts of events in the series that may be long enough, and how many there are in this release."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = ["measure", "area_code", "breakdown"]
    columns = [*key, "period_start", "period_end", "value", "locator"]
    parts = []
    for current, table in [*((False, t) for t in release.history.values()), (True, release.observations)]:
        flow = pc.and_(pc.equal(table["unit"], "count"), pc.equal(table["statistic"], "flow"))
        few = table.filter(pc.and_(flow, pc.is_valid(table["value"]))).select(columns)
        parts.append(few.append_column("current", pa.repeat(pa.scalar(current), few.num_rows)))
    everything, number = pa.concat_tables(parts), parts[-1].num_rows
    periods = everything.group_by([*key, "period_start", "period_end"]).aggregate([])
    lengths = periods.group_by(key).aggregate([("period_end", "count")])
    long = lengths.filter(pc.greater(lengths["period_end_count"], _HISTORY)).select(key)
    series: dict[tuple[str, str, str], _Series] = defaultdict(dict)
    if long.num_rows:
        wanted = set(_rows(long))
        # In the order of publication, so that of a period the latest figure counts.
        for measure, area, breakdown, start, end, value, locator, current in _rows(everything):
            if (measure, area, breakdown) in wanted:
                series[measure, area, breakdown][start, end] = (value, locator, current)
    return series, number


def _disjoint(of: _When, periods: _Series) -> list[_When]:
    """Most recent periods disjoint from `of` and from each other."""
    chosen: list[_When] = []
    for start, end in sorted(periods, key=lambda when: when[1], reverse=True):
        if all(end <= s or start >= e for s, e in [of, *chosen]):
            chosen.append((start, end))
    return chosen


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
