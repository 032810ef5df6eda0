"""`source_quality.yaml`: how far each source is assured, and where its errors can come from.

Belongs here: the keys of the file. Does not belong here: what a regulator or an inspector said of a series, and the
indicators of bias (`civic_assets.publish.bias`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from civic_assets.contracts.models.base import Because, Entry, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

AssuranceLevel = Literal["A0", "A1", "A2", "A3"]
"""No assurance, basic, enhanced and comprehensive assurance."""
ErrorComponent = Literal["specification", "coverage", "non_response", "sampling", "measurement", "processing"]
"""Where an error can come from (total survey error: Groves and others 2009; administrative data: Zhang 2012)."""
ErrorDirection = Literal["too low", "too high", "either way", "not known"]
"""In which direction a published figure is wrong if the error occurs."""


class Stated(Entry):
    """A fact, with the document in which it stands."""

    text: Text
    reference: Text


class PracticeAreas(Entry):
    """What is known of each of the four areas of practice; one that is absent is not documented in what is held."""

    operational_context: Stated | None = None
    communication_with_suppliers: Stated | None = None
    suppliers_checks: Stated | None = None
    producers_checks: Stated | None = None


class PossibleError(Entry):
    """A way in which figures of a source are, or can be, wrong."""

    component: ErrorComponent
    text: Text
    direction: ErrorDirection
    reference: Text
    indicators: list[Text] = Field(
        default_factory=list, description="Indicators of the bias register that measure it."
    )


class SourceQuality(Entry):
    """The assurance that a source needs, and the sheet of its errors."""

    source: Text
    risk: Literal["low", "medium", "high"]
    profile: Literal["lower", "medium", "higher"]
    needs: AssuranceLevel
    because: Because
    practice: PracticeAreas = Field(default_factory=PracticeAreas)
    errors: Annotated[list[PossibleError], OneOrMore]


class SourceQualityVocabulary(WholeFile):
    """Assurance and errors of every source of figures."""

    sources: list[SourceQuality]

    def contradictions(self) -> Iterator[Problem]:
        """Each source has one entry."""
        yield from twice("sources", [one.source for one in self.sources], "the source")
