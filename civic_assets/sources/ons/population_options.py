"""Settings that the parser of population estimates reads from its contract.

Belongs here: the options, which several modules of the parser read. Does not belong here: reading files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.parser_options import ParserOptions


@dataclass(frozen=True, kw_only=True)
class Nomis(ParserOptions):
    """Codes of Nomis: ages, sexes, and kinds of area by the beginning of the code."""

    ages: Mapping[str, str]
    sexes: Mapping[str, str]
    area_types: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Kinds of area by the printed geography, how they nest, and age groups by their label."""

    nomis: Nomis
    area_types: Mapping[str, str]
    levels: Mapping[str, int]
    age_groups: Mapping[str, str]
