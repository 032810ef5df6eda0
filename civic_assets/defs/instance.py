"""The Dagster instance of a store: its settings, its runs and its records.

Belongs here: preparing DAGSTER_HOME, opening the instance, runs whose process is gone, and the releases whose current
state Dagster has recorded. Does not belong here: running anything (`launch`), definitions (`build`).
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.defs.release_order import releases_partitions
from civic_assets.defs.workers.settings import settings_text
from civic_assets.errors import UsageError
from civic_assets.layers.checked import FINDINGS, RESULTS
from civic_assets.layers.store import Store
from civic_assets.shipped import DAGSTER_SETTINGS
from civic_assets.tables.atomic import atomic_write_text

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from civic_assets.defs.dagster_private import RemoteJobOrigin

_COPIED = (
    "# Copied by civic-assets, which replaces it when its own changes. Remove this line to keep your own.\n"
)
LOCATION = "civic_assets"
"""Name of the code location: in `workspace.yaml`, in the UI that the project starts, and in the runs of `refresh`."""
PROCESS_TAG = ".dagster/civic_process"
"""Tag of a run: host, number and start of the process that executes it. The UI hides tags with this prefix."""
TRIGGER_TAG = "civic/trigger"
"""Tag of a run: what triggered it, e.g. `refresh` or `inbox`."""
_PUBLICATION = "publication"


def prepare_home(store: Store) -> Path:
    """DAGSTER_HOME of a store, with its settings."""
    target = store.dagster_home / "dagster.yaml"
    settings = _COPIED + settings_text(DAGSTER_SETTINGS.read_text(encoding="utf-8"))
    present = target.read_text(encoding="utf-8") if target.is_file() else None
    if present is None or (present.startswith(_COPIED) and present != settings):
        atomic_write_text(target, settings)
    return store.dagster_home


@contextmanager
def open_instance(store: Store, *, capture_output: bool = False) -> Iterator[DagsterInstance]:
    """The store's Dagster instance.

    Args:
        store: Store whose `dagster/` is DAGSTER_HOME.
        capture_output: Whether Dagster redirects this process's standard output while a step runs, as in the UI's own
            runs. A command that shows its progress in a terminal does not want that.

    Raises:
        UsageError: The instance's files cannot be read.
    """
    from dagster import DagsterInstance
    from sqlalchemy.exc import DatabaseError

    from civic_assets.defs.dagster_private import NO_COMPUTE_LOGS, InstanceRef

    home = str(prepare_home(store))
    before = os.environ.get("DAGSTER_HOME")
    os.environ["DAGSTER_HOME"] = home
    try:
        overrides: Any = {} if capture_output else {"compute_logs": NO_COMPUTE_LOGS}
        try:
            instance = DagsterInstance.from_ref(InstanceRef.from_dir(home, overrides=overrides))
        except DatabaseError as error:
            raise UsageError(
                f"The history of runs in {home} cannot be read ({error.orig}). Move that folder away: it has no "
                "figures, and the next refresh records everything again."
            ) from None
        with instance:
            try:
                yield instance
            finally:
                if instance.schedule_storage is not None:  # the instance itself does not dispose of it
                    instance.schedule_storage.dispose()
    finally:
        if before is None:
            del os.environ["DAGSTER_HOME"]
        else:
            os.environ["DAGSTER_HOME"] = before


def origin_of(repository: str, job: str) -> RemoteJobOrigin:
    """Where a job is defined, as the UI looks it up: by the name of the code location, whatever serves it."""
    from civic_assets.defs.dagster_private import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin

    return RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), repository).get_job_origin(job)


def this_process() -> str:
    """Name of this process: host, number, and when it started, since numbers are reused."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}"


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _started(pid: int) -> str:
    """When a process started, in ticks since boot; empty if the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _runs_still(process: str) -> bool:
    """Whether a process named by `this_process` runs; on another host this is unknown and counts as running."""
    host, pid, started = process.split(":")
    if host != _host():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started == _started(int(pid))


def fail_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark runs as failed whose process ended without a report (killed, power cut).

    Returns:
        Ids of these runs.
    """
    from dagster import DagsterRunStatus, RunsFilter

    open_statuses = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    dead = []
    for run in instance.get_runs(RunsFilter(statuses=open_statuses)):
        process = run.tags.get(PROCESS_TAG)
        if process is not None and not _runs_still(process):
            instance.report_run_failed(
                run, "The process of this run ended without finishing it; marked as failed by a later one."
            )
            dead.append(run.run_id)
    return dead


def register_releases(instance: DagsterInstance, store: Store, contracts: Mapping[str, Contract]) -> None:
    """Make every archived release a partition of its source, oldest first."""
    for source in contracts:
        names = sorted({receipt.release for receipt in store.archive.receipts(source)}, key=release_sort_key)
        present = set(instance.get_dynamic_partitions(releases_partitions(source)))
        if new := [name for name in names if name not in present]:
            instance.add_dynamic_partitions(releases_partitions(source), new)


class RecordedStates:
    """States of which Dagster has events: a file for each source in DAGSTER_HOME's `recorded/`, lost with it.

    Each source has its own, because workers on several machines build different sources.

    A process that is killed after it stored a table and before it reported this to Dagster leaves a release that is up
    to date but has no record. Asking Dagster would mean importing it, which takes longer than the whole check.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.dagster_home / "recorded"
        # Until each source has been recorded again, what an earlier version wrote: one file for all.
        self._before = store.dagster_home / "recorded.json"

    def _states(self, source: str) -> dict[str, str]:
        for file in (self._folder / f"{source}.json", self._before):
            try:
                states = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            return states if isinstance(states, dict) else {}
        return {}

    def _note(self, source: str, name: str, state: str) -> None:
        self._folder.mkdir(exist_ok=True)
        # An earlier version's file has the states of all sources.
        own = {key: value for key, value in self._states(source).items() if key.partition("/")[0] == source}
        text = json.dumps({**own, name: state}, indent=1, sort_keys=True)
        atomic_write_text(self._folder / f"{source}.json", text)

    def note_release(self, source: str, release: str) -> None:
        """Note that Dagster has events of the release in its current state."""
        self._note(source, f"{source}/{release}", self._state(source, release))

    def note_publication(self, stamp: str | None) -> None:
        """Note that Dagster has an event of the read model with this stamp."""
        self._note(_PUBLICATION, _PUBLICATION, str(stamp))

    def has_publication(self, stamp: str | None) -> bool:
        """Whether Dagster has an event of the read model with this stamp."""
        return self._states(_PUBLICATION).get(_PUBLICATION) == str(stamp)

    def missing(self, receipts: list[Receipt]) -> list[Receipt]:
        """Releases whose current state Dagster has no events of."""
        states = {source: self._states(source) for source in {receipt.source for receipt in receipts}}
        return [
            r
            for r in receipts
            if states[r.source].get(f"{r.source}/{r.release}") != self._state(r.source, r.release)
        ]

    def _state(self, source: str, release: str) -> str:
        tables = (self._store.tables.current(layer, source, release) for layer in _LAYERS)
        return "-".join(ref.hash[:12] if ref else "none" for ref in tables)


_LAYERS = ("raw", "validated", "harmonised", RESULTS, FINDINGS)
