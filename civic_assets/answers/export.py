"""The answer of `export`: the file that was written, and what is in it.

Belongs here: what `export --json` prints. Does not belong here: choosing figures and writing files
(`civic_assets.export`), and printing (`civic_assets.cli.export`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

ExportFormat: TypeAlias = Literal["csv", "parquet", "json", "xlsx"]
"""Format of an exported file."""
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
"""Formats, which are also the endings of files."""


@dataclass(frozen=True, slots=True)
class ExportedSource:
    """A source of exported figures, with what its licence asks to be said."""

    source: str
    """Name of the source, such as `ons_csp`."""
    publisher: str
    """Who publishes it."""
    licence: str
    """Its licence, as the contract states it."""
    attribution: str
    """The sentence to print wherever its figures are used."""
    releases: tuple[str, ...]
    """Releases that the exported figures come from."""
    figures: int
    """Number of exported figures."""
    synthetic: bool
    """Whether any of them is from a synthetic sample."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The file that was written."""

    file: str
    """Path of the file."""
    format: ExportFormat
    """Its format."""
    bytes: int
    """Its size."""
    sha256: str
    """SHA-256 of its bytes, in hexadecimal digits."""
    title: str
    """What is in it, in words."""
    figures: int
    """Number of figures."""
    without_value: int
    """Number of figures that have a status instead of a value."""
    disputed: int
    """Number of figures that a check found wrong; they are exported as printed."""
    tables: int
    """Number of tables in it: one, or for a workbook as many as it has sheets of figures."""
    notes: int
    """Number of notes about the figures: publishers' notes, findings and decisions."""
    publication: str
    """Hash of the publication that the figures were taken from."""
    number: int
    """Number of that publication in its store."""
    synthetic: bool
    """Whether any figure is from a synthetic sample."""
    sources: tuple[ExportedSource, ...]
    """Sources of the figures, by name."""
