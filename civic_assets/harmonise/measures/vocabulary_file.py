"""Reading `vocabularies/measures.yaml`, and refusing an entry that names something that does not exist.

Belongs here: the file in, measures out, every mistake named with its position. Does not belong here: what a measure is
(`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.known_names import vocabulary_file
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.model import Contract
from civic_assets.harmonise.measures.vocabulary import (
    UNITS_OF_COUNT,
    UNSTATED,
    DefinitionVersion,
    Denominator,
    Measure,
    Polarity,
    Timing,
)
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation
from civic_assets.values.periods import Statistic


def load_measures() -> Mapping[tuple[str, str | None], Measure]:
    """The vocabulary in the folder of contracts."""
    return _load(contracts_folder() / "vocabularies" / "measures.yaml")


@cache
def _load(file: Path) -> Mapping[tuple[str, str | None], Measure]:
    return read_measures(file)


_OVERRIDES = (
    "unit_of_count",
    "statistic",
    "definition",
    "polarity",
    "because",
    "numerator",
    "rates",
    "ages",
    "versions",
)


def read_measures(file: Path) -> dict[tuple[str, str | None], Measure]:
    """Measures in a vocabulary file.

    Raises:
        ContractError: A key is unknown, a value has the wrong type, versions overlap, or a numerator or denominator is
            not a measure of the file.
    """
    top = read_document(file, file.read_bytes())
    top.only("units", "ages", "denominators", "measures")
    parts = _parts_of(top)
    written, denominators = top.get("denominators", dict), parts.denominators
    entries = top.get("measures", dict)
    found: dict[tuple[str, str | None], Measure] = {}
    for name in entries.value:
        entry = entries.get(name, dict)
        entry.only(*_OVERRIDES, "by_source", "published")
        found[name, None] = _measure(name, entry, parts)
        for source in entry.get("by_source", dict, {}).value:
            own = entry.get("by_source", dict).get(source, dict)
            own.only(*_OVERRIDES)
            common = {key: value for key, value in entry.value.items() if key != "by_source"}
            merged = Node(file, own.path, {**common, **own.value})
            found[name, source] = _measure(name, merged, parts)
    for measure, place in _named(found, entries, denominators, written):
        if measure not in entries.value and measure != UNSTATED:
            raise place.refuse(f"{measure!r} is not a measure of this file: add it, or correct the name")
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts that entries refer to by name: the number that a rate is per, ages, denominators."""

    units: Mapping[str, int]
    ages: Mapping[str, AgeBand]
    denominators: Mapping[str, Denominator]


def _parts_of(top: Node) -> _Parts:
    units = {name: int(top.get("units", dict).get(name, int).value) for name in top.get("units", dict).value}
    ages = {name: _ages(top.get("ages", dict).get(name, dict)) for name in top.get("ages", dict).value}
    written = top.get("denominators", dict)
    return _Parts(units, ages, {name: _denominator(written.get(name, dict), ages) for name in written.value})


@cache
def _shared_parts(file: Path) -> _Parts:
    return _parts_of(read_document(file, file.read_bytes()))


def own_measure(contract: Contract, name: str) -> Measure:
    """A measure of one source alone, from its contract.

    Args:
        contract: Contract that has it under `measures`.
        name: Its name.

    Raises:
        ContractError: It names ages, a denominator or a numerator that neither the vocabulary nor the contract has.
    """
    parts = _shared_parts(vocabulary_file())
    entry = Node(contract.file, f"customProperties(measures).{name}", contract.measures[name])
    defaults = {"polarity": str(Polarity.NEUTRAL)}
    measure = _measure(name, Node(entry.file, entry.path, {**defaults, **entry.value}), parts, shared=False)
    known = {*(one for one, _ in load_measures()), *contract.measures}
    if measure.numerator is not None and measure.numerator not in known:
        raise entry.get("numerator", str).refuse(
            f"{measure.numerator!r} is not a measure of the vocabulary or of this contract: add it, or correct the name"
        )
    return measure


def _named(
    found: Mapping[tuple[str, str | None], Measure],
    entries: Node,
    denominators: Mapping[str, Denominator],
    written: Node,
) -> Iterator[tuple[str, Node]]:
    """Measures that others name, each with the position of the name."""
    for (name, _), measure in found.items():
        if measure.numerator is not None:
            yield measure.numerator, entries.get(name, dict).get("numerator", str, "")
    for name, denominator in denominators.items():
        yield denominator.measure, written.get(name, dict).get("measure", str)


def _ages(node: Node) -> AgeBand:
    node.only("lo", "hi", "basis", "population")
    lo, hi = node.get("lo", int).value, node.get("hi", (int, type(None))).value
    basis = node.one_of("basis", {basis.value for basis in AgeBasis})
    population = node.one_of("population", {population.value for population in AgePopulation})
    try:
        return AgeBand(lo, hi, AgeBasis(basis), AgePopulation(population))
    except ValueError as error:
        raise node.refuse(str(error)) from None


def _denominator(node: Node, ages: Mapping[str, AgeBand]) -> Denominator:
    node.only("measure", "ages", "timing", "rule")
    timing = Timing(node.one_of("timing", {timing.value for timing in Timing}))
    return Denominator(node.text("measure"), _named_ages(node, ages), timing, node.text("rule"))


def _named_ages(node: Node, ages: Mapping[str, AgeBand]) -> AgeBand | None:
    return ages[node.one_of("ages", ages)] if node.has("ages") else None


def _measure(name: str, node: Node, parts: _Parts, *, shared: bool = True) -> Measure:
    statistics = {statistic.value for statistic in Statistic}
    stated = shared or node.has("statistic")
    statistic = Statistic(node.one_of("statistic", statistics)) if stated else None
    rates = {
        unit: _rate(node, unit, parts.units, parts.denominators) for unit in node.get("rates", dict, {}).value
    }
    if statistic in (Statistic.RATE, Statistic.CHANGE) and not node.has("numerator"):
        raise node.refuse(f"a {statistic} needs a numerator: the measure that it is a {statistic} of")
    if statistic is Statistic.RATE and not rates:
        raise node.refuse("a rate needs rates: what it is divided by in each of its units")
    return Measure(
        name=name,
        unit_of_count=node.one_of("unit_of_count", set(UNITS_OF_COUNT))
        if shared
        else node.text("unit_of_count"),
        statistic=statistic,
        definition=node.text("definition"),
        polarity=Polarity(node.one_of("polarity", {polarity.value for polarity in Polarity})),
        because=node.text("because", ""),
        numerator=node.text("numerator") if node.has("numerator") else None,
        rates=rates,
        ages=_named_ages(node, parts.ages),
        versions=_versions(node),
        published=bool(node.get("published", bool, True).value),
    )


def _rate(
    node: Node, unit: str, units: Mapping[str, int], denominators: Mapping[str, Denominator]
) -> Denominator:
    if unit not in units:
        raise node.get("rates", dict).refuse(f"{unit!r} is not one of the units: {', '.join(sorted(units))}")
    common = denominators[node.get("rates", dict).one_of(unit, denominators)]
    return Denominator(common.measure, common.ages, common.timing, common.date_rule, units[unit])


def _versions(node: Node) -> tuple[DefinitionVersion, ...]:
    versions: list[DefinitionVersion] = []
    for item in node.items("versions", []):
        item.only("id", "from", "to", "text", "continues", "verified")
        version = DefinitionVersion(
            id=item.text("id"),
            from_=item.get("from", date, None).value,
            to=item.get("to", date, None).value,
            text=item.text("text"),
            continues=bool(item.get("continues", bool, False).value),
            verified=bool(item.get("verified", bool, True).value),
        )
        if versions and (version.from_ is None or version.from_ != versions[-1].to):
            raise item.refuse(
                f"starts at {version.from_}, but the version before it ends at {versions[-1].to}: versions follow each "
                "other without gaps or overlaps"
            )
        if version.from_ is not None and version.to is not None and version.to <= version.from_:
            raise item.refuse(f"ends at {version.to}, before it starts at {version.from_}")
        versions.append(version)
    return tuple(versions)
