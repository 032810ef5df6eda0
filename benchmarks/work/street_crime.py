"""Three years of street-level crime from the archive to harmonised tables, compared with CSV to Parquet in DuckDB.

Belongs here: both sizes. Does not belong here: the files (`generated_inputs.street`), the loop (`bare_loop`) and the
plain conversion (`csv_to_parquet`).

London has two forces and about 100,000 incidents a month. Here two forces of the generator have as many, invented.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.generated_inputs import LAST
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work

_MONTHS, _FORCES = 36, 2
# Of a small area and a type, the generator makes one incident and 0.3 more; it has 14 types.
_ROWS_OF_AN_AREA = 14 * 1.3
_SEVERAL_TIMES = 20 / 3.5


def _areas(rows: float) -> int:
    return max(1, round(rows / (_MONTHS * _FORCES * _ROWS_OF_AN_AREA)))


def _written(setting: Setting, name: str, rows: float) -> Path:
    folder = setting.new_folder(name)
    code = (
        "import sys; from pathlib import Path; from benchmarks.generated_inputs.street import write_street; "
        "folder, areas, seed, last = Path(sys.argv[1]), *map(int, sys.argv[2:]); "
        f"[write_street(folder, force, last - back, areas, seed) for force in range({_FORCES}) "
        f"for back in range({_MONTHS})]"
    )
    command = [sys.executable, "-c", code, *map(str, (folder, _areas(rows), setting.seed, LAST))]
    run_measured(command, setting.environment(), PROJECT, setting.scratch / "street.log")
    return folder


def _ours(setting: Setting, inputs: Path) -> Usage:
    store = setting.new_folder("street-store")
    usage = _python(setting, "bare_loop", inputs, store)
    made = len(list((store / "tables" / "harmonised" / "police_uk").iterdir()))
    if made != _MONTHS * _FORCES:
        raise SystemExit(f"{made} of {_MONTHS * _FORCES} releases are harmonised")
    shutil.rmtree(store)
    return usage


def _python(setting: Setting, module: str, *arguments: Path) -> Usage:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return run_measured(command, setting.environment(), PROJECT, setting.scratch / "street.log")


def _rows(inputs: Path) -> int:
    total = 0
    for file in inputs.iterdir():
        with file.open("rb") as lines:
            total += sum(1 for _ in lines) - 1
    return total


def _prepare(setting: Setting) -> Turn:
    inputs = _written(setting, "street", setting.incidents)
    facts: dict[str, str | int] = {"incidents": _rows(inputs), "files": _MONTHS * _FORCES}

    def turn() -> Pair:
        out = setting.new_folder("street-parquet")
        shutil.rmtree(out)
        plain = _python(setting, "csv_to_parquet", inputs, out)
        return Pair(_ours(setting, inputs), plain, facts)

    return turn


def _prepare_more(setting: Setting) -> Turn:
    few = _written(setting, "street", setting.incidents)
    many = _written(setting, "more-street", setting.incidents * _SEVERAL_TIMES)
    facts: dict[str, str | int] = {"incidents": _rows(many), "incidents on the right": _rows(few)}

    def turn() -> Pair:
        return Pair(_ours(setting, many), _ours(setting, few), facts)

    return turn


WORK = Work(
    name="street-crime",
    title="three years of street-level crime, archive to harmonised",
    left="this project",
    right="DuckDB, CSV to Parquet",
    prepare=_prepare,
    goals=(Goal("wall", "ratio", 2), Goal("peak", "left", 1_500)),
)
MORE = Work(
    name="street-crime-more",
    title="the same with 5.7 times as many incidents",
    left="20 million incidents",
    right="3.5 million incidents",
    prepare=_prepare_more,
    goals=(Goal("wall", "ratio", 6), Goal("peak", "left", 1_500)),
    long=True,
)
