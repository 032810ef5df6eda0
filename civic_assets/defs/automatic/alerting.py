"""Alerts from Dagster: after runs that failed, and after publishing.

Belongs here: which ends of runs lead to a round of alerts. Does not belong here: the round (`civic_assets.alerts`).
Runs of `civic-assets refresh` send their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import dagster as dg

from civic_assets.alerts.deliver import Noted, alert
from civic_assets.alerts.memory import Memory
from civic_assets.alerts.settings import AlertSettings, configured_alerts
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.fetch_job import FETCH
from civic_assets.defs.automatic.on_time import JOB as CALENDAR
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.instance import TRIGGER_TAG
from civic_assets.defs.jobs import PUBLISH
from civic_assets.defs.outcomes import NO_ERROR
from civic_assets.defs.resources import StoreResource
from civic_assets.errors import CivicError
from civic_assets.layers.store import Store

Job: TypeAlias = UnresolvedAssetJobDefinition | dg.JobDefinition
_SECONDS = 30
_HELD_BACK = "DagsterAssetCheckFailedError"
_WILL_RETRY = "dagster/will_retry"


def alert_sensors(contracts: Mapping[str, Contract], jobs: Sequence[Job]) -> list[dg.SensorDefinition]:
    """Sensors that send alerts; they run from the start, because nothing is sent until alerts are configured.

    Args:
        contracts: All contracts.
        jobs: All jobs.
    """
    return [_after_failure(contracts, jobs), _after_success(contracts, jobs)]


def _after_failure(contracts: Mapping[str, Contract], jobs: Sequence[Job]) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="alert_after_failure",
        monitored_jobs=list(jobs),
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Sends an alert about a run that failed with an error. A release that is held back, and a site that could "
            "not be reached, have alerts of their own after publishing. Sends nothing until [alerts] of civic.toml is "
            "filled in."
        ),
    )
    def after_failure(context: dg.RunFailureSensorContext, store: StoreResource) -> dg.SkipReason:
        run = context.dagster_run
        if run.tags.get(TRIGGER_TAG) == "refresh":
            return dg.SkipReason("The command that ran it sends alerts itself.")
        if run.tags.get(_WILL_RETRY) == "true":
            return dg.SkipReason("The run is tried again.")
        sentences = errors_of(context.get_step_failure_events())
        if sentences is None and run.job_name == FETCH:
            # Nothing that publishes may follow, after which alerts are sent otherwise.
            return _round(context, store, contracts, lambda memory: memory.note_success([FETCH]))
        if sentences is None:
            return dg.SkipReason("A release is held back, which has an alert of its own after publishing.")
        said = " ".join(sentences) or context.failure_event.message or "It ended without a report."
        sentence = f"{run.job_name} failed: {' '.join(said.split())} (run {run.run_id})"
        return _round(context, store, contracts, lambda memory: memory.note_failure(run.job_name, sentence))

    return after_failure


def _after_success(contracts: Mapping[str, Contract], jobs: Sequence[Job]) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="alert_after_publishing",
        monitored_jobs=list(jobs),
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Sends the alerts that are due after publishing and after the daily check of the calendar, one for each "
            "cause: held back, new layout, late, not reached, replaced, withdrawn. Sends nothing until [alerts] of "
            "civic.toml is filled in."
        ),
    )
    def after_publishing(context: dg.RunStatusSensorContext, store: StoreResource) -> dg.SkipReason:
        run = context.dagster_run
        if run.tags.get(TRIGGER_TAG) == "refresh":
            return dg.SkipReason("The command that ran it sends alerts itself.")

        def noted(memory: Memory) -> None:
            memory.note_success([run.job_name])

        if run.job_name in (PUBLISH, CALENDAR):
            return _round(context, store, contracts, noted)
        return _round(context, store, contracts, noted, only_note=True)

    return after_publishing


def errors_of(events: Iterable[dg.DagsterEvent]) -> list[str] | None:
    """Sentences of steps that failed with an error; None if all that failed are outcomes and not errors."""
    sentences: list[str] = []
    outcomes = 0
    for event in events:
        data = event.step_failure_data
        said = data.user_failure_data
        if (data.error is not None and data.error.cls_name == _HELD_BACK) or (
            said is not None and any(key in said.metadata for key in NO_ERROR)
        ):
            outcomes += 1
        elif said is not None and said.description:
            sentences.append(said.description)
        elif data.error is not None:
            sentences.append((data.error.cause or data.error).message)
    return None if outcomes and not sentences else sentences


def send_alerts(store: Store, contracts: Mapping[str, Contract]) -> list[str]:
    """A round of alerts that no run leads to; returns a sentence for each channel that failed.

    Args:
        store: The store.
        contracts: Contracts of the sources whose causes are open.
    """
    try:
        return alert(store, contracts, configured_alerts())
    except CivicError as error:
        return [str(error)]


def _round(
    context: dg.RunStatusSensorContext,
    store: StoreResource,
    contracts: Mapping[str, Contract],
    noted: Noted,
    *,
    only_note: bool = False,
) -> dg.SkipReason:
    try:
        settings = configured_alerts()
    except CivicError as error:
        context.log.error(str(error))
        return dg.SkipReason(str(error))
    trouble = alert(store.open(), contracts, AlertSettings() if only_note else settings, noted=noted)
    for sentence in trouble:
        context.log.error(sentence)
    if trouble:
        return dg.SkipReason(" ".join(trouble))
    return dg.SkipReason(
        "Alerts are up to date." if settings.on else "Alerts are off: see [alerts] of civic.toml."
    )
