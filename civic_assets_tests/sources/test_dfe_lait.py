"""LAIT: a second publication of measures that other sources publish first, against which they can be checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import (
    Read,
    changed,
    compare_all,
    plain_rows,
    read,
    real_file,
)

ISLINGTON = "E09000019"
HEADERS = ("Short Desc", "LA and Regions")


@pytest.fixture(scope="module")
def lait(real_data: Path) -> Read:
    return read(real_file(real_data, *HEADERS))


def _qualified(row: dict[str, str]) -> str | None:
    return "period_unsettled" if row["Short Desc"].startswith("Reoff") else None


@pytest.mark.real_data
def test_every_figure_of_the_measures_that_are_read_is_read_once(real_data: Path, lait: Read) -> None:
    rows = plain_rows(real_file(real_data, *HEADERS))
    assert (lait.source, lait.release, lait.held_back) == ("dfe_lait", "2025", [])
    said = [finding for finding in lait.findings if finding.check_id.startswith(("R-", "V-"))]
    # England, regions and the two halves of London are rounded, and authorities are not. Nothing in the file says so:
    # information.
    rounded = [finding for finding in said if finding.check_id == "V-20"]
    assert {finding.evidence.get("fault") for finding in rounded} == {"evident rounding"}
    assert {finding.evidence["area_type"] for finding in rounded} == {"country", "region", "sub_region"}
    # Cumbria, which ended on 1 April 2023, has a rate of cautions and sentences for the year to March 2025.
    assert {(f.check_id, f.area_code) for f in said if f not in rounded} == {("V-04", "E10000006")}
    assert compare_all(lait.rows, rows, ["Values"], {"-": "not_available"}, qualified=_qualified) == 43180


@pytest.mark.real_data
def test_reoffending_of_every_area_is_read_with_the_status_that_its_year_is_not_settled(lait: Read) -> None:
    for measure in ("young_offenders_reoffending_percent", "young_offenders_15_17_reoffending_percent"):
        rows = lait.where(measure=measure)
        assert len(rows) == 1530
        assert {(row["value"] is None, row["status"]) for row in rows} == {
            (False, "period_unsettled"), (True, "not_available"),
        }  # fmt: skip
    cautions = lait.where(measure="children_cautioned_or_sentenced_rate")
    assert {(str(row["period_start"]), str(row["period_end"])) for row in cautions} == {
        ("2024-04-01", "2025-04-01")
    }
    assert {row["status"] for row in cautions} == {None, "not_available"}


def test_reoffending_has_its_value_and_says_that_its_year_is_not_settled(tmp_path: Path) -> None:
    clean = read(FIXTURES / "dfe_lait" / "extract_2024.csv")
    (old,) = [row for row in clean.where(measure="sen_support_percent") if row["area_code"] == ISLINGTON][:1]
    change = ("SEN_TotSENSuP,2024,Islington", "ReoffYO15-17,2023,Islington")
    found = read(changed("dfe_lait", "extract_2024.csv", tmp_path, change))
    (row,) = found.where(measure="young_offenders_15_17_reoffending_percent")
    assert (row["value"], row["status"]) == (old["value"], "period_unsettled")
    assert (str(row["period_start"]), str(row["period_end"])) == ("2023-01-01", "2024-01-01")
    assert found.held_back == []


@pytest.mark.parametrize(("measure", "reported"), [("ReoffYO15-17", set()), ("ReReferral", {"E10000009"})])
def test_authority_that_ended_is_reported_only_for_a_year_that_is_settled(
    tmp_path: Path, measure: str, reported: set[str]
) -> None:
    """Whether Dorset's former county was in force in a cohort labelled 2023 cannot be known."""
    header = "Short Desc,Years,LA and Regions,Values,LA Number,Region"
    row = f"{measure},2023,Dorset (Pre LG),12.5,835,South West"
    found = read(changed("dfe_lait", "extract_2024.csv", tmp_path, (header, f"{header}\n{row}")))
    assert {f.area_code for f in found.findings if f.check_id == "V-04"} == reported


def _agreement(lait: Read, other: Read, measure: str, **wanted: str) -> tuple[int, int]:
    """Figures that both publish, and how many are the same to the decimals that the other prints."""
    key = ("area_code", "period_start", "period_end", "unit", "statistic", "breakdown")
    theirs = {tuple(row[k] for k in key): row for row in other.where(measure=measure, **wanted)}
    both = same = 0
    for row in lait.where(measure=measure, **wanted):
        match = theirs.get(tuple(row[k] for k in key))
        if match and row["value"] is not None and match["value"] is not None:
            places = len(match["value_text"].partition(".")[2])
            both += 1
            same += round(row["value"], places) == match["value"]
    return both, same


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("headers", "measure", "at_least"),
    [
        (("referral_count",), "referrals_to_social_services", 1500),
        (("referral_count",), "rereferrals_percent", 1500),
        (("cla_group", "percentage"), "uasc_looked_after", 700),
        (("cla_group", "percentage"), "children_looked_after", 750),
    ],
)
def test_lait_repeats_its_sources(
    real_data: Path, lait: Read, headers: tuple[str, ...], measure: str, at_least: int
) -> None:
    both, same = _agreement(lait, read(real_file(real_data, *headers)), measure)
    assert both >= at_least
    assert same >= 0.99 * both


@pytest.mark.real_data
def test_rates_of_exclusions_are_those_of_the_printed_counts(real_data: Path, lait: Read) -> None:
    counts = read(real_file(real_data, "num_schools", "fixed_excl", "one_plus_fixed"))
    both, same = _agreement(lait, counts, "suspension_rate", period_start="2016-09-01")
    assert both > 500
    assert same > 0.98 * both


def test_number_with_an_exponent_is_read() -> None:
    found = read(FIXTURES / "dfe_lait" / "extract_2024.csv")
    assert found.one(measure="permanent_exclusion_rate", area_code=ISLINGTON) == (0.05017, None)


def test_dash_says_only_that_something_is_missing() -> None:
    rows = read(FIXTURES / "dfe_lait" / "extract_2024.csv").where(value_text="-")
    assert {(row["value"], row["status"], row["area_code"]) for row in rows} == {
        (None, "not_available", "E10000009")
    }


def test_number_of_an_authority_stands_for_the_code_in_force_in_that_year() -> None:
    found = read(FIXTURES / "dfe_lait" / "extract_2024.csv")
    codes = {
        (str(r["period_end"]), r["area_code"]) for r in found.rows if r["area_name"] == "North Yorkshire"
    }
    assert ("2024-04-01", "E06000065") in codes
    assert ("2023-09-01", "E10000023") in codes


def test_year_that_cannot_be_read_holds_the_release_back(tmp_path: Path) -> None:
    change = ("SEN_TotStat,2024", "SEN_TotStat,2024/26")
    found = read(changed("dfe_lait", "extract_2024.csv", tmp_path, change))
    (finding,) = [f for f in found.findings if f.check_id == "R-09"]
    assert (found.release, found.rows) == ("2024", [])
    assert "'2024/26'" in finding.message and ":Years" in finding.message


def test_measure_that_the_contract_does_not_know_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    clean = read(FIXTURES / "dfe_lait" / "extract_2024.csv")
    found = read(changed("dfe_lait", "extract_2024.csv", tmp_path, ("SEN_TotStat,2024", "SEN_New,2024")))
    (finding,) = [f for f in found.findings if f.check_id == "R-09"]
    assert (finding.severity, finding.observed, found.held_back) == ("warning", "SEN_New", [])
    assert len(found.rows) == len(clean.rows) - 1


def test_negative_rate_is_disputed(tmp_path: Path) -> None:
    """The file has rates per 100 pupils in the column of its percentages, so the sentence says which of them it is."""
    change = ("PriFixedEx,2022/23,Islington,16.81097", "PriFixedEx,2022/23,Islington,-16.81097")
    found = read(changed("dfe_lait", "extract_2024.csv", tmp_path, change))
    (negative,) = [finding for finding in found.findings if finding.check_id == "V-03"]
    assert (negative.observed, negative.expected) == ("-16.81097", "0 or more")
    assert list(negative.disputes) == ["L10:Values"]
    assert "suspension rate of Islington (printed -16.81097) is a rate below 0. " in negative.message
