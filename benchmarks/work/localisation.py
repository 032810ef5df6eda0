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
from benchmarks.work.first_refresh import workbook_of

FEW, MANY = 5, 40


def _prepare(setting: Setting) -> Turn:
    path, about = workbook_of(setting)
    answers: dict[str, set[str]] = {"many": set(), "few": set()}
    facts: dict[str, str | int] = dict(about)

    def side(name: str, cells: int, *more: str) -> Usage:
        given = ("--cells", str(cells), "--seed", str(setting.seed), *more)
        seen = setting.answer("damaged_tables", path, *given)
        answers[name].add(seen["answer"])
        for what in ("damaged", "accused", "wrongly accused", "groups"):
            facts[f"{name} cells, {what}"] = seen[what]
        facts[f"{name} cells, search complete"] = "yes" if seen["complete"] else "no"
        facts[f"{name} cells, different answers of the turns"] = len(answers[name])
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
