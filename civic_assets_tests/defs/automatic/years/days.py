"""The days of three years as Dagster's daemon lives them: ticks of schedules and sensors, and the runs they ask for.

Belongs here: the clock, the order of events, and a note of each. Does not belong here: what publishers do (`calendar`),
and any expectation.

Only what would change nothing is left out: ticks of a sensor at which no site is due, by the sensor's own rule. A test
of its own shows that they ask nobody. Of a run, the fetching is done; Dagster's record of it and the building are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from civic_assets.acquire import client, obtain, remote_zip
from civic_assets.acquire.clock import SystemClock
from civic_assets.acquire.fetches import Fetch, read_fetches
from civic_assets.acquire.live import rounds
from civic_assets.acquire.live.held import HeldSource, read_held
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic import sites
from civic_assets.defs.automatic.fetch_job import FETCH
from civic_assets.defs.automatic.fetching import fetch, is_offered
from civic_assets.defs.automatic.looks import next_look
from civic_assets.defs.automatic.sites import kinds_of_sites
from civic_assets.defs.build import build_definitions
from civic_assets.defs.labels import name_of
from civic_assets.defs.resources import StoreResource
from civic_assets.house_numbers.fetching import SECONDS_BETWEEN_TICKS
from civic_assets.layers.store import Store
from civic_assets_tests.defs.automatic.years.act import FIRST, LAST, LONDON, Act
from civic_assets_tests.defs.automatic.years.publishers import AllPublishers


@dataclass
class Now:
    """The time, everywhere in the program."""

    moment: datetime
    waited: float = 0.0

    def everywhere(self, patch: pytest.MonkeyPatch) -> None:
        """Have every part of the program that fetches read this clock."""
        now = self

        class Clock(SystemClock):
            def elapsed(self) -> float:
                return super().elapsed() + now.waited

            def now(self) -> datetime:
                return now.moment

            def wait(self, seconds: float) -> None:
                now.waited += seconds

        class Moments(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return now.moment.astimezone(tz)

        patch.setattr(client, "SystemClock", Clock)
        patch.setattr(sites, "present", lambda: now.moment)
        patch.setattr(rounds, "now_in_utc", lambda: now.moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for module in (obtain, remote_zip):
            patch.setattr(module, "datetime", Moments)


@dataclass(frozen=True)
class Run:
    """A run that fetches.

    Args:
        at: When it began, in London.
        source: What it fetches.
        by: `site` or `calendar`.
        new: Releases that it brought, of any source.
        problems: Sentences.
    """

    at: datetime
    source: str
    by: str
    new: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


@dataclass
class Days:
    """The daemon over all publishers.

    Args:
        publishers: The publishers.
        contracts: Contracts of all active sources.
        instance: The store's instance of Dagster.
        now: The time.
        first, last: First and last day.
    """

    publishers: AllPublishers
    contracts: Mapping[str, Contract]
    instance: dg.DagsterInstance
    now: Now
    first: date = FIRST
    last: date = LAST
    runs: list[Run] = field(default_factory=list)
    looks: Counter[tuple[str, date]] = field(default_factory=Counter)
    builds: list[dg.RunRequest] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Load the definitions."""
        self.store = Store(self.publishers.root)
        self.repository = build_definitions(self.store, self.contracts).get_repository_def()
        self.sources = [name for name, one in self.contracts.items() if is_offered(one)]
        self.sensors = {f"site_{kind}": names for kind, names in kinds_of_sites(self.contracts).items()}
        self._contexts: dict[str, Any] = {}
        self._stack = ExitStack()
        self._due: dict[str, datetime] = {}

    def close(self) -> None:
        """Close what was opened."""
        self._stack.close()
        self.publishers.server.close()

    def live(self, acts: Sequence[Act], *, every_tick: bool = False) -> int:
        """Live the days.

        Args:
            acts: What the publishers do.
            every_tick: Tick also when no site is due.

        Returns:
            Number of ticks at which no site was due. They asked nobody.
        """
        idle = 0
        beginning = datetime.combine(self.first, time(), LONDON)
        end = datetime.combine(self.last + timedelta(days=1), time(), LONDON)
        waiting = sorted(acts, key=lambda act: act.at.timestamp(), reverse=True)
        while waiting and waiting[-1].at < beginning:
            waiting.pop().do(self.publishers)
        schedules = self._schedules(beginning, end)
        scheduled = next(schedules, None)
        self.now.moment = beginning.astimezone(UTC)
        self._set_due(self.sensors)
        while True:
            sensor = min(self._due, key=lambda name: self._due[name].timestamp())
            times = {
                "sensor": self._due[sensor].timestamp(),
                "schedule": scheduled[0].timestamp() if scheduled else end.timestamp(),
                "act": waiting[-1].at.timestamp() if waiting else end.timestamp(),
            }
            # At one moment: what is put out, then what the calendar asks for.
            what = min(("act", "schedule", "sensor"), key=lambda one: times[one])
            if every_tick:
                idle += self._idle(min(times[what], end.timestamp()))
            if times[what] >= end.timestamp():
                return idle
            self.now.moment = datetime.fromtimestamp(times[what], UTC)
            if what == "act":
                waiting.pop().do(self.publishers)
            elif what == "schedule" and scheduled is not None:
                self._schedule(*scheduled)
                scheduled = next(schedules, None)
            else:
                self._sensor(sensor)

    def _idle(self, until: float) -> int:
        """Ticks of all sensors until a moment; no site is due before."""
        ticks, asked = 0, len(self.publishers.server.requests)
        every = SECONDS_BETWEEN_TICKS
        while (moment := (self.now.moment.timestamp() // every + 1) * every) < until:
            self.now.moment = datetime.fromtimestamp(moment, UTC)
            for name in self.sensors:
                found = self.tick(name)
                said = found.skip_reason.skip_message if found.skip_reason else ""
                assert not found.run_requests and (said or "").startswith("Next look: "), (name, said)
                ticks += 1
        assert len(self.publishers.server.requests) == asked, "a tick between two looks asked somebody"
        return ticks

    def _schedules(self, beginning: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
        """Every tick of every schedule, in order."""
        ticks: list[tuple[datetime, str]] = []
        for source in self.sources:
            calendar = self.contracts[source].release["schedule"]
            for tick in schedule_execution_time_iterator(
                beginning.timestamp(), calendar["cron"], calendar["timezone"]
            ):
                if tick >= end:
                    break
                ticks.append((tick.astimezone(LONDON), source))
        return iter(sorted(ticks, key=lambda one: (one[0].timestamp(), one[1])))

    def _schedule(self, tick: datetime, source: str) -> None:
        name = f"{name_of(source)}_release_days"
        context = self._contexts.get(name)
        if context is None:
            context = self._stack.enter_context(
                dg.build_schedule_context(
                    instance=self.instance, scheduled_execution_time=tick, resources=self._resources
                )
            )
            self._contexts[name] = context
        # One context for all ticks: making the resources anew takes longer than everything else.
        context._scheduled_execution_time = tick
        found = self.repository.get_schedule_def(name)(context)
        if isinstance(found, dg.RunRequest):
            self._run(found)
            self._set_due(self._sensors_of(source))

    def tick(self, name: str) -> dg.SensorResult:
        """One tick of a sensor with its own cursor."""
        context = self._contexts.get(name)
        if context is None:
            context = self._stack.enter_context(
                dg.build_sensor_context(instance=self.instance, resources=self._resources)
            )
            self._contexts[name] = context
        found = self.repository.get_sensor_def(name)(context)
        assert isinstance(found, dg.SensorResult)
        context._cursor = found.cursor
        return found

    def _sensor(self, name: str) -> None:
        before = read_held(self.store.root)
        found = self.tick(name)
        after = read_held(self.store.root)
        day = self.now.moment.astimezone(LONDON).date()
        none = HeldSource()
        asked = [
            one
            for one in self.sensors[name]
            if after.get(one, none).asked_at != before.get(one, none).asked_at
        ]
        assert asked, f"{name} was due at {self.now.moment}, and asked nobody"
        self.looks.update((source, day) for source in asked)
        for request in found.run_requests or ():
            self._run(request)
        self._set_due([name], self.now.moment + timedelta(seconds=SECONDS_BETWEEN_TICKS))

    def _run(self, request: dg.RunRequest) -> None:
        assert request.run_key and request.job_name
        if request.run_key in self.keys:
            return
        self.keys.add(request.run_key)
        if request.job_name != FETCH:
            self.builds.append(request)
            return
        source = request.run_config["ops"]["fetch_source"]["config"]["source"]
        before = {(one.source, one.release) for one in self.store.archive.receipts()}
        _, problems = fetch(self.store, self.contracts, source, lambda _: None)
        new = tuple(
            (one.source, one.release)
            for one in self.store.archive.receipts()
            if (one.source, one.release) not in before
        )
        at = self.now.moment.astimezone(LONDON)
        self.runs.append(Run(at, source, request.tags["civic/trigger"], new, problems))

    def _sensors_of(self, source: str) -> list[str]:
        return [name for name, sources in self.sensors.items() if source in sources]

    def _set_due(self, names: Sequence[str] | Mapping[str, object], earliest: datetime | None = None) -> None:
        """When sensors tick next: at the first of their ticks at which a site is due."""
        held = read_held(self.store.root)
        every = SECONDS_BETWEEN_TICKS
        for name in names:
            due = min(next_look(held.get(one, HeldSource()), self.now.moment) for one in self.sensors[name])
            moment = max(due.timestamp(), (earliest or self.now.moment).timestamp())
            self._due[name] = datetime.fromtimestamp(-(-moment // every) * every, UTC)

    @property
    def _resources(self) -> dict[str, Any]:
        return {"store": StoreResource(root=str(self.store.root))}

    def requests(self) -> list[Fetch]:
        """Everything that was asked, with who asked for it, by the program's own receipts."""
        chain = read_fetches(self.store.root / "acquired")
        assert not chain.damage
        return list(chain.receipts)
