"""The answer of `tables --out`: the SQLite file that was written.

Belongs here: what `tables --out FILE --json` prints. Does not belong here: writing (`civic_assets.browse`) and printing
(`civic_assets.cli.tables`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableInFile:
    """A table of the file."""

    table: str
    """Name of the table in the read model."""
    name: str
    """Its name in the file."""
    n_rows: int
    """Number of rows."""


@dataclass(frozen=True, slots=True)
class TablesFile:
    """A SQLite file with the published tables."""

    store: str
    """Folder of the store."""
    file: str
    """The file."""
    publication: int
    """Number of the publication."""
    publication_hash: str
    """Its hash."""
    synthetic: bool
    """Whether any figure is made up."""
    sources: tuple[str, ...]
    """Sources that the file has figures or codes of."""
    tables: tuple[TableInFile, ...]
    """Its tables."""
    views: tuple[str, ...]
    """Its views, by their names in the file."""
    left_out: tuple[str, ...]
    """Views of the read model that are not in it."""
    n_bytes: int
    """Size of the file, in bytes."""
