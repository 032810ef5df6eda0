"""`civic-assets verify` of a whole store, compared with plain hashes of its files and one scan of its tables.

Belongs here: both over one store. Does not belong here: the plain check (`plain_verification`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import run_measured
from benchmarks.setting import PROJECT, Setting, contents_of
from benchmarks.work import Work


def _prepare(setting: Setting) -> Turn:
    folder = setting.real_files()

    def make(place: Path) -> None:
        setting.refresh(folder, place / "store")

    store = setting.kept_folder("store-with-site", contents_of(folder), make) / "store"

    def turn() -> Pair:
        ours = setting.measured("verify", "--store", store)
        command = [sys.executable, "-m", "benchmarks.plain_verification", str(store)]
        plain = run_measured(command, setting.environment(), PROJECT, setting.scratch / "commands.log")
        files = [file for file in store.rglob("*") if file.is_file()]
        facts: dict[str, str | int] = {
            "files": len(files),
            "MB": round(sum(file.stat().st_size for file in files) / 1e6),
        }
        return Pair(ours, plain, facts)

    return turn


WORK = Work(
    name="verify",
    title="verifying a store of all real files",
    left="civic-assets verify",
    right="sha256sum and one scan",
    prepare=_prepare,
    goals=(Goal("wall", "ratio", 1.5),),
)
