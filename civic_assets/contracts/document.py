"""YAML and JSON as plain values, with the mistakes that a parser would pass over refused.

Belongs here: bytes in, plain values out; a file that is not YAML or JSON, a key that a mapping has twice (both parsers
keep the last one without a word), and what no file may hold: days that do not exist, infinite numbers, endless aliases.
Does not belong here: what a file must say (`models`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from civic_assets.errors import ContractError
from civic_assets.house_numbers.file_limits import CONTRACT_VALUES


def read_yaml(file: Path, content: bytes) -> Any:
    """The whole of a YAML file as plain values.

    Args:
        file: Where it was read.
        content: Its bytes.

    Raises:
        ContractError: It is not YAML, a mapping has a key twice, or a value cannot be used; names line and column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = f"is not UTF-8 text (byte 0x{content[error.start]:02x}). Save the file as UTF-8."
        raise ContractError(file, f"line {line}", reason) from None
    try:
        found = yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(whole file)"
        reason = str(error.problem) if isinstance(error, _Refused) else f"is not YAML: {_problem(error)}"
        if mark and "\t" in _indent(text, mark.line):
            reason = "is not YAML: the line is indented with a tab. Use spaces."
        raise ContractError(file, where, reason) from None
    if "*" in text and "&" in text and (why := _why_endless(found)):
        raise ContractError(file, "(whole file)", why)
    return found


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
        return json.loads(content.decode("utf-8"), object_pairs_hook=once, parse_constant=_refuse_constant)
    except ValueError as error:
        raise ContractError(file, "(whole file)", f"is not JSON: {error}") from None


class _Refused(yaml.constructor.ConstructorError):
    """YAML whose meaning is refused: a key twice in a mapping, or a value that cannot be used."""


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is not a number that can be used")


def _indent(text: str, line: int) -> str:
    """White space at the beginning of a line, counted from 0."""
    lines = text.splitlines()
    words = lines[line] if line < len(lines) else ""
    return words[: len(words) - len(words.lstrip())]


def _why_endless(document: Any) -> str:
    """Why a document with aliases cannot be used: it contains itself, or grows beyond any use; empty if it can."""
    sizes: dict[int, int] = {}
    inside: set[int] = set()

    def size(value: Any) -> int:
        if not isinstance(value, (dict, list)):
            return 1
        if id(value) in inside:
            return CONTRACT_VALUES + 1
        if id(value) not in sizes:
            inside.add(id(value))
            sizes[id(value)] = 1 + sum(map(size, value.values() if isinstance(value, dict) else value))
            inside.discard(id(value))
        return sizes[id(value)]

    if size(document) <= CONTRACT_VALUES:
        return ""
    return (
        "has an alias (*name) that contains itself or is repeated without end. Write out what it stands for."
    )


def _twice(key: object) -> str:
    return f"the key {key!r} appears twice in one mapping; keep one of them"


def _problem(error: yaml.YAMLError) -> object:
    return getattr(error, "problem", None) or error


@cache
def _loader() -> Any:
    # libyaml takes a tenth of the time; it is not in every build of PyYAML.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Refuses a key that a mapping has twice, and values that cannot be used."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            if isinstance(node, yaml.MappingNode):
                seen: set[Hashable] = set()
                for key, _ in node.value:
                    if isinstance(key, yaml.ScalarNode):
                        if (key.tag, key.value) in seen:
                            raise _Refused(None, None, _twice(key.value), key.start_mark)
                        seen.add((key.tag, key.value))
            return super().construct_mapping(node, deep)

    for name in ("timestamp", "int", "float"):
        Loader.add_constructor(
            f"tag:yaml.org,2002:{name}", _usable(getattr(Loader, f"construct_yaml_{name}"))
        )
    return Loader


def _usable(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A constructor of a day or number that refuses what is not one, such as 2024-13-01 and .inf."""

    def constructed(loader: Any, node: Any) -> Any:
        try:
            value = construct(loader, node)
        except ValueError:
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            what = "a day that exists" if node.tag.endswith("timestamp") else "a number that can be used"
            reason = (
                f"{node.value!r} is not {what}. Correct it, or write it in quotation marks if it is text."
            )
            raise _Refused(None, None, reason, node.start_mark)
        return value

    return constructed
