"""Schedules: the calendar of each source, as its contract states it.

Belongs here: on which days a release is due, and which. Does not belong here: what a run does (`assets`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from civic_assets.archive import edition_of
from civic_assets.contracts.model import Contract
from civic_assets.defs.instance import TRIGGER_TAG
from civic_assets.defs.resources import StoreResource


def expected_edition(contract: Contract, day: date) -> str:
    """Edition that a publisher with a regular rhythm brings out around a day, e.g. `2024-12`.

    Periods end with the months that divide the year by the contract's frequency (a quarter: March, June, September,
    December). Of these, the one whose expected day (its end plus the contract's latency) is nearest to `day`.

    Raises:
        ValueError: The frequency is no whole part of a year, so that no edition follows from a day.
    """
    return min(_editions(contract, day))[1]


def _editions(contract: Contract, day: date) -> Iterator[tuple[timedelta, str]]:
    months = round(contract.frequency_months)
    if months not in (1, 2, 3, 4, 6, 12):
        raise ValueError(f"{contract.file.name}: no edition follows from a day when one is due every {months} months")
    for back in range(48):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        if (month + 1) % months == 0:
            end = date(year + (month == 11), (month + 1) % 12 + 1, 1)
            yield abs(day - end - timedelta(days=contract.expected_lag_days)), f"{year:04d}-{month + 1:02d}"


def release_schedule(contract: Contract, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Asks on each day on which a release may come out, until the one that is due is archived.

    Stopped when first loaded: files are not fetched from publishers yet, so that a run can only look into the inbox, which
    the inbox sensor does anyway. Whoever wants to be reminded of what is due switches it on in the UI.
    """
    calendar = contract.release["schedule"]
    zone = str(calendar.get("timezone", "Europe/London"))

    @dg.schedule(
        job=job,
        name=f"{contract.source}_release_days",
        cron_schedule=str(calendar["cron"]),
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=(
            f"{calendar['because']} Asks for a run on each of these days until the release that is due is archived. Files "
            "are not fetched from the publisher yet: the run looks into the inbox folder for the file, builds what it finds "
            "there, and says in its log when the file is missing."
        ),
    )
    def release_days(
        context: dg.ScheduleEvaluationContext, store: StoreResource
    ) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.astimezone(ZoneInfo(zone)).date()
        due = expected_edition(contract, day)
        for receipt in store.open().archive.receipts(contract.source):
            if edition_of(receipt.release) == due and not receipt.synthetic:
                return dg.SkipReason(f"{contract.source} {due} is archived since {receipt.retrieved_at}; nothing else is due.")
        return dg.RunRequest(
            run_key=f"{contract.source}:{due}:{day.isoformat()}",
            run_config={"ops": {contract.source: {"config": {"look_for": due}}}},
            tags={TRIGGER_TAG: "calendar", "civic/due": due},
        )

    return release_days
