"""Trying one set of cells: the values with which they repair everything, or why they cannot.

Belongs here: what a given set of cells may hold, and the proof that a set is too small. Does not belong here: which
sets are tried (`localise_search`).

All of it is reckoned in differences from what is printed, so that the numbers are as large as the errors, and a
population of sixty million is not harder than a count of ten. A set that cannot repair the edits around it is refused
with a reason: a combination of edits (Farkas) that no values of its cells satisfy. At least one other cell of that
combination must change; that is a statement about sets of cells alone, which holds whatever the magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from civic_assets.house_numbers.arithmetic import ONE_VALUE_WIDTH
from civic_assets.house_numbers.localisation import (
    CANCELLED_SHARE,
    LACKING_NOISE,
    NEAR_A_FRACTION,
    SEARCH_NODES,
    SIMPLE_FRACTION,
)
from civic_assets.quality.equations.edit_system import Floats, Indices, Repair, Room, one_cell
from civic_assets.quality.localisation.search_effort import Effort, EffortSpent
from civic_assets.quality.localisation.solver import INFEASIBLE, OPTIMAL, STOPPED, solve, solve_linear


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a set of cells repairs nothing: one of `cells`, none of which is in it, must change as well.

    Args:
        edits: Those that are combined.
        cells: Which cells, ascending; empty if no change of cells helps.
    """

    edits: tuple[int, ...]
    cells: tuple[int, ...]


def tried(room: Room, cells: tuple[int, ...], effort: Effort) -> Repair | Refusal:
    """The repair by `cells` alone, or why there is none.

    Args:
        room: The system.
        cells: Cells that may change, ascending; all others keep their printed values.
        effort: Budget.

    Raises:
        EffortSpent: It could not be decided.
    """
    effort.spend(1)
    touched = room.edits_of(cells)
    repair = _determined(room, cells, touched)
    if isinstance(repair, Repair):
        return repair
    refusal = _refused(room, cells, touched)
    if refusal is not None:
        return refusal
    repair = fitted(room, cells, effort)
    if repair is not None:
        return repair
    # No whole numbers fit, although decimals would: some other cell of these edits must change.
    return _all_others(room, cells, touched)


def _all_others(room: Room, cells: tuple[int, ...], touched: Indices) -> Refusal:
    others = np.setdiff1d(room.cells_of(touched), np.array(cells))
    return Refusal(tuple(touched.tolist()), tuple(others.tolist()))


def _determined(room: Room, cells: tuple[int, ...], touched: Indices) -> Repair | None:
    """The repair where the exact edits leave no choice of values and it is valid."""
    system, at = room.system, list(cells)
    exact = touched[room.exact[touched]]
    if len(exact) < len(at):
        return None
    block = room.by_edit[touched][:, at].toarray()
    chosen = room.exact[touched]
    middle = (room.edit_low[touched] + room.edit_high[touched]) / 2
    change, _, rank, _ = np.linalg.lstsq(block[chosen], middle[chosen], rcond=None)
    if rank < len(at):
        return None
    value = system.values[at] + change
    value = np.where(system.integer[at], np.round(value), np.round(value, 9))
    moved = block @ (value - system.values[at])
    slack = ONE_VALUE_WIDTH * np.abs(block).max(
        axis=1
    )  # never relative to values: 1e-7 of a population is a person
    low, high = room.edit_low[touched] - slack, room.edit_high[touched] + slack
    fits = (moved >= low).all() and (moved <= high).all()
    inside = (value >= system.lower[at] - ONE_VALUE_WIDTH).all() and (
        value <= system.upper[at] + ONE_VALUE_WIDTH
    ).all()
    whole = tuple(float(v) for v in value)
    return Repair(cells, whole, whole, whole) if fits and inside else None


def _refused(room: Room, cells: tuple[int, ...], touched: Indices) -> Refusal | None:
    """Why no values of the cells satisfy the edits that touch them; None when some (perhaps no whole ones) do.

    The linear programme gives each edit as much slack as it needs, at a price of one; its duals are the multipliers
    of the combination that cannot hold.
    """
    from scipy.sparse import csr_array, eye_array, hstack

    at = np.array(cells, dtype=np.int64)
    block = csr_array(room.by_edit[touched][:, at])
    size = abs(block).max(axis=1).toarray().ravel()
    block = csr_array(block.multiply(1 / size[:, None]))
    low, high = room.edit_low[touched] / size, room.edit_high[touched] / size
    least, most = room.cell_low[at], room.cell_high[at]
    up, down = block.maximum(0), block.minimum(0)
    with np.errstate(invalid="ignore"):
        reach = up @ least + down @ most, up @ most + down @ least
    # An end that the cells cannot cross says nothing, and may be as far away as ten times the largest figure.
    above, below = ~(reach[1] <= high), ~(reach[0] >= low)
    m, k = block.shape
    slack = eye_array(m, format="csr")
    rows = [hstack([block, -slack])[above], hstack([-block, -slack])[below]]
    limits = np.concatenate([high[above], -low[below]])
    if not len(limits):
        return None
    from scipy.sparse import vstack

    bounds = np.concatenate([np.stack([least, most], axis=1), np.tile([0.0, np.inf], (m, 1))])
    found = solve_linear(
        np.concatenate([np.zeros(k), np.ones(m)]), A_ub=vstack(rows).tocsr(), b_ub=limits, bounds=bounds
    )
    if found.status != OPTIMAL:
        return _all_others(room, cells, touched) if found.status == INFEASIBLE else None
    if found.fun <= LACKING_NOISE:
        return None
    multiplier = np.zeros(m)
    multiplier[above] = found.ineqlin.marginals[: above.sum()]
    multiplier[below] -= found.ineqlin.marginals[above.sum() :]
    return _combined(room, at, touched, multiplier / size) or _all_others(room, cells, touched)


def _combined(room: Room, at: Indices, touched: Indices, multiplier: Floats) -> Refusal | None:
    """The refusal by a combination of edits, once it is shown again to be one; None when it is not."""
    largest = np.abs(multiplier).max(initial=0.0)
    if largest == 0:
        return None
    simple = np.round(multiplier / largest * SIMPLE_FRACTION) / SIMPLE_FRACTION
    near = np.abs(simple - multiplier / largest) < NEAR_A_FRACTION
    y = np.where(near, simple, multiplier / largest)
    used = np.flatnonzero(y)
    edits = touched[used]
    part = room.by_edit[edits]
    sums, sizes = part.T @ y[used], abs(part).T @ np.abs(y[used])
    sums = np.where(np.abs(sums) <= CANCELLED_SHARE * sizes, 0.0, sums)
    low, high = room.edit_low[edits], room.edit_high[edits]
    with np.errstate(invalid="ignore"):
        needed = np.where(y[used] > 0, y[used] * low, y[used] * high).sum()
        ends = np.stack([sums[at] * room.cell_low[at], sums[at] * room.cell_high[at]])
        possible = np.where(sums[at] == 0, 0.0, ends.max(axis=0)).sum()
    if not needed - possible > LACKING_NOISE:
        # The multipliers of an upper end count the other way round.
        with np.errstate(invalid="ignore"):
            needed = np.where(y[used] > 0, y[used] * high, y[used] * low).sum()
            possible = np.where(sums[at] == 0, 0.0, ends.min(axis=0)).sum()
        if not possible - needed > LACKING_NOISE:
            return None
    others = np.setdiff1d(np.flatnonzero(sums), at)
    return Refusal(tuple(edits.tolist()), tuple(others.tolist()))


def fitted(room: Room, cells: tuple[int, ...], effort: Effort) -> Repair | None:
    """As `tried` where the edits leave a choice: the ends for each cell, and values in between.

    Raises:
        EffortSpent: The budget was used up first.
    """
    from scipy.optimize import Bounds, LinearConstraint

    system, at, k = room.system, list(cells), len(cells)
    touched = room.edits_of(cells)
    block = room.by_edit[touched][:, at].toarray()
    size = np.abs(block).max(axis=1)
    block, low, high = block / size[:, None], room.edit_low[touched] / size, room.edit_high[touched] / size
    whole = system.integer[at]
    # Whole numbers stay whole when the origin is whole, and small numbers keep the solver exact.
    origin = np.where(whole, np.floor(system.values[at]), system.values[at])
    shift = block @ (system.values[at] - origin)
    bounds = Bounds(system.lower[at] - origin, system.upper[at] - origin)
    rule = LinearConstraint(block, low + shift, high + shift)
    ends = np.empty((2, k))
    for i in range(k):
        for side, sign in enumerate((1.0, -1.0)):
            result = _solve(effort, sign * np.eye(k)[i], whole.astype(np.int64), bounds, rule)
            if result.status == INFEASIBLE:
                return None
            ends[side, i] = result.x[i] if result.x is not None else -sign * np.inf
    if k == 1:
        return one_cell(system, cells[0], float(origin[0] + ends[0, 0]), float(origin[0] + ends[1, 0]))
    middle = np.clip(0.0, ends[0], ends[1])
    both = np.isfinite(ends).all(axis=0)
    middle[both] = ends[:, both].mean(axis=0)
    eye, nil = np.eye(k), np.zeros((block.shape[0], k))
    result = _solve(  # least total distance from the middles: every edit must hold for the values together
        effort,
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
    same = rows[2] - rows[1] <= ONE_VALUE_WIDTH * np.maximum(1.0, np.abs(rows[0]))
    rows[1:] = np.where(same & ~whole, rows[0], rows[1:])
    value, lowest, highest = (tuple(float(v) for v in row) for row in rows)
    return Repair(cells, value, lowest, highest)


def _solve(effort: Effort, cost: Floats, integrality: Any, bounds: Any, constraints: Any) -> Any:
    """`solve` within a budget.

    Raises:
        EffortSpent: The budget was used up, or the solver stopped at its limit.
    """
    effort.spend(1)
    result = solve(
        cost,
        integrality=integrality,
        bounds=bounds,
        constraints=constraints,
        options={"node_limit": SEARCH_NODES},
    )
    if result.status == STOPPED:
        raise EffortSpent("node_limit")
    return result
