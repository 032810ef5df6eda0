"""Change points: when the level of a series of counts changes.

Belongs here: the method, on arrays of many series at once. Does not belong here: which series are looked at, and what
is known of them (`change_rules`).

The method, on the logarithms of counts:

1. Months of at least three years lose their seasons: the median, over the years, of the difference between a month and
   the mean of the twelve months around it.
2. Optimal partitioning (Jackson et al. 2005): of all ways to cut a series the one with the least sum of squares around
   the means of its parts plus a penalty of 2 s^2 ln(n) for each cut (Yao 1988), s the robust standard deviation of
   neighbours' differences. It is the exact optimum, the same that PELT (Killick et al. 2012) finds by pruning; without
   pruning it is one pass of array operations over all series instead of one search for each.
3. Each cut is tested with the t statistic of the periods next to it: at most a year, or three years of a yearly series,
   on either side, so that a slow drift, which the partition turns into steps, is not a change. The residuals' first
   autocorrelation widens its standard error, since neighbouring months are alike; p is multiplied by the number of
   places where the cut could have been and of series that were searched (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from civic_assets.house_numbers.statistics import (
    LEVEL_LEAST_NOISE,
    LEVEL_MOST_AUTOCORRELATION,
    LEVEL_SHORTEST_PART,
    LEVEL_YEARS_OF_SEASONS,
)

if TYPE_CHECKING:
    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_MONTHS = 12
# Standard deviation of a normal variable over the median of its absolute value.
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Change:
    """A new level.

    Args:
        series: Row of the array.
        place: Column of the first period on the new level.
        shift: New level less old, on the log scale.
        p: Probability of such a shift by chance, for all places and series that were searched.
    """

    series: int
    place: int
    shift: float
    p: float

    @property
    def ratio(self) -> float:
        """New level over old."""
        return float(np.exp(self.shift))


def change_points(logs: Array, *, per_year: int) -> list[Change]:
    """Every cut of the best partition of each series, with its probability.

    Args:
        logs: Logarithms of counts of disjoint periods of one length that follow each other, none missing; shape
            (series, periods).
        per_year: Periods of a year: 12 months have seasons, 4 quarters and 1 year are taken as they are.
    """
    number, length = logs.shape
    if not number or length < 2 * LEVEL_SHORTEST_PART:
        return []
    levels = _without_seasons(logs) if per_year == _MONTHS else logs
    before = _best_cuts(levels, 2 * _noise(levels) ** 2 * np.log(length))
    found: list[Change] = []
    for series in np.flatnonzero(before[:, length] > 0).tolist():
        found += _tested(
            levels[series], series, _cuts(before[series]), number, max(per_year, LEVEL_SHORTEST_PART)
        )
    return found


def _without_seasons(logs: Array) -> Array:
    length = logs.shape[1]
    if length < LEVEL_YEARS_OF_SEASONS * _MONTHS:
        return logs
    # The mean of twelve months around each: half of the first and of the thirteenth, so that it is centred.
    weights = np.r_[0.5, np.ones(_MONTHS - 1), 0.5] / _MONTHS
    windows = np.lib.stride_tricks.sliding_window_view(logs, _MONTHS + 1, axis=1)
    half = _MONTHS // 2
    apart = logs[:, half : length - half] - windows @ weights
    months = np.arange(half, length - half) % _MONTHS
    seasons = np.stack([np.median(apart[:, months == month], axis=1) for month in range(_MONTHS)], axis=1)
    seasons -= seasons.mean(axis=1, keepdims=True)
    result: Array = logs - seasons[:, np.arange(length) % _MONTHS]
    return result


def _noise(levels: Array) -> Array:
    """Standard deviation of each series around its level, from differences of neighbours: a shift is in one only."""
    spread = np.median(np.abs(np.diff(levels, axis=1)), axis=1) * _NORMAL / np.sqrt(2)
    result: Array = np.maximum(spread, LEVEL_LEAST_NOISE)
    return result


def _best_cuts(levels: Array, penalty: Array) -> Array:
    """Of the best partition of the first `t` periods the beginning of its last part; shape (series, periods + 1)."""
    number, length = levels.shape
    sums = np.concatenate([np.zeros((number, 1)), np.cumsum(levels, axis=1)], axis=1)
    squares = np.concatenate([np.zeros((number, 1)), np.cumsum(levels**2, axis=1)], axis=1)
    best = np.full((number, length + 1), np.inf)
    best[:, 0] = -penalty
    before = np.zeros((number, length + 1), np.int64)
    for end in range(LEVEL_SHORTEST_PART, length + 1):
        starts = np.arange(0, end - LEVEL_SHORTEST_PART + 1)
        inside = sums[:, [end]] - sums[:, starts]
        cost = squares[:, [end]] - squares[:, starts] - inside**2 / (end - starts)
        total = best[:, starts] + cost + penalty[:, None]
        before[:, end] = starts[np.argmin(total, axis=1)]
        best[:, end] = np.min(total, axis=1)
    return before


def _cuts(before: Array) -> list[int]:
    cuts, end = [], len(before) - 1
    while end > 0:
        end = int(before[end])
        cuts.append(end)
    return sorted(cut for cut in cuts if cut > 0)


def _tested(levels: Array, series: int, cuts: list[int], searched: int, near: int) -> list[Change]:
    from scipy.special import stdtr

    parts = list(zip([0, *cuts], [*cuts, len(levels)], strict=True))
    residuals = np.concatenate([levels[start:end] - levels[start:end].mean() for start, end in parts])
    free = len(levels) - len(parts)
    variance = max(float(residuals @ residuals) / free, LEVEL_LEAST_NOISE**2)
    alike = float(residuals[1:] @ residuals[:-1]) / max(float(residuals @ residuals), 1e-12)
    alike = min(max(alike, 0.0), LEVEL_MOST_AUTOCORRELATION)
    variance *= (1 + alike) / (1 - alike)
    found = []
    for (first, cut), (_, last) in pairwise(parts):
        first, last = max(first, cut - near), min(last, cut + near)
        shift = float(levels[cut:last].mean() - levels[first:cut].mean())
        error = float(np.sqrt(variance * (1 / (cut - first) + 1 / (last - cut))))
        single = 2 * float(stdtr(free, -abs(shift) / error))
        found.append(Change(series, cut, shift, min(1.0, single * (len(levels) - 1) * searched)))
    return found
