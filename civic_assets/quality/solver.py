"""The mixed-integer solver, kept from writing to standard output.

Belongs here: calling `scipy.optimize.milp`. Does not belong here: the models that it is given (`localise_search`).

HiGHS, which solves them, prints a warning from C now and then, straight to standard output: in the middle of the one
JSON object that a command prints there. While it runs, standard output goes where errors go; nothing is lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


def solve(cost: Any, **model: Any) -> Any:
    """`scipy.optimize.milp` with its arguments and its result."""
    from scipy.optimize import milp

    with output_to_errors():
        return milp(cost, **model)


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
