"""A release that fails each rule about many figures of one measure, and its clean twin.

Belongs here: H-12, V-20, V-22 and V-24, which look at series, digits and peers and at no single cell. Does not belong
here: rules about single figures (`test_rules_each`) and about figures that stand together (`harmonised_defects`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from civic_assets.parsing.observations import arrow_schema
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.values.periods import first_of_month
from civic_assets_tests.quality.rules.harmonised_defects import Builder
from civic_assets_tests.releases import release_of, sample

CAMDEN = "E09000007"
# Neighbours that are not equal, as counts are not.
_MONTHS = [200 + number * 37 % 17 for number in range(24)]


def row(measure: str, area: str, start: date, end: date, value: float, **other: Any) -> dict[str, Any]:
    """One count of events in a local authority."""
    return {
        "table_id": "counts_current", "row_number": 1, "row_kind": "partnership", "measure": measure,
        "area_code": area, "area_name": area, "area_type": "local_authority", "period_start": start,
        "period_end": end, "period_kind": "month", "statistic": "flow", "breakdown": "total", "unit": "count",
        "value": float(value), "value_text": f"{value:g}", "locator": f"{area}/{start}", **other,
    }  # fmt: skip


def months(values: Sequence[float], first: int = 2016, area: str = CAMDEN) -> list[dict[str, Any]]:
    """Robberies of one area, month by month from January of a year."""
    return [
        row("robbery", area, first_of_month(first, month + 1), first_of_month(first, month + 2), value)
        for month, value in enumerate(values)
    ]


def release(rows: Sequence[Mapping[str, Any]]) -> ReleaseView:
    """The sample with these observations instead of its own."""
    made = release_of(sample())
    assert made.parsed is not None
    table = pa.Table.from_pylist(list(rows), schema=arrow_schema())
    return replace(made, parsed=replace(made.parsed, observations=table))


def _level(since: float) -> ReleaseView:
    return release(months([*_MONTHS[:12], *(value * since for value in _MONTHS[12:])]))


def _zeros(number: int) -> ReleaseView:
    return release(months([*_MONTHS[:6], *[0] * number, *_MONTHS[6 + number :]]))


def _digits(rounded: int) -> ReleaseView:
    """200 counts of which some end in 0 or 5."""
    values = [100 + 7 * number for number in range(200)]
    values = [value // 5 * 5 if number < rounded else value for number, value in enumerate(values)]
    year = date(2021, 7, 1), date(2022, 7, 1)
    return release([row("robbery", f"E{number:08d}", *year, value) for number, value in enumerate(values)])


def _peers(highest: float) -> ReleaseView:
    """Twelve areas of 100,000 residents, each with about 100 robberies but one."""
    rows = []
    for number, value in enumerate([96, 104, 99, 101, 95, 105, 98, 102, 97, 103, 100, highest]):
        area = f"E{number:08d}"
        rows.append(row("robbery", area, date(2021, 7, 1), date(2022, 7, 1), value))
        day = {"statistic": "stock", "period_kind": "point_in_time", "locator": f"{area}/residents"}
        rows.append(row("population", area, date(2021, 6, 30), date(2021, 7, 1), 100_000, **day))
    return release(rows)


COURSE: Mapping[str, tuple[Builder, Builder, Callable[[], str], frozenset[str]]] = {
    "H-12": (lambda: _level(2), lambda: _level(1), lambda: f"{CAMDEN}/2017-01-01", frozenset({"V-21"})),
    "V-20": (lambda: _digits(140), lambda: _digits(0), lambda: "", frozenset()),
    "V-22": (lambda: _peers(400), lambda: _peers(99), lambda: "E00000011/2021-07-01", frozenset()),
    "V-24": (lambda: _zeros(2), lambda: _zeros(1), lambda: f"{CAMDEN}/2016-07-01", frozenset({"V-21"})),
}
"""(broken, clean, address of the accused cell, what else fails with it) by rule."""
