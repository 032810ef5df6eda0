"""`education_areas.yaml`: areas as the Department for Education's files print them, by code.

Belongs here: the keys of the file. Does not belong here: finding the area of a row
(`civic_assets.sources.dfe.areas`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from civic_assets.contracts.models.base import Day, Entry, Text
from civic_assets.contracts.models.whole_file import AreaCode, WholeFile, unknown
from civic_assets.contracts.problems import Problem

AuthorityCode = Annotated[str, Field(pattern=r"^([EJKLNSW][0-9]{8}|z)$")]
"""Code of an authority; `z` is the department's own for areas without one."""
Number = Annotated[str, Field(pattern=r"^([0-9]{3})?$")]
"""The department's number of an area, three digits in quotation marks; empty if it has none."""


class EducationPlace(Entry):
    """A country, region or part of a region."""

    name: Text
    number: Number
    also_numbers: list[Number] | None = None
    also: list[Text] | None = None


class EducationAuthority(EducationPlace):
    """A local authority, with the days on which its code was in force; `to` is the last of them."""

    region: AreaCode | None
    from_: Day | None = Field(alias="from")
    to: Day | None


class EducationAreas(WholeFile):
    """Areas by kind and code."""

    countries: dict[AreaCode, EducationPlace]
    regions: dict[AreaCode, EducationPlace]
    sub_regions: dict[AreaCode, EducationPlace]
    local_authorities: dict[AuthorityCode, EducationAuthority]

    def contradictions(self) -> Iterator[Problem]:
        """Each authority is in a region of the file, and its code ends after it begins."""
        for code, entry in self.local_authorities.items():
            path = f"local_authorities.{code}"
            if entry.region is not None:
                reason = "{} is not a region of this file"
                yield from unknown(f"{path}.region", [entry.region], self.regions, reason, "regions")
            if entry.from_ is not None and entry.to is not None and entry.to < entry.from_:
                yield Problem(f"{path}.to", f"is {entry.to}, before the first day of the code, {entry.from_}")
