"""Publishers' wordings of a period, read into `Period`.

Belongs here: the wordings ("year ending June 2022", "mid-2022", `202122` with "Academic year").
Does not belong here: which cell of a file states a period (contract and parser), and the house rules for the months
that a wording means (`civic_assets.values.named_periods`).

Nothing is assumed: "2022" alone is not a period, and `201112` alone may be a month or an academic year, so both give
None unless an identifier or the contract's kind of period decides.
"""

from __future__ import annotations

import re
from datetime import date

from civic_assets.values.cells import label
from civic_assets.values.month_text import (
    MONTH_NAME,
    MONTHS,
    NOTES,
    YEAR_WITH_NOTES,
    numbered_month,
    titled_month,
)
from civic_assets.values.named_periods import (
    TERMS,
    academic_year,
    calendar_year,
    end_of_march,
    financial_quarter,
    financial_year,
    january_census,
    months,
    of_kind,
    term,
    winter_average,
)
from civic_assets.values.periods import Period, PeriodKind, day, year_ending

_YEAR_ENDING = re.compile(
    rf"\b(?:year ending|ye)\s+(?:[0-9]{{1,2}}\s+)?({MONTH_NAME})\s+(?:([0-9]{{4}}){NOTES}|([0-9]{{2}}){NOTES})"
)
_MID_YEAR = re.compile(r"\bmid[- ]([0-9]{4})\b")


def years_ending(text: str) -> list[Period]:
    r"""All distinct rolling years that a text names, in the order in which they are mentioned.

    Example:
        >>> [str(period) for period in years_ending("Offences, year ending\n June 2022 [note 1]")]
        ['2021-07-01/2022-07-01']
    """
    named = _YEAR_ENDING.findall(label(text))
    found = [year_ending(int(year or f"20{short}"), MONTHS[month]) for month, year, short in named]
    return list(dict.fromkeys(found))


def mid_year(text: str) -> Period | None:
    """The 30 June meant by "mid-2022" in UK population estimates, or None if no mid-year is named."""
    match = _MID_YEAR.search(label(text))
    return day(date(int(match[1]), 6, 30)) if match else None


def edition_of(period: Period) -> str:
    """Release key of a publication about `period`: its last month, `2024-12` for the year ending December 2024."""
    last_month = (period.end.year * 12 + period.end.month - 2) if period.end.day == 1 else None
    if last_month is None:
        return f"{period.end.year:04d}-{period.end.month:02d}"
    return f"{last_month // 12:04d}-{last_month % 12 + 1:02d}"


_TWELVE_MONTHS = re.compile(
    rf"\b(?:12|twelve) months (?:to|ending)(?: in)? (?:[0-9]{{1,2}} )?({MONTH_NAME}) '?{YEAR_WITH_NOTES}"
)
# "Apr '10 to Mar '11", "Jan 2024 to Dec 2024", "Apr to Jun 2017": a first month without a year takes the second's.
_RANGE = re.compile(
    rf"({MONTH_NAME})(?: '?([0-9]{{4}}|[0-9]{{2}}))? ?(?:to|-|until) ?({MONTH_NAME}) '?{YEAR_WITH_NOTES}"
)
_DAY = re.compile(rf"(?:(?:as )?at )?([0-9]{{1,2}})(?:st|nd|rd|th)? ({MONTH_NAME}) ([0-9]{{4}})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPAN = re.compile(r"([0-9]{4})[-/ ]?(?:20)?([0-9]{2})")
_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_QUARTER = re.compile(r"(?:(?:financial year )?q(?:uarter)? ?)?([1-4])(?:\.0)?")
_QUARTER_OF_SPAN = re.compile(
    r"(?:q([1-4]) (?:of )?([0-9]{4}[-/][0-9]{2})|([0-9]{4}[-/][0-9]{2}),? q([1-4]))"
)
_CALENDAR_QUARTER = re.compile(r"calendar year q([1-4])")


def parse_period(
    text: str, *, identifier: str | None = None, hint: PeriodKind | None = None
) -> Period | None:
    """The period named by a publisher's wording.

    Args:
        text: Text as printed: "YE Dec 24", "Apr 2021 to Mar 2022", "Jan '19 to Dec '19", `202122`, "31 March 2024".
        identifier: Text printed with it that says what it is: "Academic year", "Autumn term", "Reporting year",
            "Calendar year", "Q1". Empty if there is none.
        hint: Kind of period that the contract gives the column. It resolves an ambiguous wording (NEET
            "2025" is December 2024 to February 2025, `202324` of a school census is January 2024), and a wording that
            contradicts it is rejected.

    Returns:
        The period; None if the wording names no period or several, or can be read in two ways.

    Example:
        >>> str(parse_period("2025", identifier="Calendar year", hint=PeriodKind.THREE_MONTH_AVERAGE))
        '2024-12-01/2025-03-01'
        >>> parse_period("2022") is None
        True
    """
    words, what = label(text), label(identifier or "")
    try:
        found = _identified(words, what, hint) if what else _worded(words, hint)
        return of_kind(found, hint) if found else None
    except ValueError:  # a 31 June, or a span such as 2021-25 that has the length of no kind of period
        return None


def _identified(text: str, identifier: str, hint: PeriodKind | None) -> Period | None:
    """`time_period` with `time_identifier`, as in the department's files; digits and identifier must be consistent."""
    later, year = _later_year(text), int(text) if _FOUR_DIGITS.fullmatch(text) else None
    if later is not None:
        if identifier == "academic year":
            return january_census(later) if hint is PeriodKind.MONTH else academic_year(later)
        if identifier in TERMS:
            return term(later, identifier)
        if identifier.startswith("financial year") and "q" not in identifier:
            return financial_year(later)
        quarter = _QUARTER.fullmatch(identifier)
        return financial_quarter(later, int(quarter[1])) if quarter else None
    if year is None:
        return None
    if identifier == "reporting year" or identifier.startswith("year ending 31 march"):
        if hint is PeriodKind.THREE_MONTH_AVERAGE:
            return winter_average(year)
        return end_of_march(year) if hint is PeriodKind.POINT_IN_TIME else financial_year(year)
    if identifier == "calendar year":
        return winter_average(year) if hint is PeriodKind.THREE_MONTH_AVERAGE else calendar_year(year)
    if identifier in MONTHS:
        return months(year, MONTHS[identifier], 1)
    quarter = _CALENDAR_QUARTER.fullmatch(identifier)
    return months(year, 3 * int(quarter[1]) - 2, 3) if quarter else None


def _worded(text: str, hint: PeriodKind | None) -> Period | None:
    """A wording without an identifier."""
    named = [*years_ending(text), *_twelve_months(text)]
    if named:
        return named[0] if len(set(named)) == 1 else None
    if match := _RANGE.fullmatch(text):
        first, early, last, full, short = match.groups()
        end = int(full or f"20{short}")
        start = end if early is None else int(early if len(early) == 4 else f"20{early}")
        number = (end - start) * 12 + MONTHS[last] - MONTHS[first] + 1
        return months(start, MONTHS[first], number) if number > 0 else None
    if month := titled_month(text):
        return months(*month, 1)
    if match := _DAY.fullmatch(text):
        return day(date(int(match[3]), MONTHS[match[2]], int(match[1])))
    if match := _ISO_DAY.fullmatch(text):
        return day(date(*map(int, match.groups())))
    if match := _QUARTER_OF_SPAN.fullmatch(text):
        later = _later_year(match[2] or match[3])
        return financial_quarter(later, int(match[1] or match[4])) if later else None
    return mid_year(text) or _digits(text, hint)


def _digits(text: str, hint: PeriodKind | None) -> Period | None:
    """Digits alone: a month `202401`, or `2021/22` and `2025` as read by the contract's kind."""
    later, month = _later_year(text), numbered_month(text)
    if later is not None and hint is PeriodKind.ACADEMIC_YEAR:
        return academic_year(later)
    if later is not None and hint is PeriodKind.FINANCIAL_YEAR:
        return financial_year(later)
    # 200910, 201011 and 201112 can be months or academic years.
    if month and (hint is PeriodKind.MONTH or (hint is None and later is None)):
        return months(*month, 1)
    if _FOUR_DIGITS.fullmatch(text) and hint is PeriodKind.CALENDAR_YEAR:
        return calendar_year(int(text))
    if _FOUR_DIGITS.fullmatch(text) and hint is PeriodKind.THREE_MONTH_AVERAGE:
        return winter_average(int(text))
    return None


def _twelve_months(text: str) -> list[Period]:
    return [
        year_ending(int(year or f"20{short}"), MONTHS[month])
        for month, year, short in _TWELVE_MONTHS.findall(text)
    ]


def _later_year(text: str) -> int | None:
    """2022 of `2021/22`, `2021-22`, `202122` and `2021/2022`; None if the two years are not consecutive."""
    span = _SPAN.fullmatch(text)
    return int(span[1]) + 1 if span and (int(span[1]) + 1) % 100 == int(span[2]) else None
