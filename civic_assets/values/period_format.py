"""Formats of printed periods, as a contract writes them: `YYYY/YY`, `YYYY Qn`, `Month YYYY`.

Belongs here: what a format may hold, reading a text by it, and the period that is meant for each kind of period. Does
not belong here: wordings that need no format (`period_text`), and which column holds the period (the contract).

A format says how the text is written. It does not say which days are meant: the kind of period does, and where several
periods of that kind fit (a month within a year, a day within a month), `PeriodChoice` decides.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from civic_assets.values.cells import label
from civic_assets.values.month_text import MONTHS
from civic_assets.values.named_periods import (
    TERMS,
    TWO_TERMS,
    academic_year,
    calendar_year,
    financial_quarter,
    financial_year,
    months,
    of_kind,
    term,
    two_terms,
)
from civic_assets.values.period_text import parse_period
from civic_assets.values.periods import Period, PeriodKind, day, year_ending

WORDS = "words"
"""Format of periods that are written in words, such as `year ending June 2022` or `Apr 2021 to Mar 2022`."""
_TOKENS = {
    "YYYY": r"(?P<{0}>(?:19|20)[0-9]{{2}})",
    "YY": r"(?P<{0}>[0-9]{{2}})",
    "Month": rf"(?P<{{0}}>{'|'.join(sorted(MONTHS, key=len, reverse=True))})",
    "Mon": rf"(?P<{{0}}>{'|'.join(sorted(MONTHS, key=len, reverse=True))})",
    "MMM": rf"(?P<{{0}}>{'|'.join(sorted(MONTHS, key=len, reverse=True))})",
    "MM": r"(?P<{0}>0?[1-9]|1[0-2])",
    "DD": r"(?P<{0}>0?[1-9]|[12][0-9]|3[01])",
    "Qn": r"q(?:uarter)? ?(?P<{0}>[1-4])",
    "Term": rf"(?P<{{0}}>{'|'.join(sorted((*TERMS, *TWO_TERMS), key=len, reverse=True))})",
}
_SPLIT = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
_MISSPELT = re.compile(r"[YMDQ](?![a-z])")
EXAMPLES = (
    "YYYY", "YYYY/YY", "YYYYYY", "YYYY Qn", "YYYY/YY Qn", "Month YYYY", "MMM-YY", "YYYY-MM", "DD/MM/YYYY",
    "Term YYYY/YY", WORDS,
)  # fmt: skip
"""Formats as they are shown to anyone who writes a contract."""
_THREE_MONTHS = (PeriodKind.QUARTER, PeriodKind.THREE_MONTH_AVERAGE)
_TERM_KINDS = (PeriodKind.TERM, PeriodKind.TERMS)
# Kinds that a year alone does not settle, so that the contract says the month.
_IN_A_MONTH = (PeriodKind.ROLLING_YEAR, PeriodKind.MONTH, PeriodKind.POINT_IN_TIME, *_THREE_MONTHS)
# A text of each token, to try whether a format can give a kind of period at all.
_SAMPLES = {
    "YYYY": "2023",
    "YY": "24",
    "Month": "March",
    "Mon": "Mar",
    "MMM": "Mar",
    "MM": "03",
    "DD": "31",
    "Qn": "Q1",
}


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """Which period is meant where a text leaves it open.

    Args:
        year: Whether a year stands for the period that starts or ends in it; of `2023/24`, which of the two years a
            month or a day lies in. Empty if the contract does not say.
        month: Month in which the period lies or ends, 1 to 12; 0 where the text or the kind says it.
        day: Day of the month for figures that are counted on one day; 0 for the last day of the month, None if the
            contract does not say.
    """

    year: str = ""
    month: int = 0
    day: int | None = None


@dataclass(frozen=True, slots=True)
class _Printed:
    """What a text says: the years (one, or two that follow each other), and month, day, quarter or term."""

    first: int
    later: int
    month: int = 0
    day: int = 0
    quarter: int = 0
    term: str = ""

    @property
    def spans(self) -> bool:
        return self.later != self.first

    def chosen(self, year: str) -> int:
        """The year in which a month or a day lies."""
        return self.first if year == "start" else self.later


def tokens(format: str) -> list[str]:
    """Parts of a format that stand for a year, a month, ..., in their order; none for `words`."""
    return [] if format == WORDS else _SPLIT.findall(format)


@lru_cache(256)
def _pattern(format: str) -> re.Pattern[str]:
    pattern, at = "", 0
    for number, match in enumerate(_SPLIT.finditer(format)):
        pattern += re.escape(_literal(format[at : match.start()]))
        pattern += _TOKENS[match[0]].format(f"t{number}")
        at = match.end()
    return re.compile(pattern + re.escape(_literal(format[at:])))


def _literal(text: str) -> str:
    # As `label` folds texts, but with the spaces next to a token.
    return (
        re.sub(r"\s+", " ", text).casefold().translate({0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2019: "'"})
    )


def _read(text: str, format: str) -> _Printed | None:
    match = _pattern(format).fullmatch(label(text))
    if match is None:
        return None
    years, found = list[int](), dict[str, int]()
    name_of_term = ""
    for number, token in enumerate(tokens(format)):
        printed = match[f"t{number}"]
        if token in ("YYYY", "YY"):
            years.append(int(printed) if token == "YYYY" else 2000 + int(printed))
        elif token in ("Month", "Mon", "MMM"):
            found["month"] = MONTHS[printed]
        elif token == "Term":
            name_of_term = printed
        else:
            found[{"MM": "month", "DD": "day", "Qn": "quarter"}[token]] = int(printed)
    first, later = years[0], years[-1]
    if len(years) > 1:
        # `1999/00`: the second year has the century of the first, or the next one.
        later = next((year for year in (first, first + 1) if year % 100 == later % 100), 0)
        if later != first + 1:
            return None
    return _Printed(first, later, term=name_of_term, **found)


def why_not_a_format(format: str) -> str:
    """Why a text cannot be the format of a period; empty if it can."""
    if format == WORDS:
        return ""
    used = tokens(format)
    years = [token for token in used if token in ("YYYY", "YY")]
    rest = _SPLIT.sub("", format)
    if not years or len(years) > 2 or _MISSPELT.search(rest) or (years[0] == "YY" and len(years) > 1):
        shown = ", ".join(EXAMPLES)
        return f"{format!r} is not a format of a period. Formats are written like these: {shown}"
    if any(used.count(token) > 1 for token in used if token not in years):
        return f"{format!r} names a part of the period twice; keep one of them"
    return ""


def read_by_format(text: str, format: str, kind: PeriodKind, choice: PeriodChoice) -> Period | None:
    """The period of a kind that a text means when it is written in a format.

    Args:
        text: As printed.
        format: As the contract states it.
        kind: Kind of period of the figure.
        choice: What the contract says where the text leaves the period open.

    Returns:
        The period; None if the text is not written like this, or no period of that kind is meant.

    Example:
        >>> str(read_by_format("2024 Q4", "YYYY Qn", PeriodKind.QUARTER, PeriodChoice()))
        '2024-10-01/2025-01-01'
        >>> str(read_by_format("202324", "YYYYYY", PeriodKind.MONTH, PeriodChoice(month=1)))
        '2024-01-01/2024-02-01'
    """
    if format == WORDS:
        return parse_period(text, hint=kind)
    printed = _read(text, format)
    if printed is None:
        return None
    try:
        return _meant(printed, kind, choice)
    except ValueError:  # a 31 June
        return None


def _meant(printed: _Printed, kind: PeriodKind, choice: PeriodChoice) -> Period | None:
    if printed.term:
        return _term(printed, kind)
    if printed.quarter:
        found = (
            financial_quarter(printed.later, printed.quarter)
            if printed.spans
            else months(printed.first, 3 * printed.quarter - 2, 3)
        )
        if kind is PeriodKind.POINT_IN_TIME:
            last = found.end.month - 1 or 12
            return _day(found.end.year - (last == 12), last, choice, 0)
        return of_kind(found, kind) if kind in _THREE_MONTHS else None
    month = printed.month or (choice.month if kind in _IN_A_MONTH else 0)
    if kind is PeriodKind.POINT_IN_TIME:
        return _day(_year(printed, choice), month, choice, printed.day) if month else None
    if month and not (printed.day and not _whole(printed, kind)):
        return _of_months(_year(printed, choice), month, kind)
    return None if printed.month else _of_years(printed, kind, choice.year)


def _year(printed: _Printed, choice: PeriodChoice) -> int:
    return printed.chosen(choice.year) if printed.spans else printed.first


def _term(printed: _Printed, kind: PeriodKind) -> Period | None:
    if not printed.spans or kind not in _TERM_KINDS:
        return None
    make = term if printed.term in TERMS else two_terms
    found = make(printed.later, printed.term)
    return found if found.kind is kind else None


def _day(year: int, month: int, choice: PeriodChoice, printed: int) -> Period | None:
    if not printed and choice.day is None:
        return None
    number = printed or choice.day or monthrange(year, month)[1]
    return day(date(year, month, number))


def _whole(printed: _Printed, kind: PeriodKind) -> bool:
    """Whether a printed day can stand for whole months: the last day of them, or of one month also its first."""
    last = monthrange(printed.first, printed.month)[1] if printed.month else 0
    return printed.day == last or (kind is PeriodKind.MONTH and printed.day == 1)


def _of_months(year: int, month: int, kind: PeriodKind) -> Period | None:
    """The period of a kind that ends with a month."""
    if kind is PeriodKind.MONTH:
        return months(year, month, 1)
    if kind in _THREE_MONTHS:
        # A quarter ends in March, June, September or December.
        return months(year, month - 2, 3, kind) if kind is not PeriodKind.QUARTER or month % 3 == 0 else None
    if kind in _TERM_KINDS:
        return None
    return of_kind(year_ending(year, month), kind)


def _of_years(printed: _Printed, kind: PeriodKind, choice: str) -> Period | None:
    later = printed.later if printed.spans else printed.first + (choice == "start")
    if kind is PeriodKind.CALENDAR_YEAR:
        return None if printed.spans else calendar_year(printed.first)
    if not printed.spans and not choice:
        return None
    if kind is PeriodKind.FINANCIAL_YEAR:
        return financial_year(later)
    return academic_year(later) if kind is PeriodKind.ACADEMIC_YEAR else None


def why_not_of_kind(format: str, kind: PeriodKind, choice: PeriodChoice) -> str:
    """Why texts of a format never mean a period of a kind; empty if they do.

    Args:
        format: A valid format.
        kind: Kind of period of a figure.
        choice: What the contract says where the text leaves the period open.
    """
    if format == WORDS or _sample_reads(format, kind, choice):
        return ""
    if kind in (PeriodKind.FINANCIAL_YEAR, PeriodKind.ACADEMIC_YEAR) and tokens(format) == ["YYYY"]:
        return (
            f"a year alone does not say which {_said(kind)} is meant: add 'year: start' if 2023 is 2023/24, or "
            "'year: end' if it is 2022/23"
        )
    if kind is PeriodKind.POINT_IN_TIME:
        return (
            "the figures are counted on one day, which the format does not give: add 'day' (a number, or 'last'), and "
            "'month' where the text has none"
        )
    if kind in _IN_A_MONTH and not choice.month and not {"Qn", "Term"} & set(tokens(format)):
        return f"{format!r} does not say in which month the {_said(kind)} ends: add 'month', 1 to 12"
    return (
        f"a text such as {example_of(format)!r} does not name a period of the kind {_said(kind)!r}: correct the "
        "format, or the kind of period"
    )


def _said(kind: PeriodKind) -> str:
    return str(kind).replace("_", " ")


def example_of(format: str, term_name: str = "Autumn term") -> str:
    """A text in a format, e.g. `2023 Q1` for `YYYY Qn`."""
    samples = {**_SAMPLES, "Term": term_name}
    text = _SPLIT.sub(lambda match: samples[match[0]], format)
    # Two years of four digits follow each other.
    return "2024".join(text.rsplit("2023", 1)) if text.count("2023") > 1 else text


def _sample_reads(format: str, kind: PeriodKind, choice: PeriodChoice) -> bool:
    texts = [example_of(format, name) for name in ("Autumn term", "Autumn and spring term")]
    # Months that end a quarter or a year are among them.
    texts += [
        re.sub("March|Mar|03", name, texts[0]) for name in ("August", "08", "December", "12", "Aug", "Dec")
    ]
    return any(read_by_format(text, format, kind, choice) for text in texts)
