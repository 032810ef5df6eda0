"""Made-up series for the tests of charts.

Belongs here: building them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.etree import ElementTree

from civic_assets.publish.site.charts.history import History, Mark, Point


def year(first: int, value: float | None, /, **other: Any) -> Point:
    """The academic year that begins in `first`; without a value it is suppressed."""
    shown = "suppressed by the publisher" if value is None else f"{value:g}"
    given = {"comparable": True, "shown": shown, **other}
    return Point(
        date(first, 9, 1),
        date(first + 1, 9, 1),
        f"academic year {first}/{(first + 1) % 100:02}",
        value,
        **given,
    )


def history(points: Sequence[Point], marks: Sequence[Mark] = (), **other: Any) -> History:
    """A series of suspensions."""
    given = {
        "name": "chart-suspensions",
        "title": "Suspensions, Islington",
        "unit": "per 100 pupils",
        **other,
    }
    return History(points=points, marks=marks, **given)


def parts(svg: str, name: str) -> list[ElementTree.Element]:
    """Elements of a drawing with a class."""
    return [one for one in ElementTree.fromstring(svg).iter() if name in one.get("class", "").split()]
