"""Schedules: the calendar of each source, from its contract.

Belongs here: the days on which a release is due, and which release. Does not belong here: what a run does (`assets`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from civic_assets.archive import Receipt, edition_of
from civic_assets.contracts.model import Contract
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition, is_valid_cron_schedule
from civic_assets.defs.instance import TRIGGER_TAG
from civic_assets.defs.labels import name_of
from civic_assets.defs.resources import StoreResource
from civic_assets.house_numbers.calendar import DAYS_PER_MONTH
from civic_assets.layers.store import Store
from civic_assets.tables.release_names import is_unknown

_ZONE = "Europe/London"


def expected_edition(contract: Contract, day: date) -> str | None:
    """Edition that a monthly or quarterly publisher brings out around a day, e.g. `2024-12`.

    Periods end with each month, or with March, June, September and December. The edition is the one whose expected day
    (its end plus the contract's latency) is nearest to `day`.

    Returns:
        None for other frequencies, whose editions are named after academic years and the like, not after a day.
    """
    months = round(contract.frequency_months)
    return min(_editions(contract, day, months))[1] if months in (1, 3) else None


def _sentence(text: str) -> str:
    """A text of a contract as a sentence before another one; empty if there is none."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}. " if text.strip() else ""


def _editions(contract: Contract, day: date, months: int) -> Iterator[tuple[timedelta, str]]:
    for back in range(48):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        if (month + 1) % months == 0:
            end = date(year + (month == 11), (month + 1) % 12 + 1, 1)
            yield abs(day - end - timedelta(days=contract.expected_lag_days)), f"{year:04d}-{month + 1:02d}"


def received(store: Store, contract: Contract, day: date) -> Receipt | None:
    """The publisher's file that makes a look on this day unnecessary, or None while one is due.

    If no edition follows from the day, this is any file that arrived within the last half of the source's cycle.
    """
    due = expected_edition(contract, day)
    half = timedelta(days=contract.frequency_months * DAYS_PER_MONTH / 2)
    for receipt in store.archive.receipts(contract.source):
        came = datetime.fromisoformat(receipt.retrieved_at).date()
        if not (receipt.synthetic or is_unknown(receipt.release)) and (
            edition_of(receipt.release) == due or (due is None and day - half <= came)
        ):
            return receipt
    return None


def has_calendar(contract: Contract) -> bool:
    """Whether a contract gives days that Dagster can use; if it cannot, only the schedule is missing."""
    calendar = contract.release.get("schedule")
    if not isinstance(calendar, Mapping):
        return False
    try:
        ZoneInfo(str(calendar.get("timezone", _ZONE)))
        return is_valid_cron_schedule(str(calendar["cron"]))
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # an unknown zone is a KeyError, a name that is a path raises the others
        return False


def release_schedule(contract: Contract, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Asks on each day on which a release may come out, until the release that is due is archived.

    Stopped when first loaded: files are not fetched from publishers yet, so a run can only read the inbox, which the
    inbox sensor does anyway. Switch it on in the UI to be reminded of what is due.
    """
    calendar = contract.release["schedule"]
    zone = str(calendar.get("timezone", _ZONE))

    @dg.schedule(
        job=job,
        name=f"{name_of(contract.source)}_release_days",
        cron_schedule=str(calendar["cron"]),
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=(
            f"{_sentence(str(calendar.get('because', '')))}Asks for a run on each of these days until the release that "
            "is due is archived. Files are not fetched from the publisher yet: the run looks into the inbox folder for "
            "it, builds what it finds there, and says in its log when the file is missing."
        ),
    )
    def release_days(
        context: dg.ScheduleEvaluationContext, store: StoreResource
    ) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.astimezone(ZoneInfo(zone)).date()
        due = expected_edition(contract, day) or "a new edition"
        receipt = received(store.open(), contract, day)
        if receipt is not None:
            return dg.SkipReason(
                f"{contract.source} {receipt.release} has been archived since {receipt.retrieved_at}; nothing else is "
                "due."
            )
        return dg.RunRequest(
            run_key=f"{contract.source}:{day.isoformat()}",
            run_config={"ops": {name_of(contract.source): {"config": {"look_for": due}}}},
            tags={TRIGGER_TAG: "calendar", "civic/due": due},
        )

    return release_days
