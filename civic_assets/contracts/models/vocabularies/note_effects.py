"""`note_effects.yaml`: what publishers' notes say about figures, recognised by their words.

Belongs here: the keys of the file, and that every pattern recognises its example. Does not belong here: applying the
patterns to notes (`civic_assets.harmonise.notes`), and whether measures of these names exist
(`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from civic_assets.contracts.models.base import Because, Entry, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem
from civic_assets.values.cells import label
from civic_assets.values.month_text import MONTH_NAME

Action = Literal["block", "caveat", "information"]
"""What an effect does to a comparison: forbids it, is said with it, or neither."""
Kind = Literal["changes", "rates", "counts", "unassigned", "small_counts"]
"""A kind of figure: by its statistic, by its row, or by its size."""
DayRule = Literal[
    "month", "month_after", "year_ending", "after_year_ending", "financial_year", "mid_year", "year"
]
"""The day that a pattern of dates means: the first of the named month, or of the month after it; the first day of the
year that ends with it, or the day after that year; 1 April or 1 January of the named year."""


def with_dates(pattern: str) -> str:
    """A pattern with `{month}` and `{year}` as named groups; a second pair is `{month2}` and `{year2}`.

    Args:
        pattern: Pattern as written in the file.
    """
    for number in ("", "2"):
        pattern = pattern.replace(f"{{month{number}}}", f"(?P<month{number}>{MONTH_NAME})")
        pattern = pattern.replace(f"{{year{number}}}", f"(?P<year{number}>(?:19|20)[0-9]{{2}})")
    return pattern


def _dated(text: str) -> str:
    re.compile(with_dates(text))
    return text


DatedPattern = Annotated[str, AfterValidator(_dated), WithJsonSchema({"type": "string", "format": "regex"})]


class EffectPattern(Entry):
    """Words by which an effect is recognised, in lower case with straight quotation marks."""

    id: Text
    text: DatedPattern
    unless: DatedPattern | None = Field(default=None, description="Words that make it mean something else.")
    across_areas: bool = Field(
        default=False, description="Figures of other areas are meant, not those of other periods."
    )
    example: Text = Field(description="A sentence that it recognises.")
    counterexample: Text | None = Field(
        default=None, description="A sentence with like words that it does not recognise."
    )


class EffectEntry(Entry):
    """What a note says about the figures it concerns."""

    effect: Text
    action: Action
    means: Text
    patterns: Annotated[list[EffectPattern], OneOrMore]


class BoundaryPattern(Entry):
    """Words from which the first day of a new series is read; the first pattern that matches counts."""

    text: DatedPattern
    day: DayRule
    example: Text


class FigureKind(Entry):
    """Words by which a sentence says which kind of figure it is about, in lower case with straight quotation marks."""

    kind: Kind
    means: Text
    text: DatedPattern
    unless: DatedPattern | None = Field(default=None, description="Words that widen what it is about.")
    example: Text
    counterexample: Text


class BoilerPlate(Entry):
    """A line of a table's sheet or of a cover that says nothing about figures."""

    text: DatedPattern
    example: Text
    because: Because


class NoteEffects(WholeFile):
    """Effects, dates, words for measures and for kinds of figures, and lines that are not notes."""

    effects: Annotated[list[EffectEntry], OneOrMore]
    boundaries: list[BoundaryPattern]
    subjects: dict[str, list[Text]]
    figures: list[FigureKind]
    not_notes: list[BoilerPlate]

    def contradictions(self) -> Iterator[Problem]:
        """Names are unique, and every pattern recognises its example and not its counterexample."""
        yield from twice("effects", [entry.effect for entry in self.effects], "the effect")
        yield from twice(
            "effects", [one.id for entry in self.effects for one in entry.patterns], "the pattern"
        )
        for at, entry in enumerate(self.effects):
            for number, one in enumerate(entry.patterns):
                path = f"effects[{at}].patterns[{number}]"
                if not recognises(one.text, one.unless, one.example):
                    yield Problem(f"{path}.example", "is not recognised by the pattern")
                if one.counterexample and recognises(one.text, one.unless, one.counterexample):
                    yield Problem(f"{path}.counterexample", "is recognised by the pattern")
        yield from twice("figures", [one.kind for one in self.figures], "the kind")
        for at, kind in enumerate(self.figures):
            if not recognises(kind.text, kind.unless, kind.example):
                yield Problem(f"figures[{at}].example", "is not recognised by the pattern")
            if recognises(kind.text, kind.unless, kind.counterexample):
                yield Problem(f"figures[{at}].counterexample", "is recognised by the pattern")
        for at, boundary in enumerate(self.boundaries):
            if not re.search(with_dates(boundary.text), label(boundary.example)):
                yield Problem(f"boundaries[{at}].example", "is not recognised by the pattern")
        for at, line in enumerate(self.not_notes):
            if not re.search(line.text, label(line.example)):
                yield Problem(f"not_notes[{at}].example", "is not recognised by the pattern")


def recognises(text: str, unless: str | None, sentence: str) -> bool:
    """Whether a pattern recognises a sentence.

    Args:
        text: The pattern.
        unless: Pattern that must not match.
        sentence: Any sentence.
    """
    words = label(sentence)
    if not re.search(with_dates(text), words):
        return False
    return unless is None or not re.search(with_dates(unless), words)
