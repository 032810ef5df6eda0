"""A refresh from publishers who have nothing new, compared with one from a folder that has nothing new.

Belongs here: both refreshes, and the same requests by programs that do nothing else, whose time is taken off. Does not
belong here: the publishers (`replayed`).
"""

from __future__ import annotations

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage
from benchmarks.replayed import replayed, requests_of, require_same
from benchmarks.setting import Setting, Unequal
from benchmarks.work import Work
from benchmarks.work.nothing_new import rewritten, state_of


def prepare_for(setting: Setting, sources: tuple[str, ...] = ()) -> Turn:
    """Prepare both sides for some sources; all if empty."""
    files, live = replayed(setting, sources)
    local = setting.new_folder("local") / "store"
    files.local(local)
    publication = require_same(live, local)
    # Once each, uncounted: files that have just been written are looked at once more.
    files.live(live)
    files.local(local)

    def turn() -> Pair:
        before, asked = state_of(live), requests_of(live)
        second, nothing_new = files.live(live), files.local(local)
        if changed := rewritten(before, state_of(live)):
            raise Unequal(f"{len(changed)} files were written although nothing was new: {changed[0]}")
        start, _ = files.round_trips(live, "nothing", asked)
        alone = {}
        for client in ("sockets", "requests"):
            used, number = files.round_trips(live, client, asked)
            alone[client] = _without(used, start)
        facts: dict[str, str | int] = {
            "publication of both": publication[:12],
            "requests of each": number,
            "processor time of the refresh as a whole": f"{second.cpu:.3f} s",
            "of the requests alone, by requests": f"{alone['requests'].cpu:.3f} s",
            "of the requests alone, by http.client": f"{alone['sockets'].cpu:.3f} s",
        }
        return Pair(_without(second, alone["requests"]), nothing_new, files.facts | facts)

    return turn


def _without(whole: Usage, part: Usage) -> Usage:
    """What one program used more than another; memory is not taken off."""
    return Usage(max(whole.wall - part.wall, 0), max(whole.cpu - part.cpu, 0), whole.peak)


WORK = Work(
    name="nothing-new-live",
    title="a refresh from publishers who have nothing new, less the same requests by a bare program",
    left="from publishers, less the requests",
    right="from a folder",
    prepare=prepare_for,
    goals=(Goal("cpu", "ratio", 1.25),),
)
