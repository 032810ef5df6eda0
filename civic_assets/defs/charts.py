"""A small chart on the page of an asset: how many figures each release of its source has.

Belongs here: the drawing, as Markdown with an image in it, which is what Dagster shows. Does not belong here: the
charts of the site (`civic_assets.publish.site.charts`), which are styled by its pages and are not images.

A release with far fewer figures than those before it is seen at a glance, and so is one that is held back. The chart
says nothing about the figures themselves.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

import dagster as dg
import svg

from civic_assets.archive import release_sort_key
from civic_assets.house_numbers.display import RELEASES_IN_A_SMALL_CHART
from civic_assets.layers.store import Store
from civic_assets.publish.site.charts.scale import Scale, ticks
from civic_assets.quality.framework.wording import figure

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _ABOVE, _BELOW = 480, 150, 56, 8, 24, 22
_GAP = 0.3
# Of at least 4.5 to 1 on white, which is what the image brings: Dagster's page may be dark.
_INK, _FAINT, _BAR, _NONE = "#20262e", "#d5dae0", "#2f5d8a", "#a33a2a"


def figures_by_release(store: Store, source: str, release: str) -> dg.MarkdownMetadataValue:
    """The chart, up to and with a release.

    Args:
        store: Store that holds the tables.
        source: Source.
        release: Newest release that is drawn.
    """
    last = release_sort_key(release)
    receipts = {one.release: one for one in store.archive.receipts(source)}
    known = sorted((name for name in receipts if release_sort_key(name) <= last), key=release_sort_key)
    rows: list[tuple[str, int | None]] = []
    for name in known[-RELEASES_IN_A_SMALL_CHART:]:
        table = store.tables.current("harmonised", source, name)
        rows.append((name, None if table is None else table.rows))
    left_out = len(known) - len(rows)
    synthetic = any(receipts[name].synthetic for name, _ in rows)
    words = said(source, rows, left_out, synthetic=synthetic)
    image = base64.b64encode(drawn(source, rows, words, synthetic=synthetic).encode()).decode()
    return dg.MarkdownMetadataValue(f"![{words}](data:image/svg+xml;base64,{image})\n\n{words}")


def said(source: str, rows: Sequence[tuple[str, int | None]], left_out: int = 0, *, synthetic: bool) -> str:
    """What the chart shows, in sentences without a letter that Markdown would read as its own.

    Args:
        source: Source.
        rows: Releases from the oldest, each with its number of figures, or None if it has no table.
        left_out: Number of older releases that are not drawn.
        synthetic: Whether any release is made up.
    """
    held = [name for name, number in rows if number is None]
    numbers = [number for _, number in rows if number is not None]
    first = f"Figures in {len(rows)} release{'s' if len(rows) != 1 else ''} of {source}"
    parts = [f"{'SYNTHETIC SAMPLE DATA. ' if synthetic else ''}{first}"]
    if numbers:
        newest = rows[-1]
        here = f"; {newest[0]} has {newest[1]:,}" if newest[1] is not None else ""
        parts[0] += f": from {min(numbers):,} to {max(numbers):,}{here}."
    else:
        parts[0] += "."
    if held:
        parts.append(f"Without a table: {', '.join(held)}.")
    if left_out:
        parts.append(f"{left_out} older releases are not drawn.")
    text = " ".join(parts)
    return "".join(rf"\{letter}" if letter in r"\`*_[]<>|" else letter for letter in text)


def drawn(source: str, rows: Sequence[tuple[str, int | None]], words: str, *, synthetic: bool) -> str:
    """The drawing, which needs nothing outside itself.

    Args:
        source: Source.
        rows: As for `said`.
        words: Its description.
        synthetic: Whether any release is made up.
    """
    marks = ticks(float(max((number or 0 for _, number in rows), default=0)), 3)
    base = _HEIGHT - _BELOW
    y = Scale(0.0, marks[-1], base, _ABOVE)
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(rows))
    elements: list[svg.Element] = [
        svg.Title(text=escape(words, quote=False)),
        svg.Rect(width=_WIDTH, height=_HEIGHT, fill="#fff"),
        _text(f"Figures by release: {source}", 4, 14, weight="bold"),
    ]
    for mark in marks:
        elements += [
            svg.Line(x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y.at(mark), y2=y.at(mark), stroke=_FAINT),
            _text(figure(mark), _LEFT - 6, y.at(mark) + 4, anchor="end"),
        ]
    wide = round(min(40.0, step * (1 - _GAP)), 1)
    for place, (_, number) in enumerate(rows):
        x = round(_LEFT + step * (place + 0.5) - wide / 2, 1)
        if number is None:
            elements.append(
                svg.Rect(
                    x=x, y=_ABOVE, width=wide, height=base - _ABOVE, fill="none", stroke=_NONE,
                    stroke_dasharray=[3, 3],
                )
            )  # fmt: skip
        else:
            top = y.at(float(number))
            elements.append(svg.Rect(x=x, y=top, width=wide, height=round(base - top, 1), fill=_BAR))
    elements += _names(rows, step, base)
    if synthetic:
        elements.append(_text("SYNTHETIC SAMPLE DATA", _WIDTH - _RIGHT, 14, anchor="end", weight="bold"))
    return svg.SVG(
        width=_WIDTH, height=_HEIGHT, viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, _HEIGHT), elements=elements
    ).as_str()


def _names(rows: Sequence[tuple[str, int | None]], step: float, base: float) -> Iterable[svg.Element]:
    """The first and the last release below the bars; one alone is below its own."""
    if not rows:
        return
    last = len(rows) - 1
    if last:
        yield _text(rows[0][0], _LEFT, base + 15)
        yield _text(rows[last][0], _WIDTH - _RIGHT, base + 15, anchor="end")
    else:
        yield _text(rows[0][0], round(_LEFT + step / 2, 1), base + 15, anchor="middle")


def _text(words: str, x: float, y: float, *, anchor: str = "start", weight: str = "normal") -> svg.Text:
    return svg.Text(
        text=escape(words, quote=False), x=x, y=round(y, 1), fill=_INK, font_family="sans-serif", font_size=11,
        text_anchor=anchor, font_weight=weight,  # type: ignore[arg-type]
    )  # fmt: skip
