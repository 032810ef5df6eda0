"""The same files from publishers on this machine and from a folder: both refreshes, and the requests of the first.

Belongs here: starting the replay publisher for as long as a benchmark runs, and what both sides are run with. Does not
belong here: which of them are compared (`work`).

The publisher is another process, which is not measured. Both sides build in one process, because those that a refresh
starts for other sources are not counted by the operating system as its own.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting, Unequal
from benchmarks.work.fetching import publisher

_BLOB = re.compile(r"[0-9a-f]{64}")
_SINCE = "2010-01-01"
"""Earlier issues are asked for too, so that everything that is served is fetched."""
_ROUND_TRIPS = "civic_assets_tests.acquire.round_trips"


@dataclass(frozen=True)
class Replayed:
    """Publishers on this machine, and a folder with what they offer.

    Args:
        setting: Where to work.
        variables: Variables with which they are asked.
        folder: The files that they offer, under other names.
        sources: Sources that are asked for; all if empty.
        facts: What is served.
    """

    setting: Setting
    variables: dict[str, str]
    folder: Path
    sources: tuple[str, ...]
    facts: dict[str, str | int]

    def live(self, store: Path) -> Usage:
        """Refresh a store from the publishers."""
        return self._refresh("live", store, "--since", _SINCE)

    def local(self, store: Path) -> Usage:
        """Refresh a store from the folder."""
        return self._refresh("local", store, "--inputs", str(self.folder))

    def round_trips(self, store: Path, client: str, after: int) -> tuple[Usage, int]:
        """Make the requests of a refresh again, by a program that does nothing else.

        Args:
            store: Store that has the receipts of the requests.
            client: `sockets`, `requests`, or `nothing` to make none.
            after: Requests that were made before that refresh.

        Returns:
            What the program used, and the number of requests.
        """
        command = [sys.executable, "-m", _ROUND_TRIPS, str(store), client, str(after)]
        log = self.setting.new_folder("round-trips") / "said.log"
        used = run_measured(command, self._environment(), PROJECT, log)
        return used, int(log.read_text().split()[-1])

    def _refresh(self, profile: str, store: Path, *more: str) -> Usage:
        named = [word for source in self.sources for word in ("--source", source)]
        command = [
            sys.executable,
            "-m",
            "civic_assets.cli",
            "refresh",
            "--profile",
            profile,
            "--store",
            str(store),
        ]
        # 1: a file is held back, as real ones are; 3: the folder has no file of some kinds that contracts ask for.
        return run_measured(
            [*command, *more, *named, "--processes", "1", "--quiet", "--json"], self._environment(), PROJECT,
            self.setting.scratch / "replayed.log", accepted=(0, 1, 3),
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return self.setting.environment() | self.variables


def replayed(setting: Setting, sources: tuple[str, ...] = ()) -> tuple[Replayed, Path]:
    """Start the publishers, who serve until this program ends, and fetch everything once.

    Args:
        setting: Where to work; publishers' files are served if they are given, else samples.
        sources: Sources that are asked for; all if empty.

    Returns:
        The publishers, and the store of the first refresh.
    """
    place = setting.new_folder("replayed")
    settings, folder, store = place / "civic.toml", place / "folder", place / "store"
    settings.write_text("[areas]\nforces = []\n")  # all forces
    served = setting.real or Path(setting.answer("sample_files", place / "samples")["folder"])
    stack = ExitStack()
    atexit.register(stack.close)
    variables = stack.enter_context(
        publisher(setting, "civic_assets_tests.replay", str(served), "--port", "0")
    )
    folder.mkdir()
    files = Replayed(setting, variables | {"CIVIC_SETTINGS": str(settings)}, folder, sources, {})
    files.live(store)
    for blob in (store / "archive").iterdir():
        if _BLOB.fullmatch(blob.name):
            shutil.copyfile(blob, folder / blob.name)
    fetched = list(folder.iterdir())
    files.facts.update(
        {
            "files": f"{len(fetched):,} {'publishers' + chr(39) + ' files' if setting.real else 'SYNTHETIC samples'}",
            "bytes": sum(file.stat().st_size for file in fetched),
            "requests of the first refresh": requests_of(store),
        }
    )
    return files, store


def requests_of(store: Path) -> int:
    """Requests that have been made for a store."""
    return len((store / "acquired/fetches.jsonl").read_text().splitlines())


def publication_of(store: Path) -> str:
    """Hash of what a store publishes."""
    return str(json.loads((store / "publications/latest.json").read_text())["hash"])


def require_same(live: Path, local: Path) -> str:
    """The publication of both stores.

    Raises:
        Unequal: They are not the same.
    """
    both = publication_of(live), publication_of(local)
    if both[0] != both[1]:
        raise Unequal(
            f"the publishers' files became {both[0][:12]}, and the same files of a folder {both[1][:12]}"
        )
    return both[0]
