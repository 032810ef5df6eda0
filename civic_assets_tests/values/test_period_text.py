"""Rolling years in titles: as publishers word them, with the numbers of footnotes that stand glued to them."""

from __future__ import annotations

import pytest

from civic_assets.values.period_text import years_ending


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Offences, year ending\n June 2022 [note 1]", ["2021-07-01/2022-07-01"]),
        ("year ending December 20191,2", ["2019-01-01/2020-01-01"]),
        ("year ending December 20191, 2", ["2019-01-01/2020-01-01"]),
        ("year ending March 181,2,3", ["2017-04-01/2018-04-01"]),
        ("YE 31 March 2018", ["2017-04-01/2018-04-01"]),
        (
            "year ending December 2018 compared with year ending December 20191,2",
            ["2018-01-01/2019-01-01", "2019-01-01/2020-01-01"],
        ),
        ("year ending December", []),
        ("year ending December 20192020", []),
    ],
)
def test_glued_footnote_numbers_are_not_part_of_the_year(text: str, years: list[str]) -> None:
    assert [str(period) for period in years_ending(text)] == years
