"""The client for one source: reads, fetches and parts within its hosts, each with a receipt.

Belongs here: the three ways to ask. Does not belong here: opening the client (`client`), and how each is done
(`exchange`, `transfer`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from civic_assets.acquire.asking import Document, NotObtained, Transfer, Validators
from civic_assets.acquire.fetches import Fetch, Fetches, headers_that_matter, moment
from civic_assets.acquire.http.bodies import read_blocks
from civic_assets.acquire.http.documents import Documents
from civic_assets.acquire.http.exchange import Exchange
from civic_assets.acquire.http.partial import Partials
from civic_assets.acquire.http.retries import keep_trying
from civic_assets.acquire.http.shown import Shown
from civic_assets.acquire.http.transfer import conditions, fetch

_PART = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)")


@dataclass(frozen=True, slots=True)
class Means:
    """What all sources share.

    Args:
        exchange: Makes requests.
        partials: Unfinished files.
        documents: Documents that were read before.
        fetches: Receipts.
        say: Progress.
        replayed: Whether the replay publisher of tests answers.
    """

    exchange: Exchange
    partials: Partials
    documents: Documents
    fetches: Fetches
    say: Callable[[str], None]
    replayed: bool


class Bound:
    """The client for one source (`Asks`).

    Args:
        means: What all sources share.
        source: Id of the source.
        hosts: Hosts that may be asked, in lower case.
    """

    def __init__(self, means: Means, source: str, hosts: frozenset[str]) -> None:
        self._means, self._source, self._hosts = means, source, hosts

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """Ask for a small document; see `Asks.read`."""
        means, asked = self._means, _with(url, params)
        exchange = means.exchange
        kept = means.documents.get(asked)
        headers = {"Accept-Encoding": "gzip"} | conditions(kept.validators if kept else None)

        def once() -> Document:
            with exchange.ask(asked, self._hosts, headers, also=(304,) if kept else ()) as answer:
                if answer.status == 304 and kept is not None:
                    return replace(kept.document, url=answer.url)
                blocks = read_blocks(
                    answer, exchange.clock, exchange.limits, most=exchange.limits.document_bytes
                )
                return Document(asked, answer.url, answer.status, answer.headers, b"".join(blocks))

        started = exchange.clock.now()
        document, tries = self._receipted("read", asked, found_at, started, once)
        self._note("read", asked, found_at, started, document, tries)
        if not document.unchanged:
            means.documents.keep(document)
        return document

    def fetch(
        self, url: str, to: Path, *, known: Validators | None = None, found_at: str | None = None
    ) -> Transfer:
        """Stream a body to a file; see `Asks.fetch`."""
        means = self._means
        started = means.exchange.clock.now()
        show = Shown(means.say, self._source, means.exchange.clock)
        try:
            got = fetch(means.exchange, means.partials, url, to, self._hosts, known=known, show=show)
        except NotObtained as error:
            self._failed("fetch", url, found_at, started, error)
            raise
        self._add(
            way="fetch", asked=url, answered=got.url, status=got.status, headers=headers_that_matter(got.headers),
            started=got.started, ended=got.ended, size=got.size, sha256=got.sha256 or None, found_at=found_at,
            attempts=got.attempts, failed=None,
        )  # fmt: skip
        return got

    def part(self, url: str, start: int, end: int, *, found_at: str | None = None) -> Document:
        """Ask for some bytes of a body; see `Asks.part`."""
        exchange, size = self._means.exchange, end - start + 1
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={start}-{end}"}

        def once() -> Document:
            with exchange.ask(url, self._hosts, headers, also=(416,)) as answer:
                match = _PART.fullmatch(answer.headers.get("content-range", "").strip())
                if answer.status != 206 or match is None or (int(match[1]), int(match[2])) != (start, end):
                    raise NotObtained(
                        f"{url}: the publisher does not answer with the bytes {start:,} to {end:,} that were asked for "
                        f"(status {answer.status}).",
                        url=url,
                        kind="range",
                        status=answer.status,
                    )
                body = b"".join(read_blocks(answer, exchange.clock, exchange.limits, most=size))
                if len(body) != size:
                    raise NotObtained(
                        f"{url}: {len(body):,} bytes came instead of {size:,}.",
                        url=url,
                        kind="truncated",
                        status=answer.status,
                    )
                return Document(url, answer.url, answer.status, answer.headers, body)

        started = exchange.clock.now()
        document, tries = self._receipted("part", url, found_at, started, once)
        self._note("part", url, found_at, started, document, tries)
        return document

    def _receipted(
        self, way: str, asked: str, found_at: str | None, started: datetime, once: Callable[[], Document]
    ) -> tuple[Document, int]:
        exchange = self._means.exchange
        try:
            return keep_trying(once, exchange.clock, exchange.limits)
        except NotObtained as error:
            self._failed(way, asked, found_at, started, error)
            raise

    def _note(
        self, way: str, asked: str, found_at: str | None, started: datetime, document: Document, tries: int
    ) -> None:
        size = 0 if document.unchanged else len(document.body)
        self._add(
            way=way, asked=asked, answered=document.url, status=304 if document.unchanged else document.status,
            headers=headers_that_matter(document.headers), started=started, ended=None, size=size,
            sha256=None if document.unchanged else hashlib.sha256(document.body).hexdigest(), found_at=found_at,
            attempts=tries, failed=None,
        )  # fmt: skip

    def _failed(
        self, way: str, asked: str, found_at: str | None, started: datetime, error: NotObtained
    ) -> None:
        self._add(
            way=way, asked=asked, answered=None, status=error.status, headers=headers_that_matter(error.headers),
            started=started, ended=None, size=0, sha256=None, found_at=found_at, attempts=error.attempts,
            failed=error.kind,
        )  # fmt: skip

    def _add(
        self,
        *,
        way: str,
        asked: str,
        answered: str | None,
        status: int | None,
        headers: dict[str, str],
        started: datetime,
        ended: datetime | None,
        size: int,
        sha256: str | None,
        found_at: str | None,
        attempts: int,
        failed: str | None,
    ) -> None:
        means = self._means
        receipt = Fetch(
            source=self._source,
            way=way,
            asked=asked,
            answered=answered,
            status=status,
            headers=headers,
            started=moment(started),
            ended=moment(ended or means.exchange.clock.now()),
            bytes=size,
            sha256=sha256,
            found_at=found_at,
            attempts=attempts,
            failed=failed,
            replayed=means.replayed,
        )
        # A file is on disk when its fetch returns, and so is its receipt; the others follow when the client is closed.
        means.fetches.add(receipt, sync=way == "fetch" and sha256 is not None)


def _with(url: str, params: Mapping[str, str] | None) -> str:
    """An address with a query."""
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
