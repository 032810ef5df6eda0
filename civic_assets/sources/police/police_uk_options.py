"""Settings that the parser of data.police.uk reads from its contract.

Belongs here: the options, which several modules of the parser read. Does not belong here: reading files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.parser_options import ParserOptions


@dataclass(frozen=True, kw_only=True)
class Force(ParserOptions):
    """A force: code of its area, and the word for it in release keys."""

    code: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class LsoaVintage(ParserOptions):
    """Census that the small areas belong to, from a month on."""

    from_: str
    kind: str
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class RepeatedRows(ParserOptions):
    """Share of rows of anti-social behaviour that may equal another row, in files with a minimum number of rows."""

    antisocial_share: float
    fewest: int
    because: str


@dataclass(frozen=True, kw_only=True)
class LinesNamed(ParserOptions):
    """Maximum number of lines that a locator names."""

    most: int
    because: str


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Forces by name, words of the API by category, and limits."""

    categories: Mapping[str, str]
    forces: Mapping[str, Force]
    lsoa_vintages: tuple[LsoaVintage, ...]
    repeated_rows: RepeatedRows
    lines_named: LinesNamed
