"""The tree of recorded crime and the schemes of classes, from `vocabularies/recorded_crime.yaml`.

Belongs here: mapping validated entries to `CrimeTree`. Does not belong here: what may be written in the file
(`civic_assets.contracts.models.vocabularies.recorded_crime`), and asking the tree
(`civic_assets.harmonise.measures.recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import RECORDED_CRIME
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import built
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

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.recorded_crime import (
        ClassGroupEntry,
        EditionsEntry,
        RecordedCrimeVocabulary,
        SchemeEntry,
        SumsEntry,
    )


def load_tree() -> CrimeTree:
    """The tree in the folder of contracts."""
    return _load(contracts_folder())


@cache
def _load(folder: Path) -> CrimeTree:
    return read_tree(folder / RECORDED_CRIME.pattern)


def read_tree(file: Path) -> CrimeTree:
    """The tree in a file.

    Args:
        file: A vocabulary of recorded crime.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    code = ("harmonise/measures/crime_schemes.py", "harmonise/measures/crime_tree.py")
    return built(RECORDED_CRIME, file, _tree, CrimeTree, made_by=code)


def _tree(written: RecordedCrimeVocabulary) -> CrimeTree:
    return CrimeTree(
        parents=dict(written.tree),
        versions=tuple(
            TreeVersion(one.id, one.from_, one.to, one.changes, one.verified is not False)
            for one in written.versions
        ),
        schemes=tuple(_scheme(one, written) for one in written.schemes),
    )


def _scheme(entry: SchemeEntry, written: RecordedCrimeVocabulary) -> ClassScheme:
    left_out = [*(entry.measures or ()), *(entry.other_measures or ())]
    return ClassScheme(
        id=entry.id,
        version=entry.version or "",
        sources={source: _editions(one) for source, one in entry.sources.items()},
        measure=entry.measure,
        note=entry.note,
        groups=tuple(map(_group, written.groups_of(entry))),
        left_out={name: one.because for one in left_out for name in one.names},
        tree_measures=entry.tree_measures is True,
        absent_is_zero=entry.absent_is_zero is True,
        release_per_period=entry.release_per_period is True,
        sums=dict(_sums(entry.sums)) if entry.sums else {},
    )


def _editions(entry: EditionsEntry) -> Editions:
    return Editions(entry.first_edition, entry.last_edition, tuple(entry.adds_up_to or ()), entry.lacks or "")


def _group(entry: ClassGroupEntry) -> ClassGroup:
    patterns = tuple(map(breakdown_parts, entry.is_))
    return ClassGroup(entry.measure, ClassRelation(entry.relation), entry.because or "", patterns)


def _sums(entry: SumsEntry) -> Iterator[tuple[str, SumRelation]]:
    for node in entry.exact or ():
        yield node, SumRelation(ClassRelation.EXACT, "")
    for relation, nodes in (
        (ClassRelation.BROADER, entry.broader),
        (ClassRelation.NARROWER, entry.narrower),
    ):
        for node, because in (nodes or {}).items():
            yield node, SumRelation(relation, because)
