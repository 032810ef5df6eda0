"""One linear programme over hidden cells, solved with HiGHS.

Belongs here: handing rows and bounds to the solver, and finding rows that contradict each other. Does not belong here:
which ends of which cells are sought (`disclosure_audit`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from civic_assets.house_numbers.disclosure import PROGRAMME_SLACK
from civic_assets.quality.equations.edit_system import Floats, Indices
from civic_assets.quality.localisation.solver import INFEASIBLE, OPTIMAL, solve_linear


class NotProved(RuntimeError):
    """The solver ended without an optimum: nothing is known of how narrow a range is, and it must not count as wide."""


class Programme:
    """One linear programme over some cells and all rows that use them.

    Args:
        rows, low, high: As in `HiddenCells`; a row is in one component.
        cells: Which cells, ascending.
        outer: Their bounds.
    """

    def __init__(self, rows: Any, low: Floats, high: Floats, cells: Indices, outer: list[Floats]) -> None:
        self.cells = cells
        part = rows.tocsc()[:, cells].tocsr()
        used = np.diff(part.indptr) > 0
        self._rows, self._low, self._high = part[used], low[used], high[used]
        self._bounds = np.stack([outer[0][cells], outer[1][cells]], axis=1)

    def solve(self, objective: Floats) -> Floats:
        """Values that make the objective least.

        Raises:
            NotProved: There are none, or the solver gave up.
        """
        values = self.solution(objective)
        if values is None:
            raise NotProved("a disclosure programme has no solution although one was found before")
        return values

    def solution(self, objective: Floats) -> Floats | None:
        """The same, or None when the rows contradict each other.

        Raises:
            NotProved: The solver gave up.
        """
        from scipy.sparse import vstack

        equal = self._low == self._high
        above, below = np.isfinite(self._high) & ~equal, np.isfinite(self._low) & ~equal
        return _solved(
            objective,
            A_ub=vstack([self._rows[above], -self._rows[below]]).tocsr(),
            b_ub=np.concatenate([self._high[above], -self._low[below]]),
            A_eq=self._rows[equal] if equal.any() else None,
            b_eq=self._low[equal] if equal.any() else None,
            bounds=self._bounds,
        )

    def contradicting(self) -> Indices:
        """Cells in rows that cannot all hold, found as the rows that need slack."""
        from scipy.sparse import eye_array, hstack, vstack

        m, n = self._rows.shape
        if not m:
            return np.zeros(0, dtype=np.int64)
        above, below = np.isfinite(self._high), np.isfinite(self._low)
        slack = eye_array(m).tocsr()
        values = _solved(
            np.concatenate([np.zeros(n), np.ones(m)]),
            A_ub=vstack(
                [hstack([self._rows[above], -slack[above]]), hstack([-self._rows[below], -slack[below]])]
            ).tocsr(),
            b_ub=np.concatenate([self._high[above], -self._low[below]]),
            bounds=np.concatenate([self._bounds, np.tile([0.0, np.inf], (m, 1))]),
        )
        # With slack there is always a solution.
        assert values is not None
        found: Indices = self.cells[np.unique(self._rows[values[n:] > PROGRAMME_SLACK].indices)]
        return found


def _solved(objective: Floats, **programme: Any) -> Floats | None:
    solved = solve_linear(objective, **programme)
    if solved.status == INFEASIBLE:
        return None
    if solved.status != OPTIMAL or solved.x is None:
        raise NotProved(f"a disclosure programme was not solved: {solved.message}")
    values: Floats = np.asarray(solved.x, dtype=float)
    return values
