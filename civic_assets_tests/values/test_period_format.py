"""Periods are read by the format that a contract states, and by no other."""

from __future__ import annotations

import pytest

from civic_assets.values.period_format import (
    EXAMPLES,
    WORDS,
    PeriodChoice,
    example_of,
    read_by_format,
    why_not_a_format,
    why_not_of_kind,
)
from civic_assets.values.periods import PeriodKind as Kind

NO_CHOICE = PeriodChoice()
READ: list[tuple[str, str, Kind, PeriodChoice, str]] = [
    ("2024", "YYYY", Kind.CALENDAR_YEAR, NO_CHOICE, "2024-01-01/2025-01-01"),
    ("2024", "YYYY", Kind.FINANCIAL_YEAR, PeriodChoice(year="end"), "2023-04-01/2024-04-01"),
    ("2024", "YYYY", Kind.FINANCIAL_YEAR, PeriodChoice(year="start"), "2024-04-01/2025-04-01"),
    ("2024", "YYYY", Kind.POINT_IN_TIME, PeriodChoice(month=3, day=31), "2024-03-31/2024-04-01"),
    ("2024", "YYYY", Kind.POINT_IN_TIME, PeriodChoice(month=2, day=0), "2024-02-29/2024-03-01"),
    ("2025", "YYYY", Kind.THREE_MONTH_AVERAGE, PeriodChoice(month=2), "2024-12-01/2025-03-01"),
    ("2024", "YYYY", Kind.ROLLING_YEAR, PeriodChoice(month=6), "2023-07-01/2024-07-01"),
    ("2023/24", "YYYY/YY", Kind.FINANCIAL_YEAR, NO_CHOICE, "2023-04-01/2024-04-01"),
    ("2023\u201324", "YYYY-YY", Kind.ACADEMIC_YEAR, NO_CHOICE, "2023-09-01/2024-09-01"),
    ("1999/00", "YYYY/YY", Kind.FINANCIAL_YEAR, NO_CHOICE, "1999-04-01/2000-04-01"),
    ("2023/2024", "YYYY/YYYY", Kind.ACADEMIC_YEAR, NO_CHOICE, "2023-09-01/2024-09-01"),
    ("202324", "YYYYYY", Kind.ACADEMIC_YEAR, NO_CHOICE, "2023-09-01/2024-09-01"),
    ("202324", "YYYYYY", Kind.MONTH, PeriodChoice(month=1), "2024-01-01/2024-02-01"),
    ("202324", "YYYYYY", Kind.MONTH, PeriodChoice(year="start", month=10), "2023-10-01/2023-11-01"),
    ("2024 Q4", "YYYY Qn", Kind.QUARTER, NO_CHOICE, "2024-10-01/2025-01-01"),
    ("2024 Q4", "YYYY Qn", Kind.POINT_IN_TIME, PeriodChoice(day=0), "2024-12-31/2025-01-01"),
    ("Q1 2023/24", "Qn YYYY/YY", Kind.QUARTER, NO_CHOICE, "2023-04-01/2023-07-01"),
    ("2023/24 Q4", "YYYY/YY Qn", Kind.QUARTER, NO_CHOICE, "2024-01-01/2024-04-01"),
    ("March 2024", "Month YYYY", Kind.MONTH, NO_CHOICE, "2024-03-01/2024-04-01"),
    ("March 2024", "Month YYYY", Kind.QUARTER, NO_CHOICE, "2024-01-01/2024-04-01"),
    ("Mar-24", "MMM-YY", Kind.MONTH, NO_CHOICE, "2024-03-01/2024-04-01"),
    ("2024-03", "YYYY-MM", Kind.ROLLING_YEAR, NO_CHOICE, "2023-04-01/2024-04-01"),
    ("Year ending March 2024", "Year ending Month YYYY", Kind.FINANCIAL_YEAR, NO_CHOICE, "2023-04-01/2024-04-01"),
    ("31/03/2024", "DD/MM/YYYY", Kind.POINT_IN_TIME, NO_CHOICE, "2024-03-31/2024-04-01"),
    ("2024-03-01", "YYYY-MM-DD", Kind.MONTH, NO_CHOICE, "2024-03-01/2024-04-01"),
    ("2024-03-31", "YYYY-MM-DD", Kind.QUARTER, NO_CHOICE, "2024-01-01/2024-04-01"),
    ("Autumn term 2023/24", "Term YYYY/YY", Kind.TERM, NO_CHOICE, "2023-09-01/2024-01-01"),
    ("Autumn and spring term 2023/24", "Term YYYY/YY", Kind.TERMS, NO_CHOICE, "2023-09-01/2024-04-01"),
    ("year ending June 2022", WORDS, Kind.ROLLING_YEAR, NO_CHOICE, "2021-07-01/2022-07-01"),
]  # fmt: skip
NOT_READ: list[tuple[str, str, Kind, PeriodChoice]] = [
    ("2023/25", "YYYY/YY", Kind.FINANCIAL_YEAR, NO_CHOICE),
    ("2023/24", "YYYY-YY", Kind.FINANCIAL_YEAR, NO_CHOICE),
    ("2024", "YYYY", Kind.FINANCIAL_YEAR, NO_CHOICE),
    ("2024", "YYYY", Kind.MONTH, NO_CHOICE),
    ("February 2024", "Month YYYY", Kind.QUARTER, NO_CHOICE),
    ("March 2024", "Month YYYY", Kind.CALENDAR_YEAR, NO_CHOICE),
    ("2024-03-02", "YYYY-MM-DD", Kind.MONTH, NO_CHOICE),
    ("31/02/2024", "DD/MM/YYYY", Kind.POINT_IN_TIME, NO_CHOICE),
    ("2024 Q5", "YYYY Qn", Kind.QUARTER, NO_CHOICE),
    ("Autumn term 2023/24", "Term YYYY/YY", Kind.TERMS, NO_CHOICE),
    ("Autumn 2024", "YYYY Qn", Kind.QUARTER, NO_CHOICE),
]


@pytest.mark.parametrize(("text", "format", "kind", "choice", "period"), READ)
def test_text_is_the_period_that_format_and_kind_mean(
    text: str, format: str, kind: Kind, choice: PeriodChoice, period: str
) -> None:
    found = read_by_format(text, format, kind, choice)
    assert found is not None
    assert (str(found), found.kind) == (period, kind)
    assert why_not_of_kind(format, kind, choice) == "", "what can be read is not refused in a contract"


@pytest.mark.parametrize(("text", "format", "kind", "choice"), NOT_READ)
def test_text_that_leaves_anything_open_is_not_read(
    text: str, format: str, kind: Kind, choice: PeriodChoice
) -> None:
    assert read_by_format(text, format, kind, choice) is None


def test_every_kind_of_period_has_a_format() -> None:
    assert {kind for _, _, kind, _, _ in READ} == set(Kind)


@pytest.mark.parametrize("format", EXAMPLES)
def test_formats_that_are_shown_to_people_are_formats(format: str) -> None:
    assert why_not_a_format(format) == ""


@pytest.mark.parametrize(
    "format", ["", "YYY", "Y", "MM", "YYYY-MMMM", "YYYY Q", "YY/YYYY", "QQ YYYY", "YYYY MM MM"]
)
def test_text_that_is_no_format_is_refused_with_examples(format: str) -> None:
    assert "YYYY/YY" in why_not_a_format(format) or "twice" in why_not_a_format(format)


@pytest.mark.parametrize(
    ("format", "kind", "advice"),
    [
        ("YYYY", Kind.FINANCIAL_YEAR, "'year: start'"),
        ("YYYY/YY", Kind.MONTH, "add 'month'"),
        ("Month YYYY", Kind.POINT_IN_TIME, "add 'day'"),
        ("YYYY Qn", Kind.CALENDAR_YEAR, "correct the format"),
        ("YYYY/YY", Kind.CALENDAR_YEAR, "correct the format"),
    ],
)
def test_format_that_cannot_give_the_kind_says_what_to_add(format: str, kind: Kind, advice: str) -> None:
    assert advice in why_not_of_kind(format, kind, NO_CHOICE)


def test_example_of_a_format_is_written_in_it() -> None:
    assert example_of("YYYY Qn") == "2023 Q1"
    assert read_by_format(example_of("DD/MM/YYYY"), "DD/MM/YYYY", Kind.POINT_IN_TIME, NO_CHOICE) is not None
