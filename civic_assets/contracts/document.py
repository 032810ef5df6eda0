"""YAML and JSON as plain values, with the mistakes that a parser would pass over refused.

Belongs here: bytes in, plain values out; a file that is not YAML or JSON, and a key that a mapping has twice (both
parsers keep the last one without a word). Does not belong here: what a file must say (`models`).
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from civic_assets.errors import ContractError


def read_yaml(file: Path, content: bytes) -> Any:
    """The whole of a YAML file as plain values.

    Args:
        file: Where it was read.
        content: Its bytes.

    Raises:
        ContractError: It is not YAML, or a mapping has a key twice; names line and column.
    """
    try:
        return yaml.load(content, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(whole file)"
        reason = str(error.problem) if isinstance(error, _KeyTwice) else f"is not YAML: {_problem(error)}"
        raise ContractError(file, where, reason) from None


def read_json(file: Path, content: bytes) -> Any:
    """The whole of a JSON file as plain values.

    Args:
        file: Where it was read.
        content: Its bytes.

    Raises:
        ContractError: It is not JSON, or an object has a key twice.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ContractError(file, "(whole file)", _twice(twice))
        return found

    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=once)
    except ValueError as error:
        raise ContractError(file, "(whole file)", f"is not JSON: {error}") from None


class _KeyTwice(yaml.constructor.ConstructorError):
    """A mapping has a key twice."""


def _twice(key: object) -> str:
    return f"the key {key!r} appears twice in one mapping; keep one of them"


def _problem(error: yaml.YAMLError) -> object:
    return getattr(error, "problem", None) or error


@cache
def _loader() -> Any:
    # libyaml takes a tenth of the time; it is not in every build of PyYAML.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Refuses a key that a mapping has twice."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            if isinstance(node, yaml.MappingNode):
                seen: set[Hashable] = set()
                for key, _ in node.value:
                    if isinstance(key, yaml.ScalarNode):
                        if (key.tag, key.value) in seen:
                            raise _KeyTwice(None, None, _twice(key.value), key.start_mark)
                        seen.add((key.tag, key.value))
            return super().construct_mapping(node, deep)

    return Loader
