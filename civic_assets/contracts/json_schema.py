"""JSON Schemas for editors: of contracts and of registered decisions, made from their models.

Belongs here: making them. `python -m civic_assets.contracts.json_schema` writes the files in `data_contracts/` again; a
test says when they are out of date. Does not belong here: the models. A schema shows keys, types and closed lists while
a file is written; `civic-assets contract FILE` checks the rest of a contract.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.models.registers import CorrectionEntry, WaiverRegister

SCHEMAS: Mapping[str, tuple[type[BaseModel], str]] = {
    "contract.schema.json": (ContractDocument, "Contract of a source of civic-assets"),
    "correction.schema.json": (CorrectionEntry, "Correction of a published figure of civic-assets"),
    "waivers.schema.json": (WaiverRegister, "Waivers of checks of civic-assets"),
}
"""Model and title of each schema, by the name of its file."""
_DIALECT = "http://json-schema.org/draft-07/schema#"
_MADE = "Made by `python -m civic_assets.contracts.json_schema`; do not edit."


def schema_of(name: str) -> dict[str, Any]:
    """One schema.

    Args:
        name: Of its file.
    """
    model, title = SCHEMAS[name]
    made = model.model_json_schema(by_alias=True)
    return {**made, "$schema": _DIALECT, "title": title, "$comment": _MADE}


def text_of(name: str) -> str:
    """One schema as its file holds it."""
    return json.dumps(schema_of(name), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write(folder: Path = DEFAULT_FOLDER) -> None:
    """Writes every schema into a folder."""
    for name in SCHEMAS:
        (folder / name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write()
