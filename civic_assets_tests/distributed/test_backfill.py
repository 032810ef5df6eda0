"""A backfill on three workers, of which two are killed, while every service fails once.

Forty releases when the tests are exhaustive, and otherwise as many as last until everything has failed.
"""

from __future__ import annotations

import json
import random
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.generated_inputs import plan
from benchmarks.generated_inputs.write import write_inputs
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.remote.objects import Objects
from civic_assets_tests.distributed.machines import Machine, Services, address
from civic_assets_tests.distributed.services import until
from civic_assets_tests.exhaustive import EXHAUSTIVE

RELEASES = 40 if EXHAUSTIVE else 16


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented files, one for each release."""
    from dataclasses import replace

    folder = tmp_path_factory.mktemp("backfill")
    files = replace(plan(RELEASES, 0), areas=20)
    write_inputs(folder, files)
    found = folder / "inputs"
    assert len(list(found.iterdir())) == RELEASES
    return found


@pytest.fixture(scope="module")
def alone(inputs: Path, services: Services, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Hash of the publication that one process makes in a folder."""
    machine = Machine(services, tmp_path_factory.mktemp("alone"), workers=False)
    store = machine.folder / "store"
    code = machine.run(
        "refresh", "--profile", "local", "--inputs", str(inputs), "--store", str(store), "--json", "--quiet"
    )
    assert code in (0, 1), machine.said()
    return str(machine.document()["publication"])


def _building(objects: Objects) -> list[str]:
    """Processes that hold a source now."""
    held = []
    for one in objects.listed("leases"):
        if one.name.startswith("leases/source-"):
            try:
                held.append(str(json.loads(objects.read(one.name)[0])["process"]))
            except FileNotFoundError:
                continue
    return held


def test_backfill_with_everything_failing_once(
    inputs: Path, alone: str, services: Services, tmp_path: Path
) -> None:
    name = address("backfill")
    objects = Objects(name)
    workers = [Machine(services, tmp_path / f"worker{number}") for number in range(3)]
    first = Machine(services, tmp_path / "first")
    failures: list[tuple[str, bool]] = []
    ended = threading.Event()
    rng = random.Random(16)

    def failed(what: str) -> None:
        """Remember a failure, and that the refresh went on."""
        failures.append((what, not ended.is_set()))

    def restart(service: object, stop: Callable[[], None], start: Callable[[], None]) -> None:
        stop()
        failed(type(service).__name__)
        time.sleep(2)
        start()

    def make_trouble() -> None:
        until(lambda: _building(objects) or ended.is_set(), "no worker builds", 300)
        for worker in workers[:2]:
            until(lambda: _building(objects) or ended.is_set(), "no worker builds", 300)
            time.sleep(rng.uniform(0.2, 1.5))
            worker.kill()
            failed("a worker killed")
        restart(services.redis, services.redis.stop, services.redis.start)
        time.sleep(1)
        restart(services.postgres, services.postgres.stop, services.postgres.start)
        services.objects.busy()
        failed("ObjectStore")
        time.sleep(5)
        services.objects.ready()

    for worker in workers:
        worker.work(name)
    trouble = threading.Thread(target=make_trouble)
    trouble.start()
    try:
        code = first.run(
            "refresh", "--profile", "local", "--inputs", str(inputs), "--store", name, "--json", seconds=1500
        )
    finally:
        ended.set()
        trouble.join()
        services.objects.ready()
        for worker in workers:
            worker.kill()
    assert code in (0, 1), first.said()
    troubles = ["a worker killed", "a worker killed", "Redis", "Postgres", "ObjectStore"]
    assert failures == [(trouble, True) for trouble in troubles]
    summary = first.document()
    assert summary["errors"] == [], summary["errors"]
    assert [one["state"] for one in summary["releases"]] == ["published"] * RELEASES
    assert summary["publication"] == alone

    # Nothing was made twice with two results: every release has one table of each layer.
    tables: dict[str, set[str]] = defaultdict(set)
    for one in objects.listed("tables"):
        place, _, file = one.name.rpartition("/")
        if file.endswith(".parquet"):
            tables[place].add(file)
    assert len(tables) == 5 * RELEASES
    assert {place: files for place, files in tables.items() if len(files) > 1} == {}
    assert _building(objects) == []


def test_nobody_works(services: Services, tmp_path: Path) -> None:
    """Without a worker, the refresh waits; a worker that comes later does everything."""
    name = address("later")
    first, late = Machine(services, tmp_path / "first"), Machine(services, tmp_path / "late")
    (tmp_path / "inputs").mkdir()
    shutil.copy(REPORT_TABLES, tmp_path / "inputs")
    local = ("--profile", "local", "--inputs", str(tmp_path / "inputs"))
    first.start("refresh", *local, "--store", name, "--json", "--quiet")
    time.sleep(15)
    assert first.alive(), first.said()
    late.work(name)
    try:
        assert first.process is not None and first.process.wait(300) == 0, first.said()
    finally:
        late.kill()
    assert first.document()["errors"] == []


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        ({"CIVIC_DATABASE": ""}, ("refresh", "--store", address("x")), "Set both or neither"),
        ({}, ("refresh", "--store", "folder"), "is a folder of this machine"),
        ({}, ("worker", "--store", "folder"), "is a folder of this machine"),
        ({"CIVIC_BROKER": ""}, ("worker", "--store", address("x")), "A worker needs CIVIC_BROKER"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    services: Services, tmp_path: Path, settings: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    machine = Machine(services, tmp_path / "machine")
    assert machine.run(*arguments, environment=settings) != 0
    assert said in machine.said() and "Traceback" not in machine.said()
