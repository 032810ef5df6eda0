"""Children in need and referrals: events and children, authorities without a return, codes before and after reform."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import (
    changed,
    checks,
    compare_all,
    plain_rows,
    read,
    real_file,
)

ISLINGTON, HACKNEY, ENGLAND = "E09000019", "E09000012", "E92000001"
MARKS = {"c": "suppressed", "x": "not_available", "u": "low_reliability", "z": "not_applicable"}
B1, C1 = ("Anypoint_episodes", "At31_episodes"), ("referral_count", "rereferral_child_count")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("headers", "release", "columns"), [(B1, "2025-b1", 8), (C1, "2025-c1", 10)], ids=["b1", "c1"]
)
def test_every_figure_is_read_once(
    real_data: Path, headers: tuple[str, ...], release: str, columns: int
) -> None:
    path = real_file(real_data, *headers)
    found, rows = read(path), plain_rows(path)
    assert (found.source, found.release, found.held_back) == ("dfe_children_in_need", release, [])
    assert compare_all(found.rows, rows, list(rows[0])[11:], MARKS) == 2132 * columns


@pytest.mark.real_data
def test_printed_code_of_every_authority_is_kept_in_every_year(real_data: Path) -> None:
    path = real_file(real_data, *C1)
    found = read(path)
    by_locator = {
        row["locator"]: row for row in found.rows if row["measure"] == "referrals_to_social_services"
    }
    for line, row in enumerate(plain_rows(path), start=2):
        read_row = by_locator[f"L{line}:referral_count"]
        assert read_row["area_code"] == (row["new_la_code"] or row["region_code"] or ENGLAND)
        assert str(read_row["period_end"]) == f"{row['time_period']}-04-01"
    assert checks(found)["V-05"] == 0


@pytest.mark.real_data
@pytest.mark.parametrize("headers", [B1, C1], ids=["b1", "c1"])
def test_absent_years_of_hackney_carry_a_status(real_data: Path, headers: tuple[str, ...]) -> None:
    rows = read(real_file(real_data, *headers)).where(area_code=HACKNEY)
    absent = {row["period_end"].year for row in rows if row["status"] == "not_available"}
    assert absent == {2021, 2022}
    assert all(row["value"] is None for row in rows if row["period_end"].year in absent)
    assert all(row["value"] is not None for row in rows if row["period_end"].year not in {*absent})


@pytest.mark.real_data
def test_england_and_islington_read_as_printed(real_data: Path) -> None:
    found = read(real_file(real_data, *C1))
    year = {"period_start": "2024-04-01", "period_end": "2025-04-01"}
    assert found.one(measure="referrals_to_social_services", area_code=ENGLAND, **year) == (632830, None)
    assert found.one(measure="referrals_to_social_services", area_code=ISLINGTON, **year) == (2407, None)
    assert found.one(measure="children_referred", area_code=ISLINGTON, **year) == (2214, None)


@pytest.mark.real_data
def test_authority_with_low_reliability_has_no_value(real_data: Path) -> None:
    rows = read(real_file(real_data, *C1)).where(area_name="Hampshire", status="low_reliability")
    assert len(rows) == 10
    assert {(row["value"], str(row["period_end"])) for row in rows} == {(None, "2024-04-01")}


def test_stock_is_of_one_day_and_flow_of_a_year() -> None:
    rows = read(FIXTURES / "dfe_children_in_need" / "b1_2024.csv").where(area_code=ISLINGTON, value=None)
    assert rows == []
    found = read(FIXTURES / "dfe_children_in_need" / "b1_2024.csv")
    kinds = {row["measure"]: (row["period_kind"], row["statistic"]) for row in found.rows}
    assert kinds["children_in_need"] == ("point_in_time", "stock")
    assert kinds["children_in_need_any_point_children"] == ("financial_year", "flow")


def test_abolished_authority_and_its_successor_are_both_there_each_in_its_years() -> None:
    found = read(FIXTURES / "dfe_children_in_need" / "c1_2024.csv")
    years = {
        code: {r["period_end"].year for r in found.where(area_code=code)}
        for code in ("E10000006", "E06000063")
    }
    assert years == {"E10000006": {2020, 2021, 2022, 2023}, "E06000063": {2024}}


def test_text_among_figures_is_reported_and_not_guessed(tmp_path: Path) -> None:
    path = changed("dfe_children_in_need", "c1_2024.csv", tmp_path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ",~"
    path.write_text("\n".join(lines) + "\n")
    (finding,) = [f for f in read(path).findings if f.check_id == "R-06"]
    assert (finding.locator, finding.observed) == ("L2:rereferral_child_percent", "~")


def test_blank_and_quoted_blank_are_reported_alike(tmp_path: Path) -> None:
    path = changed("dfe_children_in_need", "c1_2024.csv", tmp_path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[1], lines[2] = lines[1].rsplit(",", 1)[0] + ",", lines[2].rsplit(",", 1)[0] + ',""'
    path.write_text("\n".join(lines) + "\n")
    assert [f.observed for f in read(path).findings if f.check_id == "R-06"] == ["", ""]


def test_trailing_comma_and_leading_spaces_of_numbers_change_nothing(tmp_path: Path) -> None:
    original = read(FIXTURES / "dfe_children_in_need" / "c1_2024.csv")
    path = changed("dfe_children_in_need", "c1_2024.csv", tmp_path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    head, *rest = lines
    spaced = [",".join([*line.split(",")[:-1], " " + line.split(",")[-1]]) + "," for line in rest]
    path.write_text("\n".join([head + ",", *spaced]) + "\n")
    found = read(path)
    assert found.held_back == []
    assert [(r["value"], r["status"]) for r in found.rows] == [
        (r["value"], r["status"]) for r in original.rows
    ]
