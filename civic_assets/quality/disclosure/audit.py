"""The narrowest range in which each hidden cell can be found: audit by linear programme (H-19, H-20).

Belongs here: solving a system of hidden cells, and judging each from its range. Does not belong here: where the system
comes from (`hidden_cells`) and what is then withheld (`civic_assets.publish.disclosure.withholding`).

For each hidden cell the least and the greatest value that all rows allow are the attacker's range (methods, section
8.3; Fischetti and Salazar 2001 call it the auditing problem). Two linear programmes for each cell would be right and
slow: most cells are settled by less.

1. Bounds are passed through the rows until nothing moves. A cell whose bounds meet is given away.
2. What remains falls apart into components that share no row; equal ones are solved once.
3. Every solution of a programme is a possible table. A cell that has been far enough apart in two of them is safe.
4. Only for the others is each end sought: one end of one cell of every component in one programme, since components
   do not know of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from civic_assets.house_numbers.disclosure import (
    AUDIT_EXPLORING,
    AUDIT_ROUNDS,
    AUDIT_SHRUNK_SHARE,
    OPEN_END,
    RANGE_NOISE,
    SAFE_RANGE_LEAST,
    SAFE_RANGE_WIDTH,
)
from civic_assets.quality.disclosure.hidden_cells import HiddenCells
from civic_assets.quality.disclosure.linear_programme import NotProved, Programme
from civic_assets.quality.equations.edit_system import Flags, Floats, Indices


@dataclass(frozen=True, eq=False)
class Ranges:
    """What an attacker can say of each cell of a `HiddenCells`, in its order.

    Args:
        low, high: The range, shape (cells,). Of a safe cell it is one that was shown to be possible, and the true one
            may be wider.
        recovered: There is one value only.
        narrow: Not recovered, but narrower than the protection width, or above `SAFE_RANGE_LEAST`.
        contradictory: The rows of its component allow nothing: printed figures contradict each other, so that nothing
            is said of the cell.
        audited: As in the system.
    """

    low: Floats
    high: Floats
    recovered: Flags
    narrow: Flags
    contradictory: Flags
    audited: Flags

    @property
    def safe(self) -> Flags:
        """Neither recovered nor narrow, and audited without contradiction."""
        safe: Flags = self.audited & ~self.recovered & ~self.narrow & ~self.contradictory
        return safe

    @property
    def inadequate(self) -> Flags:
        """Recovered or narrow."""
        flags: Flags = self.recovered | self.narrow
        return flags


def ranges(system: HiddenCells) -> Ranges:
    """The range of every hidden cell.

    Where the solver gives up, a cell counts as inadequate unless possible tables have shown it to be safe.

    Args:
        system: Cells and rows.
    """
    outer = [np.maximum(system.lower, -OPEN_END), np.minimum(system.upper, OPEN_END)]
    rows, low, high = system.rows.tocsr(), system.low, system.high
    bad_rows = _propagated(rows, low, high, outer, system.whole)
    binding = _binding(rows, low, high, outer)
    component = _components(rows, binding)
    contradictory = np.isin(component, component[np.unique(rows[bad_rows].indices)])
    contradictory |= np.isin(component, component[outer[0] > outer[1] + RANGE_NOISE])
    inner = [np.full(len(component), np.inf), np.full(len(component), -np.inf)]
    alone = np.ones(len(component), dtype=bool)
    alone[np.unique(rows[binding].indices)] = False
    for end in (0, 1):
        inner[end][alone] = outer[end][alone]
    open_cells = ~alone & ~contradictory
    if open_cells.any():
        _search(
            system,
            rows[binding],
            low[binding],
            high[binding],
            component,
            open_cells,
            outer,
            inner,
            contradictory,
        )
    done = inner[0] <= inner[1]
    least, most = (np.where(done, inner[end], outer[end]) for end in (0, 1))
    return _judged(system, least, most, outer, contradictory)


def _judged(
    system: HiddenCells, low: Floats, high: Floats, outer: list[Floats], contradictory: Flags
) -> Ranges:
    audited = system.audited
    recovered = audited & ~contradictory & one_value(system, *outer)
    safe = _safe(system, low, high)
    narrow = audited & ~contradictory & ~recovered & ~safe
    return Ranges(low, high, recovered, narrow, contradictory & audited, audited)


def one_value(system: HiddenCells, low: Floats, high: Floats) -> Flags:
    """Ranges that hold one value: one whole number, or no more than one unit of the last decimal."""
    whole = np.floor(high + RANGE_NOISE) - np.ceil(low - RANGE_NOISE) < 0.5
    flags: Flags = np.where(system.whole, whole, high - low <= system.exact + RANGE_NOISE)
    return flags


def _safe(system: HiddenCells, low: Floats, high: Floats) -> Flags:
    """Wide enough, and reaching down far enough.

    Where the publisher itself states a range (an x is 1 or 2) nobody can ask for more than that. Of a rate the house
    rule says nothing: it is safe when it is not given away.
    """
    width = high - low
    wide = (width >= np.minimum(SAFE_RANGE_WIDTH, system.stated) - RANGE_NOISE) & (
        low <= np.maximum(SAFE_RANGE_LEAST, system.lower) + RANGE_NOISE
    )
    safe: Flags = np.where(system.counts, wide, width > system.exact + RANGE_NOISE)
    return safe


def _activity(rows: Any, outer: list[Floats]) -> tuple[Floats, Floats]:
    """Least and greatest sum of each row within the bounds."""
    up, down = rows.maximum(0), rows.minimum(0)
    return up @ outer[0] + down @ outer[1], up @ outer[1] + down @ outer[0]


def _propagated(rows: Any, low: Floats, high: Floats, outer: list[Floats], whole: Flags) -> Indices:
    """Passes bounds through the rows until they stand still, in place; returns rows that cannot hold."""
    entries = rows.tocoo()
    row, cell, weight = entries.row, entries.col, entries.data
    for _ in range(AUDIT_ROUNDS):
        least, most = _activity(rows, outer)
        own_least = np.where(weight > 0, weight * outer[0][cell], weight * outer[1][cell])
        own_most = np.where(weight > 0, weight * outer[1][cell], weight * outer[0][cell])
        # What the row leaves to this cell when all others are at their other end.
        to_most = high[row] - (least[row] - own_least)
        to_least = low[row] - (most[row] - own_most)
        new_high = np.where(weight > 0, to_most, to_least) / weight
        new_low = np.where(weight > 0, to_least, to_most) / weight
        before = outer[0].copy(), outer[1].copy()
        np.fmax.at(outer[0], cell, new_low)
        np.fmin.at(outer[1], cell, new_high)
        outer[0][whole] = np.ceil(outer[0][whole] - RANGE_NOISE)
        outer[1][whole] = np.floor(outer[1][whole] + RANGE_NOISE)
        moved = np.abs(outer[0] - before[0]).max(initial=0), np.abs(outer[1] - before[1]).max(initial=0)
        if max(moved) <= RANGE_NOISE:
            break
    least, most = _activity(rows, outer)
    bad: Indices = np.flatnonzero(
        (least > high + RANGE_NOISE * (1 + np.abs(high))) | (most < low - RANGE_NOISE * (1 + np.abs(low)))
    )
    return bad


def _binding(rows: Any, low: Floats, high: Floats, outer: list[Floats]) -> Flags:
    """Rows that some values within the bounds break; the others say nothing more."""
    least, most = _activity(rows, outer)
    flags: Flags = (least < low - RANGE_NOISE) | (most > high + RANGE_NOISE)
    return flags


def _components(rows: Any, binding: Flags) -> Indices:
    """Component of each cell: cells that share a binding row, directly or through others."""
    from scipy.sparse import block_array, csr_array
    from scipy.sparse.csgraph import connected_components

    used = rows[binding]
    m, n = used.shape
    if not m:
        return np.arange(n, dtype=np.int64)
    graph = block_array([[csr_array((m, m)), used], [used.T, csr_array((n, n))]])
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[m:], dtype=np.int64)


def _search(
    system: HiddenCells,
    rows: Any,
    low: Floats,
    high: Floats,
    component: Indices,
    open_cells: Flags,
    outer: list[Floats],
    inner: list[Floats],
    contradictory: Flags,
) -> None:
    """Finds possible values of the open cells until each is judged; writes to `outer`, `inner`, `contradictory`."""
    representative, twins = _one_of_each(rows, low, high, component, open_cells, outer, system)
    try:
        programme = Programme(rows, low, high, np.flatnonzero(representative), outer)
        values = programme.solution(np.ones(len(programme.cells)))
        if values is None:
            contradictory[np.isin(component, component[programme.contradicting()])] = True
        else:
            inner[0][programme.cells] = inner[1][programme.cells] = values
        _seek(system, rows, low, high, component, representative & ~contradictory, outer, inner)
    except NotProved:
        # Tables that were shown to be possible stand. Of what nothing was shown, the range counts as one of nothing:
        # a cell that is not proved to be safe is not safe.
        unknown = representative & ~contradictory & (inner[0] > inner[1])
        for end in (0, 1):
            inner[end][unknown] = outer[0][unknown]
    for cell, twin in twins:
        contradictory[cell] = contradictory[twin]
        for end in (0, 1):
            outer[end][cell], inner[end][cell] = outer[end][twin], inner[end][twin]


def _seek(
    system: HiddenCells,
    rows: Any,
    low: Floats,
    high: Floats,
    component: Indices,
    cells: Flags,
    outer: list[Floats],
    inner: list[Floats],
) -> None:
    """Seeks the ends of cells, in ever smaller programmes: a component whose cells are judged takes part no more."""
    settled = [np.zeros(len(component), dtype=bool), np.zeros(len(component), dtype=bool)]
    generator = np.random.default_rng(0)  # any signs do; the same ones in every run
    programme, explored = Programme(rows, low, high, np.flatnonzero(cells), outer), 0
    while True:
        undecided = cells & system.audited & ~_safe(system, *inner) & ~one_value(system, *outer)
        ends = [undecided & ~settled[end] & (np.abs(inner[end] - outer[end]) > RANGE_NOISE) for end in (0, 1)]
        if not (ends[0] | ends[1]).any():
            return
        active = np.isin(component, component[ends[0] | ends[1]]) & cells
        if active.sum() < AUDIT_SHRUNK_SHARE * len(programme.cells):
            programme = Programme(rows, low, high, np.flatnonzero(active), outer)
        chosen = [np.zeros(0, dtype=np.int64)] * 2
        weight = np.zeros(len(component))
        if explored < AUDIT_EXPLORING:
            explored += 1
            signs = generator.choice([-1.0, 1.0], len(component))
            weight = np.where(ends[0] & ends[1], signs, ends[0].astype(float) - ends[1])
        else:
            chosen[0] = _first_of_each(component, np.flatnonzero(ends[0]))
            others = np.flatnonzero(ends[1] & ~np.isin(component, component[chosen[0]]))
            chosen[1] = _first_of_each(component, others)
            weight[chosen[0]], weight[chosen[1]] = 1.0, -1.0
        mine = programme.cells
        values = programme.solve(weight[mine])
        inner[0][mine] = np.minimum(inner[0][mine], values)
        inner[1][mine] = np.maximum(inner[1][mine], values)
        for end in (0, 1):
            settled[end][chosen[end]] = True
            outer[end][chosen[end]] = inner[end][chosen[end]]


def _first_of_each(component: Indices, cells: Indices) -> Indices:
    """Of some cells the first of each component."""
    _, first = np.unique(component[cells], return_index=True)
    found: Indices = cells[first]
    return found


def _one_of_each(
    rows: Any,
    low: Floats,
    high: Floats,
    component: Indices,
    open_cells: Flags,
    outer: list[Floats],
    system: HiddenCells,
) -> tuple[Flags, list[tuple[int, int]]]:
    """Of equal components the first; the cells of the others with the cell that each is like."""
    order = np.argsort(component, kind="stable")
    order = order[open_cells[order]]
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    representative = np.zeros(len(component), dtype=bool)
    twins: list[tuple[int, int]] = []
    first: dict[Any, Indices] = {}
    columns = rows.tocsc()
    for cells in np.split(order, starts[1:]):
        block = columns[:, cells]
        own = np.unique(block.indices)
        local = np.searchsorted(own, block.indices)
        ends = np.stack([low[own], high[own]])
        about = np.stack([outer[0][cells], outer[1][cells], system.stated[cells], system.exact[cells]])
        flags = np.stack([system.whole[cells], system.counts[cells], system.audited[cells]])
        key = tuple(
            part.tobytes() for part in (block.indptr, local, block.data, ends.round(6), about.round(6), flags)
        )
        if key in first:
            twins += zip(cells.tolist(), first[key].tolist(), strict=True)
        else:
            first[key] = cells
            representative[cells] = True
    return representative, twins
