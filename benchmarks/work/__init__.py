"""The benchmarks, one module for each piece of work, and the list of all.

Belongs here: what each is, in one record. Does not belong here: running and printing (`benchmarks.command`).
Only the standard library is imported anywhere in this package (`benchmarks.measured_process`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.comparison import Goal, Quantity, Turn
from benchmarks.setting import Setting


@dataclass(frozen=True, slots=True)
class Work:
    """One benchmark.

    Args:
        name: Name on the command line.
        title: What is measured, in words.
        left: The side that is judged.
        right: The side that it is compared with.
        prepare: Makes what both sides need, and returns one turn of both. It raises `Missing` if it cannot.
        goals: Bounds for the medians.
        right_over_left: Whether the ratio says how many times more the right side needs; else the left side.
        quantities: What is printed.
        long: Whether it takes an hour, so that it is run only if it is named or all are asked for.
    """

    name: str
    title: str
    left: str
    right: str
    prepare: Callable[[Setting], Turn]
    goals: tuple[Goal, ...] = ()
    right_over_left: bool = False
    quantities: tuple[Quantity, ...] = ("cpu", "peak", "wall")
    long: bool = False
