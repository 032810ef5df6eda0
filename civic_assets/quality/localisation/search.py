"""Repairs of several cells: sets of cells are proposed, tried, and excluded with a proof until the lightest are known.

Belongs here: the search for all least-weight repairs of edits that hang together. Does not belong here: detection,
one-cell repairs and which broken edits are solved together (`localise`); the programme that proposes (`cover_model`);
the trial of a set, and the proof that it is too small (`repair_trial`).

Each proposal is the lightest set that no proof excludes, solved to a gap of nothing, so its weight is a lower bound. If
the trial finds values for it, it is a least repair; if not, the trial says which other cells one must be among, and the
next proposal heeds that. Edits that nobody needs are never looked at. The solver is trusted for bounds only, never for
feasibility, and its numbers are as large as the errors: with the figures themselves, as the literature has it, it needs
a constant above every possible change, and with populations of 1e7 and errors of 1 its tolerance lets cells change for
free (data-cleaning/errorlocate#30) or makes it call sets of two and of three cells equally small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from civic_assets.house_numbers.localisation import SAME_WEIGHT
from civic_assets.quality.equations.edit_system import Repair, Room
from civic_assets.quality.localisation.covers import Cover
from civic_assets.quality.localisation.repair_trial import Refusal, tried
from civic_assets.quality.localisation.search_effort import Effort, EffortSpent
from civic_assets.quality.localisation.solver import INFEASIBLE


@dataclass(frozen=True, slots=True)
class Proof:
    """How sure it is that no repair is lighter, and that none is missing.

    Args:
        status: `optimal`, or what ended the search: `step_limit`, `node_limit`, `most_ties`.
        method: `deduced` from the edits of single cells; `solver`, the bound of a model of changes; or `proofs` where
            statements about sets of cells alone give the same bound, whatever a solver's tolerance.
        weight: Weight of the lightest repair found; None without any.
        bound: No repair is lighter than this.
        rounds: Proposals that were made.
    """

    status: str
    method: str
    weight: float | None = None
    bound: float = 0.0
    rounds: int = 0

    @property
    def gap(self) -> float | None:
        """Weight less bound, 0 where the least weight is proved; None without a repair."""
        return None if self.weight is None else max(0.0, round(self.weight - self.bound, 6))

    def as_evidence(self) -> dict[str, str | float | int | None]:
        """The same for the evidence of a finding; a bound that nothing is known of is 0, the least weight there is."""
        return {
            "status": self.status,
            "method": self.method,
            "least_weight": self.weight,
            "bound": round(self.bound, 6),
            "gap": self.gap,
            "rounds": self.rounds,
        }


@dataclass
class Search:
    """What a search has found so far.

    Args:
        among: Cells that may be chosen; all if None.
    """

    room: Room
    watched: set[int]
    most: int
    found: list[Repair] = field(default_factory=list)
    best: float = np.inf
    bound: float = 0.0
    rounds: int = 0
    cover: Cover = field(default_factory=lambda: Cover([], []))
    by_sets: bool = False
    among: frozenset[int] | None = None

    def proof(self, status: str) -> Proof:
        """The proof so far."""
        weight = self.best if self.found else None
        return Proof(status, "proofs" if self.by_sets else "solver", weight, self.bound, self.rounds)

    def run(self, effort: Effort) -> str:
        """Proposes and tries until nothing is left; returns the status.

        Raises:
            EffortSpent: The budget was used up.
        """
        room, cover = self.room, self.cover
        covered: set[int] = set()
        while True:
            new = {edit for edit in self.watched - covered if room.broken[edit]}
            covered |= new
            cover.some += [self._of(room.cells_of([edit]).tolist()) for edit in sorted(new)]
            if not all(cover.some):
                return "optimal"  # an edit or a combination of edits that no change of cells can satisfy
            choice = cover.chosen(room, self.watched, effort, with_changes=True, among=self.among)
            self.rounds += 1
            if choice.status == INFEASIBLE:
                return "optimal"
            if not choice.proved:
                return "node_limit"
            self.bound = max(self.bound, min(choice.bound, self.best))
            if choice.weight > self.best + SAME_WEIGHT:
                return "optimal"
            if len(self.found) >= self.most:
                return "most_ties"
            answer = tried(room, choice.cells, effort)
            if isinstance(answer, Refusal):
                cover.some.append(self._of(answer.cells))
                self.watched |= set(answer.edits)
                continue
            for repair in self._smaller(answer, effort):
                self._keep(repair)
                cover.not_all.append(frozenset(repair.cells))

    def _of(self, cells: Iterable[int]) -> frozenset[int]:
        """Those of some cells that may be chosen."""
        return frozenset(cells) if self.among is None else self.among.intersection(cells)

    def _keep(self, repair: Repair) -> None:
        """Adds a repair; those that are heavier than the lightest leave."""
        weight = float(self.room.system.weight[list(repair.cells)].sum())
        if weight < self.best - SAME_WEIGHT:
            self.found.clear()
            self.best = weight
        if weight <= self.best + SAME_WEIGHT:
            self.found.append(repair)

    def _smaller(self, repair: Repair, effort: Effort) -> list[Repair]:
        """The repair, or those that do with a cell less; none, as long as the solver's bound is what it should be."""
        cells = repair.cells
        fewer = [cells[:i] + cells[i + 1 :] for i in range(len(cells))]
        smaller = [
            answer
            for rest in fewer
            if all(one & set(rest) for one in self.cover.some)
            and isinstance(answer := tried(self.room, rest, effort), Repair)
        ]
        return [last for one in smaller for last in self._smaller(one, effort)] or [repair]

    def confirm(self, effort: Effort) -> None:
        """Asks whether the sets that proofs require a cell of give the bound without any changes in the model."""
        again = Cover(self.cover.some, []).chosen(self.room, self.watched, effort, with_changes=False)
        self.by_sets = again.proved and again.weight >= self.best - SAME_WEIGHT


def search(room: Room, watched: set[int], max_ties: int, effort: Effort) -> tuple[list[Repair], Proof]:
    """All least-weight sets of cells that repair the broken edits among `watched`.

    Args:
        room: The system.
        watched: Edits that must hold; those that proofs need are added in place.
        max_ties: Stop after this many sets.
        effort: Budget.

    Returns:
        Repairs, and whether they are all. No repair and `optimal`: no change of cells satisfies the edits.
    """
    state = Search(room, watched, max_ties)
    try:
        status = state.run(effort)
        if status == "optimal" and state.found:
            state.confirm(effort)
    except EffortSpent as spent:
        status = spent.limit
    return state.found, state.proof(status)
