"""The storage of runs and events: faster than Dagster's own, and the same files."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.instance.ref import InstanceRef

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.instance import open_instance
from civic_assets.defs.launch import launch
from civic_assets.defs.storage import PooledEvents, PooledRuns, PooledSchedules, forget_evaluations
from civic_assets.layers.store import Store
from civic_assets_tests.defs.conftest import receive

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset
def figure() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


def _default_instance(home: Path) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_filename="none.yaml"))


def _rows(instance: dg.DagsterInstance) -> list[object]:
    records = instance.fetch_materializations(dg.AssetKey("figure"), limit=10).records
    return [
        record.asset_materialization.metadata["rows"].value
        for record in records
        if record.asset_materialization
    ]


def test_history_is_written_and_read_by_either_storage(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with open_instance(store) as pooled:
        assert isinstance(pooled.event_log_storage, PooledEvents)
        assert isinstance(pooled.run_storage, PooledRuns)
        assert isinstance(pooled.schedule_storage, PooledSchedules)
        first = dg.materialize([figure], instance=pooled, run_config=QUIET).run_id
    with _default_instance(store.dagster_home) as default:
        assert _rows(default) == [3]
        assert default.get_run_by_id(first) is not None
        second = dg.materialize([figure], instance=default, run_config=QUIET).run_id
    with open_instance(store) as pooled:
        assert _rows(pooled) == [3, 3]
        assert {run.run_id for run in pooled.get_runs()} == {first, second}


def test_no_file_stays_open_when_the_instance_is_closed(tmp_path: Path) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list open files")
    store = Store(tmp_path)
    with open_instance(store) as instance:
        dg.materialize([figure], instance=instance, run_config=QUIET)
    targets = [os.readlink(entry) for entry in descriptors.iterdir() if entry.exists()]
    assert [target for target in targets if target.startswith(str(store.dagster_home))] == []


def test_connections_do_not_pile_up_with_the_runs(tmp_path: Path) -> None:
    from civic_assets.defs.storage import _FILES_OPEN, Connections

    connections = Connections()
    for number in range(_FILES_OPEN + 5):
        with connections.transaction(f"sqlite:///{tmp_path}/{number}.db") as connection:
            connection.exec_driver_sql("CREATE TABLE t (a)")
    assert len(connections._engines) == _FILES_OPEN
    connections.close()
    assert not connections._engines


FILES = ["history/runs.db", "history/runs/index.db", "schedules/schedules.db"]


@pytest.mark.parametrize("name", FILES)
def test_file_whose_making_was_interrupted_is_made_to_the_end(tmp_path: Path, name: str) -> None:
    """Older versions made these files in place, as Dagster does."""
    store = Store(tmp_path)
    half = store.dagster_home / name
    half.parent.mkdir(parents=True)
    half.touch()
    with open_instance(store) as instance:
        # The first thing that a refresh asks; it does not open a connection of its own.
        instance.add_dynamic_partitions("releases", ["2021-12"])
        dg.materialize([figure], instance=instance, run_config=QUIET)
        assert _rows(instance) == [3]
        storage = instance.event_log_storage
        assert isinstance(storage, PooledEvents)
        assert storage.has_secondary_index("asset_key_table")


@pytest.mark.parametrize("name", FILES)
def test_file_is_there_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    """A process that is killed between the first table of a file and its last leaves no file."""
    file = Store(tmp_path).dagster_home / name
    seen: list[str] = []

    def tables(database: Path) -> list[str]:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return sorted(each for (each,) in connection.execute("SELECT name FROM sqlite_master"))

    def look(*_: object) -> None:
        if file.exists():
            assert tables(file) == complete
        seen.append(name)

    with open_instance(Store(tmp_path / "another")):
        complete = tables(Store(tmp_path / "another").dagster_home / name)
    sa.event.listen(sa.Engine, "after_cursor_execute", look)
    try:
        with open_instance(Store(tmp_path)):
            pass
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", look)
    assert len(seen) > 20
    assert tables(file) == complete
    assert not list(file.parent.glob(".incoming-*"))


@pytest.mark.parametrize("name", FILES)
def test_file_that_another_process_makes_meanwhile_stays(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, link, raced = Store(tmp_path), os.link, []

    def race(source: Path, target: Path) -> None:
        if target == store.dagster_home / name:
            shutil.copy(source, target)
            raced.append(target.stat().st_ino)
        link(source, target)

    monkeypatch.setattr(os, "link", race)
    with open_instance(store) as instance:
        dg.materialize([figure], instance=instance, run_config=QUIET)
        assert _rows(instance) == [3]
    assert raced == [(store.dagster_home / name).stat().st_ino]


def test_file_system_without_links_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with open_instance(Store(tmp_path)) as instance:
        dg.materialize([figure], instance=instance, run_config=QUIET)
        assert _rows(instance) == [3]


def _marks(instance: dg.DagsterInstance, release: str) -> list[str]:
    key = dg.AssetCheckKey(dg.AssetKey("figure"), "sums")
    history = instance.event_log_storage.get_asset_check_execution_history(key, limit=10)
    return [record.status.value for record in history if record.partition == release]


def test_mark_of_a_check_that_is_no_longer_evaluated_is_forgotten_for_that_release_only(
    tmp_path: Path,
) -> None:
    with open_instance(Store(tmp_path)) as instance:
        for release in ("2021-12", "2022-12"):
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey("figure"), check_name="sums", passed=True, partition=release
                )
            )
        key = dg.AssetKey("figure")
        forget_evaluations(instance, key, ["sums"], "2022-12", announced_only=True)
        assert _marks(instance, "2022-12") == ["SUCCEEDED"]
        forget_evaluations(instance, key, [], "2022-12", announced_only=False)
        forget_evaluations(instance, key, ["another"], "2022-12", announced_only=False)
        assert _marks(instance, "2022-12") == ["SUCCEEDED"]
        forget_evaluations(instance, key, ["sums"], "2022-12", announced_only=False)
        assert _marks(instance, "2022-12") == []
        assert _marks(instance, "2021-12") == ["SUCCEEDED"]


def test_all_checks_of_an_asset_are_run_without_a_release_and_leave_no_failure(
    tmp_path: Path, contracts: Mapping[str, Contract], samples: Path
) -> None:
    """The button "Execute all" of an asset's page asks for checks alone, of no release."""
    store = Store(tmp_path / "store")
    stale = receive(store, contracts, samples / "synthetic-csp-tables-2022-12.xlsx")
    launch(store, contracts, stale, profile="local", progress=lambda _: None)
    key = dg.AssetKey(["raw", "ons_csp"])
    with open_instance(store) as instance:
        job = build_definitions(store, contracts).resolve_implicit_global_asset_job_def()
        checks = {check for check in job.asset_layer.asset_graph.asset_check_keys if check.asset_key == key}
        assert len(checks) > 5
        only = job.get_subset(asset_selection=set(), asset_check_selection=checks)
        result = only.execute_in_process(instance=instance, raise_on_error=False)
        assert result.success
        for check in checks:
            history = instance.event_log_storage.get_asset_check_execution_history(check, limit=5)
            assert all(record.partition == "2022-12" for record in history)
            assert {str(record.status.value) for record in history} <= {"SUCCEEDED", "FAILED"}
            assert all(record.event is not None for record in history)


def test_partitions_of_a_set_are_read_together_and_changes_are_seen(tmp_path: Path) -> None:
    """Dagster asks for each partition of an asset by itself to show its checks."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    with open_instance(Store(tmp_path)) as instance, open_instance(Store(tmp_path)) as another:
        names = [f"2021-{number}" for number in range(100)]
        instance.add_dynamic_partitions("releases", names)
        sa.event.listen(sa.Engine, "after_cursor_execute", note)
        try:
            assert all(instance.has_dynamic_partition("releases", name) for name in names)
        finally:
            sa.event.remove(sa.Engine, "after_cursor_execute", note)
        assert 1 <= len(statements) <= 10
        another.add_dynamic_partitions("releases", ["2022-1"])
        assert instance.has_dynamic_partition("releases", "2022-1"), "added by another process a moment ago"
        instance.delete_dynamic_partition("releases", "2021-1")
        assert not instance.has_dynamic_partition("releases", "2021-1")
        assert not instance.has_dynamic_partition("others", "2021-2")
