"""The part `rows` of a layout: what a row of a tidy table is about, so that the table needs no parser of its own.

Belongs here: the keys of `rows` at every depth. Does not belong here: the rest of a layout (`layout`), and reading rows
by it (`civic_assets.sources.tidy`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from civic_assets.contracts.models.base import CamelEntry, Text
from civic_assets.values.period_format import EXAMPLES

_Words = Annotated[list[str], Field(min_length=1)]


class AreaLevel(CamelEntry):
    """One level of areas: where a row prints the area, and how it is known which area that is."""

    code: Text | None = Field(default=None, description="The column with codes of areas.")
    name: Text | None = Field(default=None, description="The column with names of areas.")
    type: Text | None = Field(
        default=None, description="The kind of area, e.g. library; not where the register of areas says it."
    )
    kind: Text | None = Field(
        default=None, description="What rows of this level are called in counts of rows; by default the type."
    )
    register_: Text | _Words | None = Field(
        default=None,
        alias="register",
        description="Types of area among which the register of areas looks for a name, e.g. local_authority.",
    )
    codes: dict[str, Text] | None = Field(
        default=None, description="Codes of areas by name as printed; they come before those of the register."
    )
    total: Text | _Words | None = Field(
        default=None,
        description="Words that stand for all areas of this level: the row is about the area above.",
    )
    within: Text | None = Field(
        default=None,
        description="Code of the area under which a name is kept that is not known; by default the area above, or the "
        "United Kingdom.",
    )
    names_of: Literal["period", "latest_period"] | None = Field(
        default=None,
        description="Whether a name is of its row's period (default), or all names are of the latest period.",
    )


class PeriodCells(CamelEntry):
    """Where a row prints its period, and how it is written."""

    column: Text
    format: Text | _Words = Field(description="How a period is written.", examples=list(EXAMPLES))
    identifier: Text | None = Field(
        default=None, description="The column that says what kind of period is printed, e.g. 'Academic year'."
    )


class BreakdownCells(CamelEntry):
    """Where a row prints the group of people or things that it is about."""

    column: Text
    total: Text | _Words | None = Field(
        default=None, description="Words that stand for everybody; by default total, all and an empty cell."
    )
    words: dict[str, Text] | None = Field(
        default=None, description="Our words for words of the file; others are kept as printed."
    )


class EditionOfRows(CamelEntry):
    """How the release key is made from the latest period of the rows."""

    form: Literal["YYYY-MM", "YYYY", "YYYY-YY"] | None = Field(
        default=None,
        description="Last month of the latest period (default), its last year, or its two years.",
    )
    series: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] | None = Field(
        default=None, description="What follows the period, for one of several publications of a source."
    )


class Rows(CamelEntry):
    """What a row is about: its area, its period and its group."""

    areas: Annotated[list[AreaLevel], Field(min_length=1)] | None = Field(
        default=None, description="The widest level first; a row is about the last level that it names."
    )
    areas_of: Literal["education"] | None = Field(
        default=None,
        description="Instead of areas: the Department for Education's common columns (geographic_level, new_la_code, "
        "la_name, ...), looked up in vocabularies/education_areas.yaml.",
    )
    period: PeriodCells
    breakdowns: dict[str, BreakdownCells] | None = Field(
        default=None, description="By the key of the breakdown, e.g. sex."
    )
    measure: Text | None = Field(
        default=None, description="The column that names the measure of a row; measureLabels lists the names."
    )
    edition: EditionOfRows | None = None
