"""All indicators as near to one year as they come, and how near that is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from civic_assets_tests.publish.read_models import ISLINGTON, figure, read_model, records

SHEFFIELD, SHEFFIELD_BEFORE = "E08000039", "E08000019"


def referrals(area: str, first: int, value: float, **other: Any) -> Any:
    year = (date(first, 4, 1), date(first + 1, 4, 1))
    return figure(
        "dfe_children_in_need", "2025-c1", "referrals_to_social_services", area, *year, value, **other
    )


def looked_after(area: str, day: date, value: float) -> Any:
    return figure(
        "dfe_looked_after", "2025", "uasc_looked_after", area, day, day + timedelta(days=1), value,
        statistic="stock", period_kind="point_in_time",
    )  # fmt: skip


def crime(first: date, value: float) -> Any:
    year = (first, first.replace(year=first.year + 1))
    return figure("ons_csp", "2022-12", "burglary", ISLINGTON, *year, value, period_kind="rolling_year")


def near(model: Any, year: int, area: str = ISLINGTON) -> dict[str, dict[str, Any]]:
    rows = records(model, f"SELECT * FROM harmonised.area_profile_near({year}) WHERE area_code = ?", [area])
    return {row["indicator"]: row for row in rows}


def test_each_indicator_has_the_period_nearest_to_the_year_and_says_how_near() -> None:
    found = near(
        read_model(
            [
                *(referrals(ISLINGTON, first, first) for first in (2019, 2020, 2021, 2022)),
                *(looked_after(ISLINGTON, date(year, 3, 31), year) for year in (2021, 2022)),
                crime(date(2021, 1, 1), 1803),
                crime(date(2021, 7, 1), 1805),
            ]
        ),
        2021,
    )
    assert found["referrals"]["count"] == 2021  # April 2021 to March 2022 lies nearer than the year before it
    assert (found["referrals"]["days_in_year"], found["referrals"]["days_apart"]) == (275, 90)
    assert (
        found["referrals"]["how_near"] == "From 1 April 2021 to 31 March 2022: 275 of 365 days are in 2021."
    )
    assert found["uasc_looked_after"]["how_near"] == "On 31 March 2021, a day of 2021."
    assert (found["burglary"]["count"], found["burglary"]["how_near"]) == (1803, "The whole of 2021.")
    assert {row["furthest_apart_days"] for row in found.values()} == {183}
    assert {(row["earliest_start"], row["latest_end"]) for row in found.values()} == {
        (date(2021, 1, 1), date(2022, 4, 1))
    }


def test_year_without_a_figure_has_the_nearest_and_says_that_no_day_of_it_is_in_the_year() -> None:
    found = near(read_model([referrals(ISLINGTON, 2022, 2300)]), 2020)["referrals"]
    assert found["days_in_year"] == 0
    assert found["how_near"] == "No figure in 2020; the nearest is from 1 April 2022 to 31 March 2023."


def test_figures_that_are_disputed_or_missing_are_passed_over() -> None:
    model = read_model(
        [
            referrals(ISLINGTON, 2020, 2200),
            referrals(ISLINGTON, 2021, 9999, quality="disputed"),
        ]
    )
    assert near(model, 2021)["referrals"]["count"] == 2200


def test_year_before_a_change_of_codes_shows_the_figure_of_the_code_before() -> None:
    found = near(read_model([referrals(SHEFFIELD_BEFORE, 2021, 6509)]), 2021, SHEFFIELD)["referrals"]
    assert (found["count"], found["figure_area_code"]) == (6509, SHEFFIELD_BEFORE)
