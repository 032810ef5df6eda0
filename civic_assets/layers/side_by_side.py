"""Building the layers of independent sources side by side, each source in a process of its own.

Belongs here: which sources are built at the same time, within a bound of memory, and what happens when a process ends
early. Does not belong here: building a layer (`raw`, `validated`, `harmonised`) and recording it in Dagster, which
comes afterwards, finds every layer up to date, and builds what is still missing.

Releases of one source are built in order in one process, because checks look back at earlier releases. Sources do not
read each other's layers, so the result does not depend on how many processes there are.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.archive import Receipt, release_sort_key
from civic_assets.house_numbers.memory import BYTES_OF_A_PROCESS, BYTES_PER_PACKED_BYTE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from civic_assets.layers.store import Store

Progress = Callable[[str], None]
Build = Callable[[Path, str, Sequence[str], Progress], None]
# Imported once, in the process that the others are copied from.
_NEEDED = ("civic_assets.layers.validated", "civic_assets.layers.harmonised", "civic_assets.parsing.claims",
    "civic_assets.quality.run", "civic_assets.quality.frames.gate", "civic_assets.harmonise.observations")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """Releases of one source that are built one after another.

    Args:
        source: The source.
        receipts: Receipts of the releases, oldest first.
        packed: Size of the archived files, in bytes.
        memory: Memory that building them may need, in bytes.
    """

    source: str
    receipts: Sequence[Receipt]
    packed: int
    memory: int


def build_side_by_side(
    store: Store,
    wanted: Mapping[str, Sequence[str]],
    *,
    processes: int,
    memory: int,
    progress: Progress = lambda _: None,
    build: Build | None = None,
) -> list[str]:
    """Build every layer of the releases that are wanted.

    Nothing is done if there is only one source to build or only one process is allowed. A release that cannot
    be built is left as it is: building it again reports why.

    Args:
        store: Store to build in.
        wanted: Releases by source.
        processes: Number of processes.
        memory: Memory that all of them together may need, in bytes, as far as the sizes of the files tell. A source
            that needs more by itself is built alone.
        progress: Function that receives a line for each release.
        build: What a process does with its releases; `build_releases` if None.

    Returns:
        A sentence for each process that ended early.
    """
    chains = chains_of(store, wanted)
    if processes < 2 or len(chains) < 2:
        return []
    waiting, running, sentences = list(chains), dict[int, _Running](), list[str]()
    try:
        while waiting or running:
            _start(store, waiting, running, processes, memory, build or build_releases)
            sentences += _listen(running, progress)
    finally:
        for one in running.values():
            one.process.terminate()
            one.process.join()
    return sentences


def chains_of(store: Store, wanted: Mapping[str, Sequence[str]]) -> list[Chain]:
    """What is built one after another, by source, the largest first.

    Args:
        store: Store with the archived files.
        wanted: Releases by source.
    """
    found = []
    for source, releases in wanted.items():
        held = {receipt.release: receipt for receipt in store.archive.receipts(source)}
        receipts = [held[name] for name in sorted(releases, key=release_sort_key) if name in held]
        if not receipts:
            continue
        sizes = [store.archive.path_of(receipt.sha256).stat().st_size for receipt in receipts]
        needed = BYTES_OF_A_PROCESS + BYTES_PER_PACKED_BYTE * max(sizes)
        found.append(Chain(source, receipts, sum(sizes), needed))
    return sorted(found, key=lambda chain: (-chain.packed, chain.source))


@dataclass(frozen=True, slots=True)
class _Running:
    chain: Chain
    process: BaseProcess
    lines: Connection


def _start(
    store: Store,
    waiting: list[Chain],
    running: dict[int, _Running],
    processes: int,
    memory: int,
    build: Build,
) -> None:
    # Not a copy of this process: libraries that have started threads can wait for ever in a copy.
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if isinstance(context, ForkServerContext):
        context.set_forkserver_preload([__name__, *_NEEDED])
    for chain in list(waiting):
        used = sum(one.chain.memory for one in running.values())
        if len(running) >= processes or (running and used + chain.memory > memory):
            continue
        receiver, sender = context.Pipe(duplex=False)
        releases = [receipt.release for receipt in chain.receipts]
        process = context.Process(
            target=_run,
            args=(build, store.root, chain.source, releases, sender, dict(os.environ)),
            daemon=True,
        )
        process.start()
        sender.close()
        running[process.sentinel] = _Running(chain, process, receiver)
        waiting.remove(chain)


def _listen(running: dict[int, _Running], progress: Progress) -> list[str]:
    """Print what the processes say until one of them ends; a sentence for each that ended early."""
    from multiprocessing.connection import wait

    sentences = []
    by_lines = {one.lines: one for one in running.values()}
    for ready in wait(list(by_lines)):
        one = by_lines[ready]  # type: ignore[index]
        try:
            progress(one.lines.recv())
        except EOFError:
            one.process.join()
            one.lines.close()
            del running[one.process.sentinel]
            if one.process.exitcode:
                sentences.append(
                    f"The process that built {one.chain.source} ended early "
                    f"({_how(one.process.exitcode)}). What is missing is built again."
                )
    return sentences


def _how(exit_code: int) -> str:
    if exit_code < 0:
        with suppress(ValueError):
            return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"


def _run(
    build: Build,
    root: Path,
    source: str,
    releases: Sequence[str],
    lines: Connection,
    environment: Mapping[str, str],
) -> None:
    # The process that this one is copied from may have been started under other settings.
    os.environ.clear()
    os.environ.update(environment)
    # An interrupt reaches this process too; the first process says what is to be said about it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    build(root, source, releases, lines.send)


def build_releases(root: Path, source: str, releases: Sequence[str], say: Progress) -> None:
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
