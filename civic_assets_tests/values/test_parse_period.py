"""Every publisher's wording of a period, and that what could be read in two ways is not read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.sources.dfe import periods as education
from civic_assets.values.named_periods import (
    TERMS,
    academic_year,
    end_of_march,
    financial_year,
    january_census,
    months,
    of_kind,
    periods_within,
    term,
    winter_average,
)
from civic_assets.values.period_text import parse_period
from civic_assets.values.periods import PeriodKind, year_ending

KIND = PeriodKind


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("Year ending June 2022", "2021-07-01/2022-07-01", KIND.ROLLING_YEAR),
        ("Offences, year ending\n June 2022 [note 1]", "2021-07-01/2022-07-01", KIND.ROLLING_YEAR),
        ("YE Dec 24", "2024-01-01/2025-01-01", KIND.ROLLING_YEAR),
        ("year ending 31 March 2018", "2017-04-01/2018-04-01", KIND.ROLLING_YEAR),
        ("12 months to March 2022", "2021-04-01/2022-04-01", KIND.ROLLING_YEAR),
        ("Apr 2021 to Mar 2022", "2021-04-01/2022-04-01", KIND.ROLLING_YEAR),
        ("Apr  2019 to\n Mar  2020", "2019-04-01/2020-04-01", KIND.ROLLING_YEAR),
        ("Jan '19 to Dec '19", "2019-01-01/2020-01-01", KIND.ROLLING_YEAR),
        ("Apr '11 to Mar '125, 6", "2011-04-01/2012-04-01", KIND.ROLLING_YEAR),
        ("Apr 2011 to Mar 2012\n[note 9]", "2011-04-01/2012-04-01", KIND.ROLLING_YEAR),
        ("July 2021 – June 2022", "2021-07-01/2022-07-01", KIND.ROLLING_YEAR),
        ("December 2024 to February 2025", "2024-12-01/2025-03-01", KIND.THREE_MONTH_AVERAGE),
        ("Apr to Jun 2017", "2017-04-01/2017-07-01", KIND.QUARTER),
        ("2017/18 Q4", "2018-01-01/2018-04-01", KIND.QUARTER),
        ("Q1 of 2017/18", "2017-04-01/2017-07-01", KIND.QUARTER),
        ("202401", "2024-01-01/2024-02-01", KIND.MONTH),
        ("2016-01", "2016-01-01/2016-02-01", KIND.MONTH),
        ("Jan-24", "2024-01-01/2024-02-01", KIND.MONTH),
        ("January 2024", "2024-01-01/2024-02-01", KIND.MONTH),
        ("mid-2022", "2022-06-30/2022-07-01", KIND.POINT_IN_TIME),
        ("Population figures (mid-2022)\n - rounded to 100", "2022-06-30/2022-07-01", KIND.POINT_IN_TIME),
        ("31 March 2024", "2024-03-31/2024-04-01", KIND.POINT_IN_TIME),
        ("as at 31st March 2024", "2024-03-31/2024-04-01", KIND.POINT_IN_TIME),
        ("2024-03-31", "2024-03-31/2024-04-01", KIND.POINT_IN_TIME),
    ],
)
def test_wording_that_is_complete_in_itself(text: str, expected: str, kind: KIND) -> None:
    period = parse_period(text)
    assert period is not None
    assert (str(period), period.kind) == (expected, kind)


@pytest.mark.parametrize(
    ("text", "identifier", "hint", "expected"),
    [
        ("202122", "Academic year", None, "2021-09-01/2022-09-01"),
        ("2016/17", "academic year", None, "2016-09-01/2017-09-01"),
        ("202324", "Academic year", KIND.MONTH, "2024-01-01/2024-02-01"),
        ("202122", "Autumn term", None, "2021-09-01/2022-01-01"),
        ("202122", "Spring term", None, "2022-01-01/2022-04-01"),
        ("202122", "Summer term", KIND.TERM, "2022-04-01/2022-08-01"),
        ("2024", "Reporting year", None, "2023-04-01/2024-04-01"),
        ("2024", "Reporting year", KIND.POINT_IN_TIME, "2024-03-31/2024-04-01"),
        ("2017", "year ending 31 march 2017", None, "2016-04-01/2017-04-01"),
        ("2021-22", "Financial year", None, "2021-04-01/2022-04-01"),
        ("2025", "Calendar year", None, "2025-01-01/2026-01-01"),
        ("2025", "Calendar year", KIND.THREE_MONTH_AVERAGE, "2024-12-01/2025-03-01"),
        ("2025", "", KIND.THREE_MONTH_AVERAGE, "2024-12-01/2025-03-01"),
        ("2017/18", "Q4", None, "2018-01-01/2018-04-01"),
        ("2017/18", "1", None, "2017-04-01/2017-07-01"),
        ("2017/18", "1.0", None, "2017-04-01/2017-07-01"),
        ("201718", "Financial year Q2", None, "2017-07-01/2017-10-01"),
        ("2018", "Calendar year Q1", None, "2018-01-01/2018-04-01"),
        ("2024", "January", None, "2024-01-01/2024-02-01"),
        ("2015/16", None, KIND.ACADEMIC_YEAR, "2015-09-01/2016-09-01"),
        ("2024-25", None, KIND.FINANCIAL_YEAR, "2024-04-01/2025-04-01"),
        ("201112", None, KIND.MONTH, "2011-12-01/2012-01-01"),
        ("201112", None, KIND.ACADEMIC_YEAR, "2011-09-01/2012-09-01"),
        ("year ending March 2022", None, KIND.FINANCIAL_YEAR, "2021-04-01/2022-04-01"),
        ("Jan 2024 to Dec 2024", None, KIND.CALENDAR_YEAR, "2024-01-01/2025-01-01"),
        ("2022", None, KIND.CALENDAR_YEAR, "2022-01-01/2023-01-01"),
    ],
)
def test_identifier_or_contract_says_what_digits_are(
    text: str, identifier: str | None, hint: KIND | None, expected: str
) -> None:
    period = parse_period(text, identifier=identifier, hint=hint)
    assert str(period) == expected
    assert hint in (None, period.kind if period else None)


@pytest.mark.parametrize(
    ("text", "identifier", "hint"),
    [
        ("2022", None, None),  # of which kind?
        ("2021/22", None, None),  # of school or of money?
        ("201112", None, None),  # December 2011, or a year?
        ("2011-12", None, None),
        ("2021-25", None, KIND.ACADEMIC_YEAR),
        ("202122", "Calendar year", None),  # digits and identifier contradict each other
        ("2022", "Academic year", None),
        ("202123", "Academic year", None),
        ("202122", "Week 3", None),
        ("202122", "Autumn and spring term", None),  # seven months are no kind of period here
        ("year ending December 2018 compared with year ending December 2019", None, None),
        ("year ending June 2022", None, KIND.FINANCIAL_YEAR),
        ("Jan 2024 to May 2024", None, None),
        ("Dec 2024 to Jan 2024", None, None),
        ("31 June 2024", None, None),
        ("2024-13-01", None, None),
        ("2024", "Reporting year", KIND.ACADEMIC_YEAR),
        ("2017 Q1", None, None),  # of the calendar or of the financial year?
        ("total", None, None),
        ("", None, None),
    ],
)
def test_what_could_be_read_in_two_ways_or_none_is_not_read(
    text: str, identifier: str | None, hint: KIND | None
) -> None:
    assert parse_period(text, identifier=identifier, hint=hint) is None


@given(st.text(max_size=30), st.sampled_from([None, "Academic year", "Q1", "Reporting year", "x"]))
def test_any_text_is_read_or_not_and_never_fails(text: str, identifier: str | None) -> None:
    period = parse_period(text, identifier=identifier)
    assert period is None or period.days > 0


@given(st.integers(1951, 2099), st.integers(1, 12))
def test_months_and_rolling_years_are_read_back(year: int, month: int) -> None:
    whole = year_ending(year, month)
    assert parse_period(f"year ending {whole.start.replace(month=month):%B} {year}") == whole
    assert parse_period(f"{year}{month:02d}", hint=KIND.MONTH) == months(year, month, 1)


@pytest.mark.parametrize("year", [2010, 2024])
def test_parsers_and_wordings_mean_the_same_days(year: int) -> None:
    stated = education.PrintedPeriod(year)
    assert education.academic_year(stated) == academic_year(year)
    assert education.january_census(stated) == january_census(year)
    assert education.financial_year(stated) == financial_year(year)
    assert education.end_of_march(stated) == end_of_march(year)
    assert education.winter_average(stated) == winter_average(year)
    for name in TERMS:
        assert education.academic_year(education.PrintedPeriod(year, name.split()[0])) == term(year, name)


def test_terms_leave_only_august_out_of_the_school_year() -> None:
    terms, whole = [term(2022, name) for name in TERMS], academic_year(2022)
    assert sum(whole.overlap_days(one) for one in terms) == whole.days - 31
    assert [a.overlap_days(b) for a in terms for b in terms if a < b] == [0, 0, 0]


def test_kind_is_changed_only_where_the_days_fit() -> None:
    year = year_ending(2022, 3)
    assert of_kind(year, KIND.FINANCIAL_YEAR) == financial_year(2022)
    assert of_kind(year, KIND.CALENDAR_YEAR) is None
    assert of_kind(winter_average(2022), KIND.MONTH) is None


def test_periods_within_are_whole_and_inside() -> None:
    start, end = date(2021, 7, 1), date(2023, 7, 1)
    assert len(list(periods_within(KIND.ROLLING_YEAR, start, end))) == 13
    assert [str(p) for p in periods_within(KIND.FINANCIAL_YEAR, start, end)] == ["2022-04-01/2023-04-01"]
    assert [str(p) for p in periods_within(KIND.ACADEMIC_YEAR, start, end)] == ["2021-09-01/2022-09-01"]
    assert len(list(periods_within(KIND.QUARTER, date(2021, 7, 15), end))) == 7
    assert len(list(periods_within(KIND.MONTH, start, end))) == 24
    with pytest.raises(ValueError, match="no regular start"):
        list(periods_within(KIND.TERM, start, end))
