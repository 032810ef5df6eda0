"""A command as a whole process: its time, its processor time, and its memory.

Belongs here: one run. Does not belong here: which commands are run and how often (`work`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Linux counts `ru_maxrss` in KiB, macOS in bytes.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


class CommandFailed(SystemExit):
    """A measured command ended with an unexpected exit code."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Resources that one run used, by the operating system's account of the finished process.

    Args:
        wall: Seconds from start to exit.
        cpu: Seconds of user and system time, including all processes that it started and waited for.
        peak: Memory of its largest single process, in MB (10^6 bytes).
    """

    wall: float
    cpu: float
    peak: float


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
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise CommandFailed(
            f"The benchmark stops: exit code {process.returncode} from {' '.join(command)}.\n"
            f"Its last lines:\n{tail}"
        )
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_BYTES / 1e6)
