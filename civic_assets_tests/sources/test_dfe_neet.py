"""NEET at 16 and 17: three months and not a calendar year, two shares and their total, two namings of the long file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import (
    changed,
    compare_all,
    plain_rows,
    read,
)

FOLDER = FIXTURES / "dfe_neet"
ISLINGTON, ENGLAND = "E09000019", "E92000001"
MARKS = {"c": "suppressed", "z": "not_applicable"}


def _real(folder: Path, year: str) -> Path:
    for path in sorted(folder.rglob("*.csv")):
        if path.read_bytes()[:400].decode("latin-1").startswith("time_period,time_identifier"):
            rows = plain_rows(path)
            if "Cohort_DJFavg" in rows[0] and rows[0]["time_period"] == year:
                return path
    raise AssertionError(f"no scorecard of {year} in {folder}")


def _figure_columns(row: dict[str, str]) -> list[str]:
    layout = load_contracts()["dfe_neet"].table("scorecard")
    return [header for header in list(row)[11:] if header.casefold() not in layout.ignored_headers]


@pytest.mark.real_data
@pytest.mark.parametrize(("year", "cohort", "total"), [("2022", 1208392.7, 4.7), ("2023", 1236365, 5.2)])
def test_cohort_of_england_reads_as_printed(real_data: Path, year: str, cohort: float, total: float) -> None:
    found = read(_real(real_data, year))
    assert (found.source, found.release, found.held_back) == ("dfe_neet", year, [])
    winter = {"area_code": ENGLAND, "period_start": f"{int(year) - 1}-12-01", "period_end": f"{year}-03-01"}
    assert found.one(measure="neet_cohort", **winter) == (cohort, None)
    assert found.one(measure="neet_or_not_known_percent", statistic="rate", **winter) == (total, None)
    assert {row["statistic"] for row in found.where(measure="neet_cohort")} == {"mean_of_stocks"}


@pytest.mark.real_data
@pytest.mark.parametrize("year", ["2022", "2023"])
def test_every_figure_of_a_scorecard_is_read_once(real_data: Path, year: str) -> None:
    path = _real(real_data, year)
    rows = plain_rows(path)
    columns = _figure_columns(rows[0])
    assert compare_all(read(path).rows, rows, columns, MARKS) == 160 * 27
    # The ten common keys and Age; the rest are ranks and context, ignored in the contract with their reasons.
    assert len(rows[0]) == 11 + 27 + 12


@pytest.mark.real_data
@pytest.mark.parametrize("year", ["2022", "2023"])
def test_city_of_london_is_absent_by_nature_and_the_contract_says_so(real_data: Path, year: str) -> None:
    assert read(_real(real_data, year)).where(area_code="E09000001") == []
    assert (
        "City of London and Isles of Scilly are never in these files (they have no cohort of their own)"
        in " ".join(load_contracts()["dfe_neet"].limitations.split())
    )


@pytest.mark.real_data
def test_offers_of_more_than_a_hundred_percent_are_disputed(real_data: Path) -> None:
    found = read(_real(real_data, "2023"))
    (finding,) = [f for f in found.findings if f.severity == "blocking"]
    assert (finding.check_id, finding.observed, finding.area_code) == ("V-03", "100.2", "E06000034")


@pytest.mark.real_data
@pytest.mark.parametrize("year", ["2022", "2023"])
def test_neet_and_not_known_are_printed_with_a_total_that_may_differ_by_rounding(
    real_data: Path, year: str
) -> None:
    found = read(_real(real_data, year))
    printed = {}
    for measure in ("neet_percent", "not_known_percent", "neet_or_not_known_percent"):
        for row in found.where(measure=measure, statistic="rate", breakdown="total"):
            printed[measure, row["area_code"]] = row["value"]
    areas = {area for _, area in printed}
    gaps = [
        abs(
            printed["neet_percent", a]
            + printed["not_known_percent", a]
            - printed["neet_or_not_known_percent", a]
        )
        for a in areas
    ]
    assert len(gaps) == 160
    assert max(gaps) < 0.11
    assert any(gap > 0.05 for gap in gaps), "the total is read as printed, not computed"


def test_calendar_year_of_the_file_is_december_to_february() -> None:
    rows = read(FOLDER / "scorecard_2024.csv").where(measure="neet_percent", area_code=ISLINGTON)
    assert {(str(r["period_start"]), str(r["period_end"]), r["period_kind"]) for r in rows} == {
        ("2023-12-01", "2024-03-01", "three_month_average")
    }


def test_participation_is_of_march() -> None:
    rows = read(FOLDER / "scorecard_2024.csv").where(measure="participating_percent")
    assert {(str(r["period_start"]), str(r["period_end"])) for r in rows} == {("2024-03-01", "2024-04-01")}


@pytest.mark.parametrize(
    ("name", "there", "not_there"),
    [
        ("scorecard_2021.csv", {"E10000021"}, {"E06000061"}),
        ("scorecard_2024.csv", {"E06000061", "E06000063", "E06000066"}, {"E10000021"}),
    ],
)
def test_authorities_are_those_of_their_year(name: str, there: set[str], not_there: set[str]) -> None:
    codes = {row["area_code"] for row in read(FOLDER / name).rows}
    assert there <= codes
    assert not not_there & codes


def test_long_file_means_the_same_under_the_headers_of_2025_and_2026() -> None:
    old, new = (read(FOLDER / f"characteristics_{year}.csv") for year in (2025, 2026))
    levels = [
        {
            (r["measure"], r["unit"], r["statistic"], r["breakdown"])
            for r in found.rows
            if r["statistic"] != "change"
        }
        for found in (old, new)
    ]
    assert levels[0] == levels[1]
    assert [found.release for found in (old, new)] == ["2025-characteristics", "2026-characteristics"]


def test_column_of_another_year_is_ignored_with_a_reason_and_a_new_one_is_reported(tmp_path: Path) -> None:
    known = read(FOLDER / "scorecard_2024.csv")
    assert [f for f in known.findings if f.check_id == "R-09"] == []
    told = read(changed("dfe_neet", "scorecard_2024.csv", tmp_path, ("Level_3", "Level_4")))
    assert [f.observed for f in told.findings if f.check_id == "R-09"] == ["Level_4"]


def test_single_age_is_not_a_total(tmp_path: Path) -> None:
    found = read(
        changed("dfe_neet", "characteristics_2025.csv", tmp_path, (",16-17,Total,Total", ",16,Total,Total"))
    )
    assert len(found.where(measure="neet_cohort", breakdown="age=16", area_code=ENGLAND)) == 1


@pytest.mark.real_data
def test_parts_printed_as_fractions_next_to_their_sum_in_percent_hold_the_release_back(
    real_data: Path, tmp_path: Path
) -> None:
    rows = plain_rows(_real(real_data, "2023"))
    for row in rows:
        for name in ("NEET_percent", "Notknown_percent"):
            if row[name].replace(".", "").isdecimal():
                row[name] = str(float(row[name]) / 100)
    path = tmp_path / "fractions.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = read(path)
    assert any("damaged as a whole" in f.message and f.severity == "blocking" for f in found.findings)
    assert found.held_back
