"""Periods and lengths of time in words."""

from __future__ import annotations

import pytest

from civic_assets.values.period_words import number_of_days


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day"), (0, "0 days"), (184, "184 days"), (1096, "1,096 days")]
)
def test_one_day_is_not_said_in_the_plural(days: int, words: str) -> None:
    assert number_of_days(days) == words
