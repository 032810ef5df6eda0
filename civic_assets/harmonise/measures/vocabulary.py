"""What is measured: unit of count, numerator, denominator, definition and its versions, polarity.

Belongs here: what a measure is in general, and for one source. Does not belong here: reading the vocabulary
(`civic_assets.harmonise.measures.vocabulary_file`), whether two measures may be compared
(`civic_assets.harmonise.comparability.verdict`), and which classes of crime make up a measure
(`civic_assets.harmonise.measures.recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from civic_assets.contracts.load import load_contracts
from civic_assets.values.ages import AgeBand
from civic_assets.values.periods import Statistic

UNSTATED = "unstated"
"""Measure of a denominator that the publisher does not name; it equals no other, not even itself."""


class Polarity(StrEnum):
    """Direction in which a measure gets worse."""

    HIGHER_IS_WORSE = "higher_is_worse"
    HIGHER_IS_BETTER = "higher_is_better"
    NEUTRAL = "neutral"


class Timing(StrEnum):
    """When a denominator was counted, relative to the figure that it divides."""

    MID_YEAR_NAMED = "mid_year_named"
    MID_YEAR_BEFORE = "mid_year_before"
    OWN_PERIOD = "own_period"
    CENSUS_IN_PERIOD = "census_in_period"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Denominator:
    """Denominator of a rate.

    Args:
        measure: Measure below the line; `UNSTATED` if the publisher does not say.
        ages: Ages of the people in it; None if it is not about ages.
        timing: When it was counted.
        date_rule: The same as a sentence.
        per: Number of it that a rate is per, e.g. 1000; None for a denominator that is not bound to a unit.
    """

    measure: str
    ages: AgeBand | None
    timing: Timing
    date_rule: str
    per: int | None = None

    @property
    def stated(self) -> bool:
        """Whether the publisher says what it divides by."""
        return self.measure != UNSTATED


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """What a measure meant on the days `[from_, to)`; an open end is None.

    Args:
        id: Id within the measure.
        from_: First day.
        to: Day after the last.
        text: Differences from the other versions.
        continues: Whether figures continue across its first day, because only words or finer parts changed.
        verified: Whether the day and the change are known from the publisher's own words.
    """

    id: str
    from_: date | None
    to: date | None
    text: str
    continues: bool = False
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, as defined by one source.

    Args:
        name: In the common vocabulary.
        unit_of_count: What one of it is, e.g. `persons`.
        statistic: Statistic of its count; rate or change if it is never a count.
        definition: A sentence.
        polarity: Direction in which it gets worse.
        because: Reason, if the polarity is a choice or needs a caution.
        numerator: Measure that a share, rate or change is of.
        rates: Denominator by unit, for the units in which it is a rate.
        ages: Ages of the people counted; None if it is not about ages.
        versions: Versions, oldest first, without gaps or overlaps.
        published: Whether some source prints it.
        population: The people among whom it is counted, if no published rate says so.
        lasting: Whether one of it may be counted in two periods.
    """

    name: str
    unit_of_count: str
    statistic: Statistic | None
    definition: str
    polarity: Polarity = Polarity.NEUTRAL
    because: str = ""
    numerator: str | None = None
    rates: Mapping[str, Denominator] = field(default_factory=dict)
    ages: AgeBand | None = None
    versions: tuple[DefinitionVersion, ...] = ()
    published: bool = True
    population: Denominator | None = None
    lasting: bool = False

    @property
    def denominator(self) -> Denominator | None:
        """What it is divided by, if it is always a rate; None for a count, see `denominator_for`."""
        if self.statistic is not Statistic.RATE or not self.rates:
            return None
        return next(iter(self.rates.values()))

    def denominator_for(self, unit: str) -> Denominator | None:
        """What a figure in a unit was divided by; None for a count.

        Args:
            unit: Unit of the figure, e.g. `per_1000_population`.
        """
        return self.rates.get(unit)

    def versions_in(self, start: date, end: date) -> tuple[DefinitionVersion, ...]:
        """Versions in force on at least one day of `[start, end)`, oldest first."""
        return tuple(
            version
            for version in self.versions
            if (version.from_ is None or version.from_ < end) and (version.to is None or version.to > start)
        )


def measure_of(name: str, source: str | None = None) -> Measure | None:
    """A measure as a source defines it; None if neither the vocabulary nor the source's contract has it.

    Args:
        name: Name in the common vocabulary.
        source: Source whose differences from the common entry apply. A measure of one source alone is described in its
            contract, which may say everything that an entry of the vocabulary may.

    Raises:
        ContractError: The contract's entry names something that does not exist; names file, path and reason.
    """
    found = measures()
    if (name, source) in found:
        return found[name, source]
    if (name, None) in found:
        return found[name, None]
    contract = load_contracts().get(source or "")
    if contract is None or name not in contract.measures:
        return None
    from civic_assets.harmonise.measures.vocabulary_file import own_measure

    return own_measure(contract, name)


def measures() -> Mapping[tuple[str, str | None], Measure]:
    """All measures of the vocabulary by name and source; the common entry has the source None."""
    from civic_assets.harmonise.measures.vocabulary_file import load_measures

    return load_measures()
