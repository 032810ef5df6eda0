"""`organisations.yaml`: organisations that publish or keep data, their contacts, and what is not open.

Belongs here: the keys of the file, and that no organisation has two entries. Does not belong here: what contracts say
about their publishers, what no source here holds (`search_words`), and the page (`civic_assets.publish.site.holders`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.vocabularies.search_words import WebSite
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

Contact = Annotated[
    str, StringConstraints(pattern=r"^(https://[^\s]+|[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+)$")
]
"""A public page with https, or the e-mail address of a team."""


class NotOpen(Entry):
    """What an organisation has and does not publish."""

    what: Text
    asked: Text = Field(description="Who may ask for it, and how.")
    agreement: Text = Field(description="What has to be agreed first.")
    reference: Text = Field(description="Where that is stated.")


class Organisation(Entry):
    """One organisation."""

    name: Text
    named: Annotated[list[Text], OneOrMore] | None = Field(
        default=None, description="Names under which contracts name it as publisher, if they are others."
    )
    role: Text = Field(description="What it does with data about places, in a sentence or two.")
    website: WebSite | None = None
    contact: Annotated[list[Contact], OneOrMore] | None = Field(
        default=None, description="Public addresses of the organisation or a team, never of a person."
    )
    relationship: Text | None = Field(default=None, description="What is known of working with it.")
    not_open: Annotated[list[NotOpen], OneOrMore] | None = None


class Organisations(WholeFile):
    """Organisations with what they do and have."""

    organisations: Annotated[list[Organisation], OneOrMore]

    def contradictions(self) -> Iterator[Problem]:
        """Each organisation has one entry."""
        yield from twice("organisations", [one.name for one in self.organisations], "the organisation")
