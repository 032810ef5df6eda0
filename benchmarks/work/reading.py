"""Reading a workbook with the address of every cell, compared with calamine's bare parse.

Belongs here: the two sides as seen from outside. The reading itself is in `benchmarks.reading_against_calamine`.
"""

from __future__ import annotations

from statistics import median

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage
from benchmarks.setting import Setting
from benchmarks.work import Work
from benchmarks.work.first_refresh import workbook_of

_INNER = 20
"""Readings in one turn: each takes a fraction of a second, so many of them cost little and make the median steady."""


def _prepare(setting: Setting) -> Turn:
    path, about = workbook_of(setting)

    def turn() -> Pair:
        seconds = setting.answer("reading_against_calamine", path, str(_INNER))
        # Both sides are in one process, so only their processor time is known, not their memory.
        ours, bare = (Usage(0, median(seconds[side]), 0) for side in ("ours", "calamine"))
        return Pair(ours, bare, about)

    return turn


WORK = Work(
    name="reading",
    title="reading every cell with its address, in one process",
    left="read_grid and grid_to_table",
    right="calamine's bare parse",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 1.5),),
    quantities=("cpu",),
)
