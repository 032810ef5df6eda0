"""What is remembered of causes: since when each is open, what was sent, and which runs failed.

Belongs here: `alerts.json` of the store, and what follows from it for the next round. Does not belong here: finding
causes (`observed`) and sending (`deliver`).

The file holds sentences and times. It never holds an address, a login or a token.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from civic_assets.alerts.cause import ADVICE, AlertCause
from civic_assets.house_numbers.alerts import FORGET_AFTER_DAYS
from civic_assets.tables.atomic import atomic_write_text

FILE = "alerts.json"
_LOCK = "alerts.lock"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """A cause and what became of it.

    Args:
        cause: The cause as last seen.
        since: Time since when it is open, in UTC.
        over: Time since when it is over; empty while it is open.
        sent: Time of the last message by channel (`email`, `webhook`).
    """

    cause: AlertCause
    since: str
    over: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Memory:
    """Everything that is remembered.

    Args:
        causes: Causes by key.
        failed: The failure of each job whose last run failed, by job.
    """

    causes: dict[str, Known] = field(default_factory=dict)
    failed: dict[str, AlertCause] = field(default_factory=dict)

    def note_failure(self, job: str, sentence: str) -> None:
        """Note that a run failed, for another reason than that a release was held back."""
        self.failed[job] = AlertCause("failed_run", job, sentence)

    def note_success(self, jobs: Collection[str]) -> None:
        """Note that the last runs of some jobs succeeded."""
        for job in jobs:
            self.failed.pop(job, None)

    def end_failures(self, now: datetime) -> None:
        """Note that failures of jobs which have succeeded since are over, whether anything is sent now or not."""
        for key, known in self.causes.items():
            if known.cause.kind == "failed_run" and not known.over and known.cause.subject not in self.failed:
                self.causes[key] = replace(known, over=as_text(now))

    def settle(self, open_now: Collection[AlertCause], now: datetime) -> None:
        """Note which causes are open: new ones, ones that came back, and ones that are over since."""
        moment = as_text(now)
        current = {cause.key: cause for cause in open_now}
        for key, cause in current.items():
            before = self.causes.get(key)
            if before is None or before.over:
                self.causes[key] = Known(cause, moment)
            else:
                self.causes[key] = replace(before, cause=cause)
        for key, known in list(self.causes.items()):
            if key not in current and not known.over:
                self.causes[key] = replace(known, over=moment)
            elif known.over and now - as_time(known.over) > timedelta(days=FORGET_AFTER_DAYS):
                del self.causes[key]

    def open(self) -> list[Known]:
        """Causes that are open, the oldest first."""
        return sorted(
            (known for known in self.causes.values() if not known.over),
            key=lambda known: (known.since, known.cause.key),
        )

    def to_send(self, channel: str, remind_after_days: int, now: datetime) -> list[Known]:
        """Causes about which a channel has a message to send: new ones, and reminders."""
        limit = timedelta(days=remind_after_days)
        return [
            known
            for known in self.open()
            if channel not in known.sent
            or (remind_after_days and now - as_time(known.sent[channel]) >= limit)
        ]

    def note_sent(self, key: str, channel: str, now: datetime) -> None:
        """Note that a message was sent."""
        known = self.causes[key]
        self.causes[key] = replace(known, sent={**known.sent, channel: as_text(now)})


def as_text(moment: datetime) -> str:
    """A time as it is stored: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_time(text: str) -> datetime:
    """A stored time."""
    return datetime.fromisoformat(text)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep out other processes that remember or send alerts of a store, so that nothing is sent twice."""
    descriptor = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read_memory(root: Path) -> Memory:
    """What is remembered; nothing if the file is missing or is not one. Then everything that is open is sent again."""
    try:
        document = json.loads((root / FILE).read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            return Memory()
        return Memory(
            {key: _known(one) for key, one in document["causes"].items()},
            {job: _cause(one) for job, one in document["failed"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Memory()


def write_memory(root: Path, memory: Memory) -> None:
    """Remember it.

    Raises:
        OSError: The file cannot be written.
    """
    document = {
        "version": _VERSION,
        "causes": {key: asdict(known) for key, known in sorted(memory.causes.items())},
        "failed": {job: asdict(cause) for job, cause in sorted(memory.failed.items())},
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    try:
        unchanged = (root / FILE).read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        unchanged = False
    if not unchanged:
        atomic_write_text(root / FILE, text)


def _known(stored: Mapping[str, Any]) -> Known:
    known = Known(**{**stored, "cause": _cause(stored["cause"])})
    for moment in (known.since, *known.sent.values(), *([known.over] if known.over else [])):
        if as_time(moment).tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
    return known


def _cause(stored: Mapping[str, Any]) -> AlertCause:
    cause = AlertCause(**stored)
    if cause.kind not in ADVICE:
        raise ValueError(f"{cause.kind!r} is not a kind of cause")
    return cause
