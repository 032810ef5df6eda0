"""One round of asking: what was asked of each source, and what came.

Belongs here: the records of a round, counting its requests, and what several sources read in it. Does not belong here:
making requests (`rounds`), and what follows from the answers (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from civic_assets.acquire.asking import Asks, Document, NotObtained, Transfer, Validators
from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.offers import Found


@dataclass
class Counts:
    """Requests of one source that were answered."""

    requests: int = 0
    not_modified: int = 0
    bytes: int = 0


class Counted:
    """A client that counts what is asked through it.

    Args:
        ask: The client.
        counts: Where it is counted.
    """

    def __init__(self, ask: Asks, counts: Counts) -> None:
        self._ask, self._counts = ask, counts

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """As `Asks.read`."""
        document = self._ask.read(url, params=params, found_at=found_at)
        self._count(document.unchanged, len(document.body))
        return document

    def fetch(
        self, url: str, to: Path, *, known: Validators | None = None, found_at: str | None = None
    ) -> Transfer:
        """As `Asks.fetch`."""
        transfer = self._ask.fetch(url, to, known=known, found_at=found_at)
        self._counts.requests += transfer.attempts - 1
        self._count(transfer.path is None, transfer.size)
        return transfer

    def part(self, url: str, start: int, end: int, *, found_at: str | None = None) -> Document:
        """As `Asks.part`."""
        document = self._ask.part(url, start, end, found_at=found_at)
        self._count(document.unchanged, len(document.body))
        return document

    def _count(self, not_modified: bool, sent: int) -> None:
        self._counts.requests += 1
        self._counts.not_modified += not_modified
        self._counts.bytes += 0 if not_modified else sent


_WAITED = frozenset(("slow", "timeout", "too_many_requests"))
"""Failures after a long wait: the next source would wait as long for the same answer."""


class Documents:
    """Documents that were read in one round: the page of one workbook may be read for several sources."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._read: dict[str, tuple[str, Document]] = {}
        self._failed: dict[str, tuple[str, NotObtained]] = {}

    def read(self, asked: str, source: str, hosts: Collection[str], read: Callable[[], Document]) -> Document:
        """A document, asked for by the first source that needs it.

        A source that asks for an address again wants to know whether it has changed meanwhile, and asks itself.

        Args:
            asked: Address with its query.
            source: The source that needs it.
            hosts: Hosts that may answer this source.
            read: Asks for it.

        Raises:
            NotObtained: It could not be read, or another source has just waited for it in vain.
        """
        with self._lock:
            lock = self._locks.setdefault(asked, Lock())
        with lock:
            reader, document = self._read.get(asked, ("", None))
            if document is not None and reader != source and urlsplit(document.url).hostname in hosts:
                return document
            waited, failure = self._failed.get(asked, ("", None))
            if failure is not None and waited != source:
                raise failure
            try:
                document = read()
            except NotObtained as error:
                if error.kind in _WAITED:
                    self._failed[asked] = source, error
                raise
            self._read.setdefault(asked, (source, document))
            return document


class Shared:
    """A client that reads documents for several sources of a round once.

    Args:
        ask: The client of one source.
        source: The source.
        hosts: Its hosts.
        documents: What was read in this round.
    """

    def __init__(self, ask: Asks, source: str, hosts: Collection[str], documents: Documents) -> None:
        self._ask, self._source, self._hosts, self._documents = ask, source, hosts, documents
        self.fetch, self.part = ask.fetch, ask.part

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """As `Asks.read`."""
        asked = f"{url} {sorted(params.items())}" if params else url
        return self._documents.read(
            asked, self._source, self._hosts, lambda: self._ask.read(url, params=params, found_at=found_at)
        )


@dataclass(frozen=True, slots=True)
class Requested:
    """A file that was requested.

    Args:
        decision: Why.
        transfer: The answer; None if there was no sound one.
        name: Name under which it is taken in, different for each file of a round.
        trouble: Sentence that says why there was no sound answer.
        by_machine: Whether this machine is to blame, such as a full disk, and not the publisher.
    """

    decision: Decision
    transfer: Transfer | None
    name: str
    trouble: str = ""
    by_machine: bool = False

    @property
    def path(self) -> Path | None:
        """The file, if bytes were sent."""
        return self.transfer.path if self.transfer is not None else None


@dataclass(frozen=True)
class SourceRound:
    """What was asked for one source, and what came.

    Args:
        source: The source.
        asked_at: When, ISO 8601 in UTC.
        settings: Fingerprint of what is wanted.
        found: What is offered; None if that could not be found out.
        trouble: Sentence that says why it could not.
        decisions: What to do with each offer.
        requested: The files that were requested; empty after a dry run.
        counts: Number of requests.
        by_machine: Whether this machine is to blame for the trouble, and not the publisher.
    """

    source: str
    asked_at: str
    settings: str
    found: Found | None
    trouble: str = ""
    decisions: tuple[Decision, ...] = ()
    requested: tuple[Requested, ...] = ()
    counts: Counts = field(default_factory=Counts)
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What became of a file that was fetched.

    Args:
        releases: The release that it is, by source.
        new: The sources for which the archive did not have these bytes.
        reason: Why it is not a release, or nearly one; empty otherwise.
    """

    releases: Mapping[str, str]
    new: frozenset[str] = frozenset()
    reason: str = ""
