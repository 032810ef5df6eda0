"""Reading the tree of recorded crime and the schemes of classes, and refusing a file that contradicts itself.

Belongs here: `vocabularies/recorded_crime.yaml` in, `CrimeTree` out, every mistake named with its position. Does not
belong here: answering questions with the tree (`civic_assets.harmonise.measures.recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.load import contracts_folder
from civic_assets.harmonise.measures.crime_tree import (
    ClassGroup,
    ClassRelation,
    ClassScheme,
    CrimeTree,
    Editions,
    SumRelation,
    TreeVersion,
    breakdown_parts,
)


def load_tree() -> CrimeTree:
    """The tree in the folder of contracts."""
    return _load(contracts_folder() / "vocabularies" / "recorded_crime.yaml")


@cache
def _load(file: Path) -> CrimeTree:
    return read_tree(file)


def read_tree(file: Path) -> CrimeTree:
    """The tree in a file.

    Raises:
        ContractError: A key is unknown, a node is not in the tree, a class is twice in a scheme, or a sum is given for
            a node that has no classes.
    """
    top = read_document(file, file.read_bytes())
    top.only("tree", "versions", "shared", "schemes")
    parents: dict[str, str | None] = dict(top.get("tree", dict).value)
    for node, above in parents.items():
        if above is not None and above not in parents:
            raise top.get("tree", dict).refuse(
                f"{node!r} is part of {above!r}, which is not a node of the tree"
            )
    shared = top.get("shared", dict, {})
    includes = {name: list(shared.items(name)) for name in shared.value}
    return CrimeTree(
        parents=parents,
        versions=tuple(_version(item) for item in top.items("versions")),
        schemes=tuple(_scheme(item, includes, parents) for item in top.items("schemes")),
    )


def _version(node: Node) -> TreeVersion:
    node.only("id", "from", "to", "changes", "verified")
    return TreeVersion(
        id=node.text("id"),
        from_=node.get("from", date).value,
        to=node.get("to", date, None).value,
        changes=node.text("changes"),
        verified=bool(node.get("verified", bool, True).value),
    )


def _scheme(node: Node, includes: Mapping[str, list[Node]], parents: Mapping[str, str | None]) -> ClassScheme:
    node.only(
        "id",
        "version",
        "sources",
        "measure",
        "note",
        "includes",
        "classes",
        "measures",
        "other_measures",
        "tree_measures",
        "absent_is_zero",
        "release_per_period",
        "sums",
    )
    written: list[Node] = []
    for item in node.items("includes", []):
        if item.value not in includes:
            raise item.refuse(f"{item.value!r} is not one of the shared lists: {', '.join(sorted(includes))}")
        written += includes[item.value]
    # The scheme's own classes come first: it may be more exact than a shared list.
    groups = tuple(_group(item, parents) for item in [*node.items("classes", []), *written])
    seen: set[frozenset[str]] = set()
    for pattern in (pattern for group in groups for pattern in group.patterns):
        if pattern in seen:
            raise node.refuse(f"the class {'; '.join(sorted(pattern))!r} appears twice; remove one")
        seen.add(pattern)
    left_out = {
        name.value: item.text("because")
        for key in ("measures", "other_measures")
        for item in node.items(key, [])
        for name in item.items("names")
    }
    sources = node.get("sources", dict)
    return ClassScheme(
        id=node.text("id"),
        version=node.text("version", ""),
        sources={source: _editions(sources.get(source, dict)) for source in sources.value},
        measure=node.text("measure") if node.has("measure") else None,
        note=node.text("note"),
        groups=groups,
        left_out=left_out,
        tree_measures=_flag(node, "tree_measures"),
        absent_is_zero=_flag(node, "absent_is_zero"),
        release_per_period=_flag(node, "release_per_period"),
        sums=dict(_sums(node, groups, parents)),
    )


def _editions(node: Node) -> Editions:
    node.only("first_edition", "last_edition", "adds_up_to", "lacks")
    first, last = (node.text(key) if node.has(key) else None for key in ("first_edition", "last_edition"))
    adds_up_to = tuple(item.value for item in node.items("adds_up_to", []))
    return Editions(first, last, adds_up_to, node.text("lacks", ""))


def _flag(node: Node, key: str) -> bool:
    return bool(node.get(key, bool, False).value)


def _group(node: Node, parents: Mapping[str, str | None]) -> ClassGroup:
    node.only("measure", "relation", "because", "is")
    measure = node.get("measure", (str, type(None))).value
    if measure is not None and measure not in parents:
        raise node.get("measure", str).refuse(f"{measure!r} is not a node of the tree")
    relation = ClassRelation(node.one_of("relation", {relation.value for relation in ClassRelation}))
    if (measure is None) != (relation is ClassRelation.NOT_COMPARABLE):
        raise node.refuse("a class without a node must be not_comparable, and every other class needs a node")
    because = node.text("because", "")
    if relation is not ClassRelation.EXACT and not because:
        raise node.refuse(f"a class that is {relation} needs a reason: add because")
    patterns = tuple(breakdown_parts(item.value) for item in node.items("is"))
    return ClassGroup(measure, relation, because, patterns)


def _sums(
    node: Node, groups: tuple[ClassGroup, ...], parents: Mapping[str, str | None]
) -> Iterator[tuple[str, SumRelation]]:
    sums = node.get("sums", dict, {})
    sums.only("exact", "broader", "narrower")
    formed = {above for group in groups if group.measure for above in _upwards(group.measure, parents)}
    for item in sums.items("exact", []):
        yield _formed(item, item.value, formed), SumRelation(ClassRelation.EXACT, "")
    for relation in (ClassRelation.BROADER, ClassRelation.NARROWER):
        written = sums.get(relation.value, dict, {})
        for name in written.value:
            yield _formed(written, name, formed), SumRelation(relation, written.text(name))


def _formed(place: Node, name: str, formed: set[str]) -> str:
    if name not in formed:
        raise place.refuse(f"no class of this scheme is at or below {name!r}, so nothing can be added up")
    return name


def _upwards(node: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    above: str | None = node
    while above is not None:
        yield above
        above = parents[above]
