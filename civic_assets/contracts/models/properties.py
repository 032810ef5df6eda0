"""The custom properties of a contract: what the standard has no key for and the program has to know.

Belongs here: a model for each of our properties, by name. Does not belong here: the property `layout` of a table
(`layout`), and the options of a single parser, which its module declares (`civic_assets.contracts.parser_options`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.known_names import is_threshold, thresholds
from civic_assets.contracts.known_names import release_checks as check_ids
from civic_assets.contracts.models.acquisition import AcquisitionEntry
from civic_assets.contracts.models.base import (
    Because,
    Breakdown,
    CamelEntry,
    Day,
    Entry,
    Number,
    Pattern,
    Text,
    Whole,
    YesNo,
    word_of,
)
from civic_assets.contracts.models.layout import PeriodKindWord, StatisticWord, SymbolEntry, Unit
from civic_assets.contracts.models.measures import MeasureEntry
from civic_assets.contracts.models.quality import SeverityWord


class Publisher(CamelEntry):
    """Who publishes the figures, and on what terms."""

    name: Text
    licence: Text
    legal_basis: Text = Field(
        description="Law under which data are collected or published; or `not stated by the publisher`."
    )
    legal_basis_reference: Text | None = Field(
        default=None,
        description="Where the publisher or the law itself states it. Without it, pages say that nobody does.",
    )
    sharing_agreement: Text
    licence_url: str | None = None


class Schedule(Entry):
    """When to look for a new release."""

    cron: Text
    timezone: Text
    because: Because


class Window(Entry):
    """How many months an ordinary issue has."""

    months: Whole
    because: Because


class ReleaseRhythm(Entry):
    """What names an edition, and how often there is one."""

    edition: Text
    cadence: Text
    schedule: Schedule | None = None
    window: Window | None = None


class NamedUnit(Entry):
    """What the words of a label count, where that may be another unit than the measure's."""

    unit: Text
    because: Because


class MeasureLabelEntry(Entry):
    """What a label in a row stands for, in a table whose rows say what is measured."""

    measure: Text
    percent_measure: Text | None = None
    rate_measure: Text | None = None
    unit: Unit | None = None
    statistic: StatisticWord | None = None
    period: PeriodKindWord | None = None
    breakdown: Breakdown | None = None
    share: YesNo | None = None
    status: Literal["period_unsettled"] | None = Field(
        default=None,
        description="Status of every figure under the label: the file does not say which days its year means.",
    )
    names: NamedUnit | None = None


_EDITION = re.compile(r"(?:19|20)[0-9]{2}(?:-[a-z0-9-]+)?$")


class ThresholdName(Entry):
    """A number that rules need."""

    name: Annotated[
        str,
        WithJsonSchema(
            {"anyOf": [{"enum": sorted(thresholds())}, {"type": "string", "pattern": "^minimum_bytes_.+$"}]}
        ),
    ]
    value: Number
    because: Because

    @model_validator(mode="after")
    def _is_read(self) -> ThresholdName:
        if not is_threshold(self.name):
            raise PydanticCustomError(
                "word", "{text} is not one of the {plural}",
                {"text": repr(self.name), "plural": "thresholds that a rule reads",
                 "words": tuple(sorted(thresholds()))},
            )  # fmt: skip
        share = self.name.endswith("_share")
        if self.value < 0 or (share and self.value > 1):
            raise PydanticCustomError(
                "threshold",
                f"{self.name} must be {'a share from 0 to 1' if share else '0 or more'}, found {self.value:g}",
            )
        return self


class NullShare(Entry):
    """The share of cells without a value that is usual in one table."""

    value: Annotated[Number, Field(ge=0, le=1)]
    because: Because


class KnownValueEntry(Entry):
    """A figure that every expert knows."""

    edition: Text
    measure: Text
    area: Text
    unit: Unit
    start: Day
    end: Day
    value: Number
    because: Because
    breakdown: Breakdown | None = None

    @model_validator(mode="after")
    def _can_be_compared(self) -> KnownValueEntry:
        if not _EDITION.match(self.edition):
            raise PydanticCustomError(
                "edition",
                f"the edition {self.edition!r} must begin with a year or a month, such as 2024 or 2024-03",
            )
        if self.end <= self.start:
            raise PydanticCustomError(
                "days", "'end' is the day after the period, and must be later than 'start'"
            )
        return self


class IgnoredSheet(Entry):
    """A sheet that is not read, known by its name or its first text."""

    name: Pattern | None = None
    title: Pattern | None = None
    because: Because

    @model_validator(mode="after")
    def _one_of_both(self) -> IgnoredSheet:
        if self.name is None and self.title is None:
            raise PydanticCustomError(
                "sheet", "'name' is missing: the sheet's name, or its first text as 'title'"
            )
        return self


class FileNotReadEntry(Entry):
    """Another file of the publisher that is known and not read."""

    headers: list[str]
    formats: list[str]
    others: Literal["allowed", "none"] | None = None
    because: Because


class CheckSeverity(Entry):
    """A severity that is lowered for this source."""

    check: Annotated[str, *word_of(check_ids, "checks of the catalogue")]
    severity: SeverityWord
    because: Because


class DisclosureEntry(Entry):
    """How the publisher treats small counts in some of its tables."""

    practice: Literal["suppressed", "unsuppressed"]
    tables: list[str] | None = None
    measures: list[str] | None = None
    lowest: Number | None = None
    highest: Number | None = None
    because: Because

    @model_validator(mode="after")
    def _range(self) -> DisclosureEntry:
        stated = {"lowest": self.lowest, "highest": self.highest}
        if self.practice == "unsuppressed":
            if any(value is not None for value in stated.values()):
                raise PydanticCustomError("range", "states a range although nothing is hidden")
            return self
        missing = [name for name, value in stated.items() if value is None]
        if missing:
            raise PydanticCustomError("range", f"{missing[0]!r} is missing: say which counts are hidden")
        if not 0 < (self.lowest or 0) <= (self.highest or 0):
            raise PydanticCustomError(
                "range",
                f"{self.lowest:g} to {self.highest:g} is not a range of counts of persons: lowest comes first",
            )
        return self


class NotCoveredEntry(Entry):
    """What the publisher does not always have."""

    area: Text | None = None
    measures: list[str] | None = None
    table: Text | None = None
    row: Text | None = None
    codes: list[str] | None = None
    because: Because

    @model_validator(mode="after")
    def _says_what(self) -> NotCoveredEntry:
        if self.area is None and self.codes is None and (self.table is None or self.row is None):
            raise PydanticCustomError("not_covered", "needs 'area', 'codes', or 'table' and 'row'")
        return self


class ReturnsDueEntry(Entry):
    """Which areas owe the source a return."""

    codes: list[str]
    within: Text | None = None
    because: Because


class WithoutRowsEntry(CamelEntry):
    """What a file of headers alone means."""

    because: Because
    file_name: Pattern | None = None


class CarriedForwardEntry(Entry):
    """A part that did not report and was carried into totals, from one day to another."""

    part: Text
    into: Annotated[list[str], Field(min_length=1)]
    from_: Day = Field(alias="from")
    to: Day
    because: Because


class NegativeCounts(Entry):
    """Whether counts may be negative."""

    allowed: YesNo
    because: Because


class RecordLimit(Entry):
    """About how many records an API answers at most."""

    records: Whole
    because: Because


class OnlyBecause(Entry):
    """A property that says nothing but its reason."""

    because: Because


class NamedPlace(Entry):
    """An area that the source's text names."""

    code: Text
    name: Text
    type: Text


class SubjectEntry(Entry):
    """What the words of a statement's subject stand for."""

    measures: list[str] | None = None
    source: Text | None = None
    table: Text | None = None
    ended: Day | None = None
    because: Because | None = None

    @model_validator(mode="after")
    def _complete(self) -> SubjectEntry:
        if self.ended is not None and self.because is None:
            raise PydanticCustomError(
                "subject", "'because' is missing: say where it is known that the body ended"
            )
        if self.table is not None and self.source is None:
            raise PydanticCustomError("subject", "'source' is missing: say whose table it is")
        return self


class StatementsEntry(Entry):
    """Sentences that ship with the tables."""

    table: Text
    subjects: dict[str, SubjectEntry] = Field(default_factory=dict)


class ParserChoice(Entry):
    """Which parser reads the files, and what it has to know."""

    name: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")] | None = Field(
        None,
        description="A module of civic_assets.sources, or of a folder in CIVIC_SOURCES; by default the source.",
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="The options that the parser's module declares (class Options)."
    )


class Properties(CamelEntry):
    """Every custom property that a contract may have; each may appear once."""

    publisher: Publisher
    release: ReleaseRhythm
    parser: ParserChoice | None = None
    header_aliases: dict[str, list[str]] | None = None
    header_patterns: dict[str, Pattern] | None = None
    measures: dict[str, MeasureEntry] | None = None
    measure_labels: dict[str, MeasureLabelEntry] | None = None
    symbols: list[SymbolEntry] | None = None
    thresholds: list[ThresholdName] | None = None
    null_shares: dict[str, NullShare] | None = None
    known_values: list[KnownValueEntry] | None = None
    ignored_sheets: list[IgnoredSheet] | None = None
    files_not_read: list[FileNotReadEntry] | None = None
    check_severities: list[CheckSeverity] | None = None
    disclosure: list[DisclosureEntry] | None = None
    not_covered: list[NotCoveredEntry] | None = None
    returns_due: ReturnsDueEntry | None = None
    without_rows: WithoutRowsEntry | None = None
    carried_forward: list[CarriedForwardEntry] | None = None
    negative_counts: NegativeCounts | None = None
    answers_of_at_most: RecordLimit | None = None
    reissues_without_notice: OnlyBecause | None = None
    published_on: Day | None = None
    side_by_side: list[str] | None = None
    statements: StatementsEntry | None = None
    places: dict[str, NamedPlace] | None = None
    not_read_because: Text | None = None
    acquisition: AcquisitionEntry | None = None
