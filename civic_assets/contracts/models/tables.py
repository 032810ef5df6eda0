"""One table of a contract: an entry of `schema`, with its columns.

Belongs here: the standard's keys for tables and columns, and our custom property of a table. Does not belong here: the
layout itself (`layout`) and the rules (`quality`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import CamelEntry, Text, YesNo
from civic_assets.contracts.models.layout import Layout
from civic_assets.contracts.models.named_list import NamedList
from civic_assets.contracts.models.quality import RuleEntry
from civic_assets.contracts.models.standard import (
    AuthoritativeDefinition,
    Context,
    CustomProperty,
    LibraryQuality,
    MapDefinition,
    Relationship,
    Synonym,
)

LogicalType = Literal[
    "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean", "map", "vector"
]

# Options of the standard, of every type.
_OPTIONS = (
    "defaultTimezone", "dimensions", "distanceMetric", "elementType", "embeddingModel", "embeddingModelVersion",
    "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
    "minLength", "minProperties", "minimum", "multipleOf", "normalized", "pattern", "required", "timezone",
    "uniqueItems",
)  # fmt: skip


def _options(found: dict[str, Any]) -> dict[str, Any]:
    for key in found:
        if key not in _OPTIONS:
            raise PydanticCustomError(
                "unknown_key", "unknown key {key}", {"key": key, "known": _OPTIONS, "at": f".{key}"}
            )
    try:
        re.compile(found.get("pattern", ""))
    except (re.error, TypeError) as error:
        raise PydanticCustomError(
            "pattern", "is not a regular expression: {error}", {"error": str(error), "at": ".pattern"}
        ) from None
    return found


class _Element(CamelEntry):
    id: str | None = None
    physical_type: str | None = None
    physical_name: str | None = None
    description: str | None = None
    business_name: str | None = None
    deprecated: YesNo | None = None
    synonyms: list[Synonym | str] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None
    tags: list[str] | None = None
    relationships: list[Relationship] | None = None


class ColumnEntry(_Element):
    """One column of a publisher's table."""

    name: Text
    logical_type: LogicalType | None = None
    logical_type_options: Annotated[dict[str, Any], AfterValidator(_options)] | None = None
    semantic_type: str | None = None
    required: YesNo | None = None
    unique: YesNo | None = None
    primary_key: YesNo | None = None
    primary_key_position: int | None = None
    partitioned: YesNo | None = None
    partition_key_position: int | None = None
    classification: str | None = None
    encrypted_name: str | None = None
    transform_source_objects: list[str] | None = None
    transform_logic: str | None = None
    transform_description: str | None = None
    examples: list[Any] | None = None
    enum: list[Any] | None = None
    critical_data_element: YesNo | None = None
    quality: list[LibraryQuality] | None = None
    custom_properties: list[CustomProperty] | None = None
    properties: list[ColumnEntry] | None = None
    items: dict[str, Any] | None = None
    map: MapDefinition | None = None


class TableProperties(CamelEntry):
    """Our custom properties of a table."""

    layout: Layout


class TableEntry(_Element):
    """One table of a publisher."""

    name: Text
    logical_type: Literal["object"] | None = None
    data_granularity_description: str | None = None
    context: Context | None = None
    properties: list[ColumnEntry]
    quality: list[RuleEntry] | None = None
    custom_properties: NamedList[TableProperties]
