"""The vocabulary of measures and the breaks as anybody can query them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from civic_assets.contracts.load import load_contracts
from civic_assets.publish.read_model import breaks, measures


@pytest.fixture(scope="module")
def model() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA catalogue")
        connection.execute("CREATE SCHEMA quality")
        measures.create(connection, load_contracts())
        breaks.create(connection)
        yield connection


def test_each_measure_appears_once_with_its_unit_of_count(model: DuckDBPyConnection) -> None:
    rows = model.execute(
        "SELECT count(*), count(DISTINCT measure), count(unit_of_count) FROM catalogue.measures"
    )
    every, different, counted = rows.fetchone() or (0, 0, 0)
    assert every == different == counted > 100


def test_each_rate_names_what_it_divides_by(model: DuckDBPyConnection) -> None:
    rows = model.execute(
        "SELECT measure FROM catalogue.measures WHERE statistic = 'rate' AND denominator IS NULL"
    )
    assert rows.fetchall() == []
    found = model.execute(
        "SELECT source, ages FROM catalogue.measure_rates WHERE measure = 'burglary' AND unit = 'per_1000_population' "
        "ORDER BY source NULLS FIRST"
    ).fetchall()
    assert found == [
        (None, "0 and over, residents"),
        ("ons_csp", "0 and over, residents"),
        ("ons_pfa", "0 and over, residents"),
    ]


def test_every_denominator_and_numerator_is_a_measure_or_said_to_be_unstated(
    model: DuckDBPyConnection,
) -> None:
    rows = model.execute(
        """SELECT denominator FROM catalogue.measure_rates WHERE denominator <> 'unstated'
        UNION SELECT numerator FROM catalogue.measures WHERE numerator IS NOT NULL
        EXCEPT SELECT measure FROM catalogue.measures"""
    )
    assert rows.fetchall() == []


def test_a_measure_of_one_source_alone_is_there_too() -> None:
    from dataclasses import replace

    contracts = load_contracts()
    entry = {"unit_of_count": "visits", "definition": "Visits to libraries"}
    own = replace(contracts["ons_csp"], measures={"library_visits": entry})
    with duckdb.connect() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr("civic_assets.harmonise.measures.vocabulary.load_contracts", lambda: {"ons_csp": own})
        connection.execute("CREATE SCHEMA catalogue")
        measures.create(connection, {"ons_csp": own})
        row = connection.execute(
            "SELECT definition, polarity FROM catalogue.measures WHERE measure = 'library_visits'"
        )
        assert row.fetchall() == [("Visits to libraries", "neutral")]


def test_the_change_of_systems_is_in_the_table_with_its_scope(model: DuckDBPyConnection) -> None:
    row = model.execute(
        "SELECT source, measure, date_from, date_to, action, verified, area_code FROM quality.breaks "
        "WHERE break_id = 'met-systems-2024'"
    ).fetchone()
    assert row is not None
    assert row[1:6] == ("domestic_abuse, hate_crime", date(2024, 2, 28), None, "block", True)
    assert "ons_csp" in row[0]
    assert "dfe" not in row[0]
    assert {"E09000019", "E23000001"} <= set(row[6].split(", "))


def test_break_without_a_scope_says_all(model: DuckDBPyConnection) -> None:
    row = model.execute(
        "SELECT source, measure, area_code FROM quality.breaks WHERE break_id = 'pandemic'"
    ).fetchone()
    assert row == ("all", "all", "all")
