"""`catalogue.house_numbers` lists every number that was chosen: of the program, of contracts, of the bias register."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.entry import every_number
from civic_assets.publish.bias.vocabulary import vocabulary
from civic_assets.publish.house_numbers import create
from civic_assets_tests.paths import PROJECT


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return dict(load_contracts())


@pytest.fixture(scope="module")
def connection(contracts: dict[str, Contract]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA catalogue")
        create(made, contracts)
        yield made


def test_every_number_and_threshold_is_a_row(
    connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]
) -> None:
    names = [name for (name,) in connection.execute("SELECT name FROM catalogue.house_numbers").fetchall()]
    assert len(names) == len(set(names))
    assert set(names) == {
        *(number.name for number in every_number()),
        *(f"{source}.{name}" for source, contract in contracts.items() for name in contract.thresholds),
        *(f"bias.{name}" for name in vocabulary().limits),
    }


def test_a_number_says_where_it_is_declared_and_used(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        "SELECT value, unit, checks, module, used_in FROM catalogue.house_numbers WHERE name = 'DENOMINATOR_DAYS'"
    ).fetchone()
    assert row is not None
    assert row[:4] == (
        "183", "days", ["H-04", "harmonised.area_profile"], "civic_assets.house_numbers.comparability",
    )  # fmt: skip
    assert {
        "civic_assets.quality.rules.denominators",
        "quality/published/rules/derived_tables/h_04_area_profile.sql",
    } <= set(row[4])


def test_every_row_has_a_reason_and_a_file_that_is_there(connection: duckdb.DuckDBPyConnection) -> None:
    for name, because, checks, module, used_in in connection.execute(
        "SELECT name, because, checks, module, used_in FROM catalogue.house_numbers"
    ).fetchall():
        assert because and checks, name
        of_the_program = module.startswith("civic_assets.")
        file = module.replace(".", "/") + ".py" if of_the_program else module
        assert (PROJECT / file).is_file(), (name, module)
        assert bool(used_in) == of_the_program, name


def test_a_threshold_of_a_contract_names_unit_and_check(connection: duckdb.DuckDBPyConnection) -> None:
    unknown = connection.execute(
        "SELECT name FROM catalogue.house_numbers WHERE module LIKE '%.odcs.yaml' AND unit = ''"
    ).fetchall()
    assert unknown == []
