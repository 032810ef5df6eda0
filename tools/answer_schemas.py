"""JSON Schemas of the answers of the commands, and the page about them, made from their classes.

Belongs here: making them from `civic_assets/answers`. `python -m tools.answer_schemas` writes the files in
`civic_assets/answers/schemas/` and `docs/reference/json-answers.md` again; a test says when they are out of date. Does
not belong here: what an answer holds. Titles come from names, and descriptions from the text under each field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from civic_assets.answers import (
    alerts,
    changes,
    comparison,
    due,
    evidence,
    export,
    fetching,
    inspection,
    lineage,
    others,
    package,
    refresh,
    search,
    sources,
    tables,
    trace,
    verification,
)
from civic_assets.answers.document import may_be_absent
from civic_assets.answers.schemas import SCHEMAS, schema_file

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "json-answers.md"
ANSWERS: Mapping[str, Any] = {
    "refresh": refresh.RefreshSummary | fetching.FetchPlan,
    "inspect": inspection.Inspection | inspection.FailedInspection | inspection.FolderInspection,
    "trace": trace.FigureChain,
    "compare": comparison.Comparison,
    "search": search.SearchAnswer,
    "sources": sources.SourceList,
    "due": due.DueList,
    "alerts": alerts.AlertList,
    "report": others.ReportPlace,
    "export": export.ExportedFile,
    "verify": verification.Verification,
    "rebuild": changes.RebuiltPublication,
    "diff": changes.PublicationChanges,
    "evidence": evidence.EvidencePack,
    "lineage": lineage.LineageEvents,
    "package": package.DataPackage,
    "tables": tables.TablesFile,
    "contract": others.ContractList,
    "new-source": others.SourceDraft,
    "error": others.Failure,
}
"""Class of each answer, by the name of its schema."""
_MODULES = (
    "figure", "trace", "comparison", "search", "sources", "due", "cause", "inspection", "fetching", "refresh", "alerts",
    "export", "verification", "changes", "evidence", "package", "lineage", "tables", "others",
)  # fmt: skip
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MADE = "Made by `python -m tools.answer_schemas`; do not edit."


def records() -> dict[str, Any]:
    """Every record of the answers, by name."""
    modules = [import_module(f"civic_assets.answers.{name}") for name in _MODULES]
    return {
        name: one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.__name__
    }


def schema_of(name: str) -> dict[str, Any]:
    """One schema.

    Args:
        name: Name of the schema.
    """
    classes = records()
    for one in classes.values():
        one.__pydantic_config__ = {"use_attribute_docstrings": True}
    made = TypeAdapter(ANSWERS[name]).json_schema()
    definitions = made.pop("$defs", {})
    for called, definition in definitions.items():
        if called in classes:
            _describe(definition, classes[called])
        else:  # a closed list of words
            definition |= {"title": _title(called), "description": definition["description"].split("\n")[0]}
    if "properties" in made:
        _describe(made, ANSWERS[name])
    return {
        "$schema": _DIALECT,
        "$id": f"urn:civic-assets:answer:{name}",
        "$comment": _MADE,
        **made,
        "title": f"Answer of civic-assets {name}" if name != "error" else "Answer of a command that fails",
        "description": f"{SCHEMAS[name][0].upper()}{SCHEMAS[name][1:]}.",
        **({"$defs": definitions} if definitions else {}),
    }


def _describe(schema: dict[str, Any], record: Any) -> None:
    """Make a schema of a record strict: every key is described, and there are no others."""
    keys = schema.setdefault("properties", {})
    schema["title"] = _title(record.__name__)
    schema["description"] = " ".join(str(record.__doc__).split())
    schema["additionalProperties"] = False
    schema["required"] = [key for key in keys if key not in may_be_absent(record)]
    for key, said in keys.items():
        said["title"] = key.replace("_", " ").capitalize()
        if "description" not in said:
            said["description"] = _inherited(record, key)
        said.pop("default", None)
        if key in may_be_absent(record) and "anyOf" in said:
            there = [one for one in said.pop("anyOf") if one != {"type": "null"}]
            said.update({"anyOf": there} if len(there) > 1 else there[0])


def _title(name: str) -> str:
    """The name of a class, in words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _inherited(record: Any, key: str) -> str:
    """Description of a key in the record from which this one inherits it.

    Raises:
        TypeError: The key has no description of its own: none is written, or it repeats that of its type.
    """
    base = record.__mro__[1]
    if base is object:
        raise TypeError(f"Describe {key} of {record.__name__} in words of its own.")
    said: str = TypeAdapter(base).json_schema()["properties"][key]["description"]
    return said


def text_of(name: str) -> str:
    """One schema as its file holds it."""
    return json.dumps(schema_of(name), indent=1, ensure_ascii=False) + "\n"


def page() -> str:
    """The page about the answers, as its file holds it."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield f"<!-- {_MADE} -->"
    yield "# JSON answers"
    yield ""
    yield "Every command that gives a result prints it as one JSON object with `--json`. Each answer has a JSON Schema"
    yield "(draft 2020-12), which describes every key and allows no other. `civic-assets schema` lists the schemas,"
    yield "and `civic-assets schema trace` prints one. Programs can rely on the keys: a new version may add some, and"
    yield "the schema then changes with them."
    yield ""
    yield "Days are written YYYY-MM-DD. A period ends on the day before its `period_end`. A key without a value is"
    yield "null, unless the table says that it may be absent. A command that fails prints the answer `error`;"
    yield "`inspect` of a single file prints a failed inspection."
    shown: dict[str, str] = {}
    for name, about in SCHEMAS.items():
        schema = schema_of(name)
        yield ""
        yield f"## {name}"
        yield ""
        yield f"{about[0].upper()}{about[1:]}."
        kinds = [one["$ref"].rpartition("/")[2] for one in schema.get("anyOf", ())]
        if kinds:
            yield ""
            yield f"One of: {', '.join(_link(schema['$defs'][kind]['title']) for kind in kinds)}."
        else:
            yield from _table(schema)
        for called, record in schema.get("$defs", {}).items():
            if called in shown:
                continue
            shown[called] = name
            yield ""
            yield f"### {record['title']}"
            yield ""
            yield record["description"]
            if "enum" in record:
                yield ""
                yield f"One of {_words(record['enum'])}."
            elif record["properties"]:
                yield from _table(record)


def _table(record: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    for key, said in record["properties"].items():
        absent = "" if key in record["required"] else " (may be absent)"
        yield f"| `{key}` | {_kind(said)}{absent} | {said['description']} |"


def _kind(said: Mapping[str, Any]) -> str:
    """Type of a value, in a few words."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return _link(_title(name))
    if "anyOf" in said:
        return " or ".join(_kind(one) for one in said["anyOf"])
    if "enum" in said:
        return _words(said["enum"])
    if "const" in said:
        return f"`{json.dumps(said['const'])}`"
    if said.get("type") == "array":
        inside = said.get("items") or said["prefixItems"][0]
        return f"list of {_kind(inside)}"
    if said.get("type") == "object":
        return f"object of {_kind(said['additionalProperties'])}"
    if said.get("format") == "date":
        return "day"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number", "null": "null"}
    return words.get(said["type"], str(said["type"]))


def _words(words: Sequence[str]) -> str:
    shown = [f"`{word}`" if word else "empty" for word in words]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]


def _link(title: str) -> str:
    return f"[{title}](#{title.lower().replace(' ', '-')})"


def write() -> None:
    """Writes every schema, and the page."""
    for name in SCHEMAS:
        schema_file(name).parent.mkdir(exist_ok=True)
        schema_file(name).write_text(text_of(name), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
