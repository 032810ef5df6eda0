"""One new issue into a store of many generated releases, compared with a store of few.

Belongs here: both stores and both refreshes. Does not belong here: the files (`benchmarks.generated_inputs`); the
stores are made of them by refreshes of the program under test.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.generated_inputs import plan
from benchmarks.measured_process import run_measured
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work
from benchmarks.work.new_issue import into_both


def generated_store(setting: Setting, releases: int, areas: int) -> Path:
    """A folder with `store`, made of generated files, and `next-issue`, a folder with one file that is not in it.

    Args:
        setting: Where to work.
        releases: Releases of the store.
        areas: Small areas in each month of street-level crime.
    """

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.generated_inputs.write", str(folder)]
        command += ["--releases", str(releases), "--areas", str(areas), "--seed", str(setting.seed)]
        run_measured(command, setting.environment(), PROJECT, setting.scratch / "generated.log")
        setting.refresh(folder / "inputs", folder / "store")
        shutil.rmtree(folder / "inputs")  # the store has its own copy of every file

    return setting.kept_folder(f"store-of-{releases}", f"{releases} {areas} {setting.seed}", make)


def _prepare(setting: Setting) -> Turn:
    many, few = setting.releases
    # Files of the same size in both stores: only their number differs.
    areas = plan(many, setting.figures).areas
    larger, smaller = (generated_store(setting, releases, areas) for releases in (many, few))

    def turn() -> Pair:
        return into_both(setting, larger / "next-issue", larger / "store", smaller / "store")

    return turn


WORK = Work(
    name="many-releases",
    title="one new Met issue into a large store of generated files",
    left="into the larger store",
    right="into the smaller store",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 1.3),),
    long=True,
)
