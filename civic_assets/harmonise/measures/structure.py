"""Which measures are parts of others, and which keys of breakdowns classify what is counted.

Belongs here: the sections `wholes` and `classes` of `vocabularies/measures.yaml`, the tree of recorded crime and the
identities of a contract, read as one structure. Does not belong here: what a measure is (`vocabulary`), demographic
groups (`civic_assets.harmonise.people.categories`), and what follows for a sum
(`civic_assets.harmonise.comparability`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import MEASURES
from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.contracts.typed_file import built
from civic_assets.harmonise.measures.recorded_crime import crime_tree

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.measures import MeasureVocabulary


@dataclass(frozen=True, slots=True)
class Whole:
    """A measure, and those that are counted in it too.

    Args:
        parts: Measures that exclude each other.
        inside: Measures that may share people or events with each other.
    """

    parts: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassKey:
    """A key of breakdowns that classifies what is counted.

    Args:
        because: Why two of its classes never hold the same event.
        until: First day on which they may; None if they never do.
        sources: Sources that use the key so; empty for all.
        beside_total: Whether a figure without the key does not include those with it.
    """

    because: str
    until: date | None = None
    sources: frozenset[str] = frozenset()
    beside_total: bool = False

    def excludes(self, source: str, end: date) -> bool:
        """Whether classes of a source exclude each other in a period that ends on a day."""
        return self.of(source) and (self.until is None or end <= self.until)

    def of(self, source: str) -> bool:
        """Whether a source uses the key so."""
        return not self.sources or source in self.sources


@dataclass(frozen=True, slots=True)
class MeasureStructure:
    """Wholes by measure, and class keys by name."""

    wholes: Mapping[str, Whole]
    classes: Mapping[str, ClassKey]


def structure() -> MeasureStructure:
    """The structure in the folder of contracts."""
    return _load(contracts_folder() / MEASURES.pattern)


@cache
def _load(file: Path) -> MeasureStructure:
    return built(MEASURES, file, _made, MeasureStructure, made_by=("harmonise/measures/structure.py",))


def _made(written: MeasureVocabulary) -> MeasureStructure:
    return MeasureStructure(
        {
            name: Whole(tuple(entry.parts or ()), tuple(entry.inside or ()))
            for name, entry in written.wholes.items()
        },
        {
            key: ClassKey(
                entry.because, entry.until, frozenset(entry.sources or ()), entry.beside_total is True
            )
            for key, entry in written.classes.items()
        },
    )


def part_of(part: str, whole: str, source: str) -> bool:
    """Whether a measure is counted in another one too.

    Args:
        part: The narrower measure.
        whole: The wider measure.
        source: Source of both, whose contract may declare more.
    """
    return part != whole and part in _all_inside(whole, source, contracts_folder())


def class_within(part: str, whole: str, source: str) -> bool:
    """Whether a measure is a class of another one: every one of it is one of the whole, recorded in the same way.

    A measure that is only counted `inside` another, such as knife crime, may come from a collection of its own.

    Args:
        part: The narrower measure.
        whole: The wider measure.
        source: Source of both.
    """
    parts = _wholes(source, contracts_folder()).get(whole)
    return parts is not None and any(
        one == part or class_within(part, one, source) for one in parts.parts if one != whole
    )


def shared_whole(a: str, b: str, source: str) -> str | None:
    """The smallest declared whole in which two measures are under different parts, so that they exclude each other.

    Args:
        a: One measure.
        b: The other.
        source: Source of both.

    Returns:
        The whole; None if no whole is declared that keeps them apart.
    """
    return _shared_whole(a, b, source, contracts_folder())


@cache
def _shared_whole(a: str, b: str, source: str, folder: Path) -> str | None:
    found = []
    for whole, entry in _wholes(source, folder).items():
        tops = [
            {part for part in entry.parts if name == part or part_of(name, part, source)} for name in (a, b)
        ]
        if tops[0] and tops[1] and not tops[0] & tops[1]:
            found.append(whole)
    return min(found, key=lambda one: len(_all_inside(one, source, folder)), default=None)


def makes_up(parts: frozenset[str], whole: str, source: str) -> bool:
    """Whether some parts are all the parts that a whole is declared to have."""
    entry = _wholes(source, contracts_folder()).get(whole)
    return entry is not None and frozenset(entry.parts) == parts


def wholes_of(measure: str, source: str) -> Iterator[str]:
    """Measures that a measure is counted in too, in the order of their declaration."""
    for whole in _wholes(source, contracts_folder()):
        if part_of(measure, whole, source):
            yield whole


@cache
def _all_inside(whole: str, source: str, folder: Path) -> frozenset[str]:
    found: set[str] = set()
    ahead = [whole]
    while ahead:
        entry = _wholes(source, folder).get(ahead.pop(), Whole())
        new = {*entry.parts, *entry.inside} - found - {whole}
        found |= new
        ahead += new
    return frozenset(found)


@cache
def _wholes(source: str, folder: Path) -> Mapping[str, Whole]:
    found = dict(_load(folder / MEASURES.pattern).wholes)
    for whole, parts in (*_crime_groups(), *_identities(source)):
        known = found.get(whole, Whole())
        if not known.parts:
            found[whole] = Whole(parts, known.inside)
    return found


def _crime_groups() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Groups of the tree of recorded crime: an offence has one class, so groups below one node exclude each other."""
    parents = crime_tree().parents
    for node in parents:
        below = tuple(child for child, parent in parents.items() if parent == node)
        if below:
            yield node, below


def _identities(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Totals that a source's contract says are the sums of other measures."""
    contract = load_contracts().get(source)
    for rule in () if contract is None else contract.rules:
        if rule.kind == "identity":
            terms = [rule.options["total"], *rule.options["parts"]]
            if all(isinstance(term, str) or set(term) <= {"measure"} for term in terms):
                total, *parts = (term if isinstance(term, str) else str(term["measure"]) for term in terms)
                yield total, tuple(parts)


def adds_up_over(source: str, key: str, words: frozenset[str]) -> bool:
    """Whether a source's contract says that a measure is the sum over a key of breakdowns, these groups among them.

    Args:
        source: The source.
        key: Key of its breakdowns, e.g. `phase`.
        words: Groups of that key.
    """
    contract = load_contracts().get(source)
    return contract is not None and any(
        rule.kind == "sum"
        and key in _listed(rule.options["over"])
        and words <= frozenset(rule.options.get("values") or words)
        for rule in contract.rules
    )


def _listed(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written
