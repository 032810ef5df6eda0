"""LAIT: a second publication of measures that other sources publish first, against which they can be checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
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


def _not_read(row: dict[str, str]) -> bool:
    return row["Short Desc"].casefold() in load_contracts()["dfe_lait"].parser.options["ignoredLabels"]


@pytest.mark.real_data
def test_every_figure_of_the_measures_that_are_read_is_read_once(real_data: Path, lait: Read) -> None:
    rows = plain_rows(real_file(real_data, *HEADERS))
    assert (lait.source, lait.release, lait.held_back) == ("dfe_lait", "2025", [])
    said = [finding for finding in lait.findings if finding.check_id.startswith(("R-", "V-"))]
    # England, regions and the two halves of London are rounded, and authorities are not. Nothing in the file says so:
    # information.
    assert {(finding.check_id, finding.evidence.get("fault")) for finding in said} == {
        ("V-20", "evident rounding")
    }
    assert {finding.evidence["area_type"] for finding in said} == {"country", "region", "sub_region"}
    ignored = sum(map(_not_read, rows))
    assert compare_all(lait.rows, rows, ["Values"], {"-": "not_available"}, _not_read) == 43180 - ignored
    assert ignored == 3230


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
