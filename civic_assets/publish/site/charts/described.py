"""Words of a chart: its text alternative, and the sentences below it.

Belongs here: text. Does not belong here: elements (`timeline`) and tables (templates).
"""

from __future__ import annotations

from datetime import timedelta

from civic_assets.publish.report.words import day
from civic_assets.publish.site.charts.history import History, Mark


def description(history: History) -> str:
    """Everything that the drawing shows, in sentences: every figure, the band, breaks, revisions and gaps."""
    figures = "; ".join(f"{point.period}: {point.shown}" for point in history.points)
    unit = history.unit if history.unit.startswith("per ") else f"in {history.unit}"
    said = [f"{'SYNTHETIC. ' if history.synthetic else ''}Figures {unit}: {figures}."]
    if history.band_of:
        banded = [point for point in history.points if point.low is not None]
        ends = "; ".join(f"{point.period}: {point.low_shown} to {point.high_shown}" for point in banded)
        said.append(f"Middle half of {history.band_of}: {ends}.")
    said += [f"{mark.letter}: {mark_words(mark)}" for mark in history.marks]
    said += [f"Revised, {point.period}: {point.revised}." for point in history.points if point.revised]
    said += [f"No figure between {a.period} and {b.period}." for a, b in history.gaps]
    return " ".join(said)


def mark_words(mark: Mark) -> str:
    """A break in a sentence, with its days and what it forbids.

    Example:
        >>> mark_words(Mark("A", date(2020, 4, 1), None, "a class was added", True))
        '1 April 2020: a class was added. Figures before and after it may not be compared.'
    """
    last = "" if mark.until is None else f" to {day(mark.until - timedelta(days=1))}"
    forbidden = " Figures before and after it may not be compared." if mark.forbids else ""
    return f"{day(mark.day)}{last}: {mark.effect}.{forbidden}"


def legend(history: History) -> str:
    """What the parts of the drawing mean, in sentences; only of parts that are drawn."""
    said = []
    if history.band_of:
        said.append(f"Shaded: the middle half of {history.band_of}.")
    if len(history.drawn) > 1 and sum(1 for _ in history.runs()) > 1:
        said.append("Points are joined only where they may be compared.")
    if any(point.value is None for point in history.points):
        said.append("A cross marks a period without a figure.")
    if any(point.earlier or point.revised for point in history.points):
        said.append(
            "A ring marks a figure that was revised; a small open circle is what an earlier release printed."
        )
    return " ".join(said)
