"""`partnerships.yaml`: Community Safety Partnerships by code.

Belongs here: the keys of the file. Does not belong here: finding a partnership by its printed name
(`civic_assets.sources.ons.partnerships`).
"""

from __future__ import annotations

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import AreaCode, WholeFile


class PartnershipEntry(Entry):
    """One partnership of police and local authorities."""

    name: Text
    force: AreaCode
    authority: AreaCode | None = None
    also: list[Text] | None = None


class Partnerships(WholeFile):
    """Partnerships of England and Wales by code."""

    partnerships: dict[AreaCode, PartnershipEntry]
