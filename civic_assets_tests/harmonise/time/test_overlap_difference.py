"""The difference of two overlapping years: the change between what they do not share, of one release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.harmonise.time.overlap_difference import DatedFigure, unshared_difference
from civic_assets.values.periods import Statistic, year_ending

# As printed in the report's Table 2, which is one release.
LATER = DatedFigure(
    year_ending(2022, 6), 27571, None, "gla_report", "2023", ("total_recorded_crime", "E09000019")
)
EARLIER = replace(LATER, period=year_ending(2021, 12), value=24700)


def test_ye_june_2022_less_ye_december_2021_is_two_half_years_and_no_trend() -> None:
    found = unshared_difference(LATER, EARLIER)
    assert (found.value, found.refused) == (2871, ())
    assert found.later_only == ((date(2022, 1, 1), date(2022, 7, 1)),)
    assert found.earlier_only == ((date(2021, 1, 1), date(2021, 7, 1)),)
    assert "1 January 2021 to 30 June 2021 and 1 January 2022 to 30 June 2022" in found.sentence
    assert "it is no trend" in found.sentence


@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=8))
def test_difference_of_rolling_years_is_a_quarter_against_the_year_before(quarters: list[int]) -> None:
    """Y_k - Y_(k-1) = q_k - q_(k-4)."""
    later, earlier = sum(quarters[-4:]), sum(quarters[-5:-1])
    found = unshared_difference(
        replace(LATER, period=year_ending(2022, 6), value=later),
        replace(LATER, period=year_ending(2022, 3), value=earlier),
    )
    assert found.value == quarters[-1] - quarters[-5]
    assert found.later_only == ((date(2022, 4, 1), date(2022, 7, 1)),)
    assert found.earlier_only == ((date(2021, 4, 1), date(2021, 7, 1)),)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"release": "2022"}, "revisions would enter"),
        ({"source": "ons_csp"}, "two series"),
        ({"series": ("robbery", "E09000019")}, "two series"),
        ({"statistic": Statistic.STOCK}, "Only flows"),
        ({"period": year_ending(2021, 6)}, "share no day"),
        ({"period": year_ending(2022, 6)}, "are the same"),
        ({"period": year_ending(2022, 9)}, "not of the later period"),
    ],
)
def test_difference_is_refused_with_its_reason_and_the_spans_stay(
    change: dict[str, object], why: str
) -> None:
    found = unshared_difference(LATER, replace(EARLIER, **change))  # type: ignore[arg-type]
    assert found.value is None
    assert why in " ".join(found.refused)
    assert found.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"value": None, "status": "suppressed"},
        {"quality": "disputed"},
        {"value": 3, "status": "low"},
        {"status": "at_least"},  # the difference of a lower bound and a figure is neither
    ],
)
def test_a_status_never_becomes_a_number(change: dict[str, object]) -> None:
    found = unshared_difference(LATER, replace(EARLIER, **change))  # type: ignore[arg-type]
    assert (found.value, found.status) == (None, "incomplete")
    assert (change.get("status") or change["quality"]) in found.sentence  # type: ignore[operator]


def test_a_provisional_figure_makes_a_provisional_difference() -> None:
    found = unshared_difference(replace(LATER, status="provisional"), EARLIER)
    assert (found.value, found.status) == (2871, "provisional")
