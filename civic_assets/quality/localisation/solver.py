"""The mixed-integer solver: no gap, no second meaning of "infeasible", nothing on standard output.

Belongs here: calling `scipy.optimize.milp` and `linprog`, and what their answers are worth. Does not belong here: the
models that they are given (`cover_model`, `repair_trial`, `disclosure_programme`).

HiGHS, which solves them, is content with 0.01% of the optimum by default, calls some feasible models
infeasible when its presolve has large and small numbers to weigh, and gives the same status to a model with a mistake
in it. It also prints a warning from C now and then, straight to standard output: in the middle of the one JSON object
that a command prints there. While it runs, standard output goes where errors go; nothing is lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

OPTIMAL, STOPPED, INFEASIBLE = 0, 1, 2
"""Statuses as scipy numbers them: solved, ended by a limit, without a solution."""
_MISTAKE = "Model error"


def solve(cost: Any, *, options: dict[str, Any] | None = None, **model: Any) -> Any:
    """`scipy.optimize.milp` with its arguments and its result, solved to a gap of nothing.

    "Infeasible" is believed when presolve and the search without it agree.

    Raises:
        ValueError: The model has a mistake in it (a number that is not finite, bounds that cross).
    """
    from scipy.optimize import milp

    exact: Any = {"mip_rel_gap": 0.0, **(options or {})}
    with output_to_errors():
        result = milp(cost, options=exact, **model)
        if result.status == INFEASIBLE and _MISTAKE not in result.message:
            exact["presolve"] = False
            result = milp(cost, options=exact, **model)
    if _MISTAKE in result.message:
        raise ValueError(f"the solver was given no valid model: {result.message}")
    return result


def solve_linear(cost: Any, **model: Any) -> Any:
    """`scipy.optimize.linprog` (HiGHS) with its arguments and its result; "infeasible" as in `solve`.

    Raises:
        ValueError: The model has a mistake in it.
    """
    from scipy import optimize

    # Its declared types do not know sparse matrices.
    linprog: Any = optimize.linprog
    with output_to_errors():
        result = linprog(cost, method="highs", **model)
        if result.status == INFEASIBLE and _MISTAKE not in result.message:
            result = linprog(cost, method="highs", options={"presolve": False}, **model)
    if _MISTAKE in result.message:
        raise ValueError(f"the solver was given no valid model: {result.message}")
    return result


@contextmanager
def output_to_errors() -> Iterator[None]:
    """What is written to the file descriptor of standard output goes to that of standard error."""
    with suppress(ValueError, AttributeError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output to protect
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
