"""Models carry every key of the contracts that ship and of the standard, and closed lists are those of the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.known_names import every_check, is_threshold, release_checks
from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.contracts.models import standard, tables
from civic_assets.contracts.models.base import Entry
from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.models.quality import RuleEntry
from civic_assets.quality.expectations.suites import expectations
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue
from civic_assets_tests.contracts.misspelt import document_of

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))


def _lacking(written: Any, dumped: Any, path: str = "") -> Iterator[str]:
    """Keys and entries of the file that the dump does not have."""
    if isinstance(written, dict):
        if isinstance(dumped, dict):
            for key, value in written.items():
                if key not in dumped:
                    yield f"{path}.{key}"
                else:
                    yield from _lacking(value, dumped[key], f"{path}.{key}")
        else:
            yield path
    elif isinstance(written, list) and isinstance(dumped, list) and len(written) == len(dumped):
        if path.endswith("customProperties"):
            dumped = sorted(dumped, key=lambda one: [w["property"] for w in written].index(one["property"]))
        for index, (one, other) in enumerate(zip(written, dumped, strict=True)):
            yield from _lacking(one, other, f"{path}[{index}]")
    elif written != dumped and not isinstance(dumped, dict | list):
        yield path


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_contract_comes_back_from_its_model(file: Path) -> None:
    document = document_of(file)
    model = ContractDocument.model_validate(document)
    dumped = model.model_dump(by_alias=True, exclude_unset=True)
    assert list(_lacking(document, dumped)) == []
    assert ContractDocument.model_validate(dumped) == model


def _accepted(model: type[Entry]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


PLACES: dict[str, tuple[type[Entry], tuple[str, ...]]] = {
    "SchemaObject": (tables.TableEntry, ("SchemaElement", "SchemaObject")),
    "SchemaBaseProperty": (tables.ColumnEntry, ("SchemaElement", "SchemaBaseProperty")),
    "DataQuality": (
        standard.LibraryQuality,
        ("DataQuality", "DataQualityLibrary", "DataQualitySql", "DataQualityCustom"),
    ),
    "Rule": (RuleEntry, ("DataQualityCustom",)),
    "Server": (standard.Server, ("Server",)),
    "Support": (standard.Support, ("SupportItem",)),
    "Pricing": (standard.Price, ("Pricing",)),
    "TeamMember": (standard.Member, ("TeamMember",)),
    "Team": (standard.Team, ("Team",)),
    "Role": (standard.Role, ("Role",)),
    "ServiceLevelAgreementProperty": (standard.ServiceLevel, ("ServiceLevelAgreementProperty",)),
    "EnumValue": (standard.EnumValue, ("EnumValue",)),
    "Synonym": (standard.Synonym, ("Synonym",)),
    "CustomProperty": (standard.CustomProperty, ("CustomProperty",)),
    "RelationshipBase": (standard.Relationship, ("RelationshipBase",)),
}  # fmt: skip


def _standard_schema() -> dict[str, Any]:
    text = (files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_top_level_takes_every_key_of_the_standard() -> None:
    assert set(_standard_schema()["properties"]) <= _accepted(ContractDocument)


@pytest.mark.parametrize("place", PLACES)
def test_models_take_every_key_of_the_standard(place: str) -> None:
    model, names = PLACES[place]
    definitions = _standard_schema()["$defs"]
    keys = {key for name in names for key in definitions[name].get("properties", {})}
    assert keys
    assert keys <= _accepted(model)


def test_ids_of_checks_are_those_of_the_rules() -> None:
    of_releases = {spec.id for spec in catalogue()}
    assert release_checks() == of_releases
    assert every_check() == of_releases | {rule.id for rule in ALL_RULES} | {one.id for one in expectations()}


def test_every_threshold_that_the_program_reads_is_known_and_the_other_way_round() -> None:
    package = Path(__file__).parents[2] / "civic_assets"
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("quality", "sources")
        for file in (package / folder).rglob("*.py")
    )
    from civic_assets.contracts.known_names import thresholds

    for name in thresholds() - {"month_scale_low", "month_scale_high"}:
        assert f'"{name}"' in source, name
    assert "month_scale_{end}" in source
    for contract in load_contracts().values():
        assert all(map(is_threshold, contract.thresholds))
