"""Breaks: dated events after which a series means something else, and times of unusual circumstances.

Belongs here: what a break is, and which figures it separates. Does not belong here: reading the file
(`civic_assets.harmonise.comparability.break_register`), which areas it reaches (`area_scope`) and what a break means
for a comparison (`civic_assets.harmonise.comparability.verdict`).

A break has a scope: a break of one source, measure or area does not affect series of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from civic_assets.harmonise.comparability.area_scope import AreaScope
from civic_assets.harmonise.measures.crime_tree import breakdown_parts
from civic_assets.harmonise.measures.recorded_crime import mapping_for
from civic_assets.tables.release_names import edition_of
from civic_assets.values.periods import Period, PeriodKind

Action = Literal["block", "caveat"]
ALL_EDITIONS = "all"


@dataclass(frozen=True, slots=True)
class Figure:
    """What decides whether a break concerns a figure.

    Args:
        source: Its source.
        measure: Its measure; a class of recorded crime also counts as its node in the tree.
        area_code: Its area; `<code>/<words>` for a part without a code.
        period: Its period.
        breakdown: Its breakdown.
        unit: Its unit.
        edition: Release that it is taken from; None means the newest.
        within: Areas that contain its area and that the shipped register does not know of, e.g. the borough of a ward.
    """

    source: str
    measure: str
    area_code: str
    period: Period
    breakdown: str = "total"
    unit: str = "count"
    edition: str | None = None
    within: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """One entry of the file for one source; a scope of None covers everything.

    Args:
        id: Id of the entry.
        source: Source of the figures that it concerns.
        measures: Measures of those figures.
        areas: Areas that it reaches.
        breakdowns: Parts `key=value`, one of which a figure must have; `key=*` for any value.
        units: Units, one of which a figure must have.
        date_from: First day of the new meaning, or of the unusual time.
        date_to: Day after its last day; None if it continues.
        last_old_edition: Last edition of the old kind by source (`all` for every one): the change is between editions,
            whatever their periods; None when it is between days.
        first_new_edition: First edition by source that is known to be as those before the change: what is between the
            two editions may be unlike every other. None if the change lasts.
        only_editions: Editions by source that a figure must be taken from; None for all.
        last_edition_without: Last edition by source that prints figures of the old kind throughout, also for days after
            the change; None if every edition prints the change.
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
    areas: AreaScope | None
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
    first_new_edition: Mapping[str, str] | None = None
    only_editions: Mapping[str, Sequence[str]] | None = None
    last_edition_without: Mapping[str, str] | None = None

    @property
    def of_days(self) -> bool:
        """Whether it is between days, for figures of all editions: then it says something about a single figure."""
        return self.last_old_edition is None and self.period_kinds is None and self.only_editions is None

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
        """Whether a series is in its scope; the arguments are those of `Figure`."""
        return self.covers(area_code, within) and self.is_about(
            source, measure, breakdown=breakdown, unit=unit, edition=edition
        )

    def is_about(
        self,
        source: str,
        measure: str,
        *,
        breakdown: str = "total",
        unit: str = "count",
        edition: str | None = None,
    ) -> bool:
        """Whether a series is in its scope in some area; the arguments are those of `Figure`."""
        return (self.source is None or source == self.source) and self._has(
            source, measure, breakdown, unit, edition
        )

    def covers(self, code: str, within: Sequence[str] = ()) -> bool:
        """Whether an area is in its scope.

        Args:
            code: Its code.
            within: Areas that contain it, as in `Figure`.
        """
        return self.areas is None or self.areas.covers(code, within)

    def _has(self, source: str, measure: str, breakdown: str, unit: str, edition: str | None) -> bool:
        return (
            (self.units is None or unit in self.units)
            and (self.breakdowns is None or self._has_one(breakdown))
            and self._is_of_editions(source, edition)
            and (
                self.measures is None or bool(self.measures & _measures(source, measure, breakdown, edition))
            )
        )

    def _has_one(self, breakdown: str) -> bool:
        parts = breakdown_parts(breakdown)
        keys = {f"{part.partition('=')[0]}=*" for part in parts}
        return bool((self.breakdowns or frozenset()) & (parts | keys))

    def _is_of_editions(self, source: str, edition: str | None) -> bool:
        if self.only_editions is None:
            return True
        return edition is not None and edition_of(edition) in self.only_editions.get(source, ())

    def is_old(self, source: str, edition: str | None) -> bool:
        """Whether an edition is of the old kind; an edition that is not known counts as the newest."""
        last = (self.last_old_edition or {}).get(source)
        if last is None or last == ALL_EDITIONS or edition is None:
            return last == ALL_EDITIONS
        return _is_up_to(edition, last)

    def is_without(self, source: str, edition: str | None) -> bool:
        """Whether an edition prints figures of the old kind throughout; one that is not known counts as the newest."""
        last = (self.last_edition_without or {}).get(source)
        return last is not None and edition is not None and _is_up_to(edition, last)

    def _is_changed(self, one: Figure) -> bool:
        """Whether its edition may be one of those between the last before a passing change and the first after it.

        Of a figure whose edition is not known, the days decide.
        """
        if one.source not in (self.last_old_edition or {}):
            return False
        if one.edition is None:
            return _days_in(self, one.period) > 0
        first = (self.first_new_edition or {}).get(one.source)
        changed = first is None or one.edition[: len(first)] < first
        return changed and not self.is_old(one.source, one.edition)

    def separates(self, a: Figure, b: Figure) -> bool:
        """Whether two figures that are compared, added up or divided are on two sides of it, or one is touched by it.

        A change that lasts separates two figures of what it is about. A passing one, such as a missing return, also
        concerns a figure of it next to one of something else, such as the population that it is divided by.

        Args:
            a: One figure.
            b: The other.
        """
        if self.source is not None and self.source not in (a.source, b.source):
            return False
        has = tuple(
            self._has(one.source, one.measure, one.breakdown, one.unit, one.edition) for one in (a, b)
        )
        if not any(has):
            return False
        if self.last_old_edition is not None:
            apart = self._editions_differ(a, b, has)
        elif self.period_kinds is not None:
            kinds = {a.period.kind, b.period.kind}
            apart = all(has) and len(kinds) > 1 and kinds <= self.period_kinds
        else:
            apart = self._days_differ(a, b, has)
        return apart and any(
            in_scope and self.covers(one.area_code, one.within)
            for one, in_scope in zip((a, b), has, strict=True)
        )

    def _editions_differ(self, a: Figure, b: Figure, has: tuple[bool, ...]) -> bool:
        if self.first_new_edition is None:
            return all(has) and self.is_old(a.source, a.edition) != self.is_old(b.source, b.edition)
        changed = tuple(in_scope and self._is_changed(one) for one, in_scope in zip((a, b), has, strict=True))
        # Two editions within a change that passed are not known to be alike: it may have ended between them.
        passed = any(one.source in self.first_new_edition for one in (a, b))
        one_edition = (a.source, a.edition) == (b.source, b.edition)
        return changed[0] != changed[1] or (all(changed) and passed and not one_edition)

    def _days_differ(self, a: Figure, b: Figure, has: tuple[bool, ...]) -> bool:
        first, second = a.period, b.period
        same = (first.start, first.end) == (second.start, second.end)
        without = {self.is_without(one.source, one.edition) for one in (a, b)}
        if True in without:
            # Both of editions without the change: nothing changes between them. Of one with and one without it, only
            # figures of days before the change are of one kind.
            return len(without) > 1 and all(has) and max(first.end, second.end) > self.date_from
        if self.date_to is None:
            # Two areas over the same days: the break cuts both at the same point.
            between = min(first.start, second.start) < self.date_from < max(first.end, second.end)
            return all(has) and not same and between
        touched = any(
            in_scope and _days_in(self, one.period) > 0 and self.covers(one.area_code, one.within)
            for one, in_scope in zip((a, b), has, strict=True)
        )
        # Over the same days, a break that concerns every area makes no difference; one that concerns one area does.
        return touched and (not same or self.areas is not None)


def breaks() -> tuple[Break, ...]:
    """All breaks of `data_contracts/breaks.yaml`, in order; one for each source that an entry names."""
    from civic_assets.harmonise.comparability.break_register import load_breaks

    return load_breaks()


def breaks_between(a: Figure, b: Figure) -> list[Break]:
    """Breaks that separate two figures, or touch one of them; each entry of the file once.

    Args:
        a: One figure.
        b: The other.

    Returns:
        Breaks that forbid a comparison, then those that add a caveat; each in the order of the file.
    """
    found: dict[str, Break] = {}
    for entry in breaks():
        if entry.id not in found and entry.separates(a, b):
            found[entry.id] = entry
    return sorted(found.values(), key=lambda entry: entry.action != "block")


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
    """Breaks that separate two periods of one series, or cut one of them; arguments and answer as `breaks_between`.

    Args:
        source: Source of the figure for `a`.
        measure: Measure of both.
        area_code: Area of both.
        a: One period.
        b: The other.
        breakdown: Breakdown of both.
        unit: Unit of both.
        within: Codes of the areas that contain the area.
        editions: Releases that the figures are taken from; None means the newest.
        other_source: Source of the figure for `b`, if it is another.
    """
    sources = (source, other_source or source)
    first, second = (
        Figure(who, measure, area_code, period, breakdown, unit, edition, within)
        for who, period, edition in zip(sources, (a, b), editions, strict=True)
    )
    return breaks_between(first, second)


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


def _is_up_to(edition: str, last: str) -> bool:
    return edition[: len(last)] <= last


def _days_in(entry: Break, period: Period) -> int:
    end = period.end if entry.date_to is None else min(entry.date_to, period.end)
    return max(0, (end - max(entry.date_from, period.start)).days)


def _measures(source: str, measure: str, breakdown: str, edition: str | None) -> frozenset[str]:
    mapped = mapping_for(source, measure, breakdown, edition)
    return frozenset({measure, mapped.measure} if mapped and mapped.measure else {measure})
