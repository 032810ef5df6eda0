"""A first refresh from publishers on this machine, compared with one of the same files from a folder.

Belongs here: both refreshes, and whether they published the same. Does not belong here: the publishers (`replayed`).
"""

from __future__ import annotations

import shutil

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.replayed import replayed, require_same
from benchmarks.setting import Setting
from benchmarks.work import Work


def prepare_for(setting: Setting, sources: tuple[str, ...] = ()) -> Turn:
    """Prepare both sides for some sources; all if empty."""
    files, first = replayed(setting, sources)
    shutil.rmtree(first)

    def turn() -> Pair:
        place = setting.new_folder("fetching-share")
        live, local = files.live(place / "live"), files.local(place / "local")
        publication = require_same(place / "live", place / "local")
        shutil.rmtree(place)
        return Pair(live, local, files.facts | {"publication of both": publication[:12]})

    return turn


WORK = Work(
    name="fetching-share",
    title="a first refresh from publishers on this machine",
    left="fetched",
    right="the same files from a folder",
    prepare=prepare_for,
    goals=(Goal("cpu", "ratio", 1.15),),
)
