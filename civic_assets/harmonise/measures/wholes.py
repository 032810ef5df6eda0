"""Which figures are parts of one whole, so that all of them must come from one release.

Belongs here: the scheme and the class of a figure, and the ground of its area. Does not belong here: choosing the
newest release of a whole (`civic_assets.publish.read_model.latest`), and what changed between two releases
(`publish.read_model.revised.revisions`).

A publisher renames, splits and ends classes. If two releases print a month under different names of classes, each class
is the newest with its name, and their sum counts the month twice. So a figure is never chosen alone, but with
everything that it is part of: the classes of one *scheme* in one *ground* and period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import OUTPUT_AREA, PARTNERSHIP, SAME, WARD
from civic_assets.harmonise.measures.crime_tree import ClassScheme
from civic_assets.harmonise.measures.recorded_crime import crime_tree, mapping_for
from civic_assets.tables.release_names import series_of

TREE, CLASSES = "groups of recorded crime", "classes of recorded crime"
"""Schemes of several measures or keys; every other scheme is named by the keys of the breakdown."""
REPORTER_SQL = "regexp_extract(breakdown, 'reported_by=([^;]*)', 1)"
"""SQL of the force that counts in another force's area; empty if an area is counted by its own force.

Two forces count separately in one place, so neither replaces the other: their counts are added.
"""
_ONE_YEAR = re.compile(r"age=[0-9]+")
_AGE = re.compile(r"(?:^|;)(age=[^;]*)")
# Classes that say themselves what they include: a new age band takes nothing from another one.
_SAY_WHAT_THEY_HOLD = ("age", "sex")
# Residual areas: they grow and shrink with the events that were assigned to the others.
_RESIDUAL = frozenset({"unassigned", "place_without_code", "unknown", "fraud_body", "part_of_country"})
_SMALL = frozenset({WARD, OUTPUT_AREA, "street_point"})


@dataclass(frozen=True, slots=True)
class FigureClass:
    """The whole that a figure is part of.

    Args:
        family: The measure, or the first of several that are parts of one whole.
        scheme: Scheme of the classes: `TREE`, `CLASSES`, or the keys of the breakdown (`reason`, `age;sex`, `total`).
            Ages by single year and ages in bands are two schemes.
        group: Classes of the scheme among which events may have moved when one of them began or ended; None if a class
            says itself what it includes.
        relation: Relation of the class in the vocabulary of recorded crime; empty for anything else.
    """

    family: str
    scheme: str
    group: str | None
    relation: str


def classes_of(
    printed: Iterable[tuple[str, str, str, str]],
) -> dict[tuple[str, str, str, str], FigureClass]:
    """The whole that each printed class is part of.

    Args:
        printed: Source, release, measure and breakdown, each once.

    Returns:
        Classes by the rows given, in their order.
    """
    rows = list(printed)
    by_year = {row[:3] for row in rows if _single_year(row[3])}
    schemes = {row[:2]: crime_tree().scheme_of(*row[:2]) for row in rows}
    classes = {row: _class(schemes[row[:2]], *row, by_year=row[:3] in by_year) for row in rows}
    # A class that is not in any scheme may include crimes of its neighbours, so its whole group is treated alike.
    unknown = {(row[0], row[2], _first(row[3])) for row, one in classes.items() if one.relation == "unmapped"}
    return {
        row: FigureClass(one.family, one.scheme, _first(row[3]), one.relation)
        if (row[0], row[2], _first(row[3])) in unknown
        else one
        for row, one in classes.items()
    }


def _class(
    scheme: ClassScheme | None, source: str, release: str, measure: str, breakdown: str, *, by_year: bool
) -> FigureClass:
    if scheme is not None and (crime_class := _crime_class(scheme, source, release, measure, breakdown)):
        return crime_class
    keys = ";".join(part.partition("=")[0] for part in breakdown.split(";"))
    several = ";" in keys
    if "age" in keys.split(";") and not by_year:
        keys = f"{keys} (bands)"
    says = all(part.partition("=")[0] in _SAY_WHAT_THEY_HOLD for part in breakdown.split(";"))
    group = None if says or breakdown == "total" else _first(breakdown) if several else keys
    return FigureClass(measure, keys, group, "")


def _crime_class(
    scheme: ClassScheme, source: str, release: str, measure: str, breakdown: str
) -> FigureClass | None:
    if scheme.tree_measures:
        tree = crime_tree()
        if measure not in tree.parents or breakdown != "total":
            return None
        return FigureClass("total_recorded_crime", TREE, tree.parents[measure], "")
    if scheme.measure is None or measure not in (scheme.measure, *scheme.left_out):
        return None
    mapped = mapping_for(source, measure, breakdown, release)
    relation = f"{mapped.relation} {mapped.measure or ''}".rstrip() if mapped else "unmapped"
    group = mapped.measure if mapped and mapped.measure else _first(breakdown)
    return FigureClass(scheme.measure, CLASSES, group, relation)


def _single_year(breakdown: str) -> bool:
    match = _AGE.search(breakdown)
    return match is not None and _ONE_YEAR.fullmatch(match[1]) is not None


def _first(breakdown: str) -> str:
    return breakdown.partition(";")[0].casefold()


@dataclass(frozen=True)
class Grounds:
    """Ground of each area: areas that must come from one release because they may be the same place.

    Args:
        register: Register of areas.
    """

    register: AreaRegister
    _wholes: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _joined(self) -> Mapping[str, str]:
        """First of the codes that are linked by succession, or because a partnership covers an authority."""
        pairs = [(step.old, step.new) for step in self.register.successions if step.old != step.new]
        pairs += [
            (held.container, held.member) for held in self.register.memberships if held.type == PARTNERSHIP
        ]
        return _together(pairs)

    @cached_property
    def _one(self) -> Mapping[str, str]:
        pairs = [
            (step.old, step.new)
            for step in self.register.successions
            if step.kind in SAME and step.old != step.new
        ]
        return _together(pairs)

    def authority(self, code: str) -> str:
        """First of the codes of exactly this ground: a code and the code that replaced it are one area."""
        return self._one.get(code, code)

    def _is_whole(self, source: str, release: str) -> bool:
        """Whether a file is complete for one force and month: what it does not print did not happen there."""
        key = (source, release)
        if key not in self._wholes:
            scheme = crime_tree().scheme_of(source, release)
            self._wholes[key] = scheme is not None and scheme.release_per_period
        return self._wholes[key]

    def of(self, source: str, release: str, code: str, kind: str, parent: str | None) -> str:
        """The ground of an area of a release.

        Args:
            source: Source of the figures.
            release: Release of the figures.
            code: Code of the area.
            kind: Type of the area.
            parent: Code of the area that contains it, if the figures say.

        Returns:
            The code that represents the ground. `within <code>` for areas that cannot be distinguished from their
            neighbours over time (wards, residual areas): all areas of one parent are one ground. `file <line>` if a
            file is the whole.
        """
        if self._is_whole(source, release):
            return f"file {series_of(release)}"
        if kind in _RESIDUAL:
            return f"within {parent}" if parent else f"file {series_of(release)}"
        if kind in _SMALL or self.register.find(code) is None:
            return f"within {parent}, {kind}" if parent else f"file {series_of(release)}, {kind}"
        return self._joined.get(code, code)


def _together(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """First of the items linked with each item that is in a pair."""
    above: dict[str, str] = {}

    def top(code: str) -> str:
        while above.setdefault(code, code) != code:
            code = above[code]
        return code

    for a, b in pairs:
        first, second = sorted((top(a), top(b)))
        above[second] = first
    return {code: top(code) for code in list(above)}
