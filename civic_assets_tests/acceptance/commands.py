"""Running the command line as a person does: as a process of its own.

Belongs here: starting `civic-assets` and reading its answer, and a process that keeps it waiting. Does not belong here:
any expectation.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civic_assets_tests.acceptance.forked import Forking
from civic_assets_tests.json_answers import checked_answer
from civic_assets_tests.paths import PROJECT


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    command: str = ""

    @property
    def json(self) -> Any:
        """Standard output as JSON, which the published schema of the command describes."""
        return checked_answer(self.command, json.loads(self.out))


def environment() -> dict[str, str]:
    """The environment of a command, whatever the working directory."""
    return {**os.environ, "PYTHONPATH": str(PROJECT)}


_forking = Forking()


def civic_assets(
    *arguments: object,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
    fresh: bool = False,
) -> Answer:
    """Runs `civic-assets ARGUMENTS` and waits for it; `env` is added to the environment.

    Args:
        arguments: Of the command line.
        cwd: Working directory; the checkout if None.
        env: Variables of the environment, besides those of the tests.
        timeout: Seconds after which it is killed.
        fresh: Start a Python for it, also where a process with loaded libraries could be forked.
    """
    given, folder = list(map(str, arguments)), cwd or PROJECT
    whole = {**environment(), **(env or {})}
    forked = None if fresh else _forking.process_for(whole)
    if forked is not None:
        done = forked.run("civic_assets.cli", given, folder, whole, timeout)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "civic_assets.cli", *given], capture_output=True, text=True, env=whole, cwd=folder,
            timeout=timeout, check=False,
        )  # fmt: skip
    return Answer(done.returncode, done.stdout, done.stderr, given[0] if given else "")


_HOLDS = """
import sys
from pathlib import Path
from civic_assets.layers.store_lock import changing
with changing(Path(sys.argv[1]), "a test"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def store_changed_by_another_process(store: Path) -> Iterator[None]:
    """Another process holds the lock of a store, as one does that changes it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(store)],
        env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate()
