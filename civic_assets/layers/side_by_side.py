"""Building the layers of independent sources side by side, in processes of their own.

Belongs here: which sources this process builds and which the others do, within a bound of memory. Does not belong here:
building a layer (`raw`, `validated`, `harmonised`) and recording it in Dagster, which this process does for every
source: it finds the layers of the others up to date, and builds what is missing.

Releases of one source are built in order by one process, because checks look back at earlier releases. Sources do not
read each other's layers, so the result does not depend on how many processes there are.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from civic_assets.archive import release_sort_key
from civic_assets.errors import ArchiveError
from civic_assets.house_numbers.file_limits import DELIMITED_BYTES
from civic_assets.house_numbers.memory import (
    BYTES_OF_A_LARGE_FILE,
    BYTES_OF_A_PROCESS,
    BYTES_PER_FIELD,
    BYTES_PER_PACKED_BYTE,
    FEWEST_PACKED_BYTES,
)
from civic_assets.layers.grid_cache import GRIDS

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import SynchronizedArray

    from civic_assets.layers.limits import Limits
    from civic_assets.layers.store import Store

_Taken: TypeAlias = "SynchronizedArray[int]"
Say: TypeAlias = Callable[[str], None]
# How a zip (xlsx, ods) and an OLE2 file (xls) begin. Everything else is text.
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BETWEEN_FIELDS = (b",", b";", b"\t")
Build: TypeAlias = Callable[[Path, str, Sequence[str], Say], None]
# Imported once, in the process that the others are copied from.
_NEEDED = (
    "civic_assets.layers.validated",
    "civic_assets.layers.harmonised",
    "civic_assets.parsing.claims",
    "civic_assets.quality.run",
    "civic_assets.quality.frames.gate",
    "civic_assets.harmonise.observations",
)


@dataclass(frozen=True, slots=True)
class Chain:
    """Releases of one source that are built one after another.

    Args:
        source: The source.
        releases: Its releases, oldest first.
        packed: Size of the archived files that have to be read for it, in bytes.
        memory: Memory that building them may need, in bytes, as far as the sizes of the files tell.
    """

    source: str
    releases: Sequence[str]
    packed: int
    memory: int


def chains_of(store: Store, wanted: Mapping[str, Sequence[str]]) -> list[Chain]:
    """What is built one after another: first the sources whose files this process has just read.

    Args:
        store: Store with the archived files.
        wanted: Releases by source.
    """
    found = []
    for source, releases in wanted.items():
        held = {receipt.release: receipt for receipt in store.archive.receipts(source)}
        receipts = [held[name] for name in sorted(releases, key=release_sort_key) if name in held]
        sizes = [_size(store, receipt.sha256) for receipt in receipts]
        unread = sum(
            size for receipt, size in zip(receipts, sizes, strict=True) if GRIDS.take(receipt.sha256) is None
        )
        needed = BYTES_OF_A_PROCESS + max(
            (_content(store, receipt.sha256) for receipt in receipts), default=0
        )
        found.append(Chain(source, [receipt.release for receipt in receipts], unread, needed))
    return sorted(found, key=lambda chain: (chain.packed, chain.source))


def _size(store: Store, sha256: str) -> int:
    """Size of an archived file; 0 if it is missing, which is reported when its release is built."""
    try:
        return store.archive.path_of(sha256).stat().st_size
    except (ArchiveError, OSError):
        return 0


def _content(store: Store, sha256: str) -> int:
    """Memory that the content of an archived file is taken to need, in bytes; 0 if the file is missing.

    How much a text needs depends on its fields far more than on its size: a table with a column for each month has
    three bytes to a figure, and one with words in every row has sixty.
    """
    try:
        with store.archive.path_of(sha256).open("rb") as file:
            if file.read(len(_PACKED[0])).startswith(_PACKED):
                return BYTES_PER_PACKED_BYTE * os.fstat(file.fileno()).st_size
            if os.fstat(file.fileno()).st_size > DELIMITED_BYTES:
                return BYTES_OF_A_LARGE_FILE
            file.seek(0)
            fields = 0
            while block := file.read(1 << 20):
                fields += max(block.count(sign) for sign in _BETWEEN_FIELDS)
            return BYTES_PER_FIELD * fields
    except (ArchiveError, OSError):
        return 0


@dataclass(slots=True)
class SideBySide:
    """Sources that are built at the same time, and those that are built in turn by this process.

    Args:
        store: Store to build in.
        wanted: Releases by source.
        limits: Number of processes and memory, this process included.
        say: Function that receives a line for each release that another process has built.
        build: What another process does with its releases.
        fewest: Size of unread files below which no process is started, in bytes.
    """

    store: Store
    wanted: Mapping[str, Sequence[str]]
    limits: Limits
    say: Say = lambda _: None
    build: Build | None = None
    fewest: int = FEWEST_PACKED_BYTES
    trouble: list[str] = field(default_factory=list)

    def sources(self) -> Iterator[str]:
        """Every source, in an order in which this process can go on: it builds, or records, each in turn.

        A source that another process builds comes when it is finished. One that could not be built there, because the
        process ended early, is built here; `trouble` then has a sentence about it.
        """
        chains = chains_of(self.store, self.wanted)
        helpers = self._helpers(chains)
        if not helpers:
            yield from self.wanted
            return
        shared = _Shared(chains)
        running = [self._start(shared, chains, memory) for memory in helpers]
        finished: set[str] = set()
        try:
            while (place := shared.first()) is not None:
                yield chains[place].source
                finished.add(chains[place].source)
            for one in running:
                self._listen(one)
            yield from (chain.source for chain in chains if chain.source not in finished)
        finally:
            for one in running:
                one.process.terminate()
                one.process.join()

    def _helpers(self, chains: Sequence[Chain]) -> list[int]:
        """Memory of each further process; the largest source always fits into this one."""
        number = min(self.limits.processes, len(chains)) - 1
        unread = sum(chain.packed for chain in chains)
        if number < 1 or unread < self.fewest:
            return []
        share = (self.limits.memory - max(chain.memory for chain in chains)) // number
        return [share] * number if share >= min(chain.memory for chain in chains) else []

    def _start(self, shared: _Shared, chains: Sequence[Chain], memory: int) -> _Running:
        # Not a copy of this process: libraries that have started threads can wait for ever in a copy.
        receiver, sender = shared.context.Pipe(duplex=False)
        process = shared.context.Process(
            target=_run,
            args=(
                self.build or build_releases,
                self.store.root,
                chains,
                memory,
                shared.ends,
                sender,
                dict(os.environ),
            ),
            daemon=True,
        )
        process.start()
        sender.close()
        return _Running(process, receiver)

    def _listen(self, one: _Running) -> None:
        with suppress(EOFError):
            while True:
                self.say(one.lines.recv())
        one.process.join()
        one.lines.close()
        if one.process.exitcode:
            self.trouble.append(
                f"A process that built releases ended early ({_how(one.process.exitcode)}). What was missing was "
                "built again."
            )


@dataclass(frozen=True, slots=True)
class _Running:
    process: BaseProcess
    lines: Connection


class _Shared:
    """A list of which this process takes the first and the others the last."""

    def __init__(self, chains: Sequence[Chain]) -> None:
        self.context: ForkServerContext | SpawnContext = multiprocessing.get_context("spawn")
        if sys.platform == "linux":
            # A process that was started before is copied, which is quicker than starting another.
            self.context = multiprocessing.get_context("forkserver")
            self.context.set_forkserver_preload([__name__, *_NEEDED])
        # 1 for each source that a process has taken.
        self.ends = self.context.Array("b", len(chains))

    def first(self) -> int | None:
        """Take the first source that nobody has taken."""
        return _take(self.ends, range(len(self.ends)))


def _take(taken: _Taken, places: Sequence[int]) -> int | None:
    with taken.get_lock():
        place = next((place for place in places if not taken[place]), None)
        if place is not None:
            taken[place] = 1
    return place


def _run(
    build: Build,
    root: Path,
    chains: Sequence[Chain],
    memory: int,
    taken: _Taken,
    lines: Connection,
    environment: Mapping[str, str],
) -> None:
    follow_the_first(environment)
    fitting = [place for place, chain in enumerate(chains) if chain.memory <= memory][::-1]
    while (place := _take(taken, fitting)) is not None:
        build(root, chains[place].source, chains[place].releases, lines.send)


def follow_the_first(environment: Mapping[str, str]) -> None:
    """Begin as a process that works for another one: under its settings, and no longer than it lives.

    Args:
        environment: Environment of the first process.
    """
    # The process that this one is copied from may have been started under other settings.
    os.environ.clear()
    os.environ.update(environment)
    # An interrupt reaches this process too; the first process says what is to be said about it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """End this process when the first one has ended, which may have been killed: nobody waits for the releases then.

    What is half written stays in temporary files, which the next refresh removes.
    """
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def build_releases(root: Path, source: str, releases: Sequence[str], say: Say) -> None:
    """Build the layers of releases of one source in this process; those that cannot be built are left as they are.

    Args:
        root: Folder of the store.
        source: The source.
        releases: Its releases, oldest first.
        say: Function that receives a line for each release.
    """
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.harmonised import build_harmonised
    from civic_assets.layers.raw import build_raw
    from civic_assets.layers.store import Store
    from civic_assets.layers.validated import build_validated

    store, contract = Store(root), load_contracts()[source]
    for release in releases:
        with suppress(Exception):  # building it again, in a run of Dagster, reports what is wrong
            receipt = store.archive.find(source, release)
            if receipt is None:
                continue
            raw = build_raw(store, receipt)
            checked = build_validated(store, contract, receipt, raw)
            checked, harmonised = build_harmonised(store, contract, receipt, checked)
            rows = f"{harmonised.rows:,} figures" if harmonised else "held back"
            say(f"{source} {release}: {rows}")
    GRIDS.clear()


def _how(exit_code: int) -> str:
    if exit_code < 0:
        with suppress(ValueError):
            return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"
