"""Time periods in the Department for Education's files: what a row prints, and the days it means.

Belongs here: `time_period` and `time_identifier` of a row, and the corresponding period. Does not belong here: other
common features of the department's files (`layouts`), and periods that have a name in any source (`named_periods`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from civic_assets.errors import CivicError
from civic_assets.parsing.table_finder import Block
from civic_assets.sources.dfe.areas import SUMS
from civic_assets.values import named_periods
from civic_assets.values.cells import label
from civic_assets.values.periods import Period


@dataclass(frozen=True, slots=True, order=True)
class PrintedPeriod:
    """A printed time period: the later of its calendar years (2017 for 2016/17), and the term, if it is one."""

    year: int
    term: str = ""


PeriodOf = Callable[[PrintedPeriod], Period]
_TERMS = {name: name.removesuffix(" term") for name in (*named_periods.TERMS, *named_periods.TWO_TERMS)}
# Order of periods within one academic year: the later comes last.
_ORDER = ("", "autumn", "spring", "autumn and spring", "summer")
_SPAN = re.compile(r"([0-9]{4})[-/ ]?([0-9]{2})")


def stated(text: str, identifier: str, expected: Sequence[str]) -> PrintedPeriod | None:
    """Read a `time_period` (`201617`, `2016/17`, `2017`) with its `time_identifier`.

    Args:
        text: Text of `time_period` as printed.
        identifier: Text of `time_identifier` as printed; older files have none, and the first expected one is assumed.
        expected: Identifiers that the source may have, in lower case. A financial or academic year and a term have six
            digits, any other four.

    Returns:
        The period; None if digits and identifier contradict each other, or the source has no such identifier.
    """
    what = label(identifier) or expected[0]
    if what not in expected:
        return None
    if what in ("academic year", "financial year") or what in _TERMS:
        span = _SPAN.fullmatch(text.strip())
        year = int(span[1]) + 1 if span else 0
        return PrintedPeriod(year, _TERMS.get(what, "")) if span and year % 100 == int(span[2]) else None
    return PrintedPeriod(int(text)) if re.fullmatch(r"[0-9]{4}", text.strip()) else None


def stated_periods(block: Block, expected: Sequence[str]) -> list[PrintedPeriod]:
    """The period that each row states (columns `time_period` and `time_identifier`).

    Raises:
        CivicError: A row states no period that the source can have; the message names the cell.
    """
    texts, identifiers = block.texts("time_period"), block.texts("time_identifier")
    read = {pair: stated(*pair, expected) for pair in set(zip(texts, identifiers, strict=True))}
    periods = []
    for row, pair in enumerate(zip(texts, identifiers, strict=True)):
        period = read[pair]
        if period is None:
            raise CivicError(_unreadable_period(block, row, *pair, expected))
        periods.append(period)
    return periods


def _unreadable_period(block: Block, row: int, text: str, identifier: str, expected: Sequence[str]) -> str:
    where = block.locators("time_period")[row]
    if not text or label(text) in SUMS:
        return (
            f"The row of {where} states no time period ({text!r}): it looks like a total that somebody appended. "
            "Supply the file as published."
        )
    return (
        f"{where} prints the time period {text!r} with the identifier {identifier!r}, where "
        f"{' or '.join(map(repr, expected))} with a matching year is expected. Ask the publisher which is right."
    )


def latest(block: Block, expected: Sequence[str]) -> PrintedPeriod:
    """The newest period of a file, after which its edition is named.

    A row without a period is ignored here: it holds the release back when the file is parsed.

    Raises:
        CivicError: No row states a period that the source can have; the message names the first cell.
    """
    pairs = list(zip(block.texts("time_period"), block.texts("time_identifier"), strict=True))
    periods = [period for pair in set(pairs) if (period := stated(*pair, expected))]
    if not pairs:
        raise CivicError(f"the table {block.table.printed_name!r} has no rows; download the file again")
    if not periods:
        raise CivicError(_unreadable_period(block, 0, *pairs[0], expected))
    return max(periods, key=lambda period: (period.year, _ORDER.index(period.term)))


def academic_year(period: PrintedPeriod) -> Period:
    """1 September to 31 August, or the months of a term or of two terms together."""
    if f"{period.term} term" in named_periods.TWO_TERMS:
        return named_periods.two_terms(period.year, f"{period.term} term")
    if period.term:
        return named_periods.term(period.year, f"{period.term} term")
    return named_periods.academic_year(period.year)


def january_census(period: PrintedPeriod) -> Period:
    """January of the year, since the day of the census is not printed.

    The headcount printed with a term is the base of that term's rates and belongs to the term. Autumn uses the previous
    January, spring and summer share one; under its own date, one figure would appear three times.
    """
    if period.term:
        return academic_year(period)
    return named_periods.january_census(period.year)


def financial_year(period: PrintedPeriod) -> Period:
    """Year ending 31 March."""
    return named_periods.financial_year(period.year)


def calendar_year(period: PrintedPeriod) -> Period:
    """1 January to 31 December of the printed year."""
    return named_periods.calendar_year(period.year)


def end_of_march(period: PrintedPeriod) -> Period:
    """31 March, the day on which children looked after and children in need are counted."""
    return named_periods.end_of_march(period.year)


def winter_average(period: PrintedPeriod) -> Period:
    """December to February, over which NEET figures are averaged: 2023 means December 2022 to February 2023."""
    return named_periods.winter_average(period.year)
