"""`assurance.yaml`: what regulators and inspectors said of the quality of a series.

Belongs here: the keys of the file, and that its days and rates are possible. Does not belong here: events after which a
series means something else (`civic_assets.contracts.models.breaks`), whether sources, measures and forces of these
names exist (`civic_assets.quality.file_demands`), and what follows for a reader (`civic_assets.publish.bias`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Day, Entry, Number, Text, YesNo, refuse_unless_it_ends_later
from civic_assets.contracts.models.whole_file import AreaCode, OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

DesignationWord = Literal[
    "accredited_official_statistics", "official_statistics", "official_statistics_in_development",
    "management_information", "not_official_statistics",
]  # fmt: skip
"""What a producer may call a series; accredited official statistics were called National Statistics until 2024."""

Published = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
"""A day, a month (`2018-08`) or a year."""


class Designation(Entry):
    """What kind of statistics some series are, between two days."""

    id: Text
    sources: Annotated[list[Text], OneOrMore]
    measures: Annotated[list[Text], OneOrMore] | None = None
    designation: DesignationWord
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = Field(default=None, description="The day after its last day; without one it lasts.")
    said: Text
    reference: Text
    published: Published | None = None
    verified: YesNo

    @model_validator(mode="after")
    def _is_some_time(self) -> Designation:
        refuse_unless_it_ends_later(self.from_, self.to)
        return self


class Inspection(Entry):
    """An inspection's estimate of the share of reported crimes that a force recorded."""

    id: Text
    inspectorate: Text
    force: AreaCode
    about: Text = Field(description="The measure of the crimes that were inspected.")
    rate: Number
    error: Number
    from_: Day = Field(alias="from")
    to: Day
    said: Text
    reference: Text
    published: Published | None = None
    verified: YesNo

    @model_validator(mode="after")
    def _is_a_share_of_some_time(self) -> Inspection:
        if not 0 < self.error < self.rate <= 1:
            raise PydanticCustomError("rate", "needs a rate of at most 1, larger than its error")
        refuse_unless_it_ends_later(self.from_, self.to)
        return self


class AssuranceVocabulary(WholeFile):
    """Designations and inspections."""

    designations: list[Designation]
    inspections: list[Inspection]

    def contradictions(self) -> Iterator[Problem]:
        """Each id is used once, and no figure has two designations on one day."""
        yield from twice("designations", [one.id for one in self.designations], "the id")
        yield from twice("inspections", [one.id for one in self.inspections], "the id")
        for index, one in enumerate(self.designations):
            for other in self.designations[:index]:
                shared = sorted(set(one.sources) & set(other.sources))
                if shared and _share_a_measure(one, other) and _share_a_day(one, other):
                    yield Problem(
                        f"designations[{index}]",
                        f"{shared[0]!r} already has a designation at that time, {other.id!r}; give the days on which "
                        "one ends and the other starts",
                    )


def _share_a_measure(a: Designation, b: Designation) -> bool:
    return a.measures is None or b.measures is None or bool(set(a.measures) & set(b.measures))


def _share_a_day(a: Designation, b: Designation) -> bool:
    return all(
        one.to is None or other.from_ is None or other.from_ < one.to for one, other in ((a, b), (b, a))
    )
