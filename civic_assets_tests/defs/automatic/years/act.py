"""What a publisher does at a moment, and the days that matter.

Belongs here: the record, and the first and last day. Does not belong here: who does what when (`crime`, `people`,
`calendar`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from civic_assets_tests.defs.automatic.years.publishers import AllPublishers

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2027, 1, 1), date(2029, 12, 31)
LEAP = date(2028, 2, 29)
CLOCKS = tuple(
    date(*day)
    for day in ((2027, 3, 28), (2027, 10, 31), (2028, 3, 26), (2028, 10, 29), (2029, 3, 25), (2029, 10, 28))
)
"""Days on which the clocks change in London."""
_MORNING = time(9, 30)


@dataclass(frozen=True)
class Act:
    """Something that a publisher does.

    Args:
        at: When, in London.
        sources: Sources that it concerns.
        kind: `release`, `again` (in place), `renamed` (a correction), `down` or `up`.
        do: Does it.
    """

    at: datetime
    sources: tuple[str, ...]
    kind: str
    do: Callable[[AllPublishers], object]


def act(
    day: date, sources: tuple[str, ...], kind: str, do: Callable[..., object], at: time = _MORNING
) -> Act:
    moment = datetime.combine(day, at, LONDON)
    return Act(moment, sources, kind, partial(do, moment))


def thursday(year: int, month: int, after: int) -> date:
    day = date(year, month, after)
    return day + timedelta(days=(3 - day.weekday()) % 7)
