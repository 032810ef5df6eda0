"""A single month as publishers print it, and as a spreadsheet program writes it on saving their file.

Belongs here: names of months, and every wording of one month (`2025-11`, `202511`, `Nov-25`, `11/2025`, `2025-11-01
00:00:00`). Does not belong here: longer periods (`period_text`), and which cells hold months (the parsers).

A day is not a month: `01/02/2025` may be 1 February or 2 January, and is never interpreted.
"""

from __future__ import annotations

import re

from civic_assets.values.cells import label

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
MONTH_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
"""Pattern of the name of a month, in lower case."""
# Footnote numbers, printed as superscripts, are attached to the year: 'december 20191,2', even 'march 181,2'.
NOTES = r"(?:[0-9](?:, ?[0-9]{1,2})*)?\b"
"""Pattern of the footnote numbers after a year."""
YEAR_WITH_NOTES = rf"(?:([0-9]{{4}}){NOTES}|'?([0-9]{{2}}){NOTES})"
"""Pattern of a year in a title, with two groups: four digits, or two."""
_NUMBER = "(?:0?[1-9]|1[0-2])"
_YEAR = "(?:19|20)[0-9]{2}"
_MIDNIGHT = r"(?:[t ]00:00(?::00(?:\.0+)?)?)?"
_COMPACT = re.compile(rf"({_YEAR})(0[1-9]|1[0-2])")
_YEAR_FIRST = re.compile(rf"({_YEAR})[-/.]({_NUMBER})")
_FIRST_DAY = re.compile(rf"({_YEAR})[-/]({_NUMBER})[-/]0?1{_MIDNIGHT}")
_YEAR_LAST = re.compile(rf"({_NUMBER})[-/.]({_YEAR})")
_NAMED = re.compile(rf"(?:0?1(?:st)?[- ])?({MONTH_NAME})[- ,.']*({_YEAR})")
_NAMED_SHORT = re.compile(rf"({MONTH_NAME})[- .']*([0-9]{{2}})")
# The only day that is the first of a month in any order of writing.
_FIRST_OF_JANUARY = re.compile(rf"0?1/0?1/({_YEAR}){_MIDNIGHT}")
_TWO_WAYS = re.compile(rf"(?:[0-9]{{1,2}})[/.-](?:[0-9]{{1,2}})[/.-](?:{_YEAR}|[0-9]{{2}}){_MIDNIGHT}")
_DAY_AND_NAME = re.compile(rf"[0-9]{{1,2}}-(?:{MONTH_NAME})(?:-[0-9]{{2}})?")


_TITLED = re.compile(rf"({MONTH_NAME})[- ]?'?{YEAR_WITH_NOTES}")
_NUMBERED = re.compile(r"([0-9]{4})[-/]?(0[1-9]|1[0-2])")


def titled_month(words: str) -> tuple[int, int] | None:
    """Year and month of a title such as `march 2019` or `dec '24`, which may have footnote numbers after the year.

    Args:
        words: Title in lower case, as `civic_assets.values.cells.label` writes it.
    """
    match = _TITLED.fullmatch(words)
    return (int(match[2] or f"20{match[3]}"), MONTHS[match[1]]) if match else None


def numbered_month(words: str) -> tuple[int, int] | None:
    """Year and month of digits such as `202401` or `2024-01`; `201112` may also be two years."""
    match = _NUMBERED.fullmatch(words)
    return (int(match[1]), int(match[2])) if match else None


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
