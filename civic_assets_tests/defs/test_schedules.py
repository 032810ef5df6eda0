"""The calendar: which edition is due on which day, in the publisher's own time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from civic_assets.acquire.live.held import HeldFile, HeldSource, write_held
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.fetching import is_offered
from civic_assets.defs.build import build_definitions
from civic_assets.defs.resources import StoreResource
from civic_assets.defs.schedules import expected_edition, has_calendar, received
from civic_assets.layers.store import Store

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        # Days on which the Office for National Statistics brought these editions out.
        (date(2024, 7, 24), "2024-03"),
        (date(2024, 10, 24), "2024-06"),
        (date(2025, 1, 30), "2024-09"),
        (date(2025, 4, 24), "2024-12"),
        (date(2025, 7, 24), "2025-03"),
        (date(2025, 10, 23), "2025-06"),
        # First and last day on which the schedule looks.
        (date(2025, 4, 15), "2024-12"),
        (date(2025, 7, 31), "2025-03"),
    ],
)
def test_edition_that_is_due(contracts: Mapping[str, Contract], day: date, edition: str) -> None:
    assert expected_edition(contracts["ons_csp"], day) == edition


@pytest.mark.parametrize(
    ("came", "needless"), [("2025-06-19T09:00:00Z", True), ("2024-07-18T09:00:00Z", False)]
)
def test_yearly_publisher_is_asked_until_a_file_of_this_year_came(
    contracts: Mapping[str, Contract], tmp_path: Path, samples: Path, came: str, needless: bool
) -> None:
    yearly = replace(contracts["ons_csp"], frequency_months=12.0)
    assert expected_edition(yearly, date(2025, 6, 26)) is None
    store = Store(tmp_path)
    store.archive.receive(
        samples / "gla_report_2023.csv",
        source="ons_csp",
        edition="2023-24",
        file_name="x.csv",
        origin="inbox",
        retrieved_at=came,
    )
    assert (received(store, yearly, date(2025, 6, 26)) is not None) == needless


def _times(contract: Contract, start: datetime, days: int) -> Iterator[datetime]:
    schedule = contract.release["schedule"]
    ticks = schedule_execution_time_iterator(start.timestamp(), schedule["cron"], schedule["timezone"])
    for tick in ticks:
        if tick > start + timedelta(days=days):
            return
        yield tick


def test_schedule_asks_after_publication_in_winter_and_in_summer(contracts: Mapping[str, Contract]) -> None:
    start = datetime(2025, 1, 1, tzinfo=LONDON)
    times = [time.astimezone(LONDON) for time in _times(contracts["ons_csp"], start, 364)]
    assert {(time.hour, time.minute) for time in times} == {(9, 40), (10, 40), (12, 40), (16, 40)}
    assert {time.utcoffset() for time in times} == {timedelta(0), timedelta(hours=1)}
    released = {date(2025, 1, 30), date(2025, 4, 24), date(2025, 7, 24), date(2025, 10, 23)}
    assert released <= {time.date() for time in times}


def test_every_source_whose_files_are_offered_has_a_calendar(contracts: Mapping[str, Contract]) -> None:
    for source, contract in contracts.items():
        if is_offered(contract):
            assert has_calendar(contract), source
            first = next(iter(_times(contract, datetime(2025, 1, 1, tzinfo=LONDON), 366)))
            assert first.astimezone(LONDON).time() == time(9, 40), source


def test_old_file_that_was_fetched_today_is_not_the_one_that_is_due(
    contracts: Mapping[str, Contract], tmp_path: Path, samples: Path
) -> None:
    store, day = Store(tmp_path), date(2025, 11, 20)
    receipt, _ = store.archive.receive(
        samples / "gla_report_2023.csv",
        source="dfe_looked_after",
        edition="2024",
        file_name="x.csv",
        origin="live",
        retrieved_at="2025-11-19T09:00:00Z",
    )
    assert received(store, contracts["dfe_looked_after"], day) == receipt
    file = HeldFile(
        "la", "x", "https://x.example/x.csv", sha256=receipt.sha256, published="2024-11-21T09:30:00Z"
    )
    write_held(store.root, {"dfe_looked_after": HeldSource(files={"x": file})})
    assert received(store, contracts["dfe_looked_after"], day) is None


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[tuple[Store, dg.DagsterInstance, dg.Definitions]]:
    store = Store(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        yield store, instance, build_definitions(store)


def _tick(
    calendar: tuple[Store, dg.DagsterInstance, dg.Definitions], moment: datetime
) -> dg.RunRequest | dg.SkipReason:
    store, instance, definitions = calendar
    schedule = definitions.get_repository_def().get_schedule_def("ons_csp_release_days")
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=moment,
        resources={"store": StoreResource(root=str(store.root))},
    )
    found = schedule(context)
    assert isinstance(found, (dg.RunRequest, dg.SkipReason))
    return found


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2025, 1, 30, 10, 30, tzinfo=LONDON), "2024-09"),
        (datetime(2025, 4, 24, 10, 30, tzinfo=LONDON), "2024-12"),
        # Summer time ends on 26 October 2025: the days before and after it ask for the same edition.
        (datetime(2025, 10, 25, 10, 30, tzinfo=LONDON), "2025-06"),
        (datetime(2025, 10, 27, 10, 30, tzinfo=LONDON), "2025-06"),
    ],
)
def test_run_is_asked_for_until_the_release_is_archived(
    calendar: tuple[Store, dg.DagsterInstance, dg.Definitions], samples: Path, moment: datetime, due: str
) -> None:
    store = calendar[0]
    asked = _tick(calendar, moment)
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_config == {"ops": {"fetch_source": {"config": {"source": "ons_csp", "due": due}}}}
    again = _tick(calendar, moment + timedelta(days=1))
    assert isinstance(again, dg.RunRequest) and again.run_key != asked.run_key
    store.archive.receive(
        samples / "gla_report_2023.csv", source="ons_csp", edition=due, file_name="x.xlsx", origin="inbox"
    )
    skipped = _tick(calendar, moment + timedelta(days=2))
    assert isinstance(skipped, dg.SkipReason)
    assert f"ons_csp {due} has been archived" in str(skipped.skip_message)


def test_made_up_edition_does_not_count_as_the_publishers(
    calendar: tuple[Store, dg.DagsterInstance, dg.Definitions], samples: Path
) -> None:
    calendar[0].archive.receive(
        samples / "gla_report_2023.csv",
        source="ons_csp",
        edition="2024-12",
        file_name="x.xlsx",
        origin="sample",
        synthetic=True,
    )
    assert isinstance(_tick(calendar, datetime(2025, 4, 24, 10, 30, tzinfo=LONDON)), dg.RunRequest)
