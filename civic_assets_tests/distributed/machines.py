"""Machines of the tests: processes that share nothing but the services, each with a folder of its own.

Belongs here: starting workers and commands, ending them in the middle, and what an object store holds. Does not belong
here: the services (`services`), and what must hold.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civic_assets.layers.remote.objects import Objects
from civic_assets_tests.distributed.services import BUCKET, ObjectStore, Postgres, Redis, until
from civic_assets_tests.paths import PROJECT

PROGRAM = (sys.executable, "-c", "from civic_assets.cli.entry import run; run()")


@dataclass
class Services:
    """All of them."""

    postgres: Postgres
    redis: Redis
    objects: ObjectStore

    def environment(self, folder: Path, *, workers: bool = True) -> dict[str, str]:
        """Environment of a machine.

        Args:
            folder: Its working directory, in which its working copies are.
            workers: Whether it knows the database and the broker.
        """
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("CIVIC_", "DAGSTER_"))
        }
        named = (
            {"CIVIC_DATABASE": self.postgres.address, "CIVIC_BROKER": self.redis.address} if workers else {}
        )
        return {
            **kept,
            **self.objects.environment,
            **named,
            "PYTHONPATH": str(PROJECT),
            "CIVIC_WORKING_COPIES": str(folder / "copies"),
            "CIVIC_CACHE": str(folder / "cache"),
            "CIVIC_SITE": "later",
        }


def address(name: str) -> str:
    """Address of a store of the tests."""
    return f"s3://{BUCKET}/{name}"


class Machine:
    """A machine: a folder, and the commands that run there."""

    def __init__(self, services: Services, folder: Path, *, workers: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.environment = folder, services.environment(folder, workers=workers)
        self.process: subprocess.Popen[bytes] | None = None
        self._number = 0

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a command, whose output goes to files of the folder."""
        self._number += 1
        with (
            (self.folder / f"out{self._number}").open("wb") as out,
            (self.folder / f"err{self._number}").open("wb") as err,
        ):
            self.process = subprocess.Popen(
                [*PROGRAM, *arguments], cwd=self.folder, env={**self.environment, **environment}, stdout=out,
                stderr=err, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        return self.process

    def said(self) -> str:
        """What the last command wrote."""
        return "".join(
            (self.folder / f"{name}{self._number}").read_text(encoding="utf-8", errors="replace")
            for name in ("out", "err")
        )

    def document(self) -> Any:
        """What the last command printed as JSON."""
        return json.loads((self.folder / f"out{self._number}").read_text(encoding="utf-8"))

    def run(self, *arguments: str, seconds: float = 600, environment: Mapping[str, str] | None = None) -> int:
        """Run a command to its end. Returns its exit code."""
        return self.start(*arguments, **(environment or {})).wait(seconds)

    def work(self, store: str) -> None:
        """Become a worker of a store."""
        self.start("worker", "--store", store)
        until(lambda: "Ready to build" in self.said() or not self.alive(), "the worker is not ready")
        assert self.alive(), self.said()

    def alive(self) -> bool:
        """Whether the last command still runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the last command and all that it has started, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(60)


def objects_of(services: Services, store: str) -> Objects:
    """Objects of a store, asked by the test itself."""
    with_settings(services.objects.environment)
    return Objects(store)


def with_settings(settings: Mapping[str, str]) -> None:
    """Settings of the test's own requests."""
    os.environ.update(settings)
