"""The answer of `verify`: what in a store is not as its hashes say.

Belongs here: what `verify --json` prints. Does not belong here: comparing (`civic_assets.verify`) and printing
(`civic_assets.cli.verify`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in a store that is not as its hash says."""

    part: str
    """Part of the store: `archive`, `requests`, `tables`, `publications`, `read model` or `site`."""
    name: str
    """The file, relative to the store."""
    sentence: str
    """What is different, and what to do."""
    depends: tuple[str, ...] = ()
    """What was made from it, such as `ons_csp 2024-12` or `publication 3`; empty if nothing is known."""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """One figure, read again from the archived bytes by another route than the pipeline's."""

    name: str
    """Full name of the figure, with its release."""
    file_name: str
    """Name under which the file was received."""
    sha256: str
    """SHA-256 of its bytes, in hexadecimal digits."""
    locator: str
    """Cell of the file."""
    published: str | None
    """Text of the cell as it is published."""
    found: str | None
    """Text of the cell by the other route; null if there is none."""
    route: str
    """The other route, such as `openpyxl`; empty if there is none."""
    same: bool | None
    """Whether both are the same; null if there is no other route."""
    sentence: str
    """What was found, in a sentence."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared in a store, and everything that is different."""

    store: str
    """Folder of the store."""
    publication: int | None
    """Number of the publication that was asked for; null for the whole store."""
    parts: tuple[str, ...]
    """Parts that were compared."""
    left_out: tuple[str, ...]
    """What was not compared, and why."""
    differences: tuple[Difference, ...]
    """Received files before tables, and tables before what is published of them. Empty if all is as it was."""
    figure: ReadAgain | None = None
    """The figure that was asked for."""
