"""How the figures of areas are spread: one strip of dots for each kind of area, as an inline SVG.

Belongs here: the drawing, made with svg.py, and its text alternative. Does not belong here: which figures are drawn
(`civic_assets.publish.site.measures`), and colours, which are classes of `assets/figures.css`.

Every dot is an area. Dots of nearly equal figures are put above and below each other, so that no dot hides another as
long as there is room. The shaded band is the middle half of the areas, and the line in it the middle one. Dots have no
names: the tables have every area with its figure. Equal figures give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from statistics import quantiles

import svg

from civic_assets.publish.site.charts.scale import Scale, ticks
from civic_assets.quality.framework.wording import figure

_WIDTH, _ABOVE, _BELOW, _RIGHT, _LEFT = 440, 8, 32, 18, 12
# Height of a strip with the line of words above it.
_STRIP, _WORDS = 52, 16
_BIN, _STEP, _MOST = 5, 4.0, 4
_LETTERS = 46


class _Written(svg.PathData):
    """Commands of a path that are written already: making an object of each of a thousand dots takes much longer."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Strip:
    """Areas of one kind.

    Args:
        words: What they are: `33 London boroughs`.
        values: Their figures.
    """

    words: str
    values: Sequence[float]

    @property
    def quarters(self) -> tuple[float, float, float]:
        """A quarter, half and three quarters of the areas are at or below these, counted as the bands of areas are."""
        low, middle, high = quantiles(self.values, n=4, method="inclusive")
        return low, middle, high


@dataclass(frozen=True, slots=True)
class Spread:
    """A chart.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart.
        unit: Unit of the figures, as an axis names it.
        strips: At least one, each with two figures or more, none of them below 0.
        synthetic: Whether any figure is made up.
    """

    name: str
    title: str
    unit: str
    strips: Sequence[Strip]
    synthetic: bool


def description(spread: Spread) -> str:
    """What the drawing shows, in sentences."""
    said = [f"{'SYNTHETIC. ' if spread.synthetic else ''}{spread.unit[:1].upper()}{spread.unit[1:]}."]
    for strip in spread.strips:
        low, middle, high = (figure(one, decimals=2) for one in strip.quarters)
        said.append(
            f"{strip.words}: a quarter are at or below {low}, half at or below {middle}, three quarters at or below "
            f"{high}."
        )
    return " ".join(said)


def drawn(spread: Spread) -> str:
    """The chart as an SVG element, with a title and a description."""
    marks = ticks(max(max(strip.values) for strip in spread.strips), 5)
    height = _ABOVE + _STRIP * len(spread.strips) + _BELOW
    x = Scale(0.0, marks[-1], _LEFT, _WIDTH - _RIGHT)
    elements: list[svg.Element] = [
        svg.Title(id=f"{spread.name}-title", text=escape(spread.title, quote=False)),
        svg.Desc(id=f"{spread.name}-desc", text=escape(description(spread), quote=False)),
        *_axis(x, marks, spread.unit, height - _BELOW),
    ]
    for number, strip in enumerate(spread.strips):
        elements += _strip(strip, x, _ABOVE + number * _STRIP)
    if spread.synthetic:
        elements.append(svg.Text(text="SYNTHETIC", x=_WIDTH / 2, y=round(height / 2, 1), class_=["made-up"]))
    return svg.SVG(
        xmlns=None,
        viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, height),
        class_=["chart", "spread"],
        extra={"role": "img", "aria-labelledby": f"{spread.name}-title {spread.name}-desc"},
        elements=elements,
    ).as_str()


def _axis(x: Scale, marks: Sequence[float], unit: str, bottom: float) -> Iterable[svg.Element]:
    lines: list[svg.PathData] = []
    for value in marks:
        lines += [svg.M(x.at(value), _ABOVE), svg.V(bottom)]
    yield svg.Path(d=lines, class_=["grid"])
    yield svg.Line(x1=x.begin, x2=x.end, y1=bottom, y2=bottom, class_=["base"])
    for value in marks:
        yield svg.Text(text=figure(value), x=x.at(value), y=bottom + 13, class_=["period"])
    yield svg.Text(text=escape(unit, quote=False), x=x.end, y=bottom + 27, class_=["value"])


def _strip(strip: Strip, x: Scale, top: float) -> Iterable[svg.Element]:
    # A longer name would leave the drawing; the description and the table below it have the whole.
    words = strip.words if len(strip.words) <= _LETTERS else f"{strip.words[: _LETTERS - 1].rstrip()}…"
    yield svg.Text(text=escape(words, quote=False), x=x.begin + 2, y=top + 12, class_=["strip"])
    low, middle, high = strip.quarters
    begin, half, end = x.at(low), x.at(middle), x.at(high)
    upper, lower = top + _WORDS + 2, top + _STRIP - 2
    yield svg.Rect(
        x=begin, y=upper, width=round(max(end - begin, 1), 1), height=lower - upper, class_=["band"]
    )
    centre = (upper + lower) / 2
    dots: list[str] = []
    taken: dict[int, int] = {}
    for value in sorted(strip.values):
        place = x.at(value)
        before = taken.get(bin_ := int(place // _BIN), 0)
        taken[bin_] = before + 1
        # 0, then one above, one below, two above, and so on; the column begins again where there is no more room.
        turn = before % (2 * _MOST - 1)
        away = (turn + 1) // 2 * _STEP * (-1 if turn % 2 else 1)
        dots.append(f"M{place:g} {round(centre + away, 1):g}h0")
    yield svg.Path(d=[_Written("".join(dots))], class_=["dots"])
    yield svg.Line(x1=half, x2=half, y1=upper, y2=lower, class_=["middle"])
