"""Spans of time named in a sentence: coarser than a period, and of any length.

Belongs here: "March 2021 to June 2022", "2019 to 2022", "January 2023", "2019/20" as days. Does not belong here: the
reference periods of figures (`values.periods`), which have a kind and its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from civic_assets.values.cells import label
from civic_assets.values.period_text import parse_period
from civic_assets.values.periods import Period, PeriodKind

_RANGE = re.compile(r"(.+?) (?:to|until|and) (.+)")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` up to, not including, `end`, with the precision of the sentence.

    Args:
        start: First day.
        end: Day after the last day.
        words: Wording in the sentence.
        by_year: Whether only calendar years are named.
    """

    start: date
    end: date
    words: str
    by_year: bool = False

    def agrees(self, start: date, end: date) -> bool:
        """Whether it matches the days from `start` up to `end`, to its own precision."""
        if self.by_year:
            last = date.fromordinal(end.toordinal() - 1)
            return (self.start.year, self.end.year - 1) == (start.year, last.year)
        return (self.start, self.end) == (start, end)

    def __str__(self) -> str:
        return self.words


def span_of(words: str) -> Span | None:
    """The span that words name; None if they name none, or its end is before its start.

    Example:
        >>> span = span_of("March 2021 to June 2022")
        >>> span and (str(span.start), str(span.end))
        ('2021-03-01', '2022-07-01')
    """
    if match := _RANGE.fullmatch(words.strip()):
        first, last = (_one(part) for part in match.groups())
        if first is None or last is None or last.end <= first.start:
            return None
        by_year = bool(_YEAR.fullmatch(match[1]) and _YEAR.fullmatch(match[2]))
        return Span(first.start, last.end, words.strip(), by_year)
    found = _one(words)
    return (
        Span(found.start, found.end, words.strip(), bool(_YEAR.fullmatch(words.strip()))) if found else None
    )


def _one(words: str) -> Period | None:
    text = label(words)
    if _YEAR.fullmatch(text):
        return Period(date(int(text), 1, 1), date(int(text) + 1, 1, 1), PeriodKind.CALENDAR_YEAR)
    # "2019/20" of recorded crime is a financial year; a sentence about schools words its years differently.
    return parse_period(text) or parse_period(text, hint=PeriodKind.FINANCIAL_YEAR)
