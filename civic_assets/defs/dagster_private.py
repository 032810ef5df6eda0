"""Everything that this project uses of Dagster and that Dagster does not promise to keep.

Belongs here: every import from `dagster._...`, and names of modules that begin so. Does not belong here: their use, and
anything that `import dagster` offers. A test refuses such an import anywhere else, compares the members that are used
with those of the installed Dagster, and fails on a version that was not checked.

What is used, and why the public interface is not enough:

- the storage classes, to keep SQLite connections open (`storage`): the public classes open a file for every event;
- `InstanceRef`, to open the instance of a store without DAGSTER_HOME in the environment (`instance`);
- origins of jobs, and executing a run that has one (`launch`): the UI shows only runs that name where their job is
  defined;
- `AssetCheckEvaluationTargetMaterializationData`, to name the materialisation that a check is about (`checks`);
- the rules for owners, tags and cron expressions, to refuse a contract before Dagster does (`labels`, `schedules`);
- origins of code, and what a run launcher is given, to have workers run a job (`workers.launching`);
- the client of a code server, to wait until it answers (`ui`).
"""

import sys
from typing import Any

from dagster._config.config_schema import UserConfigSchema
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.definitions.utils import is_valid_owner
from dagster._core.execution.api import execute_run_iterator
from dagster._core.instance.ref import InstanceRef
from dagster._core.launcher import LaunchRunContext
from dagster._core.origin import DEFAULT_DAGSTER_ENTRY_POINT, JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._core.types.pagination import PaginatedResults
from dagster._serdes import ConfigurableClassData
from dagster._utils.schedules import is_valid_cron_schedule
from dagster._utils.tags import is_valid_strict_tag_value

__all__ = [
    "CHECKED_WITH",
    "DAEMON",
    "INDEX_SHARD_NAME",
    "NO_COMPUTE_LOGS",
    "AssetCheckEvaluationTargetMaterializationData",
    "AssetCheckExecutionRecordStatus",
    "AssetCheckExecutionsTable",
    "ConfigurableClassData",
    "DagsterSqliteStorage",
    "DagsterStorage",
    "InMemoryJob",
    "InstanceRef",
    "PaginatedResults",
    "RegisteredCodeLocationOrigin",
    "RemoteJobOrigin",
    "RemoteRepositoryOrigin",
    "SqlEventLogStorage",
    "SqliteEventLogStorage",
    "SqliteRunStorage",
    "SqliteScheduleStorage",
    "UnresolvedAssetJobDefinition",
    "UserConfigSchema",
    "code_origin_of",
    "code_server_answers",
    "create_db_conn_string",
    "execute_run_iterator",
    "is_valid_cron_schedule",
    "is_valid_owner",
    "is_valid_strict_tag_value",
    "launch_context",
]

CHECKED_WITH = ("1.13.10", "1.13.27")
"""Lowest and highest version of Dagster with which all of this was checked. Raise the second after
`civic_assets_tests/defs` has passed with a newer one."""
DAEMON = "dagster._daemon"
"""Module that runs schedules and sensors: `python -m dagster._daemon run`."""
NO_COMPUTE_LOGS = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}
"""Setting of an instance that does not redirect a process's standard output."""


def code_origin_of(job: str) -> Any:
    """Where a worker finds the definition of a job: in those of this package, loaded with the worker's settings."""
    pointer = ModuleCodePointer("civic_assets.definitions", "definitions")
    repository = RepositoryPythonOrigin(
        executable_path=sys.executable,
        code_pointer=pointer,
        entry_point=DEFAULT_DAGSTER_ENTRY_POINT,
    )
    return JobPythonOrigin(job_name=job, repository_origin=repository)


def launch_context(run: Any) -> Any:
    """What a run launcher is given. The launcher of Celery asks for no workspace."""
    return LaunchRunContext(dagster_run=run, workspace=None)


def code_server_answers(socket: str) -> bool:
    """Whether a code server answers on a socket."""
    # The client imports gRPC, which takes a third of a second and is only needed by the UI.
    from dagster._core.errors import DagsterUserCodeUnreachableError
    from dagster._grpc.client import DagsterGrpcClient

    try:
        DagsterGrpcClient(socket=socket).ping("")
    except DagsterUserCodeUnreachableError:
        return False
    return True
