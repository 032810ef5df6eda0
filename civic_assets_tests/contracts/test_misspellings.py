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
from civic_assets.publish.bias.vocabulary import vocabulary
from civic_assets.quality.contract_demands import check_contract
from civic_assets.quality.file_demands import check_file
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


EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "example-inside" / "youth_justice.odcs.yaml"
_OWN = "id: V-14, type: custom, engine: civic_assets"
_RULE = f"    quality:\n      - {{{_OWN}, implementation: {{rule: parent, measures: }}}}"
# Values of the right type that no release can keep, so that the promise or the comparison would be void.
VOID: Mapping[str, tuple[str, str, str, str]] = {
    "latency in months": ("value: 300, unit: d", "value: 10, unit: month", "slaProperties[1]", "in the unit 'd'"),
    "latency in half days": ("value: 300, unit: d", "value: 0.5, unit: d", "slaProperties[1]", "a whole number"),
    "negative frequency": ("value: 12, unit: month", "value: -3, unit: month", "slaProperties[0]", "0 or more"),
    "share above 1": ("null_share, value: 0.2", "null_share, value: 20", "thresholds)[3]", "a share from 0 to 1"),
    "negative bytes": ("minimum_bytes, value: 300", "minimum_bytes, value: -1", "thresholds)[0]", "0 or more"),
    "breakdown without a key": ("sex=female}", "female}", "columns.female.breakdown", "is not a breakdown"),
    "edition in words": ("edition: 2024-03, m", "edition: Mar-24, m", "knownValues)[0]", "must begin with a year"),
    "period without a day": ("end: 2024-04-01", "end: 2023-04-01", "knownValues)[0]", "later than 'start'"),
    "option of a type": ("{pattern: '^([0-9]{1,3}", "{Pattern: '^([0-9]{1,3}", "Options.Pattern", "mean 'pattern'"),
    "list instead of a name": ("property: symbols", "property: [symbols]", "customProperties[5]", "must be a name"),
    "property without a value": ("disclosure\n    value:", "disclosure\n    value:\n  - property: x\n    value:",
                                 "customProperties[4]", "'disclosure' has no value"),
    "rule with an empty key": ("    customProperties:", f"{_RULE}\n    customProperties:", "implementation",
                               "'measures' is empty"),
}  # fmt: skip


@pytest.mark.parametrize("tried", VOID)
def test_value_that_no_release_can_keep_is_refused_with_its_path(tried: str, tmp_path: Path) -> None:
    right, wrong, path, words = VOID[tried]
    report = check_contract(_changed(tmp_path, right, wrong, EXAMPLE))
    found = [one for one in report.problems if path in one.path and words in one.reason]
    assert found, report.problems


def test_misspelt_key_at_the_top_is_one_problem(tmp_path: Path) -> None:
    (problem,) = check_contract(_changed(tmp_path, "\nschema:", "\nSchema:", EXAMPLE)).problems
    assert problem.reason == "unknown key 'Schema'; did you mean 'schema'?"


@pytest.mark.parametrize("name", sorted(vocabulary().limits))
def test_misspelt_threshold_of_the_bias_register_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "vocabularies" / "bias.yaml"
    file.parent.mkdir()
    text = (contracts_folder() / "vocabularies" / "bias.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace(f"\n  {name}: {{value", f"\n  {name}s: {{value", 1), encoding="utf-8")
    (problem,) = check_file(file).problems
    assert problem.path == f"thresholds.{name}s"
    assert f"did you mean {name!r}?" in problem.reason


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
