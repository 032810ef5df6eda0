"""A series over time as an inline SVG: points, lines where they may be joined, a band, breaks and revisions.

Belongs here: the drawing, made with svg.py. Does not belong here: what is drawn (`history`), its words (`described`),
and colours, which are classes of `assets/charts.css` so that they follow light, dark and print.

The axis of values begins at 0, so that no change looks larger than it is. A status that replaces a figure is a cross
below the axis and never a point at 0. Equal figures give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import svg

from civic_assets.publish.site.charts.described import description
from civic_assets.publish.site.charts.history import History, Point, short_period
from civic_assets.publish.site.charts.scale import Scale, ticks
from civic_assets.quality.framework.wording import figure


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a drawing, in its own units; a letter is about 6 wide.

    Args:
        above: Height above the plot, for letters of breaks.
        below: Height below it, for crosses and periods.
    """

    width: int
    height: int
    above: int = 18
    below: int = 34
    right: int = 14


WIDE, SMALL = Size(300, 176), Size(230, 128, below=32)
_LETTER, _GAP = 6.7, 5.0
_CROSS = 4
# Days of a period that is drawn as a moment.
_SHORT = 100


def drawn(history: History, size: Size = WIDE) -> str:
    """The chart as an SVG element, with a title and a description that has every figure."""
    high = [
        one
        for point in history.points
        for one in (point.value, point.high, *point.earlier)
        if one is not None
    ]
    marks_of_y = ticks(max(high, default=0.0), 4 if size.height > SMALL.height else 3)
    labels = [figure(one) for one in marks_of_y]
    left = 8 + _LETTER * max(map(len, labels))
    bottom = size.height - size.below
    x = Scale(*_days(history.points), left + 4, size.width - size.right - 4)
    y = Scale(0.0, marks_of_y[-1], bottom, size.above)
    plot = _Plot(history, x, y, left, size)
    elements: list[svg.Element] = [
        svg.Title(id=f"{history.name}-title", text=_safe(history.title)),
        svg.Desc(id=f"{history.name}-desc", text=_safe(description(history))),
        *plot.unusual_times(),
        *plot.band(),
        *plot.values(marks_of_y, labels),
        *plot.periods(),
        *plot.breaks(),
        *plot.letters(),
        *plot.lines(),
        *plot.points(),
        *plot.synthetic(),
    ]
    return svg.SVG(
        xmlns=None,
        viewBox=svg.ViewBoxSpec(0, 0, size.width, size.height),
        class_=["chart"],
        extra={"role": "img", "aria-labelledby": f"{history.name}-title {history.name}-desc"},
        elements=elements,
    ).as_str()


def _safe(text: str) -> str:
    """A text as svg.py must be given it, because it writes texts as they are (1.10)."""
    return escape(text, quote=False)


def _text(text: str, **place: Any) -> svg.Text:
    return svg.Text(text=_safe(text), **place)


def _days(points: Sequence[Point]) -> tuple[float, float]:
    """First day of the first period and last of the last, so that a break is drawn within the period it falls in.

    A series of days (a count on 31 March) gets a tenth of its length on each side.
    """
    first, last = points[0].start.toordinal(), points[-1].end.toordinal()
    around = (last - first) / 10 if (points[0].end - points[0].start).days < _SHORT else 0
    return first - around, last + around


@dataclass(frozen=True, slots=True)
class _Plot:
    history: History
    x: Scale
    y: Scale
    left: float
    size: Size

    @property
    def bottom(self) -> float:
        return self.size.height - self.size.below

    def values(self, marks: Sequence[float], labels: Sequence[str]) -> Iterable[svg.Element]:
        """The axis at 0, a line for each other value, and the values."""
        begin, end = round(self.left, 1), self.size.width - self.size.right
        lines: list[svg.PathData] = []
        for value in marks[1:]:
            lines += [svg.M(begin, self.y.at(value)), svg.H(end)]
        yield svg.Path(d=lines, class_=["grid"])
        yield svg.Line(x1=begin, x2=end, y1=self.bottom, y2=self.bottom, class_=["base"])
        for value, label in zip(marks, labels, strict=True):
            yield _text(label, x=round(self.left - 4, 1), y=self.y.at(value) + 3.5, class_=["value"])

    def periods(self) -> Iterable[svg.Element]:
        """Names of the first and last period, and of as many between as there is room for."""
        points = self.history.points
        taken: list[tuple[float, float]] = []
        for point in (points[-1], points[0], *points[1:-1]):
            label = short_period(point.start, point.end)
            half = _LETTER * len(label) / 2
            middle = min(max(self.x.at(point.middle), half), self.size.width - half)
            if all(middle + half + _GAP < a or middle - half - _GAP > b for a, b in taken):
                taken.append((middle - half, middle + half))
                yield _text(label, x=round(middle, 1), y=self.size.height - 6, class_=["period"])

    def letters(self) -> Iterable[svg.Element]:
        """Letters of breaks, moved to the right where they would meet."""
        taken = -_LETTER * 2
        for mark in self.history.marks:
            ends = [self._within(one.toordinal()) for one in (mark.day, mark.until or mark.day)]
            place = max(sum(ends) / 2, taken + _LETTER * 1.7)
            taken = place
            yield _text(mark.letter, x=round(place, 1), y=self.size.above - 5, class_=["mark"])

    def unusual_times(self) -> Iterable[svg.Element]:
        for mark in self.history.marks:
            if mark.until is not None:
                begin, end = self._within(mark.day.toordinal()), self._within(mark.until.toordinal())
                yield svg.Rect(
                    x=begin, y=self.size.above, width=round(max(end - begin, 1), 1),
                    height=self.bottom - self.size.above, class_=["unusual"],
                )  # fmt: skip

    def breaks(self) -> Iterable[svg.Element]:
        for mark in self.history.marks:
            if mark.until is None:
                place = self._within(mark.day.toordinal())
                yield svg.Line(
                    x1=place, x2=place, y1=self.size.above - 2, y2=self.bottom,
                    class_=["break", "forbids"] if mark.forbids else ["break"],
                )  # fmt: skip

    def _within(self, day: float) -> float:
        return self.x.at(min(max(day, self.x.first), self.x.last))

    def band(self) -> Iterable[svg.Element]:
        for run in self.history.band_runs():
            ends = [(self.x.at(p.middle), self.y.at(p.low or 0.0), self.y.at(p.high or 0.0)) for p in run]
            if len(ends) == 1:
                ((place, low, high),) = ends
                ends = [(round(place - 5, 1), low, high), (round(place + 5, 1), low, high)]
            edge = [(place, high) for place, _, high in ends] + [
                (place, low) for place, low, _ in reversed(ends)
            ]
            yield svg.Polygon(points=[svg.Point(*place) for place in edge], class_=["band"])

    def lines(self) -> Iterable[svg.Element]:
        for run in self.history.runs():
            if len(run) > 1:
                places = [svg.Point(self.x.at(p.middle), self.y.at(p.value or 0.0)) for p in run]
                yield svg.Polyline(points=places, class_=["line"])

    def points(self) -> Iterable[svg.Element]:
        latest = self.history.points[-1].origin
        for point in self.history.points:
            place = self.x.at(point.middle)
            if point.value is None:
                yield self._cross(place)
                continue
            height = self.y.at(point.value)
            for value in point.earlier:
                before = self.y.at(value)
                yield svg.Line(x1=place, x2=place, y1=before, y2=height, class_=["revision"])
                yield svg.Circle(cx=place, cy=before, r=2.5, class_=["earlier"])
            if point.revised:
                yield svg.Circle(cx=place, cy=height, r=6, class_=["ring"])
            if point.origin == latest:
                yield svg.Circle(cx=place, cy=height, r=3.2, class_=["dot"])
            else:
                yield svg.Rect(
                    x=round(place - 3, 1), y=round(height - 3, 1), width=6, height=6, class_=["dot", "other"]
                )

    def _cross(self, place: float) -> svg.Element:
        top = self.bottom + 5
        a, b = round(place - _CROSS, 1), round(place + _CROSS, 1)
        return svg.Path(
            d=[svg.M(a, top), svg.L(b, top + 2 * _CROSS), svg.M(a, top + 2 * _CROSS), svg.L(b, top)],
            class_=["cross"],
        )

    def synthetic(self) -> Iterable[svg.Element]:
        if self.history.synthetic:
            middle = (self.left + self.size.width) / 2
            height = round((self.bottom + self.size.above) / 2, 1)
            yield _text("SYNTHETIC", x=round(middle, 1), y=height, class_=["made-up"])
