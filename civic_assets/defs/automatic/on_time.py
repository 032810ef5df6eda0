"""Whether each source's newest release is on time, as an asset check for each source.

Belongs here: the checks, their job and its daily schedule. Does not belong here: when a release is due
(`civic_assets.publish.queries`).

Dagster's own freshness policy is not used. It is satisfied by any materialisation of any partition, so rebuilding an
old release would make a source look fresh.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from civic_assets.answers.sources import SourceStatus
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.switch import HOW, of_schedules
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.instance import PROCESS_TAG, this_process
from civic_assets.defs.resources import StoreResource
from civic_assets.publish.queries.sources import sources

NAME = "X_02_on_time"
JOB = "judge_calendar"
_OPERATION = "on_time"
_BASES = {"publisher": "the publisher's own announcement", "rhythm": "the rhythm of the contract"}


def on_time_keys(contracts: Mapping[str, Contract]) -> list[dg.AssetCheckKey]:
    """Keys of the checks."""
    return [dg.AssetCheckKey(dg.AssetKey(["archive", source]), NAME) for source in contracts]


def on_time_checks(contracts: Mapping[str, Contract]) -> dg.AssetChecksDefinition:
    """A check for each active source on its publisher's files.

    Args:
        contracts: Active contracts.
    """
    specs = [
        dg.AssetCheckSpec(
            NAME,
            asset=dg.AssetKey(["archive", source]),
            description=(
                "Nothing that the publisher has put out is missing, and the next edition is not overdue: by the day "
                "that the publisher has announced, else by the rhythm of the contract. Rebuilding an old release "
                "changes nothing."
            ),
            metadata={"rule": "X-02", "a failure": "is reported"},
        )
        for source in contracts
    ]

    @dg.multi_asset_check(
        name=_OPERATION, specs=specs, description="Compares what is held with the publishers' calendars."
    )
    def on_time(
        context: dg.AssetCheckExecutionContext, store: StoreResource
    ) -> Iterator[dg.AssetCheckResult]:
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        for entry in sources(store.open(), contracts).sources:
            yield _result(entry)

    return on_time


def _result(entry: SourceStatus) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"state": entry.due_state}
    if entry.due_day is not None and entry.due_basis is not None:
        metadata |= {"next due": entry.due_day.isoformat(), "by": _BASES[entry.due_basis]}
    if entry.newest is not None:
        metadata |= {"newest edition": entry.newest.edition, "release": entry.newest.release}
    if entry.asked_at is not None:
        metadata["publisher last answered"] = entry.asked_at
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(["archive", entry.source]),
        check_name=NAME,
        passed=not (entry.due_state in ("out", "overdue") and entry.due_late_days),
        severity=dg.AssetCheckSeverity.WARN,
        description=entry.due_sentence,
        metadata=metadata,
    )


def on_time_job(contracts: Mapping[str, Contract]) -> UnresolvedAssetJobDefinition:
    """Job that makes the checks."""
    return dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.checks(*on_time_keys(contracts)),
        executor_def=dg.in_process_executor,
        description="Says of each source whether its next edition is overdue; asks nobody.",
    )


def on_time_schedule(job: UnresolvedAssetJobDefinition, automatic: bool) -> dg.ScheduleDefinition:
    """Makes the checks once a day, after the looks at the sites."""
    return dg.ScheduleDefinition(
        name="calendar_of_every_day",
        job=job,
        cron_schedule="15 10 * * *",
        execution_timezone="Europe/London",
        default_status=of_schedules(automatic),
        description=(
            "Says every day at 10:15 London time which sources are late, and sends the alerts that are due. Asks no "
            f"publisher. {HOW}"
        ),
    )
