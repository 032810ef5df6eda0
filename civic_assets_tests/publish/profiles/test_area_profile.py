"""The eight measures of Table 1 for any authority: what is counted, per whom, and what is never pretended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from civic_assets.harmonise.measures.indicators import indicators
from civic_assets_tests.publish.read_models import (
    CAMDEN,
    ENGLAND,
    ISLINGTON,
    LONDON,
    MET,
    figure,
    profile,
    read_model,
    records,
    said,
)

YEAR = (date(2021, 4, 1), date(2022, 4, 1))
SCHOOL_YEAR = (date(2021, 9, 1), date(2022, 9, 1))
SECONDARY = "phase=state-funded secondary"


def stock(
    source: str, release: str, measure: str, area: str, day: date, value: float | None, **other: Any
) -> Any:
    kind = {"statistic": "stock", "period_kind": "point_in_time"}
    return figure(source, release, measure, area, day, day + timedelta(days=1), value, **{**kind, **other})


def children(area: str, year: int, value: float, release: str = "2024-age-0-17") -> Any:
    return stock(
        "ons_population", release, "population", area, date(year, 6, 30), value, breakdown="age=0-17"
    )


def referrals(area: str, value: float | None, release: str = "2025-c1", **other: Any) -> Any:
    return figure(
        "dfe_children_in_need", release, "referrals_to_social_services", area, *YEAR, value, **other
    )


def rate(measure: str, value: float | None, area: str = ISLINGTON, **other: Any) -> Any:
    kind = {
        "unit": "per_100_pupils",
        "statistic": "rate",
        "period_kind": "academic_year",
        "breakdown": SECONDARY,
    }
    return figure("dfe_lait", "2025", measure, area, *SCHOOL_YEAR, value, **{**kind, **other})


def ages(area: str, release: str, year: int, each: float, first: int = 0, last: int = 25) -> Iterator[Any]:
    for age in range(first, last + 1):
        yield stock(
            "ons_population", release, "population", area, date(year, 6, 30), each, breakdown=f"age={age}"
        )


def test_rate_names_its_denominator_and_is_shown_with_london_and_england() -> None:
    areas = {ISLINGTON: (2370, 36604), LONDON: (113320, 1894099), ENGLAND: (650270, 11762878)}
    model = read_model(
        [row for area, (n, of) in areas.items() for row in (referrals(area, n), children(area, 2021, of))]
    )
    found = profile(model, "referrals")
    assert (found["count"], found["unit_of_count"], found["denominator"]) == (2370, "events", 36604)
    assert (
        found["denominator_named"]
        == "residents, 0-17, Islington, 30 June 2021 (ons_population 2024-age-0-17)"
    )
    assert found["rate"] == pytest.approx(10_000 * 2370 / 36604)
    assert (found["rate_basis"], found["unit_of_rate"]) == ("recomputed", "per_10000_children")
    assert found["london_rate"] == pytest.approx(10_000 * 113320 / 1894099)
    assert found["england_rate"] == pytest.approx(10_000 * 650270 / 11762878)
    assert (found["period_start"], found["period_end"], found["release"]) == (*YEAR, "2025-c1")
    assert found["count_lower"] < 2370 < found["count_upper"]


def test_force_figure_is_never_the_authoritys() -> None:
    year = (date(2024, 1, 1), date(2025, 1, 1))
    kind = {"area_type": "police_force", "period_kind": "rolling_year"}
    model = read_model(
        [
            figure("ons_pfa", "2024-12", "knife_crime", MET, *year, 16789, **kind),
            figure("ons_pfa", "2024-12", "knife_crime", LONDON, *year, 16847, **kind),
        ]
    )
    found = profile(model, "knife_crime")
    assert found["count"] is None and found["rate"] is None and found["source"] is None
    assert "police force only" in found["reason"]
    assert (found["wider_area_code"], found["wider_area_name"], found["wider_count"]) == (
        MET,
        "Metropolitan Police",
        16789,
    )
    assert found["london_count"] == 16847


@pytest.mark.parametrize(("status", "quality"), [("suppressed", "ok"), ("not_available", "ok")])
def test_status_never_becomes_a_number(status: str, quality: str) -> None:
    model = read_model(
        [referrals(ISLINGTON, None, status=status, quality=quality), children(ISLINGTON, 2021, 36604)]
    )
    found = profile(model, "referrals")
    assert found["count"] is None and found["rate"] is None and found["count_lower"] is None
    assert found["status"] == f"count: {status}"
    assert said(found["caveats"], f"The count is {status.replace('_', ' ')}")


def test_disputed_figure_is_shown_as_printed_and_enters_no_rate() -> None:
    model = read_model([referrals(ISLINGTON, 23700, quality="disputed"), children(ISLINGTON, 2021, 36604)])
    found = profile(model, "referrals")
    assert (found["count"], found["quality"]) == (23700, "disputed")
    assert found["rate"] is None and found["rate_recomputed"] is None and found["count_lower"] is None
    assert said(found["caveats"], "disputes the figure")


def test_disputed_denominator_makes_no_rate() -> None:
    base = children(ISLINGTON, 2021, 36604) | {"quality": "disputed"}
    assert profile(read_model([referrals(ISLINGTON, 2370), base]), "referrals")["rate"] is None


@pytest.mark.parametrize(("n", "has_rate"), [(9, False), (10, True)])
def test_no_rate_is_made_of_fewer_than_ten_events(n: int, has_rate: bool) -> None:
    found = profile(read_model([referrals(ISLINGTON, n), children(ISLINGTON, 2021, 36604)]), "referrals")
    assert found["count"] == n and (found["rate"] is not None) is has_rate
    assert said(found["caveats"], "Fewer than 10 events") is not has_rate


@pytest.mark.parametrize(
    ("year", "distance", "is_said"),
    [(2025, 91, False), (2024, 274, True), (2023, None, False)],
    ids=["within half a year", "before, within a year", "beyond a year"],
)
def test_denominator_far_from_the_period_is_reported_and_one_beyond_a_year_is_none(
    year: int, distance: int | None, is_said: bool
) -> None:
    count = stock("dfe_looked_after", "2025", "uasc_looked_after", ISLINGTON, date(2025, 3, 31), 42)
    found = profile(read_model([count, children(ISLINGTON, year, 36000)]), "uasc_looked_after")
    assert (found["rate"] is not None) is (distance is not None)
    assert said(found["caveats"], f"{distance} days from the middle") is is_said


def test_share_of_the_young_takes_both_figures_from_one_release() -> None:
    rows = [
        *ages(ISLINGTON, "2022-mye", 2022, 100),
        stock("ons_population", "2022-mye", "population", ISLINGTON, date(2022, 6, 30), 10_000),
        # A later release restates the total alone.
        stock("ons_population", "2023-mye", "population", ISLINGTON, date(2022, 6, 30), 9_000),
    ]
    found = profile(read_model(rows), "young_population")
    assert (found["count"], found["denominator"], found["rate"]) == (2600, 10_000, 26)
    assert found["ages"] == "0-25" and found["count_lower"] is None, "an estimate has no Poisson limits"


def test_band_with_a_missing_year_of_age_is_incomplete() -> None:
    found = profile(read_model(ages(ISLINGTON, "2022-mye", 2022, 100, first=1)), "young_population")
    assert found["count"] is None and found["status"] == "count: incomplete"


def test_sum_of_percentages_needs_both() -> None:
    kind = {"unit": "percent", "breakdown": "total", "statistic": "rate"}
    both = [rate("sen_support_percent", 14.9, **kind), rate("ehc_plan_percent", 5.7, **kind)]
    found = profile(read_model(both), "send")
    assert found["rate"] == 20.6 and found["count"] is None and found["reason"]
    assert profile(read_model(both[:1]), "send")["rate"] is None


def provision(support: float | None, plans: float, share: float | None) -> list[Any]:
    """Secondary pupils with special educational needs, of a thousand on roll."""
    census = (date(2022, 1, 1), date(2022, 2, 1))
    kind = {"breakdown": SECONDARY, "period_kind": "month", "statistic": "stock"}
    percent = {**kind, "unit": "percent", "statistic": "rate"}
    values = {
        "pupils_with_sen_support": support,
        "pupils_with_ehc_plan": plans,
        "pupils_of_all_schools": 1000,
    }
    rows = [
        figure("dfe_sen", "2021-22", name, ISLINGTON, *census, value, **kind)
        for name, value in values.items()
    ]
    status = None if share else "suppressed"
    shares = {"sen_support_percent": share, "ehc_plan_percent": share}
    return rows + [
        figure("dfe_sen", "2021-22", name, ISLINGTON, *census, value, status=status, **percent)
        for name, value in shares.items()
    ]


def all_schools() -> list[Any]:
    census = (date(2022, 1, 1), date(2022, 2, 1))
    kind = {"unit": "percent", "statistic": "rate", "period_kind": "month"}
    shares = {"sen_support_percent": 14.9, "ehc_plan_percent": 5.7}
    return [
        figure("dfe_lait", "2025", name, ISLINGTON, *census, value, **kind) for name, value in shares.items()
    ]


def test_secondary_schools_come_before_all_schools_and_each_says_of_whom_it_is() -> None:
    both = profile(read_model(provision(90, 30, 6) + all_schools()), "send")
    assert (both["count"], both["rate"], both["denominator"], both["ages"]) == (
        120,
        12,
        1000,
        "secondary pupils",
    )
    assert both["rate_recomputed"] == 12 and not said(both["caveats"], "all schools")
    alone = profile(read_model(all_schools()), "send")
    assert (alone["rate"], alone["ages"], alone["denominator"]) == (20.6, "all pupils", None)
    assert said(alone["caveats"], "Of pupils of all schools")


def test_count_and_rate_of_one_row_are_never_of_different_people() -> None:
    found = profile(read_model(provision(90, 30, None) + all_schools()), "send")
    assert (found["count"], found["ages"], found["rate_published"]) == (120, "secondary pupils", None)
    assert (found["rate"], found["rate_basis"]) == (12, "recomputed")
    none = profile(read_model(provision(None, 30, None) + all_schools()), "send")
    assert none["count"] is None and none["rate"] is None and none["denominator"] == 1000


def test_known_and_not_known_are_bounds_of_the_share() -> None:
    winter = (date(2021, 12, 1), date(2022, 3, 1))
    kind = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    rows = [
        figure("dfe_neet", "2022", "neet_or_not_known_percent", ISLINGTON, *winter, 8.6, **kind),
        figure("dfe_neet", "2022", "neet_percent", ISLINGTON, *winter, 1.9, **kind),
        figure("dfe_neet", "2022", "neet_cohort", ISLINGTON, *winter, 3346.7, statistic="mean_of_stocks"),
    ]
    found = profile(read_model(rows), "neet_or_not_known")
    assert (found["rate"], found["denominator"]) == (8.6, 3346.7)
    assert said(found["caveats"], "Known 1.9%, with the not known 8.6%")
    assert said(found["caveats"], "more than 5 points of it are not known")


def test_cohort_of_another_year_is_not_a_denominator() -> None:
    kind = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    later, earlier = (date(2022, 12, 1), date(2023, 3, 1)), (date(2021, 12, 1), date(2022, 3, 1))
    rows = [
        figure("dfe_lait", "2025", "neet_or_not_known_percent", ISLINGTON, *later, 4.5, **kind),
        figure("dfe_neet", "2022", "neet_cohort", ISLINGTON, *earlier, 3346.7, statistic="mean_of_stocks"),
    ]
    found = profile(read_model(rows), "neet_or_not_known")
    assert found["denominator"] is None and "their number is in no release held" in found["denominator_named"]


@pytest.mark.parametrize(
    ("published", "sentence"), [(10.0, "to its printed precision"), (10.3, "uses another base")]
)
def test_published_rate_is_compared_with_the_one_of_count_and_denominator(
    published: float, sentence: str
) -> None:
    count = {"breakdown": SECONDARY, "period_kind": "academic_year"}
    rows = [
        rate("suspension_rate", published),
        figure("dfe_exclusions", "2021-22", "suspensions", ISLINGTON, *SCHOOL_YEAR, 900, **count),
        stock("dfe_exclusions", "2021-22", "pupils", ISLINGTON, date(2022, 1, 20), 9000, breakdown=SECONDARY),
    ]
    found = profile(read_model(rows), "suspensions")
    assert (found["rate"], found["rate_basis"], found["rate_recomputed"]) == (published, "published", 10.0)
    assert sentence in found["rate_difference"]
    assert said(found["caveats"], "The count is from dfe_exclusions")


def test_profile_as_of_a_day_shows_only_what_was_out() -> None:
    early, late = date(2022, 11, 1), date(2023, 11, 1)
    rows = [
        referrals(ISLINGTON, 2370, "2022-c1"),
        referrals(ISLINGTON, 2371, "2023-c1"),
        figure("dfe_children_in_need", "2023-c1", "referrals_to_social_services", ISLINGTON,
               date(2022, 4, 1), date(2023, 4, 1), 2166),
        children(ISLINGTON, 2021, 43248, "2021-age-0-17"),
        children(ISLINGTON, 2021, 36604, "2024-age-0-17"),
        children(ISLINGTON, 2022, 36428, "2024-age-0-17"),
    ]  # fmt: skip
    model = read_model(
        rows,
        {
            ("dfe_children_in_need", "2022-c1"): early,
            ("dfe_children_in_need", "2023-c1"): late,
            ("ons_population", "2021-age-0-17"): date(2022, 6, 1),
            ("ons_population", "2024-age-0-17"): date(2025, 8, 5),
        },
    )
    nothing = profile(model, "referrals", as_of=date(2022, 10, 31))
    assert (
        nothing["count"] is None and "published by this day" in nothing["reason"] and nothing["caveats"] == []
    )
    then = profile(model, "referrals", as_of=date(2023, 5, 19))
    assert (then["count"], then["denominator"], then["release"]) == (2370, 43248, "2022-c1")
    now = profile(model, "referrals")
    assert (now["count"], now["denominator"], now["period_end"]) == (2166, 36428, date(2023, 4, 1))


def test_every_authority_of_the_day_has_a_row_for_every_indicator_and_no_other_has() -> None:
    model = read_model([])
    aylesbury_vale, buckinghamshire, wales = "E07000004", "E06000060", "W06000015"
    for day, there, gone in (
        ("2019-06-01", aylesbury_vale, buckinghamshire),
        ("2024-06-01", buckinghamshire, aylesbury_vale),
    ):
        rows = records(
            model,
            f"SELECT area_code, count(*) AS n FROM harmonised.area_profile_as_of(DATE '{day}') GROUP BY 1",
        )
        count = {row["area_code"]: row["n"] for row in rows}
        assert set(count.values()) == {len(indicators().all)}
        assert there in count and gone not in count and wales not in count


def test_figures_that_call_themselves_synthetic_say_so() -> None:
    found = profile(read_model([referrals(ISLINGTON, 2370, synthetic=True)]), "referrals")
    assert found["synthetic"] and said(found["caveats"], "synthetic")


def test_break_within_the_period_is_reported_for_the_area_that_it_concerns() -> None:
    restricted = (date(2020, 4, 1), date(2021, 4, 1))
    rows = [
        figure("dfe_children_in_need", "2021-c1", "referrals_to_social_services", area, *restricted, 2000)
        for area in ("E09000012", CAMDEN)
    ]
    model = read_model(rows)
    hackney, camden = (profile(model, "referrals", area) for area in ("E09000012", CAMDEN))
    assert said(hackney["caveats"], "Hackney made no return") and not said(camden["caveats"], "Hackney")
    assert (
        said(camden["caveats"], "100% of the period is between 23 March 2020")
        and camden["abnormal_share"] == 1
    )


def test_order_in_which_figures_come_changes_nothing() -> None:
    rows = [
        *(referrals(area, n) for area, n in ((ISLINGTON, 2370), (CAMDEN, 1900), (LONDON, 113320))),
        referrals(ISLINGTON, 2371, "2024-c1"),
        *(
            children(area, year, 36000 + year)
            for area in (ISLINGTON, CAMDEN, LONDON)
            for year in (2021, 2022)
        ),
        *ages(ISLINGTON, "2022-mye", 2022, 100),
    ]
    tables = ("indicator_figures", "area_profile", "crime_table")
    forwards, backwards = read_model(rows), read_model(rows[::-1])
    for table in tables:
        query = f"SELECT * FROM harmonised.{table}"
        assert forwards.execute(query).fetchall() == backwards.execute(query).fetchall()
