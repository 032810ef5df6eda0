"""The answer of `due`: what is held of each source, what is out, and what is expected next.

Belongs here: what `due --json` prints. Does not belong here: working it out (`civic_assets.publish.queries.due`) and
printing it for people (`civic_assets.cli.due`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from civic_assets.answers.sources import NewestEdition
from civic_assets.answers.words import DueBasis, DueState


@dataclass(frozen=True, slots=True)
class OutEdition:
    """The newest file that the publisher offered when it was last asked."""

    title: str
    """The publisher's title."""
    edition: str
    """The publisher's name of the edition; empty if there is none."""
    published: date | None
    """Day in London on which it was put out; null if the publisher does not say."""
    url: str
    """Address of the file, or of the archive that contains it."""
    found_at: str
    """Address of the page or document that names it."""
    held: bool
    """Whether its bytes are held."""
    release: str | None
    """The release that they became; null if they are not held, or are not a release of the source."""


@dataclass(frozen=True, slots=True)
class NextEdition:
    """When the next edition is due, and who says so."""

    day: date | None
    """Day in London; null if the publisher's words give none."""
    basis: DueBasis
    """`publisher`, or `rhythm` if the publisher does not say."""
    words: str
    """The publisher's words, or how the day follows from the contract."""
    said_at: str | None
    """Address at which the publisher says so; null for `rhythm`."""


@dataclass(frozen=True, slots=True)
class DueSource:
    """One source: what is held, what is out, and what is expected next."""

    source: str
    """Name of the source."""
    publisher: str | None
    """Publisher."""
    held: NewestEdition | None
    """Newest figures held of the files from which the next day is counted; null if nothing is published."""
    out: OutEdition | None
    """Newest file that the publisher offered; null if it was never asked or offered nothing."""
    waiting: int
    """Number of files that it offered and that are not held."""
    asked_at: str | None
    """When the publisher last answered, in UTC; null if it never did."""
    asked: tuple[str, ...]
    """Addresses that were asked then."""
    trouble: str | None
    """Why it could not be reached, or what was not found, when it was last asked; null if all was well."""
    failures: int
    """How many times in a row it, or one of its files, could not be reached."""
    next: NextEdition | None
    """When the next edition is due; null if none is expected or nobody says."""
    state: DueState
    """`up_to_date`: everything that the publisher offers is held. `out`: the publisher offers a file that is not held.
    `overdue`: nothing newer was out when it was due. `not_known`: it was due after the publisher was last asked.
    `expected`: nobody was asked, and nothing is due yet as far as is known. `not_expected`: no further edition is
    expected. `nothing_held`: no release of it was ever received, and none is known to be out. `not_found`: a kind of
    file that is wanted was not found at the publisher's site when it was last asked, and nothing else is known to be
    missing."""
    late_days: int
    """Days for which something has been out without being held, or has been overdue, as far as that is known."""
    sentence: str
    """All of this in a sentence."""
    notes: tuple[str, ...]
    """Sentences about fewer files than before, and about files that were replaced, issued again or withdrawn."""


@dataclass(frozen=True, slots=True)
class DueList:
    """All active sources."""

    today: date
    """Day in London for which lateness is counted."""
    sources: tuple[DueSource, ...]
    """One entry for each active source, by name."""
    exit_code: int
    """0, or 3: publishers were asked now, and one could not be reached or something that is wanted was not found."""
