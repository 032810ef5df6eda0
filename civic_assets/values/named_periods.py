"""Periods with a name: financial and academic years, terms, quarters, the winter average of NEET.

Belongs here: the days that a name means, the same for all sources, with house rules where the publisher prints no
day. Does not belong here: publishers' wordings of the name (`civic_assets.values.period_text`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from civic_assets.house_numbers.calendar import AUTUMN_AND_SPRING_TERMS, AUTUMN_TERM, SPRING_TERM, SUMMER_TERM
from civic_assets.values.periods import Period, PeriodKind, day, first_of_month

TERMS = {"autumn term": AUTUMN_TERM, "spring term": SPRING_TERM, "summer term": SUMMER_TERM}
"""First month of a term and the month after its end, counted from January of the later year."""

TWO_TERMS = {"autumn and spring term": AUTUMN_AND_SPRING_TERMS}
"""The same for two terms together, which the department publishes before the summer term ends."""

_YEARS = {
    PeriodKind.ROLLING_YEAR: None,
    PeriodKind.CALENDAR_YEAR: 1,
    PeriodKind.FINANCIAL_YEAR: 4,
    PeriodKind.ACADEMIC_YEAR: 9,
}
_THREE_MONTHS = {PeriodKind.QUARTER, PeriodKind.THREE_MONTH_AVERAGE}
_KIND_OF_LENGTH = {1: PeriodKind.MONTH, 12: PeriodKind.ROLLING_YEAR}


def months(year: int, month: int, number: int, kind: PeriodKind | None = None) -> Period:
    """Whole months from a given month on: one is a month, three a quarter or an average, twelve a rolling year.

    Raises:
        ValueError: No kind of period has that length.
    """
    if kind is None:
        kind = _KIND_OF_LENGTH.get(number)
    if kind is None and number == 3:
        kind = PeriodKind.QUARTER if month % 3 == 1 else PeriodKind.THREE_MONTH_AVERAGE
    if kind is None:
        raise ValueError(f"{number} months do not form a known kind of period")
    return Period(first_of_month(year, month), first_of_month(year, month + number), kind)


def calendar_year(year: int) -> Period:
    """1 January to 31 December."""
    return months(year, 1, 12, PeriodKind.CALENDAR_YEAR)


def financial_year(later: int) -> Period:
    """Year ending 31 March of its later calendar year; DfE's "Reporting year" 2024 is the year to 31 March 2024."""
    return months(later - 1, 4, 12, PeriodKind.FINANCIAL_YEAR)


def financial_quarter(later: int, quarter: int) -> Period:
    """Quarter 1 is April to June, quarter 4 January to March of the later calendar year."""
    return months(later - 1, 1 + 3 * quarter, 3, PeriodKind.QUARTER)


def academic_year(later: int) -> Period:
    """1 September to 31 August."""
    return months(later - 1, 9, 12, PeriodKind.ACADEMIC_YEAR)


def term(later: int, name: str) -> Period:
    """The months of a term ("autumn term", ...) of the academic year with that later calendar year; see `TERMS`."""
    first, after = TERMS[name]
    return months(later, first, after - first, PeriodKind.TERM)


def two_terms(later: int, name: str) -> Period:
    """The months of two terms that a publisher gives as one figure ("autumn and spring term"); see `TERMS`."""
    first, after = TWO_TERMS[name]
    return months(later, first, after - first, PeriodKind.TERMS)


def january_census(later: int) -> Period:
    """January of the academic year: the census is on a Thursday in January, and the day is not printed (house rule)."""
    return months(later, 1, 1)


def end_of_march(year: int) -> Period:
    """31 March, on which children looked after and children in need are counted."""
    return day(date(year, 3, 31))


def winter_average(year: int) -> Period:
    """December to February, over which NEET figures are averaged: 2025 is December 2024 to February 2025."""
    return months(year - 1, 12, 3, PeriodKind.THREE_MONTH_AVERAGE)


def of_kind(period: Period, kind: PeriodKind | None) -> Period | None:
    """The same days with the kind given by the contract; None if the days do not fit that kind."""
    if kind is None or period.kind is kind:
        return period
    years = period.kind in _YEARS and kind in _YEARS and _YEARS[kind] in (None, period.start.month)
    three = period.kind in _THREE_MONTHS and kind in _THREE_MONTHS
    return Period(period.start, period.end, kind) if years or three else None


def periods_within(kind: PeriodKind, start: date, end: date) -> Iterator[Period]:
    """Every whole period of a kind inside `[start, end)`, oldest first; rolling years end with every month.

    Args:
        kind: Kind that consists of whole months: month, (calendar) quarter, or a year.
        start: First day.
        end: Day after the last day.

    Raises:
        ValueError: The kind has no regular start (terms, averages, single days).
    """
    if kind in _YEARS:
        length, first = 12, _YEARS[kind]
    elif kind in (PeriodKind.MONTH, PeriodKind.QUARTER):
        length, first = (1, None) if kind is PeriodKind.MONTH else (3, 1)
    else:
        raise ValueError(f"a {kind} has no regular start, so its periods cannot be listed")
    step = 3 if kind is PeriodKind.QUARTER else 1
    year, month = start.year, start.month
    while first_of_month(year, month + length) <= end:
        begins = (month - 1) % 12 + 1
        fits = first is None or (begins - first) % (step if step == 3 else 12) == 0
        if fits and first_of_month(year, month) >= start:
            yield months(year, month, length, kind)
        month += 1
