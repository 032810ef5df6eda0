"""A contract is valid for the standard, and one with a mistake is refused with file, path and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from civic_assets.contracts.load import contracts_folder, load_contract
from civic_assets.errors import ContractError

CONTRACTS = sorted(contracts_folder().glob("*.odcs.yaml"))
ONS = contracts_folder() / "ons_csp.odcs.yaml"


@pytest.mark.parametrize("file", CONTRACTS, ids=lambda file: file.name)
def test_contract_is_valid_for_the_standard(file: Path) -> None:
    """The models of the standard's own package take it, beyond its JSON schema (`contract_demands`)."""
    plain = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
    assert OpenDataContractStandard.model_validate(plain).apiVersion == "v3.1.0"


MISTAKES = {
    "measure of an identity misspelt": (
        "total: total_recorded_crime",
        "total: total_recorded_crimes",
        r"schema\[0\]\.quality\[0\]\.implementation",
        "'total_recorded_crimes', which is not a column of table 'counts_current'",
    ),
    "unknown key in a known value": (
        "area: E09000019",
        "aria: E09000019",
        "knownValues",
        "unknown key 'aria'",
    ),
    "no latency": ("property: latency", "property: delay", r"\(top\)", "must state the latency"),
    "column twice": ("name: homicide,", "name: robbery,", r"properties\[", "'robbery' appears twice"),
    "no regular expression": (
        "'list of combined local authorities'",
        "'list of (combined'",
        "layout",
        "is not a regular expression",
    ),
    "another version of the standard": (
        "apiVersion: v3.1.0",
        "apiVersion: v2.0.0",
        "apiVersion",
        "is not one of v3.1.0, v3.2.0",
    ),
    "no YAML": ("kind: DataContract", "kind: [DataContract", "line", "is not YAML"),
    "name is not the file's": (
        "name: ons_csp",
        "name: ons_pcs",
        r"\(top\)",
        "must be called ons_pcs.odcs.yaml",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_with_file_path_and_reason(mistake: str, tmp_path: Path) -> None:
    old, new, path, reason = MISTAKES[mistake]
    text = ONS.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / ONS.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match=path) as refused:
        load_contract(file)
    assert refused.value.file == str(file)
    assert reason in refused.value.reason


def test_file_that_is_known_and_not_read_must_say_why(tmp_path: Path) -> None:
    street = contracts_folder() / "police_uk.odcs.yaml"
    file = tmp_path / street.name
    text = street.read_text(encoding="utf-8")
    said = "{headers: [date], others: none, formats: [json], because:"
    assert said in text
    for wrong, reason in (
        (said.replace("because", "becuase"), "unknown key 'becuase'"),
        (said.replace("others: none", "others: some"), "'some' is not one of allowed, none"),
    ):
        file.write_text(text.replace(said, wrong), encoding="utf-8")
        with pytest.raises(ContractError, match="filesNotRead") as refused:
            load_contract(file)
        assert reason in refused.value.reason


def test_active_contract_without_a_parser_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ons_bats.odcs.yaml"
    file.write_text(
        ONS.read_text(encoding="utf-8").replace("name: ons_csp", "name: ons_bats", 1), encoding="utf-8"
    )
    with pytest.raises(ContractError, match=r"add 'rows' to the layout, or write a parser ons_bats\.py"):
        load_contract(file)


def test_only_a_draft_may_have_no_table_and_it_says_why_it_is_not_read(tmp_path: Path) -> None:
    draft = contracts_folder() / "mopac_surveys.odcs.yaml"
    contract = load_contract(draft)
    assert (contract.status, contract.tables) == ("draft", ())
    assert contract.not_read_because is not None and "no file was seen" in contract.not_read_because
    finished = tmp_path / draft.name
    finished.write_text(draft.read_text(encoding="utf-8").replace("status: draft", "status: deprecated"))
    with pytest.raises(
        ContractError, match="schema: has no table; only a contract of status draft may have none"
    ):
        load_contract(finished)
