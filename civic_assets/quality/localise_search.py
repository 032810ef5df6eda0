"""Repairs of several cells: an integer programme that grows only where it must.

Belongs here: the mixed-integer model of methods section 1 (`scipy.optimize.milp`, HiGHS inside), its
no-good cuts, and the values a given set of cells may take. Does not belong here: detection, one-cell
repairs and which broken edits are solved together (`localise`).

Why the answer is exact although most edits are never in the model: a model with *fewer* edits can only
be cheaper, so each optimum is a lower bound. Its set of cells is then tried against every edit that
touches it. If it stands, it is a true least repair; if not, the edits it would break join the model.
The solver is trusted for bounds only, never for feasibility: with values of 1e7 its tolerance lets a
cell move a little for free (data-cleaning/errorlocate#30), and the trial finds that out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from civic_assets.quality.edit_system import SAME_VALUE, Floats, Indices, Repair, Room, one_cell
from civic_assets.quality.solver import solve

# As scipy numbers them: solved, ended by a limit, without a solution.
_OPTIMAL, _STOPPED, _INFEASIBLE = 0, 1, 2
# Two sums of weights closer than this are a tie.
_SAME_WEIGHT = 1e-6
# An edit counts as broken by a solution beyond this share of the movement: HiGHS works to 1e-7.
_SOLVER_NOISE = 1e-7
# Reach of a cell that neither its bounds nor its edits confine, as a multiple of the figures around it.
_UNCONFINED_REACH = 100.0


@dataclass(frozen=True, eq=False)
class _Cut:
    """At least one cell of `some` changes, or (`some` False) not all cells of `cells` change."""

    cells: frozenset[int]
    some: bool


def search(room: Room, watched: set[int], max_ties: int, deadline: float) -> tuple[list[Repair], bool]:
    """All least-weight sets of cells that repair the broken edits among `watched`.

    Args:
        room: The system.
        watched: Edits in the model; those that a candidate would have broken are added in place.
        max_ties: Stop after this many sets.
        deadline: `time.monotonic()` at which to stop.

    Returns:
        Repairs, and whether they are all. No repair and True: no change of cells satisfies the edits.
    """
    found: list[Repair] = []
    cuts: list[_Cut] = []
    best = np.inf
    while len(found) < max_ties:
        left = deadline - time.monotonic()
        if left <= 0:
            return found, False
        cells = room.cells_of(watched)
        status, chosen, change = _cheapest(room, np.array(sorted(watched)), cells, cuts, best, left)
        if status == _INFEASIBLE:
            return found, True
        if status != _OPTIMAL:
            return found, False
        support = tuple(int(cell) for cell in cells[chosen])
        try:
            repair = fit(room, support, deadline)
        except TimeoutError:
            return found, False
        if repair is not None:
            found.append(repair)
            best = float(room.system.weight[list(support)].sum())
            cuts.append(_Cut(frozenset(support), some=False))
            continue
        touched = room.edits_of(support)
        moved = room.by_edit[touched] @ _scatter(room, cells, change)
        reach = _SOLVER_NOISE * np.maximum(1.0, np.abs(moved))
        harmed = (moved < room.edit_low[touched] - reach) | (moved > room.edit_high[touched] + reach)
        new = set(touched[harmed].tolist()) - watched
        if new:
            watched |= new
            continue
        # Whole numbers or the solver's tolerance: the model believes in a set that the trial refused.
        # Some other cell of the edits around it must change too.
        watched |= set(touched.tolist())
        must = set(touched.tolist()) | {e for e in watched if room.broken[e]}
        cuts.append(_Cut(frozenset(room.cells_of(must).tolist()) - set(support), some=True))
    return found, False


def fit(room: Room, cells: tuple[int, ...], deadline: float) -> Repair | None:
    """Values with which `cells` alone satisfy every edit that touches them, or None.

    Args:
        room: The system.
        cells: Cells that may change, ascending; all others keep their printed values.
        deadline: `time.monotonic()` at which to stop.

    Raises:
        TimeoutError: It could not be decided before the deadline.
    """
    system, at = room.system, list(cells)
    touched = room.edits_of(cells)
    block = room.by_edit[touched][:, at].toarray()
    size = np.abs(block).max(axis=1)
    block, low, high = block / size[:, None], room.edit_low[touched] / size, room.edit_high[touched] / size
    exact = room.exact[touched]
    if np.linalg.matrix_rank(block[exact]) == len(at) if exact.any() else False:
        change = np.linalg.lstsq(block[exact], (low[exact] + high[exact]) / 2, rcond=None)[0]
        value = system.values[at] + change
        value = np.where(system.integer[at], np.round(value), np.round(value, 9))
        moved = block @ (value - system.values[at])
        slack = SAME_VALUE  # never relative to the values: 1e-7 of a population is one person
        fits = (moved >= low - slack).all() and (moved <= high + slack).all()
        inside = (value >= system.lower[at] - slack).all() and (value <= system.upper[at] + slack).all()
        whole = tuple(float(v) for v in value)
        return Repair(cells, whole, whole, whole) if fits and inside else None
    return _fit_interval(room, cells, block, low, high, deadline)


def _fit_interval(
    room: Room, cells: tuple[int, ...], block: Floats, low: Floats, high: Floats, deadline: float
) -> Repair | None:
    """As `fit` where the edits leave a choice: the ends for each cell, and values in between."""
    from scipy.optimize import Bounds, LinearConstraint

    system, at, k = room.system, list(cells), len(cells)
    whole = system.integer[at]
    # Whole numbers stay whole when the origin is whole, and small numbers keep the solver exact.
    origin = np.where(whole, np.floor(system.values[at]), system.values[at])
    shift = block @ (system.values[at] - origin)
    bounds = Bounds(system.lower[at] - origin, system.upper[at] - origin)
    rule = LinearConstraint(block, low + shift, high + shift)
    ends = np.empty((2, k))
    for i in range(k):
        for side, sign in enumerate((1.0, -1.0)):
            result = _solve(deadline, sign * np.eye(k)[i], whole.astype(np.int64), bounds, rule)
            if result.status == _INFEASIBLE:
                return None
            ends[side, i] = result.x[i] if result.x is not None else -sign * np.inf
    if k == 1:
        return one_cell(system, cells[0], float(origin[0] + ends[0, 0]), float(origin[0] + ends[1, 0]))
    middle = np.clip(0.0, ends[0], ends[1])
    both = np.isfinite(ends).all(axis=0)
    middle[both] = ends[:, both].mean(axis=0)
    eye, nil = np.eye(k), np.zeros((block.shape[0], k))
    result = _solve(  # least total distance from the middles: every edit must hold for the values together
        deadline,
        np.r_[np.zeros(k), np.ones(k)],
        np.r_[whole, np.zeros(k)],
        Bounds(np.r_[bounds.lb, np.zeros(k)], np.r_[bounds.ub, np.full(k, np.inf)]),
        [
            LinearConstraint(np.hstack([block, nil]), low + shift, high + shift),
            LinearConstraint(np.hstack([eye, -eye]), -np.inf, middle),
            LinearConstraint(np.hstack([eye, eye]), middle, np.inf),
        ],
    )
    if result.x is None:
        return None
    rows = np.vstack([result.x[:k], ends]) + origin
    rows = np.where(whole, np.round(rows), np.round(rows, 9))
    same = rows[2] - rows[1] <= SAME_VALUE * np.maximum(1.0, np.abs(rows[0]))
    rows[1:] = np.where(same, rows[0], rows[1:])
    value, lowest, highest = (tuple(float(v) for v in row) for row in rows)
    return Repair(cells, value, lowest, highest)


def _solve(deadline: float, cost: Floats, integrality: Any, bounds: Any, constraints: Any) -> Any:
    """`scipy.optimize.milp` until a deadline.

    Raises:
        TimeoutError: The deadline came first.
    """
    left = deadline - time.monotonic()
    if left > 0:
        result = solve(
            cost,
            integrality=integrality,
            bounds=bounds,
            constraints=constraints,
            options={"time_limit": left},
        )
        if result.status != _STOPPED:
            return result
    raise TimeoutError


def _cheapest(
    room: Room, edits: Indices, cells: Indices, cuts: Sequence[_Cut], best: float, seconds: float
) -> tuple[int, Any, Any]:
    """Solve the model: status, which of `cells` change (k,), and by how much (k,).

    Unknowns are d (k,) in {0, 1} and v (k,), the change in units of the largest failure, with
    `low_j d_j <= v_j <= high_j d_j`: the tightest big-M there is, per cell and direction. Whole numbers
    are left to the trial (`fit`), which keeps the model scaled and nearly always changes nothing.
    """
    from scipy.optimize import Bounds, LinearConstraint
    from scipy.sparse import csr_array, diags_array, hstack, vstack

    k = len(cells)
    matrix = room.by_edit[edits][:, cells]
    broken = room.broken[edits]
    size = abs(matrix).max(axis=1).toarray().ravel()
    matrix = csr_array(diags_array(1 / size) @ matrix)
    low, high = room.edit_low[edits] / size, room.edit_high[edits] / size
    # An equation, not a sliver as wide as the rounding noise, which the solver would struggle with.
    exact = room.exact[edits]
    low[exact] = high[exact] = (low[exact] + high[exact]) / 2
    unit = float(np.maximum(low[broken], -high[broken]).max())
    reach_low, reach_high = _reach(room, matrix, cells, low, high)
    eye, nil = diags_array(np.ones(k)), csr_array((len(edits), k))
    cover = csr_array(matrix[broken].astype(bool).astype(np.float64))
    blocks = [
        hstack([nil, matrix]),
        hstack([-diags_array(reach_high / unit), eye]),
        hstack([-diags_array(reach_low / unit), eye]),
        hstack([cover, csr_array(cover.shape)]),
    ]
    lower = [low / unit, np.full(k, -np.inf), np.zeros(k), np.ones(cover.shape[0])]
    upper = [high / unit, np.zeros(k), np.full(k, np.inf), np.full(cover.shape[0], np.inf)]
    for cut in cuts:
        blocks.append(csr_array(np.r_[np.isin(cells, list(cut.cells)), np.zeros(k)][None, :]))
        lower.append(np.array([1.0 if cut.some else -np.inf]))
        upper.append(np.array([np.inf if cut.some else len(cut.cells) - 1.0]))
    weight = room.system.weight[cells]
    if np.isfinite(best):
        blocks.append(csr_array(np.r_[weight, np.zeros(k)][None, :]))
        lower.append(np.array([-np.inf]))
        upper.append(np.array([best + _SAME_WEIGHT]))
    result = solve(
        np.r_[weight, np.zeros(k)],
        integrality=np.r_[np.ones(k), np.zeros(k)],
        bounds=Bounds(np.r_[np.zeros(k), np.full(k, -np.inf)], np.r_[np.ones(k), np.full(k, np.inf)]),
        constraints=LinearConstraint(csr_array(vstack(blocks)), np.concatenate(lower), np.concatenate(upper)),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if result.status != _OPTIMAL or result.x is None:
        return int(result.status), None, None
    return _OPTIMAL, result.x[:k] > 0.5, result.x[k:] * unit


def _reach(room: Room, matrix: Any, cells: Indices, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest change of each cell that its bounds and the edits in the model leave open."""
    least, most = room.cell_low[cells].copy(), room.cell_high[cells].copy()
    entries = matrix.tocoo()
    edit, cell, factor = entries.row, entries.col, entries.data
    # What the other cells of an edit can contribute, with 0 for those that do not change.
    ends = np.stack([factor * np.minimum(least, 0)[cell], factor * np.maximum(most, 0)[cell]])
    down, up = ends.min(0), ends.max(0)
    finite_down, finite_up = np.where(np.isinf(down), 0, down), np.where(np.isinf(up), 0, up)
    sums = [np.bincount(edit, weights=w, minlength=len(low)) for w in (finite_down, finite_up)]
    open_ = [np.bincount(edit, weights=np.isinf(w), minlength=len(low)) for w in (down, up)]
    rest_down = np.where(open_[0][edit] - np.isinf(down) > 0, -np.inf, sums[0][edit] - finite_down)
    rest_up = np.where(open_[1][edit] - np.isinf(up) > 0, np.inf, sums[1][edit] - finite_up)
    implied = np.stack([(low[edit] - rest_up) / factor, (high[edit] - rest_down) / factor])
    np.maximum.at(least, cell, implied.min(0))
    np.minimum.at(most, cell, implied.max(0))
    around = np.abs(room.system.values[cells]).sum() + np.abs(low[np.isfinite(low)]).max(initial=1.0)
    least = np.where(np.isinf(least), -_UNCONFINED_REACH * around, least)
    most = np.where(np.isinf(most), _UNCONFINED_REACH * around, most)
    stuck = least > most  # this cell can't take part in any repair
    return np.where(stuck, 0.0, least), np.where(stuck, 0.0, most)


def _scatter(room: Room, cells: Indices, change: Floats) -> Floats:
    full = np.zeros(room.by_edit.shape[1])
    full[cells] = change
    return full
