"""A single month as publishers print it, and as a spreadsheet program writes it on saving their file.

Belongs here: the wordings of one month (`2025-11`, `202511`, `Nov-25`, `11/2025`, `2025-11-01 00:00:00`). Does not
belong here: longer periods (`period_text`), and which cells hold months (the parsers).

A day is not a month: `01/02/2025` may be 1 February or 2 January, and is never interpreted.
"""

from __future__ import annotations

import re

from civic_assets.values.cells import label
from civic_assets.values.period_text import MONTHS

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMBER = "(?:0?[1-9]|1[0-2])"
_YEAR = "(?:19|20)[0-9]{2}"
_MIDNIGHT = r"(?:[t ]00:00(?::00(?:\.0+)?)?)?"
_COMPACT = re.compile(rf"({_YEAR})(0[1-9]|1[0-2])")
_YEAR_FIRST = re.compile(rf"({_YEAR})[-/.]({_NUMBER})")
_FIRST_DAY = re.compile(rf"({_YEAR})[-/]({_NUMBER})[-/]0?1{_MIDNIGHT}")
_YEAR_LAST = re.compile(rf"({_NUMBER})[-/.]({_YEAR})")
_NAMED = re.compile(rf"(?:0?1(?:st)?[- ])?({_NAME})[- ,.']*({_YEAR})")
_NAMED_SHORT = re.compile(rf"({_NAME})[- .']*([0-9]{{2}})")
# The only day that is the first of a month in any order of writing.
_FIRST_OF_JANUARY = re.compile(rf"0?1/0?1/({_YEAR}){_MIDNIGHT}")
_TWO_WAYS = re.compile(rf"(?:[0-9]{{1,2}})[/.-](?:[0-9]{{1,2}})[/.-](?:{_YEAR}|[0-9]{{2}}){_MIDNIGHT}")
_DAY_AND_NAME = re.compile(rf"[0-9]{{1,2}}-(?:{_NAME})(?:-[0-9]{{2}})?")


def month_named(text: str) -> str | None:
    """The month that a text names, as `YYYY-MM`; None if it names none, or could name another.

    Example:
        >>> month_named("Nov-25"), month_named("2025-11-01 00:00:00"), month_named("01/02/2025")
        ('2025-11', '2025-11', None)
    """
    words = label(text)
    for pattern in (_COMPACT, _YEAR_FIRST, _FIRST_DAY):
        if match := pattern.fullmatch(words):
            return f"{match[1]}-{int(match[2]):02d}"
    if match := _YEAR_LAST.fullmatch(words):
        return f"{match[2]}-{int(match[1]):02d}"
    if match := _NAMED.fullmatch(words):
        return f"{match[2]}-{MONTHS[match[1]]:02d}"
    if match := _NAMED_SHORT.fullmatch(words):
        return f"20{match[2]}-{MONTHS[match[1]]:02d}"
    if match := _FIRST_OF_JANUARY.fullmatch(words):
        return f"{match[1]}-01"
    return None


def may_be_two_months(text: str) -> bool:
    """Whether a text is a day, or can be read as two months (`01/02/2025`, `25-Nov`), so that no month is read."""
    words = label(text)
    return month_named(text) is None and bool(_TWO_WAYS.fullmatch(words) or _DAY_AND_NAME.fullmatch(words))
