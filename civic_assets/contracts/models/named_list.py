"""A list of custom properties, read as a mapping by name.

Belongs here: the standard writes `[{property: layout, value: ...}]`, which is checked here as one model with a field
for each name, written back as the list, and described to editors as the list. Does not belong here: which properties
there are.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, GetJsonSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, PydanticCustomError

Model = TypeVar("Model", bound=BaseModel)
_KEYS = ("property", "value", "description", "id", "vendor")


def _by_name(items: Any) -> Any:
    if isinstance(items, BaseModel):
        return items
    if not isinstance(items, list):
        raise PydanticCustomError(
            "named_list", "must be a list of custom properties, each with 'property' and 'value'"
        )
    found: dict[str, Any] = {}
    for index, item in enumerate(items):
        where = {"at": f"[{index}]"}
        if not isinstance(item, dict):
            raise PydanticCustomError("named_list", "must be a mapping with 'property' and 'value'", where)
        for key in item:
            if key not in _KEYS:
                raise PydanticCustomError(
                    "unknown_key", "unknown key {key}", {"key": key, "known": _KEYS, "at": f"[{index}]"}
                )
        for key in ("property", "value"):
            if key not in item:
                raise PydanticCustomError("named_list", f"{key!r} is missing", where)
        name = item["property"]
        if not isinstance(name, str):
            raise PydanticCustomError("named_list", "'property' must be a name, found {name}",
                                      {**where, "name": f"{name!r:.80}"})  # fmt: skip
        if item["value"] is None:
            reason = f"property {name!r} has no value; write one, or remove the property"
            raise PydanticCustomError("named_list", reason, where)
        if name in found:
            raise PydanticCustomError(
                "named_list", f"property {name!r} appears twice; keep one of them", where
            )
        found[name] = item["value"]
    return found


def _as_list(model: BaseModel) -> list[dict[str, Any]]:
    values = model.model_dump(by_alias=True, exclude_unset=True)
    return [{"property": name, "value": value} for name, value in values.items()]


class _ListSchema:
    """Describes the list to editors: one alternative for each name."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        plain = handler.resolve_ref_schema(handler(core))
        properties = plain.get("properties", {})
        entries = [
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["property", "value"],
                "properties": {
                    "property": {"const": name},
                    "value": value,
                    "description": {"type": "string"},
                    "id": {"type": "string"},
                    "vendor": {"type": "string"},
                },
            }
            for name, value in properties.items()
        ]
        return {"type": "array", "items": {"oneOf": entries}}


NamedList = Annotated[Model, BeforeValidator(_by_name), PlainSerializer(_as_list), _ListSchema()]
"""The custom properties of a place, as a model with one field for each name."""
