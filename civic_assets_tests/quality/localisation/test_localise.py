"""Statements about error localisation (V-15): which cells are accused, and which are not."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import chain, combinations, product
from math import prod
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from civic_assets.house_numbers.localisation import SEARCH_CELL_NODES
from civic_assets.quality.equations.edit_system import Room
from civic_assets.quality.localisation import covers, solver
from civic_assets.quality.localisation import localise as localise_module
from civic_assets.quality.localisation import search as localise_search
from civic_assets.quality.localisation.covers import Choice, Cover
from civic_assets.quality.localisation.localise import EditSystem, Proof, Repair, broken_edits, localise
from civic_assets.quality.localisation.repair_trial import Refusal, tried
from civic_assets.quality.localisation.search_effort import Effort, EffortSpent


def system(
    values: list[float],
    edits: list[dict[int, float]],
    *,
    tolerance: list[float] | None = None,
    free: dict[int, tuple[float, float]] | None = None,
    weight: dict[int, float] | None = None,
    decimal: tuple[int, ...] = (),
    upper: float | None = None,
) -> EditSystem:
    """Counts of 0 or more with edits given as {cell: coefficient}; `decimal` cells are unbounded."""
    n = len(values)
    matrix = np.zeros((len(edits), n))
    for i, edit in enumerate(edits):
        for cell, factor in edit.items():
            matrix[i, cell] = factor
    low = np.zeros(n)
    high = np.full(n, 2 * max(values) if upper is None else upper, dtype=float)
    hidden = np.zeros(n, dtype=bool)
    for cell, ends in (free or {}).items():
        low[cell], high[cell] = ends
        hidden[cell] = True
    whole = np.ones(n, dtype=bool)
    low[list(decimal)], high[list(decimal)], whole[list(decimal)] = -np.inf, np.inf, False
    cost = np.ones(n)
    for cell, w in (weight or {}).items():
        cost[cell] = w
    return EditSystem(
        np.array(values, dtype=float),
        low,
        high,
        cost,
        hidden,
        whole,
        csr_array(matrix),
        np.zeros(len(edits)) if tolerance is None else np.array(tolerance, dtype=float),
    )


def total(of: int, parts: list[int]) -> dict[int, float]:
    return {of: 1.0, **{part: -1.0 for part in parts}}


def sets(of: EditSystem, **options: Any) -> list[set[tuple[int, ...]]]:
    return [{repair.cells for repair in component.repairs} for component in localise(of, **options)]


def only_repair(of: EditSystem) -> Repair:
    (component,) = localise(of)
    assert component.complete
    (repair,) = component.repairs
    return repair


# The report's Table 2 in its printed order: total, violence and 5 parts, theft, burglary and its 2 parts,
# 6 further thefts, then 7 groups.
TABLE_2 = {
    "YE Dec 2019": "30034 6343 4 0 2321 2497 1521 16316 2641 1806 835 3141 3072 1037 1468 4957 "
    "629 1584 1510 1332 237 1764 319",
    "YE Dec 2020": "25405 6062 4 0 1940 2388 1730 12237 1208 1445 663 2623 2183 1437 1035 2851 "
    "490 1181 1454 1547 191 1967 276",
    "YE Dec 2021": "24700 6623 3 0 2056 2598 1966 11411 1803 1322 481 2296 2544 1069 928 2771 "
    "630 989 1496 1123 165 1998 265",
    "YE Jun 2022": "27571 7087 3 0 2360 2776 1948 13447 1805 1302 503 2716 3071 1102 1134 3619 "
    "670 1020 16 1181 163 2086 290",
}
IDENTITIES = [
    total(0, [1, 7, *range(16, 23)]),
    total(1, [2, 3, 4, 5, 6]),
    total(7, [8, 11, 12, 13, 14, 15]),
    total(8, [9, 10]),
]


def table_2(column: str) -> EditSystem:
    return system([float(text) for text in TABLE_2[column].split()], IDENTITIES)


@pytest.mark.parametrize("column", ["YE Dec 2019", "YE Dec 2021"])
def test_consistent_columns_of_table_2_are_not_accused(column: str) -> None:
    assert localise(table_2(column)) == []


def test_burglary_of_december_2020_is_the_only_repair() -> None:
    (component,) = localise(table_2("YE Dec 2020"))
    assert component.edits == (2, 3)
    assert component.repairs == (Repair((8,), (2108.0,), (2108.0,), (2108.0,)),)
    assert component.complete


def test_june_2022_has_eight_equal_repairs_and_lists_them_all() -> None:
    (component,) = localise(table_2("YE Jun 2022"))
    proposals = {repair.cells[0]: repair.values[0] for repair in component.repairs}
    # Violence and theft are the two groups missing here: changing them would break their own sums.
    assert proposals == {
        0: 25960.0,
        16: 2281.0,
        17: 2631.0,
        18: 1627.0,
        19: 2792.0,
        20: 1774.0,
        21: 3697.0,
        22: 1901.0,
    }


# -- a small force. Rows: areas and their sum. Columns: total, groups A and B and three parts of A.

MEASURES = 6


def cell(area: int, measure: int) -> int:
    return area * MEASURES + measure


def force(areas: int = 3) -> tuple[list[float], list[dict[int, float]]]:
    """Consistent counts and edits: total = A + B; A = its three parts; the last row = sum of the rows."""
    draw = np.random.default_rng(4)
    rows = np.zeros((areas + 1, MEASURES))
    rows[:areas, 2:] = draw.integers(50, 900, (areas, 4))
    rows[:areas, 1] = rows[:areas, 3:].sum(axis=1)
    rows[:areas, 0] = rows[:areas, 1] + rows[:areas, 2]
    rows[areas] = rows[:areas].sum(axis=0)
    edits = []
    for a in range(areas + 1):
        edits.append(total(cell(a, 0), [cell(a, 1), cell(a, 2)]))
        edits.append(total(cell(a, 1), [cell(a, m) for m in (3, 4, 5)]))
    edits += [total(cell(areas, m), [cell(a, m) for a in range(areas)]) for m in range(MEASURES)]
    return rows.ravel().tolist(), edits


def with_changes(
    values: list[float],
) -> tuple[list[float], list[dict[int, float]], list[float], tuple[int, ...]]:
    """Adds last year's table, and per cell the printed change: C2 - (1 + change/100) C5 + s = 0."""
    _, edits = force()
    n = len(values)
    draw = np.random.default_rng(9)
    before = np.array(values).reshape(-1, MEASURES)
    before[:-1, 2:] += draw.integers(1, 40, before[:-1, 2:].shape)
    before[:, 1] = before[:, 3:].sum(axis=1)
    before[:, 0] = before[:, 1] + before[:, 2]
    before[-1] = before[:-1].sum(axis=0)
    old = before.ravel().tolist()
    edits = edits + [{c + n: f for c, f in edit.items()} for edit in edits]
    tolerance = [0.0] * len(edits)
    for i in range(n):
        change = round(100 * (values[i] - old[i]) / old[i], 1)
        edits.append({i: 1.0, n + i: -(1 + change / 100), 2 * n + i: 1.0})
        tolerance.append(0.0005 * old[i] + 1e-6)
    pseudo = tuple(range(2 * n, 3 * n))
    return [*values, *old, *[0.0] * n], edits, tolerance, pseudo


def test_area_sums_end_the_tie_that_one_row_leaves() -> None:
    values, edits = force()
    wrong = cell(1, 2)
    values[wrong] += 90
    alone = system(values, edits[2:4])
    assert sets(alone) == [{(cell(1, 0),), (wrong,)}]
    repair = only_repair(system(values, edits))
    assert repair.cells == (wrong,)
    assert repair.values == (values[wrong] - 90,)


def test_a_cell_is_not_proposed_if_its_change_would_break_a_satisfied_edit() -> None:
    values, edits = force()
    values[cell(0, 0)] += 7
    values[cell(3, 0)] += 7  # the column still adds up, both rows do not
    components = localise(system(values, edits))
    assert [{repair.cells for repair in component.repairs} for component in components] == [
        {(cell(0, 0), cell(3, 0)), (cell(0, 2), cell(3, 2))}
    ]
    assert components[0].edits == (0, 6)


def test_a_wrong_subtotal_in_two_overlapping_edits_is_found_alone() -> None:
    values, edits = force()
    truth = values[cell(2, 1)]
    values[cell(2, 1)] += 1000
    repair = only_repair(system(values, edits))
    assert (repair.cells, repair.values) == ((cell(2, 1),), (truth,))


def test_two_defects_in_one_row_are_found_together() -> None:
    values, edits = force()
    truth = (values[cell(0, 2)], values[cell(0, 4)])
    values[cell(0, 2)] += 30
    values[cell(0, 4)] -= 11
    found = [c for component in localise(system(values, edits)) for c in component.repairs]
    assert [(c, v) for repair in found for c, v in zip(repair.cells, repair.values, strict=True)] == [
        (cell(0, 2), truth[0]),
        (cell(0, 4), truth[1]),
    ]


def test_two_unrelated_defects_are_two_components() -> None:
    values, edits = force()
    values[cell(0, 2)] += 30
    values[cell(1, 4)] -= 11
    components = localise(system(values, edits))
    assert [[repair.cells for repair in component.repairs] for component in components] == [
        [(cell(0, 2),)],
        [(cell(1, 4),)],
    ]


def test_swapped_neighbouring_cells_are_a_repair_of_two_cells() -> None:
    values, edits, tolerance, pseudo = with_changes(force()[0])
    a, b = cell(1, 3), cell(1, 4)  # both are parts of A: the row still adds up
    truth = values[a], values[b]
    values[a], values[b] = truth[1], truth[0]
    repair = only_repair(system(values, edits, tolerance=tolerance, decimal=pseudo))
    assert (repair.cells, repair.values) == ((a, b), truth)


def test_two_rows_swapped_within_a_force_are_found_whole() -> None:
    values, edits, tolerance, pseudo = with_changes(force()[0])
    truth = list(values)
    # A swap leaves all sums intact; printed changes carry twice the weight of a count here, otherwise
    # "all percentages of both rows are wrong" would be an equally small explanation.
    for m in range(MEASURES):
        values[cell(0, m)], values[cell(1, m)] = truth[cell(1, m)], truth[cell(0, m)]
    weight = {s: 2.0 for s in pseudo} | {c: 2.0 for c in range(len(pseudo), 2 * len(pseudo))}
    repair = only_repair(system(values, edits, tolerance=tolerance, decimal=pseudo, weight=weight))
    assert repair.cells == tuple(range(2 * MEASURES))
    assert repair.values == tuple(truth[: 2 * MEASURES])


def test_a_wrong_percentage_is_found_there_and_not_in_the_counts() -> None:
    values, edits, tolerance, pseudo = with_changes(force()[0])
    n = len(pseudo)
    target = cell(2, 3)
    edit = next(e for e in edits if pseudo[target] in e)
    edit[n + target] -= 0.5  # printed 50 percentage points too high
    repair = only_repair(system(values, edits, tolerance=tolerance, decimal=pseudo))
    assert repair.cells == (pseudo[target],)
    assert repair.lowest[0] < 0.5 * values[n + target] < repair.highest[0]
    assert repair.highest[0] - repair.lowest[0] == pytest.approx(2 * (0.0005 * values[n + target] + 1e-6))


def test_ten_defects_in_one_force_are_all_found() -> None:
    values, edits = force(areas=12)
    truth = list(values)
    planted = [cell(a, 2 + a % 4) for a in range(10)]
    for i, c in enumerate(planted):
        values[c] += 101 + 13 * i * i
    found = localise(system(values, edits))
    assert all(component.complete and len(component.repairs) == 1 for component in found)
    proposals = {
        c: v
        for component in found
        for c, v in zip(component.repairs[0].cells, component.repairs[0].values, strict=True)
    }
    assert proposals == {c: truth[c] for c in planted}


# -- suppressed cells and tolerance


@pytest.mark.parametrize(
    ("printed_total", "is_broken"), [(10, True), (11, False), (15, False), (16, True), (4, True)]
)
def test_an_edit_with_a_suppressed_part_is_broken_only_if_no_admissible_value_saves_it(
    printed_total: float, is_broken: bool
) -> None:
    of = system([printed_total, 10, np.nan], [total(0, [1, 2])], free={2: (1, 5)}, upper=50)
    assert broken_edits(of).tolist() == ([0] if is_broken else [])


def test_a_suppressed_cell_is_never_accused_and_leaves_an_interval() -> None:
    of = system([30, 10, np.nan], [total(0, [1, 2])], free={2: (1, 5)}, upper=50)
    (component,) = localise(of)
    assert component.repairs == (
        Repair((0,), (13.0,), (11.0,), (15.0,)),
        Repair((1,), (27.0,), (25.0,), (29.0,)),
    )


def test_an_unbounded_suppressed_cell_makes_an_edit_undecidable() -> None:
    of = system([30, 10, np.nan], [total(0, [1, 2])], free={2: (-np.inf, np.inf)}, upper=50)
    assert localise(of) == []


def test_errors_within_the_rounding_tolerance_cannot_be_seen() -> None:
    values, edit = [105.0, 50.0, 60.0], [total(0, [1, 2])]
    assert localise(system(values, edit, tolerance=[5])) == []
    assert len(localise(system(values, edit, tolerance=[4]))) == 1


def test_sums_of_decimals_are_not_broken_by_binary_rounding() -> None:
    of = system([0.3, 0.1, 0.2], [total(0, [1, 2])], decimal=(0, 1, 2))
    assert localise(of) == []


# -- weights, bounds, limits


def test_a_reliable_cell_is_not_changed_while_lighter_cells_explain_the_error() -> None:
    of = system([30, 10, 15], [total(0, [1, 2])], weight={0: 3.0})
    assert sets(of) == [{(1,), (2,)}]


@pytest.mark.parametrize(
    ("weight_of_the_total", "expected"),
    [
        (1.5, {(0,)}),
        (2.0, {(0,), (1, 3), (1, 4), (2, 3), (2, 4)}),
        (2.5, {(1, 3), (1, 4), (2, 3), (2, 4)}),
    ],
)
def test_two_light_cells_are_weighed_against_one_heavy_cell(
    weight_of_the_total: float, expected: set[tuple[int, ...]]
) -> None:
    edits = [total(0, [1, 2]), total(0, [3, 4])]  # 30 stands above 10 + 15 and above 11 + 14
    assert sets(system([30, 10, 15, 11, 14], edits, weight={0: weight_of_the_total})) == [expected]


def test_a_count_cannot_be_repaired_below_zero() -> None:
    of = system([3, 10, 15], [total(0, [1, 2])])
    assert sets(of) == [{(0,)}]  # 3 - 10 and 3 - 15 are no counts


def test_contradicting_edits_end_with_no_repair_and_say_the_search_was_complete() -> None:
    of = system([5, 5], [{0: 1.0, 1: 1.0}, {0: 2.0, 1: 1.0}], upper=9)
    of = dataclasses.replace(of, lower=np.array([1.0, 1.0]))
    (component,) = localise(of)
    assert component.repairs == ()
    assert component.complete


def test_a_capped_list_of_ties_says_that_it_is_incomplete() -> None:
    values, edits = force()
    values[cell(0, 0)] += 7
    values[cell(3, 0)] += 7
    (component,) = localise(system(values, edits), max_ties=1)
    assert len(component.repairs) == 1
    assert not component.complete


def test_no_work_left_is_never_shown_as_complete() -> None:
    values, edits = force()
    values[cell(0, 0)] += 7
    values[cell(3, 0)] += 7
    (component,) = localise(system(values, edits), steps=0.0)
    assert component.repairs == ()
    assert not component.complete


def test_populations_of_ten_million_do_not_hide_a_small_error() -> None:
    of = system(
        [31_000_007, 10_000_000, 20_000_000, 1_000_000, 10_000_003, 20_000_000],
        [total(0, [1, 2, 3]), total(4, [1]), {5: 1.0, 2: -1.0}],
    )
    (component,) = localise(of)
    assert {r.cells: r.values for r in component.repairs} == {
        (0, 1): (31_000_003.0, 10_000_003.0),
        (0, 4): (31_000_000.0, 10_000_000.0),
        (1, 3): (10_000_003.0, 1_000_004.0),
        (1, 4): (10_000_007.0, 10_000_007.0),
        (3, 4): (1_000_007.0, 10_000_000.0),
    }


def test_five_defects_among_315_areas_take_two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """One model to find the repair and one to know that there is no other, however many areas there are."""
    solved: list[int] = []

    def chosen(
        cover: Cover,
        room: Room,
        watched: set[int],
        effort: Effort,
        *,
        with_changes: bool,
        among: frozenset[int] | None = None,
    ) -> Choice:
        solved.extend([len(watched)] if with_changes else [])
        return original(cover, room, watched, effort, with_changes=with_changes, among=among)

    original = Cover.chosen
    monkeypatch.setattr(localise_module, "least_by_parts", lambda *_: None)
    monkeypatch.setattr(Cover, "chosen", chosen)
    values, edits = force(areas=315)
    for a, m, error in ((3, 2, 400), (77, 5, -31), (140, 1, 90), (200, 2, 55), (314, 0, 1000)):
        values[cell(a, m)] += error
    components = localise(system(values, edits))
    assert sorted(c for component in components for c in component.repairs[0].cells) == [
        cell(3, 2),
        cell(77, 5),
        cell(140, 1),
        cell(200, 2),
        cell(314, 0),
    ]
    assert len(solved) == 2
    # Of 638 edits only those that are broken, or that a repair might break.
    assert max(solved) < 20


def two_forces() -> EditSystem:
    """Two forces that share nothing; in each the totals of some areas and of the force are wrong together."""
    values, edits = force(areas=9)
    for a in range(3):
        values[cell(a, 0)] += 7 + a
    values[cell(9, 0)] += 7 + 8 + 9
    n, (few, few_edits) = len(values), force()
    few[cell(0, 0)] += 7
    few[cell(3, 0)] += 7
    return system([*values, *few], edits + [{c + n: f for c, f in edit.items()} for edit in few_edits])


def test_small_components_are_searched_first_and_a_hard_one_leaves_time_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[tuple[int, float]] = []

    def search(room: Room, watched: set[int], max_ties: int, effort: Effort) -> tuple[list[Repair], Proof]:
        searched.append((len(watched), effort.steps))
        return original(room, watched, max_ties, effort)

    original = localise_search.search
    monkeypatch.setattr(localise_module, "least_by_parts", lambda *_: None)
    monkeypatch.setattr(localise_search, "search", search)
    assert all(component.complete for component in localise(two_forces(), steps=10_000))
    (small, first), (large, last) = searched
    assert small < large
    assert first == 5000
    assert last > 5000  # what the small one left


def test_component_that_used_up_its_time_leaves_the_other_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(room: Room, watched: set[int], max_ties: int, effort: Effort) -> tuple[list[Repair], Proof]:
        hard = len(watched) > 8
        return ([], Proof("step_limit", "solver")) if hard else original(room, watched, max_ties, effort)

    original = localise_search.search
    monkeypatch.setattr(localise_module, "least_by_parts", lambda *_: None)
    monkeypatch.setattr(localise_search, "search", search)
    found = {component.complete: len(component.repairs) for component in localise(two_forces())}
    assert found == {False: 0, True: 2}


def test_trial_of_a_set_of_cells_that_has_nothing_left_is_not_a_refusal() -> None:
    of = system([30, 10, 15], [total(0, [1, 2])], tolerance=[3])
    assert isinstance(tried(of.room, (0, 1), Effort(100)), Repair)
    with pytest.raises(EffortSpent, match="step_limit"):
        tried(of.room, (0, 1), Effort(0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": np.array([1.0, np.nan, 2.0])}, "printed number"),
        ({"weight": np.array([1.0, 0.0, 1.0])}, "weight"),
        ({"tolerance": np.array([-1.0])}, "tolerance"),
        ({"lower": np.array([0.0, 99.0, 0.0])}, "lower"),
        ({"upper": np.array([9.0, 9.0])}, "shape"),
    ],
)
def test_an_impossible_system_is_refused_with_a_reason(change: dict[str, Any], words: str) -> None:
    good = system([3, 1, 2], [total(0, [1, 2])])
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(good, **change)


# -- against exhaustive search


def exhaustive(of: EditSystem) -> set[tuple[int, ...]]:
    """Every least-weight set of cells for which some whole numbers inside the bounds satisfy all edits."""
    printed = [i for i in range(len(of.values)) if not of.free[i]]
    matrix = of.edits.toarray()
    hidden = np.flatnonzero(of.free)
    ends = np.stack([matrix[:, hidden] * of.lower[hidden], matrix[:, hidden] * of.upper[hidden]])
    low, high = ends.min(0).sum(1), ends.max(0).sum(1)
    best = np.inf
    found: set[tuple[int, ...]] = set()
    candidates = chain.from_iterable(combinations(printed, k) for k in range(len(printed) + 1))
    for chosen in sorted(candidates, key=lambda cells: of.weight[list(cells)].sum()):
        weight = of.weight[list(chosen)].sum()
        if weight > best + 1e-9:
            break
        ranges = [range(int(of.lower[i]), int(of.upper[i]) + 1) for i in chosen]
        grid = np.array(list(product(*ranges)), dtype=float).reshape(prod(map(len, ranges)), len(chosen))
        x = np.tile(np.where(of.free, 0.0, of.values), (len(grid), 1))
        x[:, list(chosen)] = grid
        sums = x @ matrix.T
        if ((sums + low <= of.tolerance + 1e-9) & (sums + high >= -of.tolerance - 1e-9)).all(axis=1).any():
            best, found = weight, found | {chosen}
    return found


@st.composite
def small_systems(draw: st.DrawFn) -> EditSystem:
    n, m = draw(st.integers(2, 8)), draw(st.integers(1, 6))
    factor = st.sampled_from([0, 0, 0, 0, 1, 1, -1, -1, 2])
    edits = draw(st.lists(st.lists(factor, min_size=n, max_size=n), min_size=m, max_size=m))
    weights = draw(st.sampled_from([[1.0], [1.0, 2.0, 3.0]]))

    def of(choices: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(choices, min_size=n, max_size=n))

    return EditSystem(
        np.array(of(st.integers(0, 3)), dtype=float),
        np.zeros(n),
        np.full(n, 3.0),
        np.array(of(st.sampled_from(weights))),
        np.array(of(st.sampled_from([False] * 5 + [True]))),
        np.ones(n, dtype=bool),
        csr_array(np.array(edits, dtype=float)),
        np.array(draw(st.lists(st.sampled_from([0.0, 0.0, 1.0]), min_size=m, max_size=m))),
    )


@given(small_systems())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_least_repairs_are_those_of_an_exhaustive_search(of: EditSystem) -> None:
    components = localise(of, max_ties=2000)
    assert all(component.complete for component in components)
    combined = product(*(component.repairs for component in components))
    assert {tuple(sorted(c for r in choice for c in r.cells)) for choice in combined} == exhaustive(of)


@given(small_systems())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_proposed_values_satisfy_every_edit(of: EditSystem) -> None:
    for choice in product(*(component.repairs[:2] for component in localise(of))):
        repaired = of.values.copy()
        for repair in choice:
            repaired[list(repair.cells)] = repair.values
            assert all(
                low <= v <= high
                for low, v, high in zip(repair.lowest, repair.values, repair.highest, strict=True)
            )
        assert broken_edits(dataclasses.replace(of, values=repaired)).size == 0


# -- every magnitude


def magnitude_table(chance: Random, magnitude: int, errors: list[tuple[int, int, int]]) -> EditSystem:
    """3 by 3 counts with their totals, of a magnitude, with errors at (row, column)."""
    inner = np.array([[chance.randint(magnitude, 2 * magnitude) for _ in range(3)] for _ in range(3)])
    full = np.zeros((4, 4))
    full[:3, :3], full[3, :3], full[:3, 3], full[3, 3] = inner, inner.sum(0), inner.sum(1), inner.sum()
    for row, column, error in errors:
        full[row, column] = max(full[row, column] + error, 0)
    edits = [total(4 * i + 3, [4 * i, 4 * i + 1, 4 * i + 2]) for i in range(4)]
    edits += [total(12 + i, [i, 4 + i, 8 + i]) for i in range(4)]
    return system(full.ravel().tolist(), edits, upper=10 * full.max())


def by_trial_of_every_set(of: EditSystem, scale: float = 1.0) -> set[tuple[int, ...]]:
    """Least-weight sets by reckoning in fractions: exact at any magnitude. Edits must be exact and bounds far."""
    matrix = [[Fraction(int(v)) for v in row] for row in of.edits.toarray()]
    values = [Fraction(round(v * scale)) for v in of.values]
    wanted = [-sum((f * v for f, v in zip(row, values, strict=True)), Fraction(0)) for row in matrix]
    for size in range(len(values) + 1):
        found = {c for c in combinations(range(len(values)), size) if solvable(matrix, wanted, c)}
        if found:
            return found
    raise AssertionError("no set of cells repairs the table")


def solvable(matrix: list[list[Fraction]], wanted: list[Fraction], cells: tuple[int, ...]) -> bool:
    rows = [[row[c] for c in cells] + [w] for row, w in zip(matrix, wanted, strict=True)]
    for place in range(len(cells)):
        pivot = next((row for row in rows if row[place] and not any(row[:place])), None)
        if pivot is None:
            continue
        for row in rows:
            if row is not pivot and row[place]:
                factor = row[place] / pivot[place]
                row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return all(any(row[:-1]) or not row[-1] for row in rows)


ERRORS = st.tuples(
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from([1, -1, 1, -1, 2, 9, 90, -900, 12_345, -100_000, 5_000_001]),
)


def combined(of: EditSystem) -> set[tuple[int, ...]]:
    components = localise(of, max_ties=2000, steps=1e6)
    assert all(component.complete and component.proof.gap in (0.0, None) for component in components)
    choices = product(*(component.repairs for component in components))
    return {tuple(sorted(c for r in choice for c in r.cells)) for choice in choices}


@given(
    st.randoms(use_true_random=False),
    st.sampled_from([100, 10_000, 100_000, 1_000_000, 10_000_000, 60_000_000]),
    st.lists(ERRORS, min_size=1, max_size=3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_least_repairs_are_those_of_an_exhaustive_search_at_every_magnitude(
    chance: Random, magnitude: int, errors: list[tuple[int, int, int]]
) -> None:
    of = magnitude_table(chance, magnitude, [e for e in errors if abs(e[2]) * 5 < magnitude])
    assert combined(of) == by_trial_of_every_set(of)


@given(st.randoms(use_true_random=False), st.lists(ERRORS, min_size=1, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_least_repairs_of_rates_with_a_decimal_are_those_of_an_exhaustive_search(
    chance: Random, errors: list[tuple[int, int, int]]
) -> None:
    whole = magnitude_table(chance, 1_000_000, [e for e in errors if abs(e[2]) < 200_000])
    of = dataclasses.replace(
        whole, values=whole.values / 10, integer=np.zeros(16, dtype=bool), lower=np.full(16, -np.inf)
    )
    assert combined(of) == by_trial_of_every_set(of, scale=10)


@pytest.mark.parametrize("magnitude", [1_000, 100_000, 10_000_000, 60_000_000])
def test_repairs_do_not_depend_on_the_magnitude_of_the_cells(magnitude: int) -> None:
    """Three cells off by one: with large cells sets of three used to be called as small as sets of two."""
    for seed in range(6):
        errors = [(seed % 3, 0, 1), (1, seed % 2 + 1, -1), (3, 3, 1)]
        large = combined(magnitude_table(Random(seed), magnitude, errors))
        assert large == combined(magnitude_table(Random(seed), 50, errors))
        assert len({len(cells) for cells in large}) == 1


@pytest.mark.parametrize("limit", ["SEARCH_PROGRAMME_STEPS", "steps"])
def test_programme_that_is_too_large_for_the_solver_is_not_begun(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Found by changed files: rows of a table that were mixed made programmes that the solver needed minutes for."""
    of = magnitude_table(Random(1), 50, [(0, 0, 1), (1, 1, -1), (2, 3, 4)])
    asked = []
    monkeypatch.setattr(covers, "solve", lambda *_, **__: asked.append(1))
    monkeypatch.setattr(localise_module, "least_by_parts", lambda *_: None)
    if limit != "steps":
        monkeypatch.setattr(covers, limit, 3.0)
    ended = localise(of, steps=3.01 if limit == "steps" else 4000.0)
    assert {component.proof.status for component in ended} == {"step_limit"}
    assert asked == []


def test_solver_gets_fewer_nodes_the_more_cells_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    of = magnitude_table(Random(1), 50, [(0, 0, 1), (1, 1, -1)])
    nodes = []
    original = solver.solve

    def solve(cost: Any, *, options: dict[str, Any], **model: Any) -> Any:
        nodes.append(options["node_limit"])
        return original(cost, options=options, **model)

    monkeypatch.setattr(localise_module, "least_by_parts", lambda *_: None)
    monkeypatch.setattr(covers, "solve", solve)
    usual = localise(of)
    assert max(nodes) <= SEARCH_CELL_NODES // 2
    nodes.clear()
    monkeypatch.setattr(covers, "SEARCH_CELL_NODES", 10)
    assert localise(of) == usual
    assert max(nodes) <= 5 and min(nodes) >= 1


def test_proof_is_a_part_of_the_answer() -> None:
    of = magnitude_table(Random(1), 100_000, [(0, 0, 1), (1, 1, -1)])
    (component,) = localise(of)
    assert (component.proof.status, component.proof.gap, component.proof.weight) == ("optimal", 0.0, 2.0)
    (single,) = localise(magnitude_table(Random(1), 100_000, [(0, 0, 1)]))
    assert (single.proof.method, single.proof.gap, single.proof.weight) == ("deduced", 0.0, 1.0)
    (ended,) = localise(of, steps=0.0)
    assert (ended.complete, ended.repairs, ended.proof.status) == (False, (), "step_limit")


def test_a_set_that_is_too_small_says_what_else_must_change() -> None:
    of = magnitude_table(Random(1), 100_000, [(0, 0, 1), (1, 1, -1)])
    answer = tried(of.room, (0,), Effort(100))
    assert isinstance(
        answer, Repair
    )  # the edits around it are repaired; those of the other error are not its business
    answer = tried(of.room, (1,), Effort(100))
    assert isinstance(answer, Refusal)
    assert answer.cells
    assert 1 not in answer.cells
