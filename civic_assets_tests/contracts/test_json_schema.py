"""The schema for editors is up to date, takes the contracts that ship, and refuses what their models refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from civic_assets.contracts import json_schema
from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.contracts.misspelt import document_of, misspellings

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))
NAME = "contract.schema.json"


def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads((contracts_folder() / name).read_text(encoding="utf-8"))
    )


SCHEMA = _validator(NAME)


def _plain(document: dict[str, Any]) -> Any:
    """As JSON, which has no days."""
    return json.loads(json.dumps(document, default=str))


@pytest.mark.parametrize("name", json_schema.SCHEMAS)
def test_schema_is_that_of_the_models(name: str) -> None:
    written = (contracts_folder() / name).read_text(encoding="utf-8")
    assert written == json_schema.text_of(name), "run python -m civic_assets.contracts.json_schema"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_contract_is_valid_for_it_and_names_no_other(file: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(_plain(document_of(file)))] == []
    # The line is for editors: a contract may do without, but not name a schema that is not there.
    named = re.findall(
        r"^# yaml-language-server: \$schema=(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert named in ([], [NAME])


def test_misspelt_keys_are_invalid() -> None:
    document = document_of(contracts_folder() / "dfe_exclusions.odcs.yaml")
    passed = [one for one in misspellings(document) if SCHEMA.is_valid(_plain(one.applied(document)))]
    assert passed == []


def test_waivers_that_ship_are_valid_and_a_misspelt_key_is_not() -> None:
    file = contracts_folder() / "waivers.yaml"
    assert file.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=waivers.schema.json\n"
    )
    assert _validator("waivers.schema.json").is_valid(_plain(document_of(file)))
    assert not _validator("waivers.schema.json").is_valid({"waivers": [{"chek": "V-10"}]})
