"""Published changes: what they are measured from, and breaks inside them."""

from __future__ import annotations

from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.verdict import Operation
from civic_assets.values.periods import Period, Statistic, year_ending
from civic_assets_tests.harmonise.comparability.test_verdict import refusals, said, series

METROPOLITAN, KENT, ESSEX, ENGLAND = "E23000001", "E23000032", "E23000028", "E92000001"


def knife_change(area: str, period: Period, base: Period | None = None) -> ComparedFigure:
    breakdown = "total" if base is None else f"compared_with={base}"
    return series(
        "knife_crime_change",
        period,
        source="ons_pfa",
        area=area,
        statistic=Statistic.CHANGE,
        unit="percent",
        breakdown=breakdown,
    )


def test_a_change_is_measured_from_the_period_it_names_or_from_the_year_before() -> None:
    stated = knife_change(KENT, year_ending(2018, 3), year_ending(2011, 3))
    assert (stated.compared_with, stated.group) == (year_ending(2011, 3), "total")
    assert knife_change(KENT, year_ending(2024, 12)).compared_with == year_ending(2023, 12)
    assert series("burglary", year_ending(2024, 12)).compared_with is None


def test_a_break_inside_one_change_only_makes_two_changes_unlike() -> None:
    now = year_ending(2024, 12)
    why = refusals(knife_change(METROPOLITAN, now), knife_change(KENT, now), Operation.COMPARE)
    assert "Inside knife crime change of Metropolitan Police" in why
    assert "reviewed its recording of knives from April 2024" in why
    assert not refusals(knife_change(ESSEX, now), knife_change(KENT, now), Operation.COMPARE)


def test_a_break_inside_a_part_of_a_total_is_said_with_its_change() -> None:
    now = year_ending(2024, 12)
    figures = knife_change(ENGLAND, now), knife_change("W92000004", now)
    assert not refusals(*figures, Operation.COMPARE)
    assert "which is in the total, reviewed its recording of knives" in said(*figures, Operation.COMPARE)


def test_a_break_inside_both_changes_is_said_and_does_not_make_them_unlike() -> None:
    first, second = (
        series(
            "violence_without_injury", year_ending(2024, 12), source="ons_pfa", area=area,
            statistic=Statistic.CHANGE, unit="percent",
        )
        for area in (KENT, ESSEX)
    )  # fmt: skip
    assert not refusals(first, second, Operation.COMPARE)
    assert "Inside both changes: the counting of conduct crimes" in said(first, second, Operation.COMPARE)


def test_changes_over_unlike_stretches_are_not_compared() -> None:
    now = year_ending(2018, 3)
    seven = knife_change(KENT, now, year_ending(2011, 3))
    one = knife_change(KENT, now, year_ending(2017, 3))
    assert "unlike stretches of time" in refusals(seven, one, Operation.COMPARE)
    assert "may have members in common" not in refusals(seven, one, Operation.SUM)


def test_yearly_changes_to_two_years_differ_in_time_alone() -> None:
    earlier = knife_change(KENT, year_ending(2018, 12), year_ending(2017, 12))
    later = knife_change(KENT, year_ending(2019, 12), year_ending(2018, 12))
    assert not refusals(earlier, later, Operation.COMPARE)
