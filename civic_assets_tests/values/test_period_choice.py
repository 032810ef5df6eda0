"""A period in words is read where what is published leaves it one meaning, and not otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.values.named_periods import (
    academic_year,
    calendar_year,
    end_of_march,
    financial_year,
    january_census,
    months,
    term,
    winter_average,
)
from civic_assets.values.period_choice import is_period, meanings
from civic_assets.values.periods import Period, day, year_ending

_ROLLING = [year_ending(2024, month) for month in (3, 6, 9, 12)]
_FINANCIAL = [financial_year(2024), financial_year(2025)]
_MONTHS = [months(2024, month, 1) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("text", "published", "meant"),
    [
        ("2024", _ROLLING, year_ending(2024, 12)),
        ("ye dec 2024", _ROLLING, year_ending(2024, 12)),
        ("YE December 2024", _ROLLING, year_ending(2024, 12)),
        ("year ending June 2024", _ROLLING, year_ending(2024, 6)),
        ("2023/24", _FINANCIAL, financial_year(2024)),
        ("2023-24", _FINANCIAL, financial_year(2024)),
        ("2023-24", [*_ROLLING, academic_year(2025)], year_ending(2024, 3)),
        ("2023/24", [academic_year(2024), calendar_year(2024)], academic_year(2024)),
        ("Academic year 2023/24", [academic_year(2024), financial_year(2024)], academic_year(2024)),
        ("2024/25", [january_census(2025), january_census(2024)], january_census(2025)),
        ("mid-2023", [day(date(2023, 6, 30)), day(date(2024, 6, 30))], day(date(2023, 6, 30))),
        ("2023", [day(date(2023, 6, 30)), day(date(2024, 6, 30))], day(date(2023, 6, 30))),
        ("2024", [end_of_march(2024), end_of_march(2023)], end_of_march(2024)),
        ("31 March 2024", [end_of_march(2024), end_of_march(2023)], end_of_march(2024)),
        ("2023", [winter_average(2023), winter_average(2024)], winter_average(2023)),
        ("2024-05", _MONTHS, months(2024, 5, 1)),
        ("May 2024", [*_MONTHS, *_ROLLING], months(2024, 5, 1)),
        ("autumn term 2023/24", [term(2024, "autumn term"), academic_year(2024)], term(2024, "autumn term")),
    ],
)
def test_words_that_leave_one_meaning_are_read(text: str, published: list[Period], meant: Period) -> None:
    assert [(p.start, p.end) for p in meanings(text, published)] == [(meant.start, meant.end)]


def test_a_year_of_money_or_of_school_is_never_read_from_a_bare_year() -> None:
    assert meanings("2024", [*_FINANCIAL, academic_year(2024), academic_year(2025)]) == []


def test_months_are_never_read_from_years_of_school_when_there_are_several() -> None:
    assert meanings("2023/24", _MONTHS) == []


def test_words_with_two_published_meanings_give_both() -> None:
    assert meanings("2023/24", [financial_year(2024), academic_year(2024)]) == [
        financial_year(2024), academic_year(2024),
    ]  # fmt: skip
    assert len(meanings("2024", [calendar_year(2024), day(date(2024, 6, 30))])) == 2


@pytest.mark.parametrize("text", ["", "soon", "2024-2029", "2023/25", "0000", "May", "99999"])
def test_what_is_not_a_period_is_none(text: str) -> None:
    assert meanings(text, [*_ROLLING, *_FINANCIAL, *_MONTHS]) == []
    assert not is_period(text)
