"""The answer of `refresh`: what was taken in, built and published.

Belongs here: what `refresh --json` prints. Does not belong here: the work (`civic_assets.refresh`) and printing for
people (`civic_assets.cli.refresh`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from civic_assets.answers.cause import FileNotRead, FoundCause
from civic_assets.answers.document import MAY_BE_ABSENT
from civic_assets.answers.fetching import Fetching


@dataclass(frozen=True, slots=True)
class RefreshedRelease:
    """A release that was built and checked."""

    source: str
    """Source of the release."""
    release: str
    """Name of the release."""
    state: Literal["published", "held_back"]
    """Whether it is published or held back."""
    rows: int
    """Number of figures in it."""
    checks_passed: int
    """Number of checks that passed."""
    checks_failed: int
    """Number of checks that failed."""
    checks_not_evaluated: int
    """Number of checks that had nothing to check."""
    disputed: int
    """Number of disputed figures."""
    held_back: tuple[str, ...]
    """Why it is held back; empty if it is published."""
    synthetic: bool
    """Whether its figures are made up."""


@dataclass(frozen=True, slots=True)
class UnbuiltRelease:
    """A release that could not be built, or was not asked for."""

    source: str
    """Source of the release."""
    release: str
    """Name of the release."""
    state: Literal["not_built"]
    """Always `not_built`."""
    rows: int
    """Always 0."""


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """What a refresh did."""

    profile: str
    """`sample`, `local` or `live`."""
    store: str
    """Folder of the store."""
    publication: str | None
    """Hash of the current publication; null if nothing was ever published."""
    published_now: bool
    """Whether this refresh made that publication."""
    releases: tuple[RefreshedRelease | UnbuiltRelease, ...]
    """All releases of the store, by source and name."""
    disputed: tuple[str, ...]
    """One sentence for each disputed figure."""
    ignored: tuple[FileNotRead, ...]
    """Files that are not a release of any source."""
    refused: tuple[FileNotRead, ...]
    """Files that cannot be read."""
    errors: tuple[str, ...]
    """Sentences about steps that failed."""
    report: str | None
    """First page of the site; null if nothing was ever published, or if the site is to be built later."""
    samples_left_out: tuple[str, ...]
    """Synthetic samples that were left out because publishers' files arrived, each as `source release`."""
    exit_code: int
    """0: published. 1: also, but a release was held back, or a file could not be read. 3: also, but a source could not
    be reached, or something that is wanted of it was not found."""
    causes: tuple[FoundCause, ...] = ()
    """Causes of all findings, those that ask for action first."""
    fetching: Fetching | None = field(default=None, metadata=MAY_BE_ABSENT)
    """What was asked of publishers; absent unless the profile is `live`."""
    alerts_not_sent: tuple[str, ...] = ()
    """A sentence for each way of sending alerts that failed; they are sent after the next refresh."""
