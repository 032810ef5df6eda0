"""Statements about slips of the keyboard (V-16) and sign, swap and unit errors (V-23)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from civic_assets.quality.localisation.localise import EditSystem, Repair, localise
from civic_assets.quality.localisation.typing_errors import (
    Pattern,
    osa_distance,
    patterns,
    rank_repairs,
    robust_z,
    sign_swap_unit_repairs,
)
from civic_assets_tests.quality.localisation.test_localise import TABLE_2, system, table_2, total


def exact(cells: tuple[int, ...], *values: float) -> Repair:
    return Repair(cells, values, values, values)


@pytest.mark.parametrize(
    ("printed", "meant", "expected"),
    [
        ("16", "1627", {Pattern.PREFIX}),
        ("27", "1627", {Pattern.SUFFIX}),
        ("162745", "1627", {Pattern.PREFIX}),
        ("1208", "2108", {Pattern.TRANSPOSITION}),
        ("1,208", "2108", {Pattern.TRANSPOSITION}),
        ("-45", "45", {Pattern.SIGN}),
        ("\N{MINUS SIGN}45", "45", {Pattern.SIGN}),
        ("450", "45", {Pattern.POWER_OF_TEN, Pattern.PREFIX}),
        ("45", "45000", {Pattern.POWER_OF_TEN, Pattern.PREFIX}),
        ("4.5", "45", {Pattern.POWER_OF_TEN}),
        ("137", "1237", {Pattern.DIGIT_DROPPED}),
        ("1227", "127", {Pattern.DIGIT_DOUBLED}),
        ("4500", "45", {Pattern.PREFIX}),
        ("1627", "1637", set()),
        ("1208", "8201", set()),
        ("1208", "-2108", set()),
        ("290", "1901", set()),
        ("7", "7", set()),
    ],
)
def test_a_slip_of_the_keyboard_is_named(printed: str, meant: str, expected: set[Pattern]) -> None:
    assert set(patterns(printed, meant)) == expected


@given(st.integers(1, 10**7), st.integers(0, 6))
def test_swapping_two_different_neighbouring_digits_costs_one_and_is_a_transposition(
    number: int, at: int
) -> None:
    digits = list(str(number))
    at %= len(digits)
    if at + 1 == len(digits) or digits[at] == digits[at + 1]:
        return
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    printed = "".join(digits)
    assert osa_distance(printed, str(number)) == 1
    assert Pattern.TRANSPOSITION in patterns(printed, str(number))


def test_z_has_a_floor_so_that_three_equal_years_do_not_make_everything_extreme() -> None:
    assert robust_z(105, [100, 100, 100]) == 1.0
    assert robust_z(3, [2, 2, 2]) == 1.0
    assert math.isnan(robust_z(3, []))


def table_2_history(column: str) -> dict[int, list[float]]:
    others = [text.split() for name, text in TABLE_2.items() if name != column]
    return {cell: [float(values[cell]) for values in others] for cell in range(23)}


def test_june_2022_ranks_criminal_damage_first_exactly_as_the_catalogue_says() -> None:
    (component,) = localise(table_2("YE Jun 2022"))
    ranked = rank_repairs(component.repairs, TABLE_2["YE Jun 2022"].split(), table_2_history("YE Jun 2022"))
    rows = [
        (r.repair.cells[0], r.repair.values[0], r.distance, round(r.z_new, 1), round(r.z_old, 1), r.patterns)
        for r in ranked
    ]
    assert rows == [
        (18, 1627.0, 2, 1.8, 19.8, (Pattern.PREFIX,)),
        (22, 1901.0, 2, 117.8, 1.0, ()),
        (20, 1774.0, 3, 60.9, 1.1, ()),
        (0, 25960.0, 4, 0.4, 1.7, ()),
        (19, 2792.0, 4, 7.0, 0.7, ()),
        (17, 2631.0, 4, 7.6, 0.8, ()),
        (21, 3697.0, 4, 17.6, 1.2, ()),
        (16, 2281.0, 4, 52.5, 1.3, ()),
    ]
    assert [r.distinguished for r in ranked] == [True] + [False] * 7


def test_december_2020_burglary_is_a_transposition_of_distance_one() -> None:
    (component,) = localise(table_2("YE Dec 2020"))
    (ranked,) = rank_repairs(
        component.repairs, TABLE_2["YE Dec 2020"].split(), table_2_history("YE Dec 2020")
    )
    assert (ranked.patterns, ranked.distance) == ((Pattern.TRANSPOSITION,), 1)
    assert ranked.distinguished


def test_two_ties_with_a_pattern_leave_none_distinguished() -> None:
    ranked = rank_repairs([exact((0,), 21), exact((1,), 43)], ["12", "34"], {})
    assert [r.patterns for r in ranked] == [(Pattern.TRANSPOSITION,), (Pattern.TRANSPOSITION,)]
    assert not any(r.distinguished for r in ranked)


def test_no_pattern_among_ties_leaves_none_distinguished() -> None:
    ranked = rank_repairs([exact((0,), 77), exact((1,), 39)], ["12", "34"], {})
    assert [r.repair.cells for r in ranked] == [(1,), (0,)]
    assert not any(r.distinguished for r in ranked)


def test_the_cells_own_history_decides_between_equal_distances() -> None:
    ties = [exact((0,), 190), exact((1,), 590)]
    history = {0: [150.0, 155.0, 151.0], 1: [585.0, 580.0, 590.0]}
    assert [r.repair.cells for r in rank_repairs(ties, ["140", "540"], history)] == [(1,), (0,)]
    # A cell without history never outranks one that fits its history.
    assert [r.repair.cells for r in rank_repairs(ties, ["140", "540"], {1: [585.0]})] == [(1,), (0,)]


def test_a_swap_of_neighbours_comes_before_every_other_pattern() -> None:
    ties = [exact((0, 1), 21, 43), exact((2, 3), 700, 12)]
    printed = ["12", "34", "12", "700"]
    beside = {2: {3: 700.0}, 3: {2: 12.0}}
    ranked = rank_repairs(ties, printed, {}, beside)
    assert ranked[0].repair.cells == (2, 3)
    assert Pattern.SWAP in ranked[0].patterns
    assert rank_repairs(ties, printed, {})[0].repair.cells == (0, 1)


def test_a_pattern_in_one_of_two_cells_does_not_make_the_pair_likely() -> None:
    (ranked,) = rank_repairs([exact((0, 1), 21, 99)], ["12", "34"], {0: [20.0], 1: [40.0]})
    assert ranked.patterns == ()
    assert ranked.distance == 1 + 2
    assert ranked.z_new == robust_z(99, [40.0])  # the worse of the two


def test_ranking_does_not_depend_on_the_order_of_the_ties() -> None:
    (component,) = localise(table_2("YE Jun 2022"))
    texts, history = TABLE_2["YE Jun 2022"].split(), table_2_history("YE Jun 2022")
    assert rank_repairs(component.repairs, texts, history) == rank_repairs(
        component.repairs[::-1], texts, history
    )


def test_no_repairs_rank_to_nothing() -> None:
    assert rank_repairs([], [], {}) == []


# -- V-23


def tried(
    of: EditSystem, beside: dict[int, list[int]] | None = None
) -> list[tuple[Pattern, tuple[int, ...], tuple[float, ...]]]:
    (component,) = localise(of)
    return [(p, r.cells, r.values) for p, r in sign_swap_unit_repairs(of, component, beside or {})]


def test_a_wrong_sign_is_recognised() -> None:
    of = system([30, 10, -20], [total(0, [1, 2])], upper=99)
    assert tried(of) == [(Pattern.SIGN, (2,), (20.0,))]


@pytest.mark.parametrize(("printed", "meant"), [(4000, 400), (40, 400), (400_000, 400)])
def test_a_wrong_power_of_ten_is_recognised(printed: float, meant: float) -> None:
    of = system([500, 100, printed], [total(0, [1, 2])], upper=1e7)
    assert (Pattern.POWER_OF_TEN, (2,), (meant,)) in tried(of)


def test_a_hundredfold_is_not_a_unit_error() -> None:
    of = system([500, 100, 40_000], [total(0, [1, 2])], upper=1e7)
    assert tried(of) == []


def test_swapped_neighbours_are_recognised_only_if_they_are_neighbours() -> None:
    # 30 = 10 + 20 and 70 = 20 + 50, but 20 and 50 have changed places; their own sum of 70 still holds.
    of = system([30, 10, 50, 70, 20, 20, 70], [total(0, [1, 2]), total(3, [4, 5]), total(6, [2, 5])])
    (component,) = localise(of)
    found = sign_swap_unit_repairs(of, component, {2: [5]})
    assert [(p, r.cells, r.values) for p, r in found] == [(Pattern.SWAP, (2, 5), (20.0, 50.0))]
    assert sign_swap_unit_repairs(of, component, {2: [1]}) == []


def test_a_sign_change_that_breaks_another_edit_is_not_a_repair() -> None:
    of = EditSystem(
        np.array([30.0, 10.0, -20.0, -20.0]),
        np.full(4, -99.0),
        np.full(4, 99.0),
        np.ones(4),
        np.zeros(4, dtype=bool),
        np.ones(4, dtype=bool),
        csr_array(np.array([[1.0, -1.0, -1.0, 0.0], [0.0, 0.0, 1.0, -1.0]])),
        np.zeros(2),
    )
    assert tried(of) == []
