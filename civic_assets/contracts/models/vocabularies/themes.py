"""`themes.yaml`: the questions under which measures are grouped for readers.

Belongs here: the keys of the file, and what the file must say of itself. Does not belong here: whether measures of
these names exist (`civic_assets.quality.file_demands`), and the pages (`civic_assets.publish.site.themes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from civic_assets.contracts.models.base import Entry, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, unknown
from civic_assets.contracts.problems import Problem

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
"""Name of a theme: small letters, digits and `_`. The address of its page has it."""
BiasName = Literal[
    "confirmation", "self_selection", "sampling", "response", "time_period", "survivorship", "reporting", "immediacy",
    "topical", "exposure",
]  # fmt: skip
"""A bias of the register (`civic_assets.publish.bias.indicator.BIASES`)."""


class ThemeMeasure(Entry):
    """A measure or an indicator of a theme."""

    can: Text = Field(description="What it can say about the question.")
    cannot: Text = Field(description="What it cannot say about it.")


class BoroughColumn(Entry):
    """A column of the table of London boroughs."""

    measure: Text = Field(description="A measure of this theme.")
    unit: Text = Field(description="Unit of the figures, such as per_1000_population.")


class Theme(Entry):
    """One question that readers have."""

    title: Text
    question: Text = Field(description="What it is about, as a question in plain words.")
    says: Text = Field(description="What a reader must know first, in two to four sentences.")
    words: list[Text] | None = Field(default=None, description="Words under which the search finds it.")
    measures: dict[Text, ThemeMeasure] = Field(description="Measures, the main ones first.", min_length=1)
    boroughs: Annotated[list[BoroughColumn], OneOrMore] = Field(
        description="Columns of the table of London boroughs. A measure without figures of boroughs is in a table of "
        "police forces and regions instead."
    )
    biases: dict[BiasName, Text] = Field(
        description="Biases that matter for the question, and why.", min_length=1
    )


class ThemeVocabulary(WholeFile):
    """The themes, in the order in which they are listed."""

    themes: dict[Name, Theme] = Field(min_length=1)

    def contradictions(self) -> Iterator[Problem]:
        """A column is of a measure of its theme, and is there once; no two themes have one title."""
        titles: dict[str, str] = {}
        for name, theme in self.themes.items():
            before = titles.setdefault(theme.title.lower(), name)
            if before != name:
                yield Problem(
                    f"themes.{name}.title", f"{theme.title!r} is already the title of themes.{before}"
                )
            reason = "{} is not one of the measures of this theme"
            named = [column.measure for column in theme.boroughs]
            yield from unknown(f"themes.{name}.boroughs", named, theme.measures, reason, "measures")
            columns = [(column.measure, column.unit) for column in theme.boroughs]
            for index, column in enumerate(columns):
                if column in columns[:index]:
                    path = f"themes.{name}.boroughs[{index}]"
                    yield Problem(path, f"{column[0]} in {column[1]} appears twice; keep one of them")
