"""The areas of a publication, and street-level counts by authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.publish.read_model.areas import create, create_printed, published_register

COLUMNS = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "partnership_code", "parent_code",
    "period_start", "period_end", "breakdown", "value", "release_order",
)  # fmt: skip
MONTH = (date(2024, 5, 1), date(2024, 6, 1))


def row(source: str, code: str, name: str, kind: str, value: float = 1.0, **changes: Any) -> dict[str, Any]:
    usual = {
        "source": source, "release": "2024-05", "measure": "street_level_crimes", "area_code": code,
        "area_name": name, "area_name_printed": name, "area_type": kind, "partnership_code": None, "parent_code": None,
        "period_start": MONTH[0], "period_end": MONTH[1], "breakdown": "crime_type=burglary", "value": value,
        "release_order": 1,
    }  # fmt: skip
    return {**usual, **changes}


OTHER = "crime_type=burglary;reported_by=city-of-london"
ROWS = [
    row("ons_csp", "E09000019", "Islington", "local_authority", partnership_code="E22000204"),
    row("ons_pfa", "E12000006", "EAST", "region"),
    row("dfe", "E10000002", "Buckinghamshire", "local_authority"),
    row("met_ward", "E05000366", "Barnsbury", "ward", parent_code="E09000019"),
    row("met_ward", "E05013698", "Barnsbury", "ward", parent_code="E09000019", period_start=date(2024, 4, 1)),
    row("police_uk", "E01002696", "Islington 015E", "lsoa", 3.0),
    row("police_uk", "E01035656", "Islington 015H", "lsoa", 2.0),
    row("police_uk", "E01000001", "City of London 001A", "lsoa", 5.0),
    row("police_uk", "E01002696", "Islington 015E", "lsoa", 1.0, release="2024-05-x", breakdown=OTHER),
    row("police_uk", "E01004000", "Southwark 002B", "lsoa", 2.0, release="2024-05-x", breakdown=OTHER),
    row("police_uk", "E01001000", "Croydon 002B", "lsoa", 2.0, period_start=date(2024, 4, 1)),
    row("police_uk", "E01001000", "Croydon 002B", "lsoa", 1.0, release="2024-05-x", breakdown=OTHER),
    row("police_uk", "E01000800", "Birmingham 002B", "lsoa", 2.0, release="2024-05-x", breakdown=OTHER),
    row("police_uk", "E01099999", "Atlantis 001A", "lsoa", 7.0),
    row("police_uk", "E23000034/no-location", "City of London Police, no location", "unassigned", 4.0),
]
LOOKUP = pa.table(
    {
        "lsoa_code": ["E01002696", "E01000001"],
        "lsoa_name": ["Islington 015E", "City of London 001A"],
        "ward_code": ["E05000366", "E05009288"],
        "ward_name": ["Barnsbury", "Aldersgate"],
        "lad_code": ["E09000019", "E09000001"],
    }
)


@pytest.fixture(scope="module")
def model() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA harmonised; CREATE SCHEMA catalogue")
        connection.register("incoming", pa.Table.from_pylist(ROWS))
        connection.execute("CREATE TABLE harmonised.observations AS SELECT * FROM incoming")
        connection.execute("CREATE VIEW harmonised.latest AS SELECT * FROM harmonised.observations")
        create_printed(connection)
        create(connection, AreaRegister.shipped().with_lookups({"2018-lsoa-ward": LOOKUP}))
        yield connection


def area(model: duckdb.DuckDBPyConnection, code: str) -> dict[str, Any]:
    model.execute("SELECT * FROM catalogue.areas WHERE area_code = ?", [code])
    names = [column[0] for column in model.description or ()]
    rows = model.fetchall()
    assert len(rows) == 1, "an area stands once"
    return dict(zip(names, rows[0], strict=True))


def test_area_of_the_register_has_its_dates_its_whole_and_what_followed_it(model: duckdb.DuckDBPyConnection):
    found = area(model, "E10000002")
    assert (found["valid_to"], found["succeeded_by"]) == (date(2020, 4, 1), ["E06000060"])
    assert (found["parent_code"], found["resolved_by"], found["has_figures"]) == (
        "E12000008",
        "register",
        True,
    )


def test_area_has_the_name_of_the_register_whatever_a_publisher_prints(model: duckdb.DuckDBPyConnection):
    assert area(model, "E12000006")["area_name"] == "East of England"


def test_partnership_that_is_an_authority_is_shown_with_it(model: duckdb.DuckDBPyConnection):
    assert area(model, "E09000019")["partnership_code"] == "E22000204"


def test_ward_in_no_lookup_is_described_by_its_row_and_seen_in_its_months(model: duckdb.DuckDBPyConnection):
    found = area(model, "E05013698")
    assert (found["resolved_by"], found["parent_code"]) == ("row", "E09000019")
    assert (found["seen_from"], found["seen_to"]) == (date(2024, 4, 1), date(2024, 5, 31))


def test_ward_of_a_lookup_is_seen_from_the_lookup_to_its_last_figure(model: duckdb.DuckDBPyConnection):
    found = area(model, "E05000366")
    assert (found["resolved_by"], found["seen_from"], found["seen_to"]) == (
        "lookup", date(2018, 12, 31), date(2024, 5, 31),
    )  # fmt: skip


def test_every_area_appears_once_and_joining_doubles_no_figure(model: duckdb.DuckDBPyConnection):
    joined = model.execute(
        "SELECT count(*), count(a.area_code) FROM harmonised.observations JOIN catalogue.areas a USING (area_code)"
    ).fetchone()
    assert joined == (len(ROWS), len(ROWS))
    distinct = model.execute("SELECT count(*), count(DISTINCT area_code) FROM catalogue.areas").fetchone()
    assert distinct is not None and distinct[0] == distinct[1]


def test_street_level_counts_go_to_the_authority_of_the_output_area_with_the_unlocated_next_to_them(
    model: duckdb.DuckDBPyConnection,
):
    rows = model.execute(
        "SELECT authority_code, value, n_output_areas, n_by_name, unlocated_in_force "
        "FROM harmonised.police_uk_by_authority ORDER BY authority_code"
    ).fetchall()
    assert ("E09000001", 5.0, 1, 0, 4.0) in rows and ("E09000019", 5.0, 2, 1, 4.0) in rows


def test_count_of_an_authority_says_whether_its_own_force_is_in_it(model: duckdb.DuckDBPyConnection):
    rows = model.execute(
        "SELECT authority_name, month(period_start), value, own_force_given, coverage, breakdown "
        "FROM harmonised.police_uk_by_authority WHERE release = '2024-05-x' ORDER BY authority_code"
    ).fetchall()
    part = "a part: counted by another force, "
    assert rows == [
        (name, 5, value, given, said, "crime_type=burglary")
        for name, value, given, said in (
            ("Birmingham", 2.0, False, f"{part}and no file of West Midlands is held for this month"),
            ("Croydon", 1.0, True, f"{part}to be added to the count of Metropolitan Police"),
            ("Islington", 1.0, True, f"{part}to be added to the count of Metropolitan Police"),
            ("Southwark", 2.0, True, f"{part}to be added to the count of Metropolitan Police"),
        )
    ]
    own = model.execute(
        "SELECT DISTINCT coverage, own_force_given FROM harmonised.police_uk_by_authority WHERE release = '2024-05'"
    ).fetchall()
    assert own == [("counted by the force of this authority", True)]


def test_output_area_that_fits_no_authority_is_listed_with_the_reason(model: duckdb.DuckDBPyConnection):
    found = model.execute(
        "SELECT how, authority_code, because FROM catalogue.output_areas WHERE area_code = 'E01099999'"
    ).fetchone()
    assert found is not None and found[:2] == ("unknown", None) and "Atlantis" in found[2]


def test_published_register_knows_the_wards_that_have_figures(model: duckdb.DuckDBPyConnection):
    register = published_register(model)
    assert "E09000019" in register.above("E05013698")
    assert not register.same_ground("E05000366", "E05013698")[0]
    assert register.find("E05009288") is None


def test_successions_say_which_changes_nest(model: duckdb.DuckDBPyConnection):
    rows = model.execute(
        "SELECT kind, bool_and(nests), bool_or(nests) FROM catalogue.area_successions GROUP BY kind"
    ).fetchall()
    assert {kind: (every, some) for kind, every, some in rows} == {
        "merged": (True, True), "recoded": (True, True), "renamed": (True, True),
        "split": (False, False), "boundary_change": (False, False),
    }  # fmt: skip
