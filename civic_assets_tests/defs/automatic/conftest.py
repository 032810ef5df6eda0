"""Dagster's definitions over publishers on loopback, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.defs_state.base import _current_storage

from civic_assets.acquire.live import rounds
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic import sites
from civic_assets.defs.automatic.fetch_job import FETCH
from civic_assets.defs.build import build_definitions
from civic_assets.defs.instance import open_instance
from civic_assets.defs.resources import StoreResource
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.live.publishers import BOROUGH, POLICE, Publishers
from civic_assets_tests.replay.log import Logged


@dataclass
class Hands:
    """Dagster as its daemon works it: ticks of sensors and schedules with their own cursors, and runs.

    Args:
        publishers: Publishers on loopback.
        contracts: Contracts of the definitions.
        instance: The store's instance.
        now: The time of every tick and request.
    """

    publishers: Publishers
    contracts: Mapping[str, Contract]
    instance: dg.DagsterInstance
    now: datetime
    cursors: dict[str, str | None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make the definitions."""
        self.store = Store(self.publishers.root)
        self.definitions = build_definitions(self.store, self.contracts)
        self.repository = self.definitions.get_repository_def()

    @property
    def resources(self) -> dict[str, Any]:
        return {"store": StoreResource(root=str(self.store.root))}

    def tick(self, name: str) -> dg.SensorResult:
        """One tick of a sensor; its cursor is kept."""
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursors.get(name), resources=self.resources
        )
        found = self.repository.get_sensor_def(name)(context)
        assert isinstance(found, dg.SensorResult)
        self.cursors[name] = found.cursor
        return found

    def schedule(self, name: str, moment: datetime) -> dg.RunRequest | dg.SkipReason:
        """One tick of a schedule."""
        context = dg.build_schedule_context(
            instance=self.instance, scheduled_execution_time=moment, resources=self.resources
        )
        found = self.repository.get_schedule_def(name)(context)
        assert isinstance(found, dg.RunRequest | dg.SkipReason)
        return found

    def run(self, job: str, config: Mapping[str, Any], tags: Mapping[str, str] | None = None) -> Any:
        """One run in this process."""
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, run_config=config, tags=dict(tags or {}), raise_on_error=False
        )

    def run_all(self, requests: Iterable[dg.RunRequest] | None) -> list[Any]:
        """The runs that are asked for and what follows from them, but those of a known key, as the daemon does it.

        Returns:
            The runs, those that fetch before those that build what came.
        """
        done = []
        for request in requests or ():
            assert request.job_name and request.run_key
            if request.run_key in self.keys:
                continue
            self.keys.add(request.run_key)
            run = self.run(request.job_name, request.run_config, request.tags)
            done.append(run)
            if request.job_name == FETCH:
                name = "build_after_fetch" if run.success else "build_after_failed_fetch"
                done += self.run_all(one for one in self.after(name, run) if isinstance(one, dg.RunRequest))
        return done

    def after(self, name: str, run: Any) -> list[Any]:
        """What a sensor that follows runs says of one."""
        events = run.all_events
        ending = next(
            one for one in events if one.event_type_value in ("PIPELINE_SUCCESS", "PIPELINE_FAILURE")
        )
        context: Any = dg.build_run_status_sensor_context(
            sensor_name=name,
            dagster_instance=self.instance,
            dagster_run=run.dagster_run,
            dagster_event=ending,
            resources=self.resources,
        )
        if name == "alert_after_failure":
            context = context.for_run_failure()
        found = self.repository.get_sensor_def(name)(context)
        if isinstance(found, Iterator):
            return list(found)
        return [found] if found is not None else []

    def asked(self) -> list[Logged]:
        """Requests since the last call."""
        found = list(self.publishers.server.requests)
        self.publishers.server.requests.clear()
        return found


@pytest.fixture
def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    """Definitions of two sources whose publishers are on loopback."""
    publishers = Publishers(tmp_path)
    contracts = {name: contract for name, contract in load_contracts().items() if name in (BOROUGH, POLICE)}
    with publishers.server:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CIVIC_CACHE", str(tmp_path / "cache"))
        with open_instance(Store(publishers.root)) as instance:
            made = Hands(publishers, contracts, instance, datetime(2025, 10, 23, 9, 0, tzinfo=UTC))
            monkeypatch.setattr(sites, "present", lambda: made.now)
            monkeypatch.setattr(rounds, "now_in_utc", lambda: made.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
            yield made
    # Contexts of ticks enter the instance again and leave it when they are collected, in any order: what they leave as
    # the current storage is that of an instance which is closed.
    _current_storage.set(None)


def later(hands: Hands, **passed: int) -> None:
    """Let time pass."""
    hands.now += timedelta(**passed)
