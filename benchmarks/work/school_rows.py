"""A zip that is mostly rows of single schools, compared with a plain scan of its rows in DuckDB.

Belongs here: both sides, for `inspect` and for a first refresh. Does not belong here: the archive (`school_zip`) and
the scan (`scan_csv`).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work


def _prepare(ours: Callable[[Setting, Path], Usage]) -> Callable[[Setting], Turn]:
    def prepare(setting: Setting) -> Turn:
        inputs = setting.new_folder("schools")
        archive = inputs / "schools.zip"
        environment, log = setting.environment(), setting.scratch / "schools.log"

        def python(module: str, *arguments: str | Path) -> Usage:
            command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
            return run_measured(command, environment, PROJECT, log)

        python("school_zip", archive, "--rows", str(setting.rows), "--seed", str(setting.seed))
        about: dict[str, str | int] = {
            "rows of schools": setting.rows,
            "bytes of the archive": archive.stat().st_size,
        }

        def turn() -> Pair:
            return Pair(ours(setting, inputs), python("scan_csv", archive), about)

        turn()  # uncounted, as for the first refresh
        return turn

    return prepare


def _inspect(setting: Setting, inputs: Path) -> Usage:
    return setting.measured("inspect", inputs / "schools.zip", fails=True)


def _refresh(setting: Setting, inputs: Path) -> Usage:
    store = setting.new_folder("schools-store") / "store"
    usage = setting.refresh(inputs, store)
    shutil.rmtree(store.parent)
    return usage


_GOALS = (Goal("cpu", "ratio", 20), Goal("peak", "left", 600))
INSPECTION = Work(
    name="school-rows",
    title="`inspect` of a zip of rows of single schools",
    left="this project",
    right="plain DuckDB scan",
    prepare=_prepare(_inspect),
    goals=_GOALS,
)
REFRESH = Work(
    name="school-rows-refresh",
    title="the same zip, first refresh with publication",
    left="this project",
    right="plain DuckDB scan",
    prepare=_prepare(_refresh),
    goals=_GOALS,
)
