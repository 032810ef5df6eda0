"""A repair of many cells found step by step: each changes the cell that satisfies most edits, less those it breaks.

Belongs here: the steps. Does not belong here: whether the repair is a smallest one (`parts`, `search`), which it often
is and need not be.

A wrong count in a table breaks its change, its rate and its sums, and one value of it satisfies all of them. A sum over
areas that a pasted column does not break is broken by the first of these steps and holds again after the last.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from civic_assets.house_numbers.arithmetic import ONE_VALUE_WIDTH
from civic_assets.quality.equations.edit_system import Floats, Indices, Room


def pursued(room: Room, edits: Sequence[int]) -> list[int]:
    """Cells whose change satisfies some broken edits and all edits around them; none if the steps do not get there.

    Args:
        room: The system.
        edits: Broken edits.
    """
    low, high = room.edit_low.copy(), room.edit_high.copy()
    change: dict[int, float] = {}
    broken = set(edits)
    for _ in range(2 * len(edits)):
        if not broken:
            return sorted(cell for cell, by in change.items() if by)
        step = _step(room, np.array(sorted(broken)), low, high, change)
        if step is None:
            return []
        cell, by = step
        change[cell] = change.get(cell, 0.0) + by
        start, end = room.by_cell.indptr[cell], room.by_cell.indptr[cell + 1]
        touched, moved = room.by_cell.indices[start:end], room.by_cell.data[start:end] * by
        low[touched] -= moved
        high[touched] -= moved
        for edit in touched.tolist():
            slack = ONE_VALUE_WIDTH
            (broken.add if low[edit] > slack or high[edit] < -slack else broken.discard)(edit)
    return []


def _step(
    room: Room, broken: Indices, low: Floats, high: Floats, change: dict[int, float]
) -> tuple[int, float] | None:
    """The cell whose change satisfies most of the broken edits, and by how much; None if none satisfies any."""
    starts = room.by_edit.indptr
    counts = starts[broken + 1] - starts[broken]
    at = np.concatenate([np.arange(starts[edit], starts[edit + 1]) for edit in broken])
    cells, factors = room.by_edit.indices[at], room.by_edit.data[at]
    ends = np.stack([np.repeat(low[broken], counts) / factors, np.repeat(high[broken], counts) / factors])
    least, most = ends.min(0), ends.max(0)
    order = np.lexsort((least, cells))
    cells, least, most = cells[order], least[order], most[order]
    wanted = (least + most) / 2
    whole = room.system.integer[cells]
    wanted = np.where(whole, np.round(room.system.values[cells] + wanted) - room.system.values[cells], wanted)
    # How many of the cell's broken edits the change that one of them wants satisfies.
    first = np.searchsorted(cells, cells, "left")
    number = np.searchsorted(cells, cells, "right") - first
    pairs = np.repeat(np.arange(len(cells)), number)
    others = np.repeat(first, number) + np.arange(len(pairs)) - np.repeat(np.cumsum(number) - number, number)
    slack = ONE_VALUE_WIDTH
    fits = (least[others] - slack <= wanted[pairs]) & (wanted[pairs] <= most[others] + slack)
    votes = np.bincount(pairs, fits, len(cells))
    already = np.array([change.get(int(cell), 0.0) for cell in cells])
    inside = (already + wanted >= room.cell_low[cells] - slack) & (
        already + wanted <= room.cell_high[cells] + slack
    )
    votes[~inside] = 0
    possible = np.flatnonzero(votes)
    if not possible.size:
        return None
    cells, wanted, votes = cells[possible], wanted[possible], votes[possible]
    harm = _newly_broken(room, cells, wanted, low, high)
    around = room.by_cell.indptr[cells + 1] - room.by_cell.indptr[cells]
    best = int(np.lexsort((cells, around, room.system.weight[cells], -votes, harm - votes))[0])
    return int(cells[best]), float(wanted[best])


def _newly_broken(room: Room, cells: Indices, by: Floats, low: Floats, high: Floats) -> Floats:
    """How many edits that hold each of some changes would break."""
    starts = room.by_cell.indptr
    counts = starts[cells + 1] - starts[cells]
    at = (
        np.repeat(starts[cells], counts)
        + np.arange(counts.sum())
        - np.repeat(np.cumsum(counts) - counts, counts)
    )
    edits, moved = room.by_cell.indices[at], room.by_cell.data[at] * np.repeat(by, counts)
    slack = ONE_VALUE_WIDTH
    held = (low[edits] <= slack) & (high[edits] >= -slack)
    fails = (low[edits] - moved > slack) | (high[edits] - moved < -slack)
    broken: Floats = np.zeros(len(cells))
    np.add.at(broken, np.repeat(np.arange(len(cells)), counts), held & fails)
    return broken
