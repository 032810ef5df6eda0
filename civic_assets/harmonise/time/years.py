"""The years that readers compare, and every way in which the figures held make them up.

Belongs here: the list of years, and the releases and periods that each can be added up from. Does not belong here: the
rules of one sum (`choices`) and the published table (`civic_assets.publish.unified.periods`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic_assets.errors import CivicError
from civic_assets.harmonise.measures.crime_tree import ClassScheme
from civic_assets.harmonise.measures.recorded_crime import crime_tree
from civic_assets.harmonise.time.choices import (
    Issues,
    Subject,
    Windows,
    not_additive,
    pick,
    unit_of_count,
    windows_of,
)
from civic_assets.tables.release_names import series_of
from civic_assets.values.periods import Period, PeriodKind, year_ending

PARTS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.TERM)
"""Kinds of period that are added up, in order of preference."""
_KINDS = {12: PeriodKind.CALENDAR_YEAR, 3: PeriodKind.FINANCIAL_YEAR, 8: PeriodKind.ACADEMIC_YEAR}
LAST_MONTHS = (3, 6, 8, 9, 12)
"""Last months of the years: the ends of quarters, and August, when an academic year ends."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make the figures of a subject for one year.

    Args:
        whole: The year.
        subject: What is added.
        parts: The periods added, with the release of each.
        basis: Whether the parts are from one release, or from the newest of each part.
        shown: Whether the figures are published; otherwise they are only compared with the published ones.
    """

    whole: Period
    subject: Subject
    parts: tuple[tuple[Period, str], ...]
    basis: Issues
    shown: bool


@dataclass(frozen=True, slots=True)
class YearsPlan:
    """The years that are made, and what must be known to make them.

    Args:
        ways: Ways to the years, in order.
        known: More parts (subject, period and release) that show which classes and areas a release prints.
    """

    ways: Sequence[Way]
    known: Sequence[tuple[Subject, Period, str]]

    def periods(self) -> set[tuple[str, date, date]]:
        """Source, first day, and day after the last, of each part that is looked at."""
        parts = {(way.subject.source, period) for way in self.ways for period, _ in way.parts}
        parts |= {(subject.source, period) for subject, period, _ in self.known}
        return {(source, period.start, period.end) for source, period in parts}


def plan_of_years(
    held: Iterable[Mapping[str, Any]], fresh: Mapping[str, Collection[tuple[date, date]]] | None = None
) -> YearsPlan:
    """The years to make: all of them, or those that contain a period of which there are new figures.

    Args:
        held: As for `ways_to_years`.
        fresh: First day, and day after the last, of the periods of new figures, by source; all years of a source that
            it lacks are made. None for all years.

    Raises:
        CivicError: Two ways have the same number.
    """
    ways = ways_to_years(held)
    if len({number_of(way) for way in ways}) < len(ways):
        raise CivicError("Two sums over a year have the same number. Please report this.")
    if fresh is None:
        return YearsPlan(ways, ())
    chosen = [
        way
        for way in ways
        if way.subject.source not in fresh or contains_any(way.whole, fresh[way.subject.source])
    ]
    # A class that a release has no row of is zero there if the release prints it in any part that is looked at.
    mixed = {
        (way.subject, release)
        for way in chosen
        if len({release for _, release in way.parts}) > 1
        for _, release in way.parts
    }
    known = {
        (way.subject, period, release)
        for way in ways
        for period, release in way.parts
        if (way.subject, release) in mixed
    } - {(way.subject, period, release) for way in chosen for period, release in way.parts}
    return YearsPlan(chosen, sorted(known))


def contains_any(whole: Period, periods: Iterable[tuple[date, date]]) -> bool:
    """Whether one of the periods lies within the whole."""
    return any(whole.start <= start and end <= whole.end for start, end in periods)


def number_of(way: Way) -> int:
    """A number below 2 to the power of 52 that identifies a way to a year, whatever other ways there are."""
    words = [
        *way.subject, way.whole.start, way.whole.end, way.basis, way.shown,
        *(text for period, release in way.parts for text in (period.start, period.end, period.kind, release)),
    ]  # fmt: skip
    digest = hashlib.sha256("\x00".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 12


def ways_to_years(held: Iterable[Mapping[str, Any]]) -> list[Way]:
    """Every way in which the figures held make up years, by subject and year.

    Args:
        held: Columns source, measure, unit, statistic, release, period_start, period_end, period_kind; each once.
    """
    rows = list(held)
    windows = {part: windows_of([row for row in rows if row["period_kind"] == part], part) for part in PARTS}
    subjects = sorted({subject for of_part in windows.values() for subject in of_part})
    ways = []
    for subject in subjects:
        if not_additive(subject, unit_of_count(subject.source, subject.measure)):
            continue
        of_subject = {part: windows[part][subject] for part in PARTS if subject in windows[part]}
        for whole in _years(of_subject):
            ways += _ways(subject, whole, of_subject)
    return ways


def years_with(periods: Sequence[tuple[date, date]]) -> list[Period]:
    """The years, of whatever kind, that contain one of some periods.

    Args:
        periods: First day, and day after the last.
    """
    if not periods:
        return []
    first, last = min(start for start, _ in periods), max(end for _, end in periods)
    return [year for year in _between(first.year, last.year + 1) if contains_any(year, periods)]


def _between(first: int, last: int) -> list[Period]:
    return [year_ending(year, month) for year in range(first, last + 1) for month in LAST_MONTHS]


def _years(windows: Mapping[PeriodKind, Windows]) -> list[Period]:
    periods = [period for of_part in windows.values() for held in of_part.values() for period in held]
    first, last = min(period.start for period in periods), max(period.end for period in periods)
    years = _between(first.year, last.year)
    return [
        Period(year.start, year.end, _KINDS.get((year.end.month - 2) % 12 + 1, PeriodKind.ROLLING_YEAR))
        for year in years
        # August is in no term, so the last term of a school year ends before it.
        if first <= year.start and year.end <= max(last, date(last.year, 9, 1) if last.month == 8 else last)
    ]


def _ways(subject: Subject, whole: Period, windows: Mapping[PeriodKind, Windows]) -> list[Way]:
    """The ways to one year: first those that are shown, all of one kind of part; then the others, for comparison."""
    ways: list[Way] = []
    for of_part in windows.values():
        lines: dict[str, dict[str, set[Period]]] = {}
        for release, periods in of_part.items():
            lines.setdefault(series_of(release), {})[release] = periods
        by_line = lines if one_release_a_period(subject.source, next(iter(of_part))) else {"": of_part}
        shown = not ways
        ones = [pick(line, whole, Issues.ONE)[0] for line in lines.values()]
        ways += [Way(whole, subject, tuple(parts), Issues.ONE, shown) for parts in ones if parts]
        newest = [pick(line, whole, Issues.NEWEST_OF_EACH_PART)[0] for line in by_line.values()]
        known = {way.parts for way in ways}
        ways += [
            Way(whole, subject, tuple(parts), Issues.NEWEST_OF_EACH_PART, shown and not any(ones))
            for parts in newest
            if parts and tuple(parts) not in known
        ]
    return ways


def one_release_a_period(source: str, release: str) -> bool:
    """Whether a publisher has a release for each period, so that no release replaces another."""
    scheme = _scheme(source, release)
    return scheme is not None and scheme.release_per_period


def _scheme(source: str, release: str) -> ClassScheme | None:
    return crime_tree().scheme_of(source, release)


def absent_is_zero(subject: Subject, release: str) -> bool:
    """Whether a class without a row had no events, in what a release prints of a subject."""
    scheme = _scheme(subject.source, release)
    return (
        scheme is not None and scheme.absent_is_zero and subject.measure in (scheme.measure, *scheme.left_out)
    )
