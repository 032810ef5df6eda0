"""Many inputs, one after another, in processes that may be lost.

Belongs here: starting a process for the inputs, ending it when an input does not end, and keeping inputs with a
fault. Does not belong here: making inputs (`changes`), and what is a fault (`verdict`).
"""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.fuzz.changes import made
from civic_assets_tests.fuzz.child import CACHE, EMPTY, READY, STORE, TEMPORARY
from civic_assets_tests.fuzz.corpus import Seed
from civic_assets_tests.fuzz.shrink import smaller
from civic_assets_tests.fuzz.verdict import MOST_MEMORY, MOST_SECONDS, faults_of, kinds_of

READER = "civic_assets_tests.fuzz.trial:refreshed"
# On a machine that does other things, the clock runs on while the process waits.
_CLOCK_SECONDS = 60
_WATCHED_EVERY = 0.2
# A process that has grown is replaced, so that the memory of one input can be told from that of many.
_INPUTS_OF_A_PROCESS = 2_000
_LEAST_MEMORY = 300 * 1024**2
_SHRUNK = 2


class Child:
    """The process in which inputs are tried; another is started if it ends.

    Args:
        folder: Folder that it may change.
        reader: What it does with an input, as `module:function`.
        seconds: Longest processor time for an input.
        clock: Longest time for an input by the clock.
    """

    def __init__(
        self, folder: Path, reader: str = READER, seconds: float = MOST_SECONDS, clock: float = _CLOCK_SECONDS
    ) -> None:
        self._folder, self._reader, self._seconds, self._clock = folder, reader, seconds, clock
        self._process: subprocess.Popen[bytes] | None = None
        self._tried = 0
        self._errors: IO[bytes] | None = None
        for name in (STORE, TEMPORARY, EMPTY, CACHE):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def tried(self, path: Path) -> dict[str, Any]:
        """What became of an input.

        Args:
            path: The input.
        """
        if self._process is None or self._tried >= _INPUTS_OF_A_PROCESS:
            self._end()
            self._start()
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self._tried += 1
        # If this process too is lost, the file says what was being tried.
        (self._folder / "current").write_text(str(path), encoding="utf-8")
        process.stdin.write(f"{path}\n".encode())
        process.stdin.flush()
        answer = self._answer(process)
        if "died" in answer or "hung" in answer:
            self._end()
        return answer

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        begun, used_before = time.monotonic(), _processor_time(process.pid)
        memory_before, stdout = _memory(process.pid), process.stdout
        assert stdout is not None
        while True:
            ready, _, _ = select.select([stdout], [], [], _WATCHED_EVERY)
            if ready:
                line = stdout.readline()
                if line:
                    return dict(json.loads(line))
                return {"died": f"exit code {process.wait()}", "said": self._said()}
            used, clock = _processor_time(process.pid) - used_before, time.monotonic() - begun
            if used > self._seconds or clock > self._clock:
                return {"hung": f"{used:.0f} s of processor time, {clock:.0f} s by the clock"}
            grown = _memory(process.pid) - max(memory_before, _LEAST_MEMORY)
            if grown > 2 * MOST_MEMORY:
                return {"died": f"ended at {grown / 1024**2:,.0f} MiB more than before"}

    def _start(self) -> None:
        self._errors = (self._folder / "errors").open("wb")
        places = {"TMPDIR": TEMPORARY, "HOME": EMPTY, "XDG_CACHE_HOME": CACHE, "CIVIC_CACHE": CACHE}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "civic_assets_tests.fuzz.child", str(self._folder), self._reader],
            env={
                **environment(), **{name: str(self._folder / folder) for name, folder in places.items()},
                "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
            },
            cwd=self._folder / EMPTY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        self._tried = 0
        # Importing the program takes a few seconds, which are not those of the first input.
        assert self._process.stdout is not None
        if self._process.stdout.readline() != READY:
            raise RuntimeError(f"The process for the inputs did not start: {self._said()}")

    def _said(self) -> str:
        return (self._folder / "errors").read_text(encoding="utf-8", errors="replace")[-2_000:]

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._errors is not None:
            self._errors.close()


def _processor_time(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except (OSError, IndexError):
        return 0


@dataclass
class Campaign:
    """What happened.

    Args:
        tried: Kind of change and what became of the input, for each.
        faulty: Names of kept inputs, with what is wrong.
        seconds: Time by the clock.
        signatures: Different outcomes, with the number of the input that had each first.
    """

    tried: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    faulty: list[tuple[str, list[str]]] = field(default_factory=list)
    seconds: float = 0
    signatures: dict[str, int] = field(default_factory=dict)


def run(
    folder: Path,
    seeds: Sequence[Seed],
    *,
    numbers: Iterable[int],
    seed: int,
    minutes: float,
    progress: Callable[[str], None],
) -> Campaign:
    """Try inputs, and keep those with a fault, each as small as it can be made.

    Args:
        folder: Folder for everything.
        seeds: Sound files.
        numbers: Numbers of the inputs.
        seed: Of the random changes.
        minutes: No more inputs after this time.
        progress: Function called with a sentence now and then.
    """
    done = Campaign()
    kept = folder / "faults"
    kept.mkdir(parents=True, exist_ok=True)
    shrunk: dict[str, int] = {}
    begun = said = time.monotonic()
    with Child(folder / "child") as child, (folder / "tried.jsonl").open("a", encoding="utf-8") as log:
        for number in numbers:
            one = made(number, seed, seeds)
            path = folder / one.name
            path.write_bytes(one.content)
            told = child.tried(path)
            faults = faults_of(told)
            done.tried.append((one.kind, told))
            for signature in signatures_of(told):
                done.signatures.setdefault(signature, one.number)
            log.write(json.dumps({"number": one.number, "name": one.name, "kind": one.kind, **told}) + "\n")
            if faults:
                done.faulty.append((one.name, faults))
                progress(f"{one.name} ({one.kind}): {'; '.join(faults)[:300]}")
                _keep(child, path, kept, faults, shrunk)
            path.unlink()
            now = time.monotonic()
            if now - said > 60:
                said = now
                progress(f"{len(done.tried):,} inputs, {len(done.faulty):,} with a fault")
                log.flush()
            if now - begun > minutes * 60:
                break
    done.seconds = time.monotonic() - begun
    return done


def _keep(child: Child, path: Path, kept: Path, faults: list[str], shrunk: dict[str, int]) -> None:
    """Keep an input with a fault, after making it smaller, and a text that says what is wrong with it."""
    kinds = kinds_of(faults)
    content = path.read_bytes()
    if all(shrunk.get(kind, 0) < _SHRUNK for kind in kinds):
        for kind in kinds:
            shrunk[kind] = shrunk.get(kind, 0) + 1

        def still(candidate: bytes) -> bool:
            path.write_bytes(candidate)
            return bool(kinds & kinds_of(faults_of(child.tried(path))))

        content = smaller(content, still)
    (kept / path.name).write_bytes(content)
    (kept / f"{path.name}.txt").write_text("\n".join(faults), encoding="utf-8")


def signatures_of(told: Mapping[str, Any]) -> set[str]:
    """What an input became, without numbers and quotations: inputs that differ only in those had one outcome."""
    shaped = {
        re.sub(r"^[0-9]{6} [^:]*:|'[^']*'|\"[^\"]*\"|[0-9][0-9,]*", "#", text)[:160]
        for text in told.get("sentences", ())
    }
    checks = {f"{told.get('outcome')} {check}" for check in told.get("checks", ())}
    return shaped | checks | kinds_of(faults_of(told))
