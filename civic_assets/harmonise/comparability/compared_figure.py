"""One figure of a series, with everything that decides which figures it may be compared with.

Belongs here: what a series is. Does not belong here: how a figure is named (`civic_assets.harmonise.figures.names`),
looking one up in the read model (`civic_assets.publish.queries.compare`) and deciding
(`civic_assets.harmonise.comparability.verdict`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.answers.words import FigureQuality
from civic_assets.errors import UsageError
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation, parse_ages
from civic_assets.values.period_words import spoken_period
from civic_assets.values.periods import LENGTHS, Period, PeriodKind, Statistic
from civic_assets.values.plain_words import breakdown_words, measure_words

if TYPE_CHECKING:
    from civic_assets.harmonise.areas.register import AreaFacts
    from civic_assets.harmonise.measures.vocabulary import Measure
    from civic_assets.harmonise.notes.figures import NoteEffect

COMPARED_WITH = "compared_with"
"""Key of a breakdown that names the period that a change is measured from."""


def kind_by_length(start: date, end: date) -> PeriodKind:
    """Kind of a period of which only the days are known.

    Raises:
        UsageError: No kind of period has that length.
    """
    days = (end - start).days
    for kind in (
        PeriodKind.POINT_IN_TIME,
        PeriodKind.MONTH,
        PeriodKind.QUARTER,
        PeriodKind.ROLLING_YEAR,
        PeriodKind.TERM,
    ):
        shortest, longest = LENGTHS[kind]
        if shortest <= days <= longest:
            return kind
    raise UsageError(
        f"{start}/{end} is {days} days long, which is not a day, month, quarter, term or year. Check both dates: the "
        "end is the day after the last day."
    )


def ages_of_group(definition: Measure, breakdown: str) -> AgeBand | None:
    """Ages that a figure covers, as stated by its breakdown or else by its measure.

    Args:
        definition: Definition of its measure.
        breakdown: Its breakdown, `total` or `key=value;...`.
    """
    for part in breakdown.split(";"):
        years = parse_ages(part) if part.startswith("age=") else None
        if years:
            like = definition.ages
            basis, whose = (
                (like.basis, like.population) if like else (AgeBasis.ON_THE_DAY, AgePopulation.RESIDENTS)
            )
            return AgeBand(*years, basis, whose)
    return definition.ages


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure of one series.

    Args:
        definition: Definition of the measure, from the vocabulary.
        area: Facts about the area as printed; an unknown code has no dates.
        ages: Age band of the figure, if it has one.
        published: Whether the read model has the figure. If not, only what its source says is judged.
        modelled: Whether it was computed by a model rather than published.
        corrected_value: Value according to a registered correction; `value` stays as printed.
        notes: Effects of publishers' notes that concern it.
        ground: Facts about the area whose ground it covers, where that is not the area as printed.
    """

    name: str
    source: str
    measure: str
    definition: Measure
    area: AreaFacts
    period: Period
    statistic: Statistic
    unit: str
    breakdown: str = "total"
    ages: AgeBand | None = None
    release: str | None = None
    value: float | None = None
    status: str | None = None
    quality: FigureQuality | None = None
    published: bool = True
    modelled: bool = False
    corrected_value: float | None = None
    correction_id: str | None = None
    notes: tuple[NoteEffect, ...] = ()
    ground: AreaFacts | None = None

    @property
    def place(self) -> AreaFacts:
        """The area whose ground it covers."""
        return self.ground or self.area

    @property
    def is_count(self) -> bool:
        """Whether it is a number of something, which adds up, rather than a share or a rate."""
        return self.unit == "count"

    @property
    def compared_with(self) -> Period | None:
        """Period that a published change is measured from: as its breakdown says, or else the year before."""
        if self.statistic is not Statistic.CHANGE:
            return None
        parts = (part.partition("=") for part in self.breakdown.split(";"))
        stated = next((days for key, _, days in parts if key == COMPARED_WITH), None)
        if stated is None:
            return self.period.year_before()
        start, end = (date.fromisoformat(day) for day in stated.split("/"))
        return Period(start, end, self.period.kind)

    @property
    def group(self) -> str:
        """Its breakdown without the period that a change is measured from, which does not name a group."""
        if self.statistic is not Statistic.CHANGE:
            return self.breakdown
        parts = [part for part in self.breakdown.split(";") if not part.startswith(f"{COMPARED_WITH}=")]
        return ";".join(parts) or "total"

    @property
    def called(self) -> str:
        """Its name in a sentence: measure, area and period."""
        classes = breakdown_words(self.breakdown)
        group = f" ({classes})" if classes else ""
        return (
            f"{measure_words(self.measure)}{group} of {self.area.name or self.area.code}, "
            f"{spoken_period(self.period)}"
        )
