"""Sensors that look at sites, the runs that fetch, and the schedules, over publishers on loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from civic_assets.acquire.live.held import HeldSource, read_held, write_held
from civic_assets.defs.automatic.switch import automatic_sources
from civic_assets.defs.build import build_definitions
from civic_assets_tests.acquire.live.publishers import BOROUGH, POLICE
from civic_assets_tests.defs.automatic.conftest import Hands, later
from civic_assets_tests.replay.faults import Fault

LONDON = ZoneInfo("Europe/London")
SENSOR = "site_police_archive"
MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04"]


def _releases(hands: Hands, source: str = POLICE) -> list[str]:
    return [receipt.release for receipt in hands.store.archive.receipts(source)]


def _reason(found: dg.SensorResult) -> str:
    assert found.skip_reason is not None
    return str(found.skip_reason.skip_message)


def test_look_asks_for_a_run_that_fetches_registers_and_builds_each_release_once(hands: Hands) -> None:
    found = hands.tick(SENSOR)
    (request,) = found.run_requests or ()
    assert request.job_name == "fetch" and request.tags["civic/trigger"] == "site"
    assert _releases(hands) == [], "a look fetches nothing"
    fetched, built = hands.run_all(found.run_requests)
    assert fetched.success and built.success and built.job_def.name == "refresh_police_uk"
    releases = [f"{month}-city-of-london" for month in MONTHS]
    assert sorted(_releases(hands)) == releases
    assert sorted(hands.instance.get_dynamic_partitions("police_uk_releases")) == releases
    key = dg.AssetKey(["harmonised", POLICE])
    assert sorted(hands.instance.get_materialized_partitions(key)) == releases
    assert all(receipt.url and receipt.origin == "live" for receipt in hands.store.archive.receipts(POLICE))
    hands.asked()
    waiting = hands.tick(SENSOR)
    assert _reason(waiting) == "Next look: police_uk at 09:50 tomorrow (London time)."
    assert hands.asked() == [], "a tick between two looks asks nobody"


def test_look_of_the_next_day_is_conditional_and_finds_only_what_is_new(hands: Hands) -> None:
    hands.run_all(hands.tick(SENSOR).run_requests)
    hands.asked()
    later(hands, days=1)
    found = hands.tick(SENSOR)
    assert not found.run_requests and "nothing new among 4 offered" in _reason(found)
    requests = hands.asked()
    assert len(requests) <= 4 and sum(one.sent for one in requests) < 50_000
    hands.publishers.catalogue.put(hands.publishers.month("2024-05"))
    later(hands, days=1)
    runs = hands.run_all(hands.tick(SENSOR).run_requests)
    assert [run.success for run in runs] == [True, True] and len(_releases(hands)) == 5
    later(hands, days=1)
    assert not hands.tick(SENSOR).run_requests


def test_look_that_is_made_twice_asks_for_the_same_run(hands: Hands) -> None:
    """The daemon was killed between the tick and the storing of its cursor."""
    first = hands.tick(SENSOR)
    hands.cursors.clear()
    write_held(hands.store.root, {POLICE: HeldSource()})
    second = hands.tick(SENSOR)
    keys = [request.run_key for found in (first, second) for request in found.run_requests or ()]
    assert len(keys) == 2 and len(set(keys)) == 1


def test_run_that_could_not_fetch_is_asked_for_again_and_is_no_error_of_the_pipeline(hands: Hands) -> None:
    found = hands.tick(SENSOR)
    hands.publishers.server.faults.append(Fault("404", host=".*amazonaws.com"))
    (run,) = hands.run_all(found.run_requests)
    assert not run.success and _releases(hands) == []
    (failure,) = (event for event in run.all_events if event.is_step_failure)
    assert "not fetched" in failure.step_failure_data.user_failure_data.metadata
    hands.publishers.server.faults.clear()
    assert not hands.tick(SENSOR).run_requests, "not at once"
    later(hands, hours=1)
    again = hands.tick(SENSOR)
    (request,) = again.run_requests or ()
    assert request.run_key and request.run_key.endswith(":2")
    assert all(run.success for run in hands.run_all(again.run_requests)) and len(_releases(hands)) == 4


def test_site_that_does_not_answer_is_said_and_waits_longer_each_time(hands: Hands) -> None:
    hands.publishers.server.faults.append(Fault("503", host="data.police.uk"))
    assert "503" in _reason(hands.tick(SENSOR))
    for hours in (1, 2, 4):
        later(hands, minutes=hours * 60 - 10)
        assert "Next look" in _reason(hands.tick(SENSOR))
        later(hands, minutes=10)
        assert "503" in _reason(hands.tick(SENSOR))
    assert read_held(hands.store.root)[POLICE].failures == 4


def test_archived_release_that_nobody_built_is_built(hands: Hands) -> None:
    """The file came with another source, or the run was killed after the file was archived."""
    hands.run_all(hands.tick(SENSOR).run_requests)
    release = "2024-04-city-of-london"
    for folder in (hands.store.root / "tables").glob(f"*/{POLICE}/{release}"):
        for file in folder.iterdir():
            file.unlink()
    later(hands, days=1)
    found = hands.tick(SENSOR)
    (request,) = found.run_requests or ()
    assert request.job_name == "refresh_police_uk"
    assert request.run_config["ops"][POLICE]["config"]["releases"] == [release]
    (run,) = hands.run_all(found.run_requests)
    assert run.success and hands.store.tables.current("harmonised", POLICE, release) is not None


def test_schedule_of_a_release_day_fetches(hands: Hands) -> None:
    moment = datetime(2024, 5, 16, 9, 40, tzinfo=LONDON)
    asked = hands.schedule("police_uk_release_days", moment)
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_config == {
        "ops": {"fetch_source": {"config": {"source": POLICE, "due": asked.tags["civic/due"]}}}
    }
    assert [run.success for run in hands.run_all([asked])] == [True, True]
    assert len(_releases(hands)) == 4
    hands.now = moment
    skipped = hands.schedule("police_uk_release_days", datetime(2024, 5, 17, 9, 40, tzinfo=LONDON))
    assert isinstance(skipped, dg.SkipReason) and "has been archived since" in str(skipped.skip_message)


def test_schedule_waits_for_the_day_that_the_publisher_has_announced(hands: Hands) -> None:
    known = HeldSource(
        asked_at="2025-10-15T09:00:00Z", reached_at="2025-10-15T09:00:00Z", next_day="2025-10-23",
        next_words="23 October 2025 9:30am", next_said_at="https://www.ons.gov.uk/x",
    )  # fmt: skip
    write_held(hands.store.root, {BOROUGH: known})
    early = hands.schedule("met_borough_release_days", datetime(2025, 10, 16, 9, 40, tzinfo=LONDON))
    assert isinstance(early, dg.SkipReason)
    assert (
        "has announced the next release of met_borough for 23 October 2025 (https://www.ons.gov.uk/x)"
        in str(early.skip_message)
    )
    for day in (23, 20):  # the day itself; and one on which the announcement is five days old
        asked = hands.schedule("met_borough_release_days", datetime(2025, 10, day, 9, 40, tzinfo=LONDON))
        assert isinstance(asked, dg.RunRequest), day


def test_held_back_release_fails_its_run_once_and_is_not_fetched_again(hands: Hands) -> None:
    # The files of the Met are smaller than any real issue, and so held back.
    found = hands.tick("site_london_datastore")
    fetched, built = hands.run_all(found.run_requests)
    assert fetched.success and not built.success
    (failure,) = (event for event in built.all_events if event.is_step_failure)
    assert "held back" in failure.step_failure_data.user_failure_data.metadata
    later(hands, days=1)
    assert not hands.tick("site_london_datastore").run_requests


@pytest.mark.parametrize("automatic", [True, False])
def test_one_switch_starts_everything_that_asks(
    hands: Hands, automatic: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = hands.publishers.folder / "switch.toml"
    settings.write_text(f"[fetch]\nautomatic = {str(automatic).lower()}\n", encoding="utf-8")
    monkeypatch.setenv("CIVIC_SETTINGS", str(settings))
    repository = build_definitions(hands.store, hands.contracts).get_repository_def()
    asking: list[Any] = [
        *repository.schedule_defs,
        *(one for one in repository.sensor_defs if one.name.startswith("site_")),
    ]
    assert len(asking) == 5
    assert {one.default_status.value for one in asking} == {"RUNNING" if automatic else "STOPPED"}
    assert all("automatic = true" in (one.description or "") for one in asking)


def test_settings_that_cannot_be_read_start_nothing(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVIC_SETTINGS", str(hands.publishers.folder / "missing.toml"))
    assert automatic_sources(hands.contracts) == frozenset()


def test_only_the_sources_that_are_named_are_asked_by_themselves(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = hands.publishers.folder / "some.toml"
    settings.write_text('[fetch]\nautomatic = true\nsources = ["police_uk", "not_there"]\n', encoding="utf-8")
    monkeypatch.setenv("CIVIC_SETTINGS", str(settings))
    repository = build_definitions(hands.store, hands.contracts).get_repository_def()
    asking: list[Any] = [
        *repository.schedule_defs,
        *(one for one in repository.sensor_defs if one.name.startswith("site_")),
    ]
    running = {one.name for one in asking if one.default_status.value == "RUNNING"}
    assert running == {"site_police_archive", "police_uk_release_days", "calendar_of_every_day"}


def test_looks_are_shortened_only_for_a_replay_publisher(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_DRILL_SECONDS", "60")
    hands.tick(SENSOR)
    later(hands, seconds=60)
    assert hands.tick(SENSOR).run_requests
    monkeypatch.delenv("CIVIC_REPLAY")
    later(hands, seconds=60)
    assert "Next look" in _reason(hands.tick(SENSOR))
