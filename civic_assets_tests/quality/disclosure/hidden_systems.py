"""Small systems of hidden cells for tests, and their ranges worked out one cell at a time.

Belongs here: building systems from plain numbers, and the slow and sure way to their ranges. Does not belong here: any
expectation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from civic_assets.quality.disclosure.hidden_cells import HiddenCells


def system(
    rows: Sequence[tuple[Mapping[int, float], float, float]],
    cells: int,
    audited: Sequence[int],
    lower: float = 0,
    upper: float = np.inf,
    stated: float = np.inf,
) -> HiddenCells:
    """Counts with rows as (coefficient by cell, lowest sum, highest sum)."""
    entries = [
        (row, cell, weight) for row, (terms, _, _) in enumerate(rows) for cell, weight in terms.items()
    ]
    place = [row for row, _, _ in entries], [cell for _, cell, _ in entries]
    chosen = np.zeros(cells, dtype=bool)
    chosen[list(audited)] = True
    return HiddenCells(
        rows=csr_array(([weight for *_, weight in entries], place), shape=(len(rows), cells), dtype=float),
        low=np.array([low for _, low, _ in rows], dtype=float),
        high=np.array([high for _, _, high in rows], dtype=float),
        lower=np.full(cells, float(lower)),
        upper=np.full(cells, float(upper)),
        audited=chosen,
        counts=np.ones(cells, dtype=bool),
        whole=np.ones(cells, dtype=bool),
        exact=np.ones(cells),
        stated=np.full(cells, float(stated)),
        names=np.arange(cells),
    )


def one_by_one(hidden: HiddenCells) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest value of each cell: two programmes for each, of the whole system."""
    low_rows, high_rows = np.isfinite(hidden.low), np.isfinite(hidden.high)
    dense = hidden.rows.toarray()
    bounds = np.stack([hidden.lower, hidden.upper], axis=1)
    solve: Any = linprog  # its declared types do not know arrays of bounds
    ends = []
    for sign in (1.0, -1.0):
        values = []
        for cell in range(len(hidden.names)):
            objective = np.zeros(len(hidden.names))
            objective[cell] = sign
            solved = solve(
                objective,
                A_ub=np.vstack([dense[high_rows], -dense[low_rows]]),
                b_ub=np.concatenate([hidden.high[high_rows], -hidden.low[low_rows]]),
                bounds=bounds,
            )
            values.append(solved.fun * sign if solved.status == 0 else sign * -np.inf)
        ends.append(np.array(values, dtype=float))
    return ends[0], ends[1]
