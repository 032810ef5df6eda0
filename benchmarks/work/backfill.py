"""A backfill of forty workbook releases in one run, compared with forty refreshes of one release each.

Belongs here: both sides. Does not belong here: the workbooks (`civic_assets.inputs.samples.workbook`), whose figures
are invented and which say so.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting
from benchmarks.work import Work

_WRITE = """
import sys
from pathlib import Path
from civic_assets.inputs.samples.layout import Edition
from civic_assets.inputs.samples.workbook import workbook_bytes
folder, number = Path(sys.argv[1]), int(sys.argv[2])
sheets = {"previous": "Table C2", "current": "Table C3", "change": "Table C4", "rates": "Table C5"}
for quarter in range(number):
    year, month = 2022 - quarter // 4, 12 - 3 * (quarter % 4)
    edition = Edition(year=year, month=month, sheets=sheets, breaks=dict.fromkeys(sheets, 0), mid_year=year - 1)
    (folder / f"synthetic-csp-{year}-{month:02}.xlsx").write_bytes(workbook_bytes(edition))
"""


def _prepare(setting: Setting) -> Turn:
    inputs = setting.new_folder("workbooks")
    command = [sys.executable, "-c", _WRITE, str(inputs), str(setting.workbooks)]
    run_measured(command, setting.environment(), PROJECT, setting.scratch / "workbooks.log")
    files = sorted(inputs.iterdir())

    def refresh(folder: Path, store: Path) -> Usage:
        return setting.refresh(folder, store, site=False)

    def turn() -> Pair:
        place = setting.new_folder("backfill")
        together = refresh(inputs, place / "together")
        singles = []
        for number, file in enumerate(files):
            alone = place / f"file-{number}"
            alone.mkdir()
            shutil.copy(file, alone)
            singles.append(refresh(alone, place / "singly"))
        shutil.rmtree(place)
        one_by_one = Usage(
            sum(one.wall for one in singles),
            sum(one.cpu for one in singles),
            max(one.peak for one in singles),
        )
        return Pair(together, one_by_one, {"releases": len(files)})

    return turn


WORK = Work(
    name="backfill",
    title="forty workbook releases, without the site",
    left="in one refresh",
    right="in forty refreshes",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 0.35),),
    long=True,
)
