"""The JSON Schema of contracts, for editors: made from the models, and kept in `data_contracts/`.

Belongs here: making it. `python -m civic_assets.contracts.json_schema` writes the file again; a test says when it is
out of date. Does not belong here: the models. The schema shows keys, types and closed lists while a contract is
written; `civic-assets contract FILE` checks the rest.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.models.contract import ContractDocument

FILE = DEFAULT_FOLDER / "contract.schema.json"
_HEAD = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Contract of a source of civic-assets",
    "$comment": "Made by `python -m civic_assets.contracts.json_schema`; do not edit.",
}


def contract_schema() -> dict[str, Any]:
    """The JSON Schema of a contract."""
    made = ContractDocument.model_json_schema(by_alias=True)
    return {**_HEAD, **{key: value for key, value in made.items() if key not in _HEAD}}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(contract_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write(file: Path = FILE) -> None:
    """Writes the schema."""
    file.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
