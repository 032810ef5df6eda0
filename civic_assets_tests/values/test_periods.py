"""Periods as half-open intervals of days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.values.period_text import edition_of, mid_year, years_ending
from civic_assets.values.periods import Period, PeriodKind, day, first_of_month, year_ending

YEARS = st.builds(year_ending, st.integers(1950, 2100), st.integers(1, 12))


def test_year_ending_june_2022() -> None:
    assert str(year_ending(2022, 6)) == "2021-07-01/2022-07-01"


def test_years_of_the_report_share_184_days() -> None:
    december, june = year_ending(2021, 12), year_ending(2022, 6)
    assert december.overlap_days(june) == 184
    assert round(december.overlap_days(june) / december.union_days(june), 2) == 0.34


@given(YEARS, YEARS)
def test_overlap_union_and_gap_agree(a: Period, b: Period) -> None:
    assert a.overlap_days(b) == b.overlap_days(a) <= min(a.days, b.days)
    assert a.union_days(b) == a.days + b.days - a.overlap_days(b)
    assert not (a.overlap_days(b) and a.gap_days(b))


@given(YEARS)
def test_year_before_touches_the_year(year: Period) -> None:
    before = year.year_before()
    assert before.end == year.start
    assert before.overlap_days(year) == 0


@pytest.mark.parametrize(
    ("counted", "a_year_before"),
    [("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-28"), ("2024-03-31", "2023-03-31")],
)
def test_year_before_of_a_day_is_a_day_in_leap_years_too(counted: str, a_year_before: str) -> None:
    assert day(date.fromisoformat(counted)).year_before() == day(date.fromisoformat(a_year_before))


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2024-02-29", "2025-02-28", "2023-02-28/2024-02-28"),
        ("2023-03-01", "2024-02-29", "2022-03-01/2023-03-01"),  # up to 28 February both
        ("2023-03-01", "2024-03-01", "2022-03-01/2023-03-01"),
        ("2024-03-01", "2025-03-01", "2023-03-01/2024-03-01"),
    ],
)
def test_year_before_keeps_first_and_last_day(start: str, end: str, before: str) -> None:
    year = Period(date.fromisoformat(start), date.fromisoformat(end), PeriodKind.ROLLING_YEAR)
    assert str(year.year_before()) == before


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_has_a_day_a_year_before(of: date) -> None:
    before = day(of).year_before()
    assert before.days == 1
    assert 365 <= (of - before.start).days <= 366


@pytest.mark.parametrize("days", [-1, 0, 364, 367])
def test_year_of_another_length_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=r"days do not fit|must end after"):
        Period(
            date(2021, 1, 1), date.fromordinal(date(2021, 1, 1).toordinal() + days), PeriodKind.ROLLING_YEAR
        )


def test_months_carry_into_the_year() -> None:
    assert first_of_month(2021, 13) == date(2022, 1, 1)
    assert first_of_month(2021, 0) == date(2020, 12, 1)


@given(st.integers(1950, 2100), st.integers(1, 12))
def test_edition_is_the_last_month_of_the_year(year: int, month: int) -> None:
    assert edition_of(year_ending(year, month)) == f"{year:04d}-{month:02d}"


def test_wordings_of_years_and_mid_years() -> None:
    text = (
        "Offences, year\n ending  June 2022 [note 1] compared with YE Jun 2021 and year ending 30 June 2022"
    )
    assert [str(p) for p in years_ending(text)] == ["2021-07-01/2022-07-01", "2020-07-01/2021-07-01"]
    assert years_ending("financial year 2021/22") == []
    assert str(mid_year("Population figures (mid-2022)\n - rounded to 100")) == "2022-06-30/2022-07-01"
    assert mid_year("population") is None
