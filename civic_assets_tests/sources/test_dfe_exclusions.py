"""Suspensions and permanent exclusions: four layouts, two meanings of `x`, events and pupils apart."""

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

ISLINGTON = "E09000019"
OLD_MARKS = {"x": "suppressed", ".": "not_applicable"}
YEAR = {"period_start": "2016-09-01", "period_end": "2017-09-01", "area_code": ISLINGTON}


@pytest.mark.real_data
def test_islington_2016_17_reads_as_everyone_knows_it(real_data: Path) -> None:
    found = read(real_file(real_data, "num_schools", "fixed_excl", "one_plus_fixed"))
    assert (found.source, found.release, found.held_back) == ("dfe_exclusions", "2016-17", [])
    assert found.one(measure="pupils", area_code=ISLINGTON, period_start="2017-01-01") == (24606, None)
    assert found.one(measure="permanent_exclusions", **YEAR) == (34, None)
    assert found.one(measure="suspensions", **YEAR) == (1251, None)
    assert found.one(measure="pupils_suspended", **YEAR) == (679, None)


@pytest.mark.real_data
def test_every_figure_of_the_series_to_2017_is_read_once(real_data: Path) -> None:
    path = real_file(real_data, "num_schools", "fixed_excl", "one_plus_fixed")
    rows = plain_rows(path)
    columns = list(rows[0])[4:]
    assert compare_all(read(path).rows, rows, columns, OLD_MARKS) == 7122 * 8


@pytest.mark.real_data
def test_every_figure_by_reason_is_read_once(real_data: Path) -> None:
    path = real_file(real_data, "perm_physical_pupils", "fixed_other")
    found, rows = read(path), plain_rows(path)
    assert (found.source, found.release, found.held_back) == ("dfe_exclusions", "2016-17-reasons", [])
    assert compare_all(found.rows, rows, list(rows[0])[10:], OLD_MARKS) == 7004 * 24


@pytest.mark.real_data
def test_every_figure_by_social_care_group_is_read_once(real_data: Path) -> None:
    path = real_file(real_data, "social_care_group", "pt_one_plus_sus")
    found, rows = read(path), plain_rows(path)
    assert (found.source, found.release, found.held_back) == ("dfe_exclusions", "2020-21-social-care", [])
    assert compare_all(found.rows, rows, list(rows[0])[11:], {"c": "suppressed"}) == 2931 * 5


@pytest.mark.real_data
def test_areas_of_the_series_without_codes_are_those_of_the_reasons_with_codes(real_data: Path) -> None:
    series = read(real_file(real_data, "num_schools", "fixed_excl", "one_plus_fixed"))
    reasons = read(real_file(real_data, "perm_physical_pupils", "fixed_other"))
    by_name = {row["area_code"] for row in series.rows}
    by_code = {row["area_code"] for row in reasons.rows}
    # The series names two rows 'NULL'; the reasons carry two codes that had ended, as names cannot show.
    assert by_name - by_code == {
        "E92000001/regional-null",
        "E92000001/local-authority-null",
        "E08000037",
        "E06000057",
    }
    assert by_code - by_name == {"E08000020", "E06000048"}
    stale = [f.expected for f in reasons.findings if f.check_id == "V-05"]
    assert sorted(stale) == ["E06000057", "E08000037"]


@pytest.mark.real_data
def test_authorities_do_not_add_up_to_england_and_nobody_adds_them(real_data: Path) -> None:
    found = read(real_file(real_data, "num_schools", "fixed_excl", "one_plus_fixed"))
    wanted = {"measure": "permanent_exclusions", "period_start": "2016-09-01", "breakdown": "total"}
    authorities = [row["value"] or 0 for row in found.where(**wanted, area_type="local_authority")]
    assert found.one(measure="permanent_exclusions", period_start="2016-09-01", area_code="E92000001") == (
        7720,
        None,
    )
    assert sum(authorities) == 7714


@pytest.mark.parametrize(
    ("name", "printed", "status"),
    [("counts_2014_15.csv", "x", "suppressed"), ("by_geography_2022_23.csv", "x", "not_available")],
)
def test_x_means_suppressed_until_2019_and_not_available_since(name: str, printed: str, status: str) -> None:
    statuses = {
        row["status"] for row in read(FIXTURES / "dfe_exclusions" / name).rows if row["value_text"] == printed
    }
    assert statuses == {status}


def test_suppressed_count_never_becomes_zero() -> None:
    rows = read(FIXTURES / "dfe_exclusions" / "counts_2014_15.csv").where(status="suppressed")
    assert rows
    assert all(row["value"] is None for row in rows)


def test_events_and_pupils_are_different_measures() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv")
    year = {"area_code": ISLINGTON, "period_start": "2022-09-01"}
    events, _ = found.one(measure="suspensions", **year)
    pupils, _ = found.one(measure="pupils_suspended", **year)
    assert events is not None and pupils is not None and events > pupils


def test_test_row_of_the_publisher_is_kept_and_reported() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "counts_2014_15.csv")
    assert found.one(measure="permanent_exclusions", area_code="E92000001/regional-null") == (20, None)
    reported = [f for f in found.findings if f.check_id == "V-05"]
    assert [f.observed for f in reported] == ["NULL", "NULL"]
    assert all("Ask the publisher which area it is" in f.message for f in reported)
    assert not any("education_areas.yaml" in f.message for f in reported)


def test_count_with_decimals_is_kept_as_printed_and_reported() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "counts_2014_15.csv")
    assert len(found.where(value_text="45.9412", value=45.9412)) == 1
    # The count of all schools has the decimals of that of its secondary schools.
    assert sorted(f.observed for f in found.findings if f.check_id == "V-02") == ["45.9412", "73.9412"]


def test_inner_london_is_distinguished_from_london() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv")
    types = {row["area_code"]: row["area_type"] for row in found.rows}
    assert (types["E92000001"], types["E12000007"], types["E13000001"]) == ("country", "region", "sub_region")


def test_department_number_of_an_authority_is_kept_with_its_code() -> None:
    rows = read(FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv").where(area_code=ISLINGTON)
    assert {(row["authority_code"], row["parent_code"]) for row in rows} == {("206", "E13000001")}


def test_three_terms_of_one_file_stay_three_periods() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "autumn_2024_25.csv")
    rows = found.where(measure="suspensions", area_code=ISLINGTON, breakdown="total")
    assert sorted(str(row["period_start"]) for row in rows) == ["2024-01-01", "2024-04-01", "2024-09-01"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Academic year,202223", "Academic year,2022", "'2022'"),
        ("Academic year,202223", "Academic year,202225", "'202225'"),
        ("Academic year,202223", "Calendar year,202223", "'Calendar year'"),
    ],
    ids=["digits of one year", "years that do not follow", "identifier of other files"],
)
def test_period_that_contradicts_its_identifier_names_its_cell(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    found = read(changed("dfe_exclusions", "by_geography_2022_23.csv", tmp_path, (old, new)))
    (finding,) = [f for f in found.findings if f.check_id == "R-09"]
    assert (found.release, found.rows) == ("2022-23", [])
    assert "L2:time_period" in finding.message and told in finding.message


def test_code_of_another_authority_is_reported_and_not_followed(tmp_path: Path) -> None:
    path = changed(
        "dfe_exclusions", "by_geography_2022_23.csv", tmp_path, (f"206,{ISLINGTON}", "206,E09000007")
    )
    found = read(path)
    (finding,) = [f for f in found.findings if f.check_id == "V-05"]
    assert (finding.observed, finding.expected) == ("E09000007", ISLINGTON)
    assert found.one(measure="suspensions", area_code=ISLINGTON, period_start="2022-09-01")[0] is not None


def test_authority_that_does_not_exist_is_reported_and_kept(tmp_path: Path) -> None:
    path = changed(
        "dfe_exclusions",
        "by_geography_2022_23.csv",
        tmp_path,
        (f"206,{ISLINGTON},Islington", "299,E09000099,Atlantis"),
    )
    found = read(path)
    assert checks(found)["V-05"] == 1
    assert {row["area_type"] for row in found.where(area_name="Atlantis")} == {"unknown"}


def test_renamed_column_holds_the_release_back(tmp_path: Path) -> None:
    found = read(
        changed("dfe_exclusions", "by_geography_2022_23.csv", tmp_path, ("perm_excl_rate", "permanent_rate"))
    )
    assert [reason[:4] for reason in found.held_back] == ["R-09"]
    assert "'permanent_rate'" in next(f.message for f in found.findings if f.check_id == "R-09")


def test_row_that_appears_twice_holds_the_release_back(tmp_path: Path) -> None:
    path = changed("dfe_exclusions", "counts_2014_15.csv", tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))
    assert any(reason.startswith("V-01") for reason in read(path).held_back)


def test_unknown_school_type_is_reported_and_kept_under_its_own_word(tmp_path: Path) -> None:
    path = changed(
        "dfe_exclusions",
        "by_geography_2022_23.csv",
        tmp_path,
        ("Islington,Special", "Islington,Hospital school"),
    )
    found = read(path)
    assert [f.observed for f in found.findings if f.check_id == "V-05"] == ["Hospital school"]
    assert found.where(measure="suspensions", breakdown="phase=hospital school", area_code=ISLINGTON)


def test_one_reason_each_adds_up_to_all_and_three_do_not() -> None:
    single = read(FIXTURES / "dfe_exclusions" / "reasons_2019_20.csv")
    several = read(FIXTURES / "dfe_exclusions" / "multiple_reasons_autumn_2024_25.csv")
    assert (single.release, several.release) == ("2019-20-reasons", "2024-25-autumn-multiple-reasons")
    for found, more in ((single, False), (several, True)):
        rows = found.where(measure="suspensions", area_code=ISLINGTON)
        total = next(row["value"] for row in rows if row["breakdown"] == "total")
        reasons = [row["value"] for row in rows if row["breakdown"].startswith("reason=")]
        assert (sum(reasons) > total) is more
        assert max(reasons) <= total


def test_reason_with_more_exclusions_than_there_are_is_disputed(tmp_path: Path) -> None:
    found = read(
        changed(
            "dfe_exclusions",
            "multiple_reasons_autumn_2024_25.csv",
            tmp_path,
            ("Islington,Total,3,", "Islington,Total,300,"),
        )
    )
    (finding,) = [f for f in found.findings if f.check_id == "V-19"]
    assert (
        "(physical assault against a pupil) is printed as 300, more than permanent exclusions, 121"
        in finding.message
    )


def test_file_of_2018_19_says_fixed_period_exclusions_and_has_columns_of_schools(tmp_path: Path) -> None:
    names = (
        (
            "suspension,susp_rate,one_plus_susp,one_plus_susp_rate",
            "fixed_excl,fixed_excl_rate,one_plus_fixed,one_plus_fixed_rate",
        ),
        ("education_phase", "school_type"),
    )
    path = changed("dfe_exclusions", "by_geography_2022_23.csv", tmp_path, *names)
    found, today = read(path), read(FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv")
    assert (found.held_back, checks(found)["R-09"]) == ([], 0)
    assert [(r["measure"], r["value"]) for r in found.rows] == [
        (r["measure"], r["value"]) for r in today.rows
    ]


def test_file_by_term_without_pupils_is_read(tmp_path: Path) -> None:
    lines = [
        line.split(",")
        for line in (FIXTURES / "dfe_exclusions" / "autumn_2024_25.csv").read_text().splitlines()
    ]
    path = tmp_path / "by_term.csv"
    path.write_text("\n".join(",".join(line[:-2]) for line in lines) + "\n")
    found = read(path)
    assert (found.source, found.release, found.held_back) == ("dfe_exclusions", "2024-25-autumn", [])
    assert {row["measure"] for row in found.rows} >= {"suspensions", "permanent_exclusions", "pupils"}
    assert found.where(measure="pupils_suspended") == []
