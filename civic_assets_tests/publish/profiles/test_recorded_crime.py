"""Months of the Metropolitan Police and of data.police.uk compared with the years of ONS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.publish.profiles import recorded_crime
from civic_assets.publish.read_model.decisions import create_corrections
from civic_assets.values.periods import Period, PeriodKind, first_of_month, year_ending

ISLINGTON, MET, CITY = "E09000019", "E23000001", "E23000034"
YEAR = year_ending(2024, 12)
BURGLARY, SHOPS, FRAUD = (
    f"major={major};minor={minor}"
    for major, minor in (
        ("burglary", "res burglary of a home"),
        ("theft", "shoplifting"),
        ("nfib fraud", "nfib"),
    )
)
_TEXTS = (
    *(
        "source",
        "release",
        "measure",
        "area_code",
        "area_name",
        "parent_code",
        "statistic",
        "breakdown",
        "unit",
    ),
    *("status", "quality", "locator"),
)
_COLUMNS = dict.fromkeys(_TEXTS, "VARCHAR") | {
    "release_order": "INTEGER",
    "period_start": "DATE",
    "period_end": "DATE",
    "value": "DOUBLE",
}
Row = dict[str, Any]


def figure(source: str, release: str, measure: str, period: Period, value: float | None, **more: Any) -> Row:
    plain: Row = {
        "source": source, "release": release, "release_order": 1, "measure": measure, "area_code": ISLINGTON,
        "area_name": "Islington", "parent_code": MET, "period_start": period.start, "period_end": period.end,
        "statistic": "flow", "breakdown": "total", "unit": "count", "value": value, "status": None, "quality": "ok",
        "locator": "A1",
    }  # fmt: skip
    return plain | more


def months(year: int = 2024, numbers: Iterable[int] = range(1, 13)) -> Iterator[Period]:
    for number in numbers:
        yield Period(first_of_month(year, number), first_of_month(year, number + 1), PeriodKind.MONTH)


def met(breakdown: str, each: float = 10, release: str = "2025-12", **more: Any) -> list[Row]:
    return [
        figure("met_borough", release, "recorded_crime_met", month, each, breakdown=breakdown, **more)
        for month in months()
    ]


def ons(measure: str = "total_recorded_crime", value: float | None = 240, **more: Any) -> Row:
    return figure("ons_csp", "2024-12", measure, YEAR, value, **more)


def beside(rows: Iterable[Row]) -> list[Row]:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA harmonised")
    connection.execute("CREATE SCHEMA quality")
    connection.execute(
        f"CREATE TABLE harmonised.observations ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
    )
    for row in rows:
        connection.execute(
            f"INSERT INTO harmonised.observations VALUES ({', '.join('?' * len(_COLUMNS))})",
            [row[name] for name in _COLUMNS],
        )
    create_corrections(connection, ())
    recorded_crime.create(connection)
    table = connection.sql("SELECT * FROM harmonised.recorded_crime_beside").to_arrow_table()
    found: list[Row] = table.to_pylist()
    return found


def test_months_of_one_issue_add_up_to_the_year_without_fraud() -> None:
    (row,) = beside([ons(), *met(SHOPS, 12), *met(BURGLARY, 8), *met(FRAUD, 1)])
    assert (row["other_value"], row["ons_value"], row["ratio"]) == (240, 240, 1)
    assert row["relation"] == "exact"
    assert row["left_out"].startswith(f"{FRAUD}: 12 (fraud is recorded nationally")


def test_a_class_counts_in_its_group_and_in_every_group_above_it() -> None:
    groups = [
        "residential_burglary",
        "burglary",
        "theft_offences",
        "total_recorded_crime",
        "shoplifting",
        "robbery",
    ]
    rows = beside([*(ons(group) for group in groups), *met(SHOPS, 12), *met(BURGLARY, 8)])
    assert {row["measure"]: row["other_value"] for row in rows} == {
        "residential_burglary": 96,
        "burglary": 96,
        "shoplifting": 144,
        "theft_offences": 240,
        "total_recorded_crime": 240,
        # The publisher says that a class without a row had no crime within the months of the issue.
        "robbery": 0,
    }


def test_an_issue_that_lacks_a_month_of_the_year_has_no_sum() -> None:
    assert beside([ons(), *met(SHOPS)[:-1]]) == []


def test_months_of_two_issues_are_never_put_into_one_sum() -> None:
    older, newer = met(SHOPS, release="2024-10"), met(SHOPS, 11)
    assert beside([ons(), *older[:10], *newer[10:]]) == []
    both = beside([ons(), *older, *newer])
    assert {row["other_release"]: row["other_value"] for row in both} == {"2024-10": 120, "2025-12": 132}


def test_groups_of_ons_are_those_of_the_newest_edition_that_prints_the_year() -> None:
    older = ons("homicide", 3) | {"release": "2023-12", "release_order": 0}
    rows = beside([*met(BURGLARY), *met(SHOPS), older, ons()])
    assert {(row["measure"], row["ons_release"]) for row in rows} == {("total_recorded_crime", "2024-12")}


def test_a_figure_without_a_value_leaves_no_sum_and_is_reported() -> None:
    hidden = met(SHOPS)
    hidden[3] |= {"value": None, "status": "suppressed"}
    (row,) = beside([ons(), *hidden])
    assert (row["other_value"], row["ratio"], row["n_without_value"]) == (None, None, 1)
    assert "1 of 12 figures have no usable value" in row["because"]
    assert row["statuses"] == "suppressed"


def test_a_disputed_figure_stays_out_of_sum_and_ratio() -> None:
    disputed = met(SHOPS)
    disputed[0] |= {"quality": "disputed"}
    (row,) = beside([ons(), *disputed])
    assert row["other_value"] is None
    (row,) = beside([ons(quality="disputed"), *met(SHOPS)])
    assert (row["other_value"], row["ratio"]) == (120, None)
    assert "the figure of ONS is disputed" in row["because"]


def test_a_group_that_holds_more_than_that_of_ons_says_so() -> None:
    violence = "major=violence against the person;minor=violence without injury"
    (row,) = beside([ons("violence_without_injury", 60), *met(violence, release="2024-10")])
    assert (row["relation"], row["ratio"]) == ("broader", 2)
    assert row["because"].startswith("includes stalking and harassment")
    (row,) = beside([ons("violence_without_injury", 120), *met(violence)])
    assert (row["relation"], row["ratio"]) == ("exact", 1)
    # A group that the classes of an issue cannot form is not shown as zero.
    assert beside([ons("stalking_and_harassment", 60), *met(violence, release="2024-10")]) == []


def test_boroughs_airports_and_the_unplaced_add_up_to_the_force() -> None:
    airport = met(SHOPS, 1, area_code=f"{MET}/airports")
    unknown = met(SHOPS, 2, area_code=f"{MET}/unknown")
    force = figure("ons_pfa", "2024-12", "shoplifting", YEAR, 156, area_code=MET, parent_code=None)
    (row,) = beside([force, *met(SHOPS, 10), *airport, *unknown])
    assert (row["area_code"], row["other_value"], row["ratio"]) == (MET, 156, 1)


def test_wards_add_up_to_their_borough_and_lack_what_was_placed_in_none() -> None:
    wards = [
        row | {"source": "met_ward", "area_code": ward, "parent_code": ISLINGTON}
        for ward in ("E05013697", "E05013698")
        for row in met(SHOPS, 4)
    ]
    (row,) = beside([ons("shoplifting", 100), *wards])
    assert (row["other_value"], row["relation"]) == (96, "narrower")
    assert "placed in no ward" in row["because"]


def street(month: Period, value: float, kind: str = "shoplifting", **more: Any) -> Row:
    release = f"{month.start:%Y-%m}-city-of-london"
    own = {"area_code": "E01000001", "parent_code": None, "breakdown": f"crime_type={kind}"}
    return figure("police_uk", release, "street_level_crimes", month, value) | own | more


def test_a_year_of_street_level_files_is_one_release_for_each_month() -> None:
    force = figure("ons_pfa", "2024-12", "shoplifting", YEAR, 100, area_code=CITY, parent_code=None)
    rows = [street(month, 5) for month in months()]
    # Rows without a place say which force it is.
    rows += [street(month, 2, area_code=f"{CITY}/no-location", parent_code=CITY) for month in months()]
    # A later download of January replaces the earlier one.
    rows += [street(next(iter(months())), 6, release="2024-01-city-of-london.r2", release_order=2)]
    (row,) = beside([force, *rows])
    assert row["other_value"] == 6 + 11 * (5 + 2)
    assert row["other_release"] == "2024-01-city-of-london.r2 to 2024-12-city-of-london"
    assert beside([force, *(row for row in rows if not row["release"].startswith("2024-05"))]) == []


def test_antisocial_behaviour_is_left_out_of_the_total_and_named() -> None:
    force = figure("ons_pfa", "2024-12", "total_recorded_crime", YEAR, 100, area_code=CITY, parent_code=None)
    rows = [street(month, 5, area_code=f"{CITY}/no-location", parent_code=CITY) for month in months()]
    rows += [
        street(month, 9, measure="street_level_antisocial_behaviour", breakdown="total") for month in months()
    ]
    (row,) = beside([force, *rows])
    assert (row["other_value"], row["relation"]) == (60, "narrower")
    assert row["left_out"].startswith("street_level_antisocial_behaviour: 108 (")


def test_a_type_without_rows_in_street_level_files_is_not_a_zero() -> None:
    force = figure("ons_pfa", "2024-12", "robbery", YEAR, 30, area_code=CITY, parent_code=None)
    rows = [street(month, 5, area_code=f"{CITY}/no-location", parent_code=CITY) for month in months()]
    (row,) = beside([force, *rows])
    assert (row["other_value"], row["ratio"]) == (None, None)
    assert "which does not mean zero" in row["because"]


def test_quarters_of_the_home_office_add_up_to_the_year_of_ons_in_its_groups() -> None:
    offence = "group=Violence against the person;offence=x;offence_code={};subgroup=Violence with injury"
    quarters = [
        Period(first_of_month(2024, m), first_of_month(2024, m + 3), PeriodKind.QUARTER)
        for m in (1, 4, 7, 10)
    ]
    rows = [
        figure("home_office_prc", "2025-03-pfa", "recorded_crime_offence", quarter, value,
               area_code=MET, parent_code=None, breakdown=offence.format(code))
        for quarter in quarters
        for code, value in (("8N", 10), ("4.4", 1))
    ]  # fmt: skip
    groups = (
        "violence_with_injury",
        "death_or_serious_injury_illegal_driving",
        "violence_against_the_person",
    )
    years = [
        figure("ons_pfa", "2024-12", group, YEAR, 40, area_code=MET, parent_code=None) for group in groups
    ]
    assert {row["measure"]: row["other_value"] for row in beside([*years, *rows])} == dict(
        zip(groups, (40, 4, 44), strict=True)
    )


def test_a_class_of_no_scheme_is_in_no_sum_and_listed() -> None:
    drones = met("major=theft;minor=theft of drones", 100)
    (row,) = beside([ons("theft_offences", 120), *met(SHOPS, 10), *drones])
    assert row["other_value"] == 120


@pytest.mark.real_data
def test_islington_in_2024_is_shown_with_the_30201_of_ons(real_data: Path) -> None:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.parsing.recognise import parser_of
    from civic_assets.parsing.table_finder import find_tables
    from civic_assets.readers.open_file import read_grid

    contracts = load_contracts()
    (issue,) = real_data.glob("met-borough/*to 2025-12.csv")
    contract = contracts["met_borough"]
    grid = read_grid(issue)
    parsed = parser_of(contract).parse(grid, find_tables(grid, contract), contract)
    rows = [
        row | {"source": "met_borough", "release": parsed.edition, "release_order": 1, "quality": "ok"}
        for row in parsed.observations.to_pylist()
        if row["area_code"] == ISLINGTON and row["period_start"].year == 2024
    ]
    assert len(rows) > 300
    # Printed by ONS in Table C2 of the year to December 2024.
    printed = {
        "total_recorded_crime": 30201,
        "violence_against_the_person": 6749,
        "robbery": 1223,
        "theft_from_the_person": 4093,
    }
    found = beside([*(ons(name, value) for name, value in printed.items()), *rows])
    sums = {row["measure"]: row["other_value"] for row in found}
    assert sums == {
        "total_recorded_crime": 30482,
        "violence_against_the_person": 6692,
        "robbery": 1252,
        "theft_from_the_person": 4167,
    }
    total = next(row for row in found if row["measure"] == "total_recorded_crime")
    assert round(total["ratio"], 4) == 1.0093
    assert (total["ons_value"], total["period_end"]) == (30201, date(2025, 1, 1))
    left_out = [part.split(" (")[0] for part in total["left_out"].split(" | ")]
    assert left_out == [
        "major=fraud and forgery;minor=fraud and forgery: 4",
        "major=nfib fraud;minor=nfib: 3",
    ]
