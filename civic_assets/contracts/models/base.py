"""What all models of a contract share: unknown keys are refused, words come from closed lists.

Belongs here: base classes and the types of single values. Does not belong here: any mapping of a contract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

AREA_CODE = re.compile(r"^[EJKLNSW][0-9]{8}$")
"""Code of an area: a letter for the country, two digits for the kind of area, six for the area."""


class Entry(BaseModel):
    """A mapping whose keys are written as its fields are named; any other key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class CamelEntry(Entry):
    """A mapping whose keys are written in camel case, as those of the standard are."""

    model_config = ConfigDict(alias_generator=to_camel)


def _said(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("said", "is empty; write something here, or leave the key out")
    return text


def _breakdown(text: str) -> str:
    if text != "total" and not all(re.fullmatch(r"[^=;]+=[^=;]+", part) for part in text.split(";")):
        raise PydanticCustomError(
            "breakdown", "{text} is not a breakdown; write total, or key=word such as sex=female, joined by ;",
            {"text": repr(text)},
        )  # fmt: skip
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise PydanticCustomError(
            "pattern", "is not a regular expression: {error}", {"error": str(error)}
        ) from None
    return text


def _iso_day(text: Any) -> Any:
    if isinstance(text, date):
        return text
    try:
        date.fromisoformat(str(text))
    except ValueError:
        raise PydanticCustomError("day", "must be a day such as 2017-09-01") from None
    return text


Text = Annotated[str, AfterValidator(_said)]
"""Text that is not empty."""
Because = Annotated[str, AfterValidator(_said), Field(description="Why; a reason that a reader can judge.")]
"""The reason for a value or a decision."""
Breakdown = Annotated[str, AfterValidator(_breakdown)]
"""Which part of all a figure is about: `total`, or `sex=female;age=10-17`."""
Pattern = Annotated[str, AfterValidator(_pattern), WithJsonSchema({"type": "string", "format": "regex"})]
"""A regular expression."""
Day = Annotated[date, Strict()]
"""A day, as YAML reads 2024-10-01."""
DayOrText = Annotated[date | str, AfterValidator(_iso_day)]
"""A day, or its text in quotation marks."""
Number = Annotated[float, Strict()]
"""A number, whole or not."""
NotNegative = Annotated[float, Strict(), Field(ge=0)]
"""A number that is not negative."""
Whole = Annotated[int, Strict()]
"""A whole number."""
YesNo = Annotated[bool, Strict()]
"""`true` or `false`."""


def word_of(
    known: Callable[[], Collection[str]], plural: str, *, listed_in_schema: bool = True
) -> tuple[Any, ...]:
    """Metadata for `Annotated[str, *...]`: the text must be one of a closed list of words.

    Args:
        known: The words; called when a value is checked.
        plural: What the words are, e.g. `units`.
        listed_in_schema: Whether the JSON Schema for editors lists them; not for words that a folder may add.
    """

    def check(text: str) -> str:
        words = known()
        if text not in words:
            raise PydanticCustomError(
                "word", "{text} is not one of the {plural}", {"text": repr(text), "plural": plural,
                                                              "words": tuple(sorted(words))},
            )  # fmt: skip
        return text

    if listed_in_schema:
        return (AfterValidator(check), WithJsonSchema({"type": "string", "enum": sorted(known())}))
    return (AfterValidator(check),)


def refuse_unless_it_ends_later(start: date | None, end: date | None) -> None:
    """Refuse an entry that ends before it starts, or on that day; an end or start that is not given is open.

    Args:
        start: First day.
        end: Day after the last day.

    Raises:
        PydanticCustomError: `end` is not after `start`.
    """
    if start is not None and end is not None and end <= start:
        raise PydanticCustomError(
            "days", "ends on {to}, not after it starts on {start}", {"to": str(end), "start": str(start)}
        )
