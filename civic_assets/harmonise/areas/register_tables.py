"""The tables of the area register: areas with their dates, names, successions, and the areas that cover others.

Belongs here: the records, and reading them from `data_contracts/geography/` and from lookups of wards and output
areas. Does not belong here: answering questions with them (`civic_assets.harmonise.areas.register`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from civic_assets.contracts.file_kinds import (
    AREAS,
    EDUCATION_AREAS,
    MEMBERSHIPS,
    NAMES,
    PARTNERSHIPS,
    SUCCESSIONS,
    FileKind,
)
from civic_assets.contracts.load import contracts_folders
from civic_assets.contracts.typed_file import built
from civic_assets.errors import ContractError
from civic_assets.shipped import CONTRACTS
from civic_assets.values.period_words import spoken_day

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.contracts.models.geography import (
        AreasTable,
        MembershipsTable,
        NamesTable,
        SuccessionsTable,
    )
    from civic_assets.contracts.models.whole_file import WholeFile

Made = TypeVar("Made")
_CODE = ("harmonise/areas/register_tables.py",)

LOCAL_AUTHORITY, COUNTY = "local_authority", "county"
PARTNERSHIP, POLICE_FORCE = "community_safety_partnership", "police_force"
WARD, OUTPUT_AREA = "ward", "lsoa"


class SuccessionKind(StrEnum):
    """What happened to a code."""

    RENAMED = "renamed"
    """The same code and ground have a new name."""
    RECODED = "recoded"
    """The same ground has a new code."""
    MERGED = "merged"
    """All of the old ground is in the new area, together with other ground."""
    SPLIT = "split"
    """The old ground is in several new areas."""
    BOUNDARY_CHANGE = "boundary_change"
    """The new code has most of the old ground, but not exactly all of it."""


NESTS = frozenset({SuccessionKind.RENAMED, SuccessionKind.RECODED, SuccessionKind.MERGED})
"""Kinds of change after which all of the old area lies in the new one, so that counts add up exactly."""
SAME = frozenset({SuccessionKind.RENAMED, SuccessionKind.RECODED})
"""Kinds of change after which old and new are the same ground."""


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """One code of an area.

    Args:
        code: GSS code; `<parent>/<word>` for a force that has none.
        type: `local_authority`, `county`, `police_force`, `ward`, ...
        valid_from: First day of the code; None when it is as old as the coding (2009).
        valid_to: Day after its last day; None while it is in force.
        parent: Area that contains it: county, region, country; for a partnership its police force.
        form: Subtype, e.g. `london_borough`.
        region: English region, or the country outside England.
        seen: First and last day of the lookups that have it, where its dates are not otherwise known (wards).
    """

    code: str
    name: str
    type: str
    valid_from: date | None = None
    valid_to: date | None = None
    parent: str | None = None
    form: str = ""
    region: str | None = None
    seen: tuple[date, date] | None = None

    def live(self, on: date) -> bool | None:
        """Whether the code is in force on a day; None if its dates are not known and no lookup of that time is held."""
        if self.seen is not None:
            return True if self.seen[0] <= on <= self.seen[1] else None
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )

    def before(self, other: AreaFacts) -> bool:
        """Whether this area ended, or was last seen, before the other began, or was first seen."""
        ended = self.valid_to or (self.seen[1] if self.seen else None)
        began = other.valid_from or (other.seen[0] if other.seen else None)
        return ended is not None and began is not None and ended <= began


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling or an earlier name, in use from `start` up to, not including, `end`."""

    code: str
    name: str
    source: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """`old`, or part of it, became `new` on `day`."""

    day: date
    old: str
    new: str
    kind: SuccessionKind
    old_name: str
    new_name: str
    reference: str
    verified: bool

    @property
    def sentence(self) -> str:
        """The change in a sentence."""
        old, new, day = f"{self.old_name} ({self.old})", f"{self.new_name} ({self.new})", spoken_day(self.day)
        change = {
            SuccessionKind.RENAMED: f"{old} was renamed {self.new_name} on {day}",
            SuccessionKind.RECODED: f"{old} has been {new} since {day}",
            SuccessionKind.MERGED: f"{old} was merged into {new} on {day}",
            SuccessionKind.SPLIT: f"{old} was split on {day}; {new} is part of it",
            SuccessionKind.BOUNDARY_CHANGE: f"{old} became {new} on {day}, when its boundary moved",
        }[self.kind]
        return f"{change}." if self.verified else f"{change} (as far as is known)."


@dataclass(frozen=True, slots=True)
class Membership:
    """An authority, or part of it, lies in a partnership or police force."""

    container: str
    member: str
    type: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Vintages:
    """Whether codes can appear in one table.

    Args:
        start: First day on which all of them are in force; None if they always were.
        end: Day after the last on which all of them were; None while they are.
        apart: The codes that began last and those that ended first, when they were never all in force on one day.
        unknown: Codes that the register does not have, which were left out.
    """

    start: date | None
    end: date | None
    apart: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether they belong to two dates (rule H-07)."""
        return bool(self.apart)


def geography_folder() -> Path:
    """Folder of the register: in the first folder of contracts that has one, otherwise the one shipped."""
    return _geography_in(tuple(contracts_folders()))


@cache
def _geography_in(contracts: tuple[Path, ...]) -> Path:
    """The folder for some folders of contracts; found once, since rules ask for the register for every area."""
    folders = (folder / "geography" for folder in (*contracts, CONTRACTS))
    return next((folder for folder in folders if folder.is_dir()), CONTRACTS / "geography")


def _table(folder: Path, kind: FileKind, build: Callable[[Any], Made], expected: type) -> Made:
    file = folder / Path(kind.pattern).name
    try:
        return built(kind, file, build, expected, made_by=_CODE)
    except OSError as error:
        raise ContractError(file, "(file)", f"the area register cannot be read: {error.strerror}") from None


def read_areas(folder: Path) -> dict[str, AreaFacts]:
    """`areas.csv` by code.

    Args:
        folder: Folder of the register.

    Raises:
        ContractError: The file, or a column of it, is missing, a value is not of its kind, or a code has two rows.
    """

    def build(table: AreasTable) -> dict[str, AreaFacts]:
        return {
            row.code: AreaFacts(
                row.code, row.name, row.type, row.valid_from, row.valid_to, row.parent_code, row.form or "",
                row.region_code,
            )
            for row in table.rows
        }  # fmt: skip

    return _table(folder, AREAS, build, dict)


def read_successions(folder: Path) -> tuple[Succession, ...]:
    """`successions.csv`, oldest first."""

    def build(table: SuccessionsTable) -> tuple[Succession, ...]:
        rows = [
            Succession(
                row.date, row.from_code, row.to_code, SuccessionKind(row.kind), row.from_name, row.to_name,
                row.reference, row.verified == "yes",
            )
            for row in table.rows
        ]  # fmt: skip
        return tuple(sorted(rows, key=lambda row: (row.day, row.old, row.new)))

    return _table(folder, SUCCESSIONS, build, tuple)


def read_memberships(folder: Path) -> tuple[Membership, ...]:
    """`memberships.csv`."""

    def build(table: MembershipsTable) -> tuple[Membership, ...]:
        return tuple(
            Membership(row.container_code, row.member_code, row.container_type, row.coverage == "whole")
            for row in table.rows
        )

    return _table(folder, MEMBERSHIPS, build, tuple)


def read_aliases(folder: Path) -> list[Alias]:
    """`names.csv`, and the spellings of the vocabularies of education areas and of partnerships."""

    def build(table: NamesTable) -> list[Alias]:
        return [Alias(row.code, row.name, row.source, row.valid_from, row.valid_to) for row in table.rows]

    found = [*_table(folder, NAMES, build, list)]
    for kind, source in ((EDUCATION_AREAS, "dfe"), (PARTNERSHIPS, "home_office")):
        file = folder.parent / kind.pattern
        if file.is_file():
            spellings: list[tuple[str, str]] = built(kind, file, _spellings, list, made_by=_CODE)
            found += [Alias(code, spelling, source) for code, spelling in spellings]
    return found


def _spellings(vocabulary: WholeFile) -> list[tuple[str, str]]:
    """Code and other spelling of each area of a vocabulary."""
    sections = (getattr(vocabulary, name) for name in type(vocabulary).model_fields)
    return [
        (code, spelling)
        for section in sections
        for code, entry in section.items()
        for spelling in entry.also or ()
    ]


def areas_of_lookup(lookup: pa.Table, seen: date) -> Iterator[AreaFacts]:
    """Wards and output areas of a lookup.

    Args:
        lookup: Text columns `ward_code, ward_name, lad_code`, and where it has them `lsoa_code, lsoa_name`, as in the
            contract of the source `lookups`; other columns are ignored.
        seen: Day that the lookup describes.
    """
    names = set(lookup.column_names)
    for kind, code, name, parent in (
        (WARD, "ward_code", "ward_name", "lad_code"),
        (OUTPUT_AREA, "lsoa_code", "lsoa_name", "ward_code"),
    ):
        if {code, name, parent} <= names:
            rows = lookup.select([code, name, parent]).group_by([code, name, parent]).aggregate([])
            for area, called, above in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                if area:
                    yield AreaFacts(area, called, kind, parent=above or None, seen=(seen, seen))
