"""The client: one for a command, bound to each source by the hosts that its contract allows.

Belongs here: opening it, and the three ways to ask (a document, a file, a part). Does not belong here: how each is done
(`exchange`, `transfer`) and what is asked for (`finders`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from civic_assets.acquire.asking import Asks, Document, NotObtained, Transfer, Validators
from civic_assets.acquire.bodies import read_blocks
from civic_assets.acquire.clock import Clock, SystemClock
from civic_assets.acquire.connections import open_session
from civic_assets.acquire.documents import Documents
from civic_assets.acquire.exchange import Exchange
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.partial import Partials
from civic_assets.acquire.rates import LIMITS, Limit, Rates
from civic_assets.acquire.retries import keep_trying
from civic_assets.acquire.settings import Settings
from civic_assets.acquire.transfer import conditions, fetch

ACQUIRED = "acquired"
_PART = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Client:
    """A client for all sources; use as a context manager.

    Args:
        store: Folder of the store.
        settings: Who asks.
        say: Called with each step that a person may want to see.
        clock: Time.
        limits: How long to wait, how often to try, how much to take.
        rates: How often hosts may be asked.
    """

    def __init__(
        self,
        store: Path,
        settings: Settings,
        *,
        say: Callable[[str], None],
        clock: Clock,
        limits: Limits,
        rates: tuple[Limit, ...],
    ) -> None:
        folder = store / ACQUIRED
        self.settings, self.say, self.clock, self.limits = settings, say, clock, limits
        self.partials = Partials(folder / "partial", clock)
        self.documents = Documents(folder / "documents")
        authority = settings.replay.authority if settings.replay else None
        self._session = open_session(settings.user_agent, settings.replay, authority)
        self.exchange = Exchange(self._session, Rates(clock, rates), clock, limits)

    @property
    def replayed(self) -> bool:
        """Whether the replay publisher of tests answers for all hosts."""
        return self.settings.replay is not None

    def bound_to(self, source: str, hosts: Iterable[str]) -> Asks:
        """The client for a source.

        Args:
            source: Id of the source.
            hosts: Hosts that may be asked, also after redirects.
        """
        return _Bound(self, source, frozenset(host.lower() for host in hosts))

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._session.close()


def open_client(
    store: Path,
    settings: Settings,
    *,
    say: Callable[[str], None] = lambda sentence: None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    rates: tuple[Limit, ...] = LIMITS,
) -> Client:
    """Open a client; what interrupted runs left unfinished and nobody can resume is removed.

    Args:
        store: Folder of the store.
        settings: Who asks.
        say: Called with each step that a person may want to see.
        clock: Time; the machine's by default.
        limits: Limits; those of the register by default.
        rates: How often hosts may be asked.

    Returns:
        The client, a context manager.
    """
    if settings.replay is not None:
        print(
            f"TEST SETTING: every host is replaced by the replay publisher at {settings.replay.host}:"
            f"{settings.replay.port} (CIVIC_REPLAY). Nothing is fetched from the publishers.",
            file=sys.stderr,
            flush=True,
        )
    return Client(
        store, settings, say=say, clock=clock or SystemClock(), limits=limits or Limits(), rates=rates
    )


class _Bound:
    """The client for one source."""

    def __init__(self, client: Client, source: str, hosts: frozenset[str]) -> None:
        self._client, self._source, self._hosts = client, source, hosts

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """Ask for a small document; see `Asks.read`."""
        client, asked = self._client, _with(url, params)
        kept = client.documents.get(asked)
        headers = {"Accept-Encoding": "gzip"} | conditions(kept.validators if kept else None)

        def once() -> Document:
            with client.exchange.ask(asked, self._hosts, headers, also=(304,) if kept else ()) as answer:
                if answer.status == 304 and kept is not None:
                    return replace(kept.document, url=answer.url)
                blocks = read_blocks(answer, client.clock, client.limits, most=client.limits.document_bytes)
                return Document(asked, answer.url, answer.status, answer.headers, b"".join(blocks))

        document, _ = keep_trying(once, client.clock, client.limits)
        if not document.unchanged:
            client.documents.keep(document)
        return document

    def fetch(
        self, url: str, to: Path, *, known: Validators | None = None, found_at: str | None = None
    ) -> Transfer:
        """Stream a body to a file; see `Asks.fetch`."""
        client = self._client
        return fetch(
            client.exchange, client.partials, url, to, self._hosts, known=known, show=lambda *_: None
        )

    def part(self, url: str, start: int, end: int, *, found_at: str | None = None) -> Document:
        """Ask for some bytes of a body; see `Asks.part`."""
        client, size = self._client, end - start + 1
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={start}-{end}"}

        def once() -> Document:
            with client.exchange.ask(url, self._hosts, headers, also=(416,)) as answer:
                match = _PART.fullmatch(answer.headers.get("content-range", "").strip())
                if answer.status != 206 or match is None or (int(match[1]), int(match[2])) != (start, end):
                    raise NotObtained(
                        f"{url}: the publisher does not answer with the bytes {start:,} to {end:,} that were asked for "
                        f"(status {answer.status}).",
                        url=url,
                        kind="range",
                        status=answer.status,
                    )
                body = b"".join(read_blocks(answer, client.clock, client.limits, most=size))
                if len(body) != size:
                    raise NotObtained(
                        f"{url}: {len(body):,} bytes came instead of {size:,}.",
                        url=url,
                        kind="truncated",
                        status=answer.status,
                    )
                return Document(url, answer.url, answer.status, answer.headers, body)

        return keep_trying(once, client.clock, client.limits)[0]


def _with(url: str, params: Mapping[str, str] | None) -> str:
    """An address with a query."""
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
