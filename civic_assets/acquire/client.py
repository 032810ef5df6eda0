"""The client: one for a command, bound to each source by the hosts that its contract allows.

Belongs here: opening and closing it. Does not belong here: the three ways to ask (`http.bound`), and what is asked for
(`finders`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from civic_assets.acquire.asking import Asks
from civic_assets.acquire.clock import Clock, SystemClock
from civic_assets.acquire.fetches import Fetches
from civic_assets.acquire.http.bound import Bound, Means
from civic_assets.acquire.http.connections import open_session
from civic_assets.acquire.http.documents import Documents
from civic_assets.acquire.http.exchange import Exchange
from civic_assets.acquire.http.partial import Partials
from civic_assets.acquire.http.rates import LIMITS, Limit, Rates
from civic_assets.acquire.http.waits import Waits
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.settings import Settings

ACQUIRED = "acquired"


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
        self.settings = settings
        authority = settings.replay.authority if settings.replay else None
        session = open_session(settings.user_agent, settings.replay, authority)
        waits = Waits(folder / ("waits-replayed.json" if settings.replay else "waits.json"), clock)
        self._means = Means(
            exchange=Exchange(session, Rates(clock, rates), clock, limits, waits),
            partials=Partials(folder / "partial", clock),
            documents=Documents(folder / "documents"),
            fetches=Fetches(folder),
            say=say,
            replayed=self.replayed,
        )

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
        return Bound(self._means, source, frozenset(host.lower() for host in hosts))

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections; all receipts are on disk when this returns."""
        self._means.exchange.close()
        self._means.fetches.sync()


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
    elif not settings.named:
        say(
            "Publishers are not told who asks. Set organisation.name and organisation.site in civic.toml: the ONS asks "
            "for both."
        )
    return Client(
        store, settings, say=say, clock=clock or SystemClock(), limits=limits or Limits(), rates=rates
    )
