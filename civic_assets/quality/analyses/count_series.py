"""Counts of events as series: one row for each series, one column for each period.

Belongs here: putting the figures of a release and of earlier ones into that form, and which periods of a series are
disjoint. Does not belong here: findings about a series (`rules.outliers_over_time`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from civic_assets.house_numbers.statistics import DISJOINT_PERIODS_OF_A_HISTORY
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.framework.release import ReleaseView

if TYPE_CHECKING:
    import pyarrow as pa

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

KEY = ("measure", "area_code", "breakdown")
COLUMNS = (*KEY, "period_start", "period_end", "unit", "statistic", "value")
"""Columns of an observation that a series is made of."""


# Different texts of a column of `KEY`; three numbers of so many bits fit into one of 64.
_MOST_TEXTS = 1 << 21
# Days are counted from some time before any statistic, so that two of them fit into one number.
_BEFORE_1970, _MOST_DAYS = 1_000_000, 1 << 31


@dataclass(frozen=True)
class CountSeries:
    """Series with figures in more than a given number of periods.

    Args:
        starts, ends: First day and day after the last of each period, as days since 1970; shape (periods,).
        values: NaN where a series has no figure; shape (series, periods).
        rows: Row of the release's observations with the figure, -1 where it is from an earlier release.
    """

    starts: Array
    ends: Array
    values: Array
    rows: Array

    @cached_property
    def overlapping(self) -> bool:
        """Whether any two periods share a day."""
        order = np.argsort(self.starts, kind="stable")
        return bool((self.ends[order][:-1] > self.starts[order][1:]).any())

    def disjoint(self, period: int, series: Array) -> Array:
        """Periods to compare a period with: the most recent ones disjoint from it and from each other.

        Args:
            period: Its column.
            series: Rows to look at.

        Returns:
            True where a figure is one of them; shape (len(series), periods).
        """
        present = ~np.isnan(self.values[series])
        apart = (self.ends <= self.starts[period]) | (self.starts >= self.ends[period])
        chosen: Array = present & apart
        if self.overlapping:
            # From the latest end back, each that ends before everything chosen so far begins.
            earliest = np.full(len(series), np.iinfo(np.int64).max)
            for column in np.argsort(-self.ends, kind="stable").tolist():
                chosen[:, column] &= self.ends[column] <= earliest
                earliest[chosen[:, column]] = self.starts[column]
        return chosen


def series_of(tables: Iterable[pa.Table], more_than: int) -> tuple[CountSeries, int]:
    """Known counts of events, by measure, area and breakdown.

    Args:
        tables: With `COLUMNS`: the earlier releases, oldest first, and the release under examination last. Of a
            period that several state, the last one counts.
        more_than: A series with figures in no more periods is left out.

    Returns:
        The series, and how many counts of events the last table has.
    """
    texts: tuple[dict[str, int], ...] = tuple({} for _ in KEY)
    state = np.zeros((4, 0), np.int64)
    values, number = np.zeros(0), 0
    for table in tables:
        rows = _known_counts(table)
        number = len(rows)
        few = table.select([name for name in COLUMNS if name not in ("unit", "statistic")]).take(rows)
        key = np.zeros(number, np.int64)
        for name, known in zip(KEY, texts, strict=True):
            key = key * _MOST_TEXTS + _numbers(few[name], known)
        periods = _days(few["period_start"]) * _MOST_DAYS + _days(few["period_end"])
        # What was read of the table before is of an earlier release now.
        state[3] = -1
        state = np.concatenate([state, [key, periods, np.arange(number) + state.shape[1], rows]], axis=1)
        values = np.concatenate([values, few["value"].to_numpy()])
        state, values = _last_of_each(state, values)
    return _matrix(state, values, more_than), number


def _known_counts(table: pa.Table) -> Array:
    """Rows with a count of events."""
    import pyarrow.compute as pc

    flow = pc.and_(pc.equal(table["unit"], "count"), pc.equal(table["statistic"], "flow"))
    return np.flatnonzero(pc.and_(flow, pc.is_valid(table["value"])).fill_null(False).to_numpy())


def _numbers(column: pa.ChunkedArray, known: dict[str, int]) -> Array:
    """The number of each text, the same in all tables; new ones are added to `known`."""
    import pyarrow as pa

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    parts = []
    for chunk in coded.chunks:
        names = chunk.dictionary.to_pylist()
        places = np.asarray([known.setdefault(name, len(known)) for name in names], np.int64)
        # An area without a code: a text like any other here.
        empty = known.setdefault("", len(known)) if chunk.null_count else 0
        codes = chunk.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        parts.append(np.append(places, empty)[codes])
    if len(known) > _MOST_TEXTS:
        raise ValueError(f"more than {_MOST_TEXTS:,} different texts in one column of a release")
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _days(column: pa.ChunkedArray) -> Array:
    import pyarrow as pa

    days: Array = column.cast(pa.int32()).to_numpy().astype(np.int64) + _BEFORE_1970
    return days


def _last_of_each(state: Array, values: Array) -> tuple[Array, Array]:
    """The last figure of each series and period, at the place where the first one stood."""
    key, periods, places, _ = state
    order = np.lexsort((places, periods, key))
    same = (key[order][1:] == key[order][:-1]) & (periods[order][1:] == periods[order][:-1])
    first, last = np.append(True, ~same), np.append(~same, True)
    if not len(order):
        first = last = np.zeros(0, bool)
    kept = state[:, order[last]]
    kept[2] = places[order[first]]
    back = np.argsort(kept[2], kind="stable")
    kept = kept[:, back]
    kept[2] = np.arange(kept.shape[1])
    return kept, values[order[last]][back]


def _matrix(state: Array, values: Array, more_than: int) -> CountSeries:
    """Series in the order of their first figures, periods likewise."""
    key, periods, _, rows = state
    keys, series, lengths = np.unique(key, return_inverse=True, return_counts=True)
    long = lengths[series] > more_than
    series, values, rows = series[long], values[long], rows[long]
    stated, column = np.unique(periods[long], return_inverse=True)
    series, _ = _in_order(series, len(keys))
    column, order = _in_order(column, len(stated))
    shape = (int(series.max()) + 1 if len(series) else 0, len(stated))
    matrix, at = np.full(shape, np.nan), np.full(shape, -1, np.int64)
    matrix[series, column], at[series, column] = values, rows
    stated = stated[order]
    starts, ends = np.divmod(stated, _MOST_DAYS)
    return CountSeries(starts - _BEFORE_1970, ends - _BEFORE_1970, matrix, at)


def _in_order(codes: Array, size: int) -> tuple[Array, Sequence[int] | Array]:
    """Codes numbered in the order in which they come first, and the old code of each new one."""
    used, first = np.unique(codes, return_index=True)
    order = used[np.argsort(first, kind="stable")]
    places = np.zeros(size, np.int64)
    places[order] = np.arange(len(order))
    return places[codes], order


def counts_over_time(release: ReleaseView) -> tuple[CountSeries, int]:
    """Counts of events of this and of earlier releases, series by periods, and how many this release has.

    Series too short for a history are left out.
    """
    earlier = (columns_of(release.history, name, COLUMNS) for name in release.history)
    return series_of(
        chain(earlier, [release.observations.select(list(COLUMNS))]), DISJOINT_PERIODS_OF_A_HISTORY
    )
