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

from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.load import contracts_folder
from civic_assets.values.cells import label

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


@lru_cache(maxsize=4)
def _read(file: Path, content: bytes) -> CategoryScheme:
    top = read_document(file, content)
    top.only("scheme", "other_keys")
    scheme = top.get("scheme", dict)
    by_key: dict[str, tuple[_Dimension, ...]] = {}
    for name in scheme.value:
        node = scheme.get(name, dict)
        dimension = _dimension(name, node)
        for key in node.items("keys"):
            by_key[str(key.value)] = (*by_key.get(str(key.value), ()), dimension)
    others = top.get("other_keys", dict)
    return CategoryScheme(by_key, {key: others.text(key) for key in others.value})


def _dimension(name: str, node: Node) -> _Dimension:
    node.only("keys", "sources", "drop", "drop_after", "because", "categories", "words", "by_source")
    node.text("because")
    listed = node.get("categories", dict)
    categories: dict[str, Category] = {}
    for code in listed.value:
        entry = listed.get(code, dict)
        entry.only("name", "part_of", "since")
        wider = entry.text("part_of", None) if entry.has("part_of") else None
        if wider is not None and wider not in categories:
            raise entry.refuse(f"is part of {wider!r}, which must be listed above it")
        since = entry.get("since", date).value if entry.has("since") else None
        categories[code] = Category(name, code, entry.text("name"), wider, since)
    of_sources = node.get("by_source", dict, {})
    return _Dimension(
        name,
        frozenset(str(item.value) for item in node.items("sources", [])),
        tuple(str(item.value) for item in node.items("drop", [])),
        tuple(str(item.value) for item in node.items("drop_after", [])),
        categories,
        _words(name, node.get("words", dict), categories),
        {source: _words(name, of_sources.get(source, dict), categories) for source in of_sources.value},
    )


def _words(dimension: str, node: Node, categories: Mapping[str, Category]) -> dict[str, CategoryMeaning]:
    words = {}
    for word in node.value:
        entry = node.get(word, (str, dict))
        if word != label(word):
            raise entry.refuse(f"write the word as breakdowns have it: {label(word)!r}")
        if isinstance(entry.value, str):
            if entry.value not in categories:
                raise entry.refuse(f"{entry.value!r} is not a category of the dimension")
            words[word] = CategoryMeaning(dimension, categories[entry.value], Fit.EXACT)
            continue
        entry.only("is", "fit", "loss", "verified")
        fit = Fit(entry.one_of("fit", {fit.value for fit in Fit}))
        if entry.has("is") == (fit is Fit.NOT_COMPARABLE):
            raise entry.refuse("give either 'is' with a category, or not_comparable, not both")
        category = categories[entry.one_of("is", dict(categories))] if entry.has("is") else None
        verified = entry.get("verified", bool, True).value
        words[word] = CategoryMeaning(dimension, category, fit, entry.text("loss"), verified)
    return words


def scheme() -> CategoryScheme:
    """The scheme that ships (`data_contracts/vocabularies/categories.yaml`), read once.

    Raises:
        ContractError: The file is invalid; names the position.
    """
    file = contracts_folder() / "vocabularies" / "categories.yaml"
    return _read(file, file.read_bytes())
