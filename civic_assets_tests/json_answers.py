"""Answers as JSON, each checked against its published schema.

Belongs here: what tests call instead of the functions themselves when they ask about the JSON. Does not belong here:
any expectation but that the schema describes every key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from civic_assets.answers.document import as_document
from civic_assets.answers.schemas import SCHEMAS, schema_file
from civic_assets.contracts.model import Contract
from civic_assets.intake import inspect as intake
from civic_assets.layers.store import Store
from civic_assets.publish.queries.sources import sources as list_sources


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of one published schema."""
    schema = json.loads(schema_file(name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def checked(name: str, answer: Any) -> Any:
    """The answer, if the schema describes it.

    Args:
        name: Name of the schema.
        answer: What the command printed, as JSON.
    """
    problems = [f"{error.json_path}: {error.message[:300]}" for error in validator(name).iter_errors(answer)]
    assert not problems, "\n".join(problems[:10])
    return answer


def checked_answer(command: str, answer: Any) -> Any:
    """What a command printed with `--json`, if a schema describes it: its own, or that of a failure."""
    failed = set(answer) <= {"error", "exit_code", "choices"}
    return checked("error" if failed or command not in SCHEMAS else command, answer)


def inspect(path: Path, contracts: Mapping[str, Contract], source: str | None = None) -> Any:
    """The answer of `inspect` about a file, as JSON."""
    return checked("inspect", as_document(intake.inspect(path, contracts, source)))


def inspect_folder(folder: Path, contracts: Mapping[str, Contract], source: str | None = None) -> Any:
    """The answers of `inspect` about the files of a folder, as JSON."""
    answers = [as_document(one) for one in intake.inspect_folder(folder, contracts, source)]
    checked("inspect", {"folder": str(folder), "files": answers, "exit_code": 0})
    return answers


def sources(store: Store, contracts: Mapping[str, Contract], today: Any = None) -> Any:
    """The entries of the answer of `sources`, as JSON."""
    return checked("sources", as_document(list_sources(store, contracts, today)))["sources"]
