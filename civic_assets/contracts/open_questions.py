"""Questions that a contract leaves open: what a person still has to decide about a source.

Belongs here: finding them, each with its place. Does not belong here: asking them
(`civic_assets.scaffold.contract_text`).

A question is a comment that begins with `# TODO:`; it is about what follows it, or about its own line. A value that is
`TODO` is open too, so that nobody answers by removing the comment alone. A contract with an open question is refused,
which means that nothing is read or published by a contract that is half written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

OPEN = "TODO"
"""Value instead of an answer, and the word that begins a question in a comment."""
_QUESTION = re.compile(r"(?:^|\s)#\s*TODO\b:?\s*(.*)$")
_GOES_ON = re.compile(r"^\s*#\s?(.*)$")
_NAMED = "property"
_ANSWER = "Answer it here, and remove the comment."
_STILL = f"the value is still {OPEN}. Write the answer."


def open_questions(content: bytes) -> list[tuple[str, str]]:
    """Every open question of a contract, with the path of the place that it is about.

    Args:
        content: The contract as YAML that can be read.
    """
    if OPEN.encode() not in content:
        return []
    lines = content.decode("utf-8").splitlines()
    places = dict(_places(yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader), ""))
    found: dict[str, str] = {}
    for at, question in _comments(lines):
        path = _path_at(places, at, len(lines))
        text = f"open question: {question} {_ANSWER}"
        found[path] = f"{found[path]} {text}" if path in found else text
    asked = tuple(found)
    for value_path in (path for path, value in _values(yaml.safe_load(content), "") if value == OPEN):
        if not any(value_path == path or value_path.startswith((f"{path}.", f"{path}[")) for path in asked):
            found[value_path] = _STILL
    return list(found.items())


def _comments(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Questions in comments, with the line that each is about; a comment goes on over several lines."""
    at = 0
    while at < len(lines):
        match = _QUESTION.search(lines[at])
        if match is None:
            at += 1
            continue
        words, whole = [match[1].strip()], lines[at].lstrip().startswith("#")
        at += whole
        while whole and at < len(lines) and _goes_on(lines[at]):
            following = _GOES_ON.match(lines[at])
            words.append(following[1].strip() if following else "")
            at += 1
        yield at, " ".join(filter(None, words))
        at += not whole


def _goes_on(line: str) -> bool:
    return line.lstrip().startswith("#") and not _QUESTION.search(line)


def _path_at(places: dict[int, str], at: int, end: int) -> str:
    """The path of the first entry from a line on."""
    return next((places[line] for line in range(at, end) if line in places), "(top)")


def _places(node: yaml.Node | None, path: str) -> Iterator[tuple[int, str]]:
    """The path of the first entry of each line; those deeper in a line come later and are left out."""
    seen: set[int] = set()
    for line, place in _entries(node, path):
        if line not in seen:
            seen.add(line)
            yield line, place


def _entries(node: yaml.Node | None, path: str) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            yield key.start_mark.line, below
            yield from _entries(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            named = _name_of(item)
            if named is not None:
                below = f"{path}({named.value})"
                yield item.start_mark.line, below
                for key, value in item.value:
                    if key.value == "value":
                        yield from _entries(value, below)
                continue
            yield item.start_mark.line, f"{path}[{index}]"
            yield from _entries(item, f"{path}[{index}]")


def _name_of(item: yaml.Node) -> yaml.Node | None:
    if not isinstance(item, yaml.MappingNode):
        return None
    named: yaml.Node | None = next((value for key, value in item.value if key.value == _NAMED), None)
    return named if any(key.value == "value" for key, _ in item.value) else None


def _values(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _values(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, dict) and "property" in one and "value" in one and path.endswith("Properties"):
                yield from _values(one["value"], f"{path}({one['property']})")
            else:
                yield from _values(one, f"{path}[{index}]")
    else:
        yield path, value
