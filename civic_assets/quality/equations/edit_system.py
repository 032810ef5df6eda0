"""Linear edits over numbered cells, and how far each may move from what is printed.

Belongs here: the system that callers build, which of its edits are broken, and what a repair is. Does
not belong here: what a cell or an edit *means* (sources, measures, areas: the caller maps indices) and
finding repairs (`localise`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_assets.house_numbers.arithmetic import ONE_VALUE_WIDTH, SUM_NOISE, SUM_RELATIVE_NOISE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class EditSystem:
    """Cells with printed values, and edits `|A_e x| <= tolerance_e` over them.

    Args:
        values: Printed values, shape (n,); ignored (may be NaN) where `free`.
        lower: Smallest admissible value per cell, shape (n,); may be -inf.
        upper: Largest admissible value per cell, shape (n,); may be inf.
        weight: Cost of changing a cell, shape (n,), greater than 0; 1 unless a cell is known to be reliable.
        free: Suppressed cells, shape (n,): nothing is printed, only the bounds are known.
        integer: Cells that can hold whole numbers only, shape (n,).
        edits: Coefficients, scipy CSR array of shape (m, n), e.g. total +1, parts -1.
        tolerance: Largest admissible `|A_e x|`, shape (m,), in the unit of the edit.

    Raises:
        ValueError: Shapes disagree, a printed value is not finite, a weight is not positive, a bound is
            missing or crossed, or a tolerance is negative.
    """

    values: Floats
    lower: Floats
    upper: Floats
    weight: Floats
    free: Flags
    integer: Flags
    edits: Any
    tolerance: Floats

    def __post_init__(self) -> None:
        m, n = self.edits.shape
        for name in ("values", "lower", "upper", "weight", "free", "integer"):
            if (shape := getattr(self, name).shape) != (n,):
                raise ValueError(f"`{name}` has shape {shape}, expected ({n},) as `edits` has")
        if self.tolerance.shape != (m,):
            raise ValueError(f"`tolerance` has shape {self.tolerance.shape}, expected ({m},) as `edits` has")
        if not np.isfinite(self.values[~self.free]).all():
            raise ValueError("a cell without a printed number must be `free` or left out of the edits")
        if not (self.weight > 0).all():
            raise ValueError("every `weight` must be greater than 0, otherwise a change would cost nothing")
        if not (self.lower <= self.upper).all():
            raise ValueError("every `lower` must be at most its `upper`, and neither may be NaN")
        if not (self.tolerance >= 0).all():
            raise ValueError("every `tolerance` must be 0 or more")

    @cached_property
    def room(self) -> Room:
        """How far cells and edits may move from what is printed (computed once)."""
        return _room(self)


@dataclass(frozen=True, eq=False)
class Room:
    """The system seen from the printed values: how far edits and cells may move.

    Free cells are gone: they widen the room of each of their edits by their bounds. So a free cell need
    not take the *same* value in two edits. That is the notion of "broken" of V-15, and using one notion
    for detecting and repairing means that what is not accused can never prevent a repair.

    Args:
        by_edit: Coefficients of the printed cells, CSR (m, n); `by_cell` is the same as CSC.
        edit_low: Smallest change of `A_e x` that lets edit e hold, shape (m,); `edit_high` the largest.
        exact: Edits that determine their sum (no tolerance, no free cell), shape (m,).
        cell_low: Smallest change of each cell inside its bounds, shape (n,); `cell_high` the largest.
    """

    system: EditSystem
    by_edit: Any
    by_cell: Any
    edit_low: Floats
    edit_high: Floats
    exact: Flags
    cell_low: Floats
    cell_high: Floats

    @cached_property
    def broken(self) -> Flags:
        """Edits that no value of their free cells can satisfy, shape (m,)."""
        flags: Flags = (self.edit_low > 0) | (self.edit_high < 0)
        return flags

    def cells_of(self, edits: Iterable[int]) -> Indices:
        """Printed cells that occur in any of `edits`, ascending."""
        return _across(self.by_edit, edits)

    def edits_of(self, cells: Iterable[int]) -> Indices:
        """Edits in which any of `cells` occurs, ascending."""
        return _across(self.by_cell, cells)


def _across(matrix: Any, lines: Iterable[int]) -> Indices:
    """Where some rows of a CSR array (columns of a CSC array) have entries, ascending.

    Without a slice of the array, which takes longer to make than to look at; a search asks thousands of times.
    """
    starts, indices = matrix.indptr, matrix.indices
    parts = [indices[starts[line] : starts[line + 1]] for line in lines]
    return np.unique(np.concatenate(parts)).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Repair:
    """One smallest set of cells and what the edits say about their values.

    Args:
        cells: Indices of the cells that change, ascending.
        values: A proposal per cell; together they satisfy every edit. The value nearest to the middle of
            the interval where the edits leave a choice.
        lowest: Smallest admissible value per cell; equal to `highest` where the edits determine it.
        highest: Largest admissible value per cell.
    """

    cells: tuple[int, ...]
    values: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]


def broken_edits(system: EditSystem) -> Indices:
    """Edits that cannot hold, ascending, shape (k,).

    Interval arithmetic: an edit with suppressed cells is broken only if no value inside their bounds
    satisfies it.
    """
    found: Indices = np.flatnonzero(system.room.broken)
    return found


def one_cell(system: EditSystem, cell: int, low: float, high: float) -> Repair:
    """The repair that puts one cell anywhere in [low, high]; the middle is proposed."""
    middle = (low + high) / 2
    if system.integer[cell]:
        middle = float(np.floor(middle))
    elif high - low <= ONE_VALUE_WIDTH * max(1.0, abs(middle)):
        low = middle = high = float(np.round(middle, 9))
    return Repair((cell,), (middle,), (low,), (high,))


def _room(system: EditSystem) -> Room:
    from scipy.sparse import csr_array

    edits = csr_array(system.edits, dtype=np.float64, copy=True)
    edits.sum_duplicates()
    edits.eliminate_zeros()
    printed = np.where(system.free, 0.0, system.values)
    activity = edits @ printed
    noise = SUM_RELATIVE_NOISE * (abs(edits) @ np.abs(printed)) + SUM_NOISE
    least = greatest = np.zeros(edits.shape[0])
    if system.free.any():
        hidden = edits[:, system.free].tocsr()
        low, high = system.lower[system.free], system.upper[system.free]
        up, down = hidden.maximum(0), hidden.minimum(0)
        least, greatest = up @ low + down @ high, up @ high + down @ low
        edits.data[system.free[edits.indices]] = 0.0
        edits.eliminate_zeros()
    return Room(
        system,
        edits,
        edits.tocsc(),
        edit_low=-system.tolerance - greatest - activity - noise,
        edit_high=system.tolerance - least - activity + noise,
        exact=(system.tolerance == 0) & (least == greatest),
        cell_low=system.lower - printed,
        cell_high=system.upper - printed,
    )
