"""Registered decisions: entries of `waivers.yaml`, and files of `corrections/`.

Belongs here: the keys of both, and what a decision may decide. Does not belong here: whether its source has a contract,
and for how long a check may be waived (`civic_assets.contracts.waivers`, `civic_assets.contracts.corrections`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from civic_assets.contracts.known_names import NOT_WAIVABLE, every_check
from civic_assets.contracts.models.base import Day, Entry, Number
from civic_assets.contracts.models.whole_file import WholeFile, twice, unknown
from civic_assets.contracts.problems import Problem

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _decided(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("decided", "is empty; a decision says who, why and on what evidence")
    return text.strip()


Said = Annotated[str, AfterValidator(_decided)]
"""Text of a decision, which is never empty."""


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


class WaiverRegister(WholeFile):
    """`waivers.yaml`."""

    waivers: list[WaiverEntry]

    def contradictions(self) -> Iterator[Problem]:
        """Each waiver has an id of its own, is about a check that may be waived, and ends after it begins."""
        for index, entry in enumerate(self.waivers):
            path = f"waivers[{index}]"
            if not _ID.fullmatch(entry.id):
                reason = f"{entry.id!r} must consist of lower-case letters, digits and single dashes"
                yield Problem(f"{path}.id", reason)
            yield from unknown(f"{path}.check", [entry.check], every_check(), "{} is not a check", "checks")
            if entry.check in NOT_WAIVABLE:
                reason = f"{entry.check} protects people from being recognised and cannot be waived"
                yield Problem(f"{path}.check", f"{reason}; withhold the figure")
            if entry.expires < entry.date:
                reason = f"is {entry.expires}, before the day on which it was given, {entry.date}"
                yield Problem(f"{path}.expires", reason)
            if entry.cells is not None and not all(cell.strip() for cell in entry.cells or ("",)):
                yield Problem(f"{path}.cells", "names no cell; leave it out for the whole release")
        yield from twice("waivers", [entry.id for entry in self.waivers], "the id")


class FigureEntry(Entry):
    """A figure by what it is about; `end` is the day after the last day."""

    measure: Said
    area: Said
    start: Day
    end: Day
    unit: Said
    breakdown: str = "total"


class CorrectionEntry(WholeFile):
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

    def contradictions(self) -> Iterator[Problem]:
        """The decision is about one figure of one release or edition, and changes it."""
        if not _ID.fullmatch(self.id):
            reason = f"{self.id!r} must consist of lower-case letters, digits and single dashes, and names its file"
            yield Problem("id", reason)
        if (self.release is None) == (self.edition is None):
            yield Problem("(top)", "needs either 'release' (one issue) or 'edition' (every issue of it)")
        if (self.locator is None) == (self.figure is None):
            reason = "needs either 'locator' (a cell) or 'figure' (measure, area, start, end, unit)"
            yield Problem("(top)", reason)
        if isinstance(self.expect, str) and not self.expect.strip():
            reason = "is empty: a correction is about a printed number; what a publisher left out stays out"
            yield Problem("expect", reason)
        if not isinstance(self.expect, str) and self.expect == self.corrected:
            yield Problem("corrected", f"is {self.corrected:g}, as printed: nothing is corrected")
        if self.figure is not None and self.figure.end <= self.figure.start:
            yield Problem(
                "figure",
                f"ends on {self.figure.end}, not after it starts on {self.figure.start}; 'end' is the day after the "
                "last day",
            )
