"""What holds for every test: where it may write, which files it may read, how properties are searched.

Belongs here: isolation from the person's own store and settings, the folder of publishers' files. Does not
belong here: fixtures of one subject; those are next to the tests that use them.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from civic_assets_tests.exhaustive import EXHAUSTIVE, WHY_NOT
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import report_refresh, sample_refresh

__all__ = ["report_refresh", "sample_refresh"]  # fixtures for every test

REAL_DATA = "CIVIC_REAL_DATA"
NO_REAL_DATA = f"set {REAL_DATA} to the folder of publishers' files to run this test"
OWN_STORE = PROJECT / ".civic"

# What was read from a contract is kept in a folder of the tests, and not in the person's own cache.
os.environ["CIVIC_CACHE"] = str(Path(tempfile.gettempdir()) / f"civic-assets-tests-{os.getuid()}")
# Set before any test module imports these libraries: both read them once, at import.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"

# No deadline: on two shared cores one slow example says nothing about the code. In CI the examples are the same every
# time, so that a red run is about the change; everywhere else new ones are tried.
settings.register_profile(
    "civic", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("civic")


def _real_data() -> Path | None:
    """The folder of publishers' files, or None when none is named."""
    named = os.environ.get(REAL_DATA)
    return Path(named).resolve() if named else None


@pytest.fixture(scope="session", autouse=True)
def every_column_is_described() -> Iterator[None]:
    """A table or column without a description stops the tests that build a read model; a refresh goes on without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("civic_assets.publish.read_model.descriptions.REFUSES_UNDESCRIBED", True)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Refuses a folder that does not exist: skipping there would look like having tested."""
    folder = _real_data()
    if folder is not None and not folder.is_dir():
        raise pytest.UsageError(f"{REAL_DATA} names {folder}, which is no folder; correct it or unset it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what is marked `real_data` where there are no publishers' files, and what nobody asked to be exhaustive."""
    if not EXHAUSTIVE:
        for item in items:
            if item.get_closest_marker("exhaustive"):
                item.add_marker(pytest.mark.skip(reason=WHY_NOT))
    if _real_data() is None:
        for item in items:
            if item.get_closest_marker("real_data"):
                item.add_marker(pytest.mark.skip(reason=NO_REAL_DATA))


@pytest.fixture(scope="module")
def site_now() -> Iterator[None]:
    """Every refresh of a module builds the site, as it does unless told otherwise: for what is tested of its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIVIC_SITE", "now")
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of publishers' files as they were published, in any names and sub-folders; read only."""
    folder = _real_data()
    if folder is None:
        pytest.skip(NO_REAL_DATA)
    return folder


@dataclass(frozen=True)
class RealRefresh:
    """A store into which all of the publishers' files were refreshed, and what the command said; read only.

    Args:
        store: Its folder.
        summary: What `refresh --json` printed.
    """

    store: Path
    summary: Mapping[str, Any]


@pytest.fixture(scope="session")
def real_refresh(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RealRefresh:
    """All of the publishers' files, refreshed once for all tests that ask about what is published of them.

    Workers of pytest-xdist share the store: the first to ask makes it, and the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    store, said = shared / "real" / "store", shared / "real.json"
    with (shared / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.is_file():
            said.write_text(_refresh_all(real_data, store), encoding="utf-8")
    return RealRefresh(store, json.loads(said.read_text(encoding="utf-8")))


def _refresh_all(inputs: Path, store: Path) -> str:
    """What `refresh --json` prints of a folder of publishers' files."""
    arguments = ["refresh", "--profile", "local", "--inputs", str(inputs), "--store", str(store)]
    done = subprocess.run(
        [sys.executable, "-m", "civic_assets.cli", *arguments, "--json", "--quiet"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "CIVIC_SITE": "later"},
        timeout=1800,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def real_site(real_refresh: RealRefresh) -> Path:
    """The pages of all publishers' files, built once into their store; read only. Only exhaustive tests have them."""
    store = real_refresh.store
    with (store.parent.parent / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (store / "report" / "index.html").is_file():
            command = [sys.executable, "-m", "civic_assets.cli", "report", "--store", str(store)]
            subprocess.run(command, env={**os.environ, "PYTHONPATH": str(PROJECT)}, timeout=1800, check=True)
    return store / "report"


@pytest.fixture(scope="session")
def real_store(real_refresh: RealRefresh) -> Path:
    """The store of all publishers' files; read only."""
    return real_refresh.store


def _state_of_own_store() -> dict[str, int]:
    """Last change of each part of the checkout's own store, but of Dagster's: an open UI writes there by itself."""
    parts = OWN_STORE.iterdir() if OWN_STORE.is_dir() else ()
    return {part.name: part.stat().st_mtime_ns for part in parts if part.name != "dagster"}


@pytest.fixture(scope="session", autouse=True)
def isolated_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of the session's own, for tests that name none; the checkout's must come out as it went in."""
    before = _state_of_own_store()
    store = tmp_path_factory.mktemp("store")
    home = tmp_path_factory.mktemp("dagster_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIVIC_STORE", str(store))
        patch.setenv("DAGSTER_HOME", str(home))
        # Pages take a third of the time of a small refresh; a module that asks about them uses `site_now`.
        patch.setenv("CIVIC_SITE", "later")
        # The tests are about the contracts of this checkout, whatever the person who runs them works with.
        patch.delenv("CIVIC_CONTRACTS", raising=False)
        yield store
    assert _state_of_own_store() == before, f"a test wrote into {OWN_STORE}; let it use `tmp_path`"
