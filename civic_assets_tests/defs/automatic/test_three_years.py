"""Three simulated years of release days of every source, through the real sensors and schedules with their cursors.

The client, the finders, intake, the archive, the record of offers, the sensors and the schedules are the real ones. The
publishers are synthetic, their connections are in memory, and the clock is the test's. Building is left out: what is
tested is what is asked for, when, and what ends up in the archive.
"""

from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from dagster._core.storage.defs_state.base import _current_storage

from civic_assets.acquire.live import rounds
from civic_assets.acquire.live.held import read_held
from civic_assets.archive import edition_of
from civic_assets.contracts.load import load_contracts
from civic_assets.defs.instance import open_instance
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.defs.resources import StoreResource
from civic_assets.layers.store import Store
from civic_assets.tables.release_names import release_name
from civic_assets_tests.defs.automatic.years.act import CLOCKS, FIRST, LEAP
from civic_assets_tests.defs.automatic.years.calendar import DOWN, acts
from civic_assets_tests.defs.automatic.years.days import Days, Now
from civic_assets_tests.defs.automatic.years.need import Asked
from civic_assets_tests.defs.automatic.years.publishers import AllPublishers
from civic_assets_tests.replay.in_memory import without_network

KINDS = ("release", "again", "renamed")
BOUNDS = {
    "dfe_children_in_need": (2, 25), "dfe_exclusions": (2, 25), "dfe_looked_after": (2, 25), "dfe_neet": (2, 25),
    "dfe_sen": (2, 25), "home_office_prc": (1, 25), "lookups": (12, 50), "met_borough": (1, 12), "met_lsoa": (1, 12),
    "met_ward": (1, 12), "ons_csp": (20, 75), "ons_pfa": (2, 75), "ons_population": (14, 60), "police_uk": (2, 40),
}  # fmt: skip
"""Requests of a source on a day in the middle, and on the greatest day, at most; docs/how-to/run-as-a-service.md."""
BOUND_OF_ALL = (65, 300)
_ONE_DAY = timedelta(days=1)


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    """The daemon before the first day."""
    publishers = AllPublishers(tmp_path)
    without_network(publishers.server, monkeypatch)
    # One source after the other, so that it is always the same one that reads a page for both.
    monkeypatch.setattr(rounds, "SOURCES_AT_ONCE", 1)
    # Nothing here is about power cuts.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    for name, value in publishers.environment().items():
        monkeypatch.setenv(name, value)
    contracts = {name: one for name, one in load_contracts().items() if one.status == "active"}
    now = Now(datetime(2027, 1, 1, tzinfo=UTC))
    now.everywhere(monkeypatch)
    with open_instance(Store(publishers.root)) as instance:
        made = Days(publishers, contracts, instance, now)
        # Each tick would read the archive's manifest from its beginning.
        monkeypatch.setattr(StoreResource, "open", lambda self: made.store)
        yield made
        made.close()
    _current_storage.set(None)


def test_every_kind_of_site_has_every_kind_of_day(days: Days) -> None:
    planned = acts()
    for sensor, sources in days.sensors.items():
        mine = [act for act in planned if set(act.sources) & set(sources) and act.at.date() >= FIRST]
        assert {act.kind for act in mine} == set(KINDS), sensor
        on = {act.at.date() for act in mine}
        assert LEAP in on and on & set(CLOCKS), sensor
        releases = Counter(
            (source, act.at.date()) for act in mine if act.kind == "release" for source in act.sources
        )
        assert max(releases.values()) >= 2, f"{sensor}: no two releases on one day"
        hosts = {host for source in sources for host in days.contracts[source].acquisition.all_hosts}  # type: ignore[union-attr]
        assert hosts & set(DOWN), sensor
    assert len(days.sources) == 14


def test_tick_between_two_looks_asks_nobody(days: Days) -> None:
    days.first, days.last = CLOCKS[1] - _ONE_DAY, CLOCKS[1]
    idle = days.live(acts(), every_tick=True)
    assert idle > 2_000
    fetched = {(run.source, run.at.date()) for run in days.runs}
    assert {*days.looks, *fetched} >= {(source, CLOCKS[1]) for source in days.sources}


@pytest.mark.exhaustive
def test_three_years(days: Days) -> None:
    assert _lived(days) == {"replaced", "reissued"}


def test_first_months(days: Days) -> None:
    days.last = date(2027, 4, 30)
    assert CLOCKS[0] < days.last
    assert _lived(days) <= {"replaced", "reissued"}


def test_corrected_workbook_is_sent_once_to_the_two_sources_that_want_it(days: Days) -> None:
    """Each source asks in its own run; the second is told that it is what the first received."""
    days.first, days.last = date(2027, 9, 13), date(2027, 9, 16)
    days.sources = ["ons_csp", "ons_pfa"]
    days.sensors = {name: sources for name, sources in days.sensors.items() if "ons_pfa" in sources}
    days.live(acts())
    asked = [one for one in days.requests() if one.way == "fetch" and "march27final" in one.asked]
    assert [one.status for one in asked].count(200) == 2, "as it was, and corrected"
    assert len({one.sha256 for one in asked if one.sha256}) == 2
    held = read_held(days.store.root)
    for source in days.sources:
        releases = [one.release for one in days.store.archive.receipts(source) if "2027-03" in one.release]
        assert len(releases) == 2, source
        assert [event.kind for event in held[source].events] == ["replaced"], source
    assert days.store.archive.verify() == []


def _lived(days: Days) -> set[str]:
    """Live all days, and look at everything that was asked for and received; gives the kinds of events noticed."""
    days.live(acts())
    asked = Asked(
        days.requests(),
        days.looks,
        days.runs,
        {
            source: acquisition.all_hosts
            for source in days.sources
            if (acquisition := days.contracts[source].acquisition) is not None
        },
    )
    print(f"\n{len(days.runs):,} runs that fetch, {sum(days.looks.values()):,} looks\n{asked.table()}")
    receipts = days.store.archive.receipts()
    # Each release once, and each other issue of its edition once; what never came is not there.
    received = Counter((one.source, edition_of(one.release)) for one in receipts)
    assert received == days.publishers.issued
    issues = {(one.source, one.release) for one in receipts}
    assert issues == {
        (source, release_name(edition, issue))
        for (source, edition), number in days.publishers.issued.items()
        for issue in range(1, number + 1)
    }
    assert days.store.archive.verify() == []
    assert all(one.origin == "live" and one.url and not one.synthetic for one in receipts)
    sent = Counter((one.asked, one.sha256) for one in asked.requests if one.way == "fetch" and one.sha256)
    assert {key for key, number in sent.items() if number > 1} == set(), "sent twice"
    # What is built next is what came, and each source asks for it on its own.
    named = {name for source, _ in issues for name in [refresh_job_name(source)]}
    assert {one.job_name for one in days.builds} == named
    assert asked.needless() == []
    # Corrections are noticed as such, and nobody withdrew anything.
    held = read_held(days.store.root)
    kinds = {event.kind for one in held.values() for event in one.events}
    assert all(one.trouble == "" and one.failures == 0 and not one.fewer for one in held.values())
    for source, numbers in asked.by_day().items():
        middle, most = BOUNDS[source]
        assert statistics.median_low(numbers) <= middle and max(numbers) <= most, source
    whole = [sum(day) for day in zip(*asked.by_day().values(), strict=True)]
    assert statistics.median_low(whole) <= BOUND_OF_ALL[0] and max(whole) <= BOUND_OF_ALL[1]
    # Redirects are requests too, and have no receipt of their own.
    assert sum(whole) <= len(days.publishers.server.requests) <= 1.3 * sum(whole)
    return kinds
