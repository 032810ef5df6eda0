"""From an answer to a JSON document.

Belongs here: what every answer has in common: how it becomes JSON, and how a row of a query becomes a record. Does not
belong here: any answer. Each command's answer has a module of its own, and a JSON Schema that is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value."""
Evidence: TypeAlias = "bool | int | float | str | Sequence[Evidence] | Mapping[str, Evidence] | None"
"""Anything that JSON can hold: data that supports a finding."""

_Record = TypeVar("_Record", bound="DataclassInstance")
_ABSENT = "may be absent"
MAY_BE_ABSENT = {_ABSENT: True}
"""Metadata of a field whose key is absent from the JSON when there is nothing to say; other fields are null."""


def may_be_absent(record: type[DataclassInstance]) -> frozenset[str]:
    """Names of the keys of a record that its JSON may lack."""
    return frozenset(one.name for one in fields(record) if one.metadata.get(_ABSENT))


def as_document(answer: DataclassInstance) -> dict[str, Json]:
    """An answer as a JSON object, with the fields of each record in their order, and days as YYYY-MM-DD."""
    return {
        one.name: _as_json(value)
        for one in fields(answer)
        if (value := getattr(answer, one.name)) is not None or not one.metadata.get(_ABSENT)
    }


def _as_json(value: object) -> Json:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return _as_json(value.value)
    if isinstance(value, str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return as_document(value)
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} has no place in a JSON document.")


def record_of(record: type[_Record], row: Mapping[str, object]) -> _Record:
    """A record from the row of a query, by the names of its columns; other columns are left out.

    Raises:
        KeyError: The row lacks a column.
    """
    return record(**{one.name: row[one.name] for one in fields(record)})
