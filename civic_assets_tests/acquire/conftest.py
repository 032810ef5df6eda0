"""A replay publisher and a client for each test; the client's clock lets waits pass at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from civic_assets.acquire.client import Client, open_client
from civic_assets.acquire.clock import SystemClock
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.settings import Replay, Settings
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import PlainSite, Told

HOST = "files.publisher.example"
OTHER = "cdn.publisher.example"
CSV = b"area,offences\n" + b"".join(b"E%08d,%d\n" % (n, n * 7 % 100) for n in range(20_000))


QUICK = Limits(connect=5, read=2, answer=4, grace=2)
IMPATIENT = replace(QUICK, read=0.6, answer=1, grace=0.5, tries=2)


@dataclass
class TestClock(SystemClock):
    """The machine's clock, on which waits take no time."""

    __test__ = False
    waits: list[float] = field(default_factory=list)
    passed: float = 0.0

    def elapsed(self) -> float:
        return super().elapsed() + self.passed

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.passed)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds


@dataclass
class Publisher:
    """A plain publisher, and how to open a client for it."""

    site: PlainSite
    server: ReplayServer
    store: Path
    stack: ExitStack
    clock: TestClock

    def client(self, limits: Limits | None = None, **more: Any) -> Client:
        host, _, port = self.server.address.rpartition(":")
        authority = self.server.authority.write(self.store.parent / "authority.pem")
        settings = Settings(replay=Replay(host, int(port), str(authority)))
        quick = limits or QUICK
        return self.stack.enter_context(
            open_client(self.store, settings, limits=quick, **({"clock": self.clock} | more))
        )

    def asks(self, limits: Limits | None = None, hosts: tuple[str, ...] = (HOST,), **more: Any) -> Any:
        return self.client(limits, **more).bound_to("plain", hosts)


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Callable[..., Publisher]]:
    with ExitStack() as stack:

        def make(*faults: Fault, **pages: Any) -> Publisher:
            site = PlainSite((HOST, OTHER))
            site.pages |= {
                "/data.csv": Told(
                    200, {"content-type": "text/csv"}, CSV, etag='"v1"', last_modified="Thu, 23 Jul 2026 08:30:00 GMT",
                    ranges=True,
                ),
                "/list.json": Told(200, {"content-type": "application/json"}, b'{"files": ["data.csv"]}', etag='"l1"'),
            }  # fmt: skip
            clock = TestClock()
            server = stack.enter_context(ReplayServer([site], faults=faults, drip=0.02))
            return Publisher(site, server, tmp_path / "store", stack, clock)

        yield make
