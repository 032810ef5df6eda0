"""How much work a search may do: counted in steps that are the same on every machine.

Belongs here: the budget of a search. Does not belong here: what the steps are (`localise_search`).

A limit in seconds makes the findings of a file depend on how busy the machine is. A limit in steps does not: the same
file has the same repairs, and the same note that a list may be incomplete, wherever it is examined. A clock stands
behind it all the same, far off, for the case that steps take much longer than they should.
"""

from __future__ import annotations

import time
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
        deadline: `time.monotonic()` at which to stop whatever is left.
    """

    steps: float
    deadline: float

    def spend(self, steps: float) -> None:
        """Takes steps from the budget.

        Raises:
            EffortSpent: There are none left, or the clock has run out.
        """
        if self.steps <= 0:
            raise EffortSpent("step_limit")
        if time.monotonic() >= self.deadline:
            raise EffortSpent("time_limit")
        self.steps -= steps

    @property
    def seconds(self) -> float:
        """Seconds that are left, never none: the solver takes none for no limit."""
        return max(self.deadline - time.monotonic(), 1e-3)
