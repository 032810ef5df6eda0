"""`glossary.yaml`: words of the site and the documentation, statuses of figures, and biases.

Belongs here: the keys of the file, and that no word has two entries. Does not belong here: whether every status and
bias that occurs has an entry (tests of the glossary), and the page (`civic_assets.publish.site.glossary`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, unknown
from civic_assets.contracts.problems import Problem

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
"""Name of a group, a status or a bias: small letters, digits and `_`."""


class See(Entry):
    """A page of the documentation about a word."""

    words: Text
    page: Text = Field(description="The page, as linked from docs/reference/glossary.md.")


class GlossaryWord(Entry):
    """A word with its meaning."""

    word: Text
    also: Annotated[list[Text], OneOrMore] | None = Field(
        default=None, description="Other words for the same."
    )
    group: Text = Field(description="Heading under which it is listed.")
    means: Text
    see: See | None = None


class GlossaryStatus(Entry):
    """Why a value is absent or special."""

    words: Text = Field(description="What is printed instead of the figure or next to it.")
    means: Text
    see: See | None = None


class GlossaryBias(Entry):
    """A bias of the bias register."""

    title: Text
    means: Text


class GlossaryVocabulary(WholeFile):
    """Words, statuses and biases with their meanings."""

    groups: dict[Name, Text]
    words: Annotated[list[GlossaryWord], OneOrMore]
    statuses: dict[Name, GlossaryStatus]
    biases: dict[Name, GlossaryBias]

    def contradictions(self) -> Iterator[Problem]:
        """A word is listed once, under a group that there is, and no group is empty."""
        groups = [one.group for one in self.words]
        yield from unknown("words", groups, self.groups, "no group is called {}", "groups")
        for group in self.groups:
            if group not in groups:
                yield Problem(f"groups.{group}", "has no word; add one, or leave the group out")
        seen: dict[str, str] = {}
        listed = [
            (f"words[{index}]", name)
            for index, one in enumerate(self.words)
            for name in (one.word, *(one.also or ()))
        ]
        listed += [(f"statuses.{name}", name) for name in self.statuses]
        listed += [(f"biases.{name}", name) for name in self.biases]
        for path, name in listed:
            before = seen.setdefault(name.lower().replace(" ", "_"), path)
            if before != path or listed.count((path, name)) > 1:
                yield Problem(path, f"the word {name!r} is already in {before}; keep one of them")
