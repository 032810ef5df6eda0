"""Running the sources of a refresh on workers, and what is done when one of them dies.

Belongs here: giving one run for each source to the workers, waiting for all, and giving a run again whose worker,
broker or database has failed. Does not belong here: what a run does (`civic_assets.defs.assets`), and publishing, which
the process that asked does itself when all have ended.

A run is lost in one of two ways. Its message is lost with the broker or with the worker that had just taken it. The run
is then never begun, so the message is sent again; Dagster ignores a second process for a run that has begun. Or its
process dies. The part of the store that it held (`civic_assets.layers.remote.lease`) is then free after a while, and a
new run takes its place, for which all that was built and sent is up to date. A run that ends because data is bad is not
given again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from civic_assets.answers.progress import Said
from civic_assets.defs.instance import TRIGGER_TAG, origin_of
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.defs.labels import name_of
from civic_assets.defs.outcomes import OF_MACHINE
from civic_assets.errors import UsageError
from civic_assets.house_numbers.distributed import (
    LEASE_SECONDS,
    OUTAGE_SECONDS,
    RUN_ATTEMPTS,
    SECONDS_TO_BEGIN,
)
from civic_assets.layers.remote.objects import Objects
from civic_assets.layers.remote.place import copied_from
from civic_assets.layers.store import Store

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, Definitions, EventLogEntry

_LOOK_SECONDS = 0.5
_LAUNCH = "civic/attempt"


@dataclass
class _Given:
    """A run that was given to the workers.

    Args:
        source: Source whose releases it builds.
        releases: The releases.
        run_id: Its id.
        attempt: How many runs of this source were given, this one included.
        given_at: When its message was sent last, by this process's clock.
        lease: Tag of the source's lease when it was last seen to change; empty if there was none.
        changed_at: When that was.
    """

    source: str
    releases: Sequence[str]
    run_id: str
    attempt: int
    given_at: float = field(default_factory=time.monotonic)
    lease: str = ""
    changed_at: float = field(default_factory=time.monotonic)


class OnWorkers:
    """Runs of one refresh on workers.

    Args:
        instance: Dagster's instance, whose records are in PostgreSQL.
        store: Store in an object store, of which this machine has a working copy.
        definitions: Definitions with the jobs.
        config: Configuration of every run.
        tags: Function that gives the tags of the run of a source's releases.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: The store is a folder, which workers on other machines do not see.
    """

    def __init__(
        self,
        instance: DagsterInstance,
        store: Store,
        definitions: Definitions,
        config: Mapping[str, Any],
        tags: Callable[[str, Sequence[str]], Mapping[str, str]],
        progress: Callable[[str], None],
    ) -> None:
        address = copied_from(store.root)
        if address is None:
            raise UsageError(
                f"Runs are given to workers (CIVIC_BROKER), and the store {store.root} is a folder of this machine, "
                "which they do not see. Use a store in an object store, such as --store s3://bucket/store, or unset "
                "CIVIC_BROKER."
            )
        self._instance, self._definitions, self._config, self._tags = instance, definitions, config, tags
        self._progress = progress
        self._objects = Objects(address)
        self.runs: dict[str, str] = {}
        self.errors: list[str] = []

    def run(self, wanted: Mapping[str, Sequence[str]]) -> None:
        """Give a run for each source, and wait until all have ended.

        Args:
            wanted: Releases by source, oldest first.
        """
        given = [self._give(source, releases, 1) for source, releases in wanted.items()]
        while given:
            time.sleep(_LOOK_SECONDS)
            found = self._asked(lambda given=given: self._statuses(given))  # type: ignore[misc]
            given = [again for one in given for again in self._looked_at(one, found.get(one.run_id))]

    def _looked_at(self, one: _Given, run: DagsterRun | None) -> Iterable[_Given]:
        """What there is still to wait for of a run."""
        from dagster import DagsterRunStatus

        if run is None or run.status in (DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED):
            entries = self._asked(lambda: self._failures(one.run_id)) if run is not None else []
            failed = [entry for entry in entries if not _is_deliberate(entry)]
            if run is not None and entries and not failed:
                # The release says what was found in it; one that is held back is an outcome.
                self.errors += [line for entry in entries for line in self._said(one, entry)]
                self._ended(one)
                return []
            reason = next(iter(_message(entry) for entry in failed), "it ended without saying why")
            return self._again(one, reason)
        if run.status == DagsterRunStatus.SUCCESS:
            self._ended(one)
            return []
        now = time.monotonic()
        if run.status in (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING):
            if now - one.given_at > SECONDS_TO_BEGIN:
                self._asked(lambda: self._send(run))
                one.given_at = one.changed_at = now
            return [one]
        lease = self._objects.look(f"leases/source-{one.source}.json")
        tag = lease.tag if lease else ""
        if tag != one.lease:
            one.lease, one.changed_at = tag, now
        # It has a while to take its part after it began, and to report after it gave that back.
        if now - one.changed_at > 2 * LEASE_SECONDS:
            self._asked(
                lambda: self._instance.report_run_failed(
                    run,
                    "The worker of this run has died: it has not held its part of the store for a minute.",
                )
            )
            return self._again(one, "its worker died")
        return [one]

    def _again(self, one: _Given, reason: str) -> Iterable[_Given]:
        if one.attempt >= RUN_ATTEMPTS:
            self.errors.append(
                f"{refresh_job_name(one.source)}: given to workers {RUN_ATTEMPTS} times without an end; the last "
                f"reason: {reason} (run {one.run_id})"
            )
            return []
        self._progress(Said(f"{one.source}: given to a worker again, because {reason}", "stage"))
        return [self._give(one.source, one.releases, one.attempt + 1)]

    def _give(self, source: str, releases: Sequence[str], attempt: int) -> _Given:
        run = self._asked(lambda: self._created(source, releases, attempt))
        self._asked(lambda: self._send(run))
        self.runs[refresh_job_name(source)] = run.run_id
        return _Given(source, releases, run.run_id, attempt)

    def _created(self, source: str, releases: Sequence[str], attempt: int) -> DagsterRun:
        from civic_assets.defs.dagster_private import code_origin_of

        repository = self._definitions.get_repository_def()
        job = refresh_job_name(source)
        definition = repository.get_job(job)
        return self._instance.create_run_for_job(
            definition,
            run_config={
                **self._config,
                "ops": {name_of(source): {"config": {"releases": list(releases)}}},
            },
            tags={
                **definition.run_tags,
                **self._tags(source, releases),
                TRIGGER_TAG: "workers",
                _LAUNCH: str(attempt),
                # This process gives it again itself.
                "dagster/max_retries": "0",
            },
            remote_job_origin=origin_of(repository.name, job),
            job_code_origin=code_origin_of(job),
        )

    def _send(self, run: DagsterRun) -> None:
        from civic_assets.defs.dagster_private import launch_context

        self._instance.run_launcher.launch_run(launch_context(run))

    def _statuses(self, given: Sequence[_Given]) -> dict[str, DagsterRun]:
        from dagster import RunsFilter

        runs = self._instance.get_runs(RunsFilter(run_ids=[one.run_id for one in given]))
        return {run.run_id: run for run in runs}

    def _failures(self, run_id: str) -> Sequence[EventLogEntry]:
        from dagster import DagsterEventType

        return self._instance.all_logs(run_id, of_type=DagsterEventType.STEP_FAILURE)

    def _said(self, one: _Given, entry: EventLogEntry) -> Iterable[str]:
        from civic_assets.defs.launch import sentences_of

        if entry.dagster_event is not None:
            for sentence in sentences_of(entry.dagster_event):
                yield f"{refresh_job_name(one.source)}: {sentence} (run {one.run_id})"

    def _ended(self, one: _Given) -> None:
        number = len(one.releases)
        self._progress(Said(f"{one.source}: {number:,} release{'s' if number != 1 else ''} done", "doing"))

    def _asked(self, what: Callable[[], Any]) -> Any:
        """The answer of the database or broker, which may be starting again.

        Raises:
            UsageError: It has not answered for `OUTAGE_SECONDS`.
        """
        from kombu.exceptions import OperationalError as BrokerError
        from sqlalchemy.exc import DBAPIError

        begun, wait = time.monotonic(), 0.5
        while True:
            try:
                return what()
            except (DBAPIError, BrokerError, ConnectionError) as error:
                if time.monotonic() - begun > OUTAGE_SECONDS:
                    raise UsageError(
                        f"Dagster's database or the broker has not answered for {OUTAGE_SECONDS} seconds "
                        f"({type(error).__name__}). What the workers have built is kept; run the command again."
                    ) from None
                time.sleep(wait)
                wait = min(wait * 2, 8.0)


def _is_deliberate(entry: EventLogEntry) -> bool:
    """Whether a step ended because of data, as it says itself; other ends are of the machine or the network."""
    event = entry.dagster_event
    data = event.step_failure_data if event is not None else None
    if data is None:
        return False
    if data.error is not None and data.error.cls_name == "DagsterAssetCheckFailedError":
        return True
    said = data.user_failure_data
    return said is not None and OF_MACHINE not in said.metadata


def _message(entry: EventLogEntry) -> str:
    event = entry.dagster_event
    data = event.step_failure_data if event is not None else None
    if data is None:
        return "it ended without saying why"
    if data.user_failure_data is not None and data.user_failure_data.description:
        return " ".join(data.user_failure_data.description.split())[:300]
    error = data.error
    return " ".join((error.cause or error).message.split())[:300] if error else "it ended without saying why"
