"""Which printed cells must change so that a table's edits can hold (Fellegi and Holt, 1976).

Belongs here: all smallest sets of cells whose change repairs the broken edits, and which broken edits
must be solved together. Does not belong here: the edits themselves (`edit_system`), the integer programme
for repairs of several cells (`localise_search`), and which of several equal repairs is likely
(`typing_errors`). Nothing here changes a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from civic_assets.house_numbers.arithmetic import ONE_VALUE_WIDTH
from civic_assets.house_numbers.localisation import REPAIRS_LISTED, SEARCH_STEPS
from civic_assets.quality.equations.edit_system import (
    EditSystem,
    Floats,
    Indices,
    Repair,
    Room,
    broken_edits,
    one_cell,
)
from civic_assets.quality.localisation import search as localise_search
from civic_assets.quality.localisation.parts import least_by_parts
from civic_assets.quality.localisation.search import Proof
from civic_assets.quality.localisation.search_effort import Effort

__all__ = ["Component", "EditSystem", "Proof", "Repair", "broken_edits", "localise"]


DEDUCED = Proof("optimal", "deduced")


@dataclass(frozen=True, slots=True)
class Component:
    """Broken edits that hang together, and all smallest repairs of them.

    Args:
        edits: Indices of the broken edits, ascending.
        repairs: All repairs of least total weight. Empty while `complete`: the edits contradict each
            other or the bounds, which is an error of the contract and not of the figures.
        complete: False if `max_ties` or the limit of a search ended it; then repairs may be missing.
        proof: What that rests on: how the search ended, its least weight and its bound.
    """

    edits: tuple[int, ...]
    repairs: tuple[Repair, ...]
    complete: bool
    proof: Proof = DEDUCED


@dataclass(eq=False)
class _Group:
    """A component under work: what is broken, what must be watched, what was found (None: not yet)."""

    broken: list[tuple[int, ...]]
    watched: set[int]
    repairs: list[Repair] | None = None
    proof: Proof = DEDUCED

    @property
    def complete(self) -> bool:
        return self.proof.status == "optimal"


def localise(
    system: EditSystem,
    *,
    max_ties: int = REPAIRS_LISTED,
    steps: float = SEARCH_STEPS,
) -> list[Component]:
    """All smallest sets of cells whose change satisfies every edit that touches them.

    Guaranteed when `complete`: one repair from each component, together, is a least-weight repair of the
    *whole* system, and every least-weight repair of the whole system is such a combination. Satisfied
    edits are consulted only when a candidate would break one, and components that could then help each
    other are solved together, so nothing is lost by never building the whole model.

    Args:
        system: Cells and edits.
        max_ties: Repairs listed per component before the search stops. One-cell repairs cost nothing to
            list and are always all given.
        steps: Work for the searches of one call together, the same on every machine. Small components are searched
            first, and none may use more than half of what is left for the others, so that one hard component starves
            no other.

    Returns:
        Components in the order of their first broken edit; none if nothing is broken.
    """
    left = Effort(steps)
    groups = [_deduce(system.room, edits) for edits in _linked_edits(system.room)]
    groups = _merge(system.room, groups)
    while any(group.repairs is None for group in groups):
        unsolved = sorted((g for g in groups if g.repairs is None), key=lambda g: (len(g.watched), g.broken))
        for place, group in enumerate(unsolved, start=1):
            share = left.steps if place == len(unsolved) else left.steps / 2
            own = Effort(share)
            group.repairs, group.proof = _searched(system.room, group, max_ties, own)
            left.steps -= share - own.steps
        groups = _merge(system.room, groups)
    components = [component for group in groups for component in _split(system.room, group)]
    return sorted(components, key=lambda component: component.edits)


def _searched(room: Room, group: _Group, max_ties: int, effort: Effort) -> tuple[list[Repair], Proof]:
    """All least repairs of a group: from those of its parts, or by a search of the whole."""
    edits = [edit for part in group.broken for edit in part]
    return least_by_parts(room, edits, group.watched, max_ties, effort) or localise_search.search(
        room, group.watched, max_ties, effort
    )


def _linked_edits(room: Room) -> list[tuple[int, ...]]:
    """Broken edits, grouped by shared printed cells."""
    from scipy.sparse.csgraph import connected_components

    broken = np.flatnonzero(room.broken)
    if not broken.size:
        return []
    occurs = room.by_edit[broken].astype(bool).astype(np.int64)
    count, label = connected_components(occurs @ occurs.T, directed=False)
    return [tuple(broken[label == part].tolist()) for part in range(count)]


def _deduce(room: Room, edits: tuple[int, ...]) -> _Group:
    """All one-cell repairs of one component, by intersecting what each edit of the cell implies."""
    system = room.system
    all_cells, occurrences = np.unique(room.by_edit[list(edits)].indices, return_counts=True)
    group = _Group([edits], set(edits))
    cells = all_cells[occurrences == len(edits)]
    if not cells.size:
        return group
    columns = room.by_cell[:, cells]
    ends = np.stack([room.edit_low[columns.indices], room.edit_high[columns.indices]]) / columns.data
    in_broken = room.broken[columns.indices]
    low, high = _inside(room, cells, columns.indptr, ends.min(0), ends.max(0))
    wished_low, wished_high = _inside(
        room,
        cells,
        columns.indptr,
        np.where(in_broken, ends.min(0), -np.inf),
        np.where(in_broken, ends.max(0), np.inf),
    )
    accepted = low <= high
    hindered = cells[(wished_low <= wished_high) & ~accepted]
    # Another component might undo the harm a hindered cell does to these edits: they must be watched.
    group.watched.update(room.edits_of(hindered).tolist())
    if not accepted.any():
        return group
    weight = system.weight[cells]
    best = weight[accepted].min()
    two_cells = system.weight[all_cells].min() + system.weight[~system.free].min()
    if best < two_cells:  # otherwise several light cells may cost no more than this one
        chosen = np.flatnonzero(accepted & (weight == best))
        group.repairs = [one_cell(system, int(cells[i]), float(low[i]), float(high[i])) for i in chosen]
        group.proof = replace(DEDUCED, weight=float(best), bound=float(best))
    return group


def _inside(room: Room, cells: Indices, starts: Indices, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Per cell the values inside all intervals of change and its bounds; low > high where there is none."""
    printed = room.system.values[cells]
    lowest = printed + np.maximum(np.maximum.reduceat(low, starts[:-1]), room.cell_low[cells])
    highest = printed + np.minimum(np.minimum.reduceat(high, starts[:-1]), room.cell_high[cells])
    whole = room.system.integer[cells]
    return (
        np.where(whole, np.ceil(lowest - ONE_VALUE_WIDTH), lowest),
        np.where(whole, np.floor(highest + ONE_VALUE_WIDTH), highest),
    )


def _merge(room: Room, groups: Sequence[_Group]) -> list[_Group]:
    """Join groups that watch a common cell or whose repairs touch a common edit; joined ones are unsolved."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = room.by_edit.shape[1]
    rows: list[int] = []
    columns: list[int] = []
    for i, group in enumerate(groups):
        marks = room.cells_of(group.watched).tolist()
        marks += (n + room.edits_of(_changed(group))).tolist()
        rows += [i] * len(marks)
        columns += marks
    shape = (len(groups), n + room.by_edit.shape[0])
    marked = csr_array((np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=shape)
    count, label = connected_components(marked @ marked.T, directed=False)
    return [
        _joined(room, [groups[i] for i in np.flatnonzero(label == part).tolist()]) for part in range(count)
    ]


def _changed(group: _Group) -> set[int]:
    return {cell for repair in group.repairs or () for cell in repair.cells}


def _joined(room: Room, parts: Sequence[_Group]) -> _Group:
    if len(parts) == 1:
        return parts[0]
    watched = set[int]().union(*(part.watched for part in parts))
    # An edit that two repairs touch (within its tolerance) must be weighed by both from now on.
    seen: set[int] = set()
    for part in parts:
        touched = set(room.edits_of(_changed(part)).tolist())
        watched |= seen & touched
        seen |= touched
    return _Group([edits for part in parts for edits in part.broken], watched)


def _split(room: Room, group: _Group) -> list[Component]:
    """Components of a solved group: apart again where the joint repairs prove to be all combinations."""
    repairs = sorted(group.repairs or (), key=lambda repair: repair.cells)
    whole = Component(
        tuple(sorted(e for part in group.broken for e in part)), tuple(repairs), group.complete, group.proof
    )
    if len(group.broken) == 1 or not repairs or not group.complete:
        return [whole]
    home = {int(cell): i for i, edits in enumerate(group.broken) for cell in room.cells_of(edits)}
    label = list(range(len(group.broken)))
    # Every block holds a cell of a broken edit: without it the repair would not be a smallest one.
    blocks = [_blocks(room, repair.cells) for repair in repairs]
    for block in (block for each in blocks for block in each):
        joined = {label[home[cell]] for cell in block if cell in home}
        label = [min(joined) if part in joined else part for part in label]
    parts: dict[int, dict[tuple[int, ...], Repair]] = {part: {} for part in sorted(set(label))}
    for repair, each in zip(repairs, blocks, strict=True):
        part_of = {c: next(label[home[x]] for x in block if x in home) for block in each for c in block}
        for part, found in parts.items():
            piece = _piece(repair, [i for i, cell in enumerate(repair.cells) if part_of[cell] == part])
            found.setdefault(piece.cells, piece)
    if prod(len(found) for found in parts.values()) != len(repairs):
        return [whole]
    return [
        Component(
            tuple(sorted(e for i, edits in enumerate(group.broken) if label[i] == part for e in edits)),
            tuple(found[cells] for cells in sorted(found)),
            True,
            _of_part(room, group.proof, next(iter(found))),
        )
        for part, found in parts.items()
    ]


def _of_part(room: Room, proof: Proof, cells: tuple[int, ...]) -> Proof:
    """The proof of a joint search, of one of the parts that it fell into."""
    weight = float(room.system.weight[list(cells)].sum())
    return replace(proof, weight=weight, bound=weight)


def _piece(repair: Repair, at: Sequence[int]) -> Repair:
    """The cells at these positions of a repair, with their values."""
    return Repair(
        tuple(repair.cells[i] for i in at),
        tuple(repair.values[i] for i in at),
        tuple(repair.lowest[i] for i in at),
        tuple(repair.highest[i] for i in at),
    )


def _blocks(room: Room, cells: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The cells of a repair, grouped by shared edits: blocks do not influence each other."""
    from scipy.sparse.csgraph import connected_components

    occurs = room.by_cell[:, list(cells)].astype(bool).astype(np.int64)
    count, label = connected_components(occurs.T @ occurs, directed=False)
    return [tuple(cells[i] for i in np.flatnonzero(label == block)) for block in range(count)]
