"""Replacing the folder of the report, and clearing away what a killed process left of that.

Belongs here: moving a new folder into the place of the old one. Does not belong here: what is in it (`site`).

The caller of these functions holds the lock of the store (`civic_assets.layers.store_lock`). So any other folder of
this kind was left by a process that is gone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from civic_assets.layers.root import REPORT, REPORT_BEING_BUILT
from civic_assets.publish.report.links import INDEX


def new_folder(root: Path) -> Path:
    """An empty folder in the store, in which a report is built."""
    return Path(tempfile.mkdtemp(prefix=REPORT_BEING_BUILT, dir=root))


def put_in_place(beside: Path, folder: Path) -> None:
    """Replace a folder with a new one; if that fails, the old one is put back.

    A non-empty folder cannot be replaced atomically, so there is no folder for a moment.
    """
    if not folder.exists():
        os.rename(beside, folder)
        return
    old = new_folder(folder.parent) / "old"
    os.rename(folder, old)
    try:
        os.rename(beside, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


def clear_away(root: Path) -> None:
    """Remove leftovers of interrupted builds; restore the report if a process was killed between the two renames."""
    report = root / REPORT
    for entry in sorted(root.glob(f"{REPORT_BEING_BUILT}*")):
        if not report.exists() and (entry / "old" / INDEX).is_file():
            os.rename(entry / "old", report)
        shutil.rmtree(entry, ignore_errors=True)
