"""Breaks: dated events after which a series means something else, and times that were not as usual.

Belongs here: what a break is, and which breaks concern two periods of a series. Does not belong here: reading the
file (`civic_assets.harmonise.comparability.break_register`) and what follows for a comparison
(`civic_assets.harmonise.comparability.verdict`).

A break has a scope: that of one source, measure or area separates no series of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from civic_assets.harmonise.measures.crime_tree import breakdown_parts
from civic_assets.harmonise.measures.recorded_crime import mapping_for
from civic_assets.values.periods import Period, PeriodKind

Action = Literal["block", "caveat"]
ALL_EDITIONS = "all"


@dataclass(frozen=True, slots=True)
class Break:
    """One entry of the file for one source; a scope that is None is everything.

    Args:
        id: Of the entry.
        source: Of the figures that it concerns.
        measures: Of those figures.
        areas: Codes, or beginnings of codes (`E05*`).
        breakdowns: `key=value` of which a figure must have one; `key=*` for any value.
        units: Of which a figure must be in one.
        date_from: First day of the new meaning, or of the time that was not as usual.
        date_to: Day after its last day; None when it lasts.
        last_old_edition: By source the last edition of the old kind (`all` for every one): the change is between
            editions, whatever their periods; None when it is between days.
        period_kinds: Kinds of period that it separates from each other; None when it is between days.
        effect: What changed, as a sentence without its stop.
        action: `block`: no comparison across it; `caveat`: said with every comparison across it.
        abnormal: Its days were not as usual (H-13).
        reference: Who says so.
        verified: The publisher's own words were seen.
        reclassifies: Figures of one period in editions on both sides are of another class or definition, so that the
            one is no revision of the other.
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
        """Is a series in its scope?

        Args:
            source: Of the series.
            measure: Of the series; a class of recorded crime also counts as the node of the tree where it stands.
            area_code: Of the series.
            breakdown: Of the series.
            unit: Of the series.
            edition: That the series is taken from.
            within: Codes of the areas that its area lies in, e.g. the force of a ward.
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
        """Is an area in its scope?"""
        base = code.partition("/")[0]
        return any(_is_in(base, written) for written in self.areas or ())

    def _has_one(self, breakdown: str) -> bool:
        parts = breakdown_parts(breakdown)
        keys = {f"{part.partition('=')[0]}=*" for part in parts}
        return bool((self.breakdowns or frozenset()) & (parts | keys))

    def is_old(self, source: str, edition: str | None) -> bool:
        """Is an edition of the old kind? One that is not known is taken for the newest."""
        last = (self.last_old_edition or {}).get(source)
        if last is None or last == ALL_EDITIONS or edition is None:
            return last == ALL_EDITIONS
        return edition[: len(last)] <= last

    def separates(self, a: Period, b: Period, old: tuple[bool, bool]) -> bool:
        """Does it stand between two periods, or within one of them and not in the same way in the other?

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
            # Two areas over the same days: each is cut in the same place.
            return not same and min(a.start, b.start) < self.date_from < max(a.end, b.end)
        # Over the same days what concerns everybody is no difference, what concerns one area is.
        touched = any(_days_in(self, period) > 0 for period in (a, b))
        return touched and (not same or self.areas is not None)


def breaks() -> tuple[Break, ...]:
    """All breaks of `data_contracts/breaks.yaml`, in its order; one for each source that an entry names."""
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
        source: Of the figure for `a`.
        measure: Of both.
        area_code: Of both; for two areas ask twice.
        a: One period.
        b: The other.
        breakdown: Of both.
        unit: Of both.
        within: Codes of the areas that the area lies in.
        editions: Releases that the figures are taken from; the newest where None.
        other_source: Of the figure for `b`, where it is another.

    Returns:
        Those that forbid before those that only caution, each in the order of the file.
    """
    other = other_source or source
    found: dict[str, Break] = {}
    for entry in breaks():
        old = (entry.is_old(source, editions[0]), entry.is_old(other, editions[1]))
        # Side of an edition first: it is cheap, and most breaks are between days or editions that are far away.
        if entry.separates(a, b, old) and any(
            entry.concerns(
                who, measure, area_code, breakdown=breakdown, unit=unit, edition=edition, within=within
            )
            for who, edition in zip((source, other), editions, strict=True)
        ):
            found.setdefault(entry.id, entry)
    return sorted(found.values(), key=lambda entry: entry.action != "block")


def abnormal_share(period: Period) -> float:
    """Share of the days of a period on which life was not as usual (H-13), 0 to 1; a day counts once."""
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


def _is_in(code: str, written: str) -> bool:
    return code.startswith(written[:-1]) if written.endswith("*") else code == written
