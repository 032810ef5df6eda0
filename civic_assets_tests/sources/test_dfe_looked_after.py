"""Children looked after: a stock on one day, authorities that did not exist, and the older layout in latin-1."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import (
    changed,
    checks,
    compare_all,
    plain_rows,
    read,
    real_file,
)

FOLDER = FIXTURES / "dfe_looked_after"
ISLINGTON, ENGLAND = "E09000019", "E92000001"
UASC, SFR = ("cla_group", "characteristic", "percentage"), ("geog_l", "CLA_UASC")


@pytest.mark.real_data
def test_every_figure_at_31_march_is_read_once(real_data: Path) -> None:
    path = real_file(real_data, *UASC)
    found, rows = read(path), plain_rows(path)
    assert (found.source, found.release, found.held_back) == ("dfe_looked_after", "2025", [])
    assert [finding for finding in found.findings if finding.check_id.startswith(("R-", "V-"))] == []
    marks = {"c": "suppressed", "z": "not_applicable"}
    assert compare_all(found.rows, rows, ["cla_31_march_number", "percentage"], marks) == 2475 * 2


@pytest.mark.real_data
def test_every_figure_that_is_read_of_the_sfr_layout_is_read_once(real_data: Path) -> None:
    path = real_file(real_data, *SFR)
    found, rows = read(path), plain_rows(path)
    assert (found.source, found.release, found.held_back) == ("dfe_looked_after", "2017", [])
    ignored = load_contracts()["dfe_looked_after"].table("sfr").ignored_headers
    columns = [header for header in list(rows[0])[5:] if header.strip().casefold() not in ignored]
    assert compare_all(found.rows, rows, columns, {"x": "suppressed"}) == 164 * 17
    assert len(columns) + len(ignored) + 5 == len(rows[0])


@pytest.mark.real_data
def test_england_reads_as_printed_in_both_layouts(real_data: Path) -> None:
    new, old = read(real_file(real_data, *UASC)), read(real_file(real_data, *SFR))
    assert new.one(measure="uasc_looked_after", area_code=ENGLAND, period_start="2025-03-31") == (6540, None)
    assert old.one(measure="uasc_looked_after", area_code=ENGLAND, period_start="2017-03-31") == (4560, None)
    assert old.one(measure="children_looked_after", area_code=ENGLAND) == (72670, None)


@pytest.mark.real_data
def test_asylum_status_adds_up_to_the_children_looked_after_of_an_authority(real_data: Path) -> None:
    found = read(real_file(real_data, *UASC))
    printed = {
        (row["measure"], row["area_code"], row["period_start"]): row["value"]
        for row in found.where(area_type="local_authority", unit="count")
    }
    compared = 0
    for (measure, area, day), total in printed.items():
        parts = [printed[name, area, day] for name in ("uasc_looked_after", "not_uasc_looked_after")]
        if measure == "children_looked_after" and total is not None and None not in parts:
            assert sum(parts) == total
            compared += 1
    assert compared > 650


@pytest.mark.real_data
def test_faults_of_the_sfr_file_are_reported(real_data: Path) -> None:
    found = read(real_file(real_data, *SFR))
    expected = {f.expected for f in found.findings if f.check_id == "V-05"}
    # London's code with Inner and Outer London, two codes that ended in 2013, Isles of Scilly without a level.
    assert expected == {"E13000001", "E13000002", "E08000037", "E06000057", "E06000053"}


def test_authority_that_did_not_exist_is_not_applicable_and_not_zero() -> None:
    found = read(FOLDER / "at_31_march_2021.csv")
    new, old = "E06000061", "E10000021"
    assert found.one(measure="uasc_looked_after", area_code=new, period_start="2020-03-31") == (
        None,
        "not_applicable",
    )
    assert found.one(measure="uasc_looked_after", area_code=old, period_start="2021-03-31") == (
        None,
        "not_applicable",
    )


def test_inner_london_under_londons_code_is_read_by_its_name() -> None:
    found = read(FOLDER / "sfr_2016.csv")
    assert {row["area_name"] for row in found.where(area_code="E13000001")} == {"INNER LONDON"}
    assert {row["area_name"] for row in found.where(area_code="E12000007")} == {"LONDON"}


def test_x_of_the_older_layout_means_suppressed() -> None:
    found = read(FOLDER / "sfr_2016.csv")
    assert found.one(measure="uasc_looked_after", area_code=ISLINGTON) == (None, "suppressed")


def test_latin_1_bytes_and_spaces_of_names_are_read() -> None:
    assert {row["area_name"] for row in read(FOLDER / "sfr_2016.csv").where(area_code="E06000053")} == {
        "Isles of Scilly"
    }


def test_headers_of_an_sfr_file_must_name_one_year(tmp_path: Path) -> None:
    from civic_assets.errors import CivicError

    with pytest.raises(CivicError, match=r"\[2015, 2016\]"):
        read(changed("dfe_looked_after", "sfr_2016.csv", tmp_path, ("CLA_stp2016", "CLA_stp2015")))


def test_group_of_2025_means_what_cla_group_meant() -> None:
    new = read(FOLDER / "at_31_march_2026.csv")
    assert new.one(measure="children_looked_after", area_code=ENGLAND, unit="count")[0] is not None
    assert new.one(measure="children_looked_after", area_code=ENGLAND, breakdown="sex=male") == (45000, None)


def test_name_of_another_authority_is_reported(tmp_path: Path) -> None:
    path = changed("dfe_looked_after", "at_31_march_2021.csv", tmp_path, ("Islington", "Islingtn"))
    found = read(path)
    assert checks(found)["V-05"] >= 1
    assert any("Islingtn" in finding.message for finding in found.findings)
