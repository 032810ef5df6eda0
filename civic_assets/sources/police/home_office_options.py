"""Settings that the parser of police recorded crime reads from its contract.

Belongs here: the options, which several modules of the parser read. Does not belong here: reading files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.parser_options import ParserOptions


@dataclass(frozen=True, kw_only=True)
class ForceNotes(ParserOptions):
    """Sheets, in lower case, and the lines between which the notes on single forces are."""

    sheets: tuple[str, ...]
    begins: str
    ends: str


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Codes of forces, kinds of national bodies and of places without a code, each by the name in lower case."""

    forces: Mapping[str, str]
    national_bodies: Mapping[str, str]
    places_without_code: Mapping[str, str]
    force_notes: ForceNotes
