"""The publisher's notes of a release, with their marks.

Belongs here: reading them once for the rule about notes (R-11) and for what is stored of the release. Does not belong
here: how notes are found (`civic_assets.parsing.notes`).
"""

from __future__ import annotations

from civic_assets.parsing.notes.reader import FoundNotes, read_notes
from civic_assets.quality.framework.release import ReleaseView


def publisher_notes_of(release: ReleaseView) -> FoundNotes:
    """Notes and marks of a release; without figures they are tied to tables only."""
    observations = release.parsed.observations if release.parsed else None
    return read_notes(release.grid, release.found, observations)
