"""What is used of Dagster without a promise is in one module, and is what it was when it was checked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster
import pytest
from dagster._grpc.client import DagsterGrpcClient
from packaging.version import Version

from civic_assets.defs import dagster_private as private

PACKAGE = Path(private.__file__).parents[1]
MODULE = "defs/dagster_private.py"


def test_no_other_module_names_a_private_part_of_dagster() -> None:
    naming = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if re.search(r"\bdagster\._|\bdagster_\w+\._", file.read_text(encoding="utf-8"))
    }
    assert naming == {MODULE}


def test_the_installed_dagster_is_one_that_was_checked() -> None:
    lowest, highest = map(Version, private.CHECKED_WITH)
    installed = Version(dagster.__version__)
    assert lowest <= installed <= highest, (
        f"Dagster {installed} is installed. What civic_assets/{MODULE} imports was checked with {lowest} to {highest}. "
        "Run the tests of civic_assets_tests/defs with the installed version; when they pass, put it into CHECKED_WITH."
    )


@pytest.mark.parametrize(
    ("member", "parameters"),
    [
        # Overridden in `storage`: the name and the arguments are what Dagster calls.
        (private.SqliteEventLogStorage.__init__, "self base_dir inst_data"),
        (private.SqliteEventLogStorage._connect, "self shard"),
        (private.SqliteEventLogStorage._initdb, "self engine for_index_shard"),
        (private.SqliteEventLogStorage.get_dynamic_partitions, "self partitions_def_name"),
        (
            private.SqliteEventLogStorage.get_paginated_dynamic_partitions,
            "self partitions_def_name limit ascending cursor",
        ),
        (private.SqliteEventLogStorage.wipe, "self"),
        (private.SqliteEventLogStorage.dispose, "self"),
        (private.SqliteRunStorage.__init__, "self conn_string inst_data"),
        (private.SqliteRunStorage.from_local, "base_dir inst_data"),
        (private.SqliteRunStorage.connect, "self"),
        (private.SqliteScheduleStorage.__init__, "self conn_string inst_data"),
        (private.SqliteScheduleStorage.from_local, "base_dir inst_data"),
        (private.SqliteScheduleStorage.connect, "self"),
        (private.DagsterSqliteStorage.__init__, "self base_dir inst_data"),
        (private.DagsterSqliteStorage.from_config_value, "inst_data config_value"),
        (private.DagsterStorage.__init__, "self"),
        # Called.
        (private.SqliteEventLogStorage.conn_string_for_shard, "self shard_name"),
        (private.SqliteEventLogStorage.path_for_shard, "self run_id"),
        (private.SqliteEventLogStorage.index_connection, "self"),
        (private.create_db_conn_string, "base_dir db_name"),
        (private.PaginatedResults.create_from_sequence, "seq limit ascending cursor"),
        (private.InstanceRef.from_dir, "base_dir config_dir config_filename overrides"),
        (private.RemoteRepositoryOrigin.get_job_origin, "self job_name"),
        (private.InMemoryJob.__init__, "self job_def"),
        (private.execute_run_iterator, "job dagster_run instance resume_from_failure"),
        (private.is_valid_owner, "owner"),
        (private.is_valid_cron_schedule, "cron_schedule"),
        (private.is_valid_strict_tag_value, "key"),
        (DagsterGrpcClient.__init__, "self port socket host use_ssl metadata"),
        (DagsterGrpcClient.ping, "self echo"),
    ],
    ids=lambda value: getattr(value, "__qualname__", None),
)
def test_a_member_takes_the_arguments_that_we_rely_on(member: Callable[..., Any], parameters: str) -> None:
    assert list(inspect.signature(member).parameters) == parameters.split()


def test_values_are_made_from_the_arguments_that_we_give() -> None:
    target = private.AssetCheckEvaluationTargetMaterializationData(run_id="r", storage_id=7, timestamp=1.5)
    assert (target.run_id, target.storage_id, target.timestamp) == ("r", 7, 1.5)
    location = private.RegisteredCodeLocationOrigin("civic_assets")
    origin = private.RemoteRepositoryOrigin(location, "repository").get_job_origin("publish")
    assert isinstance(origin, private.RemoteJobOrigin)
    assert (origin.location_name, origin.job_name) == ("civic_assets", "publish")


def test_the_event_storage_has_the_members_that_its_subclass_uses(tmp_path: Path) -> None:
    storage = private.SqliteEventLogStorage(str(tmp_path))
    assert storage._initialized_dbs == {"index"} or storage._initialized_dbs == set()
    with storage._db_lock:
        assert storage.path_for_shard("run").endswith("run.db")
    storage.dispose()
    assert issubclass(private.SqliteEventLogStorage, private.SqlEventLogStorage)


def test_the_default_storage_reads_the_members_that_ours_sets(tmp_path: Path) -> None:
    storage = private.DagsterSqliteStorage(str(tmp_path))
    assert {"_run_storage", "_event_log_storage", "_schedule_storage", "_inst_data"} <= set(vars(storage))
    storage.dispose()


def test_the_table_of_checks_has_the_columns_that_are_asked() -> None:
    columns = {column.name for column in private.AssetCheckExecutionsTable.columns}
    assert {"asset_key", "check_name", "partition", "execution_status"} <= columns
    assert private.AssetCheckExecutionRecordStatus.PLANNED.value == "PLANNED"
