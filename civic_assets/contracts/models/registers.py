"""Registered decisions: entries of `waivers.yaml`, and files of `corrections/`.

Belongs here: the keys of both. Does not belong here: what a decision may decide (`civic_assets.contracts.waivers`,
`civic_assets.contracts.corrections`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Day, Entry, Number


def _decided(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("decided", "is empty; a decision says who, why and on what evidence")
    return text.strip()


Said = Annotated[str, AfterValidator(_decided)]


class WaiverEntry(Entry):
    """One decision to let a failing check of one release have no consequence for a while."""

    id: Said
    check: Said
    source: Said
    release: Said
    cells: list[str] | None = None
    reason: Said
    author_role: Said
    date: Day
    expires: Day


class WaiverRegister(Entry):
    """`waivers.yaml`."""

    waivers: list[WaiverEntry]


class FigureEntry(Entry):
    """A figure by what it is about; `end` is the day after the last day."""

    measure: Said
    area: Said
    start: Day
    end: Day
    unit: Said
    breakdown: str = "total"


class CorrectionEntry(Entry):
    """One decision that a published figure should read otherwise than it is printed; a file of its own."""

    id: Said
    source: Said
    release: Said | None = None
    edition: Said | None = None
    locator: Said | None = None
    figure: FigureEntry | None = None
    expect: Annotated[str, Strict()] | Number = Field(
        description="The text as printed, or the number read from it."
    )
    corrected: Number
    reason: Said
    evidence: Said
    reported_to: Said
    author_role: Said
    date: Day
