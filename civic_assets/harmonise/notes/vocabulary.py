"""The vocabulary of effects as the program works with it, from `vocabularies/note_effects.yaml`.

Belongs here: compiled patterns. Does not belong here: what may be written in the file
(`civic_assets.contracts.models.vocabularies.note_effects`), and applying the patterns (`recognise`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from civic_assets.contracts.file_kinds import NOTE_EFFECTS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import built

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.note_effects import NoteEffects

Action: TypeAlias = Literal["block", "caveat", "information"]
_CODE = ("harmonise/notes", "contracts/models/vocabularies/note_effects.py")


@dataclass(frozen=True, slots=True)
class Recognition:
    """One pattern of an effect.

    Args:
        id: Id of the pattern.
        effect: Effect that it recognises.
        action: What the effect does to a comparison.
        text: The pattern.
        unless: Pattern that must not match.
        across_areas: Whether figures of other areas are meant.
    """

    id: str
    effect: str
    action: Action
    text: re.Pattern[str]
    unless: re.Pattern[str] | None
    across_areas: bool

    def matches(self, words: str) -> bool:
        """Whether it recognises a sentence in the form of `civic_assets.values.cells.label`."""
        return bool(self.text.search(words)) and not (self.unless and self.unless.search(words))


@dataclass(frozen=True, slots=True)
class NamedFigures:
    """A pattern by which a sentence names the kind of figure that it is about.

    Args:
        kind: The kind, such as `changes`.
        text: The pattern.
        unless: Pattern that must not match.
    """

    kind: str
    text: re.Pattern[str]
    unless: re.Pattern[str] | None

    def matches(self, words: str) -> bool:
        """Whether a sentence in the form of `civic_assets.values.cells.label` names the kind."""
        return bool(self.text.search(words)) and not (self.unless and self.unless.search(words))


@dataclass(frozen=True, slots=True)
class NoteVocabulary:
    """Everything of the file.

    Args:
        recognitions: Patterns of effects, in the order of the file.
        boundaries: Patterns of dates with the day that each means.
        subjects: Measures by the words that name them, the longest words first.
        not_notes: Patterns of lines that say nothing about figures.
        figures: Patterns of kinds of figures.
    """

    recognitions: tuple[Recognition, ...]
    boundaries: tuple[tuple[re.Pattern[str], str], ...]
    subjects: Mapping[str, tuple[str, ...]]
    not_notes: tuple[re.Pattern[str], ...]
    figures: tuple[NamedFigures, ...]


def note_vocabulary() -> NoteVocabulary:
    """The vocabulary in the folder of contracts."""
    return _load(contracts_folder() / NOTE_EFFECTS.pattern)


@cache
def _load(file: Path) -> NoteVocabulary:
    return built(NOTE_EFFECTS, file, _made, NoteVocabulary, made_by=_CODE)


def _made(document: NoteEffects) -> NoteVocabulary:
    from civic_assets.contracts.models.vocabularies.note_effects import with_dates

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(with_dates(pattern))

    return NoteVocabulary(
        tuple(
            Recognition(
                one.id,
                entry.effect,
                entry.action,
                compiled(one.text),
                compiled(one.unless) if one.unless else None,
                one.across_areas,
            )
            for entry in document.effects
            for one in entry.patterns
        ),
        tuple((compiled(one.text), one.day) for one in document.boundaries),
        {
            words: tuple(document.subjects[words])
            for words in sorted(document.subjects, key=len, reverse=True)
        },
        tuple(compiled(one.text) for one in document.not_notes),
        tuple(
            NamedFigures(one.kind, compiled(one.text), compiled(one.unless) if one.unless else None)
            for one in document.figures
        ),
    )
