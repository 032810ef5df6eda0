"""What a chart of one series over time shows: points, the band behind them, and breaks.

Belongs here: the values of a chart, and which points a line may join. Does not belong here: drawing them (`timeline`),
their words (`described`), and finding them in the read model (`civic_assets.publish.site.areas`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from civic_assets.house_numbers.display import SERIES_GAP


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a series.

    Args:
        start: First day.
        end: Day after the last day.
        period: The period in words.
        value: The figure; None if a status replaces it or the publisher printed nothing.
        shown: The figure as every page prints it, or its status in words.
        comparable: Whether `compare` allows comparing the figure with the latest of the series; true for the latest.
        low: Lower end of the band of comparable areas; None if there is no band for the period.
        high: Upper end.
        low_shown: Lower end as printed.
        high_shown: Upper end as printed.
        earlier: Earlier figures of the same period, in the unit of `value`, as older releases print them.
        revised: What older releases print, in words; empty if nothing was revised.
        origin: Key of the series that it is from; points of two series are not joined.
    """

    start: date
    end: date
    period: str
    value: float | None
    shown: str
    comparable: bool
    low: float | None = None
    high: float | None = None
    low_shown: str = ""
    high_shown: str = ""
    earlier: Sequence[float] = ()
    revised: str = ""
    origin: str = ""

    @property
    def middle(self) -> float:
        """The middle of the period, as a day number."""
        return (self.start.toordinal() + self.end.toordinal()) / 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A break, or a time of unusual circumstances.

    Args:
        letter: What it is called on the chart.
        day: First day of the new meaning, or of the unusual time.
        until: Day after its last day; None if it continues.
        effect: What changed, as a sentence without its full stop.
        forbids: Whether it forbids comparisons across it.
    """

    letter: str
    day: date
    until: date | None
    effect: str
    forbids: bool


@dataclass(frozen=True, slots=True)
class History:
    """A series of one area over time.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, with the area.
        unit: Unit of the figures in words.
        points: Periods from the earliest; the last is the latest.
        marks: Breaks and unusual times between the first day of the first point and the last day of the last.
        band_of: Areas that the band describes, such as `33 London boroughs`; empty if there is no band.
        synthetic: Whether the figures are made up.
    """

    name: str
    title: str
    unit: str
    points: Sequence[Point]
    marks: Sequence[Mark] = ()
    band_of: str = ""
    synthetic: bool = False

    @property
    def drawn(self) -> Sequence[Point]:
        """Points with a value."""
        return [point for point in self.points if point.value is not None]

    def runs(self) -> Iterator[Sequence[Point]]:
        """Points that one line joins.

        A line joins neighbours if both may be compared with the latest figure, so that no break that forbids a
        comparison lies between them, if they are of one series, and if no period is missing between them.
        """
        run: list[Point] = []
        for point in self.points:
            if run and not (point.value is not None and self._joined(run[-1], point)):
                yield run
                run = []
            if point.value is not None:
                run.append(point)
        if run:
            yield run

    def band_runs(self) -> Iterator[Sequence[Point]]:
        """Neighbouring points that have a band."""
        run: list[Point] = []
        for point in self.points:
            has = point.low is not None and point.high is not None
            if run and not (has and self._next_to(run[-1], point) and point.origin == run[-1].origin):
                yield run
                run = []
            if has:
                run.append(point)
        if run:
            yield run

    def _joined(self, a: Point, b: Point) -> bool:
        return a.comparable and b.comparable and a.origin == b.origin and self._next_to(a, b)

    def _next_to(self, a: Point, b: Point) -> bool:
        """Whether no period is missing between two points: they are as far apart as the closest two of the series."""
        return (b.start - a.start).days < SERIES_GAP * self._step

    @property
    def _step(self) -> int:
        starts = sorted({point.start for point in self.points})
        return min(((b - a).days for a, b in pairwise(starts)), default=0)

    @property
    def gaps(self) -> Sequence[tuple[Point, Point]]:
        """Neighbouring periods between which at least one is missing."""
        points = self.points
        return [(a, b) for a, b in pairwise(points) if not self._next_to(a, b)]


def short_period(start: date, end: date) -> str:
    """A period as an axis names it: `2023/24` for years from April or September, otherwise the month it ends in.

    Example:
        >>> short_period(date(2023, 9, 1), date(2024, 9, 1))
        '2023/24'
        >>> short_period(date(2024, 1, 1), date(2025, 1, 1))
        'Dec 2024'
    """
    last = end - timedelta(days=1)
    if (
        (end.month, end.day) == (start.month, start.day)
        and start.month in (4, 9)
        and end.year == start.year + 1
    ):
        return f"{start.year}/{end.year % 100:02}"
    return f"{last:%b} {last.year}"
