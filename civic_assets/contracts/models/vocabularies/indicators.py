"""`indicators.yaml`: what each indicator counts, and from which published figures.

Belongs here: the keys of the file, and that each series names a figure. Does not belong here: picking figures out of
releases (`civic_assets.publish.profiles`), and whether these figures exist (`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Entry, Text, Whole, YesNo
from civic_assets.contracts.models.layout import Unit
from civic_assets.contracts.models.whole_file import AreaCode, OneOrMore, WholeFile, unknown
from civic_assets.contracts.problems import Problem


class SumTerm(Entry):
    """One of the figures that add up."""

    measure: Text
    breakdown: Text


class SeriesEntry(Entry):
    """Where a figure is published: by one breakdown, by single years of age, or as a sum of figures."""

    source: Text
    unit: Unit
    measure: Text | None = None
    breakdown: Text | None = None
    ages_summed: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="First and last single year of age; all of them must be there."
    )
    sum_of: Annotated[list[SumTerm], OneOrMore] | None = None
    ages: Text | None = None
    of: Text | None = Field(default=None, description="Whose ages they are.")
    title: Text | None = Field(
        default=None,
        description="Title of a row with this figure, if the indicator's title is not true of it.",
    )
    caveats: list[Text] | None = None

    @model_validator(mode="after")
    def _names_a_figure(self) -> SeriesEntry:
        named = self.measure is not None and (self.breakdown is not None or self.ages_summed is not None)
        if self.sum_of is None and not named:
            raise PydanticCustomError(
                "series", "names no figure: give measure with breakdown or ages_summed, or sum_of"
            )
        if self.ages_summed is not None and self.ages_summed[1] < self.ages_summed[0]:
            raise PydanticCustomError("series", "the first of ages_summed is above the last")
        return self


class DenominatorSeries(SeriesEntry):
    """The figure that a rate divides by."""

    @model_validator(mode="after")
    def _says_of_whom(self) -> DenominatorSeries:
        if self.ages is None or self.of is None:
            raise PydanticCustomError("series", "a denominator must say of which `ages` and `of` whom it is")
        return self


class IndicatorEntry(Entry):
    """One row of the report's Table 1, for any area."""

    title: Text
    report_label: Text
    report_notes: list[Text] | None = None
    unit_of_count: Text
    ages: Text
    age_basis: Text
    definition: Text
    unit_of_rate: Unit
    per: Annotated[Whole, Field(gt=0)]
    events: YesNo | None = None
    published_by: Text | None = None
    no_figure: Text | None = None
    no_district_figure: Text | None = Field(
        default=None,
        description="Why districts of a county have no figure; the county's is shown next to them.",
    )
    no_count: Text | None = None
    no_rate: Text | None = None
    no_denominator: Text | None = None
    same_base_as: Text | None = None
    caveats: list[Text] | None = None
    count: list[SeriesEntry] | None = None
    rates: list[SeriesEntry] | None = None
    denominators: list[DenominatorSeries] | None = None
    bounds: list[SeriesEntry] | None = None

    @model_validator(mode="after")
    def _has_a_figure(self) -> IndicatorEntry:
        if not self.count and not self.rates:
            raise PydanticCustomError("indicator", "has neither a count nor a rate")
        return self


class Comparators(Entry):
    """Areas whose figures are shown next to those of every authority."""

    london: AreaCode
    england: AreaCode


class IndicatorVocabulary(WholeFile):
    """Indicators by name, in the order of the table."""

    comparators: Comparators
    indicators: dict[str, IndicatorEntry]

    def contradictions(self) -> Iterator[Problem]:
        """An indicator with the same base is one of the file."""
        for name, entry in self.indicators.items():
            if entry.same_base_as is not None:
                reason = "same_base_as names {}, which is not an indicator"
                path = f"indicators.{name}.same_base_as"
                yield from unknown(path, [entry.same_base_as], self.indicators, reason, "indicators")
