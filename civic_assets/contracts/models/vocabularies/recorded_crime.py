"""`recorded_crime.yaml`: recorded crime as one tree, and each publisher's classes in it.

Belongs here: the keys of the file, and that its classes and sums fit its tree. Does not belong here: asking the tree
(`civic_assets.harmonise.measures.recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Because, Day, Entry, Text, YesNo
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, unknown
from civic_assets.contracts.problems import Problem

RelationWord = Literal["exact", "narrower", "broader", "not_comparable"]
"""How a class relates to its node."""


class TreeVersionEntry(Entry):
    """What the nodes hold from one day up to, not including, another."""

    id: Text
    from_: Day = Field(alias="from")
    to: Day | None = None
    changes: Text
    verified: YesNo | None = None


class ClassGroupEntry(Entry):
    """Classes of a publisher that belong to one node."""

    measure: Text | None = Field(description="The node; null for classes that are not part of the tree.")
    relation: RelationWord
    because: Because | None = None
    is_: Annotated[list[Text], OneOrMore] = Field(
        alias="is", description="Breakdowns, or parts of them; a class fits one if it has all its parts."
    )

    @model_validator(mode="after")
    def _fits_its_relation(self) -> ClassGroupEntry:
        if (self.measure is None) != (self.relation == "not_comparable"):
            raise PydanticCustomError(
                "class_group",
                "a class without a node is not_comparable, and every other class has a node (measure)",
            )
        if self.relation != "exact" and self.because is None:
            raise PydanticCustomError(
                "class_group", "a class that is {relation} needs a because", {"relation": self.relation}
            )
        return self


class EditionsEntry(Entry):
    """Editions of a source that print a scheme."""

    first_edition: Text | None = None
    last_edition: Text | None = None
    adds_up_to: list[Text] | None = Field(
        default=None, description="Beginnings of the codes of areas that its rows add up to without a gap."
    )
    lacks: Text | None = Field(default=None, description="What the source leaves out of every sum.")


class LeftOutEntry(Entry):
    """Measures that are not part of the tree."""

    names: Annotated[list[Text], OneOrMore]
    because: Because


class SumsEntry(Entry):
    """Nodes that the classes of a scheme add up to, and how the sum relates to the node."""

    exact: list[Text] | None = None
    broader: dict[str, Text] | None = None
    narrower: dict[str, Text] | None = None

    @property
    def nodes(self) -> Iterator[tuple[str, str]]:
        """Place below `sums`, and node."""
        yield from ((f"exact[{index}]", node) for index, node in enumerate(self.exact or ()))
        yield from ((f"broader.{node}", node) for node in self.broader or ())
        yield from ((f"narrower.{node}", node) for node in self.narrower or ())


class SchemeEntry(Entry):
    """The classes of one publisher in one era."""

    id: Text
    version: Text | None = None
    sources: dict[str, EditionsEntry]
    measure: Text | None = None
    note: Text
    includes: list[Text] | None = Field(default=None, description="Lists under `shared` that it has as well.")
    classes: list[ClassGroupEntry] | None = None
    measures: list[LeftOutEntry] | None = None
    other_measures: list[LeftOutEntry] | None = None
    tree_measures: YesNo | None = Field(default=None, description="Its measures are the nodes.")
    absent_is_zero: YesNo | None = Field(
        default=None, description="The publisher says that a class without a row had no crime."
    )
    release_per_period: YesNo | None = Field(default=None, description="Every release holds one month.")
    sums: SumsEntry | None = None


class RecordedCrimeVocabulary(WholeFile):
    """The tree, its versions, lists of classes that schemes share, and the schemes."""

    tree: dict[str, Text | None] = Field(description="By node, the node of which it is a part.")
    versions: list[TreeVersionEntry]
    shared: dict[str, list[ClassGroupEntry]] | None = None
    schemes: list[SchemeEntry]

    def groups_of(self, scheme: SchemeEntry) -> list[ClassGroupEntry]:
        """Classes of a scheme in the order in which they are tried.

        Its own come first: a scheme may say more exactly what a shared list says for all.
        """
        shared = self.shared or {}
        listed = [group for name in scheme.includes or () for group in shared.get(name, [])]
        return [*(scheme.classes or []), *listed]

    def contradictions(self) -> Iterator[Problem]:
        """Nodes are in the tree, classes are in a scheme once, and sums have something to add up."""
        for node, above in self.tree.items():
            if above is not None:
                reason = "is a part of {}, which is not a node"
                yield from unknown(f"tree.{node}", [above], self.tree, reason, "nodes")
        for name, groups in (self.shared or {}).items():
            yield from _nodes(f"shared.{name}", groups, self.tree)
        for index, scheme in enumerate(self.schemes):
            path = f"schemes[{index}]"
            reason = "{} is not one of the shared lists"
            yield from unknown(
                f"{path}.includes", scheme.includes or (), self.shared or {}, reason, "shared lists"
            )
            yield from _nodes(f"{path}.classes", scheme.classes or [], self.tree)
            yield from self._classes_once(path, scheme)
            formed = self._formed(scheme)
            for place, node in scheme.sums.nodes if scheme.sums else ():
                if node not in formed:
                    reason = f"no class of this scheme is at or below {node!r}: there is nothing to add up"
                    yield Problem(f"{path}.sums.{place}", reason)

    def _classes_once(self, path: str, scheme: SchemeEntry) -> Iterator[Problem]:
        seen: set[frozenset[str]] = set()
        for written in (one for group in self.groups_of(scheme) for one in group.is_):
            parts = frozenset(part.strip().casefold() for part in written.split(";"))
            if parts in seen:
                reason = f"the class {'; '.join(sorted(parts))!r} appears twice in the scheme {scheme.id!r}"
                yield Problem(path, f"{reason}; keep one of them")
            seen.add(parts)

    def _formed(self, scheme: SchemeEntry) -> set[str]:
        formed: set[str] = set()
        for group in self.groups_of(scheme):
            node = group.measure
            while node is not None and node not in formed:
                formed.add(node)
                node = self.tree.get(node)
        return formed


def _nodes(path: str, groups: Collection[ClassGroupEntry], tree: Mapping[str, object]) -> Iterator[Problem]:
    for index, group in enumerate(groups):
        if group.measure is not None:
            reason = "{} is not a node of the tree"
            yield from unknown(f"{path}[{index}].measure", [group.measure], tree, reason, "nodes")
