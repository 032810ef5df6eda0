"""`search_words.yaml`: words that people use for what is published here, and what no source here holds.

Belongs here: the keys of the file, and that each word leads to one entry. Does not belong here: whether measures and
areas of these names exist (`civic_assets.quality.file_demands`), and searching
(`civic_assets.publish.site.find`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import AreaOrPart, OneOrMore, WholeFile
from civic_assets.contracts.problems import Problem
from civic_assets.values.cells import label

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
"""Name of an entry: small letters, digits and `_`."""
PartOfTheSite = Literal["index.html#due", "index.html#held-back", "index.html#new"]
"""Address of a heading of the start page, which every site has."""
WebSite = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
"""Address of a public page, with https."""


class SearchWord(Entry):
    """What people call something that is published here."""

    title: Text
    words: Annotated[list[Text], OneOrMore] = Field(description="Words that people type, without the title.")
    says: Text = Field(description="How it is counted here, in one or two sentences.")
    measures: Annotated[list[Text], OneOrMore] = Field(
        description="Measures that count it, the nearest first."
    )


class SearchPage(Entry):
    """A part of the site that answers a question by itself."""

    title: Text
    words: Annotated[list[Text], OneOrMore] = Field(description="Words that people type, without the title.")
    says: Text = Field(description="What is there, in one sentence.")


class Holder(Entry):
    """An organisation that has what no source here holds."""

    organisation: Text = Field(description="As it is named in organisations.yaml.")
    holds: Text = Field(description="What it publishes or keeps, in a few words.")
    website: WebSite | None = Field(
        default=None, description="Page of the data, if it is not the website of the organisation."
    )


class NotHeld(Entry):
    """What people look for and no source here holds."""

    title: Text
    words: list[Text] | None = Field(default=None, description="Words that people type, without the title.")
    says: Text | None = Field(
        default=None, description="What is easily mistaken for it, or why it is not open."
    )
    held_by: Annotated[list[Holder], OneOrMore]
    nearest: Annotated[list[Text], OneOrMore] | None = Field(
        default=None, description="Measures that are published here and come nearest."
    )


class SearchWords(WholeFile):
    """Words of people for measures and areas, and what is not held."""

    words: dict[Name, SearchWord]
    measures: dict[Text, Annotated[list[Text], OneOrMore]] = Field(
        description="Further names of single measures, which need no explanation."
    )
    titles: dict[Text, Text] = Field(
        default={},
        description="What a measure is called as a heading, where its name alone would not read as one.",
    )
    short_forms: dict[Text, Text] = Field(
        default={}, description="What a publisher's short forms in the names of classes stand for."
    )
    pages: dict[PartOfTheSite, SearchPage] = Field(
        default={}, description="Parts of the site that answer a question by themselves, by their address."
    )
    areas: dict[AreaOrPart, Annotated[list[Text], OneOrMore]] = Field(
        description="Further names of areas, by code."
    )
    not_held: dict[Name, NotHeld]

    def contradictions(self) -> Iterator[Problem]:
        """A word is written once: with two entries it would be left open which of them is meant."""
        seen: dict[str, str] = {}
        listed = [(f"words.{name}", [one.title, *one.words]) for name, one in self.words.items()]
        listed += [
            (f"not_held.{name}", [one.title, *(one.words or ())]) for name, one in self.not_held.items()
        ]
        listed += [(f"pages.{address}", [one.title, *one.words]) for address, one in self.pages.items()]
        for path, words in listed:
            for word in words:
                before = seen.setdefault(label(word), path)
                if before != path:
                    yield Problem(path, f"the word {word!r} is already in {before}; keep one of them")
        called: dict[str, str] = {}
        for measure, title in self.titles.items():
            before = called.setdefault(label(title), measure)
            if before != measure:
                yield Problem(
                    f"titles.{measure}", f"{before} is called so too; call one of them something else"
                )
        for path, words in listed:
            if len({label(word) for word in words}) < len(words):
                yield Problem(path, "a word is written twice, or repeats the title; keep it once")
