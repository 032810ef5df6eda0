"""Measures as the program works with them, from `vocabularies/measures.yaml` and from the contracts.

Belongs here: mapping validated entries to measures. Does not belong here: what may be written in the file
(`civic_assets.contracts.models.vocabularies.measures`), and what a measure is
(`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import MEASURES
from civic_assets.contracts.known_names import vocabulary_file
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.model import Contract
from civic_assets.contracts.typed_file import built, read_valid, remembered
from civic_assets.harmonise.measures.vocabulary import (
    DefinitionVersion,
    Denominator,
    Measure,
    Polarity,
    Timing,
)
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation
from civic_assets.values.periods import Statistic

if TYPE_CHECKING:
    from civic_assets.contracts.models.measures import MeasureEntry
    from civic_assets.contracts.models.vocabularies.measures import MeasureVocabulary
    from civic_assets.contracts.problems import Problem

_CODE = ("harmonise/measures",)


def load_measures() -> Mapping[tuple[str, str | None], Measure]:
    """The vocabulary in the folder of contracts."""
    return _load(contracts_folder() / MEASURES.pattern)


@cache
def _load(file: Path) -> Mapping[tuple[str, str | None], Measure]:
    return read_measures(file)


def read_measures(file: Path) -> dict[tuple[str, str | None], Measure]:
    """Measures of a vocabulary file, by name and source; under source None the common entry.

    Args:
        file: A vocabulary of measures.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return built(MEASURES, file, _measures, dict, made_by=_CODE)


def _measures(shared: MeasureVocabulary) -> dict[tuple[str, str | None], Measure]:
    found: dict[tuple[str, str | None], Measure] = {}
    for name, entry in shared.measures.items():
        published = entry.published is not False
        found[name, None] = _measure(name, entry, shared, published=published)
        for source in entry.by_source or {}:
            found[name, source] = _measure(name, entry.meant_by(source), shared, published=published)
    return found


def own_measure(contract: Contract, name: str) -> Measure:
    """A measure of one source alone, from its contract.

    Args:
        contract: Contract that has it under `measures`.
        name: Name of the measure.

    Raises:
        ContractError: It names ages, a denominator or a numerator that neither the vocabulary nor the contract has.
    """
    written = json.dumps(dict(contract.measures), default=str)
    known = _own_measures(written, vocabulary_file())
    if name not in known:
        from civic_assets.contracts.problems import refused

        raise refused(contract.file, list(_problems(written, name, vocabulary_file())))
    return known[name]


@lru_cache(maxsize=64)
def _own_measures(written: str, file: Path) -> Mapping[str, Measure]:
    """Measures of a contract that lead somewhere, by name."""
    content = file.read_bytes()

    def make() -> dict[str, Measure]:
        shared: MeasureVocabulary = read_valid(MEASURES, file, content)
        return {
            name: _measure(name, entry, shared)
            for name, entry in _entries(written).items()
            if not any(_problems(written, name, file))
        }

    return remembered(("measures of a contract", written, content), make, dict, made_by=_CODE)


def _entries(written: str) -> dict[str, MeasureEntry]:
    from pydantic import TypeAdapter

    from civic_assets.contracts.models.measures import MeasureEntry

    return TypeAdapter(dict[str, MeasureEntry]).validate_json(written)


def _problems(written: str, name: str, file: Path) -> Iterator[Problem]:
    from civic_assets.contracts.models.vocabularies.measures import why_not_a_measure
    from civic_assets.contracts.models.whole_file import unknown

    shared: MeasureVocabulary = read_valid(MEASURES, file)
    entries = _entries(written)
    path, entry = f"customProperties(measures).{name}", entries[name]
    yield from why_not_a_measure(path, entry, shared)
    if entry.numerator is not None:
        reason = "{} is not a measure of the vocabulary or of this contract"
        known = {*shared.measures, *entries}
        yield from unknown(f"{path}.numerator", [entry.numerator], known, reason, "measures")


def _measure(name: str, entry: MeasureEntry, shared: MeasureVocabulary, *, published: bool = True) -> Measure:
    return Measure(
        name=name,
        unit_of_count=entry.unit_of_count,
        statistic=None if entry.statistic is None else Statistic(entry.statistic),
        definition=entry.definition,
        polarity=Polarity(entry.polarity or Polarity.NEUTRAL),
        because=entry.because or "",
        numerator=entry.numerator,
        rates={
            unit: _denominator(named, shared, per=shared.units[unit])
            for unit, named in (entry.rates or {}).items()
        },
        ages=_ages(entry.ages, shared),
        versions=tuple(
            DefinitionVersion(
                id=version.id,
                from_=version.from_,
                to=version.to,
                text=version.text,
                continues=version.continues is True,
                verified=version.verified is not False,
            )
            for version in entry.versions or ()
        ),
        published=published,
        population=None if entry.population is None else _denominator(entry.population, shared),
        lasting=entry.lasting is True,
    )


def _denominator(name: str, shared: MeasureVocabulary, *, per: int | None = None) -> Denominator:
    entry = shared.denominators[name]
    return Denominator(entry.measure, _ages(entry.ages, shared), Timing(entry.timing), entry.rule, per)


def _ages(name: str | None, shared: MeasureVocabulary) -> AgeBand | None:
    if name is None:
        return None
    entry = shared.ages[name]
    return AgeBand(entry.lo, entry.hi, AgeBasis(entry.basis), AgePopulation(entry.population))
