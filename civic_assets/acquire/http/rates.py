"""How often a host may be asked: the publishers' own limits, and the waits that they ask for.

Belongs here: which limit a request falls under, and waiting for its turn. Does not belong here: what is done after a
failure (`retries`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from civic_assets.acquire.clock import Clock
from civic_assets.acquire.http.addresses import host_of
from civic_assets.house_numbers.acquire import (
    GOV_UK_REQUESTS_IN_A_SECOND,
    ONS_DOWNLOADS_IN_10_SECONDS,
    ONS_REQUESTS_IN_10_SECONDS,
    ONS_REQUESTS_IN_A_MINUTE,
    OTHER_REQUESTS_IN_A_SECOND,
    POLICE_REQUESTS_IN_A_SECOND,
    WINDOW_MARGIN,
)

if TYPE_CHECKING:
    from pyrate_limiter import InMemoryBucket


@dataclass(frozen=True, slots=True)
class Limit:
    """A publisher's limit.

    Args:
        name: Name under which requests are counted together.
        most: Pairs of a number of requests and the seconds in which they may be made.
        hosts: Hosts that are counted together; empty for each host of its own.
        path: Start of the paths that it is about.
    """

    name: str
    most: tuple[tuple[int, float], ...]
    hosts: tuple[str, ...] = ()
    path: str = "/"

    def covers(self, host: str, path: str) -> bool:
        """Whether a request falls under it."""
        return (not self.hosts or host in self.hosts) and path.startswith(self.path)


LIMITS = (
    Limit("ons downloads", ((ONS_DOWNLOADS_IN_10_SECONDS, 10.0),), ("www.ons.gov.uk", "ons.gov.uk"), "/file"),
    Limit("ons downloads", ((ONS_DOWNLOADS_IN_10_SECONDS, 10.0),), ("download.ons.gov.uk",)),
    Limit(
        "ons",
        ((ONS_REQUESTS_IN_10_SECONDS, 10.0), (ONS_REQUESTS_IN_A_MINUTE, 60.0)),
        ("www.ons.gov.uk", "ons.gov.uk", "api.beta.ons.gov.uk"),
    ),
    Limit("data.police.uk", ((POLICE_REQUESTS_IN_A_SECOND, 1.0),), ("data.police.uk",)),
    Limit(
        "gov.uk",
        ((GOV_UK_REQUESTS_IN_A_SECOND, 1.0),),
        ("www.gov.uk", "assets.publishing.service.gov.uk"),
    ),
    Limit("", ((OTHER_REQUESTS_IN_A_SECOND, 1.0),)),
)
"""Limits, the most particular first; the last one is for hosts that state none."""


class Rates:
    """Waits for the turn of each request.

    Args:
        clock: Time.
        limits: Limits; the first that covers a request counts.
    """

    def __init__(self, clock: Clock, limits: tuple[Limit, ...] = LIMITS) -> None:
        self._clock, self._limits = clock, limits
        self._counters: dict[str, _Counter] = {}
        self._held: dict[str, float] = {}
        self._lock = threading.Lock()

    def hold(self, url: str, seconds: float) -> None:
        """Let no request to a host go before this many seconds are over: its publisher asked for it."""
        self.hold_host(host_of(url), seconds)

    def hold_host(self, host: str, seconds: float) -> None:
        """As `hold`, by the name of the host."""
        with self._lock:
            self._held[host] = max(self._held.get(host, 0.0), self._clock.elapsed() + seconds)

    def held(self, url: str) -> float:
        """Seconds until a host may be asked again that asked to wait; 0 if it did not."""
        with self._lock:
            return max(0.0, self._held.get(host_of(url), 0.0) - self._clock.elapsed())

    def take(self, url: str) -> float:
        """Wait until a request may be made, and count it.

        Returns:
            Seconds that were waited.
        """
        host, path = host_of(url), urlsplit(url).path or "/"
        waited = 0.0
        while (left := self._left(host, path)) > 0:
            self._clock.wait(left)
            waited += left
        return waited

    def _left(self, host: str, path: str) -> float:
        """Seconds until the request may be made; 0 if it was counted."""
        with self._lock:
            held = self._held.get(host, 0.0) - self._clock.elapsed()
            if held > 0:
                return held
            at = int(self._clock.elapsed() * 1000)
            return self._counter(host, path).count(host, at) / 1000

    def _counter(self, host: str, path: str) -> _Counter:
        limit = next((one for one in self._limits if one.covers(host, path)), self._limits[-1])
        return self._counters.setdefault(limit.name or host, _Counter(limit))


class _Counter:
    """Counts the requests that fall under one limit.

    The first ones can exceed no rate, so they are only noted. The library, whose import takes as long as twenty
    requests, takes over with the first request that might have to wait; most runs ask less.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._fewest = min(number for number, _ in limit.most)
        self._noted: list[int] = []
        self._bucket: InMemoryBucket | None = None

    def count(self, host: str, at: int) -> int:
        """Count a request, if it may be made now.

        Args:
            host: Host that is asked.
            at: The time, in milliseconds.

        Returns:
            Milliseconds until it may be made; 0 if it was counted.
        """
        if self._bucket is None and len(self._noted) < self._fewest:
            self._noted.append(at)
            return 0
        from pyrate_limiter import RateItem

        if self._bucket is None:
            self._bucket = self._filled(host)
        self._bucket.leak(at)
        item = RateItem(host, at)
        if self._bucket.put(item):
            return 0
        wait = self._bucket.waiting(item)
        return max(int(wait) if isinstance(wait, int) else 0, 1)

    def _filled(self, host: str) -> InMemoryBucket:
        """The library's bucket, with the requests that were noted."""
        from pyrate_limiter import InMemoryBucket, Rate, RateItem

        rates = [Rate(number, round(seconds * 1000 * WINDOW_MARGIN)) for number, seconds in self._limit.most]
        bucket = InMemoryBucket(rates)
        for at in self._noted:
            bucket.put(RateItem(host, at))
        return bucket
