"""Stores that many tests read: each is made once for all of them, also for those of other processes of pytest-xdist.

Belongs here: the store of the inputs that ship, and that of the report's tables. Does not belong here: the store of the
publishers' files (`conftest`), and stores that a test makes its own way.

A refresh takes longer than most tests. A test that changes a store works on a copy of it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets_tests.acceptance.commands import Answer, civic_assets

# Whatever the test that asks first wants of its own refreshes.
_WITH_SITE = {"CIVIC_SITE": "now"}


@dataclass(frozen=True)
class Refreshed:
    """A store after one refresh, and what the command printed with `--json`; read only.

    Args:
        store: Its folder.
        inputs: The folder of files that it was given; the store itself for the inputs that ship.
        answer: What the command printed.
    """

    store: Path
    inputs: Path
    answer: Answer


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Answer]) -> Refreshed:
    """Make a store in a folder that all workers share; the first to ask makes it, and the others wait."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    folder.mkdir(exist_ok=True)
    said = folder / "answer.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.is_file():
            answer = make(folder)
            assert answer.code == 0, answer.err
            said.write_text(json.dumps(asdict(answer)), encoding="utf-8")
    return Refreshed(
        folder / "store", folder / "inputs", Answer(**json.loads(said.read_text(encoding="utf-8")))
    )


def _state(store: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(store.rglob("*")) if path.is_file()}


def _unchanged(refreshed: Refreshed) -> Iterator[Refreshed]:
    """The store for the tests of this process, none of which may change a file of it."""
    before = _state(refreshed.store)
    yield refreshed
    assert _state(refreshed.store) == before, f"a test has changed {refreshed.store}; it must work on a copy"


@pytest.fixture(scope="session")
def sample_refresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshed]:
    """The inputs that ship, refreshed once; read only."""

    def make(folder: Path) -> Answer:
        return civic_assets("refresh", "--store", folder / "store", "--json", env=_WITH_SITE)

    yield from _unchanged(_once(tmp_path_factory, "sample", make))


@pytest.fixture(scope="session")
def report_refresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshed]:
    """A folder with the report's tables alone, refreshed once; read only."""

    def make(folder: Path) -> Answer:
        (folder / "inputs").mkdir()
        (folder / "inputs" / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
        given = ("--profile", "local", "--inputs", folder / "inputs")
        return civic_assets(
            "refresh", *given, "--store", folder / "store", "--json", "--quiet", env=_WITH_SITE
        )

    yield from _unchanged(_once(tmp_path_factory, "report", make))
