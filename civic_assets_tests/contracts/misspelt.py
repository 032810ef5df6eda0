"""Contracts and other files with one letter of one key changed, for every key that a model knows.

Belongs here: finding those keys and changing them. Does not belong here: what must be said about them (the tests).
"""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.problems import type_at


@dataclass(frozen=True)
class Misspelling:
    """A key of a contract with one letter changed.

    Args:
        place: Keys and indexes that lead to the mapping, as in the file.
        key: The right key.
        wrong: The same with one letter changed.
    """

    place: tuple[str | int, ...]
    key: str
    wrong: str

    def applied(self, document: dict[str, Any]) -> dict[str, Any]:
        """The contract with the misspelling."""
        changed = copy.deepcopy(document)
        at: Any = changed
        for step in self.place:
            at = at[step]
        entries = {self.wrong if key == self.key else key: value for key, value in at.items()}
        at.clear()
        at.update(entries)
        return changed


def document_of(file: Path) -> dict[str, Any]:
    """A contract as plain values."""
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def misspellings(
    document: dict[str, Any], model: type[BaseModel] = ContractDocument, *, each_name: bool = True
) -> Iterator[Misspelling]:
    """One for each key in each kind of place: the second column of a table is like the first.

    Args:
        document: The file as plain values.
        model: Model of the file.
        each_name: Whether entries under different names are different kinds of place.
    """
    seen: set[tuple[Any, ...]] = set()
    for place, kind, key in _keys(document, (), (), (), model):
        sort = tuple("*" if isinstance(step, int) else step for step in place) if each_name else kind
        if (sort, key) not in seen:
            seen.add((sort, key))
            yield Misspelling(place, key, changed(key))


def changed(word: str) -> str:
    """A word without its second letter, or with another in its place when that would be a word of two letters."""
    return word[0] + word[2:] if len(word) > 3 else word + word[-1]


def _keys(
    value: Any, place: tuple[Any, ...], path: tuple[Any, ...], kind: tuple[Any, ...], model: type[BaseModel]
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], str]]:
    """Place in the file, kind of place, and key; indexes and names that a file chooses itself are of one kind."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            below = (*kind, "*")
            named = path[-1:] == ("customProperties",) and isinstance(entry, dict)
            if named and type_at(model, (*path, entry["property"])) is not Any:
                yield (*place, index), below, "property"
                yield (*place, index), below, "value"
                step = entry["property"]
                yield from _keys(
                    entry["value"], (*place, index, "value"), (*path, step), (*kind, step), model
                )
            else:
                yield from _keys(entry, (*place, index), (*path, index), below, model)
    elif isinstance(value, dict):
        path = _narrowed(model, path, value)
        known = getattr(type_at(model, path), "model_fields", None)
        for key, entry in value.items():
            if known is not None:
                yield place, (*kind, *path[len(kind) :]), key
            step = key if known is not None else "*"
            yield from _keys(entry, (*place, key), (*path, key), (*kind, step), model)


def _narrowed(model: type[BaseModel], path: tuple[Any, ...], value: dict[str, Any]) -> tuple[Any, ...]:
    """A path with the name of the model that a mapping is, where it may be one of several."""
    if hasattr(type_at(model, path), "model_fields"):
        return path
    expected = type_at(model, path)
    members = get_args(expected) if get_origin(expected) in (Union, types.UnionType) else ()
    names = [getattr(get_args(one)[0], "__name__", "") for one in members if get_args(one)]
    for tag in (value.get("rule"), value.get("type"), *names):
        if isinstance(tag, str) and hasattr(type_at(model, (*path, tag)), "model_fields"):
            return (*path, tag)
    return path
