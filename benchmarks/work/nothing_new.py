"""A refresh with nothing new, compared with the first; and whether it left every file as it was.

Belongs here: both refreshes, and the comparison of the store's files before and after the second.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.setting import Setting
from benchmarks.work import Work
from benchmarks.work.first_refresh import workbook_of

_PUBLISHED = ("archive", "tables", "report", "publications", "civic.duckdb")


def state_of(store: Path) -> dict[str, tuple[int, int, int]]:
    """Each file of a store's tables, pages and publications: its inode, size and time of the last change.

    A file that is written again with the same bytes has another time, and mostly another inode.
    """
    state = {}
    for name in _PUBLISHED:
        place = store / name
        files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        for file in files:
            about = file.stat()
            state[file.relative_to(store).as_posix()] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return state


def rewritten(before: dict[str, tuple[int, int, int]], after: dict[str, tuple[int, int, int]]) -> list[str]:
    """Files that were written, added or removed between two states."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _prepare(setting: Setting) -> Turn:
    path, about = workbook_of(setting)
    inputs = setting.new_folder("workbook")
    shutil.copy(path, inputs)

    def turn() -> Pair:
        store = setting.new_folder("nothing-new") / "store"
        first = setting.refresh(inputs, store, "--source", "ons_csp")
        before = state_of(store)
        second = setting.refresh(inputs, store, "--source", "ons_csp")
        changed = rewritten(before, state_of(store))
        shutil.rmtree(store)
        facts: dict[str, str | int] = {
            "files of the store": len(before),
            "files written by the second refresh": len(changed),
        }
        if changed:
            facts["the first of them"] = changed[0]
        return Pair(second, first, about | facts)

    turn()  # uncounted, as for the first refresh
    return turn


WORK = Work(
    name="nothing-new",
    title="a refresh with nothing new",
    left="second refresh",
    right="first refresh",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 0.01),),
)
