"""The tree of recorded crime: nodes, their versions, and the schemes of classes that publishers print.

Belongs here: what these are. Does not belong here: reading them from the vocabulary (`crime_schemes`) and finding the
node of a class (`recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOTAL = "total_recorded_crime"


class ClassRelation(StrEnum):
    """Relation of a publisher's class to a node of the tree."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """Classes with the same node.

    Args:
        measure: The node; None if they are not part of the tree.
        relation: Relation of each class to the node.
        because: Reason.
        patterns: Parts of a breakdown, each a set of `key=value`; a class fits one if it has all its parts.
    """

    measure: str | None
    relation: ClassRelation
    because: str
    patterns: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Editions:
    """Editions of a source that print a scheme.

    Args:
        first: First edition; None if there is no first.
        last: Last edition, inclusive; None if there is no last.
        adds_up_to: Beginnings of the codes of areas that its rows add up to without a gap.
        lacks: Crimes that the source leaves out of every sum.
    """

    first: str | None = None
    last: str | None = None
    adds_up_to: tuple[str, ...] = ()
    lacks: str = ""

    def hold(self, edition: str | None) -> bool:
        """Whether an edition is one of them; an edition that is not known counts as the newest."""
        if edition is None:
            return self.last is None
        return (self.first is None or edition[: len(self.first)] >= self.first) and (
            self.last is None or edition[: len(self.last)] <= self.last
        )


@dataclass(frozen=True, slots=True)
class SumRelation:
    """Relation of a sum of all classes below a node to the node of ONS."""

    relation: ClassRelation
    because: str


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """The classes of one publisher in one era.

    Args:
        id: As in `civic_assets.harmonise.measures.recorded_crime.ClassMapping`.
        version: Version of the scheme, where the publisher changed a few classes.
        sources: Editions that print it, by source.
        measure: Measure of its observations; None if the measure itself is the class.
        note: Other reasons why its figures differ from those of ONS.
        groups: Groups of classes, in the order in which they are tried.
        left_out: Measures that are not part of the tree, with reasons.
        tree_measures: Whether its measures are the nodes.
        absent_is_zero: Whether the publisher says that a class without a row had no crime.
        release_per_period: Whether every release holds one month, so that a year needs several.
        sums: Relations of the sums of its classes, by node; a node that is not included cannot be formed.
    """

    id: str
    version: str
    sources: Mapping[str, Editions]
    measure: str | None
    note: str
    groups: tuple[ClassGroup, ...]
    left_out: Mapping[str, str]
    tree_measures: bool
    absent_is_zero: bool
    release_per_period: bool
    sums: Mapping[str, SumRelation]

    def sum_of(self, node: str, source: str) -> SumRelation | None:
        """Relation of a sum of one of its sources to a node; None if it cannot be formed."""
        found, lacks = self.sums.get(node), self.sources[source].lacks
        if found is None or not lacks:
            return found
        # A sum that lacks some crimes and includes others is neither more nor less than the node.
        exact = found.relation in (ClassRelation.EXACT, ClassRelation.NARROWER)
        relation = ClassRelation.NARROWER if exact else ClassRelation.NOT_COMPARABLE
        return SumRelation(relation, "; ".join(filter(None, (found.because, f"lacks {lacks}"))))


@dataclass(frozen=True, slots=True)
class TreeVersion:
    """What the nodes mean on the days `[from_, to)`."""

    id: str
    from_: date
    to: date | None
    changes: str
    verified: bool


@dataclass(frozen=True, slots=True)
class CrimeTree:
    """Nodes, versions and schemes.

    Args:
        parents: Node above each node; None above the total.
        versions: Versions, oldest first.
        schemes: Schemes of all publishers.
    """

    parents: Mapping[str, str | None]
    versions: tuple[TreeVersion, ...]
    schemes: tuple[ClassScheme, ...]

    def ancestors(self, node: str) -> tuple[str, ...]:
        """A node and all above it, up to the total."""
        path = [node]
        while (above := self.parents[path[-1]]) is not None:
            path.append(above)
        return tuple(path)

    def version_on(self, day: date) -> TreeVersion | None:
        """Version in force on a day; None before the first."""
        for version in self.versions:
            if version.from_ <= day and (version.to is None or day < version.to):
                return version
        return None

    def scheme_of(self, source: str, edition: str | None = None) -> ClassScheme | None:
        """The scheme that an edition of a source prints; the newest if no edition is given."""
        for scheme in self.schemes:
            if source in scheme.sources and scheme.sources[source].hold(edition):
                return scheme
        return None


def breakdown_parts(breakdown: str) -> frozenset[str]:
    """The `key=value` parts of a breakdown, in lower case."""
    return frozenset(part.strip().casefold() for part in breakdown.split(";"))
