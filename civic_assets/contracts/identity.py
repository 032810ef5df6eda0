"""What a table is not: how it differs from other publications that have the same headers.

Belongs here: the part of a table's layout that says which headers, levels of geography, populations and filters belong
to another publication, and which headers any publication may have. Does not belong here: looking at a file
(`civic_assets.parsing.identity`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import GENERIC_HEADERS
from civic_assets.contracts.folders import DEFAULT_FOLDER, contracts_folders
from civic_assets.contracts.typed_file import built
from civic_assets.house_numbers.recognition import OWN_HEADERS

if TYPE_CHECKING:
    from civic_assets.contracts.model import Column
    from civic_assets.contracts.models.vocabularies.generic_headers import GenericHeaders

_GENERIC = Path("vocabularies") / "generic_headers.yaml"


@dataclass(frozen=True, slots=True)
class NotColumns:
    """Labels of headers that only another publication has, and what it is (completes `this file is ...`)."""

    headers: frozenset[str]
    because: str


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of geography that are read.

    Args:
        column: Name of the column that prints the level.
        ours: Labels of the levels that are read; `""` for rows without one.
        others: Labels of levels that are known and not read, each with its reason.
    """

    column: str
    ours: frozenset[str]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Population:
    """Values that distinguish a table from another publication with the same headers.

    Args:
        column: Name of the column that prints them.
        one_of: Patterns of labels; at least one row must have one.
        keys_of: Property of the contract whose keys count as `one_of`.
        none_of: Patterns of labels; no row may have one.
        because: What a file that differs is (completes `this file is ...`).
    """

    column: str
    one_of: tuple[re.Pattern[str], ...]
    keys_of: str
    none_of: tuple[re.Pattern[str], ...]
    because: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a table is not.

    Args:
        closed: What an unknown column of words does to a row (completes `a column that is not known ...`); empty if
            the publisher may add such a column without changing what a row counts.
    """

    not_columns: tuple[NotColumns, ...] = ()
    levels: Levels | None = None
    populations: tuple[Population, ...] = field(default=())
    closed: str = ""


@cache
def _generic(file: Path) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    def build(listed: GenericHeaders) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
        return frozenset(listed.headers), tuple(map(re.compile, listed.patterns))

    return built(GENERIC_HEADERS, file, build, tuple, made_by=())


def generic_headers_file() -> Path:
    """The list of headers that any publication may have: that of the first folder of contracts which has one."""
    files = [folder / _GENERIC for folder in contracts_folders()]
    return next((file for file in files if file.is_file()), DEFAULT_FOLDER / _GENERIC)


def is_generic(header_label: str) -> bool:
    """Whether any publication may have a header of this label: a time, an area, `number`, `characteristic`, ..."""
    headers, patterns = _generic(generic_headers_file())
    return header_label in headers or any(pattern.fullmatch(header_label) for pattern in patterns)


def is_specific(column: Column) -> bool:
    """Whether every wording of a column's header belongs to one kind of publication."""
    return not any(map(is_generic, column.headers))


def why_not_identified(identified_by: Iterable[str], columns: Iterable[Column], own: Identity) -> str:
    """Why a table without a title could be taken for another publication's; empty if it could not.

    Args:
        identified_by: Names of the columns by which it is found.
        columns: Its columns.
        own: What else distinguishes it from other publications.
    """
    wanted = set(identified_by)
    specific = [column for column in columns if column.name in wanted and is_specific(column)]
    if len(specific) >= OWN_HEADERS or any(p.one_of or p.keys_of for p in own.populations):
        return ""
    return (
        "identifiedBy has fewer than two headers that only this publication has "
        f"({', '.join(column.name for column in specific) or 'none'}); a file with any area, time and number would be "
        "taken for this table. Add columns, or populations with oneOf: the values that only this publication has"
    )
