"""`bias.yaml`: what the bias register needs in addition to the figures.

Belongs here: the keys of the file. Does not belong here: the indicators of bias (`civic_assets.publish.bias`), and
whether breaks and indicators of these names exist (`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Because, Day, Entry, Number, Text
from civic_assets.contracts.models.layout import Unit
from civic_assets.contracts.models.whole_file import AreaCode, WholeFile


def _origin(text: str) -> str:
    if text != "house rule" and not text.startswith("literature: "):
        raise PydanticCustomError("origin", "must be `house rule` or `literature: <which>`")
    return text


class Threshold(Entry):
    """A number above or below which bias is reported."""

    value: Number
    origin: Annotated[str, AfterValidator(_origin)] = Field(
        description="house rule, or literature: and which.", examples=["house rule", "literature: "]
    )
    because: Because


class SurveyEstimate(Entry):
    """The share of people who say in a survey that they had an experience of what a rate counts."""

    source: Text
    area: AreaCode
    measure: Text
    percent: Number
    start: Day
    end: Day
    reference: Text


class NamedFigure(Entry):
    """A published figure, in any area and period."""

    measure: Text
    breakdown: Text
    unit: Unit


class Alternate(Entry):
    """Another published figure that the words of an indicator could mean."""

    indicator: Text
    shown: NamedFigure
    other: NamedFigure
    because: Because


class ClaimedFigure(Entry):
    """A number in the text of the report."""

    area: AreaCode
    said: Text
    measure: Text
    start: Day
    end: Day
    value: Number
    where: Text


class ClaimedChange(Entry):
    """A change that the text of the report claims; days are the first, and the day after the last."""

    area: AreaCode
    measure: Text
    earlier: tuple[Day, Day]
    later: tuple[Day, Day]
    ratio: Number
    where: Text


class NamedIndicators(Entry):
    """Indicators that the text of the report names, of all that it prints."""

    beside: Text
    indicators: list[Text]
    where: Text


class Claims(Entry):
    """What the text of the report claims."""

    area: AreaCode
    figures: list[ClaimedFigure]
    changes: list[ClaimedChange]
    named: NamedIndicators


_THRESHOLDS = (
    "multiverse_low", "multiverse_high", "multiverse_pairs", "like_spans", "fewest_baselines",
    "opposite_baselines", "participation", "coverage", "representativity", "unplaced", "unplaced_jump",
    "unplaced_z", "denominator", "cohort", "unknown_breakdown", "unknown_warning", "unknown_limit",
    "overlap", "abnormal", "survivors", "disjoint_periods", "recording_quality", "publication_lag",
    "reported", "alternates", "effective_sources", "scale_low", "scale_high", "scale_count",
)  # fmt: skip


class BiasVocabulary(WholeFile):
    """Thresholds, survey estimates and claims."""

    thresholds: dict[str, Threshold]
    survey_estimates: list[SurveyEstimate]
    known_missing: list[Text]
    printed_where_counted: list[Text]
    alternates: list[Alternate]
    themes: dict[str, list[Text]]
    claims: Claims

    @field_validator("thresholds")
    @classmethod
    def _has_every_threshold(cls, found: dict[str, Threshold]) -> dict[str, Threshold]:
        for name in found:
            if name not in _THRESHOLDS:
                raise PydanticCustomError(
                    "unknown_key", "unknown key {key}", {"key": name, "known": _THRESHOLDS, "at": f".{name}"}
                )
        if missing := [name for name in _THRESHOLDS if name not in found]:
            raise PydanticCustomError("threshold", f"{missing[0]!r} is missing")
        return found
