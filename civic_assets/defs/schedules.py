"""Schedules: the calendar of each source, from its contract.

Belongs here: the days on which a release is due, and which release. Does not belong here: what a run does (`assets`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from civic_assets.acquire.live.held import HeldSource, read_held
from civic_assets.archive import Receipt, edition_of
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.fetch_job import fetch_request
from civic_assets.defs.automatic.fetching import is_offered
from civic_assets.defs.automatic.switch import HOW, of_schedules
from civic_assets.defs.dagster_private import is_valid_cron_schedule
from civic_assets.defs.labels import name_of
from civic_assets.defs.resources import StoreResource
from civic_assets.house_numbers.calendar import DAYS_PER_MONTH
from civic_assets.house_numbers.fetching import ANNOUNCED_DAYS
from civic_assets.layers.store import Store
from civic_assets.tables.release_names import is_unknown, series_of

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

    If no edition follows from the day, this is any file that came out within the last half of the source's cycle: by
    the publisher's own date where the file was fetched and its site states one, else by the day on which it arrived.
    """
    due = expected_edition(contract, day)
    half = timedelta(days=contract.frequency_months * DAYS_PER_MONTH / 2)
    held = read_held(store.root).get(contract.source, HeldSource())
    stated = {file.sha256: file.published for file in held.files.values() if file.published}
    for receipt in store.archive.receipts(contract.source):
        if receipt.synthetic or is_unknown(receipt.release):
            continue
        came = datetime.fromisoformat(stated.get(receipt.sha256, receipt.retrieved_at)).date()
        if _day_of(receipt.release) == due or (due is None and day - half <= came):
            return receipt
    return None


def _day_of(release: str) -> str:
    """The date in the name of a release: `2026-07` of `2026-07-metropolitan`."""
    return edition_of(release).removesuffix(series_of(release))


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


def release_schedule(
    contract: Contract, job: dg.JobDefinition, automatic: bool = False
) -> dg.ScheduleDefinition:
    """Fetches on each day on which a release may come out, until the release that is due is archived.

    Args:
        contract: Contract of the source.
        job: The job that fetches.
        automatic: Whether it runs when it is first loaded.
    """
    calendar = contract.release["schedule"]
    zone = str(calendar.get("timezone", _ZONE))
    fetches = is_offered(contract)
    does = (
        "fetches what the publisher offers, and a further run builds what is new"
        if fetches
        else "looks into the inbox folder, because no site offers the files of this source"
    )

    @dg.schedule(
        job=job,
        name=f"{name_of(contract.source)}_release_days",
        cron_schedule=str(calendar["cron"]),
        execution_timezone=zone,
        default_status=of_schedules(automatic),
        description=(
            f"{_sentence(str(calendar.get('because', '')))}Asks for a run at each of these times until the release "
            f"that is due is archived, or until the day that the publisher has announced. The run {does}. {HOW}"
        ),
    )
    def release_days(
        context: dg.ScheduleEvaluationContext, store: StoreResource
    ) -> dg.RunRequest | dg.SkipReason:
        moment = context.scheduled_execution_time.astimezone(ZoneInfo(zone))
        day = moment.date()
        due = expected_edition(contract, day) or "a new edition"
        opened = store.open()
        receipt = received(opened, contract, day)
        if receipt is not None:
            return dg.SkipReason(
                f"{contract.source} {receipt.release} has been archived since {receipt.retrieved_at}; nothing else is "
                "due."
            )
        held = read_held(opened.root).get(contract.source, HeldSource())
        if fetches and (announced := _announced(held, day)) is not None:
            return dg.SkipReason(
                f"The publisher has announced the next release of {contract.source} for {announced.day} "
                f"{announced:%B %Y} ({held.next_said_at}); nothing is due before."
            )
        return fetch_request(contract.source, f"{contract.source}:{moment:%Y-%m-%dT%H:%M}", due, "calendar")

    return release_days


def _announced(held: HeldSource, day: date) -> date | None:
    """The later day that the publisher has announced, if it said so within the last days; else None.

    A page that nobody has looked at for long may announce a day that was changed since.
    """
    if not held.next_day or not held.reached_at:
        return None
    announced = date.fromisoformat(held.next_day)
    said = datetime.fromisoformat(held.reached_at).date()
    return announced if announced > day and day - said <= timedelta(days=ANNOUNCED_DAYS) else None
