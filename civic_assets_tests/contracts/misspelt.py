"""Contracts with one letter of one key changed, for every key that a model knows.

Belongs here: finding those keys and changing them. Does not belong here: what must be said about them (the tests).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

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


def misspellings(document: dict[str, Any]) -> Iterator[Misspelling]:
    """One for each key in each kind of place: the second column of a table is like the first."""
    seen: set[tuple[Any, ...]] = set()
    for place, path, key in _keys(document, (), ()):
        kind = (tuple("*" if isinstance(step, int) else step for step in path), key)
        if kind not in seen:
            seen.add(kind)
            yield Misspelling(place, key, changed(key))


def changed(word: str) -> str:
    """A word without its second letter, or with another in its place when that would be a word of two letters."""
    return word[0] + word[2:] if len(word) > 3 else word + word[-1]


def _keys(value: Any, place: tuple[Any, ...], path: tuple[Any, ...]) -> Iterator[tuple[Any, Any, str]]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            named = path[-1:] == ("customProperties",) and isinstance(entry, dict)
            if named and type_at(ContractDocument, (*path, entry["property"])) is not Any:
                yield (*place, index), (*path, index), "property"
                yield (*place, index), (*path, index), "value"
                yield from _keys(entry["value"], (*place, index, "value"), (*path, entry["property"]))
            else:
                yield from _keys(entry, (*place, index), (*path, index))
    elif isinstance(value, dict):
        known = getattr(type_at(ContractDocument, path), "model_fields", None)
        for key, below in value.items():
            if known is not None:
                yield place, path, key
            # The model of a rule depends on its kind.
            kind = (below["rule"],) if key == "implementation" else ()
            yield from _keys(below, (*place, key), (*path, key, *kind))
