"""Breaks: each separates what it is about, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError
from civic_assets.harmonise.comparability.break_register import read_breaks
from civic_assets.harmonise.comparability.breaks import abnormal_share, between, breaks
from civic_assets.values.periods import Period, PeriodKind, day, first_of_month
from civic_assets.values.periods import year_ending as ye

ISLINGTON, CAMDEN, CANTERBURY, HACKNEY, LONDON = (
    "E09000019",
    "E09000007",
    "E07000106",
    "E09000012",
    "E12000007",
)
REFERRALS = "referrals_to_social_services"
IDS = sorted({entry.id for entry in breaks()})
MONTHS = st.tuples(st.integers(2012, 2026), st.integers(1, 12))


def month(year: int, number: int) -> Period:
    return Period(first_of_month(year, number), first_of_month(year, number + 1), PeriodKind.MONTH)


def blocked(*series: object, **more: object) -> list[str]:
    return [entry.id for entry in between(*series, **more) if entry.action == "block"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "measure", "area", "a", "b", "by"),
    [
        ("ons_csp", "hate_crime", ISLINGTON, ye(2023, 12), ye(2024, 12), "met-systems-2024"),
        ("ons_csp", "domestic_abuse", CAMDEN, ye(2023, 6), ye(2025, 6), "met-systems-2024"),
        ("ons_pfa", "residential_burglary", "E23000001", ye(2016, 3), ye(2018, 3), "residential-burglary-2017"),
        ("ons_pfa", "stalking_and_harassment", "E23000032", ye(2015, 3), ye(2016, 3), "harassment-2015"),
        ("ons_pfa", "total_recorded_crime", "K04000001", ye(2018, 12), ye(2019, 12), "greater-manchester-2019"),
        ("ons_csp", "stalking_and_harassment", CANTERBURY, ye(2022, 12), ye(2024, 12), "conduct-crimes-2023"),
        ("dfe_children_in_need", REFERRALS, HACKNEY, ye(2020, 3), ye(2021, 3), "hackney-no-return"),
        ("dfe_neet", "neet_percent", ISLINGTON, ye(2016, 2), ye(2018, 2), "neet-ages-2016"),
        ("dfe_lait", "suspension_rate", "E07000004", ye(2019, 8), ye(2021, 8), "reorganisation-2020-ended"),
    ],
)  # fmt: skip
def test_a_change_of_meaning_forbids_the_comparison_across_it(
    source: str, measure: str, area: str, a: Period, b: Period, by: str
) -> None:
    assert by in blocked(source, measure, area, a, b)
    assert by in blocked(source, measure, area, b, a)


@pytest.mark.parametrize(
    ("source", "measure", "area", "a", "b"),
    [
        ("ons_csp", "burglary", ISLINGTON, ye(2023, 12), ye(2024, 12)),
        ("ons_csp", "total_recorded_crime", ISLINGTON, ye(2023, 12), ye(2024, 12)),
        ("ons_csp", "burglary", CANTERBURY, ye(2016, 3), ye(2018, 3)),
        ("ons_csp", "hate_crime", CANTERBURY, ye(2023, 12), ye(2024, 12)),
        ("ons_csp", "violence_against_the_person", ISLINGTON, ye(2024, 12), ye(2024, 12)),
        ("ons_csp", "stalking_and_harassment", ISLINGTON, ye(2024, 6), ye(2025, 6)),
        ("ons_pfa", "total_recorded_crime", "E23000032", ye(2018, 12), ye(2019, 12)),
        ("dfe_lait", "suspension_rate", "E10000002", ye(2019, 8), ye(2021, 8)),
        ("ons_pfa", "total_recorded_crime", "K04000001", ye(2023, 12), ye(2024, 12)),
        ("dfe_children_in_need", REFERRALS, ISLINGTON, ye(2020, 3), ye(2021, 3)),
        ("dfe_children_in_need", REFERRALS, LONDON, ye(2020, 3), ye(2021, 3)),
        ("dfe_lait", "suspension_rate", "E06000060", ye(2019, 8), ye(2021, 8)),
        ("dfe_lait", "suspension_rate", ISLINGTON, ye(2018, 8), ye(2023, 8)),
    ],
)  # fmt: skip
def test_what_a_break_is_not_about_stays_free(
    source: str, measure: str, area: str, a: Period, b: Period
) -> None:
    assert blocked(source, measure, area, a, b) == []


@given(st.sampled_from(["burglary", "hate_crime", "population", "suspensions"]), MONTHS, MONTHS)
def test_a_break_lies_between_two_periods_whichever_comes_first(
    measure: str, one: tuple[int, int], other: tuple[int, int]
) -> None:
    a, b = month(*one), month(*other)
    for source in ("ons_csp", "dfe_exclusions"):
        forth = between(source, measure, ISLINGTON, a, b)
        back = between(source, measure, ISLINGTON, b, a)
        assert [entry.id for entry in forth] == [entry.id for entry in back]


@given(MONTHS)
def test_nothing_that_is_about_everybody_lies_between_two_areas_over_the_same_days(
    when: tuple[int, int],
) -> None:
    assert [
        e.id for e in between("ons_csp", "burglary", CANTERBURY, month(*when), month(*when)) if not e.areas
    ] == []


def test_the_pandemic_is_the_share_of_a_year_that_the_report_did_not_say() -> None:
    shares = [abnormal_share(ye(*when)) for when in ((2020, 12), (2021, 12), (2022, 6), (2019, 12))]
    assert [round(100 * share) for share in shares] == [78, 55, 5, 0]


@given(MONTHS)
def test_no_more_than_the_whole_period_is_abnormal(when: tuple[int, int]) -> None:
    assert 0 <= abnormal_share(month(*when)) <= 1


def test_estimates_on_different_censuses_are_separated_even_at_one_day() -> None:
    a, b = day(date(2020, 6, 30)), day(date(2022, 6, 30))
    across = {"other_source": "ons_population", "editions": ("2023-05", "2023-mye")}
    assert blocked("gla_report", "population", ISLINGTON, a, b, **across) == ["population-rebased"]
    assert blocked("gla_report", "population", ISLINGTON, a, a, **across) == ["population-rebased"]
    # Within one rebased series earlier years were estimated again, so that they go on.
    assert blocked("ons_population", "population", ISLINGTON, a, b, editions=("2023-mye", "2023-mye")) == []


def test_wards_of_two_issues_are_separated_and_those_of_one_are_not() -> None:
    ward, shops = "E05000366", {"breakdown": "major=theft;minor=shoplifting"}
    a, b = month(2022, 4), month(2024, 4)
    assert blocked(
        "met_ward", "recorded_crime_met", ward, a, b, editions=("2022-08", "2025-12"), **shops
    ) == ["met-wards-2022"]
    within = {"editions": ("2022-08", "2022-08"), **shops}
    assert blocked("met_ward", "recorded_crime_met", ward, month(2022, 4), month(2022, 8), **within) == []


def test_a_break_of_a_group_holds_for_the_class_of_another_publisher_that_is_there() -> None:
    a, b = month(2022, 6), month(2024, 6)
    stalking = "major=violence against the person;minor=stalking and harassment"
    assert "conduct-crimes-2023" in blocked(
        "met_borough", "recorded_crime_met", ISLINGTON, a, b, breakdown=stalking
    )
    shops = "major=theft;minor=shoplifting"
    assert blocked("met_borough", "recorded_crime_met", ISLINGTON, a, b, breakdown=shops) == []


def test_a_place_of_a_force_without_a_code_and_an_area_inside_it_share_its_breaks() -> None:
    a, b = ye(2023, 12), ye(2024, 12)
    assert blocked("ons_csp", "hate_crime", "E23000001/unassigned", a, b) == ["met-systems-2024"]
    assert blocked("ons_csp", "hate_crime", "E05013697", a, b) == []
    assert blocked("ons_csp", "hate_crime", "E05013697", a, b, within=("E23000001",)) == ["met-systems-2024"]


def test_reasons_are_separated_where_totals_go_on() -> None:
    a, b = (Period(date(y, 9, 1), date(y + 1, 9, 1), PeriodKind.ACADEMIC_YEAR) for y in (2018, 2022))
    reasons = {"breakdown": "phase=state-funded secondary;reason=bullying"}
    assert blocked("dfe_exclusions", "suspensions", ISLINGTON, a, b, **reasons) == ["exclusion-reasons-2020"]
    assert blocked("dfe_exclusions", "suspensions", ISLINGTON, a, b) == []


def test_a_term_is_separated_from_a_year_whenever_it_is() -> None:
    year = Period(date(2023, 9, 1), date(2024, 9, 1), PeriodKind.ACADEMIC_YEAR)
    term = Period(date(2023, 9, 1), date(2024, 1, 1), PeriodKind.TERM)
    assert blocked("dfe_exclusions", "suspensions", ISLINGTON, term, year) == ["exclusions-terms-2022"]
    assert blocked("dfe_exclusions", "suspensions", ISLINGTON, year, year) == []


def test_a_rate_on_the_old_census_is_separated_where_its_count_is_not() -> None:
    a, b, editions = ye(2018, 12), ye(2024, 12), ("2018-12", "2024-12")
    rate = blocked("ons_pfa", "burglary", "E23000032", a, b, unit="per_1000_population", editions=editions)
    assert rate == ["rates-rebased"]
    assert blocked("ons_pfa", "burglary", "E23000032", a, b, editions=editions) == []


def test_every_break_says_who_says_so_and_whether_it_was_seen() -> None:
    for entry in breaks():
        assert entry.effect
        assert entry.reference
        assert "unverified" not in entry.reference or not entry.verified, entry.id


@pytest.mark.parametrize(
    "subject",
    [
        "stalking-2014", "harassment-2015", "neet-ages-2016", "residential-burglary-2017",
        "greater-manchester-2019", "pandemic", "schools-closed", "hackney-no-return",
        "census-2021",
        "exclusions-terms-2022", "residential-burglary-2023", "conduct-crimes-2023", "met-systems-2024", "neet-brief",
    ],
)  # fmt: skip
def test_every_known_break_of_the_methods_is_there(subject: str) -> None:
    assert subject in IDS


_FAULTS = {
    "an unknown key": ({"colour": "red"}, "unknown key 'colour'"),
    "a date that is none": ({"from": "spring 2024"}, "expected a day"),
    "an end before its start": ({"to": date(2010, 1, 1)}, "not after it starts"),
    "a measure that nobody has": ({"measures": ["burglery"]}, "'burglery' is neither a measure"),
    "an action that is none": ({"action": "shrug"}, "'shrug' is not one of"),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_wrong_entry_is_refused_with_its_place(fault: str, tmp_path: Path) -> None:
    change, reason = _FAULTS[fault]
    content = yaml.safe_load((contracts_folder() / "breaks.yaml").read_text(encoding="utf-8"))
    content["breaks"][0] |= change
    file = tmp_path / "breaks.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(ContractError, match=r"breaks\[0\]") as error:
        read_breaks(file)
    assert reason in str(error.value)
