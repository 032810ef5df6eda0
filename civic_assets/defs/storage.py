"""Dagster's own SQLite storage, with connections that stay open.

Belongs here: keeping connections to the files of Dagster's default storage, the order in which releases are returned,
and removing what is out of date. Does not belong here: what is stored; tables, files and their names are the default's,
so removing this class from `dagster.yaml` loses nothing.

Why: the default opens and closes a connection for every event, and SQLite folds its log back into the file at each
close. A release records about thirty events (one for each check). With connections kept open, and without a disk sync
for each, a backfill records two to three times faster. After a power cut the last events may be missing, but the file
is sound (`synchronous=NORMAL` with a write-ahead log: https://sqlite.org/pragma.html#pragma_synchronous);
the next refresh records releases again that lack their record.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import sqlalchemy as sa
from dagster import AssetKey, DagsterInstance
from sqlalchemy.engine import Connection, Engine

from civic_assets.defs.dagster_private import (
    INDEX_SHARD_NAME,
    AssetCheckExecutionRecordStatus,
    AssetCheckExecutionsTable,
    ConfigurableClassData,
    DagsterSqliteStorage,
    DagsterStorage,
    PaginatedResults,
    SqlEventLogStorage,
    SqliteEventLogStorage,
    SqliteRunStorage,
    SqliteScheduleStorage,
    UserConfigSchema,
    create_db_conn_string,
)
from civic_assets.defs.release_order import in_order
from civic_assets.layers.store import Store
from civic_assets.tables.atomic import atomic_write_bytes, sync_folder, temporary_path

_BUSY_SECONDS = 30
# Every run has an event file of its own; a web server that has shown many runs keeps only the latest open.
_FILES_OPEN = 16
_PARTITIONS_KNOWN_SECONDS = 1


class Connections:
    """Engines by URL; the least recently used is closed if there are too many."""

    def __init__(self) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._lock = threading.Lock()
        weakref.finalize(self, _dispose, self._engines)  # also at the end of the process

    def engine(self, url: str) -> Engine:
        """The engine of a file."""
        with self._lock:
            found = self._engines.get(url)
            if found is None:
                found = sa.create_engine(
                    url,
                    pool_size=1,
                    max_overflow=8,
                    connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
                )
                sa.event.listen(found, "connect", _no_sync_for_each_event)
                self._engines[url] = found
            self._engines.move_to_end(url)
            while len(self._engines) > _FILES_OPEN:
                self._engines.popitem(last=False)[1].dispose()
            return found

    @contextmanager
    def transaction(self, url: str) -> Iterator[Connection]:
        """A connection to a file, committed at the end and given back."""
        with self.engine(url).connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            _dispose(self._engines)


def _dispose(engines: OrderedDict[str, Engine]) -> None:
    while engines:
        engines.popitem()[1].dispose()


def _no_sync_for_each_event(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def _no_sync_at_all(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _is_made(file: Path) -> bool:
    """Whether a file has been set up completely; a process may have been killed while it did."""
    if not file.is_file():
        return False
    try:
        with closing(sqlite3.connect(file, timeout=_BUSY_SECONDS)) as connection:
            return connection.execute("SELECT 1 FROM alembic_version").fetchone() is not None
    except sqlite3.DatabaseError:
        return False


def _make_whole(folder: Path, name: str, make: Callable[[str], object]) -> None:
    """Make a file that is missing; a process that is killed leaves none rather than one without some of its tables.

    Args:
        folder: Folder of the file.
        name: Name of the file without its ending.
        make: What makes the file in a folder that it is given, and closes its connections.
    """
    file = folder / f"{name}.db"
    if file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(folder)
    temporary.mkdir()
    try:
        make(str(temporary))
        with open(temporary / file.name, "rb") as whole:
            os.fsync(whole.fileno())
        # Another process may have been first, and not every file system has links: the default then makes it in place.
        with suppress(OSError):
            os.link(temporary / file.name, file)
        sync_folder(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _QuicklyMade(SqliteEventLogStorage):
    """The default, which makes the tables of a file once, and without a sync for each of them."""

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Make the tables of a file unless they are there; what is interrupted here is made to the end next time."""
        if engine.url.database and _is_made(Path(engine.url.database)):
            return
        quick = sa.create_engine(engine.url, poolclass=sa.NullPool, connect_args={"timeout": _BUSY_SECONDS})
        sa.event.listen(quick, "connect", _no_sync_at_all)
        super()._initdb(quick, for_index_shard)


class PooledEvents(_QuicklyMade):
    """Events of runs, assets and checks."""

    def __init__(self, base_dir: str) -> None:
        self._connections = Connections()
        self._known_tables: set[str] = set()
        self._partitions: dict[str, tuple[float, frozenset[str]]] = {}
        self._empty_file: bytes | None = None
        index = Path(base_dir) / f"{INDEX_SHARD_NAME}.db"
        _make_whole(Path(base_dir), INDEX_SHARD_NAME, _QuicklyMade)
        interrupted = not _is_made(index)
        super().__init__(base_dir)
        if interrupted:
            # The default looks only at whether there is a file, and `has_table` does not make what is missing in it.
            self.reindex_events()
            self.reindex_assets()

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table. Dagster asks before it stores each check, and a table that is there stays."""
        if table_name not in self._known_tables:
            if not super().has_table(table_name):
                return False
            self._known_tables.add(table_name)
        return True

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            url = self.conn_string_for_shard(shard)
            if shard not in self._initialized_dbs:
                if not _is_made(Path(self.path_for_shard(shard))):
                    self._make(shard, url)
                self._initialized_dbs.add(shard)
            with self._connections.transaction(url) as connection:
                yield connection

    def _make(self, shard: str, url: str) -> None:
        """Make the file of a run: its tables take Dagster a tenth of a second, and later files are copies of it."""
        path = Path(self.path_for_shard(shard))
        if self._empty_file is not None and not path.exists():
            atomic_write_bytes(path, self._empty_file)
            return
        self._initdb(self._connections.engine(url))
        log = path.with_name(f"{path.name}-wal")
        if shard != INDEX_SHARD_NAME and not log.exists():
            self._empty_file = path.read_bytes()

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        """Partitions of a set; releases in their own order rather than that of adding."""
        return in_order(partitions_def_name, super().get_dynamic_partitions(partitions_def_name))

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a set has a partition.

        The page of an asset's checks asks for each of its partitions, and with two thousand of them a statement for
        each takes half of the page's time. A set is therefore read once a second at most. A partition that is not in
        what was read is asked for by itself, so that a new one is there at once. One that another process has removed
        may seem to be there for a second.
        """
        until, known = self._partitions.get(partitions_def_name, (0.0, frozenset()))
        if time.monotonic() > until:
            known = frozenset(super().get_dynamic_partitions(partitions_def_name))
            self._partitions[partitions_def_name] = (time.monotonic() + _PARTITIONS_KNOWN_SECONDS, known)
        return partition_key in known or super().has_dynamic_partition(partitions_def_name, partition_key)

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Remove a partition from a set."""
        super().delete_dynamic_partition(partitions_def_name, partition_key)
        self._partitions.pop(partitions_def_name, None)

    def get_paginated_dynamic_partitions(
        self, partitions_def_name: str, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """The same, by page."""
        return PaginatedResults.create_from_sequence(
            self.get_dynamic_partitions(partitions_def_name), limit=limit, ascending=ascending, cursor=cursor
        )

    def wipe(self) -> None:
        """Remove the files, after closing their connections."""
        self._connections.close()
        self._known_tables.clear()
        self._partitions.clear()
        super().wipe()

    def dispose(self) -> None:
        """Close every connection."""
        super().dispose()
        self._connections.close()


def forget_evaluations(
    instance: DagsterInstance,
    asset: AssetKey,
    checks: Collection[str],
    partition: str | None = None,
    *,
    announced_only: bool,
) -> None:
    """Remove what is stored of checks that were not evaluated, so that the UI says *Not evaluated*.

    A run from the UI announces every check before it begins. A check that is then not evaluated would end as *Skipped*,
    or in red if the run fails. A mark of an earlier run would stay in force if its table was not made again. Events of
    runs stay unchanged.

    Args:
        instance: Instance with the storage; a storage that is not an SQL database stays unchanged.
        asset: Asset that is checked.
        checks: Names of checks that were not evaluated.
        partition: The release; None for an asset without partitions.
        announced_only: Whether to remove only announcements, not the marks of earlier runs.
    """
    storage = instance.event_log_storage
    if not checks or not isinstance(storage, SqlEventLogStorage):
        return
    columns = AssetCheckExecutionsTable.c
    stale = [
        columns.asset_key == asset.to_string(),
        columns.check_name.in_(checks),
        columns.partition.is_(None) if partition is None else columns.partition == partition,
    ]
    if announced_only:
        stale.append(columns.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value)
    with storage.index_connection() as connection:
        connection.execute(AssetCheckExecutionsTable.delete().where(sa.and_(*stale)))


class _Pooled:
    """`connect` of the two storages that have one file each."""

    _name: ClassVar[str]
    _default: ClassVar[Any]
    _conn_string: str

    @classmethod
    def from_local(cls, base_dir: str, inst_data: ConfigurableClassData | None = None) -> Any:
        _make_whole(Path(base_dir), cls._name, cls._default.from_local)
        if _is_made(Path(base_dir) / f"{cls._name}.db"):
            # Looking for migrations takes longer than everything else; `dagster instance migrate` does it on request.
            return cls(create_db_conn_string(base_dir, cls._name), inst_data)  # type: ignore[call-arg]
        return super().from_local(base_dir, inst_data)  # type: ignore[misc]

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        if "_connections" not in vars(self):
            self._connections = Connections()
        with self._connections.transaction(self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        super().dispose()  # type: ignore[misc]
        if "_connections" in vars(self):
            self._connections.close()


class PooledRuns(_Pooled, SqliteRunStorage):
    """Runs and their tags."""

    _name = "runs"
    _default = SqliteRunStorage


class PooledSchedules(_Pooled, SqliteScheduleStorage):
    """Ticks of schedules and sensors, with their cursors."""

    _name = "schedules"
    _default = SqliteScheduleStorage


class PooledSqliteStorage(DagsterSqliteStorage):
    """Dagster's default storage with connections kept open; named in `dagster.yaml`.

    Args:
        base_dir: Folder of the files: `base_dir` of `dagster.yaml` if it names one, otherwise DAGSTER_HOME, otherwise
            `dagster/` in the store. `dagster dev` in a checkout has no DAGSTER_HOME, and then shows the store's runs.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        # Not the default's own `__init__`, which would open the files and look for migrations.
        self.base_dir = base_dir
        folder = Path(base_dir)
        self._run_storage = PooledRuns.from_local(str(folder / "history"))
        self._event_log_storage = PooledEvents(str(folder / "history" / "runs"))
        self._schedule_storage = PooledSchedules.from_local(str(folder / "schedules"))
        self._inst_data = inst_data
        DagsterStorage.__init__(self)  # type: ignore[no-untyped-call,arg-type]

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Settings in `dagster.yaml`: those of the default, none of them required."""
        return {"base_dir": dg.Field(dg.StringSource, is_required=False)}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> PooledSqliteStorage:
        """The storage that `dagster.yaml` asks for."""
        named = config_value.get("base_dir") or os.environ.get("DAGSTER_HOME")
        return cls.from_local(str(named or Store().dagster_home), inst_data)
