"""When a source's site is looked at, and what a sensor remembers between its looks.

Belongs here: times of looks, cursors and keys of runs, as plain functions of times and records. Does not belong here:
looking (`sites`), and the calendar of releases (`civic_assets.defs.schedules`).

A site is looked at once a day, after the time at which publishers bring releases out. Whatever else asked in between
counts as a look: a schedule on release days, or `civic-assets refresh`. A site that failed is looked at again after an
hour, and then after twice as long each time, up to a day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.held import HeldFile, HeldSource, key_of
from civic_assets.house_numbers.fetching import CONFIRMED_DAYS, LOOK_AGAIN_HOURS, MINUTES_AFTER_PUBLICATION

LONDON = ZoneInfo("Europe/London")
PUBLISHED_AT = time(9, 30)
"""Time in London at which official statistics come out (Code of Practice for Statistics, T3.6)."""
LOOKED_AT_FROM = time(9, 30 + MINUTES_AFTER_PUBLICATION)
"""Time from which a day's look is made: after the schedules of release days, whose requests count as a look."""


@dataclass(frozen=True, slots=True)
class Request:
    """The last run that a sensor asked for to fetch files of a source.

    Args:
        offers: Fingerprint of the files that were to be fetched.
        number: How many runs were asked for to fetch them.
    """

    offers: str
    number: int


def read_cursor(cursor: str | None) -> dict[str, Request]:
    """The last request for each source, from a sensor's cursor; none if it cannot be read."""
    try:
        return {source: Request(**one) for source, one in json.loads(cursor or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_cursor(requests: Mapping[str, Request]) -> str:
    """A sensor's cursor."""
    return json.dumps({source: asdict(one) for source, one in sorted(requests.items())})


def next_look(held: HeldSource, now: datetime, every: timedelta | None = None) -> datetime:
    """When a source's site is looked at next; a time that has come if it is due.

    Args:
        held: What is remembered of the source.
        now: The present.
        every: Time between two looks in a drill.
    """
    if not held.asked_at:
        return now
    last = datetime.fromisoformat(held.asked_at)
    if every is not None:
        return last + every
    if held.failures:
        hours = min(24, LOOK_AGAIN_HOURS * 2 ** min(held.failures - 1, 5))
        return min(last + timedelta(hours=hours), _look_after(last))
    return _look_after(last)


def _look_after(last: datetime) -> datetime:
    """The first regular time of a look after one that was made; one before 09:30 does not count for its day."""
    local = last.astimezone(LONDON)
    day = local.date() if local.time() < PUBLISHED_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, LOOKED_AT_FROM, LONDON)


def to_fetch(decisions: Iterable[Decision], now: datetime) -> list[Decision]:
    """Offers that call for a run.

    A file of which the publisher's page does not show whether it has changed is asked for once a week, and on the
    source's release days.

    Args:
        decisions: What would be done with each offer.
        now: The present.
    """
    return [
        decision
        for decision in decisions
        if decision.action in ("new", "changed")
        or (decision.action in ("ask", "again") and _waits_for_confirmation(decision.held, now))
    ]


def _waits_for_confirmation(held: HeldFile | None, now: datetime) -> bool:
    if held is None or not held.releases:
        return held is not None
    last = held.confirmed_at or held.fetched_at
    return not last or now - datetime.fromisoformat(last) >= timedelta(days=CONFIRMED_DAYS)


def fingerprint_of(decisions: Iterable[Decision]) -> str:
    """Fingerprint of files to fetch: the same as long as the publisher offers the same versions of them."""
    named = sorted(
        (key_of(one.offer), one.offer.version or "", one.offer.crc32 or 0, one.offer.size or 0)
        for one in decisions
    )
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]


def asked_for(before: Request | None, offers: str) -> Request:
    """The request for files: a further one for the same files if they are still to be fetched at the next look."""
    if before is not None and before.offers == offers:
        return Request(offers, before.number + 1)
    return Request(offers, 1)


def run_key(source: str, request: Request) -> str:
    """Key of the run: two looks at the same offers ask for one run, whatever the daemon does in between."""
    return f"{source}:{request.offers}:{request.number}"


def in_words(moment: datetime, now: datetime) -> str:
    """A time of a look as people say it: `at 09:50 tomorrow`, in London."""
    local, today = moment.astimezone(LONDON), now.astimezone(LONDON).date()
    days = (local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {local.day} {local:%B %Y}")
    return f"at {local:%H:%M} {day} (London time)"
