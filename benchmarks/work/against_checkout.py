"""Work of this checkout compared with the same work of another one, for example of the last release.

Belongs here: `inspect` of the newest ONS workbook, and everything of a folder of publishers' files from nothing. The
other checkout is named with `--against`; it runs with the same Python and the same libraries.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work
from benchmarks.work.first_refresh import workbook_of


def _prepare_inspection(setting: Setting) -> Turn:
    other = setting.other_checkout()
    path, about = workbook_of(setting)

    def turn() -> Pair:
        ours, theirs = (
            setting.measured("inspect", path, checkout=checkout, fails=True) for checkout in (PROJECT, other)
        )
        return Pair(ours, theirs, about)

    turn()  # uncounted: it compiles Python files and reads contracts into the cache, for both
    return turn


def _prepare_folder(setting: Setting) -> Turn:
    other, folder = setting.other_checkout(), setting.real_files()

    def from_nothing(checkout: Path) -> tuple[Usage, dict[str, int]]:
        store = setting.new_folder("from-nothing") / "store"
        usage = setting.refresh(folder, store, checkout=checkout)
        counts = setting.answer("published_counts", store / "civic.duckdb")
        shutil.rmtree(store.parent)
        return usage, counts

    def turn() -> Pair:
        ours, counted = from_nothing(PROJECT)
        theirs, by_other = from_nothing(other)
        facts: dict[str, str | int] = dict(counted)
        facts |= {f"{name}, other checkout": number for name, number in by_other.items()}
        return Pair(ours, theirs, facts)

    return turn


INSPECTION = Work(
    name="inspect",
    title="`inspect` of the newest ONS workbook",
    left="this checkout",
    right="other checkout",
    prepare=_prepare_inspection,
    goals=(Goal("cpu", "ratio", 0.5),),
)
FOLDER = Work(
    name="all-from-nothing",
    title="everything in a folder of publishers' files, from nothing",
    left="this checkout",
    right="other checkout",
    prepare=_prepare_folder,
    goals=(Goal("cpu", "ratio", 0.4),),
)
