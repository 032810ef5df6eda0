"""A command as a whole process tree: its time, its processor time, and its memory.

Belongs here: one run. Does not belong here: which commands are run and how often (`work`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Linux counts `ru_maxrss` in KiB, macOS in bytes.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
_EVERY = 0.05
"""Seconds between two looks at the memory of several processes: a worker lives for seconds."""


class CommandFailed(SystemExit):
    """A measured command ended with an unexpected exit code."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Resources that one run used.

    Args:
        wall: Seconds from start to exit.
        cpu: Seconds of user and system time, including all processes that it started and waited for, by the operating
            system's account of the finished process.
        peak: Most memory, in MB (10^6 bytes): that of the largest process by the operating system's account, or, if
            that is more, of all its processes at one moment (Linux; looked at 20 times a second).
    """

    wall: float
    cpu: float
    peak: float


@dataclass
class _Together:
    """The most memory that a process and its descendants had at one moment, in bytes, while it runs."""

    process: int
    peak: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look again and again until `ended` is set. One process alone is left to the operating system's account."""
        while not self.ended.wait(_EVERY):
            tree = list(_tree(self.process))
            if len(tree) > 1:
                self.peak = max(self.peak, _memory(tree))


def _tree(process: int) -> Iterator[int]:
    """A process and all that it started, directly or not; those that have just ended are left out."""
    yield process
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return


def _memory(tree: Collection[int]) -> int:
    """Bytes of several processes: what is each one's own, and the largest share of libraries and mapped files."""
    own, files = 0, [0]
    for process in tree:
        try:
            text = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        sizes = {
            name: int(size.split()[0]) * 1024
            for name, _, size in (line.partition(":") for line in text.splitlines())
            if name.startswith("Rss")
        }
        own += sizes.get("RssAnon", 0) + sizes.get("RssShmem", 0)
        files.append(sizes.get("RssFile", 0))
    return own + max(files)


def run_measured(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    accepted: Collection[int] = (0,),
) -> Usage:
    """Run a command to its end.

    The caller must be a small process, because Linux starts a child's peak memory from that of the process that it was
    forked from. So nothing large may be imported where this is called.

    Args:
        command: Program and arguments.
        environment: All variables of the new process.
        folder: Working directory.
        log: File to which its output is appended.
        accepted: Exit codes that are an outcome.

    Raises:
        CommandFailed: It has another exit code; the message ends with the last lines that it printed.
    """
    with log.open("ab") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
        together = _Together(process.pid)
        watcher = threading.Thread(target=together.watch, daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        together.ended.set()
        watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise CommandFailed(
            f"The benchmark stops: exit code {process.returncode} from {' '.join(command)}.\n"
            f"Its last lines:\n{tail}"
        )
    peak = max(usage.ru_maxrss * _MAXRSS_BYTES, together.peak)
    return Usage(wall, usage.ru_utime + usage.ru_stime, peak / 1e6)
