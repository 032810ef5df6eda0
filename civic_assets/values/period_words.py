"""Periods in words: "year ending December 2024", "mid-2023", "May 2025".

Belongs here: wording a period. Does not belong here: reading such words (`values.period_text`), and what a
period is (`values.periods`).
"""

from __future__ import annotations

from datetime import date, timedelta

from civic_assets.values.periods import LENGTHS, Period, PeriodKind

_YEARS = {1: PeriodKind.CALENDAR_YEAR, 9: PeriodKind.ACADEMIC_YEAR}
_TERMS = {9: "autumn", 1: "spring", 4: "summer"}


def spoken(start: date, end: date, kind: PeriodKind, *, mid_year: bool = False) -> str:
    """A period in words.

    Args:
        start: First day.
        end: Day after the last day.
        kind: Kind that the publisher means. Days that do not fit it are given as days: two terms are not one term.
        mid_year: Whether 30 June means the middle of the year, as in population estimates, rather than a single day.

    Example:
        >>> spoken(date(2024, 1, 1), date(2025, 1, 1), PeriodKind.ROLLING_YEAR)
        'year ending December 2024'
        >>> spoken(date(2023, 6, 30), date(2023, 7, 1), PeriodKind.POINT_IN_TIME, mid_year=True)
        'mid-2023'
    """
    first, last = start, end - timedelta(days=1)
    shortest, longest = LENGTHS[kind]
    if kind is not PeriodKind.TERM and not shortest <= (end - start).days <= longest:
        return _months(first, last)
    match kind:
        case PeriodKind.ROLLING_YEAR:
            return f"year ending {_month(last)}"
        case PeriodKind.FINANCIAL_YEAR:
            return f"financial year {_two_years(first)}"
        case PeriodKind.ACADEMIC_YEAR:
            return f"academic year {_two_years(first)}"
        case PeriodKind.CALENDAR_YEAR:
            return f"calendar year {first.year}"
        case PeriodKind.MONTH:
            return _month(first)
        case PeriodKind.POINT_IN_TIME:
            return f"mid-{first.year}" if mid_year and (first.month, first.day) == (6, 30) else _day(first)
        case PeriodKind.TERM:
            return _term(first, last)
        case _:
            return _months(first, last)


def spoken_days(start: date, end: date) -> str:
    """A period in words where only its days are known.

    Twelve months from January are a calendar year, from September an academic year; others are named by the month in
    which they end, as rolling and financial years are.

    Args:
        start: First day.
        end: Day after the last day.

    Example:
        >>> spoken_days(date(2021, 7, 1), date(2022, 7, 1))
        'year ending June 2022'
        >>> spoken_days(date(2020, 1, 1), date(2021, 1, 1))
        'calendar year 2020'
    """
    if (end - start).days == 1:
        return _day(start)
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        if months == 1:
            return _month(start)
        if months == 12:
            kind = _YEARS.get(start.month, PeriodKind.ROLLING_YEAR)
            return spoken(start, end, kind)
    return _months(start, end - timedelta(days=1))


def number_of_days(days: int) -> str:
    """`1 day`, `1,096 days`."""
    return f"{days:,} {'day' if days == 1 else 'days'}"


def spoken_period(period: Period) -> str:
    """A period in words, as its publisher means it."""
    return spoken(period.start, period.end, period.kind)


def spoken_day(day: date) -> str:
    """A day in words: `30 June 2023`."""
    return _day(day)


def _month(of: date) -> str:
    return f"{of:%B} {of.year}"


def _day(of: date) -> str:
    return f"{of.day} {of:%B} {of.year}"


def _two_years(first: date) -> str:
    return f"{first.year}/{(first.year + 1) % 100:02d}"


def _term(first: date, last: date) -> str:
    """Terms are named with their academic year: the spring term of 2024/25 is in 2025."""
    began = first.year if first.month >= 9 else first.year - 1
    year = f"{began}/{(began + 1) % 100:02d}"
    name = _TERMS.get(first.month)
    if name is None:
        return _months(first, last)
    if name == "autumn" and last.month in (3, 4):
        return f"autumn and spring terms {year}"
    return f"{name} term {year}"


def _months(first: date, last: date) -> str:
    begins = f"{first:%B}" if first.year == last.year else _month(first)
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    return f"{begins} to {_month(last)}" if whole else f"{_day(first)} to {_day(last)}"
