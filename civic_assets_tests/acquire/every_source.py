"""Every source against every publisher's site, from files of the fixtures, with faults in its list or in its files.

Belongs here: the setting, one round of asking, and the faults with their right outcomes. Does not belong here: running
them (`test_every_source`), and faults of a transfer alone (`fault_matrix`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.client import open_client
from civic_assets.acquire.live.means import means_of
from civic_assets.acquire.live.rounds import ask_all, fetching_folder
from civic_assets.acquire.live.run import Live, conclude_run
from civic_assets.acquire.live.wanted import wanted_sources
from civic_assets.acquire.settings import Replay, Settings
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.recognition_cache import reader_of
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.conftest import QUICK, TestClock
from civic_assets_tests.replay.faults import ANSWERS, CERTIFICATES, WIRE, Fault
from civic_assets_tests.replay.server import ReplayServer

LIMITS = replace(QUICK, read=1.0, answer=1.5, grace=0.5, tries=3)
# Addresses of files; everything else that a source asks for is a list, a page or a description.
_FILES = r"/download|/media/|/file\?|/query\?|\.data\.csv|\.zip"
PLACES = {"list": rf"^(?!.*(?:{_FILES}))", "file": _FILES}
# Faults that are over after one request: the round ends as one without them.
PASSING = ("503", "429_seconds", "429_date", "refused", "reset", "truncated", "no_answer")
# Faults that stay: the source is named with a sentence, nothing of it is received, and the others are as ever.
LASTING = (
    "503", "404", "429_long", "html", "error_object", "empty_body", "empty_list", "wrong_content", "redirect_host",
    "redirect_private", "too_large", "truncated", "chunks_cut", "refused", "expired", "untrusted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a round.

    Args:
        problems: Sentences.
        received: Source -> releases with the SHA-256 of their bytes.
    """

    problems: frozenset[str]
    received: dict[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class EverySource:
    """A server with all sites, and how a store asks it.

    Args:
        server: The server.
        authority: File with its certificate.
    """

    server: ReplayServer
    authority: Path

    @staticmethod
    def names() -> tuple[str, ...]:
        """Sources that are asked for."""
        return tuple(wanted_sources(_active(), ()).asked)

    @staticmethod
    def hosts(source: str) -> frozenset[str]:
        """Hosts that a source may ask."""
        return frozenset(wanted_sources(_active(), (source,)).asked[source].all_hosts)

    def another(self, source: str) -> str:
        """A source that asks other hosts."""
        return next(one for one in ("met_ward", "dfe_sen") if not self.hosts(one) & self.hosts(source))

    def fault(self, kind: str, source: str, place: str, times: int | None) -> Fault:
        """A fault in the list or in the files of a source."""
        hosts = "|".join(host.replace(".", r"\.") for host in sorted(self.hosts(source)))
        return Fault(kind, host=hosts, path=PLACES[place], times=times, at=0.0 if times is None else 0.5)

    def ask(self, root: Path, sources: Sequence[str], *faults: Fault, later: float = 0) -> Came:
        """One round of a store.

        Args:
            root: Folder of the store.
            sources: Sources that are asked for.
            faults: What goes wrong meanwhile.
            later: Seconds from now.
        """
        host, _, port = self.server.address.rpartition(":")
        settings = Settings(
            areas=Areas(forces=("city-of-london",)),
            replay=Replay(host, int(port), str(self.authority)),
        )
        active = _active()
        wanted = wanted_sources(active, sources)
        self.server.requests.clear()
        self.server.faults[:] = faults
        with (
            open_client(root, settings, limits=LIMITS, clock=TestClock(passed=later)) as client,
            fetching_folder(root) as folder,
        ):
            means = means_of(client, settings, lambda: reader_of(active))
            rounds, before = ask_all(root, wanted.asked, means, folder=folder)
            live = Live(root, wanted, rounds, before, client.replayed)
            store = Store(root)
            _, _, fetching = conclude_run(live, store, active)
        self.server.faults.clear()
        received = {
            source: frozenset((one.release, one.sha256) for one in store.archive.receipts(source))
            for source in sources
        }
        return Came(frozenset(fetching.problems), received)


def table() -> str:
    """The matrix of every source as a table in Markdown."""
    places = {"list": "in its lists and pages", "file": "in its files"}
    lines = [f"| fault | {places['list']} | {places['file']} |", "|---|---|---|"]
    for kind in sorted({*PASSING, *LASTING}, key=lambda one: (one in LASTING, one)):
        words = {**WIRE, **CERTIFICATES}.get(kind) or ANSWERS[kind][0]
        if kind in PASSING:
            lines.append(f"| {words}, once | as without it | as without it |")
        if kind in LASTING:
            file = "nothing is asked" if kind in CERTIFICATES else _NAMED
            lines.append(f"| {words}, for good | {_NAMED} | {file} |")
    return "\n".join(lines) + "\n"


_NAMED = "named; nothing of it is received"


def _active() -> dict:
    return {name: one for name, one in load_contracts().items() if one.status == "active"}
