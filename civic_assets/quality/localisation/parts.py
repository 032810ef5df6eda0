"""Least repairs of edits that hang together, put together from the least repairs of their parts.

Belongs here: taking broken edits apart, the least weight of each part, and the search among the cells of these least
repairs. Does not belong here: the search itself (`search`), and which edits are solved together (`localise`).

A column that was pasted from another year breaks edits in every row, and a sum over areas that holds (because the
total was pasted as well) ties all rows together: hundreds of edits over a thousand cells, which a solver does not get
through.
Taken alone, nearly every row has one cell that repairs it.

A repair that was found step by step (`pursuit`) shows how to take the edits apart: those that contain one of its cells
alone are a part, and the others are left out, so that no two parts have a common cell. Each part needs at least its
own least weight, so all of them together need the sum of these. If cells of the parts' least repairs alone satisfy all
edits with just that weight, no repair is lighter, and every repair of that weight consists of such cells: it has no
weight left for another cell. So the search among these few cells finds all least repairs of the whole. If it finds none
of that weight, nothing has been shown, and the whole is searched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from math import prod

import numpy as np

from civic_assets.house_numbers.localisation import CELLS_OF_A_PART, LACKING_NOISE, SAME_WEIGHT, SETS_TRIED
from civic_assets.quality.equations.edit_system import Indices, Repair, Room
from civic_assets.quality.localisation.pursuit import pursued
from civic_assets.quality.localisation.repair_trial import tried
from civic_assets.quality.localisation.search import Proof, Search, search
from civic_assets.quality.localisation.search_effort import Effort, EffortSpent


@dataclass(frozen=True, slots=True)
class Part:
    """Broken edits that share no cell with other parts.

    Args:
        weight: No change of cells that satisfies these edits alone weighs less.
        cells: Every set of cells of just that weight which satisfies them consists of some of these.
        by_sets: Whether that rests on statements about sets of cells alone.
        sets: All sets of that weight; none if they are not known.
    """

    weight: float
    cells: frozenset[int]
    by_sets: bool
    sets: tuple[tuple[int, ...], ...] = ()


def least_by_parts(
    room: Room, edits: Sequence[int], watched: set[int], max_ties: int, effort: Effort
) -> tuple[list[Repair], Proof] | None:
    """All least repairs, if the cells of the parts' least repairs suffice; None if nothing was shown.

    Args:
        room: The system.
        edits: Broken edits that are solved together.
        watched: Edits that must hold; those that proofs need are added in place.
        max_ties: Stop after this many repairs.
        effort: Budget.
    """
    try:
        effort.spend(len(edits) / 10)
        repaired = pursued(room, edits)
        if not repaired:
            return None
        parts = [_part(room, part, max_ties, effort) for part in taken_apart(room, edits, repaired)]
        least = sum(part.weight for part in parts)
        cells = frozenset[int]().union(*(part.cells for part in parts))
        if prod(len(part.sets) or np.inf for part in parts) <= SETS_TRIED:
            found = _each(room, parts, edits, effort)
            status = "optimal" if len(found) <= max_ties else "most_ties"
            proof = Proof(status, _method(parts), least, least, len(found))
            return (found[:max_ties], proof) if found else None
        state = Search(room, set(watched), max_ties, among=cells)
        status = state.run(effort)
    except EffortSpent:
        return None
    if not state.found or state.best > least + SAME_WEIGHT or status not in ("optimal", "most_ties"):
        return None
    watched |= state.watched
    return state.found, Proof(status, _method(parts), state.best, state.best, state.rounds)


def _each(room: Room, parts: Sequence[Part], edits: Sequence[int], effort: Effort) -> list[Repair]:
    """Every combination of the parts' sets that is a repair."""
    found = []
    for sets in product(*(part.sets for part in parts)):
        cells = tuple(sorted(chain.from_iterable(sets)))
        touched = room.edits_of(cells)
        if np.isin(edits, touched).all() and _consistent(room, cells, touched):
            answer = tried(room, cells, effort)
            found += [answer] if isinstance(answer, Repair) else []
    return found


def _consistent(room: Room, cells: Sequence[int], touched: Indices) -> bool:
    """Whether the exact edits around some cells have a solution, whole or not; a quick look before a trial."""
    exact = touched[room.exact[touched]]
    if not exact.size:
        return True
    block = room.by_edit[exact][:, list(cells)].toarray()
    middle = (room.edit_low[exact] + room.edit_high[exact]) / 2
    change = np.linalg.lstsq(block, middle, rcond=None)[0]
    lacking = np.abs(block @ change - middle).max()
    return bool(lacking <= LACKING_NOISE * max(1.0, np.abs(middle).max()))


def _method(parts: Sequence[Part]) -> str:
    return "proofs" if all(part.by_sets for part in parts) else "solver"


def taken_apart(room: Room, edits: Sequence[int], cells: Collection[int]) -> list[tuple[int, ...]]:
    """Broken edits in parts without a common cell: for each cell of a repair, edits that no other of its cells is in.

    Args:
        room: The system.
        edits: Broken edits.
        cells: Cells of a repair, which need not be a smallest one.
    """
    starts, indices = room.by_edit.indptr, room.by_edit.indices
    within = {edit: indices[starts[edit] : starts[edit + 1]].tolist() for edit in edits}
    of_repair = set(cells)
    # Short edits first: a long one has cells in common with many.
    ordered = sorted(edits, key=lambda edit: (len(within[edit]), edit))
    around: dict[int, list[int]] = {cell: [] for cell in cells}
    for edit in ordered:
        for cell in of_repair.intersection(within[edit]):
            around[cell].append(edit)
    alone = {
        cell: [e for e in own if len(of_repair.intersection(within[e])) == 1] for cell, own in around.items()
    }
    owner: dict[int, int] = {cell: cell for cell in cells}
    parts: dict[int, list[int]] = {cell: [] for cell in cells}

    def take(edit: int, part: int) -> None:
        parts[part].append(edit)
        owner.update(dict.fromkeys(within[edit], part))

    # Each cell gets an edit before any gets a second, those first that have little choice.
    for cell in sorted(cells, key=lambda cell: (len(alone[cell]), cell)):
        free = [edit for edit in alone[cell] if {owner.get(other, cell) for other in within[edit]} == {cell}]
        if free:
            take(free[0], cell)
    # A cell without an edit of its own is looked at together with those with which it shares one.
    for cell in [cell for cell in cells if not parts[cell]]:
        shared = [
            {owner[other] for other in within[edit] if other in owner} | {owner[cell]}
            for edit in around[cell]
        ]
        if not shared or parts[owner[cell]]:
            continue
        joined = min(shared, key=lambda parts_of: (len(parts_of), sorted(parts_of)))
        if len(joined) > CELLS_OF_A_PART:
            continue
        first = min(joined)
        for other in joined - {first}:
            parts[first] += parts.pop(other)
        owner = {one: first if part in joined else part for one, part in owner.items()}
    taken = set(chain.from_iterable(parts.values()))
    for edit in ordered:
        if edit not in taken:
            owners = {owner[cell] for cell in within[edit] if cell in owner}
            if len(owners) == 1:
                take(edit, owners.pop())
    return [tuple(sorted(part)) for part in parts.values() if part]


def _part(room: Room, edits: Sequence[int], max_ties: int, effort: Effort) -> Part:
    """The least weight of some edits alone, and the cells that repairs of that weight consist of."""
    effort.spend(0.1)
    alone = _alone(room, edits)
    system = room.system
    cells, times = np.unique(alone.by_edit.indices, return_counts=True)
    common = cells[times == len(edits)]
    if common.size:
        columns = alone.by_cell[:, common]
        ends = np.stack([alone.edit_low[columns.indices], alone.edit_high[columns.indices]]) / columns.data
        low = np.maximum(np.maximum.reduceat(ends.min(0), columns.indptr[:-1]), room.cell_low[common])
        high = np.minimum(np.minimum.reduceat(ends.max(0), columns.indptr[:-1]), room.cell_high[common])
        fits = common[low <= high]
        two = system.weight[cells].min() + system.weight[~system.free].min()
        if fits.size and (least := float(system.weight[fits].min())) < two:
            lightest = fits[system.weight[fits] == least].tolist()
            return Part(least, frozenset(lightest), True, tuple((cell,) for cell in lightest))
    found, proof = search(alone, set(range(len(edits))), max_ties, effort)
    if proof.status == "optimal" and found:
        used = frozenset(cell for repair in found for cell in repair.cells)
        return Part(proof.bound, used, proof.method == "proofs", tuple(repair.cells for repair in found))
    # More sets of that weight than are listed, or a search that was stopped: any cell may be one of them.
    return Part(proof.bound, frozenset(cells.tolist()), False)


def _alone(room: Room, edits: Sequence[int]) -> Room:
    """The room of some edits, as if there were no others."""
    rows = list(edits)
    by_edit = room.by_edit[rows]
    return replace(
        room,
        by_edit=by_edit,
        by_cell=by_edit.tocsc(),
        edit_low=room.edit_low[rows],
        edit_high=room.edit_high[rows],
        exact=room.exact[rows],
    )
