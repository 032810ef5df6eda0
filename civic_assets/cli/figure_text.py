"""How a figure is written in a terminal.

Belongs here: the words for a measure, a breakdown and a value. Does not belong here: lines of one command (`trace`,
`compare`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def measure_text(figure: Mapping[str, Any]) -> str:
    """The measure in words."""
    return str(figure["measure"]).replace("_", " ")


def breakdown_text(breakdown: str) -> str:
    """The group that a figure counts, such as `phase = special; reason = theft`."""
    return "total" if breakdown == "total" else breakdown.replace(";", "; ").replace("=", " = ")


def value_text(figure: Mapping[str, Any]) -> str:
    """The value with its unit and status."""
    value = "no value" if figure["value"] is None else f"{figure['value']:,.10g}"
    status = f", status {figure['status']}" if figure["status"] else ""
    return f"{value} {figure['unit']}{status}"


def printed_text(figure: Mapping[str, Any]) -> str:
    """The text of the cell."""
    return str(figure["value_text"]).strip() or "(empty)"


def corrected_text(figure: Mapping[str, Any]) -> str:
    """The corrected value; it is never shown without the printed one."""
    value = figure["corrected_value"]
    return "" if value is None else f"; corrected to {value:,.10g} by decision {figure['correction_id']}"
