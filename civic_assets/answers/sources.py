"""The answer of `sources`: sources, their releases, and when the next is due.

Belongs here: what `sources --json` prints. Does not belong here: working it out
(`civic_assets.publish.queries.sources`) and printing it for people (`civic_assets.cli.sources`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from civic_assets.answers.words import DueBasis, DueState, ReleaseState


@dataclass(frozen=True, slots=True)
class HeldRelease:
    """A release in the store."""

    release: str
    """Name of the release, such as `2024-12`."""
    state: ReleaseState
    """`published`, `held_back`, `not_built` or `left_out`."""
    rows: int
    """Number of figures in it."""
    disputed: int
    """Number of those that are disputed."""
    synthetic: bool
    """Whether it is a sample with made-up figures."""
    retrieved_at: str
    """Time at which its file was received, in UTC."""
    sha256: str
    """SHA-256 of its file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class NewestEdition:
    """The figures whose period ends last, and the release that prints them."""

    release: str
    """Newest release that prints that period."""
    edition: str
    """Edition of that release: its name without the number of a reissue."""
    period: str
    """The period, in words, such as `year ending December 2024`."""
    period_start: date
    """First day of the period."""
    period_end: date
    """Day after the last day of the period."""
    last_day: date
    """Last day of the period."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One of the sequences of files that a source publishes, with its newest figures."""

    line: str
    """Text after the date in the names of its releases, such as `reasons`; empty if there is none."""
    main: bool
    """Whether the next due date is counted from this line."""
    one_off: bool
    """Whether each file answers one request, so that none is ever due again."""
    releases: int
    """Number of releases with figures."""
    figures: int
    """Number of figures in them."""
    release: str
    """Newest release that prints the newest period."""
    edition: str
    """Edition of that release."""
    period: str
    """The newest period, in words."""
    period_start: date
    """First day of that period."""
    period_end: date
    """Day after the last day of that period."""
    last_day: date
    """Last day of that period."""
    next_due: date | None
    """Day by which the next edition should be out; null for a line from which none is counted."""
    late_days: int | None
    """Days since then; 0 if it is not late."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source, its releases, and when the next is due."""

    source: str
    """Name of the source, such as `ons_csp`."""
    publisher: str | None
    """Publisher."""
    status: str
    """Status of its contract, such as `active` or `draft`."""
    not_read_because: str | None
    """Why the source is not read; null if it is."""
    purpose: str
    """What the source holds."""
    releases: tuple[HeldRelease, ...]
    """Releases in the store, the newest first."""
    newest: NewestEdition | None
    """Newest figures of the line of files that goes furthest; null if nothing is published."""
    lines: tuple[SourceLine, ...]
    """Sequences of files of the source, the main one first."""
    comes_again: bool
    """Whether further editions are expected."""
    next_due: date | None
    """Day by which the edition after the newest of the main line should be out (rule X-02)."""
    late_days: int | None
    """Days since then; 0 if it is not late."""
    latest_period_end: date | None
    """Day after the last day of the newest period."""
    stale_from: date | None
    """The same day as `next_due`."""
    stale: bool | None
    """Whether that day has come; null if nothing is published."""
    out: str | None
    """The publisher's title of the newest file that it offered when it was last asked; null if it never was."""
    asked_at: str | None
    """When the publisher last answered, in UTC; null if it never did."""
    due_day: date | None
    """Day on which the next edition is due: as the publisher says, or else `next_due`."""
    due_basis: DueBasis | None
    """Who says so: `publisher`, or `rhythm` for the contract; null if nobody does."""
    due_state: DueState
    """What is known of further editions, as in `civic-assets due`."""
    due_late_days: int
    """Days for which something has been out without being held, or has been overdue, as far as that is known."""
    due_sentence: str
    """All of this in a sentence."""


@dataclass(frozen=True, slots=True)
class SourceList:
    """All sources that have a contract."""

    sources: tuple[SourceStatus, ...]
    """One entry for each contract, by name."""
