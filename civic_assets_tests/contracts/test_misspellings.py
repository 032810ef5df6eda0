"""A misspelt key or word is refused with its path and the word that was meant, wherever in a contract it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from civic_assets.contracts.load import contracts_folder, load_contract
from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.problems import problems_of
from civic_assets.errors import ContractError
from civic_assets_tests.contracts.misspelt import document_of, misspellings

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))
EXCLUSIONS = contracts_folder() / "dfe_exclusions.odcs.yaml"

# What was tried by hand before models existed, when ten of the thirteen were "Clean".
TRIED: Mapping[str, tuple[str, str, str, str]] = {
    "knownValue": ("property: knownValues", "property: knownValue", "customProperties(knownValue)", "knownValues"),
    "disclosures": ("property: disclosure\n", "property: disclosures\n", "customProperties(disclosures)", "disclosure"),
    "treshold": ("property: thresholds", "property: treshold", "customProperties(treshold)", "thresholds"),
    "suppresed": ("suppressed: {", "suppresed: {", "customProperties(layout).suppresed", "suppressed"),
    "statistc": ("statistic: stock", "statistc: stock", ".statistc", "statistic"),
    "requird": ("required: true", "requird: true", "schema[0].properties[0].requird", "required"),
    "unit: per_100k": ("unit: per_100_pupils", "unit: per_100k", ".unit", "per_100"),
    "check: V-99": ("check: V-02", "check: V-99", "customProperties(checkSeverities)[0].check", "V-09"),
    "nul_share": ("name: null_share", "name: nul_share", "customProperties(thresholds)", "null_share"),
    "keyz": ("          keys:", "          keyz:", "schema[0].customProperties(layout).keyz", "keys"),
    "rule key": ("{rule: ratio, rate:", "{rule: ratio, rat:", ".implementation.rat", "rate"),
    "identifiedBy": ("identifiedBy: [", "identifiedBy: [schols, ", "identifiedBy", "schools"),
}  # fmt: skip


def _changed(tmp_path: Path, right: str, wrong: str, original: Path = EXCLUSIONS) -> Path:
    text = original.read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / original.name
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize("tried", TRIED)
def test_what_was_tried_by_hand_is_refused_with_path_and_suggestion(tried: str, tmp_path: Path) -> None:
    right, wrong, path, meant = TRIED[tried]
    file = _changed(tmp_path, right, wrong)
    with pytest.raises(ContractError) as refused:
        load_contract(file)
    assert path in refused.value.path
    assert f"did you mean {meant!r}" in refused.value.reason
    assert refused.value.file == str(file)


def test_unit_of_count_of_an_own_measure_is_refused_too(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "docs" / "how-to" / "example-source" / "library_visits.odcs.yaml"
    file = _changed(tmp_path, "unit_of_count: visits", "unit_of_cuont: visits", example)
    with pytest.raises(ContractError) as refused:
        load_contract(file)
    assert refused.value.path == "customProperties(measures).library_visits.unit_of_cuont"
    assert "did you mean 'unit_of_count'" in refused.value.reason


def test_domain_of_two_words_is_free_text_that_dagster_can_carry(tmp_path: Path) -> None:
    """The standard allows any text, so it is kept; its tag is made of what Dagster takes (`defs.labels`)."""
    from civic_assets.defs.labels import tags_of

    file = _changed(tmp_path, "domain: education", "domain: youth justice")
    assert tags_of(load_contract(file))["domain"].startswith("youth-justice")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_every_key_with_one_letter_changed_is_refused_with_path_and_suggestion(file: Path) -> None:
    document = document_of(file)
    tried = list(misspellings(document))
    assert len(tried) >= 20
    unsaid = []
    for one in tried:
        with pytest.raises(ValidationError) as refused:
            ContractDocument.model_validate(one.applied(document))
        said = problems_of(refused.value, ContractDocument)
        told = [problem for problem in said if f"unknown key {one.wrong!r}" in problem.reason]
        if not any(f"did you mean {one.key!r}" in problem.reason for problem in told):
            unsaid.append((one, said[:2]))
    assert unsaid == []


def test_more_than_two_hundred_keys_are_tried() -> None:
    kinds = {(file.name, one.place, one.key) for file in SHIPPED for one in misspellings(document_of(file))}
    assert len(kinds) > 200
