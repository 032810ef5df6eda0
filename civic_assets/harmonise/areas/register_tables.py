"""The tables of the area register: areas with their dates, names, successions, and what covers what.

Belongs here: the records and reading them from `data_contracts/geography/`, and from lookups of wards and output
areas. Does not belong here: asking questions of them (`civic_assets.harmonise.areas.register`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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
    """The same code and ground have another name."""
    RECODED = "recoded"
    """The same ground has another code."""
    MERGED = "merged"
    """All of the old ground is in the new, with others'."""
    SPLIT = "split"
    """The old ground is in several new areas."""
    BOUNDARY_CHANGE = "boundary_change"
    """The new code has most of the old ground, not exactly it."""


NESTS = frozenset({SuccessionKind.RENAMED, SuccessionKind.RECODED, SuccessionKind.MERGED})
"""Kinds after which all of the old area lies in the new one, so that counts add up exactly."""
SAME = frozenset({SuccessionKind.RENAMED, SuccessionKind.RECODED})
"""Kinds after which old and new are the same ground."""


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """One code of an area.

    Args:
        code: GSS code; `<parent>/<word>` for a force that has none.
        type: `local_authority`, `county`, `police_force`, `ward`, ...
        valid_from: First day of the code; None when it is as old as the coding (2009).
        valid_to: Day after its last; None while it stands.
        parent: The area that it is a part of: county, region, country; a partnership's police force.
        form: What sort of its type, e.g. `london_borough`.
        region: English region, or country of the others.
        seen: First and last day of the lookups that hold it, where nothing else is known of its dates (wards).
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
        """Is the code in force on a day? None when its dates are not known and no lookup of that time is held."""
        if self.seen is not None:
            return True if self.seen[0] <= on <= self.seen[1] else None
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )

    def before(self, other: AreaFacts) -> bool:
        """Had it ended, or was it last seen, when the other began, or was first seen?"""
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
    """`old` became `new` on `day`, or a part of it."""

    day: date
    old: str
    new: str
    kind: SuccessionKind
    old_name: str
    new_name: str
    reference: str
    verified: bool

    @property
    def told(self) -> str:
        """The change in a sentence."""
        old, new = f"{self.old_name} ({self.old})", f"{self.new_name} ({self.new})"
        told = {
            SuccessionKind.RENAMED: f"{old} was renamed {self.new_name} on {self.day}",
            SuccessionKind.RECODED: f"{old} has been {new} since {self.day}",
            SuccessionKind.MERGED: f"{old} was merged into {new} on {self.day}",
            SuccessionKind.SPLIT: f"{old} was split on {self.day}; {new} is a part of it",
            SuccessionKind.BOUNDARY_CHANGE: f"{old} became {new} on {self.day}, when its boundary moved",
        }[self.kind]
        return f"{told}." if self.verified else f"{told} (as far as is known)."


@dataclass(frozen=True, slots=True)
class Membership:
    """An authority, or a part of it, lies in a partnership or police force."""

    container: str
    member: str
    type: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Vintages:
    """Whether codes can stand in one table.

    Args:
        start: Day since when all of them are in force; None when that was always.
        end: Day after the last on which all were; None while they are.
        apart: The latest codes to begin and the earliest to end, when there is no day on which all were in force.
        unknown: Codes that the register does not hold, which were left out.
    """

    start: date | None
    end: date | None
    apart: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def mixed(self) -> bool:
        """Are they of two dates (rule H-07)?"""
        return bool(self.apart)


def geography_folder() -> Path:
    """Folder of the register: of the first folder of contracts that has one, else the project's own."""
    folders = (folder / "geography" for folder in (*contracts_folders(), CONTRACTS))
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
        lookup: Text columns `ward_code, ward_name, lad_code`, or with them `lsoa_code, lsoa_name`, as contracted for
            the source `lookups`; other columns are not looked at.
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
