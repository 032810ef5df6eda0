"""Publishers' wordings of a period, read into `Period`.

Belongs here: the wordings that several sources share ("year ending June 2022", "mid-2022").
Does not belong here: which cell of a file states a period (contract and parser).
"""

from __future__ import annotations

import re
from datetime import date

from civic_assets.values.cells import label
from civic_assets.values.periods import Period, day, year_ending

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
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
# Numbers of footnotes, in print superscripts, stand glued to the year: 'december 20191,2', even 'march 181,2'.
_NOTES = r"(?:\d(?:, ?\d{1,2})*)?\b"
_YEAR_ENDING = re.compile(
    rf"\b(?:year ending|ye)\s+(?:\d{{1,2}}\s+)?({_MONTH})\s+(?:(\d{{4}}){_NOTES}|(\d{{2}}){_NOTES})"
)
_MID_YEAR = re.compile(r"\bmid[- ](\d{4})\b")


def years_ending(text: str) -> list[Period]:
    r"""All different rolling years that a text names, in the order of their mention.

    Example:
        >>> [str(period) for period in years_ending("Offences, year ending\n June 2022 [note 1]")]
        ['2021-07-01/2022-07-01']
    """
    named = _YEAR_ENDING.findall(label(text))
    found = [year_ending(int(year or f"20{short}"), MONTHS[month]) for month, year, short in named]
    return list(dict.fromkeys(found))


def mid_year(text: str) -> Period | None:
    """The 30 June that "mid-2022" stands for in UK population estimates, or None when no mid-year is named."""
    match = _MID_YEAR.search(label(text))
    return day(date(int(match[1]), 6, 30)) if match else None


def edition_of(period: Period) -> str:
    """Release key of a publication about `period`: its last month, `2024-12` for the year ending December 2024."""
    last_month = (period.end.year * 12 + period.end.month - 2) if period.end.day == 1 else None
    if last_month is None:
        return f"{period.end.year:04d}-{period.end.month:02d}"
    return f"{last_month // 12:04d}-{last_month % 12 + 1:02d}"
