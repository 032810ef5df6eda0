"""The way of a publisher's data from its files to the pages, as an inline SVG.

Belongs here: the drawing, made with svg.py. Does not belong here: what is drawn (`sources`), and colours, which are
classes of `assets/figures.css`.

One drawing for each publisher, of the width of a small screen: one of all sources could be read on no screen. It shows
nothing that the table of the page does not say.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import svg

from civic_assets.publish.report.links import anchor
from civic_assets.publish.site.flow.sources import Source

WIDTH = 288
# Letters of a line that fit into a box, and into one that is indented, also in a wide font.
_LETTERS, _LETTERS_INDENTED = 38, 34
_LINE, _PAD, _GAP, _INDENT = 17, 8, 20, 22
_BUS = 10


@dataclass(frozen=True, slots=True)
class _Box:
    """A box with its lines, the first of them in bold."""

    left: int
    top: int
    lines: tuple[str, ...]
    missing: bool = False

    @property
    def height(self) -> int:
        return 2 * _PAD + _LINE * len(self.lines) - 3

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def elements(self) -> Iterator[svg.Element]:
        yield svg.Rect(
            x=self.left + 0.5, y=self.top + 0.5, width=WIDTH - self.left - 1, height=self.height, rx=3,
            class_=["box", *(["missing"] if self.missing else [])],
        )  # fmt: skip
        for number, line in enumerate(self.lines):
            yield svg.Text(
                text=escape(line, quote=False),
                x=self.left + 10,
                y=self.top + _PAD + 11 + _LINE * number,
                class_=["strong" if number == 0 else "more"],
            )


def steps(listed: Sequence[Source]) -> Sequence[tuple[str, str]]:
    """What happens to the files of some sources: name of each step, and how much there is of it."""
    files = sum(one.held.files for one in listed)
    releases = sum(one.held.releases for one in listed)
    published = sum(one.held.published for one in listed)
    measures = {measure for one in listed for measure in one.held.measures}
    figures = sum(one.held.figures for one in listed)
    tables = {name for one in listed for name in one.held.tables}
    return (
        ("Archive (raw)", f"{_count(files, 'file')}, kept as received"),
        ("Reading and checking (validated)", f"{_count(releases, 'release')}"),
        ("Common codes (harmonised)", "areas, periods and measures"),
        ("Published tables", f"{_count(figures, 'figure')} of {_count(published, 'release')}"),
        ("Measures", f"{_count(len(measures), 'measure')} in {_count(len(tables), 'group')} of tables"),
        ("Pages", "areas, measures, evidence, quality"),
    )


def description(publisher: str, listed: Sequence[Source]) -> str:
    """The drawing in words."""
    named = "; ".join(f"{one.name} ({one.rhythm}, {one.state})" for one in listed)
    if not any(one.held.releases for one in listed):
        return f"{publisher} publishes {named}. No figure of these sources is here."
    way = ", then ".join(f"{name}: {much}" for name, much in steps(listed))
    return f"{publisher} publishes {named}. Their files go through these steps. {way}."


def drawn(publisher: str, listed: Sequence[Source], *, synthetic: bool = False) -> str:
    """The drawing as an SVG element, with a title and a description.

    Args:
        publisher: Name of the publisher.
        listed: Its sources.
        synthetic: Whether what is counted is made up, which the drawing then says.
    """
    name = anchor("flow", publisher)
    lines = _wrapped(publisher, _LETTERS_INDENTED)
    if synthetic:
        lines.append("SYNTHETIC: made-up files")
    top = _Box(0, 0, tuple(lines))
    boxes, below = [top], top.bottom
    paths: list[str] = []
    for one in listed:
        box = _Box(
            _INDENT,
            below + 12,
            (one.name, *_wrapped(f"{one.rhythm}; {one.state}", _LETTERS_INDENTED)),
            not one.held.releases,
        )
        boxes.append(box)
        middle = box.top + box.height // 2
        paths.append(f"M{_BUS} {below}V{middle}H{_INDENT}")
        if below != top.bottom:
            paths[-1] = f"M{_BUS} {below - boxes[-2].height // 2 - 1}V{middle}H{_INDENT}"
        below = box.bottom
    if any(one.held.releases for one in listed):
        last = boxes[-1]
        paths.append(f"M{_BUS} {last.top + last.height // 2}V{below + _GAP - 5}{_arrow(_BUS, below + _GAP)}")
        for number, (step, much) in enumerate(steps(listed)):
            box = _Box(0, below + _GAP, (step, *_wrapped(much)))
            if number:
                middle = WIDTH // 2
                paths.append(f"M{middle} {below}V{box.top - 5}{_arrow(middle, box.top)}")
            boxes.append(box)
            below = box.bottom
    elements: list[svg.Element] = [
        svg.Title(id=f"{name}-title", text=escape(f"From {publisher} to the pages", quote=False)),
        svg.Desc(id=f"{name}-desc", text=escape(description(publisher, listed), quote=False)),
        *(svg.Path(extra={"d": path}, class_=["way"]) for path in paths),
        *(element for box in boxes for element in box.elements()),
    ]
    return svg.SVG(
        xmlns=None,
        width=WIDTH,
        height=below + 1,
        viewBox=svg.ViewBoxSpec(0, 0, WIDTH, below + 1),
        class_=["flow"],
        extra={"role": "img", "aria-labelledby": f"{name}-title {name}-desc"},
        elements=elements,
    ).as_str()


def _arrow(x: int, y: int) -> str:
    return f"M{x - 4} {y - 6}L{x} {y - 1}L{x + 4} {y - 6}"


def _wrapped(text: str, letters: int = _LETTERS) -> list[str]:
    return textwrap.wrap(text, letters)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
