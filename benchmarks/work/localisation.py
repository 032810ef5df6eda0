"""Error localisation with many damaged cells, compared with few.

Belongs here: the two sides as seen from outside: 40 damaged cells and a column pasted over another, and five damaged
cells. Does not belong here: the work itself (`benchmarks.damaged_tables`), and whether the right cells are found
(`benchmarks.seeded_defects`).
"""

from __future__ import annotations

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage
from benchmarks.setting import Setting
from benchmarks.work import Work

FEW, MANY = 5, 40


def _prepare(setting: Setting) -> Turn:
    answers: dict[str, set[str]] = {"many": set(), "few": set()}
    facts: dict[str, str | int] = {}

    def side(name: str, cells: int, *more: str) -> Usage:
        seen = setting.answer("damaged_tables", "--cells", str(cells), "--seed", str(setting.seed), *more)
        answers[name].add(seen["answer"])
        facts[f"different answers of the turns, {name} cells"] = len(answers[name])
        facts[f"search complete, {name} cells"] = "yes" if seen["complete"] else "no"
        return Usage(0, seen["cpu"], 0)

    def turn() -> Pair:
        return Pair(side("many", MANY, "--pasted-column"), side("few", FEW), dict(facts))

    return turn


WORK = Work(
    name="localisation",
    title="error localisation, 40 damaged cells and a pasted column",
    left="40 cells and a column",
    right="5 cells",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 5),),
    quantities=("cpu",),
)
