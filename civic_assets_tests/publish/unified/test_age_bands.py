"""Age bands that readers ask for, added up exactly from the ages that are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.publish.unified.age_bands import ages_of, create_age_bands, wanted_ages
from civic_assets.quality.published.engine import evaluate
from civic_assets.readers.open_file import read_grid
from civic_assets.values.ages import AgeBasis, AgePopulation
from civic_assets_tests.publish.harmonised_models import model, records
from civic_assets_tests.publish.read_models import ISLINGTON, figure

MID_YEAR = (date(2023, 6, 30), date(2023, 7, 1))


def residents(age: str, value: float | None, /, release: str = "2023-mye", **other: Any) -> dict[str, Any]:
    return figure(
        "ons_population", release, "population", ISLINGTON, *MID_YEAR, value,
        **{"breakdown": age, "statistic": "stock", "period_kind": "point_in_time", **other},
    )  # fmt: skip


def bands(figures: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["breakdown"]: row for row in records(made(figures), "SELECT * FROM harmonised.age_bands")}


def made(figures: Iterable[Mapping[str, Any]]) -> duckdb.DuckDBPyConnection:
    connection = model(figures)
    create_age_bands(connection)
    return connection


def test_single_years_are_added_up_to_every_band_with_the_figures_they_are_from() -> None:
    found = bands(residents(f"age={age}", 100 + age) for age in range(91))
    assert set(found) == {f"age={lo}-{hi - 1}" for lo, hi in wanted_ages()}
    young = found["age=0-25"]
    assert young["value"] == sum(100 + age for age in range(26))
    assert (young["n_parts"], young["age_basis"], young["population"]) == (26, "age_on_the_day", "residents")
    assert [part["breakdown"] for part in young["parts"]] == [f"age={age}" for age in range(26)]
    assert all(part["figure"].endswith("@2023-mye") for part in young["parts"])


def test_bands_of_the_report_and_of_the_indicators_are_wanted() -> None:
    assert {(0, 26), (10, 18), (0, 18), (16, 18), (18, 25)} <= set(wanted_ages())


def test_a_missing_age_leaves_the_band_without_a_number_and_the_others_whole() -> None:
    found = bands(
        residents(f"age={age}", None if age == 20 else 1, status="x" if age == 20 else None)
        for age in range(91)
    )
    assert (found["age=0-25"]["value"], found["age=0-25"]["reason"]) == (None, "1 of 26 parts: x")
    assert found["age=0-17"]["value"] == 18


def test_a_band_that_ages_do_not_make_up_is_left_out() -> None:
    found = bands([residents("age=0-14", 10), residents("age=15-19", 5), residents("age=20-24", 5)])
    assert found == {}


def test_a_band_that_is_printed_is_a_sum_of_one_part() -> None:
    (found,) = bands([residents("age=0-17", 40_000)]).values()
    assert (found["value"], found["n_parts"]) == (40_000, 1)


def test_sexes_stay_apart() -> None:
    found = bands(residents(f"age={age};sex={sex}", 1) for age in range(91) for sex in ("male", "female"))
    assert {found[f"age=16-17;sex={sex}"]["value"] for sex in ("male", "female")} == {2}


def test_of_two_releases_that_make_a_band_the_newer_one_does() -> None:
    old = [residents(f"age={age}", 1, release="2023-mye") for age in range(18)]
    new = residents("age=0-17", 20, release="2024-mye")
    found = bands([*old, new])
    assert (found["age=0-17"]["value"], found["age=0-17"]["release"]) == (20, "2024-mye")


def test_ages_are_of_whom_the_vocabulary_of_measures_says() -> None:
    assert ages_of("ons_population", "population") == (AgeBasis.ON_THE_DAY, AgePopulation.RESIDENTS)
    assert ages_of("dfe_looked_after", "children_looked_after") == (
        AgeBasis.ON_THE_DAY,
        AgePopulation.LOOKED_AFTER,
    )
    assert ages_of("ons_population", "households") is None


def test_rule_over_the_bands_passes_on_wordings_of_all_kinds() -> None:
    words = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
    rows = [
        figure("dfe_looked_after", "2017", "children_looked_after", ISLINGTON, *MID_YEAR, 7, statistic="stock",
               period_kind="point_in_time", breakdown=f"age={word}")
        for word in words
    ]  # fmt: skip
    connection = made(rows)
    assert records(connection, "SELECT value FROM harmonised.age_bands") == [{"value": 28}]
    said = {(rule.id, rule.table): result for rule, result, _ in evaluate(connection)}
    assert said["H-06", "age_bands"].outcome == "pass", said["H-06", "age_bands"].message


@pytest.mark.real_data
def test_residents_of_islington_aged_0_to_25_are_those_of_the_workbook_added_up_by_hand(
    real_data: Path,
) -> None:
    path = real_data / "ons-population" / "mye23tablesew.xlsx"
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("MYE2 - Persons").to_python()
    header = next(row for row in rows if "Code" in row)
    columns = [
        n for n, cell in enumerate(header) if str(cell).removesuffix(".0") in {str(age) for age in range(26)}
    ]
    (printed,) = (row for row in rows if ISLINGTON in row)
    assert len(columns) == 26
    by_hand = sum(float(str(printed[n])) for n in columns)

    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    parsed = parser_of(found.contract).parse(grid, found.found, found.contract).observations
    own = {"source": "ons_population", "release": found.edition, "quality": "ok"}
    figures = [own | row for row in parsed.to_pylist() if row["area_code"] == ISLINGTON]
    (made_here,) = records(
        made(figures),
        """SELECT value FROM harmonised.age_bands
        WHERE breakdown = 'age=0-25' AND period_start = DATE '2023-06-30'""",
    )
    assert made_here["value"] == by_hand == 69_054
