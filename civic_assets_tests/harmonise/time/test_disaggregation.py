"""Splitting totals by a model: the totals come out as they went in, and the result says that it is modelled."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.errors import CivicError
from civic_assets.harmonise.figures.modelled import BARRED, CannotModel, Modelled, refuse_modelled
from civic_assets.harmonise.time.disaggregation import Total, chow_lin, denton_cholette
from civic_assets.values.named_periods import calendar_year, months
from civic_assets.values.periods import Period, year_ending

MONTHS = [months(2021, number, 1) for number in range(1, 37)]
YEARS = [calendar_year(year) for year in (2021, 2022, 2023)]
ROLLING = [year_ending(2021, 12), year_ending(2022, 6), year_ending(2022, 12), year_ending(2023, 12)]
COUNTS = st.lists(st.integers(0, 5000), min_size=36, max_size=36)
METHODS = [denton_cholette, chow_lin]


def totals_of(counts: list[int], wholes: list[Period]) -> list[Total]:
    """What the counts of months add up to."""
    return [
        (whole, sum(n for month, n in zip(MONTHS, counts, strict=True) if whole.overlap_days(month)))
        for whole in wholes
    ]


def sums(result: Modelled[Period], wholes: list[Period]) -> list[float]:
    return [
        sum(x for month, x in zip(result.parts, result.values, strict=True) if whole.overlap_days(month))
        for whole in wholes
    ]


@pytest.mark.parametrize("wholes", [YEARS, ROLLING], ids=["years", "rolling_years"])
@given(counts=COUNTS, indicator=COUNTS)
@settings(max_examples=25)
def test_totals_come_out_as_they_went_in(
    wholes: list[Period], counts: list[int], indicator: list[int]
) -> None:
    totals = totals_of(counts, wholes)
    result = denton_cholette(MONTHS, indicator, totals)
    for made, (_, total) in zip(sums(result, wholes), totals, strict=True):
        assert total is not None
        assert made == pytest.approx(total, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("wholes", [YEARS, ROLLING], ids=["years", "rolling_years"])
@pytest.mark.parametrize("method", ["chow_lin", "fernandez"])
def test_regression_keeps_the_totals_too(wholes: list[Period], method: str) -> None:
    counts = [100 + 7 * (n % 12) + n for n in range(36)]
    indicator = [50 + 3 * (n % 12) + (n * n) % 11 for n in range(36)]
    totals = totals_of(counts, wholes)
    if method == "chow_lin" and wholes is YEARS:
        totals = totals_of(counts, [*wholes, year_ending(2022, 6)])
    result = chow_lin(MONTHS, indicator, totals, fernandez=method == "fernandez")
    for whole, total in totals:
        assert sums(result, [whole]) == pytest.approx([total], rel=1e-9)
    assert result.model == method
    assert ("rho" in result.parameters) == (method == "chow_lin")


def test_an_indicator_in_proportion_gives_the_months_themselves() -> None:
    counts = [200 + 40 * (n % 5) + 3 * n for n in range(36)]
    for wholes in (YEARS, ROLLING):
        result = denton_cholette(MONTHS, [count / 4 for count in counts], totals_of(counts, wholes))
        assert list(result.values) == pytest.approx(counts, rel=1e-9)
    line = [3 * count + 10 for count in counts]
    exact = chow_lin(MONTHS, counts, totals_of(line, ROLLING), rho=0.5)
    assert list(exact.values) == pytest.approx(line, rel=1e-6)
    assert exact.parameters["coefficient"] == pytest.approx(3, rel=1e-6)


def test_a_constant_indicator_gives_the_smoothest_months() -> None:
    """Equal totals give equal months; rising totals rise without a jump at the turn of the year."""
    flat = denton_cholette(MONTHS, [7] * 36, [(year, 1200) for year in YEARS])
    assert list(flat.values) == pytest.approx([100] * 36)
    rising = denton_cholette(MONTHS, [7] * 36, list(zip(YEARS, (1200.0, 2400.0, 3600.0), strict=True)))
    steps = [b - a for a, b in zip(rising.values, rising.values[1:], strict=False)]
    assert min(steps) > -1e-9
    assert max(steps) < 15, "a pro-rata split would jump by 100 in January"


def test_zeros_of_the_indicator_stand_for_half_a_count_and_are_said() -> None:
    indicator = [0 if n in (3, 4) else 10 for n in range(36)]
    result = denton_cholette(MONTHS, indicator, [(year, 1200) for year in YEARS])
    assert result.parameters["zeros_taken_as_0.5"] == 2
    assert 0 < result.values[3] < result.values[2] / 10


def test_negative_values_are_counted_for_the_reader() -> None:
    totals: list[Total] = [(YEARS[0], 10), (YEARS[1], 10000), (YEARS[2], 10)]
    result = denton_cholette(MONTHS, [10] * 36, totals)
    assert result.parameters["negative_values"] == sum(value < 0 for value in result.values) > 0


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)
@pytest.mark.parametrize(
    ("indicator", "totals", "why"),
    [
        ([1] * 35, [(YEARS[0], 1)], "each part needs one figure"),
        ([1] * 36, [], "there must be a total"),
        ([None] + [1] * 35, [(YEARS[0], 1)], "a status is not turned into a number"),
        ([float("nan")] + [1] * 35, [(YEARS[0], 1)], "is missing"),
        ([-1] + [1] * 35, [(YEARS[0], 1)], "less than zero"),
        ([1] * 36, [(YEARS[0], None)], "a status is not turned into a number"),
        ([1] * 36, [(calendar_year(2024), 1)], "not made up of whole parts"),
        ([1] * 36, [(YEARS[0], 1), (YEARS[0], 2)], "repeat each other"),
    ],
)
def test_what_the_inputs_do_not_determine_is_refused_in_a_sentence(
    method: object, indicator: list[float | None], totals: list[Total], why: str
) -> None:
    with pytest.raises(CannotModel, match=why):
        method(MONTHS, indicator, totals)  # type: ignore[operator]


def test_a_regression_needs_totals_and_an_indicator_that_varies() -> None:
    with pytest.raises(CannotModel, match="2 totals are too few"):
        chow_lin(MONTHS, [1] * 36, [(year, 1) for year in YEARS[:2]])
    with pytest.raises(CannotModel, match="the same in every total"):
        chow_lin(MONTHS, [1] * 36, [(year, 1) for year in YEARS])


def test_modelled_figures_are_labelled_and_barred() -> None:
    result = denton_cholette(MONTHS, [1] * 36, [(year, 12) for year in YEARS])
    assert result.method == "disaggregated"
    assert result.label().startswith("modelled (denton_cholette; ")
    assert "estimate" in result.caution
    for use in BARRED:
        with pytest.raises(CivicError, match="36 figures are modelled"):
            refuse_modelled(use, result)
    refuse_modelled("chart", result)


def test_a_modelled_row_is_kept_out_of_a_ranking_and_an_added_one_is_not() -> None:
    table = pa.table({"method": ["aggregated", None, "disaggregated"]})
    with pytest.raises(CivicError, match="1 figures are modelled"):
        refuse_modelled("ranking", table)
    refuse_modelled("ranking", table.slice(0, 2))
    refuse_modelled("identity", pa.table({"value": [1.0]}))


def test_a_result_without_a_known_method_can_not_be_made() -> None:
    with pytest.raises(ValueError, match="no method of a model"):
        Modelled((1,), (1.0,), "counted", "none")
    with pytest.raises(ValueError, match="2 parts have 1 values"):
        Modelled((1, 2), (1.0,), "imputed", "none")
