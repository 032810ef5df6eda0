"""Charts as inline SVG, with a title and a description; no meaning is conveyed by colour alone.

Belongs here: the two kinds of chart in the report, drawn by matplotlib's SVG backend. Does not belong here: which
numbers are drawn (`pages`), and the table that accompanies every chart (`templates/`).

Equal numbers give equal bytes: there is no date, and ids depend only on the chart. Texts stay texts, so that they can
be searched and enlarged.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from civic_assets.quality.framework.wording import figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Inches: width of the drawing, height of a bar, of the legend above the bars, and of the axis below them.
_WIDTH, _ROW, _LEGEND, _BELOW = 7.6, 0.27, 0.3, 0.45
# Inches: margin, and width of a letter in a label. Maximum letters in a label; the table has the full text.
_MARGIN, _LETTER, _LABEL = 0.12, 0.074, 44
_TEXT, _QUIET = "#1a1a1a", "#4d4d4d"
# Outcomes: fill, edge and pattern. The patterns differ, so that the parts can be distinguished in black and white.
_STYLES = (
    ("#dcefe0", "#1d5e2c", ""),
    ("#f7dfa6", "#6b4a00", "//"),
    ("#f2b8b5", "#8a1c1c", "xx"),
    ("#f2f2f2", "#4d4d4d", "--"),
)
# A part narrower than this share of its bar has no room for its number.
_ROOM = 0.035
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "civic_assets",
    "font.size": 9,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.edgecolor": _QUIET,
    "xtick.color": _QUIET,
    "ytick.color": _TEXT,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a publisher's dollar sign is not a formula
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to put in a page.

    Args:
        svg: SVG element, with ids that no other chart of the page can have.
        name: Prefix of all its ids.
    """

    name: str
    title: str
    svg: str


def stacked(
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    parts: Sequence[str],
    axis: str,
) -> Chart:
    """Horizontal bars of equal length, divided into the shares of their parts, which are distinguished by pattern.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, for screen readers.
        description: Content of the chart, in a sentence.
        rows: Label and the numbers of its parts, not all of them 0, from the top; the numbers are printed in the bars.
        parts: Words for the legend, at most four.
        axis: Text that says what the bars are shares of.
    """
    from matplotlib.ticker import PercentFormatter

    totals = [sum(numbers) for _, numbers in rows]

    def draw(axes: Axes) -> None:
        begin = [0.0] * len(rows)
        for position, word in enumerate(parts):
            fill, edge, hatch = _STYLES[position]
            shares = [numbers[position] / total for (_, numbers), total in zip(rows, totals, strict=True)]
            axes.barh(
                range(len(rows)), shares, left=begin, height=0.68, label=word,
                color=fill, edgecolor=edge, linewidth=0.7, hatch=hatch,
            )  # fmt: skip
            for row, share in enumerate(shares):
                if share >= _ROOM:
                    axes.text(
                        begin[row] + share / 2, row, figure(float(rows[row][1][position])), ha="center", va="center",
                        fontsize=8, bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.0},
                    )  # fmt: skip
                begin[row] += share
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=len(parts), frameon=False, borderaxespad=0.2,
            handlelength=1.6,
        )  # fmt: skip

    return _chart(name, title, description, [label for label, _ in rows], axis, draw, legend=True)


def bars(
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, float]],
    axis: str,
) -> Chart:
    """Horizontal bars of shares, each with its percentage.

    Args:
        name: Prefix of all ids of the chart; unique in its page.
        title: Subject of the chart, for screen readers.
        description: Content of the chart, in a sentence.
        rows: Label and share (of 1) of each bar, from the top.
        axis: Text that says what is measured.
    """
    from matplotlib.ticker import PercentFormatter

    longest = max((value for _, value in rows), default=0) or 1

    def draw(axes: Axes) -> None:
        axes.barh(
            range(len(rows)), [value for _, value in rows], height=0.62, color="#c9d8e8", edgecolor="#1f4e79",
            linewidth=0.7,
        )  # fmt: skip
        for row, (_, value) in enumerate(rows):
            axes.text(value + longest * 0.01, row, f"{100 * value:.1f}%", va="center", fontsize=8)
        axes.set_xlim(0, longest * 1.12)
        axes.xaxis.set_major_formatter(PercentFormatter(1))

    return _chart(name, title, description, [label for label, _ in rows], axis, draw, legend=False)


def _chart(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    axis: str,
    draw: Callable[[Axes], None],
    *,
    legend: bool,
) -> Chart:
    # Imported here because it takes half a second, which only building a report should cost.
    import matplotlib
    from matplotlib.figure import Figure

    shown = [label if len(label) <= _LABEL else label[: _LABEL - 4].rstrip() + " ..." for label in labels]
    frame = _BELOW + (_LEGEND if legend else _MARGIN / 2)
    height = frame + _ROW * max(len(shown), 1)
    with matplotlib.rc_context(_SETTINGS):
        drawing = Figure(figsize=(_WIDTH, height))
        # Space is estimated from the number of letters: measuring the texts would mean drawing everything twice.
        left = _MARGIN + _LETTER * max(map(len, shown), default=0)
        axes = drawing.add_axes(
            (left / _WIDTH, _BELOW / height, 1 - (left + _MARGIN * 2) / _WIDTH, (height - frame) / height)
        )
        draw(axes)
        axes.set_yticks(range(len(shown)), shown)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlabel(axis, fontsize=8)
        axes.tick_params(axis="y", length=0)
        axes.tick_params(axis="x", labelsize=8)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        written = io.BytesIO()
        drawing.savefig(
            written,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return Chart(name, title, _as_element(written.getvalue(), name, title, description))


def _as_element(document: bytes, name: str, title: str, description: str) -> str:
    """The SVG as an element of a page: ids of its own, a title, and a size that follows the page."""
    for prefix, space in (("", _SVG), ("xlink", _XLINK)):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(document)
    for parent in list(root.iter()):
        for child in list(parent):
            # A style in an inline SVG applies to the whole page.
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    # Only elements that are referred to keep an id.
    text = ElementTree.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:url\(|")#([^)"]+)', text))
    for element in root.iter():
        own = element.get("id")
        if own is not None and own in used:
            element.set("id", f"{name}-{own}")
        elif own is not None:
            del element.attrib["id"]
        for key, value in list(element.attrib.items()):
            if key == f"{{{_XLINK}}}href":
                element.set(key, value.replace("#", f"#{name}-", 1))
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
            elif key == "style" and "font" in value:
                element.set(key, value.replace("'DejaVu Sans'", "system-ui, 'Segoe UI', Arial"))
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-description")
    for position, (tag, words) in enumerate((("title", title), ("desc", description))):
        element_text = ElementTree.Element(
            f"{{{_SVG}}}{tag}", {"id": f"{name}-{'title' if tag == 'title' else 'description'}"}
        )
        element_text.text = words
        root.insert(position, element_text)
    return ElementTree.tostring(root, encoding="unicode")
