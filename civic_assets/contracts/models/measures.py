"""What a measure is, as a contract or the shared vocabulary describes it.

Belongs here: one entry, in whichever of the two files it is written. Does not belong here: following the names in
it to other entries (`civic_assets.contracts.models.vocabularies.measures`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from civic_assets.contracts.known_names import UNITS_OF_COUNT
from civic_assets.contracts.models.base import Because, Day, Entry, Text, YesNo
from civic_assets.contracts.models.layout import StatisticWord

PolarityWord = Literal["higher_is_worse", "higher_is_better", "neutral"]
"""Which way a measure gets worse."""


class DefinitionVersionEntry(Entry):
    """What a measure meant on some days; `to` is the day after the last."""

    id: Text
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    text: Text
    continues: YesNo | None = Field(
        default=None, description="Figures go on across the first day of this version."
    )
    verified: YesNo | None = Field(default=None, description="Known from the publisher's own words.")


class MeasureEntry(Entry):
    """One measure of a single source, described in its contract; shared measures are in the vocabulary."""

    unit_of_count: str = Field(
        description="What one of it is, e.g. persons or events.", examples=list(UNITS_OF_COUNT)
    )
    definition: Text
    statistic: StatisticWord | None = None
    polarity: PolarityWord | None = None
    because: Because | None = Field(default=None, description="Why the polarity is so, where it is a choice.")
    numerator: Text | None = Field(
        default=None, description="The measure that a share, rate or change is of."
    )
    rates: dict[str, str] | None = Field(
        default=None,
        description="By unit: what it is divided by, a name under `denominators` of the vocabulary.",
    )
    ages: Text | None = Field(default=None, description="A name under `ages` of the vocabulary.")
    versions: list[DefinitionVersionEntry] | None = None
    population: Text | None = Field(
        default=None,
        description="The people among whom it is counted, where no published rate says so: a name under `denominators` "
        "of the vocabulary.",
    )
    lasting: YesNo | None = Field(
        default=None,
        description="One of it may be counted in two periods, so that periods do not add up.",
    )
