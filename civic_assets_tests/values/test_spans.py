"""Times that sentences name, as exactly as they name them."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.values.spans import span_of


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("March 2021 to June 2022", "2021-03-01", "2022-07-01"),
        ("2019 to 2022", "2019-01-01", "2023-01-01"),
        ("January 2023", "2023-01-01", "2023-02-01"),
        ("2019/20", "2019-04-01", "2020-04-01"),
        ("year ending June 2022", "2021-07-01", "2022-07-01"),
        ("2022", "2022-01-01", "2023-01-01"),
    ],
)
def test_words_name_days(words: str, start: str, end: str) -> None:
    span = span_of(words)
    assert span is not None
    assert (str(span.start), str(span.end), str(span)) == (start, end, words)


@pytest.mark.parametrize("words", ["", "recently", "June 2022 to March 2021", "2022 to soon"])
def test_words_that_name_no_time_are_not_guessed(words: str) -> None:
    assert span_of(words) is None


def test_years_agree_with_days_inside_them_and_months_only_with_themselves() -> None:
    years, months = span_of("2019 to 2022"), span_of("March 2021 to June 2022")
    assert years is not None and months is not None
    assert years.agrees(date(2019, 1, 1), date(2022, 7, 1))
    assert not years.agrees(date(2020, 1, 1), date(2022, 7, 1))
    assert months.agrees(date(2021, 3, 1), date(2022, 7, 1))
    assert not months.agrees(date(2021, 4, 1), date(2022, 7, 1))
