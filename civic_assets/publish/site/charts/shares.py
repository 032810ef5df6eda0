"""Charts of shares as inline SVG: divided bars, divided columns, and bars with a percentage.

Belongs here: drawing them with svg.py. Does not belong here: which numbers are drawn, the table that accompanies every
chart, and colours, which are classes of `assets/site.css` so that they follow light, dark and print.

No meaning is conveyed by colour alone: parts differ in their pattern. Texts stay texts, so that they can be searched
and enlarged. Equal numbers give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import svg

from civic_assets.publish.site.charts.scale import Scale
from civic_assets.quality.framework.wording import figure

OUTCOMES = ("pass", "warn", "fail", "unknown")
"""Classes of the parts, in order: passed, failed with a warning, failed and blocks, not evaluated."""
_WIDTH, _ROW, _BAR, _LEGEND, _BELOW, _MARGIN = 640, 24, 16, 26, 24, 10
# Width of a letter, and letters of a label at most; the table has the full text.
_LETTER, _LABEL = 6.7, 44
# Height of a divided column, its greatest width, least and greatest distance of two, and the gap as a share of it.
_COLUMN, _BROAD, _NEAR, _FAR, _GAP = 90, 44, 14, 140, 0.25
# A part narrower than this has no room for its number.
_ROOM = 22
_SPACING = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to put in a page.

    Args:
        name: Prefix of all its ids.
        title: Its subject.
        svg: SVG element, with ids that no other chart of the page can have.
        synthetic: Whether the figures are made up.
    """

    name: str
    title: str
    svg: str
    synthetic: bool = False


def stacked(
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    parts: Sequence[str],
    *,
    synthetic: bool = False,
) -> Chart:
    """Horizontal bars of equal length, divided into the shares of their parts, which are distinguished by pattern.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, for screen readers.
        description: Content of the chart, in a sentence.
        rows: Label and the numbers of its parts, not all of them 0, from the top; the numbers are printed in the bars.
        parts: Words for the legend, one for each of `OUTCOMES` at most.
        synthetic: Whether the figures are made up.
    """
    labels = [_short(label) for label, _ in rows]
    left = _MARGIN + _LETTER * max(map(len, labels), default=0)
    right = _WIDTH - _MARGIN
    height = _LEGEND + _ROW * len(rows) + _MARGIN
    elements: list[svg.Element] = [*_patterns(name), *_legend(name, parts, left)]
    for row, (label, (_, numbers)) in enumerate(zip(labels, rows, strict=True)):
        top = _LEGEND + _ROW * row
        scale = Scale(0.0, float(sum(numbers)), left, right)
        elements.append(_text(label, x=round(left - _SPACING, 1), y=top + 13, class_=["value"]))
        begin = 0
        for number, kind in zip(numbers, OUTCOMES, strict=False):
            if number:
                place, end = scale.at(begin), scale.at(begin + number)
                elements += _part(name, kind, place, top, end - place, _BAR)
                written = figure(float(number))
                if end - place >= max(_ROOM, _LETTER * len(written) + _SPACING):
                    middle = round((place + end) / 2, 1)
                    half = round(_LETTER * len(written) / 2 + 1, 1)
                    elements += [
                        svg.Rect(x=middle - half, y=top + 2, width=2 * half, height=12, class_=["behind"]),
                        _text(written, x=middle, y=top + 12.5, class_=["number"]),
                    ]
            begin += number
    return _chart(name, title, description, _WIDTH, height, elements, synthetic=synthetic)


def columns(
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    parts: Sequence[str],
    *,
    synthetic: bool = False,
) -> Chart:
    """Columns of equal height, one for each release from the oldest, divided as the bars of `stacked`.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, for screen readers.
        description: Content of the chart, in a sentence.
        rows: Label and the numbers of its parts, from the left; the first and the last label are printed, and as many
            between as there is room for.
        parts: Words for the legend, one for each of `OUTCOMES` at most.
        synthetic: Whether the figures are made up.
    """
    step = min(_FAR, max(_NEAR, (_WIDTH - 2 * _MARGIN) / max(1, len(rows))))
    wide = round(min(_BROAD, step * (1 - _GAP)), 1)
    width = max(_WIDTH, round(2 * _MARGIN + step * len(rows)))
    top, bottom = _LEGEND, _LEGEND + _COLUMN
    elements: list[svg.Element] = [*_patterns(name), *_legend(name, parts, _MARGIN)]
    for place, (_, numbers) in enumerate(rows):
        x = round(_MARGIN + step * place, 1)
        total = float(sum(numbers))
        if not total:
            continue
        scale = Scale(0.0, total, bottom, top)
        begin = 0
        for number, kind in zip(numbers, OUTCOMES, strict=False):
            if number:
                low, high = scale.at(begin), scale.at(begin + number)
                elements += _part(name, kind, x, high, wide, round(low - high, 1))
            begin += number
    elements += _below(
        [(round(_MARGIN + step * place + wide / 2, 1), label) for place, (label, _) in enumerate(rows)],
        width,
        bottom + 16,
    )
    return _chart(name, title, description, width, bottom + _BELOW, elements, synthetic=synthetic)


def bars(
    name: str, title: str, description: str, rows: Sequence[tuple[str, float]], *, synthetic: bool = False
) -> Chart:
    """Horizontal bars of shares, each with its percentage.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, for screen readers.
        description: Content of the chart, in a sentence.
        rows: Label and share (of 1) of each bar, from the top.
        synthetic: Whether the figures are made up.
    """
    labels = [_short(label) for label, _ in rows]
    left = _MARGIN + _LETTER * max(map(len, labels), default=0)
    longest = max((value for _, value in rows), default=0) or 1
    scale = Scale(0.0, longest, left, _WIDTH - _MARGIN - 8 * _LETTER)
    elements: list[svg.Element] = []
    for row, (label, (_, value)) in enumerate(zip(labels, rows, strict=True)):
        top = _MARGIN + _ROW * row
        end = scale.at(value)
        elements += [
            _text(label, x=round(left - _SPACING, 1), y=top + 13, class_=["value"]),
            svg.Rect(x=round(left, 1), y=top, width=round(end - left, 1), height=_BAR, class_=["bar"]),
            _text(f"{100 * value:.1f}%", x=round(end + _SPACING, 1), y=top + 13, class_=["share"]),
        ]
    height = 2 * _MARGIN + _ROW * len(rows)
    return _chart(name, title, description, _WIDTH, height, elements, synthetic=synthetic)


def _below(labels: Sequence[tuple[float, str]], width: float, y: float) -> Iterable[svg.Element]:
    taken: list[tuple[float, float]] = []
    for place, label in (*labels[-1:], *labels[:1], *labels[1:-1]):
        half = _LETTER * len(label) / 2
        middle = min(max(place, half), width - half)
        if all(middle + half + _SPACING < a or middle - half - _SPACING > b for a, b in taken):
            taken.append((middle - half, middle + half))
            yield _text(label, x=round(middle, 1), y=y, class_=["period"])


def _part(name: str, kind: str, x: float, y: float, width: float, height: float) -> Iterable[svg.Element]:
    place: dict[str, Any] = {"x": x, "y": y, "width": round(width, 1), "height": height}
    yield svg.Rect(**place, class_=["part", kind])
    if kind != OUTCOMES[0]:
        yield svg.Rect(**place, fill=f"url(#{name}-{kind})")


def _patterns(name: str) -> Iterable[svg.Element]:
    """Lines over the parts; what passed is plain."""
    drawn = {
        "warn": [svg.M(0, 6), svg.L(6, 0)],
        "fail": [svg.M(0, 6), svg.L(6, 0), svg.M(0, 0), svg.L(6, 6)],
        "unknown": [svg.M(0, 3), svg.H(6)],
    }
    yield svg.Defs(
        elements=[
            svg.Pattern(
                id=f"{name}-{kind}", width=6, height=6, patternUnits="userSpaceOnUse",
                elements=[svg.Path(d=list(lines), class_=["hatch", kind])],
            )
            for kind, lines in drawn.items()
        ]
    )  # fmt: skip


def _legend(name: str, parts: Sequence[str], left: float) -> Iterable[svg.Element]:
    place = round(left, 1)
    for words, kind in zip(parts, OUTCOMES, strict=False):
        yield from _part(name, kind, place, 4, 14, 12)
        yield _text(words, x=round(place + 20, 1), y=14.5, class_=["legend"])
        place = round(place + 20 + _LETTER * len(words) + 2 * _SPACING, 1)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 4].rstrip() + " ..."


def _text(text: str, **place: Any) -> svg.Text:
    # svg.py writes texts as they are (1.10).
    return svg.Text(text=escape(text, quote=False), **place)


def _chart(
    name: str,
    title: str,
    description: str,
    width: float,
    height: float,
    elements: list[svg.Element],
    *,
    synthetic: bool,
) -> Chart:
    if synthetic:
        elements.append(_text("SYNTHETIC", x=width / 2, y=height / 2 + 9, class_=["made-up"]))
    drawn = svg.SVG(
        xmlns=None,
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        class_=["chart"],
        extra={"role": "img", "aria-labelledby": f"{name}-title {name}-description"},
        elements=[
            svg.Title(id=f"{name}-title", text=escape(title, quote=False)),
            svg.Desc(id=f"{name}-description", text=escape(description, quote=False)),
            *elements,
        ],
    ).as_str()
    return Chart(name, title, drawn, synthetic)
