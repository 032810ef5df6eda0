"""The answer of `lineage`: how many events were written and sent.

Belongs here: what `lineage --json` prints. Does not belong here: the events (`civic_assets.lineage`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineageEvents:
    """The OpenLineage events of a publication."""

    publication: int
    """Number of the publication."""
    hash: str
    """Its hash."""
    namespace: str
    """Namespace of jobs and datasets."""
    events: int
    """Number of events."""
    file: str | None
    """File with one event on each line; null if none was asked for."""
    sent: int
    """Number of events that were sent."""
    not_sent: str
    """Why the next one was not sent, in a sentence; empty if all were, or if sending was not asked for."""
