"""A first refresh of the newest ONS workbook, and the same figures by a plain stack.

Belongs here: both commands and the comparison of what they published. Does not belong here: the plain stack itself
(`benchmarks.plain_stack`).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting, Unequal
from benchmarks.work import Work


def workbook_of(setting: Setting) -> tuple[Path, dict[str, str | int]]:
    """The newest workbook among publishers' files, else a sample, and what to say of it."""
    found = setting.answer("newest_workbook", setting.real or "", setting.scratch / "samples")
    path = Path(found["path"])
    kind = "SYNTHETIC sample, much smaller than a real one" if found["synthetic"] else "real"
    return path, {
        "workbook": f"{kind}, edition {found['edition']}, {path.stat().st_size:,} bytes",
    }


def _prepare(setting: Setting) -> Turn:
    path, about = workbook_of(setting)
    inputs = setting.new_folder("workbook")
    workbook = Path(shutil.copy(path, inputs))

    def ours(store: Path) -> Usage:
        return setting.refresh(inputs, store, "--source", "ons_csp")

    def plain(folder: Path) -> Usage:
        home = folder / "dagster"
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
        environment = {
            **setting.environment(),
            "DAGSTER_HOME": str(home),
            "DUCKDB_FILE": str(folder / "plain.duckdb"),
            "WORKBOOK": str(workbook),
        }
        command = [sys.executable, "-m", "benchmarks.plain_stack", setting.plain_executor]
        return run_measured(command, environment, PROJECT, setting.scratch / "plain.log")

    # Uncounted: it compiles Python files and brings libraries into the page cache, for both. A comparison of times
    # means something only if both published the same.
    folder = setting.new_folder("uncounted")
    ours(folder / "store")
    plain(folder / "plain")
    same = setting.answer("same_figures", folder / "store/civic.duckdb", folder / "plain/plain.duckdb")
    if same["differing"]:
        raise Unequal(
            f"{same['differing']:,} of {same['plain']:,} figures of the plain stack differ from those of this project"
        )
    facts = about | {f"figures, {side}": number for side, number in same.items()}
    facts["executor of the plain stack"] = setting.plain_executor

    def turn() -> Pair:
        folder = setting.new_folder("first-refresh")
        pair = Pair(ours(folder / "store"), plain(folder / "plain"), facts)
        shutil.rmtree(folder)
        return pair

    return turn


WORK = Work(
    name="first-refresh",
    title="first refresh of the newest ONS workbook, whole process",
    left="this project",
    right="plain stack",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 8, at_least=True), Goal("peak", "left", 300)),
    right_over_left=True,
)
