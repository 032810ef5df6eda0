"""Every file of `data_contracts/` comes back from its model, has a schema for editors, and refuses misspelt keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from civic_assets.contracts.file_kinds import CONTRACT, KINDS, FileKind, kind_by_keys, kind_of
from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.json_schema import PACKAGE, SCHEMAS, text_of
from civic_assets.contracts.problems import problems_of
from civic_assets.contracts.typed_file import read_plain, read_typed, read_valid
from civic_assets.errors import ContractError
from civic_assets_tests.contracts.misspelt import misspellings

SHIPPED = {
    str(file.relative_to(DEFAULT_FOLDER)): kind
    for kind in KINDS
    if kind is not CONTRACT
    for file in sorted(DEFAULT_FOLDER.glob(kind.pattern))
}
DECISION: dict[str, Any] = {
    "id": "two-digits", "source": "gla_report", "release": "2023-05", "locator": "L30:year 1", "expect": "1208",
    "corrected": 2108, "reason": "Two digits are exchanged.", "evidence": "Table C2 prints 2,108.",
    "reported_to": "the authors", "author_role": "head of statistics", "date": date(2023, 6, 5),
    "figure": {"measure": "burglary", "area": "E09000019", "start": date(2020, 1, 1), "end": date(2021, 1, 1),
               "unit": "count", "breakdown": "total"},
}  # fmt: skip
WAIVER: dict[str, Any] = {
    "id": "csp-2024-12", "check": "R-01", "source": "ons_csp", "release": "2024-12.r2", "cells": ["Table C2!B5"],
    "reason": "Announced.", "author_role": "head of statistics", "date": date(2025, 5, 3), "expires": date(2025, 7, 1),
}  # fmt: skip
# No waiver and no correction ships.
EXAMPLES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "waivers.yaml with a waiver": ("register of waivers", {"waivers": [WAIVER]}),
    "a correction": ("correction", DECISION),
}
BY_NAME = {kind.name: kind for kind in KINDS}
DOCUMENTS = [*(name for name, kind in SHIPPED.items() if not kind.is_table), *EXAMPLES]


def _document(name: str) -> tuple[FileKind, dict[str, Any]]:
    if name in EXAMPLES:
        kind, value = EXAMPLES[name]
        return BY_NAME[kind], value
    file = DEFAULT_FOLDER / name
    return SHIPPED[name], read_plain(SHIPPED[name], file, file.read_bytes())


def test_every_file_that_people_write_is_of_a_kind() -> None:
    written = [
        file
        for ending in ("yaml", "json", "csv")
        for file in DEFAULT_FOLDER.rglob(f"*.{ending}")
        if not file.name.endswith(".schema.json") and file.parent.name != "published"
    ]
    generated = DEFAULT_FOLDER / PACKAGE
    assert [file for file in written if file != generated and kind_of(file) is None] == []


def _lost(written: Any, dumped: Any, path: str = "") -> Iterator[str]:
    """Keys and entries of the file that the dump does not have, or has with another value."""
    if isinstance(written, dict) and isinstance(dumped, dict):
        for key, value in written.items():
            if key in dumped:
                yield from _lost(value, dumped[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"
    elif isinstance(written, list) and isinstance(dumped, list | tuple) and len(written) == len(dumped):
        for index, (one, other) in enumerate(zip(written, dumped, strict=True)):
            yield from _lost(one, other, f"{path}[{index}]")
    elif written != dumped and str(written) != str(dumped):
        yield path


@pytest.mark.parametrize("name", [*SHIPPED, *EXAMPLES])
def test_file_comes_back_from_its_model(name: str) -> None:
    kind, value = _document(name)
    model = kind.model.model_validate(value)
    dumped = model.model_dump(by_alias=True, exclude_unset=True)
    assert list(_lost(value, dumped)) == []
    assert kind.model.model_validate(dumped) == model


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_key_with_one_letter_changed_is_refused_with_path_and_suggestion(name: str) -> None:
    kind, value = _document(name)
    tried = list(misspellings(value, kind.model, each_name=False))
    assert {one.key for one in tried if not one.place} == set(value)
    unsaid = []
    for one in tried:
        with pytest.raises(ValidationError) as refused:
            kind.model.model_validate(one.applied(value))
        problems = [
            problem
            for problem in problems_of(refused.value, kind.model)
            if f"unknown key {one.wrong!r}" in problem.reason and problem.path.endswith(one.wrong)
        ]
        if not any(f"did you mean {one.key!r}" in problem.reason for problem in problems):
            unsaid.append((one, problems))
    assert unsaid == []


def test_more_than_three_hundred_keys_are_tried() -> None:
    number = 0
    for name in DOCUMENTS:
        kind, value = _document(name)
        number += len(list(misspellings(value, kind.model, each_name=False)))
    assert number > 300


TABLES = [name for name, kind in SHIPPED.items() if kind.is_table]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_with_one_letter_changed_is_refused(name: str, tmp_path: Path) -> None:
    header, _, rows = (DEFAULT_FOLDER / name).read_text(encoding="utf-8").partition("\n")
    for column in header.split(","):
        wrong = column[0] + column[2:]
        changed = ",".join(wrong if one == column else one for one in header.split(","))
        _, problems = read_typed(SHIPPED[name], tmp_path / name, f"{changed}\n{rows}".encode())
        assert [problem.path for problem in problems] == ["header"]
        assert f"unknown column {wrong!r}; did you mean {column!r}" in problems[0].reason


@pytest.mark.parametrize("name", [*SCHEMAS, PACKAGE])
def test_schema_is_that_of_the_models(name: str) -> None:
    written = (DEFAULT_FOLDER / name).read_text(encoding="utf-8")
    assert written == text_of(name), "run python -m civic_assets.contracts.json_schema"


def _validator(kind: FileKind) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((DEFAULT_FOLDER / kind.schema).read_text(encoding="utf-8")))


def _plain(value: Any) -> Any:
    """As JSON, which has no days."""
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_file_is_valid_for_its_schema_and_a_misspelt_key_is_not(name: str) -> None:
    kind, value = _document(name)
    validator = _validator(kind)
    assert [error.message for error in validator.iter_errors(_plain(value))] == []
    tried = misspellings(value, kind.model, each_name=False)
    assert [one for one in tried if validator.is_valid(_plain(one.applied(value)))] == []


@pytest.mark.parametrize("name", [name for name, kind in SHIPPED.items() if not kind.is_table])
def test_file_names_its_schema(name: str) -> None:
    file, kind = DEFAULT_FOLDER / name, SHIPPED[name]
    if file.suffix == ".json":
        assert (file.parent / json.loads(file.read_text(encoding="utf-8"))["$schema"]).resolve() == (
            DEFAULT_FOLDER / kind.schema
        )
    else:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        schema = Path(kind.schema).name
        assert first == f"# yaml-language-server: $schema={schema}"
        assert (file.parent / schema).is_file()


def test_data_package_describes_the_tables_as_they_are() -> None:
    package = json.loads((DEFAULT_FOLDER / PACKAGE).read_text(encoding="utf-8"))
    folder = (DEFAULT_FOLDER / PACKAGE).parent
    assert {resource["path"] for resource in package["resources"]} == {
        file.name for file in folder.glob("*.csv")
    }
    for resource in package["resources"]:
        header = (folder / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
        assert [field["name"] for field in resource["schema"]["fields"]] == header.split(",")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_kind_is_recognised_by_keys_where_the_name_says_nothing(name: str) -> None:
    kind, value = _document(name)
    assert kind_by_keys(value) is kind
    assert kind_by_keys({"colour": "red"}) is None and kind_by_keys([1]) is None


def test_first_problem_and_the_command_that_lists_the_others_are_named(tmp_path: Path) -> None:
    file = tmp_path / "breaks.yaml"
    file.write_text("breakz: []\nsource_gruops: {}\n", encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        read_valid(BY_NAME["register of breaks"], file)
    assert refused.value.path == "breakz"
    assert "did you mean 'breaks'?" in refused.value.reason
    assert f"(and 1 more: civic-assets contract {file})" in refused.value.reason


@pytest.mark.parametrize("content", ["", "- a\n- list\n", "just words\n"])
def test_file_that_is_not_a_mapping_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "breaks.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match="expected a mapping of keys"):
        read_valid(BY_NAME["register of breaks"], file)
