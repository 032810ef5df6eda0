"""`breaks.yaml`: dated events after which a series means something else.

Belongs here: the keys of the file, and that its days follow each other. Does not belong here: which breaks concern a
series (`civic_assets.harmonise.comparability.breaks`), and whether sources, measures and areas of these names exist
(`civic_assets.quality.file_demands`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Because, Day, Entry, Text, YesNo
from civic_assets.contracts.models.layout import PeriodKindWord, Unit
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

_RUN = re.compile(r"([EJKLNSW][0-9]{2})([0-9]{6})\.\.([EJKLNSW][0-9]{2})([0-9]{6})")


def _run(text: str) -> str:
    if ".." not in text:
        return text
    match = _RUN.fullmatch(text)
    if match is None or match[1] != match[3] or match[4] <= match[2]:
        raise PydanticCustomError(
            "run", "{text} is not a run of codes such as E09000002..E09000033", {"text": repr(text)}
        )
    return text


AreaOrRun = Annotated[str, AfterValidator(_run)]
"""A code, a run of codes (`E09000002..E09000033`), the beginning of codes (`E05*`), or the name of a group."""


ActionWord = Literal["block", "caveat"]
"""What follows for a comparison across a break."""


class BreakEntry(Entry):
    """One event. A scope that is not given is everything."""

    id: Text
    sources: Annotated[list[Text], OneOrMore] | None = None
    measures: list[Text] | None = None
    areas: list[AreaOrRun] | None = None
    breakdowns: list[Text] | None = None
    units: list[Unit] | None = None
    from_: Day = Field(alias="from")
    to: Day | None = Field(default=None, description="The day after its last day; without one it lasts.")
    last_old_edition: dict[str, Text] | None = Field(
        default=None,
        description="The change is between editions: by source the last of the old kind, or `all`.",
    )
    period_kinds: list[PeriodKindWord] | None = None
    effect: Text
    action: ActionWord
    abnormal: YesNo | None = None
    reference: Text
    verified: YesNo
    reclassifies: YesNo | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> BreakEntry:
        if self.to is not None and self.to <= self.from_:
            raise PydanticCustomError(
                "break", "ends on {to}, not after it starts on {start}",
                {"to": str(self.to), "start": str(self.from_)},
            )  # fmt: skip
        if self.reclassifies and self.last_old_edition is None:
            raise PydanticCustomError(
                "break", "reclassifies is about a change between editions: give last_old_edition"
            )
        return self


class BreakRegister(WholeFile):
    """Groups of names, and the breaks."""

    sources_without_contract: dict[str, Because] = Field(
        default_factory=dict, description="Sources that are not read, each with why a break names it."
    )
    source_groups: dict[str, list[Text]] = Field(default_factory=dict)
    measure_groups: dict[str, list[Text]] = Field(default_factory=dict)
    area_groups: dict[str, list[AreaOrRun]] = Field(default_factory=dict)
    breaks: list[BreakEntry]

    def contradictions(self) -> Iterator[Problem]:
        """Each id is used once."""
        yield from twice("breaks", [entry.id for entry in self.breaks], "the id")

    def members(self, groups: Mapping[str, list[str]], names: list[str] | None) -> list[str] | None:
        """Names with each group replaced by its members; None if there is no list.

        Args:
            groups: Groups of that kind of name.
            names: Names as written.
        """
        if names is None:
            return None
        return [member for name in names for member in groups.get(name, [name])]
