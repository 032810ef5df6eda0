"""`read_model.yaml`: what every table and column of the read model means.

Belongs here: the keys of the file, and that it describes what it names. Does not belong here: putting the descriptions
into the database (`civic_assets.publish.read_model.descriptions`), and whether tables of these names exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, unknown, written_as
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.contracts.problems import Problem

_REFERENCE = re.compile(r"\w+\.\w+\(\w+(?:, \w+)*\)")
Value = str | bool | int | float
"""A value of a column as an example."""
Deprecation = Annotated[
    Text | None, Field(description="What to use instead, and until which version it stays.")
]
"""That a table or a column will go; None if it stays."""


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise PydanticCustomError(
            "reference", "{text} is not `schema.table(column)` or `schema.table(column, column)`",
            {"text": repr(text)},
        )  # fmt: skip
    return text


def _template(text: str) -> str:
    if text.count("{}") != 1:
        raise PydanticCustomError(
            "template", "must contain {place} once, for the description of the column", {"place": "{}"}
        )
    return text


class ColumnMeaningEntry(Entry):
    """A column, where more is said than a sentence."""

    text: Text
    unit: Value | None = None
    example: Any = None
    values: list[Value] | None = Field(
        default=None, description="All values that there may be; the text says what each means."
    )
    references: Annotated[str, AfterValidator(_reference)] | None = None
    deprecated: Deprecation = None

    @model_validator(mode="after")
    def _explains_values(self) -> ColumnMeaningEntry:
        unsaid = [str(value) for value in self.values or () if str(value) not in self.text]
        if unsaid:
            raise PydanticCustomError(
                "values", "the text does not say what {values} means", {"values": ", ".join(unsaid)}
            )
        return self


Columns = dict[
    str,
    Annotated[
        Annotated[str, Tag("str")] | Annotated[ColumnMeaningEntry, Tag("ColumnMeaningEntry")],
        written_as(ColumnMeaningEntry),
    ],
]
"""By column: a sentence, or a mapping that says more."""


class TableMeaningEntry(Entry):
    """A table."""

    text: Text
    row: Text = Field(description="What one row is, after 'one row is ...'.")
    key: Annotated[list[Text], OneOrMore]
    unique: list[Text] | None = None
    may_be_empty: list[Text] | None = None
    deprecated: Deprecation = None
    columns: Columns | None = None


class PublishedContractTexts(Entry):
    """Version and texts of the contracts of what is published."""

    version: Text
    purpose: Text
    limitations: Text
    usage: Text


class ReadModelMeanings(WholeFile):
    """Tables, columns, suffixes and macros by name."""

    contract: PublishedContractTexts | None = None
    suffixes: dict[str, Annotated[str, AfterValidator(_template)]]
    tables: dict[str, TableMeaningEntry]
    macros: dict[str, Text]
    columns: Columns

    def contradictions(self) -> Iterator[Problem]:
        """Columns that a table names are described, and references lead to a table of the file."""
        for name, table in self.tables.items():
            path = f"tables.{name}"
            if "." not in name:
                yield Problem(path, f"{name!r} is not `schema.table`")
            for key in ("key", "unique", "may_be_empty"):
                for column in getattr(table, key) or ():
                    if not self._described(column, table):
                        near = suggestion(column, {*self.columns, *(table.columns or {})}, "columns")
                        yield Problem(f"{path}.{key}", f"{column!r} is not a described column{near}")
            yield from self._references(f"{path}.columns", table.columns or {})
        yield from self._references("columns", self.columns)

    def _described(self, column: str, table: TableMeaningEntry) -> bool:
        known = {*self.columns, *(table.columns or {})}
        return column in known or any(
            column.endswith(suffix) and column.removesuffix(suffix) in known for suffix in self.suffixes
        )

    def _references(self, path: str, columns: Mapping[str, Any]) -> Iterator[Problem]:
        for name, entry in columns.items():
            reference = getattr(entry, "references", None)
            if reference is not None:
                place, (table, _) = f"{path}.{name}.references", table_and_columns(reference)
                yield from unknown(place, [table], self.tables, "{} is not a table of this file", "tables")


def table_and_columns(reference: str) -> tuple[str, tuple[str, ...]]:
    """Table and columns of a reference that is valid."""
    table, _, columns = reference.removesuffix(")").partition("(")
    return table, tuple(columns.split(", "))
