"""Recorded crime in one tree: the node of each publisher's classes in the groups of ONS.

Belongs here: finding the node of a class, the classes without a node, and the rows of a source that add up to the
total. Does not belong here: the tree itself (`civic_assets.harmonise.measures.crime_tree`), reading it
(`crime_schemes`), and adding figures up (`civic_assets.publish.profiles.recorded_crime`).

A relation says what a class includes, not how well it is counted. The Metropolitan Police's own count of burglaries has
exactly the offences that ONS prints as burglary, but it is a different number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from civic_assets.harmonise.measures.crime_schemes import load_tree
from civic_assets.harmonise.measures.crime_tree import ClassRelation, CrimeTree, breakdown_parts


@dataclass(frozen=True, slots=True)
class ClassMapping:
    """Node of one class of a publisher.

    Args:
        scheme: `ons`, `home_office`, `met_old`, `met_new` or `police_uk`.
        category: The class: the breakdown of its observations, or the measure if that alone says it.
        measure: Node of the tree; None if the class is not part of it.
        relation: Relation to that node; `not_comparable` for a class that is not part of the tree.
        because: Reason; empty if the names are enough.
    """

    scheme: str
    category: str
    measure: str | None
    relation: ClassRelation
    because: str

    @property
    def counted(self) -> bool:
        """Whether it is part of total recorded crime."""
        return self.measure is not None


def crime_tree() -> CrimeTree:
    """The tree of `vocabularies/recorded_crime.yaml`."""
    return load_tree()


def mapping_for(
    source: str, measure: str, breakdown: str = "total", edition: str | None = None
) -> ClassMapping | None:
    """Node of a figure of recorded crime in the tree; None if no scheme has it.

    Args:
        source: Source of the figure.
        measure: Measure of the figure.
        breakdown: Its class, e.g. `major=robbery;minor=robbery of business property`.
        edition: Release or edition of the source, since classes change; None means the newest.
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
    """A class of a publisher that is not in any scheme.

    Args:
        source: Source that prints it.
        edition: Release that it is in.
        measure: Measure of its observations.
        breakdown: The class.
    """

    source: str
    edition: str
    measure: str
    breakdown: str

    @property
    def message(self) -> str:
        """The problem, and what to do about it."""
        return (
            f"{self.source} {self.edition} has the class {self.breakdown!r} of {self.measure}, which is not in any "
            "scheme of vocabularies/recorded_crime.yaml, so no sum that is compared with ONS includes it. Add it "
            "there, with its relation."
        )


def unmapped(rows: Iterable[tuple[str, str, str, str]]) -> list[UnmappedClass]:
    """Classes that are not in any scheme.

    Args:
        rows: Source, edition, measure and breakdown of figures; sources and measures that are not about recorded crime
            are ignored.

    Returns:
        Each class once, in the order in which they come.
    """
    classes: dict[tuple[str, str, str, str], UnmappedClass] = {}
    for source, edition, measure, breakdown in rows:
        scheme = crime_tree().scheme_of(source, edition)
        if scheme is None or scheme.measure != measure:
            continue
        if mapping_for(source, measure, breakdown, edition) is None:
            classes.setdefault(
                (source, edition, measure, breakdown), UnmappedClass(source, edition, measure, breakdown)
            )
    return list(classes.values())
