"""Counts from rows of single incidents.

Belongs here: grouping rows by what they are counted under, and giving their addresses. Does not belong here: what a
row is about (the source's parser).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.parsing.observations import Area
from civic_assets.parsing.table_finder import Block
from civic_assets.values.cells import plain
from civic_assets.values.periods import first_of_month


@dataclass(frozen=True, slots=True)
class CountedUnder:
    """Group under which a row is counted.

    Args:
        month: Month, as `YYYY-MM`.
        status: Status to publish with the count.
    """

    month: str
    area: Area
    measure: str
    breakdown: str
    status: str | None = None


def counts(
    block: Block, column: str, subjects: Sequence[CountedUnder], most: int
) -> tuple[int, dict[str, Any]]:
    """One observation for each month, area, measure and breakdown with rows; groups without rows are not filled with 0.

    Args:
        block: Table of incidents.
        column: Column whose cells the locators name.
        subjects: Group under which each row is counted.
        most: Most rows that a locator lists; if there are more, it gives their number.

    Returns:
        The number of observations, and their columns (`civic_assets.parsing.observations.FIELDS`).
    """
    import pyarrow as pa

    keys = pa.table(
        {
            "month": pa.array([subject.month for subject in subjects], pa.string()),
            "area": pa.array([subject.area.code for subject in subjects], pa.string()),
            "measure": pa.array([subject.measure for subject in subjects], pa.string()),
            "breakdown": pa.array([subject.breakdown for subject in subjects], pa.string()),
            "row": pa.array(range(len(subjects)), pa.int64()),
        }
    )
    # One thread keeps groups and their rows in the order of the file.
    grouped = keys.group_by(["month", "area", "measure", "breakdown"], use_threads=False).aggregate(
        [("row", "list")]
    )
    rows: list[list[int]] = grouped["row_list"].to_pylist()
    areas = [subjects[group[0]].area for group in rows]
    days = {text: (int(text[:4]), int(text[5:])) for text in set(grouped["month"].to_pylist())}
    months = [days[text] for text in grouped["month"].to_pylist()]
    lines = block.sheet.line_numbers
    numbers = [row + 1 if lines is None else lines[row] for row in block.rows]
    places, tail = _places(block, column)
    unit = "records" if block.sheet.records else "rows" if lines is None else "lines"
    return len(rows), {
        "table_id": block.table.name,
        "row_number": [numbers[group[0]] for group in rows],
        "row_kind": [area.kind for area in areas],
        "measure": grouped["measure"].to_pylist(),
        "area_code": grouped["area"].to_pylist(),
        "area_name": [area.name for area in areas],
        "area_type": [area.type for area in areas],
        "parent_code": [area.parent for area in areas],
        "period_start": [first_of_month(year, month) for year, month in months],
        "period_end": [first_of_month(year, month + 1) for year, month in months],
        "period_kind": "month",
        "statistic": "flow",
        "breakdown": grouped["breakdown"].to_pylist(),
        "unit": "count",
        "value": [float(len(group)) for group in rows],
        "status": [subjects[group[0]].status for group in rows],
        "value_text": [str(len(group)) for group in rows],
        "locator": [_joined([places[row] for row in group], tail, most, unit) for group in rows],
    }


def _places(block: Block, column: str) -> tuple[list[str], str]:
    """Position of each row (`L5` or `[3]`), and the suffix of the address (`:Crime type` or `.category`)."""
    tail = len(plain(block.header(column))) + 1
    locators = block.locators(column)
    return [locator[:-tail] for locator in locators], locators[0][-tail:] if locators else ""


def _joined(places: Sequence[str], tail: str, most: int, unit: str) -> str:
    """`L5,L9,L31:Crime type`; if there are more than `most`, the first ones and the total."""
    named = ",".join(places[:most])
    return f"{named}{tail}" if len(places) <= most else f"{named},... ({len(places)} {unit}){tail}"
