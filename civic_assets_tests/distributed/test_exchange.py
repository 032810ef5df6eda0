"""A store in an object store, as commands see it: published from one machine, read and continued on another."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import duckdb
import pytest

from civic_assets.layers.remote.exchange import EVERYTHING, WorkingCopy
from civic_assets.layers.remote.failures import Changed
from civic_assets.layers.remote.objects import Objects
from civic_assets_tests.distributed.machines import Machine, Services, address


@pytest.fixture(scope="module")
def published(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine that has published the samples."""
    machine = Machine(services, tmp_path_factory.mktemp("first"), workers=False)
    assert machine.run("refresh", "--store", address("samples"), "--json", "--quiet") == 0, machine.said()
    return machine


def test_publication_is_that_of_a_folder(published: Machine, tmp_path: Path, services: Services) -> None:
    local = Machine(services, tmp_path / "local", workers=False)
    assert local.run("refresh", "--store", str(tmp_path / "store"), "--json", "--quiet") == 0, local.said()
    assert (
        local.document()["publication"]
        == json.loads((published.folder / "out1").read_text(encoding="utf-8"))["publication"]
    )


def test_another_machine_reads_and_has_nothing_to_do(
    published: Machine, services: Services, tmp_path: Path
) -> None:
    other = Machine(services, tmp_path / "other", workers=False)
    store = ("--store", address("samples"))
    assert other.run("trace", "gla_report:burglary:E09000019:ye Dec 2021", *store, "--json") in (0, 2), (
        other.said()
    )
    assert other.run("verify", *store, "--json") == 0, other.said()
    assert other.run("refresh", *store, "--json", "--quiet") == 0, other.said()
    assert other.document()["published_now"] is False
    copied = Objects(address("samples")).look("civic.duckdb")
    assert copied is not None


def test_readers_can_take_the_read_model_alone(published: Machine, tmp_path: Path) -> None:
    Objects(address("samples")).download("civic.duckdb", tmp_path / "civic.duckdb")
    with duckdb.connect(str(tmp_path / "civic.duckdb"), read_only=True) as connection:
        (number,) = connection.execute("SELECT count(*) FROM harmonised.observations").fetchone() or (0,)
    assert number > 30_000


def test_working_copy_that_was_spoilt_is_made_again(published: Machine, services: Services) -> None:
    [copy] = (published.folder / "copies").iterdir()
    (copy / "publications" / "99.json").write_text("{}", encoding="utf-8")  # of a process that was killed
    (copy / "civic.duckdb").write_bytes(b"this is no database")
    shutil.rmtree(copy / "tables" / "harmonised")
    assert published.run("refresh", "--store", address("samples"), "--json", "--quiet") == 0, published.said()
    assert published.document()["published_now"] is False
    assert not (copy / "publications" / "99.json").exists()
    assert Objects(address("samples")).look("publications/99.json") is None


def test_nobody_writes_over_what_another_has_published(services: Services, tmp_path: Path) -> None:
    objects = Objects(address("two-writers"))
    copies = []
    for name in ("a", "b"):
        (tmp_path / name / "publications").mkdir(parents=True)
        (tmp_path / name / "publications" / "1.json").write_text(name, encoding="utf-8")
        (tmp_path / name / "publications" / "latest.json").write_text(name, encoding="utf-8")
        copies.append(WorkingCopy(tmp_path / name, objects))
    assert copies[0].send(EVERYTHING, lambda: None) == 2
    with pytest.raises(Changed):
        copies[1].send(EVERYTHING, lambda: None)
    assert objects.read("publications/latest.json")[0] == objects.read("publications/1.json")[0] == b"a"


def test_table_that_was_taken_back_goes_everywhere(services: Services, tmp_path: Path) -> None:
    objects = Objects(address("taken-back"))
    table = tmp_path / "a" / "tables" / "validated" / "s" / "2024"
    table.mkdir(parents=True)
    (table / "x.parquet").write_bytes(b"rows")
    (table / "current.json").write_text("{}", encoding="utf-8")
    first = WorkingCopy(tmp_path / "a", objects)
    first.send(EVERYTHING, lambda: None)
    second = WorkingCopy(tmp_path / "b", objects)
    assert second.bring(EVERYTHING) == 2
    (table / "current.json").unlink()
    first.send(EVERYTHING, lambda: None)
    second.bring(EVERYTHING)
    there = tmp_path / "b" / "tables" / "validated" / "s" / "2024"
    assert not (there / "current.json").exists() and (there / "x.parquet").read_bytes() == b"rows"
    assert first.send(EVERYTHING, lambda: None) == 0


def test_store_that_is_busy_for_a_while_is_waited_for(services: Services, tmp_path: Path) -> None:
    machine = Machine(services, tmp_path / "machine", workers=False)
    services.objects.busy()
    try:
        machine.start("refresh", "--store", address("busy"), "--json", "--quiet")
        time.sleep(8)
        assert machine.alive(), machine.said()
    finally:
        services.objects.ready()
    assert machine.process is not None and machine.process.wait(300) == 0, machine.said()
    assert machine.document()["published_now"] is True


def test_what_is_wrong_with_an_address_is_said_in_a_sentence(services: Services, tmp_path: Path) -> None:
    machine = Machine(services, tmp_path / "machine", workers=False)
    for store, said in (
        ("ftp://host/store", "begins with s3://"),
        ("s3://user:secret@bucket/store", "given in the environment"),
        (address("nothing-here"), "There is no store in s3://"),
    ):
        assert machine.run("trace", "x", "--store", store) == 2
        assert said in machine.said() and "Traceback" not in machine.said() and "secret" not in machine.said()
