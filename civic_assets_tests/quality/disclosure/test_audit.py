"""What can be told of hidden counts, and what must be withheld so that it cannot."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.house_numbers.disclosure import SAFE_RANGE_LEAST, SAFE_RANGE_WIDTH
from civic_assets.quality.disclosure import linear_programme
from civic_assets.quality.disclosure.audit import ranges
from civic_assets.quality.disclosure.hidden_cells import HiddenCells, together
from civic_assets.quality.disclosure.secondary_suppression import NOT_OURS, secondary, worsened
from civic_assets_tests.quality.disclosure.hidden_systems import one_by_one, system

# Violence against the person in Islington, year ending December 2021: homicide, illegal driving, with injury, without
# injury, stalking and harassment.
VIOLENCE, TOTAL = (3, 0, 2056, 2598, 1966), 6623
HOMICIDE, DRIVING, STALKING = 0, 1, 4


def _violence(hidden: set[int], audited: int = HOMICIDE) -> HiddenCells:
    """The parts add up to the printed total; those that are not hidden are printed."""
    printed = [({cell: 1.0}, value, value) for cell, value in enumerate(VIOLENCE) if cell not in hidden]
    return system([(dict.fromkeys(range(5), 1.0), TOTAL, TOTAL), *printed], 5, [audited])


def test_homicide_hidden_alone_follows_from_its_total() -> None:
    found = ranges(_violence({HOMICIDE}))
    assert found.recovered[HOMICIDE]
    assert (found.low[HOMICIDE], found.high[HOMICIDE]) == (3, 3)


def test_homicide_with_a_zero_lies_between_0_and_3_which_is_too_narrow() -> None:
    found = ranges(_violence({HOMICIDE, DRIVING}))
    assert (found.low[HOMICIDE], found.high[HOMICIDE]) == (0, 3)
    assert found.narrow[HOMICIDE]
    assert not found.recovered[HOMICIDE]


def test_homicide_with_stalking_is_safe() -> None:
    found = ranges(_violence({HOMICIDE, STALKING}))
    assert (found.low[HOMICIDE], found.high[HOMICIDE]) == (0, 1969)
    assert found.safe[HOMICIDE]


def test_greedy_suppression_protects_homicide_with_one_large_figure_and_gives_back_the_zero() -> None:
    rows = _violence({HOMICIDE})
    figure_of = np.array([NOT_OURS, 0, 1, 2, 3])
    cost = np.array([1.0, 2056, 2598, 1966])  # the zero is the cheapest, and protects nobody
    withheld = secondary(rows, figure_of, cost)
    assert withheld.tolist() == [False, False, False, True]


def test_range_of_one_or_two_that_the_publisher_states_is_safe_until_it_is_one_value() -> None:
    pair = {0: 1.0, 1: 1.0}
    assert ranges(system([(pair, 3, 3)], 2, [0, 1], lower=1, upper=2, stated=1)).safe.all()
    assert ranges(system([(pair, 4, 4)], 2, [0, 1], lower=1, upper=2, stated=1)).recovered.all()


def test_range_that_holds_one_whole_number_gives_it_away() -> None:
    # A percentage of 2.0 of 151 people, within half a unit of its decimal, is three people.
    found = ranges(system([({0: 100.0}, 1.95 * 151, 2.05 * 151)], 1, [0]))
    assert found.recovered[0]


def test_rows_that_contradict_each_other_tell_nothing() -> None:
    rows = [({0: 1.0, 1: 1.0}, 5, 5), ({0: 1.0, 1: 1.0}, 9, 9), ({2: 1.0}, 4, 4)]
    found = ranges(system(rows, 3, [0, 1, 2]))
    assert found.contradictory.tolist() == [True, True, False]
    assert found.recovered.tolist() == [False, False, True]


def test_equal_components_are_judged_alike() -> None:
    rows = [({2 * n: 1.0, 2 * n + 1: 1.0}, 4, 4) for n in range(40)]
    found = ranges(system(rows, 80, range(80)))
    assert found.narrow.all()
    assert (found.high - found.low == 4).all()


def test_cells_of_one_name_are_one_cell() -> None:
    first = system([({0: 1.0, 1: 1.0}, 9, 9)], 2, [0])
    second = system([({1: 1.0}, 7, 7)], 2, [0])
    joined = together([first, second])
    assert joined.names.tolist() == [0, 1]
    assert ranges(joined).low[0] == 2
    assert ranges(joined).recovered[0]


@st.composite
def tables(draw: st.DrawFn) -> tuple[HiddenCells, np.ndarray]:
    """A table of true counts with row and column sums, some cells hidden; and the true counts of the hidden ones."""
    height, width = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    truth = np.array(draw(st.lists(st.integers(0, 12), min_size=height * width, max_size=height * width)))
    hidden = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width).filter(any))
    cells = [cell for cell, flag in enumerate(hidden) if flag]
    place = {cell: number for number, cell in enumerate(cells)}
    grid = np.arange(height * width).reshape(height, width)
    lines = [*grid, *grid.T]
    shown = draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    room = draw(st.sampled_from([0, 2]))
    rows = [
        ({place[cell]: 1.0 for cell in line.tolist() if cell in place}, *_ends(truth, line, place, room))
        for line, flag in zip(lines, shown, strict=True)
        if flag and any(cell in place for cell in line.tolist())
    ]
    return system(rows, len(cells), range(len(cells))), truth[cells]


def _ends(truth: np.ndarray, line: np.ndarray, place: dict[int, int], room: int) -> tuple[float, float]:
    total = float(sum(truth[cell] for cell in line.tolist() if cell in place))
    return total - room, total + room


@settings(max_examples=150, deadline=None)
@given(tables())
def test_audit_agrees_with_two_programmes_for_each_cell(drawn: tuple[HiddenCells, np.ndarray]) -> None:
    hidden, truth = drawn
    found = ranges(hidden)
    low, high = one_by_one(hidden)
    low, high = np.ceil(low - 1e-6), np.floor(high + 1e-6)
    assert not found.contradictory.any()
    assert (found.recovered == (high - low < 0.5)).all()
    assert (found.safe == ((high - low >= SAFE_RANGE_WIDTH) & (low <= SAFE_RANGE_LEAST))).all()
    assert ((found.low >= low - 1e-6) & (found.high <= np.minimum(high, 1e7) + 1e-6)).all()
    told = found.inadequate
    assert (found.low[told] == low[told]).all()
    assert (found.high[told] == high[told]).all()
    assert ((low <= truth) & (truth <= high)).all()


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_after_secondary_suppression_no_hidden_cell_is_known_better(
    drawn: tuple[HiddenCells, np.ndarray], data: st.DataObject
) -> None:
    hidden, truth = drawn
    rows = [
        (dict(zip(line.indices.tolist(), line.data.tolist(), strict=True)), low, high)
        for line, low, high in zip(
            (hidden.rows[[row]] for row in range(hidden.rows.shape[0])), hidden.low, hidden.high, strict=True
        )
    ]
    subsets = data.draw(
        st.lists(st.sets(st.integers(0, len(truth) - 1), min_size=1), min_size=1, max_size=4),
        label="our sums",
    )
    ours = [(dict.fromkeys(subset, 1.0), *(float(truth[list(subset)].sum()),) * 2) for subset in subsets]
    full = system([*rows, *ours], len(truth), range(len(truth)))
    figure_of = np.array([NOT_OURS] * len(rows) + list(range(len(ours))))
    cost = np.array([high for *_, high in ours]) + 1
    withheld = secondary(full, figure_of, cost)
    kept = [row for row, gone in zip(ours, withheld, strict=True) if not gone]
    base = ranges(system(rows, len(truth), range(len(truth))))
    after = ranges(system([*rows, *kept], len(truth), range(len(truth))))
    assert not (after.recovered & ~base.recovered).any()
    assert not worsened(base, after).any()
    for number in np.flatnonzero(withheld).tolist():  # none is withheld that could stay
        back = ranges(system([*rows, *kept, ours[number]], len(truth), range(len(truth))))
        assert worsened(base, back).any()


@pytest.mark.parametrize("cells", [3000])
def test_thousands_of_hidden_cells_take_seconds(cells: int) -> None:
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 9, cells)
    lines = [range(start, start + 6) for start in range(0, cells, 6)]
    lines += [range(start, start + 120, 20) for start in range(0, cells - 120, 120)]
    rows = [(dict.fromkeys(line, 1.0), *(float(truth[list(line)].sum()),) * 2) for line in lines]
    found = ranges(system(rows, cells, range(cells)))
    assert (found.recovered | found.narrow | found.safe).all()


def test_range_that_the_solver_did_not_prove_is_not_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that gives up says nothing of a cell, and a cell of which nothing is said is not safe."""
    pairs = [({0: 1.0, 1: 1.0, 2: 1.0}, 2000, 2000), ({0: 1.0, 1: 1.0, 3: 1.0}, 1500, 1500)]
    rows = system(pairs, 4, [0, 1])
    assert ranges(rows).safe[[0, 1]].all()

    def gives_up(cost: object, **model: object) -> object:
        return SimpleNamespace(status=1, x=np.zeros(4), message="limit reached")

    monkeypatch.setattr(linear_programme, "solve_linear", gives_up)
    found = ranges(rows)
    assert not found.safe.any()
    assert found.inadequate[[0, 1]].all()
