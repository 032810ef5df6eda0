"""A whole file of `data_contracts/`, with the demands that only the file as a whole can be asked.

Belongs here: the base class of these files, and demands that several of them share. Does not belong here: any kind of
file (`vocabularies`, `breaks`, `suites`, `read_model`, `geography`, `registers`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import AREA_CODE, Entry
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.contracts.problems import Problem


class WholeFile(Entry):
    """The top level of a file."""

    def contradictions(self) -> Iterator[Problem]:
        """Names that lead nowhere in this file, and values that contradict each other."""
        return iter(())


def unknown(
    path: str, names: Iterable[str], known: Collection[str], reason: str, plural: str
) -> Iterator[Problem]:
    """One problem for each name that is not known.

    Args:
        path: Place of the names.
        names: Names that the file uses.
        known: Names that there are.
        reason: What is wrong, with `{}` for the name in quotation marks.
        plural: What the known names are, as in `did you mean ...? (measures are ...)`.
    """
    for name in names:
        if name not in known:
            yield Problem(path, reason.format(repr(name)) + suggestion(name, known, plural))


def twice(path: str, names: Iterable[str], what: str) -> Iterator[Problem]:
    """One problem for each name that a list has a second time.

    Args:
        path: Place of the list.
        names: One name for each entry of the list.
        what: What the names are, e.g. `the id`.
    """
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem(f"{path}[{index}]", f"{what} {name!r} appears twice; keep one of them")
        seen.add(name)


def _area_code(text: str) -> str:
    if not AREA_CODE.fullmatch(text):
        raise PydanticCustomError(
            "area_code", "{text} is not the code of an area: one letter and eight digits, such as E09000019",
            {"text": repr(text)},
        )  # fmt: skip
    return text


AreaCode = Annotated[
    str, AfterValidator(_area_code), WithJsonSchema({"type": "string", "pattern": AREA_CODE.pattern})
]
"""A nine-character code of the Office for National Statistics."""


def _area_or_part(text: str) -> str:
    code, _, part = text.partition("/")
    _area_code(code)
    if text != code and not part:
        raise PydanticCustomError("area_code", "names no part of the area after the stroke")
    return text


_AREA_OR_PART = AREA_CODE.pattern.removesuffix("$") + "(/.+)?$"
AreaOrPart = Annotated[
    str, AfterValidator(_area_or_part), WithJsonSchema({"type": "string", "pattern": _AREA_OR_PART})
]
"""The code of an area, or `<code>/<word>` for a part of it that has no code of its own."""


def written_as(model: type[Entry]) -> Discriminator:
    """How to tell an entry that is written as text from one that is a mapping, for a union of both.

    The members of the union carry `Tag("str")` and a tag with the name of the model.

    Args:
        model: Model of the mapping.
    """

    def tag(value: Any) -> str:
        return model.__name__ if isinstance(value, dict | Entry) else "str"

    return Discriminator(tag)


OneOrMore = Field(min_length=1)
"""A list that must not be empty."""
