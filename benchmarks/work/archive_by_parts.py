"""Two of 44 forces out of an archive of 1.5 GB, fetched by parts, compared with fetching the archive.

Belongs here: both sides, and the bound for the bytes that the parts may cost. Does not belong here: making the archive
(`benchmarks.forces_archive`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting, Unequal
from benchmarks.work import Work
from benchmarks.work.fetching import publisher

_MOST = 1.05
"""Bytes that may be received, compared with those of the members that are wanted and of the directory."""
_MODULE = "civic_assets_tests.acquire.forces_by_parts"


def _prepare(setting: Setting) -> Turn:
    archive = setting.new_folder("archive") / "2024-05.zip"
    made = setting.answer("forces_archive", archive, str(setting.fetched * 3 // 4))

    def turn() -> Pair:
        with publisher(setting, _MODULE, "serve", str(archive)) as variables:
            parts, received = _fetch(setting, "parts", variables)
            whole, all_bytes = _fetch(setting, "whole", variables)
        allowed = made["wanted"] * _MOST + (64 << 10)
        if received > allowed:
            raise Unequal(f"{received:,} bytes were received, and {allowed:,.0f} would have been enough")
        facts = {
            "bytes of the archive": all_bytes,
            "bytes of the members and the directory": made["wanted"],
            "bytes received by parts": received,
        }
        return Pair(parts, whole, facts)

    return turn


def _fetch(setting: Setting, what: str, variables: dict[str, str]) -> tuple[Usage, int]:
    folder = setting.new_folder(what)
    (folder / "civic.toml").write_text("")
    log: Path = folder / "said.log"
    command = [sys.executable, "-m", _MODULE, what, str(folder / "store")]
    used = run_measured(command, setting.environment() | variables, PROJECT, log)
    received = int(log.read_text().split()[-1])
    for file in folder.glob("*.zip"):
        file.unlink()
    return used, received


WORK = Work(
    name="archive-by-parts",
    title="two of 44 forces out of an archive of 1.5 GB on this machine",
    left="by parts",
    right="the whole archive",
    prepare=_prepare,
    goals=(Goal("peak", "ratio", 1.5),),
)
