"""Indicators: what the report's Table 1 counts, about which people, per what, and from which published figures.

Belongs here: what an indicator is, and mapping the entries of `vocabularies/indicators.yaml` to it. Does not belong
here: what may be written in the file (`civic_assets.contracts.models.vocabularies.indicators`), picking the figures
out of releases and dividing them (`civic_assets.publish.profiles.area_profile`), and definitions of measures
(`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from civic_assets.contracts.file_kinds import INDICATORS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.values.periods import Statistic

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.indicators import (
        IndicatorEntry,
        IndicatorVocabulary,
        SeriesEntry,
    )

Role = Literal["count", "rate", "denominator", "bound"]
_ROLES: Mapping[str, Role] = {
    "count": "count",
    "rates": "rate",
    "denominators": "denominator",
    "bounds": "bound",
}


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """Series that gives a role its figure; if it has several terms, they add up and all of them are needed.

    Args:
        role: `count`, `rate`, `denominator`, or `bound` (the part of a rate that is known).
        position: Position of the series among those of its role; the first with a figure is used.
        terms: (measure, breakdown) of the observations that add up to the figure.
        ages, of: For a denominator, which ages of which people. For other figures, `ages` is set if its series differ.
        caveats: Caveats that belong to figures of this series alone.
        title: Title of a row with this figure; empty if the indicator's title is true of it.
    """

    role: Role
    position: int
    source: str
    unit: str
    terms: tuple[tuple[str, str], ...]
    ages: str
    of: str
    caveats: tuple[str, ...] = ()
    title: str = ""

    @property
    def measure(self) -> str:
        """Name of the measure; several are joined by `+`."""
        return "+".join(dict.fromkeys(measure for measure, _ in self.terms))

    @property
    def breakdown(self) -> str:
        """Breakdown of the figure; an age band by its first and last year."""
        breakdowns = list(dict.fromkeys(breakdown for _, breakdown in self.terms))
        if len(breakdowns) == 1:
            return breakdowns[0]
        return f"age={breakdowns[0].removeprefix('age=')}-{breakdowns[-1].removeprefix('age=')}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of Table 1, for any area.

    Args:
        name: Its key.
        position: Row of the table, from 1.
        per: Number that the rate is per, e.g. 10,000.
        events: Whether its count is of events over a period, so that a Poisson interval is meaningful; a count of
            people on one day is not.
        published_by: Type of the areas that have figures; empty for local authorities.
        no_figure, no_count, no_rate, no_denominator: Why that is missing; empty if it is not always missing.
        no_district_figure: Why districts of a county have no figure; empty if they can have one.
        same_base_as: Indicator with the same denominator, so that two printed counts can check one base.
        caveats: Caveats of every figure of it.
        report_notes: Why the report's Table 1 and the publishers' figures cannot agree.
    """

    name: str
    position: int
    title: str
    report_label: str
    unit_of_count: str
    ages: str
    age_basis: str
    definition: str
    unit_of_rate: str
    per: int
    events: bool
    series: tuple[IndicatorSeries, ...]
    published_by: str = ""
    no_figure: str = ""
    no_district_figure: str = ""
    no_count: str = ""
    no_rate: str = ""
    no_denominator: str = ""
    same_base_as: str = ""
    caveats: tuple[str, ...] = ()
    report_notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicators:
    """All indicators, and the areas whose figures are shown with every authority's."""

    all: tuple[Indicator, ...]
    london: str
    england: str


def read_indicators(file: Path) -> Indicators:
    """The indicators of a vocabulary file.

    Args:
        file: Such a vocabulary.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    written: IndicatorVocabulary = read_valid(INDICATORS, file)
    entries = enumerate(written.indicators.items(), 1)
    return Indicators(
        tuple(_indicator(name, position, entry) for position, (name, entry) in entries),
        written.comparators.london,
        written.comparators.england,
    )


@cache
def indicators() -> Indicators:
    """The indicators that ship."""
    return read_indicators(contracts_folder() / INDICATORS.pattern)


def _indicator(name: str, position: int, entry: IndicatorEntry) -> Indicator:
    return Indicator(
        name=name,
        position=position,
        title=entry.title.strip(),
        report_label=entry.report_label.strip(),
        unit_of_count=entry.unit_of_count,
        ages=entry.ages,
        age_basis=entry.age_basis,
        definition=entry.definition.strip(),
        unit_of_rate=entry.unit_of_rate,
        per=entry.per,
        events=entry.events is not False and _over_a_period(entry),
        series=tuple(
            _series(role, place, one)
            for key, role in _ROLES.items()
            for place, one in enumerate(getattr(entry, key) or (), 1)
        ),
        published_by=_text(entry.published_by),
        no_figure=_text(entry.no_figure),
        no_district_figure=_text(entry.no_district_figure),
        no_count=_text(entry.no_count),
        no_rate=_text(entry.no_rate),
        no_denominator=_text(entry.no_denominator),
        same_base_as=_text(entry.same_base_as),
        caveats=tuple(entry.caveats or ()),
        report_notes=tuple(entry.report_notes or ()),
    )


def _over_a_period(entry: IndicatorEntry) -> bool:
    """Whether what it counts, or has a rate of, happens over a period, as the vocabulary of measures says."""
    names = {
        (series.source, measure)
        for series in (_series("count", 0, one) for one in (*(entry.count or ()), *(entry.rates or ())))
        for measure, _ in series.terms
    }
    found = [measure_of(measure, source) for source, measure in names]
    counted = [
        measure_of(one.numerator, source) if one is not None and one.numerator else one
        for one, (source, _) in zip(found, names, strict=True)
    ]
    return all(one is None or one.statistic is Statistic.FLOW for one in counted)


def _text(written: str | None) -> str:
    return (written or "").strip()


def _series(role: Role, position: int, entry: SeriesEntry) -> IndicatorSeries:
    return IndicatorSeries(
        role, position, entry.source, entry.unit, tuple(_terms(entry)), entry.ages or "", entry.of or "",
        tuple(entry.caveats or ()), _text(entry.title),
    )  # fmt: skip


def _terms(entry: SeriesEntry) -> Iterator[tuple[str, str]]:
    if entry.sum_of is not None:
        yield from ((term.measure, term.breakdown) for term in entry.sum_of)
    elif entry.ages_summed is not None:
        first, last = entry.ages_summed
        yield from ((str(entry.measure), f"age={age}") for age in range(first, last + 1))
    else:
        yield str(entry.measure), str(entry.breakdown)
