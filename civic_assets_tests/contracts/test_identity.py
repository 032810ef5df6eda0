"""What tables are not: read from contracts, and no table of any contract known by headers that anybody may have."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from civic_assets.contracts.identity import Identity
from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts
from civic_assets.errors import ContractError
from civic_assets.quality.contract_demands import tables_say_what_they_are_not


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_no_table_is_recognised_by_headers_that_any_publication_has(source: str) -> None:
    assert list(tables_say_what_they_are_not(load_contracts()[source])) == []


def test_table_that_relies_on_such_headers_is_told_so() -> None:
    contract = load_contracts()["dfe_looked_after"]
    table = next(table for table in contract.tables if table.title is None)
    bare = replace(table, identity=Identity(), identified_by=("time_period", "geographic_level"))
    said = [problem.reason for problem in tables_say_what_they_are_not(replace(contract, tables=(bare,)))]
    assert any("say what the table is not" in reason for reason in said)
    assert any("is recognised by" in reason for reason in said)


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    source = contracts_folder() / "dfe_looked_after.odcs.yaml"
    text = source.read_text()
    assert old in text
    path = tmp_path / source.name
    shutil.copy(source, path)
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "oneOf: ['unaccompanied",
            "# oneOf: ['unaccompanied",
            "fewer than two headers that only this",
        ),
        ("- column: group\n", "- column: groups\n", "names the column 'groups'"),
        ("column: geographic_level\n", "column: level_of\n", "names the column 'level_of'"),
        (
            "notColumns:\n            - &not_another",
            "notWith: []\n          notColumns:\n            - &not_another",
            "unknown key 'notWith'",
        ),
        ("oneOf: ['unaccompanied", "oneOf: ['(unaccompanied", "not a regular expression"),
    ],
    ids=["generic headers alone", "column of a population", "column of levels", "old key", "pattern"],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ContractError, match="layout") as caught:
        load_contract(_changed(tmp_path, old, new))
    assert told in str(caught.value)
