"""Whether each source's newest release is on time, as an asset check for each source.

Belongs here: the checks, their job and its daily schedule. Does not belong here: when a release is due
(`civic_assets.publish.queries.sources`, rule X-02).

Dagster's own freshness policy is not used. It is satisfied by any materialisation of any partition, so rebuilding an
old release would make a source look fresh.
"""

from collections.abc import Iterator, Mapping
from datetime import date
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
                "The edition after the newest one that is held is not overdue: it is compared with the calendar in the "
                "contract (end of the period, expected delay and one cycle). Rebuilding an old release changes nothing."
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
    newest = f"the newest edition is {entry.newest.edition} ({entry.newest.period})" if entry.newest else ""
    if entry.newest is None:
        said = "Nothing is published of this source, so nothing is overdue."
    elif entry.next_due is None:
        said = f"No further edition is expected on a day; {newest}."
    elif entry.late_days:
        said = f"Late by {_days(entry.late_days)}: {newest}, and the next was due by {_day(entry.next_due)}."
    else:
        said = f"On time: {newest}, and the next is due by {_day(entry.next_due)}."
    metadata: dict[str, Any] = {"next due": _day(entry.next_due) if entry.next_due else "not on a day"}
    if entry.newest:
        metadata |= {"newest edition": entry.newest.edition, "release": entry.newest.release}
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(["archive", entry.source]),
        check_name=NAME,
        passed=not entry.late_days,
        severity=dg.AssetCheckSeverity.WARN,
        description=said,
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


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
