"""Least repairs of edits that hang together, put together from the least repairs of their parts.

Belongs here: taking broken edits apart, the least weight of each part, and the search among the cells of these least
repairs. Does not belong here: the search itself (`search`), and which edits are solved together (`localise`).

A column that was pasted from another year breaks edits in every row, and a sum over areas that holds (because the total
was pasted as well) ties all rows together: hundreds of edits over a thousand cells, which a solver does not get through.
Taken alone, nearly every row has one cell that repairs it.

Some broken edits are left out, so that the others fall into parts without a common cell. Each part needs at least its
own least weight, so all of them together need the sum of these. If cells of the parts' least repairs alone satisfy all
edits with just that weight, no repair is lighter, and every repair of that weight consists of such cells: it has no
weight left for another cell. So the search among these few cells finds all least repairs of the whole. If it finds none
of that weight, nothing has been shown, and the whole is searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from civic_assets.house_numbers.localisation import EDITS_OF_A_PART, SAME_WEIGHT
from civic_assets.quality.equations.edit_system import Repair, Room
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
    """

    weight: float
    cells: frozenset[int]
    by_sets: bool


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
        parts = [_part(room, part, max_ties, effort) for part in taken_apart(room, edits)]
        least = sum(part.weight for part in parts)
        cells = frozenset[int]().union(*(part.cells for part in parts))
        if float(room.system.weight[sorted(cells)].sum()) <= least + SAME_WEIGHT:
            return _only(room, parts, cells, watched, effort)
        state = Search(room, set(watched), max_ties, among=cells)
        status = state.run(effort)
    except EffortSpent:
        return None
    if not state.found or state.best > least + SAME_WEIGHT or status not in ("optimal", "most_ties"):
        return None
    watched |= state.watched
    return state.found, Proof(status, _method(parts), state.best, state.best, state.rounds)


def _only(
    room: Room, parts: Sequence[Part], cells: frozenset[int], watched: set[int], effort: Effort
) -> tuple[list[Repair], Proof] | None:
    """The repair that changes all of the cells, where no part leaves a choice; None if that is no repair."""
    answer = tried(room, tuple(sorted(cells)), effort)
    if not isinstance(answer, Repair):
        return None
    weight = float(room.system.weight[list(answer.cells)].sum())
    return [answer], Proof("optimal", _method(parts), weight, weight, 1)


def _method(parts: Sequence[Part]) -> str:
    return "proofs" if all(part.by_sets for part in parts) else "solver"


def taken_apart(room: Room, edits: Sequence[int]) -> list[tuple[int, ...]]:
    """Broken edits in parts without a common cell; the longest edits are left out until the parts are small."""
    lengths = np.diff(room.by_edit.indptr)[list(edits)]
    best = [tuple(edits)]
    for most in _limits(lengths):
        kept = [edit for edit, length in zip(edits, lengths, strict=True) if length <= most]
        best = list(_linked(room, kept))
        if max(map(len, best)) <= EDITS_OF_A_PART:
            break
    return _taken_back(room, edits, best)


def _limits(lengths: np.ndarray) -> list[int]:
    return sorted(set(lengths.tolist()), reverse=True)


def _taken_back(
    room: Room, edits: Sequence[int], parts: Sequence[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """The parts, with those of the edits that were left out which share cells with one part at most."""
    own = [list(part) for part in parts]
    part_of = {cell: at for at, part in enumerate(own) for cell in room.cells_of(part).tolist()}
    left = set(edits).difference(*parts)
    for edit in sorted(left, key=lambda edit: (room.by_edit.indptr[edit + 1] - room.by_edit.indptr[edit], edit)):
        cells = room.cells_of([edit]).tolist()
        touched = {part_of[cell] for cell in cells if cell in part_of}
        if len(touched) > 1:
            continue
        at = touched.pop() if touched else len(own)
        if at == len(own):
            own.append([])
        own[at].append(edit)
        part_of.update(dict.fromkeys(cells, at))
    return [tuple(sorted(part)) for part in own]


def _linked(room: Room, edits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Edits grouped by shared cells."""
    from scipy.sparse.csgraph import connected_components

    rows = np.array(edits)
    occurs = room.by_edit[rows].astype(bool).astype(np.int64)
    count, label = connected_components(occurs @ occurs.T, directed=False)
    for part in range(count):
        yield tuple(rows[label == part].tolist())


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
            return Part(least, frozenset(fits[system.weight[fits] == least].tolist()), True)
    found, proof = search(alone, set(range(len(edits))), max_ties, effort)
    if proof.status == "optimal" and found:
        used = frozenset(cell for repair in found for cell in repair.cells)
        return Part(proof.bound, used, proof.method == "proofs")
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
