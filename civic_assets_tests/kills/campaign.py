"""A number of kills, one after another, and one last run.

Belongs here: choosing the moments, starting and killing, and the last run. Does not belong here: what must hold at the
end (`verdict`).

Moments are of three kinds, so that long stages and short ones are hit: after a random share of the processor time of a
whole run (whatever else the machine does), in a transfer that is slow on purpose, and just before a random change of a
file, where each kind of change is as likely as any other.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.kills.doing import ENDING, SITE, stage_of
from civic_assets_tests.kills.files import SOURCE, Publisher
from civic_assets_tests.kills.killed_command import Command, nursery, start
from civic_assets_tests.replay.faults import Fault

_SLOW_SHARE, _CHANGE_SHARE = 0.08, 0.67
_NEW_FILE_SHARE = 0.05
_NEAR_THE_END = 0.85
# Killed in one of these, a run has published what was new.
_PUBLISHED = (SITE, ENDING)
_LONGEST = 900
_TICK = 0.01


@dataclass(frozen=True)
class Kill:
    """A run that was to be killed.

    Args:
        stage: What it was doing (`doing`); empty if it had ended before its moment came.
        change: The change of a file before which it was killed, if that was the moment.
        processor: Processor time it had used, in seconds.
    """

    stage: str
    change: str | None
    processor: float


@dataclass
class Campaign:
    """What happened.

    Args:
        store: The store.
        files: Folder with all files that were published.
        temporary: The folder that the commands took for the system's temporary folder.
        kills: Runs that were killed.
        ended: Number of runs that ended before their moment came.
        reads: What each reader saw, in order.
        last: Summary of the last run.
    """

    store: Path
    files: Path
    temporary: Path
    kills: list[Kill] = field(default_factory=list)
    ended: int = 0
    reads: list[list[dict[str, Any]]] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)


def run(
    folder: Path,
    *,
    kills: int,
    readers: int,
    seed: int,
    pause: float,
    minutes: float,
    progress: Callable[[str], None],
) -> Campaign:
    """Kill refreshes, then let one end.

    Args:
        folder: An empty folder for everything.
        kills: Number of kills.
        readers: Number of readers.
        seed: Of the random moments.
        pause: Seconds between two reads of a reader.
        minutes: No more kills after this time.
        progress: Function called with a sentence about each run.
    """
    moments = random.Random(seed)
    publisher = Publisher(folder / "publisher")
    done = Campaign(folder / "store", publisher.files, folder / "temporary")
    done.temporary.mkdir()
    with ExitStack() as stack:
        stack.enter_context(publisher.server)
        runs = _Runs(done, publisher, folder / "notes")
        usual = runs.usual(folder / "usual")
        progress(
            f"A whole run takes {usual.processor:.1f} s of processor time and {len(usual.changes)} kinds of changes."
        )
        saw = [
            stack.enter_context(_reader(done.store, folder / f"reader{number}.jsonl", seed + number, pause))
            for number in range(readers)
        ]
        end = time.monotonic() + minutes * 60
        while len(done.kills) < kills and time.monotonic() < end:
            if moments.random() < _NEW_FILE_SHARE:
                publisher.publish_one()
            kill = runs.killed(moments, usual)
            if kill.stage:
                done.kills.append(kill)
                with (folder / "kills.jsonl").open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps(asdict(kill)) + "\n")
                progress(f"{len(done.kills)}: {kill.stage}{f' ({kill.change})' if kill.change else ''}")
            else:
                done.ended += 1
            if not kill.stage or kill.stage in _PUBLISHED:
                publisher.publish_one()
        done.last = runs.last()
    done.reads = [[json.loads(line) for line in file.read_text().splitlines()] for file in saw]
    return done


@dataclass(frozen=True)
class _Usual:
    processor: float
    changes: dict[str, int]


class _Runs:
    def __init__(self, campaign: Campaign, publisher: Publisher, notes: Path) -> None:
        self._campaign, self._publisher, self._notes = campaign, publisher, notes
        notes.mkdir()
        self._context = nursery()
        self._environment = {
            **publisher.environment(),
            "TMPDIR": str(campaign.temporary),
            "CIVIC_PROCESSES": "1",
            "CIVIC_SITE": "now",
        }

    def usual(self, folder: Path) -> _Usual:
        """Two whole runs in another store: what the second, with one new file, takes and changes."""
        for number in range(2):
            if number:
                self._publisher.publish_one()
            command = self._command(folder, None)
            process = start(self._context, command)
            processor, _ = self._until(process, None, None)
            assert process.exitcode == 0, (self._notes / "err").read_text()[-2000:]
        return _Usual(processor, json.loads(command.changes.read_text(encoding="utf-8")))

    def killed(self, moments: random.Random, usual: _Usual) -> Kill:
        """One run, killed at a random moment unless it ends before."""
        chosen = moments.random()
        slow, at, processor, clock = chosen < _SLOW_SHARE, None, None, None
        if slow:
            clock = moments.uniform(0.2, 4)
        elif chosen < _SLOW_SHARE + _CHANGE_SHARE:
            kind = moments.choice(sorted(usual.changes))
            at = (kind, moments.randint(1, usual.changes[kind]))
            # A run that goes on from a killed one need not make that change; it is killed all the same, near its end.
            processor = moments.uniform(_NEAR_THE_END, 1) * usual.processor
        else:
            processor = moments.uniform(0, 1) * usual.processor
        self._publisher.server.faults = [Fault("slow_drip", path=r"\.zip$")] if slow else []
        command = self._command(self._campaign.store, at)
        process = start(self._context, command)
        took, by_clock = self._until(process, processor, clock)
        if process.exitcode != -signal.SIGKILL:
            # Some runs find nothing that is new, and 1 is for a release that is held back.
            assert process.exitcode in (0, 1), (self._notes / "err").read_text()[-2000:]
            return Kill("", None, took)
        said = command.said.read_text(encoding="utf-8").rstrip() if command.said.exists() else ""
        change = at[0] if at and not by_clock else None
        return Kill(stage_of(said, change, slow=slow), change, took)

    def last(self) -> dict[str, Any]:
        """One last run, as a command like any other; returns its summary."""
        self._publisher.server.faults = []
        command = self._command(self._campaign.store, None)
        done = subprocess.run(
            [sys.executable, "-m", "civic_assets.cli", *command.arguments, "--json", "--quiet"],
            env={**environment(), **command.environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary

    def _command(self, store: Path, at: tuple[str, int] | None) -> Command:
        arguments = ("refresh", "--profile", "live", "--source", SOURCE, "--store", str(store))
        return Command(arguments, self._environment, store, self._notes, at)

    def _until(
        self, process: BaseProcess, processor: float | None, clock: float | None
    ) -> tuple[float, bool]:
        """Wait for the end of a process, which is killed at its moment.

        Args:
            process: The process.
            processor: Processor time after which it is killed, in seconds.
            clock: Time after which it is killed, in seconds.

        Returns:
            The processor time that it had used, and whether it was killed here.
        """
        used, begun, killed = 0.0, 0.0, False
        while process.is_alive():
            used = max(used, _processor_time(process.pid))
            now = time.monotonic()
            if not begun and used:
                begun = now
            late = processor is not None and used >= processor
            if late or (clock is not None and begun and now - begun > clock):
                process.kill()
                killed = True
            assert not begun or now - begun < _LONGEST, "a run does not end"
            process.join(_TICK)
        return used, killed


def _processor_time(pid: int | None) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _reader(store: Path, file: Path, seed: int, pause: float) -> Iterator[Path]:
    command = [sys.executable, "-m", "civic_assets_tests.kills.reading", str(store), str(seed), str(pause)]
    with file.open("wb") as out:
        process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=out)
        try:
            yield file
        finally:
            process.communicate()
    assert process.returncode == 0, f"a reader ended with {process.returncode}"
