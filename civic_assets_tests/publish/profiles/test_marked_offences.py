"""Hate crime and domestic abuse: parts are called parts, and what no file has is said with who publishes it."""

from __future__ import annotations

import duckdb
import pytest

from civic_assets.publish.profiles.marked_offences import create_marked_offences
from civic_assets_tests.publish.read_models import records

HOME_OFFICE = (
    "group=Public order offences;offence=Racially or religiously aggravated public fear, alarm or distress;"
    "offence_code=9B;subgroup=Public order offences"
)


def found(*classes: tuple[str, str]) -> set[tuple[str, str, str | None]]:
    """Theme, coverage and breakdown for classes given as measure and breakdown."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA catalogue")
    connection.execute(
        "CREATE TABLE catalogue.figure_classes (source VARCHAR, release VARCHAR, measure VARCHAR, breakdown VARCHAR)"
    )
    for measure, breakdown in classes:
        connection.execute(
            "INSERT INTO catalogue.figure_classes VALUES ('a', '1', ?, ?)", [measure, breakdown]
        )
    create_marked_offences(connection)
    rows = records(connection, "SELECT * FROM catalogue.marked_offences")
    assert all(row["note"] for row in rows if row["coverage"] != "whole")
    return {(row["theme"], row["coverage"], row["breakdown"]) for row in rows}


@pytest.mark.parametrize(
    "breakdown",
    [
        HOME_OFFICE,
        "major=public order offences;minor=race or religious agg public fear",
        "major=public order offences;minor=racially or religiously aggravated public fear, al",
    ],
)
def test_aggravated_offences_are_a_part_of_hate_crime_and_never_the_whole(breakdown: str) -> None:
    assert found(("recorded_crime_met", breakdown)) == {
        ("hate_crime", "part", breakdown),
        ("hate_crime", "not held", None),
        ("domestic_abuse", "not held", None),
    }


def test_burglary_of_homes_and_aggravated_vehicle_taking_are_no_part() -> None:
    assert {coverage for _, coverage, _ in found(
        ("recorded_crime_met", "major=burglary;minor=domestic burglary"),
        ("recorded_crime_met", "major=vehicle offences;minor=aggravated vehicle taking"),
    )} == {"not held"}  # fmt: skip


def test_file_that_prints_the_measure_has_the_whole() -> None:
    assert found(("domestic_abuse", "total")) == {
        ("domestic_abuse", "whole", "total"),
        ("hate_crime", "not held", None),
    }
