"""Observations for tests of sums: a few figures as the tables of releases have them.

Belongs here: making such rows. Does not belong here: what a sum of them should be (the tests).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from civic_assets.values.periods import Period

_DAYS = ("period_start", "period_end")
_OF_A_FIGURE: dict[str, Any] = {
    "source": "met_borough",
    "release": "2024-12",
    "measure": "recorded_crime_met",
    "area_code": "E09000019",
    "area_name": "Islington",
    "area_type": "local_authority",
    "statistic": "flow",
    "breakdown": "major=theft;minor=shoplifting",
    "unit": "count",
    "status": None,
    "quality": "ok",
}


def figure(period: Period, value: float | None, **other: Any) -> dict[str, Any]:
    """One observation: Islington's shoplifting in the Met's file of December 2024, except for the fields given."""
    return {
        **_OF_A_FIGURE,
        "period_start": period.start,
        "period_end": period.end,
        "period_kind": str(period.kind),
        "value": value,
        "locator": f"L2:{period.start:%Y%m}",
        **other,
    }


def observations(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of observations."""
    rows = list(rows)
    names = [*_OF_A_FIGURE, *_DAYS, "period_kind", "value", "locator"]
    kinds = {"value": pa.float64(), **dict.fromkeys(_DAYS, pa.date32())}
    return pa.table(
        {name: pa.array([row[name] for row in rows], kinds.get(name, pa.string())) for name in names}
    )


def offences(source: str, measure: str) -> str:
    """What every measure of these tests counts."""
    return "offences"
