"""Which further figures must be withheld so that hidden cells stay hidden.

Belongs here: the greedy choice with the audit as its judge (methods, section 8.2). Does not belong here: the audit
itself (`disclosure_audit`), what the figures are and what is done to them
(`civic_assets.publish.disclosure.withholding`).

A figure that may be withheld is a row of the system that says what its cell is, in addition to the rows that hold
anyway. Finding the fewest figures is an integer programme; the greedy choice withholds what costs least, and then
gives back what turns out not to be needed. Gaussian elimination instead of the audit would guard only against exact
recovery.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from civic_assets.house_numbers.disclosure import RANGE_NOISE
from civic_assets.quality.disclosure.audit import Ranges, ranges
from civic_assets.quality.disclosure.hidden_cells import HiddenCells
from civic_assets.quality.equations.edit_system import Flags, Floats, Indices

NOT_OURS = -1
"""Used instead of a figure, for a row that holds whatever is withheld."""


def secondary(system: HiddenCells, figure_of: Indices, cost: Floats) -> Flags:
    """Figures to withhold, so that no audited cell is worse protected than it is without any of them.

    Args:
        system: Cells and rows; each figure that may be withheld is there as a row or several.
        figure_of: Figure of each row, `NOT_OURS` for rows that hold anyway; shape (rows,).
        cost: Cost of withholding each figure; the cheapest goes first; shape (figures,).

    Returns:
        Shape (figures,). Nothing is withheld for a cell that is inadequate without any figure, unless a figure makes
        its range narrower still.
    """
    withheld = np.zeros(len(cost), dtype=bool)
    if not len(cost):
        return withheld
    base = ranges(_with(system, figure_of, np.zeros(len(cost), dtype=bool)))
    while True:
        found = ranges(_with(system, figure_of, ~withheld))
        worse = np.flatnonzero(worsened(base, found))
        if not len(worse):
            break
        widths = found.high[worse] - found.low[worse]
        cell = int(worse[np.argmin(widths)])
        withheld[_next(system, figure_of, cost, withheld, cell, float(widths.min()))] = True
    for figure in sorted(np.flatnonzero(withheld).tolist(), key=lambda number: (-cost[number], number)):
        withheld[figure] = False
        if worsened(base, ranges(_with(system, figure_of, ~withheld))).any():
            withheld[figure] = True
    return withheld


def worsened(base: Ranges, found: Ranges) -> Flags:
    """Cells that are inadequate, and better protected in `base`: a wider range there, or not recovered.

    Where rows contradict each other nothing is known of a cell, which does no harm.
    """
    narrower = (base.high - base.low) - (found.high - found.low) > RANGE_NOISE
    lost = found.recovered & ~base.recovered
    flags: Flags = found.inadequate & (lost | (found.narrow & (~base.inadequate | (base.narrow & narrower))))
    return flags


def _with(system: HiddenCells, figure_of: Indices, published: Flags) -> HiddenCells:
    """The system with the rows that hold anyway and those of published figures."""
    kept = figure_of == NOT_OURS
    kept[~kept] = published[figure_of[~kept]]
    return replace(system, rows=system.rows[kept], low=system.low[kept], high=system.high[kept])


def _next(
    system: HiddenCells, figure_of: Indices, cost: Floats, withheld: Flags, cell: int, width: float
) -> int:
    """The figure to withhold for a cell: of those near it the cheapest that widens its range."""
    published = ~withheld
    nearest = -1
    for figure in _near(system, figure_of, cost, published, cell):
        nearest = figure if nearest < 0 else nearest
        published[figure] = False
        found = ranges(_with(system, figure_of, published))
        published[figure] = True
        if found.high[cell] - found.low[cell] > width + RANGE_NOISE:
            return figure
    # Two figures that say the same hold each other up: either may go, and the other follows.
    return nearest


def _near(
    system: HiddenCells, figure_of: Indices, cost: Floats, published: Flags, cell: int
) -> Iterator[int]:
    """Published figures by their distance from a cell (shared rows), then by cost."""
    columns, rows = system.rows.tocsc(), system.rows.tocsr()
    reached = np.zeros(rows.shape[1], dtype=bool)
    reached[cell] = True
    yielded = np.zeros(len(cost), dtype=bool)
    while True:
        touching = np.unique(columns[:, np.flatnonzero(reached)].indices)
        figures = np.unique(figure_of[touching])
        figures = figures[figures != NOT_OURS]
        fresh = figures[published[figures] & ~yielded[figures]]
        yielded[fresh] = True
        yield from fresh[np.lexsort((fresh, cost[fresh]))].tolist()
        wider = reached.copy()
        wider[np.unique(rows[touching].indices)] = True
        if (wider == reached).all():
            return
        reached = wider
