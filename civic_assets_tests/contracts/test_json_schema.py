"""The schema for editors is up to date, takes the contracts that ship, and refuses what their models refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from civic_assets.contracts import json_schema
from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.contracts.misspelt import document_of, misspellings

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))
SCHEMA = jsonschema.Draft202012Validator(json.loads(json_schema.FILE.read_text(encoding="utf-8")))


def _plain(document: dict[str, Any]) -> Any:
    """As JSON, which has no days."""
    return json.loads(json.dumps(document, default=str))


def test_schema_is_that_of_the_models() -> None:
    assert json_schema.FILE.read_text(encoding="utf-8") == json_schema.text(), (
        "run python -m civic_assets.contracts.json_schema"
    )


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_contract_is_valid_for_it_and_names_it(file: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(_plain(document_of(file)))] == []
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={json_schema.FILE.name}"


def test_misspelt_keys_are_invalid() -> None:
    document = document_of(contracts_folder() / "dfe_exclusions.odcs.yaml")
    passed = [one for one in misspellings(document) if SCHEMA.is_valid(_plain(one.applied(document)))]
    assert passed == []
