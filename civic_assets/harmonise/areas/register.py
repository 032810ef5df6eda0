"""The area register: what a code means, when it was in force, what contains it, and whether two codes are one ground.

Belongs here: questions about codes and names. Does not belong here: the tables that answer them (`register_tables`),
what happens to figures when codes change (`succession`), and output areas (`output_areas`).

A code that is not in the register is unknown, and a name that fits two areas returns both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register_tables import (
    COUNTY,
    LOCAL_AUTHORITY,
    PARTNERSHIP,
    SAME,
    Alias,
    AreaFacts,
    Membership,
    Succession,
    SuccessionKind,
    Vintages,
    areas_of_lookup,
    geography_folder,
    read_aliases,
    read_areas,
    read_memberships,
    read_successions,
)
from civic_assets.values.cells import label
from civic_assets.values.period_words import spoken_day

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AreaFacts", "AreaRegister", "Succession", "SuccessionKind", "Vintages"]

# Education statistics call counties local authorities, because counties run these services.
_ALSO = {LOCAL_AUTHORITY: (LOCAL_AUTHORITY, COUNTY), "county": (COUNTY, "metropolitan_county")}


@dataclass(frozen=True)
class AreaRegister:
    """Areas by code, with names, successions and memberships.

    Args:
        areas: Areas by code.
        aliases: Other names.
        successions: Changes of codes, oldest first.
        memberships: Authorities that partnerships and forces cover.
    """

    areas: Mapping[str, AreaFacts]
    aliases: Sequence[Alias] = ()
    successions: Sequence[Succession] = ()
    memberships: Sequence[Membership] = ()
    _above: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def shipped(cls) -> AreaRegister:
        """The register in `data_contracts/geography/`: authorities of the United Kingdom and the areas above them.

        It has no wards or output areas; see `with_lookups`.

        Raises:
            ContractError: A table of the register is missing or malformed.
        """
        return _shipped(geography_folder())

    def with_lookups(self, lookups: Mapping[str, pa.Table]) -> AreaRegister:
        """This register with the wards and output areas of lookups.

        Args:
            lookups: Tables by release (`2018-lsoa-ward`: as of the end of 2018), with text columns named as in the
                source's contract (`ward_code, ward_name, lad_code, lsoa_code, lsoa_name`).
        """
        areas = dict(self.areas)
        for release, lookup in sorted(lookups.items()):
            seen = date(int(release[:4]), 12, 31)
            for area in areas_of_lookup(lookup, seen):
                before = areas.get(area.code)
                first = before.seen[0] if before and before.seen else seen
                areas[area.code] = replace(area, seen=(first, seen))
        return replace(self, areas=areas, _above={})

    def find(self, code: str) -> AreaFacts | None:
        """The area that a code means, or None."""
        return self.areas.get(code)

    def live(self, code: str, on: date) -> bool | None:
        """Whether a code is in force on a day; None if the code or its dates are not known."""
        area = self.areas.get(code)
        return None if area is None else area.live(on)

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Alias]]:
        found: dict[str, list[Alias]] = defaultdict(list)
        for area in self.areas.values():
            found[label(area.name)].append(Alias(area.code, area.name, ""))
        for alias in self.aliases:
            found[label(alias.name)].append(alias)
        return found

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for name, aliases in self._by_name.items():
            for alias in aliases:
                found[alias.code].add(name)
        return {code: frozenset(names) for code, names in found.items()}

    def by_name(self, name: str, type: str | None, on: date) -> list[AreaFacts]:
        """Areas that have, or once had, a name, and whose code is in force on a day; several if the name is ambiguous.

        Args:
            name: As printed; case and spaces make no difference.
            type: `local_authority` finds counties too; None finds every type.
            on: The day.
        """
        wanted = _ALSO.get(type or "", (type,))
        codes = {
            alias.code
            for alias in self._by_name.get(label(name), ())
            if (alias.start is None or alias.start <= on) and (alias.end is None or on < alias.end)
        }
        areas = (self.areas[code] for code in sorted(codes) if code in self.areas)
        return [
            area for area in areas if (type is None or area.type in wanted) and area.live(on) is not False
        ]

    def called(self, code: str, name: str) -> bool:
        """Whether a name is one of a code's names, at any time and in any known spelling."""
        return label(name) in self._names.get(code, frozenset())

    @cached_property
    def _next(self) -> Mapping[str, Sequence[Succession]]:
        return _grouped(self.successions, "old")

    @cached_property
    def _before(self) -> Mapping[str, Sequence[Succession]]:
        return _grouped(self.successions, "new")

    def successors(self, code: str) -> Sequence[Succession]:
        """What became of a code; empty while it is in force."""
        return self._next.get(code, ())

    def predecessors(self, code: str) -> Sequence[Succession]:
        """Codes that a code was made from."""
        return self._before.get(code, ())

    @cached_property
    def _members(self) -> Mapping[str, Sequence[Membership]]:
        found: dict[str, list[Membership]] = defaultdict(list)
        for membership in self.memberships:
            found[membership.container].append(membership)
        return found

    @cached_property
    def _containers(self) -> Mapping[str, Sequence[Membership]]:
        found: dict[str, list[Membership]] = defaultdict(list)
        for membership in self.memberships:
            found[membership.member].append(membership)
        return found

    def members(self, container: str, on: date) -> list[AreaFacts]:
        """Authorities that a partnership or police force covers wholly or in part, with codes in force on a day."""
        found = (self.areas.get(membership.member) for membership in self._members.get(container, ()))
        return [area for area in found if area is not None and area.live(on)]

    def memberships_of(self, container: str) -> Sequence[Membership]:
        """Authorities of any date that a partnership or police force covers, each wholly or in part."""
        return self._members.get(container, ())

    def containers(self, authority: str, type: str | None = None) -> list[str]:
        """Partnerships and police forces that cover an authority or a part of it."""
        found = self._containers.get(authority, ())
        return sorted({m.container for m in found if type is None or m.type == type})

    def above(self, code: str) -> frozenset[str]:
        """Every area that an area lies wholly in: county, region, police force, country."""
        if code not in self._above:
            area = self.areas.get(code)
            parents = {area.parent} if area and area.parent else set()
            if "/" in code:
                parents.add(code.partition("/")[0])
            parents |= {m.container for m in self._containers.get(code, ()) if m.whole}
            parents -= {code, None}
            self._above[code] = frozenset(parents).union(*(self.above(str(parent)) for parent in parents))
        return self._above[code]

    @cached_property
    def _authorities(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for area in self.areas.values():
            if area.type == LOCAL_AUTHORITY:
                for code in (area.code, *self.above(area.code)):
                    found[code].add(area.code)
        return {code: frozenset(authorities) for code, authorities in found.items()}

    def authorities_in(self, code: str) -> frozenset[str]:
        """Local authorities of any date that are an area or lie wholly in it; the code alone if there are none."""
        return self._authorities.get(code, frozenset((code,)))

    def authority_of(self, partnership: str, on: date = date.max) -> str | None:
        """The authority that a partnership covered exactly on a day; None if it covers several, or part of one."""
        area = self.areas.get(partnership)
        if area is None or area.type != PARTNERSHIP:
            return None
        held = [m for m in self._members.get(partnership, ()) if self.live(m.member, on)]
        return held[0].member if len(held) == 1 and held[0].whole else None

    def _is_authority(self, partnership: str, authority: str) -> bool:
        # A partnership continues unchanged when its authority is merged: compare with the authority's last day.
        end = self.areas[authority].valid_to
        return self.authority_of(partnership, end - timedelta(days=1) if end else date.max) == authority

    def same_ground(self, a: str, b: str) -> tuple[bool, str]:
        """Whether figures of two codes may be compared as figures of one place.

        Returns:
            Whether they are the same ground, and a sentence that says why, or why not.
        """
        if a == b:
            renamed = next((s for s in self.successors(a) if s.kind is SuccessionKind.RENAMED), None)
            also = f", called {renamed.old_name} before {spoken_day(renamed.day)}" if renamed else ""
            return True, f"Both are {self._called(a)}{also}."
        if unknown := [code for code in (a, b) if code not in self.areas]:
            why = "not in the register of areas, so the ground is not known."
            return False, f"{' and '.join(unknown)}: {why}"
        for partnership, authority in ((a, b), (b, a)):
            if self._is_authority(partnership, authority):
                why = f"is exactly the authority {self._called(authority)}."
                return True, f"{self._called(partnership)} {why}"
        path = self.path(a, b) or self.path(b, a)
        if path and all(step.kind in SAME for step in path):
            return True, f"{path[-1].sentence} The ground is the same."
        if path:
            step = next(step for step in path if step.kind not in SAME)
            return False, f"{step.sentence} The ground is not the same."
        if self.never_together(a, b):
            when = "; ".join(f"{self._called(code)} {self._when(code)}" for code in (a, b))
            return False, f"These areas belong to two dates, and their boundaries differ: {when}."
        return False, f"{self._called(a)} and {self._called(b)} are different areas."

    def counted_ground(self, area_code: str, partnership_code: str | None) -> str:
        """Code of the area whose ground a figure covers.

        A publisher may print the code of one authority for a partnership that also covers ground of another: ONS prints
        Dorset (E06000059) for a partnership that includes Christchurch, which is now in another authority.

        Args:
            area_code: Code under which the figure is published.
            partnership_code: Partnership that the row is about, if the publisher names one.
        """
        if not partnership_code or partnership_code not in self.areas or area_code not in self.areas:
            return area_code
        return area_code if self.same_ground(partnership_code, area_code)[0] else partnership_code

    def never_together(self, a: str, b: str) -> bool:
        """Whether one code ended before the other began, or the two were only seen in different years (wards)."""
        first, second = (self.areas.get(code) for code in (a, b))
        if first is None or second is None:
            return False
        return first.before(second) or second.before(first)

    def path(self, old: str, new: str) -> tuple[Succession, ...]:
        """Changes that lead from a code to a later one, in order; empty if there are none."""
        for step in self.successors(old):
            if step.old == step.new:
                continue
            if step.new == new:
                return (step,)
            rest = self.path(step.new, new)
            if rest:
                return (step, *rest)
        return ()

    def vintages(self, codes: Iterable[str]) -> Vintages:
        """The time in which all of some codes are in force (rule H-07); none if they belong to two dates."""
        distinct = sorted(set(codes))
        known = [area for code in distinct if (area := self.areas.get(code)) and area.seen is None]
        unknown = tuple(code for code in distinct if code not in self.areas)
        start = max((area.valid_from for area in known if area.valid_from), default=None)
        end = min((area.valid_to for area in known if area.valid_to), default=None)
        if start is None or end is None or start < end:
            return Vintages(start, end, unknown=unknown)
        apart = tuple(area.code for area in known if area.valid_from == start or area.valid_to == end)
        return Vintages(start, end, apart, unknown)

    def _called(self, code: str) -> str:
        area = self.areas.get(code)
        return f"{area.name} ({code})" if area else code

    def _when(self, code: str) -> str:
        area = self.areas[code]
        if area.seen:
            first, last = (day.year for day in area.seen)
            return f"is in lookups of {first}" + (f" to {last}" if last != first else "")
        start = f"from {spoken_day(area.valid_from)}" if area.valid_from else "since the coding began"
        return f"was in force {start}" + (f" until {spoken_day(area.valid_to)}" if area.valid_to else "")


def _grouped(successions: Iterable[Succession], end: str) -> dict[str, tuple[Succession, ...]]:
    found: dict[str, list[Succession]] = defaultdict(list)
    for succession in successions:
        found[getattr(succession, end)].append(succession)
    return {code: tuple(steps) for code, steps in found.items()}


@cache
def _shipped(folder: Path) -> AreaRegister:
    return AreaRegister(
        read_areas(folder), read_aliases(folder), read_successions(folder), read_memberships(folder)
    )
