"""The tables of the area register: rows of `geography/*.csv`.

Belongs here: columns and values of each table, and that its rows do not contradict each other. Does not belong here:
the register that is made of them (`civic_assets.harmonise.areas`), and codes that must be in another table
(`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import AreaCode, AreaOrPart, WholeFile, twice
from civic_assets.contracts.problems import Problem


def _day(text: Any) -> Any:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError("day", "must be a day such as 2017-09-01") from None


CsvDay = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day as its text."""
AreaType = Literal[
    "country", "region", "sub_region", "county", "metropolitan_county", "local_authority", "police_force",
    "community_safety_partnership",
]  # fmt: skip
AreaForm = Literal[
    "london_borough", "metropolitan_district", "non_metropolitan_district", "northern_irish_district",
    "scottish_council_area", "unitary_authority", "welsh_unitary_authority",
]  # fmt: skip
Kind = Literal["renamed", "recoded", "merged", "split", "boundary_change"]


def _ends_after_it_begins(row: AreaRow | NameRow) -> AreaRow | NameRow:
    if row.valid_from is not None and row.valid_to is not None and row.valid_to <= row.valid_from:
        raise PydanticCustomError(
            "days", "valid_to is {to}, not after valid_from, {start}",
            {"to": str(row.valid_to), "start": str(row.valid_from)},
        )  # fmt: skip
    return row


class AreaRow(Entry):
    """One code of an area."""

    code: AreaOrPart
    name: Text
    type: AreaType
    form: AreaForm | None = None
    valid_from: CsvDay | None = Field(
        default=None, description="First day of the code; empty if it is as old as the coding (2009)."
    )
    valid_to: CsvDay | None = Field(
        default=None, description="The day after its last; empty while it is in force."
    )
    parent_code: AreaCode | None = None
    region_code: AreaCode | None = None
    source: Text | None = None

    _days = model_validator(mode="after")(_ends_after_it_begins)


class AreasTable(WholeFile):
    """`areas.csv`."""

    rows: list[AreaRow]

    def contradictions(self) -> Iterator[Problem]:
        """A code has one row."""
        yield from twice("rows", [row.code for row in self.rows], "the code")


class SuccessionRow(Entry):
    """What happened to a code on a day."""

    date: CsvDay
    from_code: AreaCode
    to_code: AreaCode
    kind: Kind
    from_name: Text
    to_name: Text
    reference: Text
    verified: Literal["yes", "no"]

    @model_validator(mode="after")
    def _goes_on_as_another(self) -> SuccessionRow:
        if (self.from_code == self.to_code) != (self.kind == "renamed"):
            raise PydanticCustomError(
                "succession",
                "a code that was renamed stays the same, and after any other change it is another",
            )
        return self


class SuccessionsTable(WholeFile):
    """`successions.csv`."""

    rows: list[SuccessionRow]

    def contradictions(self) -> Iterator[Problem]:
        """A change of one code to another has one row."""
        names = [f"{row.from_code} to {row.to_code} on {row.date}" for row in self.rows]
        yield from twice("rows", names, "the change")


class MembershipRow(Entry):
    """An authority, or a part of it, in a partnership or police force."""

    container_code: AreaOrPart
    member_code: AreaCode
    container_type: Literal["community_safety_partnership", "police_force"]
    coverage: Literal["whole", "part"]
    source: Text | None = None


class MembershipsTable(WholeFile):
    """`memberships.csv`."""

    rows: list[MembershipRow]

    def contradictions(self) -> Iterator[Problem]:
        """A member of a container has one row."""
        names = [f"{row.member_code} in {row.container_code}" for row in self.rows]
        yield from twice("rows", names, "the membership")


class NameRow(Entry):
    """Another spelling or an earlier name of an area."""

    code: AreaCode
    name: Text
    source: Text
    valid_from: CsvDay | None = None
    valid_to: CsvDay | None = Field(default=None, description="The day after the last.")

    _days = model_validator(mode="after")(_ends_after_it_begins)


class NamesTable(WholeFile):
    """`names.csv`."""

    rows: list[NameRow]

    def contradictions(self) -> Iterator[Problem]:
        """A spelling of one source has one row."""
        names = [f"{row.name} ({row.code}) of {row.source}" for row in self.rows]
        yield from twice("rows", names, "the name")


def row_of(table: type[WholeFile]) -> type[Entry]:
    """The model of a row of a table."""
    (row,) = get_args(table.model_fields["rows"].annotation)
    return cast("type[Entry]", row)


def columns_of(table: type[WholeFile]) -> dict[str, bool]:
    """Columns of a table, each with whether its header must be there.

    Args:
        table: Model of the table.
    """
    fields = row_of(table).model_fields
    # Where a row is from says nothing to the program.
    return {name: field.is_required() or name != "source" for name, field in fields.items()}
