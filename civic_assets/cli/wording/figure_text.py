"""How a figure is written in a terminal.

Belongs here: the words for a measure, a breakdown and a value. Does not belong here: lines of one command (`trace`,
`compare`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_assets.answers.comparison import ComparedSeries
    from civic_assets.answers.figure import PublishedFigure
    from civic_assets.answers.trace import OtherGroup


def measure_text(figure: PublishedFigure | ComparedSeries) -> str:
    """The measure in words."""
    return figure.measure.replace("_", " ")


def breakdown_text(breakdown: str) -> str:
    """The group that a figure counts, such as `phase = special; reason = theft`."""
    return "total" if breakdown == "total" else breakdown.replace(";", "; ").replace("=", " = ")


def value_text(figure: PublishedFigure) -> str:
    """The value with its unit and status."""
    value = "no value" if figure.value is None else f"{figure.value:,.10g}"
    status = f", status {figure.status}" if figure.status else ""
    return f"{value} {figure.unit}{status}"


def printed_text(figure: PublishedFigure | OtherGroup) -> str:
    """The text of the cell."""
    return str(figure.value_text).strip() or "(empty)"


def corrected_text(figure: PublishedFigure | ComparedSeries) -> str:
    """The corrected value; it is never shown without the printed one."""
    value = figure.corrected_value
    return "" if value is None else f"; corrected to {value:,.10g} by decision {figure.correction_id}"
