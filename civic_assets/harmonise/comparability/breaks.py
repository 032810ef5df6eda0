"""Breaks: dated events after which a series means something else, and times of unusual circumstances.

Belongs here: what a break is, and which breaks concern two periods of a series. Does not belong here: reading the
file (`civic_assets.harmonise.comparability.break_register`) and what a break means for a comparison
(`civic_assets.harmonise.comparability.verdict`).

A break has a scope: a break of one source, measure or area does not affect series of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from civic_assets.harmonise.measures.crime_tree import breakdown_parts
from civic_assets.harmonise.measures.recorded_crime import mapping_for
from civic_assets.values.periods import Period, PeriodKind

Action = Literal["block", "caveat"]
ALL_EDITIONS = "all"


@dataclass(frozen=True, slots=True)
class Break:
    """One entry of the file for one source; a scope of None covers everything.

    Args:
        id: Id of the entry.
        source: Source of the figures that it concerns.
        measures: Measures of those figures.
        areas: Codes, or beginnings of codes (`E05*`).
        breakdowns: Parts `key=value`, one of which a figure must have; `key=*` for any value.
        units: Units, one of which a figure must have.
        date_from: First day of the new meaning, or of the unusual time.
        date_to: Day after its last day; None if it continues.
        last_old_edition: Last edition of the old kind by source (`all` for every one): the change is between editions,
            whatever their periods; None when it is between days.
        period_kinds: Kinds of period that it separates from each other; None when it is between days.
        effect: What changed, as a sentence without its full stop.
        action: `block` forbids a comparison across it; `caveat` adds a caveat to every comparison across it.
        abnormal: Whether circumstances were unusual on its days (H-13).
        reference: Source of the entry.
        verified: Whether the publisher's own words were seen.
        reclassifies: Whether figures of one period in editions on both sides have another class or definition, so that
            one is not a revision of the other.
    """

    id: str
    source: str | None
    measures: frozenset[str] | None
    areas: tuple[str, ...] | None
    breakdowns: frozenset[str] | None
    units: frozenset[str] | None
    date_from: date
    date_to: date | None
    last_old_edition: Mapping[str, str] | None
    period_kinds: frozenset[PeriodKind] | None
    effect: str
    action: Action
    abnormal: bool
    reference: str
    verified: bool
    reclassifies: bool = False
    # Areas are asked for hundreds of thousands of times in a refresh, so whole codes are kept apart from beginnings.
    _codes: frozenset[str] = field(init=False, repr=False, compare=False)
    _beginnings: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        written = self.areas or ()
        object.__setattr__(self, "_codes", frozenset(code for code in written if not code.endswith("*")))
        object.__setattr__(self, "_beginnings", tuple(code[:-1] for code in written if code.endswith("*")))

    def concerns(
        self,
        source: str,
        measure: str,
        area_code: str,
        *,
        breakdown: str = "total",
        unit: str = "count",
        edition: str | None = None,
        within: Sequence[str] = (),
    ) -> bool:
        """Whether a series is in its scope.

        Args:
            source: Source of the series.
            measure: Measure of the series; a class of recorded crime also counts as its node in the tree.
            area_code: Area of the series.
            breakdown: Breakdown of the series.
            unit: Unit of the series.
            edition: Edition that the series is taken from.
            within: Codes of the areas that contain its area, e.g. the force of a ward.
        """
        return (
            (self.source is None or source == self.source)
            and (self.units is None or unit in self.units)
            and (self.areas is None or any(self.covers(code) for code in (area_code, *within)))
            and (self.breakdowns is None or self._has_one(breakdown))
            and (
                self.measures is None or bool(self.measures & _measures(source, measure, breakdown, edition))
            )
        )

    def covers(self, code: str) -> bool:
        """Whether an area is in its scope."""
        base = code.partition("/")[0]
        return base in self._codes or base.startswith(self._beginnings)

    def _has_one(self, breakdown: str) -> bool:
        parts = breakdown_parts(breakdown)
        keys = {f"{part.partition('=')[0]}=*" for part in parts}
        return bool((self.breakdowns or frozenset()) & (parts | keys))

    def is_old(self, source: str, edition: str | None) -> bool:
        """Whether an edition is of the old kind; an edition that is not known counts as the newest."""
        last = (self.last_old_edition or {}).get(source)
        if last is None or last == ALL_EDITIONS or edition is None:
            return last == ALL_EDITIONS
        return edition[: len(last)] <= last

    def separates(self, a: Period, b: Period, old: tuple[bool, bool]) -> bool:
        """Whether it lies between two periods, or within one of them and not equally in the other.

        Args:
            a: One period.
            b: The other.
            old: Whether the edition of each is of the old kind.
        """
        if self.last_old_edition is not None:
            return old[0] != old[1]
        if self.period_kinds is not None:
            return a.kind != b.kind and {a.kind, b.kind} <= self.period_kinds
        same = (a.start, a.end) == (b.start, b.end)
        if self.date_to is None:
            # Two areas over the same days: the break cuts both at the same point.
            return not same and min(a.start, b.start) < self.date_from < max(a.end, b.end)
        # Over the same days, a break that concerns every area makes no difference; one that concerns one area does.
        touched = any(_days_in(self, period) > 0 for period in (a, b))
        return touched and (not same or self.areas is not None)


def breaks() -> tuple[Break, ...]:
    """All breaks of `data_contracts/breaks.yaml`, in order; one for each source that an entry names."""
    from civic_assets.harmonise.comparability.break_register import load_breaks

    return load_breaks()


def between(
    source: str,
    measure: str,
    area_code: str,
    a: Period,
    b: Period,
    *,
    breakdown: str = "total",
    unit: str = "count",
    within: Sequence[str] = (),
    editions: tuple[str | None, str | None] = (None, None),
    other_source: str | None = None,
) -> list[Break]:
    """Breaks that separate two periods of a series, or cut one of them.

    Args:
        source: Source of the figure for `a`.
        measure: Measure of both.
        area_code: Area of both; for two areas call this twice.
        a: One period.
        b: The other.
        breakdown: Breakdown of both.
        unit: Unit of both.
        within: Codes of the areas that contain the area.
        editions: Releases that the figures are taken from; None means the newest.
        other_source: Source of the figure for `b`, if it is another.

    Returns:
        Breaks that forbid a comparison, then those that add a caveat; each in the order of the file.
    """
    other = other_source or source
    found: dict[str, Break] = {}
    for entry in breaks():
        old = (entry.is_old(source, editions[0]), entry.is_old(other, editions[1]))
        # Test the edition first: it is cheap, and most breaks are between days or editions that are far away.
        if entry.separates(a, b, old) and any(
            entry.concerns(
                who, measure, area_code, breakdown=breakdown, unit=unit, edition=edition, within=within
            )
            for who, edition in zip((source, other), editions, strict=True)
        ):
            found.setdefault(entry.id, entry)
    return sorted(found.values(), key=lambda entry: entry.action != "block")


def abnormal_share(period: Period) -> float:
    """Share of the days of a period with unusual circumstances (H-13), 0 to 1; each day counts once."""
    windows = sorted(
        (max(entry.date_from, period.start), min(entry.date_to or period.end, period.end))
        for entry in breaks()
        if entry.abnormal and _days_in(entry, period) > 0
    )
    days, reached = 0, period.start
    for start, end in windows:
        days += max(0, (end - max(start, reached)).days)
        reached = max(reached, end)
    return days / period.days


def _days_in(entry: Break, period: Period) -> int:
    end = period.end if entry.date_to is None else min(entry.date_to, period.end)
    return max(0, (end - max(entry.date_from, period.start)).days)


def _measures(source: str, measure: str, breakdown: str, edition: str | None) -> frozenset[str]:
    mapped = mapping_for(source, measure, breakdown, edition)
    return frozenset({measure, mapped.measure} if mapped and mapped.measure else {measure})
