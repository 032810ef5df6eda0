"""Back-up and restore, as docs/how-to/run-as-a-service.md says: with a refresh that runs meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from civic_assets.archive import Archive
from civic_assets.archive.manifest import MANIFEST
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests.acceptance.commands import civic_assets, environment
from civic_assets_tests.shared_stores import Refreshed

REPORT = "gla_report_2023.csv"
PARTS = ("acquired", "publications", "alerts.json", "settled.json")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report and two workbooks."""
    folder, samples = tmp_path_factory.mktemp("inputs"), tmp_path_factory.mktemp("samples")
    write_sample_inputs(samples)
    for name in (REPORT, "synthetic-csp-tables-2021-12.xlsx", "synthetic-csp-tables-2022-06.xlsx"):
        shutil.copy(samples / name, folder / name)
    return folder


def _copy(source: Path, target: Path, without: str = "") -> None:
    """As `rsync -a --exclude`: temporary files of a refresh may come and go."""
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_dir():
            to.mkdir(parents=True, exist_ok=True)
        elif path.name != without and not path.name.startswith(".incoming-") and not to.exists():
            to.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                shutil.copy2(path, to)


def _back_up(store: Path, backup: Path) -> None:
    # The manifest first: a file is there before the line that names it.
    (backup / "archive").mkdir(parents=True, exist_ok=True)
    shutil.copy2(store / "archive" / MANIFEST, backup / "archive" / MANIFEST)
    _copy(store / "archive", backup / "archive", without=MANIFEST)
    for name in PARTS:
        if (store / name).is_dir():
            _copy(store / name, backup / name)
        elif (store / name).is_file():
            shutil.copy2(store / name, backup / name)


def test_back_up_during_a_refresh_is_restored_to_the_same_publication(
    report_refresh: Refreshed, inputs: Path, tmp_path: Path
) -> None:
    store, backup = tmp_path / "store", tmp_path / "backup"
    shutil.copytree(report_refresh.store, store)
    refresh = ("refresh", "--profile", "local", "--store")
    running = subprocess.Popen(
        [sys.executable, "-m", "civic_assets.cli", *refresh, str(store), "--inputs", str(inputs), "--quiet"],
        stdout=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip
    during = 0
    while running.poll() is None:
        shutil.rmtree(backup, ignore_errors=True)
        _back_up(store, backup)
        during += 1
        # Whenever it is made, every file that the manifest names is there. A file that came after the manifest was
        # copied is there without its line, and is received again.
        restored = tmp_path / f"restored-{during}"
        shutil.copytree(backup / "archive", restored / "archive")
        faults = [fault for fault in Archive(restored / "archive").verify() if "no receipt" not in fault]
        assert faults == []
        shutil.rmtree(restored)
        with suppress(subprocess.TimeoutExpired):
            running.wait(1)  # so that the refresh gets on
    assert running.returncode == 0 and during >= 2
    shutil.rmtree(backup)
    _back_up(store, backup)
    wanted = civic_assets(*refresh, store, "--inputs", inputs, "--json", "--quiet").json["publication"]

    elsewhere = tmp_path / "elsewhere" / "store"
    shutil.copytree(backup, elsewhere)
    answer = civic_assets(*refresh, elsewhere, "--inputs", inputs, "--json", "--quiet")
    assert answer.code == 0 and answer.json["publication"] == wanted
    number = len(Archive(elsewhere / "archive").receipts())
    assert number == len(Archive(store / "archive").receipts()), "nothing is received a second time"
    again = civic_assets(*refresh, elsewhere, "--inputs", inputs, "--json")
    assert "Nothing is new" in again.err and again.json["publication"] == wanted


def test_whole_store_that_was_copied_has_nothing_to_do(report_refresh: Refreshed, tmp_path: Path) -> None:
    copy, wanted = tmp_path / "copy", report_refresh.answer.json["publication"]
    shutil.copytree(report_refresh.store, copy)
    refresh = ("refresh", "--profile", "local", "--inputs", report_refresh.inputs, "--json", "--store")
    answer = civic_assets(*refresh, copy)
    assert answer.code == 0 and answer.json["publication"] == wanted and answer.json["published_now"] is False
