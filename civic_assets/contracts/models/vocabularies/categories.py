"""`categories.yaml`: demographic categories in one scheme, and what each publisher's word means in it.

Belongs here: the keys of the file, and that categories are named which it has. Does not belong here: looking words up
(`civic_assets.harmonise.people.categories`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Because, Day, Entry, Text, YesNo
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, unknown, written_as
from civic_assets.contracts.problems import Problem
from civic_assets.values.cells import label

FitWord = Literal["exact", "narrower", "broader", "not_comparable"]
"""How a publisher's group fits a category."""


class CategoryEntry(Entry):
    """A category of the scheme."""

    name: Text
    part_of: Text | None = Field(
        default=None, description="The wider category; it is written above this one."
    )
    since: Day | None = Field(default=None, description="First day of the grouping that has the category.")


class WordEntry(Entry):
    """What a word means that is not exactly a category."""

    is_: Text | None = Field(
        default=None, alias="is", description="The nearest category; none for not_comparable."
    )
    fit: FitWord
    loss: str = Field(description="What a reader loses by taking the word for the category.")
    verified: YesNo | None = Field(default=None, description="Known from the publisher's own definition.")

    @model_validator(mode="after")
    def _names_one_or_none(self) -> WordEntry:
        if (self.is_ is None) != (self.fit == "not_comparable"):
            raise PydanticCustomError(
                "fit", "either name a category with 'is', or give 'fit: not_comparable'; one of the two"
            )
        return self


Words = dict[
    str, Annotated[Annotated[str, Tag("str")] | Annotated[WordEntry, Tag("WordEntry")], written_as(WordEntry)]
]
"""By word, in lower case: the category that it is exactly, or how well it fits one."""


class DimensionEntry(Entry):
    """One dimension, such as sex."""

    keys: Annotated[list[Text], OneOrMore] = Field(description="Keys of breakdowns that are about it.")
    sources: list[Text] | None = Field(default=None, description="Only these sources mean it by the keys.")
    drop: list[str] | None = Field(
        default=None, description="What publishers print before a word; it is left out."
    )
    drop_after: list[str] | None = None
    because: Because
    categories: dict[str, CategoryEntry]
    words: Words
    by_source: dict[str, Words] | None = None


class CategoryVocabulary(WholeFile):
    """The scheme, and keys of breakdowns that are not about people."""

    scheme: dict[str, DimensionEntry]
    other_keys: dict[str, Text]

    def contradictions(self) -> Iterator[Problem]:
        """Words are written as labels, and every category that is named is in its dimension."""
        for name, dimension in self.scheme.items():
            path, above = f"scheme.{name}", list[str]()
            for code, category in dimension.categories.items():
                if category.part_of is not None:
                    reason = "is part of {}, which is not written above it"
                    yield from unknown(
                        f"{path}.categories.{code}", [category.part_of], above, reason, "categories"
                    )
                above.append(code)
            yield from _words(f"{path}.words", dimension.words, dimension.categories)
            for source, words in (dimension.by_source or {}).items():
                yield from _words(f"{path}.by_source.{source}", words, dimension.categories)


def _words(path: str, words: Mapping[str, Any], categories: Mapping[str, CategoryEntry]) -> Iterator[Problem]:
    for word, entry in words.items():
        if word != label(word):
            yield Problem(f"{path}.{word}", f"the word must be written as in breakdowns: {label(word)!r}")
        category = entry if isinstance(entry, str) else entry.is_
        if category is not None:
            reason = "{} is not a category of the dimension"
            yield from unknown(f"{path}.{word}", [category], categories, reason, "categories")
