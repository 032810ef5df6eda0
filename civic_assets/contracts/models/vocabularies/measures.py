"""`measures.yaml`: what is measured, for all sources together.

Belongs here: the keys of the file, and that each name in it leads to an entry. Does not belong here: one entry as a
contract may write it too (`civic_assets.contracts.models.measures`), and what the program works with
(`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.known_names import UNITS_OF_COUNT
from civic_assets.contracts.models.base import Because, Day, Entry, Text, Whole, YesNo, word_of
from civic_assets.contracts.models.layout import StatisticWord
from civic_assets.contracts.models.measures import DefinitionVersionEntry, MeasureEntry, PolarityWord
from civic_assets.contracts.models.whole_file import WholeFile, unknown
from civic_assets.contracts.problems import Problem
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation
from civic_assets.values.periods import Statistic

UnitOfCount = Annotated[str, *word_of(lambda: UNITS_OF_COUNT, "units of count")]
Basis = Annotated[str, *word_of(lambda: tuple(map(str, AgeBasis)), "bases of age")]
Population = Annotated[str, *word_of(lambda: tuple(map(str, AgePopulation)), "populations")]
TimingWord = Literal["mid_year_named", "mid_year_before", "own_period", "census_in_period", "unstated"]
"""When a denominator was counted."""
UNSTATED = "unstated"
"""The measure of a denominator that the publisher does not name."""


class AgesEntry(Entry):
    """A band of ages: from `lo` up to, not including, `hi` (null if it is open-ended)."""

    lo: Whole
    hi: Whole | None
    basis: Basis
    population: Population

    @model_validator(mode="after")
    def _is_a_band(self) -> AgesEntry:
        try:
            AgeBand(self.lo, self.hi, AgeBasis(self.basis), AgePopulation(self.population))
        except ValueError as error:
            raise PydanticCustomError("ages", "{error}", {"error": str(error)}) from None
        return self


class DenominatorEntry(Entry):
    """What a rate is divided by."""

    measure: Text
    ages: Text | None = None
    timing: TimingWord
    rule: Text


class SourceMeaning(Entry):
    """How the measure of one source differs from the entry that all sources share."""

    unit_of_count: UnitOfCount | None = None
    statistic: StatisticWord | None = None
    definition: Text | None = None
    polarity: PolarityWord | None = None
    because: Because | None = None
    numerator: Text | None = None
    rates: dict[str, str] | None = None
    ages: Text | None = None
    versions: list[DefinitionVersionEntry] | None = None
    population: Text | None = None
    lasting: YesNo | None = None


class SharedMeasure(MeasureEntry):
    """A measure that several sources may have."""

    unit_of_count: UnitOfCount
    statistic: StatisticWord
    polarity: PolarityWord
    published: YesNo | None = Field(
        default=None,
        description="false: no source prints it; it is a numerator, a denominator or a question.",
    )
    by_source: dict[str, SourceMeaning] | None = None

    def meant_by(self, source: str) -> MeasureEntry:
        """The entry as one source means it.

        Args:
            source: Name under `by_source`.
        """
        own = (self.by_source or {})[source]
        return self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


class WholeEntry(Entry):
    """Measures that are counted in another one too."""

    parts: list[Text] | None = Field(default=None, description="Measures that exclude each other.")
    inside: list[Text] | None = Field(
        default=None, description="Measures that may share people or events with each other."
    )


class ClassesEntry(Entry):
    """A key of breakdowns that classifies what is counted: two classes never hold the same event."""

    because: Because
    until: Day | None = Field(
        default=None,
        description="First day on which classes of the key may overlap; never if it is not given.",
    )
    sources: list[Text] | None = Field(
        default=None, description="Sources that use the key so; all if not given."
    )
    beside_total: YesNo | None = Field(
        default=None, description="A figure without the key does not include those with it."
    )


class MeasureVocabulary(WholeFile):
    """Units of rates, ages, denominators and measures, each by name, and how they are parts of each other."""

    units: dict[str, Annotated[Whole, Field(gt=0)]] = Field(description="What a rate is per.")
    ages: dict[str, AgesEntry]
    denominators: dict[str, DenominatorEntry]
    wholes: dict[str, WholeEntry] = Field(
        default_factory=dict, description="By a measure: the measures that are counted in it too."
    )
    classes: dict[str, ClassesEntry] = Field(
        default_factory=dict, description="Keys of breakdowns that classify what is counted."
    )
    measures: dict[str, SharedMeasure]

    def contradictions(self) -> Iterator[Problem]:
        """Every name in the file leads to an entry, and rates say what they are of."""
        for name, whole in self.wholes.items():
            named = [name, *(whole.parts or ()), *(whole.inside or ())]
            yield from unknown(f"wholes.{name}", named, self.measures, _NO_MEASURE, "measures")
            if name in named[1:]:
                yield Problem(f"wholes.{name}", f"{name} is a part of itself")
        for name, denominator in self.denominators.items():
            path = f"denominators.{name}"
            if denominator.ages is not None:
                yield from unknown(f"{path}.ages", [denominator.ages], self.ages, _NOT_AGES, "ages")
            known = [*self.measures, UNSTATED]
            yield from unknown(f"{path}.measure", [denominator.measure], known, _NO_MEASURE, "measures")
        for name, entry in self.measures.items():
            common = list(self._entry(f"measures.{name}", entry))
            yield from common
            said = {problem.reason for problem in common}
            for source in entry.by_source or {}:
                path = f"measures.{name}.by_source.{source}"
                for problem in self._entry(path, entry.meant_by(source)):
                    # What is wrong with the common entry is not wrong again for each source.
                    if problem.reason not in said:
                        yield problem

    def _entry(self, path: str, entry: MeasureEntry) -> Iterator[Problem]:
        yield from why_not_a_measure(path, entry, self)
        if entry.numerator is not None:
            known = [*self.measures, UNSTATED]
            yield from unknown(f"{path}.numerator", [entry.numerator], known, _NO_MEASURE, "measures")


_NO_MEASURE = "{} is not a measure of this file: add it, or correct the name"
_NOT_AGES = "{} is not one of the ages of this file"


def why_not_a_measure(path: str, entry: MeasureEntry, shared: MeasureVocabulary) -> Iterator[Problem]:
    """What is wrong with one entry, of the vocabulary or of a contract.

    Args:
        path: Place of the entry.
        entry: What is written there.
        shared: Vocabulary that has its units, ages and denominators.
    """
    for unit, denominator in (entry.rates or {}).items():
        yield from unknown(f"{path}.rates", [unit], shared.units, "{} is not one of the units", "units")
        reason = "{} is not one of the denominators"
        yield from unknown(f"{path}.rates.{unit}", [denominator], shared.denominators, reason, "denominators")
    if entry.ages is not None:
        yield from unknown(f"{path}.ages", [entry.ages], shared.ages, _NOT_AGES, "ages")
    if entry.population is not None:
        reason = "{} is not one of the denominators"
        yield from unknown(
            f"{path}.population", [entry.population], shared.denominators, reason, "denominators"
        )
    if entry.statistic in (Statistic.RATE, Statistic.CHANGE) and entry.numerator is None:
        yield Problem(path, f"a {entry.statistic} needs a numerator: the measure that it is of")
    if entry.statistic == Statistic.RATE and not entry.rates:
        yield Problem(path, "a rate needs rates: what it is divided by in each of its units")
    yield from _versions(f"{path}.versions", entry.versions or [])


def _versions(path: str, versions: list[DefinitionVersionEntry]) -> Iterator[Problem]:
    before: DefinitionVersionEntry | None = None
    for index, version in enumerate(versions):
        place = f"{path}[{index}]"
        if before is not None and (version.from_ is None or version.from_ != before.to):
            yield Problem(
                place,
                f"starts on {version.from_}, but the version before it ends on {before.to}: versions follow each "
                "other without gaps or overlaps",
            )
        if version.from_ is not None and version.to is not None and version.to <= version.from_:
            yield Problem(place, f"ends on {version.to}, not after it starts on {version.from_}")
        before = version
