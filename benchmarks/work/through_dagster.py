"""All real files through Dagster, compared with the same functions in a bare loop.

Belongs here: both sides, without the site. Does not belong here: the loop (`bare_loop`).
"""

from __future__ import annotations

import shutil
import sys

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import run_measured
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work


def _prepare(setting: Setting) -> Turn:
    folder = setting.real_files()

    def turn() -> Pair:
        place = setting.new_folder("through-dagster")
        ours = setting.refresh(folder, place / "store", "--processes", "1", site=False)
        command = [
            sys.executable,
            "-m",
            "benchmarks.bare_loop",
            str(folder),
            str(place / "bare"),
            "--publish",
        ]
        bare = run_measured(command, setting.environment(), PROJECT, setting.scratch / "bare.log")
        shutil.rmtree(place)
        return Pair(ours, bare)

    return turn


WORK = Work(
    name="through-dagster",
    title="all real files into an empty store, in one process and without the site",
    left="`civic-assets refresh`, with runs and events",
    right="the same functions in a bare loop",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 1.15),),
)
