"""A figure printed for an authority that counts a partnership with more ground is judged by that ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.grounds import printed_for
from civic_assets.harmonise.comparability.verdict import Operation, judge
from civic_assets.values.periods import Period, PeriodKind, Statistic, year_ending
from civic_assets_tests.harmonise.comparability.test_verdict import REGISTER, series

DORSET, BOURNEMOUTH, PARTNERSHIP, ISLINGTON = "E06000059", "E06000058", "E22000367", "E09000019"
MID_YEAR = Period(date(2023, 6, 30), date(2023, 7, 1), PeriodKind.POINT_IN_TIME)


def crime(year: int = 2023, area: str = DORSET) -> ComparedFigure:
    ground = REGISTER.find(PARTNERSHIP) if area == DORSET else None
    return series("total_recorded_crime", year_ending(year, 12), area=area, ground=ground)


def residents(area: str) -> ComparedFigure:
    return series(
        "population", MID_YEAR, source="ons_population", release="2023", area=area, statistic=Statistic.STOCK
    )


def test_crime_of_the_partnership_is_not_divided_by_residents_of_the_authority() -> None:
    found = judge(crime(), residents(DORSET), REGISTER)[Operation.RATE]
    (reason,) = [one.text for one in found.reasons if one.refuses]
    for words in (DORSET, PARTNERSHIP, BOURNEMOUTH, "community safety partnership", "Christchurch"):
        assert words in reason
    assert judge(crime(area=ISLINGTON), residents(ISLINGTON), REGISTER)[Operation.RATE].allowed


def test_two_years_of_the_partnership_are_one_series() -> None:
    found = judge(crime(2023), crime(2024), REGISTER)
    assert found[Operation.COMPARE].allowed
    assert not any("printed for" in one.text for one in found[Operation.COMPARE].reasons)


@pytest.mark.parametrize("other", [BOURNEMOUTH, DORSET])
def test_the_partnership_is_not_added_to_an_authority_that_lies_in_it(other: str) -> None:
    found = judge(crime(), replace(crime(area=other), ground=None), REGISTER)[Operation.SUM]
    assert not found.allowed


def test_only_authorities_of_the_time_of_the_figure_are_named() -> None:
    assert "E06000058" in (printed_for(crime(2023), REGISTER) or "")
    old = printed_for(crime(2017), REGISTER) or ""
    assert "E06000058" not in old and "E07000051" in old
    assert printed_for(crime(area=ISLINGTON), REGISTER) is None
