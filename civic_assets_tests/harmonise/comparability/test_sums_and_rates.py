"""Sums and rates of each kind, allowed and refused, on figures made for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from civic_assets.harmonise.comparability.compared_figure import ComparedFigure, ages_of_group
from civic_assets.harmonise.comparability.verdict import Operation, judge
from civic_assets.values.periods import Period, PeriodKind, Statistic, day, year_ending
from civic_assets_tests.harmonise.comparability.test_verdict import (
    CAMDEN,
    ISLINGTON,
    REGISTER,
    academic,
    month,
    refusals,
    said,
    series,
)

FINANCIAL = Period(date(2023, 4, 1), date(2024, 4, 1), PeriodKind.FINANCIAL_YEAR)
JANUARY = Period(date(2017, 1, 1), date(2017, 2, 1), PeriodKind.MONTH)


def grouped(figure: ComparedFigure, breakdown: str) -> ComparedFigure:
    return replace(figure, breakdown=breakdown, ages=ages_of_group(figure.definition, breakdown))


def residents(on: date, breakdown: str = "total", area: str = ISLINGTON) -> ComparedFigure:
    made = series("population", day(on), source="ons_population", statistic=Statistic.STOCK, area=area)
    return grouped(made, breakdown)


def share(measure: str, when: Period, source: str = "dfe_lait", unit: str = "percent") -> ComparedFigure:
    return series(measure, when, source=source, statistic=Statistic.RATE, unit=unit)


def allowed(a: ComparedFigure, b: ComparedFigure, operation: Operation) -> bool:
    """The verdict, which is the same in either order."""
    verdict = judge(a, b, REGISTER)[operation]
    assert judge(b, a, REGISTER)[operation].allowed is verdict.allowed
    return verdict.allowed


def test_parts_of_a_total_are_added_and_the_answer_says_whether_they_are_all_of_it() -> None:
    homes, others = (
        series(f"{kind}_burglary", year_ending(2024, 12)) for kind in ("residential", "non_residential")
    )
    assert allowed(homes, others, Operation.SUM)
    assert said(homes, others, Operation.SUM) == ""
    robbery = series("robbery", year_ending(2024, 12))
    assert allowed(homes, robbery, Operation.SUM)
    assert "parts of total recorded crime, and not all of it" in said(homes, robbery, Operation.SUM)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("residential_burglary", "burglary"),
        ("homicide", "total_recorded_crime"),
        ("burglary", "theft_offences"),
    ],
)
def test_a_part_is_not_added_to_its_whole(part: str, whole: str) -> None:
    a, b = series(part, year_ending(2024, 12)), series(whole, year_ending(2024, 12))
    assert not allowed(a, b, Operation.SUM)
    assert "Part and whole" in refusals(a, b, Operation.SUM)


def test_a_mark_on_offences_is_not_added_to_a_group_that_holds_them() -> None:
    knives = series("knife_crime", year_ending(2024, 12), source="ons_pfa", area="E23000001")
    robbery = series("robbery", year_ending(2024, 12), source="ons_pfa", area="E23000001")
    assert not allowed(knives, robbery, Operation.SUM)


def test_only_one_thing_may_differ_in_a_sum() -> None:
    burglary = series("burglary", year_ending(2023, 12))
    assert "Area and period differ" in refusals(
        burglary, series("burglary", year_ending(2024, 12), area=CAMDEN), Operation.SUM
    )
    assert not allowed(burglary, series("robbery", year_ending(2024, 12)), Operation.SUM)


def test_shares_are_added_only_if_they_have_one_base() -> None:
    january = Period(date(2025, 1, 1), date(2025, 2, 1), PeriodKind.MONTH)
    support, plans = share("sen_support_percent", january), share("ehc_plan_percent", january)
    assert allowed(support, plans, Operation.SUM)
    assert "Both are divided by pupils of all schools" in said(support, plans, Operation.SUM)
    assert not allowed(support, replace(plans, area=REGISTER.areas[CAMDEN]), Operation.SUM)
    assert not allowed(support, replace(plans, source="dfe_sen"), Operation.SUM)
    assert not allowed(support, grouped(plans, "phase=state-funded secondary"), Operation.SUM)
    secondary, primary = (
        grouped(support, f"phase=state-funded {phase}") for phase in ("secondary", "primary")
    )
    assert not allowed(secondary, primary, Operation.SUM)


def test_shares_of_an_unstated_base_are_not_added() -> None:
    printed = share("sen_support_percent", JANUARY)
    unstated = replace(printed.definition, rates={})
    a, b = (replace(printed, definition=unstated, breakdown=f"reason={word}") for word in ("a", "b"))
    assert not allowed(a, b, Operation.SUM)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("reason=theft", "reason=bullying", True),
        ("phase=special", "phase=state-funded primary", True),
        ("reason=theft", "total", False),
        ("phase=special;reason=theft", "reason=theft", False),
        ("phase=special", "reason=theft", False),
    ],
)
def test_groups_are_added_only_if_they_exclude_each_other(first: str, second: str, verdict: bool) -> None:
    suspensions = series("suspensions", academic(2016), source="dfe_exclusions")
    assert allowed(grouped(suspensions, first), grouped(suspensions, second), Operation.SUM) is verdict


def test_ages_that_exclude_each_other_are_added() -> None:
    on = date(2023, 6, 30)
    assert allowed(residents(on, "age=0-17"), residents(on, "age=18"), Operation.SUM)
    assert not allowed(residents(on, "age=0-17"), residents(on, "age=16"), Operation.SUM)
    assert not allowed(residents(on, "age=0-17"), residents(on, "sex=female"), Operation.SUM)


@pytest.mark.parametrize(
    ("area", "verdict"),
    [(CAMDEN, True), ("E13000001", False), ("E23000001", False), ("E22000204", False), ("E12000007", False)],
)
def test_places_are_added_only_if_they_exclude_each_other(area: str, verdict: bool) -> None:
    a, b = series("burglary", year_ending(2024, 12)), series("burglary", year_ending(2024, 12), area=area)
    assert allowed(a, b, Operation.SUM) is verdict


def test_episodes_that_last_are_not_added_over_years_and_those_that_start_are() -> None:
    later = Period(date(2024, 4, 1), date(2025, 4, 1), PeriodKind.FINANCIAL_YEAR)
    for measure, verdict in (("children_in_need_any_point", False), ("children_in_need_started", True)):
        a, b = (series(measure, when, source="dfe_children_in_need") for when in (FINANCIAL, later))
        assert allowed(a, b, Operation.SUM) is verdict


def test_months_of_one_issue_are_added_across_a_change_of_rules_and_years_are_not() -> None:
    violence = "violence_against_the_person"
    a, b = (series(violence, month(2023, number), release="2024-01") for number in (4, 5))
    assert allowed(a, b, Operation.SUM), "the year that holds both is such a sum"
    assert "conduct" in said(a, b, Operation.SUM)
    years = [series(violence, year_ending(year, 12)) for year in (2021, 2024)]
    assert not allowed(years[0], years[1], Operation.SUM)


def test_a_rate_needs_one_place() -> None:
    crime = series("robbery", year_ending(2023, 12))
    assert allowed(crime, residents(date(2023, 6, 30)), Operation.RATE)
    assert not allowed(crime, residents(date(2023, 6, 30), area=CAMDEN), Operation.RATE)
    assert "A rate needs one place" in refusals(
        crime, residents(date(2023, 6, 30), area=CAMDEN), Operation.RATE
    )
    partnership = series("robbery", year_ending(2023, 12), area="E22000204")
    assert allowed(partnership, residents(date(2023, 6, 30)), Operation.RATE), "the same ground"


@pytest.mark.parametrize(
    ("breakdown", "verdict"),
    [("total", False), ("age=0-17", True), ("age=0-15", False), ("age=0-17;sex=female", False)],
)
def test_referrals_are_counted_among_children(breakdown: str, verdict: bool) -> None:
    referrals = series("referrals_to_social_services", FINANCIAL, source="dfe_children_in_need")
    assert allowed(referrals, residents(date(2023, 6, 30), breakdown), Operation.RATE) is verdict


@pytest.mark.parametrize(
    ("above", "below", "verdict"),
    [
        ("phase=special", "phase=special", True),
        ("phase=special;reason=theft", "phase=special", True),
        ("reason=theft", "total", True),
        ("phase=special", "total", False),
        ("total", "phase=special", False),
        ("social_care_group=child in need", "total", False),
    ],
)
def test_a_group_is_divided_by_the_people_of_that_group(above: str, below: str, verdict: bool) -> None:
    suspensions = series("suspensions", academic(2016), source="dfe_exclusions")
    pupils = series("pupils", JANUARY, source="dfe_exclusions", statistic=Statistic.STOCK)
    assert allowed(grouped(suspensions, above), grouped(pupils, below), Operation.RATE) is verdict


@pytest.mark.parametrize(
    ("on", "verdict"), [(date(2024, 6, 30), True), (date(2025, 6, 30), True), (date(2023, 6, 30), False)]
)
def test_children_looked_after_are_divided_by_the_mid_year_before(on: date, verdict: bool) -> None:
    care = series(
        "children_looked_after", day(date(2025, 3, 31)), source="dfe_looked_after", statistic=Statistic.STOCK
    )
    assert allowed(care, residents(on, "age=0-17"), Operation.RATE) is verdict


def test_crime_is_not_divided_by_the_mid_year_before_its_year() -> None:
    crime = series("robbery", year_ending(2024, 12))
    assert not allowed(crime, residents(date(2023, 6, 30)), Operation.RATE)


def test_a_share_is_of_the_same_day_and_of_a_group_in_its_whole() -> None:
    on = date(2023, 6, 30)
    assert allowed(residents(on, "age=5"), residents(on), Operation.RATE)
    assert not allowed(residents(on, "age=5"), residents(date(2022, 6, 30)), Operation.RATE)
    assert not allowed(residents(on, "sex=female"), residents(on, "age=0-17"), Operation.RATE)
    assert not allowed(residents(on), residents(on), Operation.RATE)


def test_a_count_is_divided_only_by_what_it_is_counted_among() -> None:
    on = date(2023, 6, 30)
    households = series("households", day(on), source="ons_pfa", statistic=Statistic.STOCK)
    assert allowed(series("residential_burglary", year_ending(2023, 12)), households, Operation.RATE)
    assert not allowed(series("robbery", year_ending(2023, 12)), households, Operation.RATE)
    suspensions = series("suspensions", academic(2022), source="dfe_exclusions")
    assert "is not counted among population" in refusals(suspensions, residents(on), Operation.RATE)


def test_a_total_that_leaves_out_an_area_is_not_divided_by_all_residents() -> None:
    when = Period(date(2019, 1, 1), date(2020, 1, 1), PeriodKind.ROLLING_YEAR)
    crime = series("total_recorded_crime", when, source="ons_pfa", area="K04000001", release="2019-12")
    people = series(
        "population",
        day(date(2019, 6, 30)),
        source="ons_pfa",
        area="K04000001",
        statistic=Statistic.STOCK,
        release="2019-12",
    )
    assert "Manchester" in refusals(crime, people, Operation.RATE)


def test_areas_with_one_ground_are_one_place() -> None:
    county, authority = (
        series("burglary", year_ending(year, 12), area=code)
        for year, code in ((2023, "E10000002"), (2024, "E06000060"))
    )
    assert "Area and period differ" not in refusals(county, authority, Operation.COMPARE)
    assert "The ground is the same" in said(county, authority, Operation.COMPARE)


def test_counts_of_an_area_and_of_one_that_holds_it_are_not_compared() -> None:
    england, both = (
        series("burglary", year_ending(2024, 12), source="ons_pfa", area=code)
        for code in ("E92000001", "K04000001")
    )
    assert "England is a part of England and Wales" in refusals(england, both, Operation.COMPARE)
