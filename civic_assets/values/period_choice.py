"""The published periods that a person can mean by "2024" or "2023/24".

Belongs here: matching a person's words with a list of published periods. Does not belong here: publishers' wordings
(`civic_assets.values.period_text`), which name a period without any list, and the message if nothing matches.

Words with several meanings are accepted only if one of them is published. A bare year is never a financial or academic
year: "2024" would be the year to March 2024 for one reader and the year from April 2024 for the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from civic_assets.values.cells import label
from civic_assets.values.named_periods import (
    TERMS,
    academic_year,
    calendar_year,
    end_of_march,
    financial_year,
    term,
    winter_average,
)
from civic_assets.values.period_text import parse_period
from civic_assets.values.periods import Period, PeriodKind, day

FORMS = (
    "START/END (2024-01-01/2025-01-01, where END is the day after the last), 2024, 'ye Dec 2024', 2023/24, "
    "'mid-2023', 'May 2024', 2024-05, '31 March 2024' or 'autumn term 2023/24'"
)
"""Accepted forms of a period."""

_YEAR = re.compile(r"(?:calendar year )?([0-9]{4})")
_SPAN = re.compile(r"(?:(financial|academic|school) year )?([0-9]{4}) ?[-/] ?(?:([0-9]{2})?([0-9]{2}))")
_TERM = re.compile(rf"({'|'.join(TERMS)}) ([0-9]{{4}}) ?[-/] ?(?:[0-9]{{2}})?([0-9]{{2}})")


def meanings(text: str, published: Iterable[Period]) -> list[Period]:
    """Published periods that a wording can mean, in order; several if it is ambiguous.

    Args:
        text: Text as a person writes it, e.g. `2024`, `ye dec 2024`, `2023/24`.
        published: Published periods of the requested measure and area.

    Example:
        >>> years = [calendar_year(2024), financial_year(2024), academic_year(2024)]
        >>> [str(period) for period in meanings("2024", years)]
        ['2024-01-01/2025-01-01']
        >>> len(meanings("2023/24", years))
        2
    """
    words = label(text)
    there = sorted(set(published), key=lambda period: (period.start, period.end, period.kind))
    wanted = {(period.start, period.end) for period in _readings(words, {period.kind for period in there})}
    found = [period for period in there if (period.start, period.end) in wanted]
    span = _years_of_span(words)
    if span and not found:
        # The school census of an academic year is one month of it, which is used if no other month is published.
        inside = [p for p in there if p.kind is PeriodKind.MONTH and _within(p, academic_year(span[1]))]
        found = inside if len({p.start for p in inside}) == 1 and inside[0].start.month == 1 else []
    once: dict[tuple[date, date], Period] = {}
    for period in found:
        once.setdefault((period.start, period.end), period)
    return list(once.values())


def is_period(text: str) -> bool:
    """Whether the words are a period at all, regardless of what is published."""
    return bool(_readings(label(text), set(PeriodKind)))


def _readings(words: str, kinds: set[PeriodKind]) -> list[Period]:
    """Every period that the words can mean, if figures of these kinds are published."""
    if year := _YEAR.fullmatch(words):
        return _of_a_year(int(year[1]), kinds)
    if named := _TERM.fullmatch(words):
        later = _later(int(named[2]), int(named[3]))
        return [term(later, named[1])] if later else []
    span, read = _years_of_span(words), []
    if span:
        which, later = span
        read += [financial_year(later)] if which in (None, "financial") else []
        read += [academic_year(later)] if which in (None, "academic", "school") else []
    hints = [None, *(kind for kind in kinds if kind is not PeriodKind.THREE_MONTH_AVERAGE)]
    return read + [period for hint in hints if (period := parse_period(words, hint=hint))]


def _of_a_year(year: int, kinds: set[PeriodKind]) -> list[Period]:
    """A calendar year, or the day or winter to which a figure "of" that year refers."""
    try:
        read = [calendar_year(year), day(date(year, 6, 30)), end_of_march(year)]
        return read + ([winter_average(year)] if PeriodKind.THREE_MONTH_AVERAGE in kinds else [])
    except ValueError:  # the year 0, or one after 9999
        return []


def _years_of_span(words: str) -> tuple[str | None, int] | None:
    match = _SPAN.fullmatch(words)
    later = _later(int(match[2]), int(match[4])) if match else None
    return (match[1], later) if match and later else None


def _later(first: int, last: int) -> int | None:
    """The later year of 2023/24; None if the years are not consecutive."""
    return first + 1 if (first + 1) % 100 == last and 0 < first < 9999 else None


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
