"""Organisations as the site works with them: `vocabularies/organisations.yaml`.

Belongs here: reading the file, and finding an organisation by the names that contracts and words of the search give it.
Does not belong here: what may be written in the file (`civic_assets.contracts.models.vocabularies.organisations`), and
the page (`section`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import ORGANISATIONS
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.typed_file import built

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.organisations import Organisations
    from civic_assets.contracts.models.vocabularies.search_words import Holder

_MODEL = ("contracts/models/vocabularies/organisations.py", "publish/site/holders/vocabulary.py")


@dataclass(frozen=True, slots=True)
class NotOpenData:
    """What an organisation has and does not publish, how it is asked for, what is agreed, and where that is stated."""

    what: str
    asked: str
    agreement: str
    reference: str


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """One organisation.

    Args:
        name: Its name.
        names: All names by which contracts may name it.
        role: What it does with data about places.
        website: Address of its website; empty if it is many.
        contact: Public addresses.
        relationship: What is known of working with it.
        not_open: What it has and does not publish.
    """

    name: str
    names: tuple[str, ...]
    role: str = ""
    website: str = ""
    contact: tuple[str, ...] = ()
    relationship: str = ""
    not_open: tuple[NotOpenData, ...] = ()


def organisations() -> Sequence[KnownOrganisation]:
    """All organisations of the vocabulary in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _read(contracts_folder() / ORGANISATIONS.pattern)


def of_publisher(publisher: str) -> Sequence[KnownOrganisation]:
    """The organisations that a contract names as publisher; one made of the name if the vocabulary has none."""
    known = [one for one in organisations() if publisher in one.names]
    return known or [KnownOrganisation(publisher, (publisher,))]


def website_of(holder: Holder) -> str:
    """Page of data that no source here holds: its own, or else the website of the organisation."""
    if holder.website:
        return holder.website
    return next((one.website for one in organisations() if one.name == holder.organisation), "")


@cache
def _read(file: Path) -> tuple[KnownOrganisation, ...]:
    return built(ORGANISATIONS, file, _made, tuple, made_by=_MODEL)


def _made(document: Organisations) -> tuple[KnownOrganisation, ...]:
    return tuple(
        KnownOrganisation(
            one.name,
            (one.name, *(one.named or ())),
            one.role,
            one.website or "",
            tuple(one.contact or ()),
            one.relationship or "",
            tuple(
                NotOpenData(data.what, data.asked, data.agreement, data.reference)
                for data in one.not_open or ()
            ),
        )
        for one in document.organisations
    )
