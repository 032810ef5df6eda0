"""Baselines: which period is one and why, what the change since is worth, and when there is no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from civic_assets.publish.profiles.baseline import Allowed, Pair, allowed_by_breaks
from civic_assets.publish.profiles.break_notes import create_notes
from civic_assets.values.periods import Period, PeriodKind
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, figure, read_model, records, said


def year_to(month: int, year: int) -> tuple[date, date]:
    first = date(year - (month < 12), month % 12 + 1, 1)
    return first, date(first.year + 1, first.month, 1)


def referrals(*counts: tuple[int, float | None], area: str = ISLINGTON, **other: Any) -> list[Any]:
    return [
        figure(
            "dfe_children_in_need",
            "2025-c1",
            "referrals_to_social_services",
            area,
            *year_to(3, year),
            value,
            **other,
        )
        for year, value in counts
    ]


def burglary(*years: tuple[tuple[date, date], float], release: str = "2024-12") -> list[Any]:
    return [
        figure("ons_csp", release, "burglary", ISLINGTON, *year, value, period_kind="rolling_year")
        for year, value in years
    ]


def baseline(
    rows: Sequence[Any], indicator: str = "referrals", allowed: Allowed = allowed_by_breaks
) -> dict[str, Any]:
    model = read_model(rows, allowed=allowed)
    found = records(
        model,
        "SELECT * FROM harmonised.indicator_baseline WHERE indicator = ? AND area_code = ?",
        [indicator, ISLINGTON],
    )
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("latest", "verdict"),
    [(2600, "higher"), (1900, "lower"), (2260, "no clear change"), (2240, "no clear change")],
)
def test_verdict_says_only_what_chance_leaves_standing(latest: float, verdict: str) -> None:
    found = baseline(referrals((2019, 2460), (2020, 2250), (2024, 2210), (2025, latest)))
    assert found["verdict"] == verdict and found["why_no_verdict"] is None
    assert found["ratio_lower"] < found["ratio"] < found["ratio_upper"]
    assert (found["baseline_count"], found["latest_count"]) == (2250, latest)
    assert said(found["caveats"], "chance only")


def test_last_year_before_the_restrictions_is_the_baseline() -> None:
    found = baseline(
        referrals((2013, 2576), (2019, 2460), (2020, 2250), (2021, 2033), (2022, 2370), (2023, 2166))
    )
    assert (found["baseline_period_start"], found["baseline_period_end"]) == year_to(3, 2020)
    assert found["baseline_rule"] == "before_restrictions"
    assert "23 March 2020; it overlaps them for 2% of its days" in found["baseline_reason"]


def test_year_under_restrictions_is_not_a_baseline() -> None:
    found = baseline(referrals((2021, 2033), (2022, 2370), (2023, 2166), (2024, 2210)))
    # The year to March 2022 has 110 of 365 days in them as well.
    assert (found["baseline_rule"], found["baseline_period_end"]) == ("earliest_comparable", date(2023, 4, 1))


def test_years_that_share_days_do_not_make_three_periods() -> None:
    quarters = [(3, 2023), (6, 2023), (9, 2023), (12, 2023), (3, 2024), (6, 2024), (9, 2024), (12, 2024)]
    found = baseline(burglary(*((year_to(*quarter), 1800) for quarter in quarters)), "burglary")
    assert found["n_disjoint_periods"] == 2 and found["verdict"] is None
    assert found["why_no_verdict"] == "There are 2 separate periods; a verdict needs 3."
    assert found["baseline_period_end"] == found["latest_period_start"]


def test_three_disjoint_years_of_different_editions_may_be_in_one_line_and_it_is_reported() -> None:
    rows = [
        row
        for year in (2022, 2023, 2024)
        for row in burglary((year_to(12, year), 1500 + 100 * (year - 2022)), release=f"{year}-12")
    ]
    found = baseline(rows, "burglary")
    assert (found["n_disjoint_periods"], found["verdict"]) == (3, "higher")
    assert said(found["caveats"], "two editions")


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        (((2020, 9), (2024, 12), (2025, 40)), "fewer than 10 events"),
        (((2020, 30), (2024, 30), (2025, 9)), "fewer than 10 events"),
        (((2020, 30), (2024, 30), (2025, None)), "The latest figure is suppressed."),
        (((2025, 30),), "There is no earlier figure"),
        (((2021, 30), (2022, 30)), "unusual time for more than 25%"),
    ],
)
def test_no_verdict_says_what_lacks(counts: Sequence[tuple[int, float | None]], why: str) -> None:
    rows = [
        row
        for year, value in counts
        for row in referrals((year, value), status=None if value else "suppressed")
    ]
    found = baseline(rows)
    assert found["verdict"] is None and why in found["why_no_verdict"]


def test_rate_without_a_count_has_a_change_and_no_verdict() -> None:
    kind = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    rows = [
        figure(
            "dfe_lait",
            "2025",
            "neet_or_not_known_percent",
            ISLINGTON,
            date(year - 1, 12, 1),
            date(year, 3, 1),
            value,
            **kind,
        )
        for year, value in ((2020, 4.1), (2024, 4.2), (2025, 3.9))
    ]
    found = baseline(rows, "neet_or_not_known")
    assert found["change_of_rate"] == pytest.approx(-0.2) and found["ratio_lower"] is None
    assert found["verdict"] is None and "Only a rate is published" in found["why_no_verdict"]


def test_rates_are_compared_where_both_denominators_are_known() -> None:
    rows = referrals((2019, 2000), (2020, 2000), (2025, 2000))
    for year, people in ((2018, 40000), (2019, 40000), (2024, 20000)):
        day = date(year, 6, 30)
        rows.append(
            figure("ons_population", "2024-age-0-17", "population", ISLINGTON, day, date(year, 7, 1), people,
                   breakdown="age=0-17", statistic="stock", period_kind="point_in_time")
        )  # fmt: skip
    found = baseline(rows)
    assert found["ratio"] == pytest.approx(2) and found["change_of_count"] == 0
    assert found["verdict"] == "higher" and "Poisson rates" in found["uncertainty"]


def test_disputed_figure_is_neither_baseline_nor_counted() -> None:
    rows = (
        referrals((2019, 2460))
        + referrals((2020, 22500), quality="disputed")
        + referrals((2024, 2210), (2025, 2407))
    )
    found = baseline(rows)
    assert found["baseline_count"] == 2460 and found["n_disjoint_periods"] == 3


def test_what_may_not_be_compared_is_not_a_baseline_and_the_reasons_are_given() -> None:
    asked: list[Pair] = []

    def refuse_before_2022(pair: Pair) -> tuple[bool, list[str]]:
        asked.append(pair)
        allowed = pair.earlier.start >= date(2022, 1, 1)
        return allowed, [] if allowed else ["The definition changed."]

    rows = referrals((2020, 2250), (2023, 2166), (2024, 2210), (2025, 2407))
    found = baseline(rows, allowed=refuse_before_2022)
    assert found["baseline_period_end"] == date(2023, 4, 1) and found["n_disjoint_periods"] == 3
    assert "1 cannot be compared with it" in found["baseline_reason"]
    assert len(asked) == 3 and not any(pair.earlier.overlap_days(pair.later) for pair in asked)
    refused = baseline(rows, allowed=lambda _: (False, ["The definition changed."]))
    assert refused["comparison_allowed"] is False and refused["comparison_reasons"] == [
        "The definition changed."
    ]
    assert refused["verdict"] is None and refused["ratio"] is None and refused["change_of_count"] is None


def test_areas_that_the_same_breaks_cover_are_asked_about_once() -> None:
    asked: list[Pair] = []

    def note(pair: Pair) -> tuple[bool, list[str]]:
        asked.append(pair)
        return True, []

    counts = ((2024, 2210), (2025, 2407))
    rows = [row for area in (ISLINGTON, CAMDEN, "E09000012") for row in referrals(*counts, area=area)]
    read_model(rows, allowed=note)
    # Hackney made no return for two years, which is a break of its own.
    assert sorted(pair.area_code for pair in asked) == [CAMDEN, "E09000012"]


@pytest.mark.parametrize(
    ("measure", "earlier", "later", "allowed"),
    [
        ("burglary", year_to(12, 2023), year_to(12, 2024), True),
        ("burglary", year_to(12, 2021), year_to(6, 2022), False),
        ("stalking_and_harassment", year_to(12, 2014), year_to(12, 2016), False),
    ],
    ids=["one year after the other", "184 days in common", "offences became notifiable between"],
)
def test_default_refuses_shared_days_and_blocking_breaks(
    measure: str, earlier: tuple[date, date], later: tuple[date, date], allowed: bool
) -> None:
    periods = [Period(*days, PeriodKind.ROLLING_YEAR) for days in (earlier, later)]
    pair = Pair(
        "ons_csp", measure, "total", "count", "flow", ISLINGTON, periods[0], periods[1], "2024-12", "2024-12"
    )
    assert allowed_by_breaks(pair)[0] is allowed


def test_share_of_a_year_under_restrictions_is_that_of_its_days() -> None:
    model = read_model([])
    model.execute(
        """CREATE TEMP TABLE years AS SELECT 'ons_csp' AS source, 'burglary' AS measure, 'total' AS breakdown,
        'count' AS unit, 'E09000019' AS area_code, unnest([DATE '2020-01-01', DATE '2021-01-01', DATE '2021-07-01'])
        AS period_start, unnest([DATE '2021-01-01', DATE '2022-01-01', DATE '2022-07-01']) AS period_end"""
    )
    from civic_assets.harmonise.comparability.breaks import breaks

    create_notes(model, "years", "notes", breaks())
    shares = [row["abnormal_share"] for row in records(model, "SELECT * FROM notes ORDER BY period_end")]
    # 78%, 55% and 5%, as the worked example of the report's Table 2 has them.
    assert [round(share, 2) for share in shares] == [0.78, 0.55, 0.05]
