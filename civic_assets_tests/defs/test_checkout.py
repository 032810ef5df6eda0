"""Dagster's own commands in a checkout, with nothing set: what a person types who knows Dagster and not the project."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from civic_assets.defs.storage import PooledRuns
from civic_assets_tests.paths import PROJECT

SECONDS = 300  # on a busy machine; a quiet one takes about fifteen
NEEDED = ("civic_assets", "data_contracts", "dagster.yaml", "workspace.yaml", "pyproject.toml", ".gitignore")
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
    ... on RepositoryLocation { repositories { assetNodes { id } jobs { name } } } } } } } }"""


def _git(checkout: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.invalid")
    done = subprocess.run(["git", *who, *arguments], cwd=checkout, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout as git would clone it, with everything committed."""
    if shutil.which("git") is None:
        pytest.skip("git is not on this machine")
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in NEEDED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / name, copy / name)
    _git(copy, "init", "--quiet")
    _git(copy, "add", "--all")
    _git(copy, "commit", "--quiet", "--message", "As cloned")
    return copy


def _nothing_set(checkout: Path) -> dict[str, str]:
    """The environment of a person who has set nothing that this project or Dagster reads."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CIVIC_", "DAGSTER_", "PYTHONPATH"))
    }
    return {**kept, "PYTHONPATH": str(checkout), "DAGSTER_DISABLE_TELEMETRY": "yes"}


def _dagster(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dagster", *arguments]


def test_definitions_are_valid_in_a_checkout_with_nothing_set(checkout: Path) -> None:
    done = subprocess.run(
        _dagster("definitions", "validate", "-w", "workspace.yaml"),
        cwd=checkout,
        env=_nothing_set(checkout),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "All code locations passed validation" in done.stderr + done.stdout
    assert _git(checkout, "status", "--porcelain") == ""


def _ask(port: int, query: str) -> Any:
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def _answer(process: subprocess.Popen[bytes], port: int) -> Any:
    """The first answer about code locations."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            return _ask(port, LOCATIONS)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"`dagster dev` did not answer; its exit code is {process.poll()}")


# A shell starts what runs in the background with interrupts ignored, and children inherit that.
_INTERRUPTIBLE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_dagster_dev_shows_the_project_and_leaves_nothing_in_the_checkout(
    checkout: Path, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output = tmp_path / "said.txt"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", _INTERRUPTIBLE),
                *_dagster("dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)),
            ],
            cwd=checkout,
            env=_nothing_set(checkout),
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        (location,) = _answer(process, port)["workspaceOrError"]["locationEntries"]
        while_it_runs = _git(checkout, "status", "--porcelain")
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
    finally:
        # The web server and the daemon are processes of their own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert location["name"] == "civic_assets", output.read_text(errors="replace")
    (repository,) = location["locationOrLoadError"]["repositories"]
    assert {job["name"] for job in repository["jobs"]} >= {"refresh_ons_csp"}
    assert len(repository["assetNodes"]) > 20
    assert while_it_runs == _git(checkout, "status", "--porcelain") == ""
    # Its runs are those of the store, so that `civic-assets ui` shows them afterwards.
    assert (checkout / ".civic" / "dagster" / "history" / "runs.db").is_file()


def _has_history(folder: Path, home: Path) -> bool:
    """Whether an instance with the settings of the checkout keeps its runs in a folder, and not in its own."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_dir=str(PROJECT))) as instance:
        assert isinstance(instance.run_storage, PooledRuns)
        assert instance.get_runs() == []
    assert not (home / "history").exists()
    return (folder / "history" / "runs.db").is_file()


def test_history_is_in_the_store_unless_dagster_home_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, store, elsewhere = (tmp_path / name for name in ("home", "store", "elsewhere"))
    home.mkdir()
    monkeypatch.setenv("CIVIC_STORE", str(store))
    monkeypatch.delenv("DAGSTER_HOME")
    assert _has_history(store / "dagster", home)
    monkeypatch.setenv("DAGSTER_HOME", str(elsewhere))
    assert _has_history(elsewhere, home)


def test_dg_gets_the_module_that_workspace_yaml_names() -> None:
    # `dg` itself brings twenty packages and is run by `make dg-test`; here its settings are compared with the code.
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]
    assert settings["directory_type"] == "project"
    project = settings["project"]
    assert import_module(project["root_module"]).__name__ == "civic_assets"
    target = project["code_location_target_module"]
    assert f"module_name: {target}" in (PROJECT / "workspace.yaml").read_text(encoding="utf-8")
    assert f"location_name: {project['code_location_name']}" in (PROJECT / "workspace.yaml").read_text(
        encoding="utf-8"
    )
