"""The vocabulary of the glossary as the site works with it: words, statuses, biases and effects of notes.

Belongs here: reading `vocabularies/glossary.yaml`, and statuses in words. Does not belong here: what may be written in
the file (`civic_assets.contracts.models.vocabularies.glossary`), and the checks and indicators of the read model
(`entries`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import GLOSSARY, NOTE_EFFECTS
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.typed_file import built

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.glossary import GlossaryVocabulary
    from civic_assets.contracts.models.vocabularies.note_effects import NoteEffects

_MODEL = ("contracts/models/vocabularies/glossary.py", "publish/site/glossary/vocabulary.py")
_NOTES_MODEL = ("contracts/models/vocabularies/note_effects.py", "publish/site/glossary/vocabulary.py")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a status or a bias.

    Args:
        name: The word, or the name of the status or bias.
        title: What it is called on a page.
        means: Its meaning; names between backticks.
        group: Group of a word; empty for statuses and biases.
        also: Other words for the same.
        see: Words and page of the documentation about it; empty if there is none.
    """

    name: str
    title: str
    means: str
    group: str = ""
    also: tuple[str, ...] = ()
    see: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Contents of the file.

    Args:
        groups: Headings of the groups of words.
        words: Words, in the order of the file.
        statuses: Statuses by name.
        biases: Biases by name.
    """

    groups: Mapping[str, str]
    words: tuple[Word, ...]
    statuses: Mapping[str, Word]
    biases: Mapping[str, Word]


def glossary() -> Glossary:
    """The vocabulary in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _read(contracts_folder() / GLOSSARY.pattern)


def note_effects() -> Mapping[str, str]:
    """What each effect of a publisher's note means."""
    return _read_effects(contracts_folder() / NOTE_EFFECTS.pattern)


def status_words(status: str | None) -> str:
    """A status in words; of a row with a count and a rate, those of both.

    Example:
        >>> status_words("suppressed"), status_words("period_unsettled")
        ('suppressed by the publisher', 'still provisional in the source')
        >>> status_words("count: suppressed, rate: not_available")
        'count: suppressed by the publisher, rate: not available'
    """
    known = statuses_in_words()
    said = ((about, known.get(name) or name.replace("_", " ")) for about, name in statuses_of(status or ""))
    return ", ".join(f"{about}: {words}" if about else words for about, words in said)


def statuses_of(status: str) -> list[tuple[str, str]]:
    """The statuses of a row, each with what it is of, which is empty if the row has only one figure.

    Example:
        >>> statuses_of("count: suppressed, rate: not_available"), statuses_of("suppressed")
        ([('count', 'suppressed'), ('rate', 'not_available')], [('', 'suppressed')])
    """
    parts = (one.rpartition(": ") for one in status.split(", "))
    return [(about, name) for about, _, name in parts]


def statuses_in_words() -> Mapping[str, str]:
    """Every status with its words, which any page may show."""
    return {name: one.title for name, one in glossary().statuses.items()}


@cache
def _read(file: Path) -> Glossary:
    return built(GLOSSARY, file, _made, Glossary, made_by=_MODEL)


@cache
def _read_effects(file: Path) -> Mapping[str, str]:
    return built(NOTE_EFFECTS, file, _meanings, dict, made_by=_NOTES_MODEL)


def _made(document: GlossaryVocabulary) -> Glossary:
    return Glossary(
        dict(document.groups),
        tuple(
            Word(
                one.word, one.word, one.means, one.group, tuple(one.also or ()),
                (one.see.words, one.see.page) if one.see else ("", ""),
            )
            for one in document.words
        ),
        {
            name: Word(name, one.words, one.means, see=(one.see.words, one.see.page) if one.see else ("", ""))
            for name, one in document.statuses.items()
        },
        {name: Word(name, one.title, one.means) for name, one in document.biases.items()},
    )  # fmt: skip


def _meanings(document: NoteEffects) -> dict[str, str]:
    return {one.effect: one.means for one in document.effects}
