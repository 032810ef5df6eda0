"""How two periods relate to each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.harmonise.time.alignment import Relation, jaccard, not_one_whole, relation, unshared
from civic_assets.values.named_periods import TERMS, academic_year, months, term
from civic_assets.values.periods import Period, year_ending

YEARS = st.builds(year_ending, st.integers(2015, 2025), st.integers(1, 12))
MONTHS = st.builds(months, st.integers(2015, 2025), st.integers(1, 12), st.just(1))
QUARTERS = st.builds(months, st.integers(2015, 2025), st.sampled_from([1, 4, 7, 10]), st.just(3))
PERIODS = st.one_of(YEARS, MONTHS, QUARTERS)


def test_two_years_of_the_report_share_half_of_2021() -> None:
    june, december = year_ending(2022, 6), year_ending(2021, 12)
    assert round(jaccard(june, december), 2) == 0.34
    assert relation(june, december) is Relation.OVERLAPPED_BY
    assert unshared(june, december) == (
        ((date(2022, 1, 1), date(2022, 7, 1)),),
        ((date(2021, 1, 1), date(2021, 7, 1)),),
    )


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (year_ending(2021, 12), year_ending(2023, 12), Relation.BEFORE),
        (year_ending(2021, 12), year_ending(2022, 12), Relation.MEETS),
        (year_ending(2021, 12), year_ending(2022, 6), Relation.OVERLAPS),
        (months(2021, 1, 1), year_ending(2021, 12), Relation.STARTS),
        (months(2021, 5, 1), year_ending(2021, 12), Relation.DURING),
        (months(2021, 12, 1), year_ending(2021, 12), Relation.FINISHES),
        (year_ending(2021, 12), year_ending(2021, 12), Relation.EQUALS),
    ],
)
def test_allens_relations_and_their_inverses(a: Period, b: Period, expected: Relation) -> None:
    assert relation(a, b) is expected
    assert relation(b, a) is expected.inverse


@given(PERIODS, PERIODS)
def test_overlap_is_symmetric_and_bounded(a: Period, b: Period) -> None:
    assert jaccard(a, b) == jaccard(b, a)
    assert 0 <= jaccard(a, b) <= 1
    assert (jaccard(a, b) == 1) == ((a.start, a.end) == (b.start, b.end))


@given(PERIODS, PERIODS)
def test_exactly_one_relation_holds_and_it_agrees_with_the_overlap(a: Period, b: Period) -> None:
    found = relation(a, b)
    assert relation(b, a) is found.inverse
    apart = {Relation.BEFORE, Relation.MEETS, Relation.MET_BY, Relation.AFTER}
    assert (found in apart) == (a.overlap_days(b) == 0)


@given(PERIODS, PERIODS)
def test_unshared_parts_and_the_overlap_make_up_each_period(a: Period, b: Period) -> None:
    def days(spans: tuple[tuple[date, date], ...]) -> int:
        return sum((end - start).days for start, end in spans)

    ours, theirs = unshared(a, b)
    assert days(ours) + a.overlap_days(b) == a.days
    assert days(theirs) + a.overlap_days(b) == b.days
    assert unshared(b, a) == (theirs, ours)


@given(YEARS, st.integers(0, 11))
def test_a_year_is_its_months_and_none_may_be_missing_or_twice(year: Period, at: int) -> None:
    parts = [months(year.start.year, year.start.month + number, 1) for number in range(12)]
    assert not_one_whole(parts, year) == ()
    assert not_one_whole(parts[:at] + parts[at + 1 :], year)
    assert "days in common" in " ".join(not_one_whole([*parts, parts[at]], year))


def test_terms_make_up_the_school_year_without_august() -> None:
    terms = [term(2022, name) for name in TERMS]
    assert not_one_whole(terms, academic_year(2022)) == ()
    assert not_one_whole(terms[:2], academic_year(2022))
    # Months have no such holiday.
    eleven = [months(2021, 9 + number, 1) for number in range(11)]
    assert not_one_whole(eleven, academic_year(2022))
    assert not_one_whole([], academic_year(2022)) == ("no period lies inside academic year 2021/22",)


def test_periods_that_touch_leave_no_day_between_them() -> None:
    a, b = months(2024, 1, 1), months(2024, 2, 1)
    assert relation(a, b) is Relation.MEETS
    assert a.end - timedelta(days=1) == date(2024, 1, 31)
    assert a.gap_days(b) == 0
