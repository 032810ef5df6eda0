"""What `inspect` and `refresh` both answer: why findings arose, and why a file was not read.

Belongs here: these two records, apart from the many others of `inspect`, which a refresh with nothing new need not
load. Does not belong here: finding causes (`civic_assets.quality.causes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from civic_assets.answers.words import Severity


@dataclass(frozen=True, slots=True)
class FoundCause:
    """One cause of findings, with what to do about it."""

    cause_id: str
    """Id of the cause; its findings have it too."""
    source: str | None
    """Source, or derived table, that it concerns; null if it concerns several."""
    releases: Sequence[str]
    """Releases that it concerns; empty for derived tables and for causes of several sources."""
    check_ids: Sequence[str]
    """Checks whose findings it explains."""
    severity: Severity
    """Severity of its gravest finding."""
    asks_action: bool
    """Whether anybody must act; false if it is for information only, or waived."""
    audience: Literal["publisher", "us", "reader"]
    """Who can do something about it: the publisher, those who run the pipeline, or readers of the figures."""
    action: str
    """What to do."""
    message: str
    """What is the matter."""
    n_findings: int
    """Number of its findings."""


@dataclass(frozen=True, slots=True)
class FileNotRead:
    """A file that is not a release of a known source, or that cannot be read."""

    file: str
    """Name of the file."""
    reason: str
    """Why it is not read, in a sentence."""
