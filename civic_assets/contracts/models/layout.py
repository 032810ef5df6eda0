"""The custom property `layout` of a table: how the table is found in a file, and how its columns are read.

Belongs here: the keys of a layout at every depth. Does not belong here: the columns as the standard describes them
(`tables`), and looking at a file (`civic_assets.readers`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.known_names import units
from civic_assets.contracts.models.base import (
    Because,
    Breakdown,
    CamelEntry,
    DayOrText,
    Entry,
    NotNegative,
    Number,
    Pattern,
    Text,
    YesNo,
    word_of,
)
from civic_assets.contracts.models.rows import Rows
from civic_assets.values.periods import PeriodKind, Statistic

Unit = Annotated[str, *word_of(units, "units", listed_in_schema=False)]
"""A unit of the vocabulary of measures."""
StatisticWord = Annotated[str, *word_of(lambda: tuple(map(str, Statistic)), "statistics")]
PeriodKindWord = Annotated[str, *word_of(lambda: tuple(map(str, PeriodKind)), "kinds of period")]


class PeriodOfColumn(Entry):
    """Where the period of a figure is printed, of what kind it is, and which one an open text means."""

    from_: Literal["title", "latest_in_title", "header", "cell"] = Field(alias="from")
    kind: PeriodKindWord
    year: Literal["start", "end"] | None = Field(
        default=None,
        description="Whether a year alone is the one in which the period starts or ends; of 2023/24, in which of the "
        "two the month or day lies (default: the end).",
    )
    month: Annotated[int, Strict(), Field(ge=1, le=12)] | None = Field(
        default=None,
        description="The month that is meant, or in which the period ends, where a year is printed.",
    )
    day: Annotated[int, Strict(), Field(ge=1, le=31)] | Literal["last"] | None = Field(
        default=None,
        description="The day of the month on which a stock is counted, where the text has no day.",
    )


class LayoutColumn(Entry):
    """How one column of figures is read where it differs from the rest of the table."""

    measure: Text | None = None
    unit: Unit | None = None
    statistic: StatisticWord | None = None
    breakdown: Breakdown | None = None
    period: PeriodOfColumn | None = None
    rounding: NotNegative | None = None
    repeats: YesNo | None = Field(
        default=None, description="The table has one such column for each period or area."
    )


class SymbolEntry(Entry):
    """A mark instead of a number, or next to one."""

    mark: str
    status: Text
    meaning: Text


class HeaderGroup(Entry):
    """Headers that are known, with what follows from them."""

    headers: list[str]
    because: Because


class Levels(Entry):
    """Levels of geography that are read, and those that are known and left out."""

    column: Text
    ours: list[str]
    others: dict[str, Text] = Field(default_factory=dict)


class PopulationOfRows(CamelEntry):
    """Values that distinguish a table from another publication with the same headers."""

    column: Text
    one_of: list[Pattern] | None = None
    keys_of: Text | None = Field(
        default=None, description="measureLabels, or an option of the parser whose keys the rows must have."
    )
    none_of: list[Pattern] | None = None
    because: Because

    @model_validator(mode="after")
    def _says_which(self) -> PopulationOfRows:
        if self.one_of is None and self.keys_of is None and self.none_of is None:
            raise PydanticCustomError(
                "population",
                "says neither which values must be there (oneOf, keysOf) nor which must not (noneOf)",
            )
        return self


class Suppressed(Entry):
    """Between which numbers a suppressed count lies."""

    lowest: Number
    highest: Number
    area_types: list[str] | None = None
    because: Because

    @model_validator(mode="after")
    def _is_a_range(self) -> Suppressed:
        if not 0 <= self.lowest <= self.highest:
            raise PydanticCustomError(
                "range", f"{self.lowest:g} to {self.highest:g} is not a range of counts: lowest comes first"
            )
        return self


class RoundedCounts(Entry):
    """Which counts the publisher rounds, for which levels and years."""

    to: Annotated[Number, Field(gt=0)]
    area_types: list[str] | None = None
    measures: list[str] | None = None
    from_: DayOrText | None = Field(default=None, alias="from")
    until: DayOrText | None = None
    because: Because


class Layout(CamelEntry):
    """How a table is found and read."""

    printed_as: Text | None = Field(
        default=None,
        description="What the publisher calls the table where editions or files differ; otherwise its physicalName.",
    )
    may_be_absent: list[str] | None = Field(
        default=None, description="Columns that a file may lack; every other column must be printed."
    )
    title: Pattern | None = None
    occurrence: Literal["only", "latest", "previous"] | None = None
    optional: YesNo | None = None
    ends: Literal["sheet", "blank_row"] | None = None
    sheets: Literal["one", "all"] | None = None
    banded: YesNo | None = None
    rows_with: Text | None = None
    identified_by: list[str] | None = None
    keys: list[str] | None = None
    unit: Unit | None = None
    statistic: StatisticWord | None = None
    breakdown: Breakdown | None = None
    period: PeriodOfColumn | None = None
    columns: dict[str, LayoutColumn] | None = None
    symbols: list[SymbolEntry] | None = None
    ignored_columns: list[HeaderGroup] | None = None
    not_columns: list[HeaderGroup] | None = None
    levels: Levels | None = None
    populations: list[PopulationOfRows] | None = None
    closed: Text | None = None
    rows: Rows | None = Field(
        default=None,
        description="What a row is about; a table described like this needs no parser of its own.",
    )
    suppressed: Suppressed | None = None
    rounding: list[RoundedCounts] | None = None
