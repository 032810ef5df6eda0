"""What tables are not: read from contracts, and no table of any contract known by headers that anybody may have."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from civic_assets.contracts.identity import is_generic, is_specific
from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts
from civic_assets.contracts.model import Contract, Table
from civic_assets.errors import ContractError
from civic_assets.readers.grid import CellValue, Grid, Sheet
from civic_assets.readers.table_finder import find_tables

UNTITLED = [
    pytest.param(contract, table, id=f"{source}-{table.name}")
    for source, contract in load_contracts().items()
    for table in contract.tables
    if table.title is None
]
VOCABULARY = yaml.safe_load((contracts_folder() / "vocabularies" / "generic_headers.yaml").read_text())
# Values that may stand below any header; a level of geography that is read is among them.
ROW = "Local authority"


def _grid(headers: list[str]) -> Grid:
    rows: list[list[CellValue]] = [list(headers), [ROW] * len(headers), ["1"] * len(headers)]
    return Grid("any.csv", "csv", [Sheet("", rows, line_numbers=[1, 2, 3])])


@pytest.mark.parametrize(("contract", "table"), UNTITLED)
def test_table_is_not_recognised_by_headers_that_any_publication_has(
    contract: Contract, table: Table
) -> None:
    generic = [header for column in table.columns for header in column.headers if is_generic(header)]
    every = [*dict.fromkeys([*generic, *VOCABULARY["headers"], "la_name", "region_code", "country_name"])]
    assert table.name not in find_tables(_grid(every), contract)


@pytest.mark.parametrize(("contract", "table"), UNTITLED)
def test_table_with_other_measures_under_its_generic_headers_is_not_recognised(
    contract: Contract, table: Table
) -> None:
    own = [column for column in table.columns if not is_specific(column)]
    others = [f"children_with_{number}" for number in range(len(table.columns))]
    assert table.name not in find_tables(_grid([*(column.headers[0] for column in own), *others]), contract)


@pytest.mark.parametrize(("contract", "table"), UNTITLED)
def test_table_says_what_it_is_not(contract: Contract, table: Table) -> None:
    own = table.identity
    assert own.not_columns or own.levels or own.populations or own.closed, contract.source


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
            "noneOf: ['unaccompanied",
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
