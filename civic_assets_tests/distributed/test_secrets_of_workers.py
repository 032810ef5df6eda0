"""Logins of the database, the broker and the object store are in nothing that workers, refreshes and the UI write."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets_tests.deploy.planted import SECRETS, in_bytes, in_folder, settings
from civic_assets_tests.distributed.machines import Machine, Services, address
from civic_assets_tests.distributed.services import BUCKET, Redis, _postgres, free_port, until

STORE = address("secrets")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secrets")


@pytest.fixture(scope="module")
def redis(folder: Path) -> Iterator[Redis]:
    """A broker that asks for the planted password, and keeps what it is told on disk."""
    one = Redis(folder / "redis")
    command = ["redis-cli", "-p", str(one.port), "CONFIG", "SET", "requirepass", SECRETS["broker"]]
    subprocess.run(command, check=True, capture_output=True)
    refused = subprocess.run(["redis-cli", "-p", str(one.port), "PING"], check=False, capture_output=True)
    assert b"NOAUTH" in refused.stdout
    yield one
    one.stop()


@pytest.fixture(scope="module")
def machines(services: Services, redis: Redis, folder: Path) -> Iterator[tuple[Machine, Machine, Machine]]:
    """A worker, a machine that refreshed, and one that shows the UI."""
    planted = settings(f"127.0.0.1:{services.postgres.port}/dagster", f"127.0.0.1:{redis.port}/0")
    three = tuple(Machine(services, folder / name) for name in ("worker", "refresh", "ui"))
    worker, refresh, ui = three
    for machine in three:
        machine.environment |= planted | {"CIVIC_SITE": "now"}
    (folder / "inputs").mkdir()
    shutil.copy(REPORT_TABLES, folder / "inputs")
    try:
        worker.work(STORE)
        local = ("--profile", "local", "--inputs", str(folder / "inputs"))
        code = refresh.run("refresh", *local, "--store", STORE, "--debug")
        assert code == 0, refresh.said()
        port = free_port()
        ui.start("ui", "--store", STORE, "--port", str(port), "--debug")
        until(lambda: "Dagster shows" in ui.said() or not ui.alive(), "the UI is not ready", 180)
        assert ui.alive(), ui.said()
        ui.environment["PORT"] = str(port)
        yield worker, refresh, ui
    finally:
        for machine in three:
            machine.kill()


def test_the_ui_has_what_another_machine_has_published(machines: tuple[Machine, Machine, Machine]) -> None:
    """All but the site, which is not in the object store: it is built where a person wants it."""
    _, refresh, ui = machines
    with urllib.request.urlopen(f"http://127.0.0.1:{ui.environment['PORT']}/server_info", timeout=60) as page:
        assert page.status == 200
    published = [
        (next((machine.folder / "copies").iterdir()) / "publications" / "latest.json").read_bytes()
        for machine in (refresh, ui)
    ]
    assert published[0] == published[1]


def test_no_secret_is_in_a_file_of_any_machine(
    machines: tuple[Machine, Machine, Machine], folder: Path
) -> None:
    found, number = in_folder(folder)
    # Redis itself is told its password by the test, as a setting; it writes no setting into its files.
    assert found == {} and number > 100
    for name in ("worker", "refresh", "ui"):
        assert list((folder / name / "copies").rglob("dagster.yaml")), name
    assert list((folder / "redis").rglob("*.aof"))


def test_no_secret_is_in_the_records_of_dagster(
    machines: tuple[Machine, Machine, Machine], services: Services
) -> None:
    dump = _postgres("pg_dump")
    assert dump is not None
    command = [
        str(dump),
        "-h",
        "127.0.0.1",
        "-p",
        str(services.postgres.port),
        "-U",
        "civic",
        "--inserts",
        "dagster",
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    assert b"gla_report" in done.stdout
    assert in_bytes(done.stdout) == set()


def test_no_secret_is_in_the_object_store(
    machines: tuple[Machine, Machine, Machine], services: Services, tmp_path: Path
) -> None:
    client = importlib.import_module("boto3").client(
        "s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="eu-west-2"
    )
    number = 0
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="secrets/"):
        for one in page.get("Contents", []):
            file = tmp_path / one["Key"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read())
            number += 1
    found, searched = in_folder(tmp_path)
    assert found == {} and searched >= number > 20
