"""Two commands on one store at the same time, and commands that are killed while they replace the report."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from civic_assets.cli import main
from civic_assets.layers import unchanged
from civic_assets.layers.store_lock import LOCK
from civic_assets_tests.acceptance.commands import (
    civic_assets,
    environment,
    store_changed_by_another_process,
)
from civic_assets_tests.shared_stores import Refreshed

_SECONDS = 60


@pytest.fixture
def inputs(report_refresh: Refreshed) -> Path:
    return report_refresh.inputs


@pytest.fixture
def store(report_refresh: Refreshed, tmp_path: Path) -> Path:
    return shutil.copytree(report_refresh.store, tmp_path / "store")


def _refresh(store: Path, inputs: Path) -> list[str]:
    return [
        "refresh",
        "--profile",
        "local",
        "--inputs",
        str(inputs),
        "--store",
        str(store),
        "--json",
        "--quiet",
    ]


def _until_it_holds_the_lock(process: subprocess.Popen[bytes], store: Path) -> None:
    end = time.monotonic() + _SECONDS
    while not (store / LOCK).exists() or not (store / LOCK).read_text():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("ends", [signal.SIGCONT, signal.SIGKILL])
def test_second_refresh_waits_for_the_first_however_that_ends(
    tmp_path: Path, inputs: Path, ends: signal.Signals
) -> None:
    store = tmp_path / "store"
    command = [sys.executable, "-m", "civic_assets.cli", *_refresh(store, inputs)]
    first = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    second = None
    try:
        _until_it_holds_the_lock(first, store)
        first.send_signal(signal.SIGSTOP)
        second = subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None and second.stdout is not None
        said = second.stderr.readline()
        assert f"is being changed by civic-assets refresh (process {first.pid} on " in said
        assert "Waiting until that has ended." in said
        assert second.poll() is None and not (store / "unchanged.json").exists()
        first.send_signal(ends)
        assert first.wait(timeout=300) == (0 if ends is signal.SIGCONT else -signal.SIGKILL)
        answer = json.loads(second.communicate(timeout=300)[0])
        assert second.returncode == 0
        assert answer["published_now"] is (ends is signal.SIGKILL)
    finally:
        first.kill()
        first.wait()
        if second is not None:
            second.kill()
            second.wait()


def test_readers_and_a_refresh_with_nothing_new_need_no_lock(
    store: Path, inputs: Path, tmp_path: Path
) -> None:
    assert main(_refresh(store, inputs)) == 0  # remembers where the copy is
    with store_changed_by_another_process(store):
        assert civic_assets("sources", "--store", store, "--json").code == 0
        again = civic_assets(*_refresh(store, inputs))
        assert again.code == 0 and again.json["published_now"] is False
        report = civic_assets("report", "--store", store, "--json")
        assert report.code == 0 and report.json["new"] is False
        assert "is being changed by a test" in report.err and "existing site is up to date" in report.err


def test_refresh_that_finds_nothing_new_leaves_the_memory_to_whoever_holds_the_lock(
    store: Path, inputs: Path
) -> None:
    asked = unchanged.Asked(store, "local", inputs, ())
    (store / "civic.duckdb").touch()
    unchanged.remember(unchanged.begin(asked), {"a": "summary"})
    memory = store / "unchanged.json"
    before = memory.read_bytes()
    assert json.loads(before)["kept"]["recent"], "files that just changed are looked at again"
    with store_changed_by_another_process(store):
        assert unchanged.recall(asked) == {"a": "summary"}
        assert memory.read_bytes() == before


_KILLED_WHILE_REPORTING = """
import os, signal, shutil, sys
from pathlib import Path
from civic_assets.layers.store import Store
from civic_assets.publish.site import build as site, rendering
which, calls = sys.argv[2], []
def killed_at(name, real):
    def call(*arguments, **more):
        calls.append(name)
        if f"{name}{calls.count(name)}" == which:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)
    return call
store = Store.existing(Path(sys.argv[1]))
os.rename = killed_at("rename", os.rename)
rendering.write_page = killed_at("page", rendering.write_page)
site.write_record = killed_at("record", site.write_record)
shutil.rmtree = killed_at("remove", shutil.rmtree)
site.build(store)
"""


@pytest.mark.parametrize(
    "moment",
    # While pages are made, and between the two renames, when no report is in its place.
    [
        pytest.param("page1", marks=pytest.mark.exhaustive),
        "page20",
        pytest.param("record1", marks=pytest.mark.exhaustive),
        pytest.param("rename1", marks=pytest.mark.exhaustive),
        "rename2",
        pytest.param("remove1", marks=pytest.mark.exhaustive),
    ],
)
def test_report_killed_while_it_is_replaced_is_whole_after_the_next_refresh(
    store: Path, inputs: Path, moment: str
) -> None:
    """While pages are written, before the old folder is moved away, between the two moves, and before it is removed."""
    assert main(_refresh(store, inputs)) == 0
    before = _pages(store / "report")
    (store / "report" / "site.json").unlink()  # so that every page is made again
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_WHILE_REPORTING, str(store), moment], env=environment(), check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert list(store.glob(".report-*"))
    assert _pages(store / "report") == ({} if moment == "rename2" else before)
    assert main(_refresh(store, inputs)) == 0
    assert list(store.glob(".report-*")) == []
    assert _pages(store / "report") == before


def _pages(folder: Path) -> dict[str, bytes]:
    """Content of all pages of a site; nothing if there is no site."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "site.json"]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_row_changed_by_hand_is_made_again(store: Path, inputs: Path) -> None:
    assert main(_refresh(store, inputs)) == 0
    file = store / "civic.duckdb"
    with duckdb.connect(str(file)) as connection:
        stamp = connection.execute("SELECT stamp FROM catalogue.publication").fetchone()
        connection.execute("UPDATE harmonised.observations SET value = -17")
    about = file.stat()
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert main(_refresh(store, inputs)) == 0
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("SELECT stamp FROM catalogue.publication").fetchone() == stamp
        changed = "SELECT count(*) FROM harmonised.observations WHERE value = -17"
        assert connection.execute(changed).fetchone() == (0,)
