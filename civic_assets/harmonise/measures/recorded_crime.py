"""Recorded crime in one tree: where each publisher's classes stand beside the groups of ONS.

Belongs here: asking where a class stands, which classes are nowhere, and which rows of a source add up to the total.
Does not belong here: the tree itself (`civic_assets.harmonise.measures.crime_tree`), reading it (`crime_schemes`),
and adding figures up (`civic_assets.publish.profiles.recorded_crime`).

A relation says what is in a class, not how well it is counted: the Metropolitan Police's own count of burglaries is of
exactly the offences that ONS prints as burglary, and is another number all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from civic_assets.harmonise.measures.crime_schemes import load_tree
from civic_assets.harmonise.measures.crime_tree import ClassRelation, CrimeTree, breakdown_parts


@dataclass(frozen=True, slots=True)
class ClassMapping:
    """Where one class of a publisher stands.

    Args:
        scheme: `ons`, `home_office`, `met_old`, `met_new` or `police_uk`.
        category: The class: the breakdown as its observations carry it, or the measure where that says it all.
        measure: Node of the tree; None when it is no part of it.
        relation: To that node; of a class that is no part of the tree `not_comparable`.
        because: Why; empty where the names say it.
    """

    scheme: str
    category: str
    measure: str | None
    relation: ClassRelation
    because: str

    @property
    def counted(self) -> bool:
        """Is it a part of total recorded crime?"""
        return self.measure is not None


def crime_tree() -> CrimeTree:
    """The tree of `vocabularies/recorded_crime.yaml`."""
    return load_tree()


def mapping_for(
    source: str, measure: str, breakdown: str = "total", edition: str | None = None
) -> ClassMapping | None:
    """Where a figure of recorded crime stands in the tree; None when nothing says so.

    Args:
        source: Of the figure.
        measure: Of the figure.
        breakdown: Its class, e.g. `major=robbery;minor=robbery of business property`.
        edition: Release or edition of the source, since classes change; the newest when None.
    """
    scheme = crime_tree().scheme_of(source, edition)
    if scheme is None:
        return None
    if measure in scheme.left_out:
        return ClassMapping(scheme.id, measure, None, ClassRelation.NOT_COMPARABLE, scheme.left_out[measure])
    if scheme.tree_measures:
        known = measure in crime_tree().parents
        return ClassMapping(scheme.id, measure, measure, ClassRelation.EXACT, "") if known else None
    if measure != scheme.measure:
        return None
    parts = breakdown_parts(breakdown)
    for group in scheme.groups:
        if any(pattern <= parts for pattern in group.patterns):
            return ClassMapping(scheme.id, breakdown, group.measure, group.relation, group.because)
    return None


@dataclass(frozen=True, slots=True)
class UnmappedClass:
    """A class of a publisher that the schemes do not have.

    Args:
        source: That prints it.
        edition: Release in which it stands.
        measure: Of its observations.
        breakdown: The class.
    """

    source: str
    edition: str
    measure: str
    breakdown: str

    @property
    def message(self) -> str:
        """What to do about it."""
        return (
            f"{self.source} {self.edition} has the class {self.breakdown!r} of {self.measure}, which is in no scheme "
            "of vocabularies/recorded_crime.yaml: it is in no sum beside ONS. Add it there, with its relation."
        )


def unmapped(rows: Iterable[tuple[str, str, str, str]]) -> list[UnmappedClass]:
    """Classes that the schemes do not have.

    Args:
        rows: Source, edition, measure and breakdown of figures; of sources or measures that are not about recorded
            crime nothing is said.

    Returns:
        Each once, in the order in which they come.
    """
    found: dict[tuple[str, str, str, str], UnmappedClass] = {}
    for source, edition, measure, breakdown in rows:
        scheme = crime_tree().scheme_of(source, edition)
        if scheme is None or scheme.measure != measure:
            continue
        if mapping_for(source, measure, breakdown, edition) is None:
            found.setdefault(
                (source, edition, measure, breakdown), UnmappedClass(source, edition, measure, breakdown)
            )
    return list(found.values())
