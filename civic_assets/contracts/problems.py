"""Mistakes in a contract or another file, each with its path, its reason and the nearest known name.

Belongs here: turning what pydantic says into sentences for the author of the file. Does not belong here: deciding what
is a mistake (`models`, `checks`).
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from civic_assets.contracts.nearest_names import nearest, suggestion
from civic_assets.errors import ContractError

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument", "missing_keyword_only_argument")
_OPTION = " (what only one parser needs belongs under the options of the property `parser`)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Args:
        path: Where, e.g. `schema[0].customProperties(layout).unit`.
        reason: What is wrong and what is expected there.
    """

    path: str
    reason: str


def refused(file: object, problems: Sequence[Problem]) -> ContractError:
    """The error to raise about a file: its first problem, and how many more there are."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more: civic-assets contract {file})" if len(problems) > 1 else ""
    return ContractError(file, first.path, first.reason + more)


def problems_of(error: ValidationError, model: type[BaseModel] | Any) -> list[Problem]:
    """Every mistake that pydantic found, in the order of the file's models.

    Args:
        error: What it raised.
        model: What it validated against.
    """
    errors = error.errors(include_url=False)
    # A misspelt key is one mistake, not two: the key that was meant is not reported as missing as well.
    meant = {(one["loc"][:-1], _meant(one, model)) for one in errors if one["type"] in _UNKNOWN}
    return [
        _problem(one, model)
        for one in errors
        if one["type"] not in _MISSING or (one["loc"][:-1], one["loc"][-1]) not in meant
    ]


def _meant(one: Mapping[str, Any], model: Any) -> str | None:
    loc = tuple(one["loc"])
    return nearest(str(loc[-1]), _keys(_walk(model, loc[:-1])[1]))


def _problem(one: Mapping[str, Any], model: Any) -> Problem:
    loc, context = tuple(one["loc"]), one.get("ctx") or {}
    kind = one["type"]
    if kind in _UNKNOWN:
        path, parent = _walk(model, loc[:-1])
        key = str(loc[-1])
        if loc[:-1] == ("customProperties",):
            option = "" if nearest(key, _keys(parent)) else _OPTION
            hint = suggestion(key, _keys(parent), "ours")
            return Problem(f"{path}({key})", f"unknown property {key!r}{hint}{option}")
        return Problem(
            _join(path, key), f"unknown key {key!r}" + suggestion(key, _keys(parent), "known keys")
        )
    if kind in _MISSING:
        return Problem(_walk(model, loc[:-1])[0] or "(top)", f"{str(loc[-1])!r} is missing")
    path = _walk(model, loc)[0]
    if not loc and one.get("input") is None:
        return Problem("(top)", "is empty")
    if kind == "union_tag_invalid":
        path = _join(path, str(context["discriminator"]).strip("'"))
    if kind == "union_tag_not_found":
        return _without_tag(path, one["input"], str(context["discriminator"]).strip("'"))
    return Problem((path or "(top)") + str(context.get("at", "")), _reason(one, context))


def _without_tag(path: str, value: Any, key: str) -> Problem:
    """A mapping that lacks the key which says what kind of mapping it is."""
    written = [str(name) for name in value] if isinstance(value, Mapping) else []
    unknown = nearest(key, written)
    if unknown is None:
        return Problem(path or "(top)", f"{key!r} is missing")
    return Problem(_join(path, unknown), f"unknown key {unknown!r}; did you mean {key!r}?")


def _reason(one: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    kind, value = one["type"], one.get("input")
    if kind == "unknown_key":
        return f"unknown key {context['key']!r}" + suggestion(
            str(context["key"]), context["known"], "known keys"
        )
    if kind == "word":
        words = context["words"]
        text = str(context["text"]).strip("'")
        return f"{context['text']} is not one of the {context['plural']}" + suggestion(text, words)
    if kind in ("literal_error", "union_tag_invalid"):
        expected = context.get("expected") or context.get("expected_tags", "")
        words = [word.strip().strip("'") for word in str(expected).replace(" or ", ", ").split(",")]
        shown = repr(context["tag"]) if kind == "union_tag_invalid" else repr(value)
        near = nearest(shown.strip("'"), words)
        return f"{shown} is not one of {', '.join(sorted(words))}" + (
            f"; did you mean {near!r}?" if near else ""
        )
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context["pattern"]), f"{value!r} does not match {context['pattern']}")
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {value!r:.80}"
    if kind == "greater_than_equal" and context.get("ge") == 0:
        return "must not be negative"
    if kind == "greater_than":
        return f"must be greater than {context['gt']:g}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']:g}"
    return str(one["msg"])


_PATTERNS = {
    r"^[A-Z]-[0-9][0-9](-[a-z0-9-]+)?$": "must be the id of a check such as V-10, with a suffix such as V-11-theft",
    r"^([EJKLNSW][0-9]{8}|z)$": "must be the code of an area, such as E09000019, or z",
    r"^([0-9]{3})?$": "must be three digits in quotation marks, or empty",
    r"^[a-z_][a-z0-9_]*$": "must be the name of a Python module: lower-case letters, digits and underscores",
}
_EXPECTED = {
    "string_type": "text (write it in quotation marks)",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "date_type": "a day such as 2024-10-01",
    "is_instance_of": "a day such as 2024-10-01",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "mapping_type": "a mapping",
    "tuple_type": "a list",
    "too_short": "at least one entry",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "date_parsing": "a day such as 2024-10-01",
    "date_from_datetime_parsing": "a day such as 2024-10-01",
}


# What pydantic adds to the place of a key that is not of its kind.
_KEY = "[key]"


def _walk(model: Any, loc: Sequence[Any]) -> tuple[str, Any]:
    """The path of a location as people write it, and the type that is expected there."""
    path, current, named = "", model, False
    for step in loc:
        if step == _KEY:
            continue
        current, tag = _strip(current, step)
        if tag:
            continue
        if isinstance(step, int):
            path += f"[{step}]"
            current = _argument(current, 0)
            continue
        path = f"{path}({step})" if named else _join(path, str(step))
        fields = _fields(current)
        if fields:
            current = fields.get(str(step), Any)
            named = step == "customProperties"
        else:
            current, named = _argument(current, 1), False
    return path, _strip(current, None)[0]


def _strip(current: Any, step: Any) -> tuple[Any, bool]:
    """A type without Optional and Annotated; and whether the step was only the name of a member of a union."""
    while True:
        origin = get_origin(current)
        if origin is Annotated:
            current = get_args(current)[0]
        elif origin in (Union, types.UnionType):
            members = [one for one in get_args(current) if one is not type(None)]
            if len(members) == 1:
                current = members[0]
                continue
            chosen = next((one for one in members if step is not None and _is_named(one, step)), None)
            return (chosen, True) if chosen is not None else (current, False)
        else:
            return current, False


# Keys that say which of several models a mapping is.
_TAGS = ("rule", "type")


def _is_named(member: Any, step: Any) -> bool:
    """Whether a step of a location names a member of a union: by its discriminator, or by its type."""
    member = _strip(member, None)[0]
    if getattr(member, "__name__", "") == step:
        return True
    named = [_fields(member).get(key) for key in _TAGS]
    return any(get_origin(one) is Literal and step in get_args(one) for one in named)


def _fields(model: Any) -> Mapping[str, Any]:
    """Types by the key as it is written; empty for what is not a model."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    keys: Callable[[], Mapping[str, Any]] | None = getattr(model, "written_keys", None)
    return keys() if keys is not None and isinstance(model, type) else {}


def _keys(model: Any) -> list[str]:
    return list(_fields(model))


def _argument(current: Any, place: int) -> Any:
    arguments = get_args(current)
    return arguments[place] if len(arguments) > place else Any


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def type_at(model: Any, loc: Sequence[Any]) -> Any:
    """The type that a model expects at a location; `Any` where it expects none in particular."""
    return _walk(model, loc)[1]
