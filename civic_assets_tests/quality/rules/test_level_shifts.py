"""Series that change their level, series that only drift, and zeros: what is reported about them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.contracts.model import Rule
from civic_assets.quality.analyses.change_points import change_points
from civic_assets.quality.rules.digits import digits
from civic_assets.quality.rules.level_shifts import unknown_changes
from civic_assets.quality.rules.outliers_among_peers import peers
from civic_assets.quality.rules.periods import abnormal_periods
from civic_assets.quality.rules.zero_runs import zero_runs
from civic_assets_tests.quality.rules.course_defects import CAMDEN, months, release, row


def _logs(values: list[float]) -> np.ndarray:
    return np.log(np.array([values]) + 0.5)


def _wave(number: int, level: float = 300, size: float = 0.3) -> list[float]:
    """Months with a season and a little noise, the same in every run."""
    return [
        level * math.exp(size * math.sin(2 * math.pi * month / 12) + 0.03 * math.sin(12.9898 * month * month))
        for month in range(number)
    ]


def _shifted(values: list[float], at: int, ratio: float) -> list[float]:
    return [value * (ratio if month >= at else 1) for month, value in enumerate(values)]


@pytest.mark.parametrize("at", [13, 20, 30, 41])
def test_change_of_level_is_found_at_its_month_among_seasons(at: int) -> None:
    (found,) = [c for c in change_points(_logs(_shifted(_wave(60), at, 1.6)), per_year=12) if c.p < 0.01]
    assert found.place == at
    assert found.ratio == pytest.approx(1.6, rel=0.1)


def test_seasons_and_drift_are_not_a_change_of_level() -> None:
    drifting = [value * 1.005**month for month, value in enumerate(_wave(96))]
    for values in (_wave(60), drifting):
        changes = change_points(_logs(values), per_year=12)
        assert not [c for c in changes if c.p < 0.01 and max(c.ratio, 1 / c.ratio) > 1.25]


def test_constant_series_has_no_change_and_no_division_by_zero() -> None:
    assert change_points(_logs([100.0] * 20), per_year=1) == []
    assert change_points(np.zeros((0, 20)), per_year=1) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(3, 8), min_size=8, max_size=14), st.floats(0.5, 20))
def test_partition_is_the_best_of_all(levels: list[float], penalty: float) -> None:
    """Against trying every way to cut a short series."""
    from itertools import combinations

    from civic_assets.house_numbers.statistics import LEVEL_SHORTEST_PART
    from civic_assets.quality.analyses.change_points import _best_cuts, _cuts

    series = np.array(levels)

    def cost(cuts: tuple[int, ...]) -> float:
        parts = np.split(series, list(cuts))
        return float(sum(((part - part.mean()) ** 2).sum() for part in parts) + penalty * len(cuts))

    ways = [
        cuts
        for number in range(4)
        for cuts in combinations(range(LEVEL_SHORTEST_PART, len(series)), number)
        if all(len(part) >= LEVEL_SHORTEST_PART for part in np.split(series, list(cuts)))
    ]
    found = tuple(_cuts(_best_cuts(series[None, :], np.array([penalty]))[0]))
    assert cost(found) == pytest.approx(min(map(cost, ways)), abs=1e-6)


def test_change_at_a_break_of_the_register_is_known() -> None:
    """Restrictions began on 23 March 2020."""
    values = [400 + month * 37 % 29 for month in range(24)]
    verdict = unknown_changes(release(months(_shifted([*map(float, values)], 14, 0.4), 2019)))
    assert verdict.outcome == "pass"
    assert "1 change at breaks of the register" in verdict.message


def test_small_counts_are_not_searched_for_changes() -> None:
    values = [10.0] * 12 + [30.0] * 12
    assert unknown_changes(release(months(values))).outcome == "not_evaluated"


def test_zeros_of_a_class_that_begins_at_a_break_are_not_missing() -> None:
    values = [0.0] * 14 + [300.0] * 34
    verdict = zero_runs(release(months(values, 2019)))
    assert verdict.outcome == "pass"
    assert "1 run" in verdict.message


def test_absent_months_are_not_zeros() -> None:
    rows = months([200.0] * 24)
    assert zero_runs(release([*rows[:6], *rows[9:]])).outcome == "pass"


def test_quarter_of_zero_is_three_months_of_zero() -> None:
    rows = [
        row("robbery", CAMDEN, date(year, month, 1), date(year + month // 10, (month + 2) % 12 + 1, 1),
            0 if (year, month) == (2017, 4) else 500, period_kind="quarter")
        for year in (2016, 2017, 2018) for month in (1, 4, 7, 10)
    ]  # fmt: skip
    verdict = zero_runs(release(rows))
    assert (verdict.outcome, verdict.n_failed) == ("fail", 1)
    assert verdict.findings[0].locator == f"{CAMDEN}/2017-04-01"


def test_rounded_counts_are_not_heaping_but_must_be_declared() -> None:
    """A measure in tens among exact ones; the sample's contract declares no rounding of robberies."""
    year = date(2021, 7, 1), date(2022, 7, 1)
    rounded = [row("robbery", f"E{n:08d}", *year, 100 + 10 * n) for n in range(60)]
    exact = [row("burglary", f"E{n:08d}", *year, 101 + 7 * n) for n in range(60)]
    (finding,) = digits(release([*rounded, *exact])).findings
    assert finding.evidence["fault"] == "mixed rounding"
    assert (finding.measure, finding.observed) == ("robbery", "multiples of 10")


@pytest.mark.parametrize(("base", "faults"), [(10, ["false precision"]), (1, []), (None, [])])
def test_decimals_of_a_share_are_judged_by_counts_that_are_rounded_and_not_by_whole_ones(
    base: int | None, faults: list[str]
) -> None:
    """40.0% of 150: the count may be 55 to 65 if it is rounded to 10, and is 60 if it is a whole number."""
    year = date(2021, 7, 1), date(2022, 7, 1)
    view = release(
        [
            one
            for number in range(40)
            for one in (
                row(
                    "robbery_share_percent", f"E{number:08d}", *year, 40, value_text="40.0", row_number=number
                ),
                row("robbery", f"E{number:08d}", *year, 150, row_number=number),
            )
        ]
    )
    terms = {"rate": "robbery_share_percent", "numerator": "robbery", "denominator": "robbery", "per": 100}
    ratio = Rule(
        "V-17-shares",
        "V-17",
        "ratio",
        "counts_current",
        "Shares of robberies.",
        "warning",
        {**terms, **({"rounding": base} if base else {})},
    )
    first, *others = view.contract.tables
    tables = (replace(first, rules=(*first.rules, ratio)), *others)
    told = digits(replace(view, contract=replace(view.contract, tables=tables)))
    assert [
        one.evidence["fault"] for one in told.findings if one.evidence["fault"] == "false precision"
    ] == faults


@pytest.mark.parametrize(
    ("first", "number", "said"),
    [
        (2021, 1, "the only period in"),
        (2021, 3, "all 3 periods in"),
        (2020, 16, "days: most of all April 2021 by 100%."),
    ],
)
def test_unusual_periods_are_counted_once_in_a_sentence(first: int, number: int, said: str) -> None:
    (finding,) = abnormal_periods(release(months([100.0 + n for n in range(number)], first=first))).findings
    assert "1 of them by more" not in finding.message and f"{number} of them by more" not in finding.message
    assert said in finding.message
    assert "by more than 25% of the days" in finding.message


def test_area_with_few_expected_events_is_not_judged_by_its_peers() -> None:
    rows = []
    for number, value in enumerate([5, 4, 6, 5, 4, 6, 5, 4, 6, 5, 5, 40]):
        area = f"E{number:08d}"
        rows.append(row("robbery", area, date(2021, 7, 1), date(2022, 7, 1), value))
        stock = {"statistic": "stock", "period_kind": "point_in_time"}
        rows.append(row("population", area, date(2021, 6, 30), date(2021, 7, 1), 5_000, **stock))
    assert peers(release(rows)).outcome == "not_evaluated"
