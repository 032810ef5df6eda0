"""Reference periods as half-open intervals of days.

Belongs here: what a period is, and arithmetic on it. Does not belong here: publishers' wordings of periods
(`civic_assets.values.period_text`), and whether two *series* may be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """Kind of period that the publisher means."""

    ROLLING_YEAR = "rolling_year"
    CALENDAR_YEAR = "calendar_year"
    FINANCIAL_YEAR = "financial_year"
    ACADEMIC_YEAR = "academic_year"
    TERM = "term"
    TERMS = "terms"
    QUARTER = "quarter"
    MONTH = "month"
    THREE_MONTH_AVERAGE = "three_month_average"
    POINT_IN_TIME = "point_in_time"


class Statistic(StrEnum):
    """Relation of a figure to its period, which decides whether it adds up over time."""

    FLOW = "flow"
    STOCK = "stock"
    MEAN_OF_STOCKS = "mean_of_stocks"
    RATE = "rate"
    CHANGE = "change"


LENGTHS: dict[PeriodKind, tuple[int, int]] = {
    PeriodKind.ROLLING_YEAR: (365, 366),
    PeriodKind.CALENDAR_YEAR: (365, 366),
    PeriodKind.FINANCIAL_YEAR: (365, 366),
    PeriodKind.ACADEMIC_YEAR: (365, 366),
    PeriodKind.TERM: (60, 150),
    PeriodKind.TERMS: (200, 245),
    PeriodKind.QUARTER: (90, 92),
    PeriodKind.MONTH: (28, 31),
    PeriodKind.THREE_MONTH_AVERAGE: (90, 92),
    PeriodKind.POINT_IN_TIME: (1, 1),
}
"""Shortest and longest in days: leap years, and the lengths of months, quarters and terms (rule V-08)."""


def first_of_month(year: int, month: int) -> date:
    """First day of a month; `month` may run past 12 or below 1 and carries into the year."""
    index = year * 12 + month - 1
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` up to, not including, `end`.

    Args:
        start: First day.
        end: Day after the last day; later than `start`.
        kind: Kind that the publisher means, e.g. `PeriodKind.ROLLING_YEAR`.

    Raises:
        ValueError: `end` is not after `start`, or the length does not fit `kind`.
    """

    start: date
    end: date
    kind: PeriodKind

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")
        shortest, longest = LENGTHS[self.kind]
        if not shortest <= self.days <= longest:
            raise ValueError(f"{self.days} days do not fit a {self.kind}: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    def overlap_days(self, other: Period) -> int:
        """Days in both periods; 0 if they are disjoint."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days)

    def union_days(self, other: Period) -> int:
        """Days in at least one of the two periods."""
        return self.days + other.days - self.overlap_days(other)

    def gap_days(self, other: Period) -> int:
        """Days between two disjoint periods; 0 if they touch or overlap."""
        return max(0, (max(self.start, other.start) - min(self.end, other.end)).days)

    def year_before(self) -> Period:
        """The same days one year earlier; 28 February for 29 February."""
        start = _year_earlier(self.start)
        if self.days == 1:
            return Period(start, start + timedelta(days=1), self.kind)
        # A whole month ends before the first of the next month, whatever the number of its last day.
        if self.end.day == 1:
            return Period(start, _year_earlier(self.end), self.kind)
        return Period(start, _year_earlier(self.end - timedelta(days=1)) + timedelta(days=1), self.kind)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def _year_earlier(of: date) -> date:
    leap_day = (of.month, of.day) == (2, 29)
    return of.replace(year=of.year - 1, day=28 if leap_day else of.day)


def year_ending(year: int, month: int) -> Period:
    """Twelve whole months up to and including `month` of `year`: YE June 2022 = [2021-07-01, 2022-07-01)."""
    return Period(
        first_of_month(year - 1, month + 1), first_of_month(year, month + 1), PeriodKind.ROLLING_YEAR
    )


def day(of: date) -> Period:
    """A single day, for stocks counted at a date."""
    return Period(of, of + timedelta(days=1), PeriodKind.POINT_IN_TIME)
