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

from civic_assets.contracts.models.base import Because, Day, Entry, Text, YesNo, refuse_unless_it_ends_later
from civic_assets.contracts.models.layout import PeriodKindWord, Unit
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem

_EDITION = re.compile(r"[0-9]{4}(?:-[0-9]{2})?(?:-[a-z].*)?")
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


class AreaReach(Entry):
    """The areas that a break concerns, by how far it reaches from the place of the event."""

    exactly: Annotated[list[AreaOrRun], OneOrMore] | None = Field(
        default=None, description="Only these areas: nothing inside them, and nothing that contains them."
    )
    with_all_inside: Annotated[list[AreaOrRun], OneOrMore] | None = Field(
        default=None, description="These areas and everything that lies wholly inside one of them."
    )
    totals_containing: Annotated[list[AreaOrRun], OneOrMore] | None = Field(
        default=None,
        description="Areas that contain one of these, such as its region and country; not these areas themselves, and "
        "not a total that leaves them out.",
    )

    @model_validator(mode="after")
    def _names_some(self) -> AreaReach:
        if not any(self.by_reach().values()):
            raise PydanticCustomError(
                "areas",
                "needs exactly, with_all_inside or totals_containing; leave out areas for a break everywhere",
            )
        return self

    def by_reach(self) -> dict[str, list[str]]:
        """Codes, runs and groups under each of the three keys."""
        return {
            "exactly": self.exactly or [],
            "with_all_inside": self.with_all_inside or [],
            "totals_containing": self.totals_containing or [],
        }


class BreakEntry(Entry):
    """One event. A scope that is not given is everything."""

    id: Text
    sources: Annotated[list[Text], OneOrMore] | None = None
    measures: list[Text] | None = None
    areas: AreaReach | None = None
    breakdowns: list[Text] | None = None
    units: list[Unit] | None = None
    from_: Day = Field(alias="from")
    to: Day | None = Field(default=None, description="The day after its last day; without one it lasts.")
    last_old_edition: dict[str, Text] | None = Field(
        default=None,
        description="The change is between editions: by source the last of the old kind, or `all`.",
    )
    first_new_edition: dict[str, Text] | None = Field(
        default=None,
        description="The change between editions passed: by source the first that is known to be as before it.",
    )
    only_editions: dict[str, Annotated[list[Text], OneOrMore]] | None = Field(
        default=None, description="Only figures taken from these editions, by source."
    )
    last_edition_without: dict[str, Text] | None = Field(
        default=None,
        description="Later editions print the change, between the days before and after it: by source the last that is "
        "known to print figures of the old kind throughout, also for the days after it.",
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
        refuse_unless_it_ends_later(self.from_, self.to)
        if self.reclassifies and self.last_old_edition is None:
            raise PydanticCustomError(
                "break", "reclassifies is about a change between editions: give last_old_edition"
            )
        self._refuse_needless_editions_without()
        for source, edition in (self.first_new_edition or {}).items():
            last = (self.last_old_edition or {}).get(source)
            if last is None or edition <= last:
                raise PydanticCustomError(
                    "break",
                    "first_new_edition of {source} needs an earlier last_old_edition of the same source",
                    {"source": source},
                )
        return self

    def _refuse_needless_editions_without(self) -> None:
        """An edition without the break is one of days that lasts, and is later than it."""
        if not self.last_edition_without:
            if self.last_edition_without is not None:
                raise PydanticCustomError("break", "last_edition_without needs at least one source")
            return
        for key in ("to", "last_old_edition", "only_editions", "period_kinds"):
            if getattr(self, key) is not None:
                raise PydanticCustomError(
                    "break",
                    "last_edition_without is for a break that lasts from a day on; leave out {key}",
                    {"key": key},
                )
        for source, edition in self.last_edition_without.items():
            if not _EDITION.fullmatch(edition):
                raise PydanticCustomError(
                    "break",
                    "last_edition_without of {source} needs an edition such as '2018-12', not {edition}",
                    {"source": source, "edition": repr(edition)},
                )
            if edition < self.from_.isoformat()[: len(edition)]:
                raise PydanticCustomError(
                    "break",
                    "last_edition_without of {source}, {edition}, is earlier than the break, as are all its figures",
                    {"source": source, "edition": edition},
                )


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
        """Each id is used once, and what a total is to contain is an area."""
        yield from twice("breaks", [entry.id for entry in self.breaks], "the id")
        for index, entry in enumerate(self.breaks):
            written = None if entry.areas is None else entry.areas.totals_containing
            for area in self.members(self.area_groups, written) or ():
                if area.endswith("*"):
                    yield Problem(
                        f"breaks[{index}].areas.totals_containing",
                        f"{area!r} is the beginning of codes; name the areas that the totals contain",
                    )

    def members(self, groups: Mapping[str, list[str]], names: list[str] | None) -> list[str] | None:
        """Names with each group replaced by its members; None if there is no list.

        Args:
            groups: Groups of that kind of name.
            names: Names as written.
        """
        if names is None:
            return None
        return [member for name in names for member in groups.get(name, [name])]
