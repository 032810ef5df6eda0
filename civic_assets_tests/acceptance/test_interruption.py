"""A refresh that is killed at any moment does no harm: the next one ends where an undisturbed one would have ended."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civic_assets.archive import Archive
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.tables.atomic import temporary_path
from civic_assets_tests.acceptance.commands import civic_assets, environment
from civic_assets_tests.shared_stores import Refreshed

STORES, KILLS_EACH = 3, 7


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    everything = tmp_path_factory.mktemp("everything")
    write_sample_inputs(everything)
    folder = tmp_path_factory.mktemp("inputs")
    for name in (
        "gla_report_2023.csv",
        "synthetic-csp-tables-2022-09.xlsx",
        "synthetic-csp-tables-2022-09v2.xlsx",
    ):
        shutil.copy(everything / name, folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, inputs: Path) -> tuple[str, float]:
    """Publication hash and duration of a refresh that nobody kills."""
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    begin = time.monotonic()
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", inputs, "--store", store, "--json", "--quiet", fresh=True
    )
    assert answer.code == 0, answer.err
    return answer.json["publication"], time.monotonic() - begin


def _start(inputs: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "civic_assets.cli", "refresh", "--profile", "local"]
    return subprocess.Popen(
        [*command, "--inputs", str(inputs), "--store", str(store), "--quiet"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, STORES))]
)
def test_killed_refresh_ends_in_the_same_publication(
    tmp_path: Path, inputs: Path, undisturbed: tuple[str, float], seed: int
) -> None:
    expected, duration = undisturbed
    store, moments = tmp_path / "store", random.Random(seed)
    for _ in range(KILLS_EACH):
        process = _start(inputs, store)
        try:
            process.wait(timeout=moments.uniform(0.1, duration))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        latest = store / "publications" / "latest.json"
        assert not latest.exists() or json.loads(latest.read_text())["hash"], (
            "the manifest is whole or absent"
        )
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", inputs, "--store", store, "--json", "--quiet"
    )
    assert answer.code == 0, answer.err
    assert answer.json["publication"] == expected
    assert json.loads((store / "publications" / "latest.json").read_text())["hash"] == expected
    assert Archive(store / "archive").verify() == []
    assert not list(store.glob("*.tmp*")), "nothing half made is left beside the read model"


def test_next_refresh_clears_away_what_a_killed_one_left_in_any_folder(
    report_refresh: Refreshed, tmp_path: Path
) -> None:
    store = shutil.copytree(report_refresh.store, tmp_path / "store")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    folders = [store, *(path for path in store.rglob("*") if path.is_dir())]
    assert {"suites", "publications", "history"} <= {folder.name for folder in folders}
    for folder in folders:
        temporary = temporary_path(folder)
        temporary.with_name(temporary.name.replace(f"-{os.getpid()}-", f"-{dead.pid}-")).touch()
    given = ("--profile", "local", "--inputs", report_refresh.inputs, "--store", store, "--verbose")
    assert civic_assets("refresh", *given).code == 0
    assert list(store.rglob(".incoming-*")) == []
