"""The programme that chooses which cells to try: the lightest set that no proof excludes.

Belongs here: the two forms of the model. Does not belong here: where its rows come from (`localise_search`), and trying
what it chooses (`repair_trial`).

The one form speaks of sets of cells alone (one cell of these must change, those sets were found already). The solver
has ones and zeros before it, and its optimum is a bound whatever the magnitude of the figures; but intricate damage
takes hundreds of such statements. The other form has the changes themselves as well, and needs few. There, changes are
reckoned in units of the largest failure and held below a multiple of all failures together, which keeps the solver's
numbers within its precision; a change that large would have to be undone by another as large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from civic_assets.house_numbers.localisation import (
    CHANGE_REACH,
    SAME_WEIGHT,
    SEARCH_CELL_NODES,
    SEARCH_NODES,
    SEARCH_PROGRAMME_STEPS,
)
from civic_assets.quality.equations.edit_system import Flags, Floats, Indices, Room
from civic_assets.quality.localisation.search_effort import Effort, EffortSpent
from civic_assets.quality.localisation.solver import OPTIMAL, solve


@dataclass(frozen=True, slots=True)
class Choice:
    """What the solver chose.

    Args:
        status: As the solver gives it.
        cells: The set, ascending; empty without a solution.
        weight: Weight of the set.
        bound: No set is lighter than this.
    """

    status: int
    cells: tuple[int, ...] = ()
    weight: float = 0.0
    bound: float = -np.inf

    @property
    def proved(self) -> bool:
        """Solved, and bound and weight are one."""
        return self.status == OPTIMAL and self.weight - self.bound <= SAME_WEIGHT


@dataclass(eq=False)
class Cover:
    """Which cells must be chosen among: rows of the model, which grow.

    Args:
        some: Sets of cells of which at least one changes.
        not_all: Sets that are repairs already: not all of their cells again.
    """

    some: list[frozenset[int]]
    not_all: list[frozenset[int]]

    def chosen(
        self,
        room: Room,
        watched: set[int],
        effort: Effort,
        *,
        with_changes: bool,
        among: frozenset[int] | None = None,
    ) -> Choice:
        """The lightest set that the rows allow.

        There is no row that forbids heavier sets than are wanted: that would end each search in an infeasible model,
        and of those the solver is not to be believed at once (`solver.solve`).

        Args:
            room: The system.
            watched: Edits whose cells may be chosen.
            effort: Budget.
            with_changes: The form with changes, over the edits in `watched`.
            among: Cells that may be chosen; all if None.

        Raises:
            EffortSpent: The budget is used up, or the programme is too large for the solver.
        """
        edits = np.array(sorted(watched))
        cells = np.union1d(room.cells_of(edits), np.array(sorted(set().union(*self.some)), dtype=np.int64))
        if among is not None:
            cells = np.intersect1d(cells, np.array(sorted(among), dtype=np.int64))
        steps = 3 + len(cells) * (len(edits) + len(self.some)) / (500.0 if with_changes else 20000.0)
        if steps > SEARCH_PROGRAMME_STEPS:
            raise EffortSpent("step_limit")
        effort.spend(steps)
        k = len(cells)
        rows, low, high = self._rows(cells)
        bounds: list[Floats] = [np.zeros(k), np.ones(k)]
        integrality, cost = np.ones(k), room.system.weight[cells].astype(float)
        if with_changes:
            rows, low, high = _with_changes(room, edits, cells, (rows, low, high))
            far = np.full(k, np.inf)
            bounds = [np.r_[bounds[0], -far], np.r_[bounds[1], far]]
            integrality, cost = np.r_[integrality, np.zeros(k)], np.r_[cost, np.zeros(k)]
        return _solved(cost, integrality, bounds, (rows, low, high), cells, effort)

    def _rows(self, cells: Indices) -> tuple[Any, Floats, Floats]:
        from scipy.sparse import csr_array

        sets = [*self.some, *self.not_all]
        columns = [np.searchsorted(cells, np.array(sorted(one), dtype=np.int64)) for one in sets]
        rows = np.repeat(np.arange(len(sets)), [len(one) for one in columns])
        at = np.concatenate([np.zeros(0, dtype=np.int64), *columns])
        matrix = csr_array((np.ones(len(at)), (rows, at)), shape=(len(sets), len(cells)))
        low = np.r_[np.ones(len(self.some)), np.full(len(self.not_all), -np.inf)]
        high = np.r_[np.full(len(self.some), np.inf), [len(one) - 1.0 for one in self.not_all]]
        return matrix, low, high


def _solved(
    cost: Floats,
    integrality: Floats,
    bounds: Sequence[Floats],
    model: tuple[Any, Floats, Floats],
    cells: Indices,
    effort: Effort,
) -> Choice:
    from scipy.optimize import Bounds, LinearConstraint

    result = solve(
        cost,
        integrality=integrality,
        bounds=Bounds(bounds[0], bounds[1]),
        constraints=LinearConstraint(*model),
        options={"node_limit": max(1, min(SEARCH_NODES, SEARCH_CELL_NODES // max(len(cells), 1)))},
    )
    if result.status != OPTIMAL or result.x is None:
        return Choice(int(result.status))
    taken: Flags = result.x[: len(cells)] > 0.5
    weight = float(cost[: len(cells)][taken].sum())
    bound = weight if result.mip_dual_bound is None else float(result.mip_dual_bound)
    return Choice(OPTIMAL, tuple(cells[taken].tolist()), weight, bound)


def _with_changes(
    room: Room, edits: Indices, cells: Indices, cover: tuple[Any, Floats, Floats]
) -> tuple[Any, Floats, Floats]:
    """The rows with those of the edits: d in {0, 1} and v, with `low_j d_j <= v_j <= high_j d_j`."""
    from scipy.sparse import csr_array, diags_array, hstack, vstack

    k = len(cells)
    matrix = csr_array(room.by_edit[edits][:, cells])
    size = abs(matrix).max(axis=1).toarray().ravel()
    matrix = csr_array(diags_array(1 / size) @ matrix)
    low, high = room.edit_low[edits] / size, room.edit_high[edits] / size
    # An equation, not a sliver as wide as the rounding noise, which the solver would struggle with.
    exact = room.exact[edits]
    low[exact] = high[exact] = (low[exact] + high[exact]) / 2
    failures = np.maximum(np.maximum(low, -high), 0.0)
    unit = float(failures.max(initial=0.0)) or 1.0
    # A cell that is small in all of its edits moves further for the same effect.
    largest = abs(matrix).max(axis=0).toarray().ravel()
    scale = np.where(largest > 0, largest, 1.0)
    scaled = csr_array(matrix @ diags_array(1 / scale))
    smallest = np.minimum.reduceat(np.abs(scaled.data), scaled.indptr[:-1])
    reach = CHANGE_REACH * float((failures / smallest).sum() or unit)
    least, most = (
        np.maximum(room.cell_low[cells] * scale, -reach),
        np.minimum(room.cell_high[cells] * scale, reach),
    )
    least, most = np.minimum(least, 0.0) / unit, np.maximum(most, 0.0) / unit
    far = reach / unit * np.maximum(np.diff(scaled.indptr), 1)
    low, high = low / unit, high / unit
    low, high = np.where(low < -far, -np.inf, low), np.where(high > far, np.inf, high)
    eye = diags_array(np.ones(k))
    blocks = [
        hstack([cover[0], csr_array(cover[0].shape)]),
        hstack([csr_array((len(edits), k)), scaled]),
        hstack([-diags_array(most), eye]),
        hstack([-diags_array(least), eye]),
    ]
    return (
        csr_array(vstack(blocks)),
        np.concatenate([cover[1], low, np.full(k, -np.inf), np.zeros(k)]),
        np.concatenate([cover[2], high, np.zeros(k), np.full(k, np.inf)]),
    )
