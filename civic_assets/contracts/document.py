"""A contract's YAML as places that know their own path.

Belongs here: taking values out of a document with their type checked, so that every mistake is named with file, path
and reason. Does not belong here: what a contract must say (`load`, `tables`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from civic_assets.errors import ContractError


class Node:
    """A place in a YAML document that knows its own path, so that a mistake can be named.

    Everything that takes a value out of it raises `ContractError` when the value is missing or of another type.
    """

    def __init__(self, file: Path, path: str, value: Any) -> None:
        self.file, self.path, self.value = file, path, value

    def refuse(self, reason: str) -> ContractError:
        """The error to raise about this place."""
        return ContractError(self.file, self.path or "(top)", reason)

    def has(self, key: str) -> bool:
        """Is it a mapping with that key?"""
        return isinstance(self.value, Mapping) and key in self.value

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Node:
        """The place under a key, which must be of a type; the default where the key is absent."""
        if not isinstance(self.value, Mapping):
            raise self.refuse(f"expected a mapping with {key!r}, found {type(self.value).__name__}")
        if key not in self.value:
            if default is ...:
                raise self.refuse(f"{key!r} is missing")
            return Node(self.file, self._child(key), default)
        node = Node(self.file, self._child(key), self.value[key])
        if not isinstance(node.value, kind) or (isinstance(node.value, bool) and kind is not bool):
            names = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise node.refuse(f"expected {names}, found {node.value!r}")
        return node

    def text(self, key: str, default: Any = ...) -> str:
        """The text under a key."""
        return cast(str, self.get(key, str, default).value)

    def items(self, key: str, default: Any = ...) -> Iterator[Node]:
        """The places of the list under a key."""
        node = self.get(key, list, default)
        for index, value in enumerate(node.value):
            yield Node(self.file, f"{node.path}[{index}]", value)

    def pattern(self, key: str) -> re.Pattern[str]:
        """The regular expression under a key."""
        try:
            return re.compile(self.text(key))
        except re.error as error:
            raise self.get(key, str).refuse(f"is no regular expression: {error}") from None

    def one_of(self, key: str, allowed: Mapping[str, Any] | set[str], default: Any = ...) -> str:
        """The text under a key, which must be one of some words."""
        node = self.get(key, str, default)
        if node.value not in allowed:
            from civic_assets.contracts.nearest_names import nearest

            near = nearest(node.value, allowed)
            meant = f"; did you mean {near!r}?" if near else ""
            raise node.refuse(f"{node.value!r} is none of {', '.join(sorted(allowed))}{meant}")
        return cast(str, node.value)

    def only(self, *keys: str) -> None:
        """Refuses any other key."""
        unknown = sorted(set(self.value) - set(keys))
        if unknown:
            from civic_assets.contracts.nearest_names import suggestion

            raise Node(self.file, self._child(str(unknown[0])), None).refuse(
                f"unknown key {unknown[0]!r}{suggestion(str(unknown[0]), keys, 'known keys')}"
            )

    def _child(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def read_document(file: Path, content: bytes) -> Node:
    """The whole of a YAML file, given its bytes, as a place.

    Raises:
        ContractError: It is no YAML; names line and column.
    """
    try:
        document = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(whole file)"
        raise ContractError(file, where, f"is no YAML: {getattr(error, 'problem', error)}") from None
    return Node(file, "", document)
