"""Demographic categories in one scheme: what a publisher's word means in it, and what that reading loses.

Belongs here: reading `vocabularies/categories.yaml` and looking words up. Does not belong here: the scheme itself (that
file), ages (`civic_assets.values.ages`) and classes of offence (`civic_assets.harmonise.measures.recorded_crime`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import CATEGORIES
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import built
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.categories import (
        CategoryVocabulary,
        DimensionEntry,
        WordEntry,
    )

TOTAL = "total"
"""Word and category for everybody, in every dimension."""


class Fit(StrEnum):
    """Relation of a publisher's group to a category of the scheme."""

    EXACT = "exact"
    NARROWER = "narrower"
    BROADER = "broader"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the scheme.

    Args:
        dimension: `sex`, `ethnicity`, `sen_provision`, `education_phase`, ...
        code: Code within the dimension, e.g. `white_and_asian`.
        name: Name for display.
        part_of: Code of the wider category, e.g. `mixed`.
        since: First day of the grouping that has it; None if all groupings have it.
    """

    dimension: str
    code: str
    name: str
    part_of: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class CategoryMeaning:
    """Meaning of a publisher's word: how well it fits which category, and the loss in a sentence.

    Args:
        dimension: Dimension of the scheme.
        category: Nearest category; None if the word covers parts of several and is comparable with none.
        fit: Relation of the publisher's group to the category.
        loss: What a reader loses; empty if nothing is lost.
        verified: Whether the publisher's own definition was seen.
    """

    dimension: str
    category: Category | None
    fit: Fit
    loss: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True, order=True)
class UnknownWord:
    """A part of a breakdown that the scheme does not have; `reason` is a sentence for a finding."""

    source: str
    key: str
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Dimension:
    name: str
    sources: frozenset[str]
    drop: tuple[str, ...]
    drop_after: tuple[str, ...]
    categories: Mapping[str, Category]
    words: Mapping[str, CategoryMeaning]
    by_source: Mapping[str, Mapping[str, CategoryMeaning]]


@dataclass(frozen=True, slots=True)
class CategoryScheme:
    """All dimensions, by the keys that breakdowns use for them."""

    by_key: Mapping[str, tuple[_Dimension, ...]]
    other_keys: Mapping[str, str]

    def categories(self, dimension: str) -> tuple[Category, ...]:
        """Categories of a dimension in the order of the vocabulary; empty for an unknown dimension."""
        known = {found.name: found for several in self.by_key.values() for found in several}
        return tuple(known[dimension].categories.values()) if dimension in known else ()

    def dimension_of(self, key: str, source: str | None = None) -> _Dimension | None:
        """The dimension that a key of a source's breakdowns means."""
        for found in self.by_key.get(label(key), ()):
            if not found.sources or source in found.sources:
                return found
        return None

    def meaning(self, key: str, word: str, source: str | None = None) -> CategoryMeaning | None:
        """What a word means; None if the vocabulary does not have it.

        Args:
            key: Key in the breakdown, e.g. `ethnicity` or `sen provision`.
            word: Its value, in any case.
            source: Source that uses the word; what the vocabulary says for this source alone comes first.
        """
        dimension = self.dimension_of(key, source)
        if dimension is None:
            return None
        own = dimension.by_source.get(source or "", {})
        for form in _forms(label(word), dimension):
            if form == TOTAL:
                return CategoryMeaning(
                    dimension.name, Category(dimension.name, TOTAL, "Everybody"), Fit.EXACT
                )
            if found := own.get(form) or dimension.words.get(form):
                return found
        return None

    def meanings(self, breakdown: str, source: str) -> dict[str, CategoryMeaning]:
        """Meaning of each demographic part of a breakdown, by dimension; unknown words are left out."""
        meanings = {}
        for key, word in _parts(breakdown):
            meaning = self.meaning(key, word, source)
            if meaning is not None:
                meanings[meaning.dimension] = meaning
        return meanings

    def unknown_words(self, breakdowns: Iterable[tuple[str, str]]) -> list[UnknownWord]:
        """Words that the vocabulary lacks, each once, in order.

        Args:
            breakdowns: Pairs of source and breakdown (`sex=male;...`).
        """
        unknown = set()
        for source, breakdown in set(breakdowns):
            for key, word in _parts(breakdown):
                if self.dimension_of(key, source) is None:
                    if label(key) not in self.other_keys:
                        reason = f"{source} breaks down by {key!r}, which the vocabulary of categories does not have."
                        unknown.add(UnknownWord(source, key, "", reason))
                elif self.meaning(key, word, source) is None:
                    reason = (
                        f"{source} has the {key} {word!r}, which the vocabulary of categories does not have."
                    )
                    unknown.add(UnknownWord(source, key, word, reason))
        return sorted(unknown)


def _parts(breakdown: str) -> Iterator[tuple[str, str]]:
    for part in breakdown.split(";"):
        key, equals, word = part.partition("=")
        if equals:
            yield key, word


def _forms(word: str, dimension: _Dimension) -> Iterator[str]:
    """A word unchanged, then without what publishers put before and after it (`ethnicity major black total`)."""
    yield word
    for before in dimension.drop:
        if word.startswith(before):
            word = word.removeprefix(before)
            break
    yield word
    for after in dimension.drop_after:
        yield word.removesuffix(after)


def read_categories(file: Path) -> CategoryScheme:
    """The scheme of a vocabulary of categories.

    Args:
        file: Such a vocabulary.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return built(CATEGORIES, file, _scheme, CategoryScheme, made_by=("harmonise/people/categories.py",))


def _scheme(written: CategoryVocabulary) -> CategoryScheme:
    by_key: dict[str, tuple[_Dimension, ...]] = {}
    for name, entry in written.scheme.items():
        dimension = _dimension(name, entry)
        for key in entry.keys:
            by_key[key] = (*by_key.get(key, ()), dimension)
    return CategoryScheme(by_key, dict(written.other_keys))


def _dimension(name: str, entry: DimensionEntry) -> _Dimension:
    categories = {
        code: Category(name, code, one.name, one.part_of, one.since) for code, one in entry.categories.items()
    }
    return _Dimension(
        name,
        frozenset(entry.sources or ()),
        tuple(entry.drop or ()),
        tuple(entry.drop_after or ()),
        categories,
        _words(name, entry.words, categories),
        {source: _words(name, words, categories) for source, words in (entry.by_source or {}).items()},
    )


def _words(
    dimension: str, words: Mapping[str, str | WordEntry], categories: Mapping[str, Category]
) -> dict[str, CategoryMeaning]:
    found = {}
    for word, entry in words.items():
        if isinstance(entry, str):
            found[word] = CategoryMeaning(dimension, categories[entry], Fit.EXACT)
        else:
            category = None if entry.is_ is None else categories[entry.is_]
            verified = entry.verified is not False
            found[word] = CategoryMeaning(dimension, category, Fit(entry.fit), entry.loss, verified)
    return found


@lru_cache(maxsize=4)
def _read(file: Path, written_at: int) -> CategoryScheme:
    return read_categories(file)


def scheme() -> CategoryScheme:
    """The scheme that ships (`data_contracts/vocabularies/categories.yaml`), read once.

    Raises:
        ContractError: The file is invalid; names the position.
    """
    file = contracts_folder() / CATEGORIES.pattern
    return _read(file, file.stat().st_mtime_ns)
