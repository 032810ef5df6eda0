"""The answer of `package`: what was written into a folder.

Belongs here: what `package --json` prints. Does not belong here: writing (`civic_assets.package`) and printing
(`civic_assets.cli.package`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PackagedTable:
    """A table of a package."""

    table: str
    """Name of the table in the read model."""
    n_rows: int
    """Number of rows."""
    files: tuple[str, ...]
    """Its files, relative to the folder."""


@dataclass(frozen=True, slots=True)
class SpreadsheetFormulas:
    """Texts of a column that a spreadsheet would take for a formula; the CSV of the table is packed for that reason."""

    table: str
    """Name of the table."""
    column: str
    """Name of the column."""
    number: int
    """How many cells there are."""
    example: str
    """One of the texts."""


@dataclass(frozen=True, slots=True)
class DataPackage:
    """A data package that was written."""

    store: str
    """Folder of the store."""
    folder: str
    """Folder of the package."""
    publication: int
    """Number of the publication."""
    publication_hash: str
    """Its hash."""
    synthetic: bool
    """Whether any figure is made up."""
    sources: tuple[str, ...]
    """Sources that the package has figures or codes of."""
    tables: tuple[PackagedTable, ...]
    """Its tables."""
    left_out: tuple[str, ...]
    """Tables and views of the read model that are not in it."""
    formulas: tuple[SpreadsheetFormulas, ...]
    """Texts that a spreadsheet would take for a formula."""
    n_files: int
    """Number of files."""
    n_bytes: int
    """Size of all files, in bytes."""
