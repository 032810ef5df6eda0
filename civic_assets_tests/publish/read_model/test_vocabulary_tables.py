"""The vocabulary of measures and the breaks as anybody can query them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from civic_assets.contracts.load import load_contracts
from civic_assets.publish.read_model import assurance, breaks, measures


@pytest.fixture(scope="module")
def model() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA catalogue")
        connection.execute("CREATE SCHEMA quality")
        measures.create(connection, load_contracts())
        breaks.create(connection)
        assurance.create(connection)
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


def test_a_break_of_totals_names_the_totals_and_the_area_in_them(model: DuckDBPyConnection) -> None:
    row = model.execute(
        """SELECT area_exactly, area_with_all_inside, area_totals_containing, area_code, last_old_edition,
            first_new_edition FROM quality.breaks WHERE break_id = 'greater-manchester-2019'"""
    ).fetchone()
    assert row is not None
    assert row[:3] == (None, None, "E23000005")
    assert {"E12000002", "E92000001", "K04000001"} <= set(row[3].split(", "))
    assert not {"E23000005", "E23000032", "W92000004"} & set(row[3].split(", "))
    assert ("ons_pfa 2019-06" in row[4], "ons_pfa 2024-12" in row[5]) == (True, True)


def test_designations_are_of_one_source_each_and_follow_each_other(model: DuckDBPyConnection) -> None:
    rows = model.execute(
        """SELECT designation, date_from, date_to, verified FROM catalogue.designations
        WHERE source = 'ons_pfa' ORDER BY date_from NULLS FIRST"""
    ).fetchall()
    lost = date(2014, 1, 1)
    assert rows == [
        ("accredited_official_statistics", None, lost, False), ("official_statistics", lost, None, True),
    ]  # fmt: skip


def test_an_inspection_gives_the_share_of_reported_crime_that_a_force_recorded(
    model: DuckDBPyConnection,
) -> None:
    rows = model.execute(
        "SELECT force_code, measure, rate, error, date_from, date_to FROM catalogue.inspections"
    ).fetchall()
    assert rows == [("E23000001", "total_recorded_crime", 0.895, 0.0164, date(2017, 7, 1), date(2018, 1, 1))]


def test_what_is_no_break_is_not_in_the_register_of_breaks(model: DuckDBPyConnection) -> None:
    found = model.execute(
        """SELECT break_id FROM quality.breaks WHERE effect ILIKE '%inspection%' OR effect ILIKE '%national statistic%'
            OR effect ILIKE '%designat%' OR effect ILIKE '%called%'"""
    ).fetchall()
    assert found == []


def test_break_without_a_scope_says_all(model: DuckDBPyConnection) -> None:
    row = model.execute(
        "SELECT source, measure, area_code FROM quality.breaks WHERE break_id = 'pandemic'"
    ).fetchone()
    assert row == ("all", "all", "all")
