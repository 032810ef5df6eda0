"""How much work a search may do: counted in steps that are the same on every machine.

Belongs here: the budget of a search. Does not belong here: what the steps are (`search`, `repair_trial`).

A limit in seconds makes the findings of a file depend on how busy the machine is. A limit in steps does not: the same
file has the same repairs, and the same note that a list may be incomplete, wherever it is examined. So no clock is
read, and the solver is given numbers of nodes and no seconds.
"""

from __future__ import annotations

from dataclasses import dataclass


class EffortSpent(Exception):
    """The budget is used up; `limit` says which one, as in `Proof.status`."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass
class Effort:
    """A budget that is used up step by step.

    Args:
        steps: Steps that are left. One is a small programme for the solver, a millisecond or two.
    """

    steps: float

    def spend(self, steps: float) -> None:
        """Takes steps from the budget.

        Raises:
            EffortSpent: There are not so many left. A programme that costs more than the whole budget is not begun: one
                of 2,000 cells takes the solver minutes before it looks at a single node.
        """
        if self.steps < steps:
            raise EffortSpent("step_limit")
        self.steps -= steps
