"""The answer of `evidence`: the pack that was written.

Belongs here: what `evidence --json` prints. Does not belong here: writing it (`civic_assets.evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """The evidence pack of a publication."""

    file: str
    """Path of the zip file."""
    publication: int
    """Number of the publication."""
    hash: str
    """Its hash."""
    bytes: int
    """Size of the zip file."""
    sha256: str
    """SHA-256 of the zip file, in hexadecimal digits; the same whenever and wherever it is made."""
    files: int
    """Number of files in it."""
    inputs: int
    """Number of publishers' files in it."""
    figures: int
    """Number of published figures in it."""
    followed: tuple[str, ...]
    """Full names of the figures that are followed to their cells, with their releases."""
    synthetic: bool
    """Whether any figure is made up."""
