"""The tree of recorded crime: nodes, their versions, and the schemes of classes that publishers print.

Belongs here: what these are. Does not belong here: reading them from the vocabulary (`crime_schemes`) and asking where
a class stands (`recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOTAL = "total_recorded_crime"


class ClassRelation(StrEnum):
    """What a publisher's class is beside a node of the tree."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """Classes that stand at the same node.

    Args:
        measure: The node; None when they are no part of the tree.
        relation: Of each class to it.
        because: Why.
        patterns: Parts of a breakdown, each a set of `key=value`; a class fits one when it has all its parts.
    """

    measure: str | None
    relation: ClassRelation
    because: str
    patterns: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Editions:
    """Editions of a source that print a scheme.

    Args:
        first: The first of them; open where None.
        last: The last of them, itself one; open where None.
        adds_up_to: Beginnings of the codes of areas that its rows add up to without a gap.
        lacks: What the source leaves out of every sum.
    """

    first: str | None = None
    last: str | None = None
    adds_up_to: tuple[str, ...] = ()
    lacks: str = ""

    def hold(self, edition: str | None) -> bool:
        """Is an edition one of them? One that is not known is taken for the newest."""
        if edition is None:
            return self.last is None
        return (self.first is None or edition[: len(self.first)] >= self.first) and (
            self.last is None or edition[: len(self.last)] <= self.last
        )


@dataclass(frozen=True, slots=True)
class SumRelation:
    """What a sum of all classes below a node is beside the node of ONS."""

    relation: ClassRelation
    because: str


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """The classes of one publisher in one era.

    Args:
        id: As in `civic_assets.harmonise.measures.recorded_crime.ClassMapping`.
        version: Of the scheme, where the publisher changed a few classes.
        sources: Editions that print it, by source.
        measure: That its observations have; None where the measure itself is the class.
        note: What else makes its figures differ from those of ONS.
        groups: In the order in which they are tried.
        left_out: Measures that are no part of the tree, and why.
        tree_measures: Its measures are the nodes.
        absent_is_zero: The publisher says that a class without a row had no crime.
        release_per_period: Every release holds one month, so that a year is of several.
        sums: What the sums of its classes are, by node; a node that is not there cannot be formed.
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
        """What a sum of one of its sources is beside a node; None where it cannot be formed."""
        found, lacks = self.sums.get(node), self.sources[source].lacks
        if found is None or not lacks:
            return found
        # What lacks some crimes and holds others besides is neither more nor less than the node.
        exact = found.relation in (ClassRelation.EXACT, ClassRelation.NARROWER)
        relation = ClassRelation.NARROWER if exact else ClassRelation.NOT_COMPARABLE
        return SumRelation(relation, "; ".join(filter(None, (found.because, f"lacks {lacks}"))))


@dataclass(frozen=True, slots=True)
class TreeVersion:
    """What the nodes hold on the days `[from_, to)`."""

    id: str
    from_: date
    to: date | None
    changes: str
    verified: bool


@dataclass(frozen=True, slots=True)
class CrimeTree:
    """Nodes, versions and schemes.

    Args:
        parents: The node above each node; None above the total.
        versions: Oldest first.
        schemes: Of all publishers.
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
        """What the nodes held on a day; None before the first version."""
        for version in self.versions:
            if version.from_ <= day and (version.to is None or day < version.to):
                return version
        return None

    def scheme_of(self, source: str, edition: str | None = None) -> ClassScheme | None:
        """The scheme that an edition of a source prints; without an edition, the newest."""
        for scheme in self.schemes:
            if source in scheme.sources and scheme.sources[source].hold(edition):
                return scheme
        return None


def breakdown_parts(breakdown: str) -> frozenset[str]:
    """The `key=value` parts of a breakdown, in lower case."""
    return frozenset(part.strip().casefold() for part in breakdown.split(";"))
