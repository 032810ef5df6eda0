"""The schema of contracts takes the contracts that ship, and refuses what their models refuse.

That it is up to date is tested with all other schemas (`test_shared_files`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

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
