"""Alerts that follow runs, with a real webhook server; and the check of the calendar."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from civic_assets.acquire.live.held import read_held, write_held
from civic_assets.alerts.memory import read_memory
from civic_assets_tests.acquire.live.publishers import POLICE
from civic_assets_tests.alerts.servers import Hook, webhook_server
from civic_assets_tests.defs.automatic.conftest import Hands, later
from civic_assets_tests.replay.faults import Fault

SENSOR = "site_police_archive"


@pytest.fixture
def hook(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    with webhook_server() as server:
        settings = hands.publishers.folder / "civic.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(
            f'{text}[alerts.webhook]\nurl = "http://localhost:{server.port}/"\n', encoding="utf-8"
        )
        yield server


def _reason(found: list[Any]) -> str:
    (one,) = found
    assert isinstance(one, dg.SkipReason)
    return str(one.skip_message)


def _kinds(hook: Hook) -> list[str]:
    return [document["kind"] for document in hook.documents]


def test_failed_run_is_one_alert_until_the_job_succeeds(hands: Hands, hook: Hook) -> None:
    config = {"ops": {"fetch_source": {"config": {"source": "no_such_source"}}}}
    for _ in range(2):
        run = hands.run("fetch", config)
        assert not run.success
        assert _reason(hands.after("alert_after_failure", run)) == "Alerts are up to date."
    assert _kinds(hook) == ["failed_run"]
    assert "There is no source 'no_such_source' that is read." in hook.documents[0]["sentence"]
    fetched, _ = hands.run_all(hands.tick(SENSOR).run_requests)
    hands.after("alert_after_publishing", fetched)
    assert read_memory(hands.store.root).failed == {}
    hands.after("alert_after_failure", hands.run("fetch", config))
    assert _kinds(hook) == ["failed_run", "failed_run"]


def test_held_back_release_is_no_failed_run_and_is_told_after_publishing(hands: Hands, hook: Hook) -> None:
    _, built = hands.run_all(hands.tick("site_london_datastore").run_requests)
    assert not built.success
    assert "held back" in _reason(hands.after("alert_after_failure", built))
    assert hook.documents == []
    published = hands.run("publish", {})
    assert published.success, "everything else is published"
    assert _reason(hands.after("alert_after_publishing", published)) == "Alerts are up to date."
    assert set(_kinds(hook)) == {"held_back"}
    assert "R-02" in hook.documents[0]["sentence"]
    number = len(hook.documents)
    hands.after("alert_after_publishing", hands.run("publish", {}))
    assert len(hook.documents) == number, "one message for each cause, not for each run"


def test_site_that_failed_three_times_is_told_once(hands: Hands, hook: Hook) -> None:
    request = (hands.tick(SENSOR).run_requests or ())[0]
    hands.publishers.server.faults.append(Fault("404", host=".*amazonaws.com"))
    for attempt in range(1, 5):
        run = hands.run("fetch", request.run_config)
        hands.after("alert_after_failure", run)
        later(hands, hours=8)
        # What is out and not held is late as well, from the first day on.
        assert _kinds(hook).count("unreachable") == (1 if attempt >= 3 else 0)
        assert _kinds(hook).count("late") == 1
    assert read_held(hands.store.root)[POLICE].failures == 4


@pytest.mark.parametrize("step", ["obtain", "receive"])
def test_disk_that_is_full_is_a_failed_run_and_not_a_site_out_of_reach(
    hands: Hands, hook: Hook, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a file")

    request = (hands.tick(SENSOR).run_requests or ())[0]
    place = {"obtain": "civic_assets.acquire.obtain.obtain", "receive": "civic_assets.archive.blobs.place"}[
        step
    ]
    with monkeypatch.context() as patched:
        patched.setattr(place, full)
        run = hands.run("fetch", request.run_config)
    assert not run.success
    hands.after("alert_after_failure", run)
    assert _kinds(hook).count("failed_run") == 1 and "unreachable" not in _kinds(hook)
    [failed] = [one for one in hook.documents if one["kind"] == "failed_run"]
    assert re.search(r"(?i)no space", failed["sentence"])
    assert hands.run("fetch", request.run_config).success


def test_site_that_does_not_answer_three_looks_is_told_at_once(hands: Hands, hook: Hook) -> None:
    hands.publishers.server.faults.append(Fault("503", host="data.police.uk"))
    for look in range(1, 5):
        hands.tick(SENSOR)
        later(hands, hours=12)
        assert _kinds(hook) == (["unreachable"] if look >= 3 else [])


def test_runs_of_the_command_line_are_left_to_it(hands: Hands, hook: Hook) -> None:
    config = {"ops": {"fetch_source": {"config": {"source": "no_such_source"}}}}
    run = hands.run("fetch", config, {"civic/trigger": "refresh"})
    assert "itself" in _reason(hands.after("alert_after_failure", run))
    assert hook.documents == []


def test_channel_that_fails_is_said_by_the_sensor(hands: Hands, hook: Hook) -> None:
    hook.status = 500
    run = hands.run("fetch", {"ops": {"fetch_source": {"config": {"source": "no_such_source"}}}})
    assert "status 500" in _reason(hands.after("alert_after_failure", run))


def test_nothing_is_sent_until_alerts_are_configured(hands: Hands) -> None:
    run = hands.run("fetch", {"ops": {"fetch_source": {"config": {"source": "no_such_source"}}}})
    assert "Alerts are off" in _reason(hands.after("alert_after_failure", run))
    assert list(read_memory(hands.store.root).failed) == ["fetch"]


def _judged(hands: Hands, source: str) -> dg.AssetCheckEvaluation:
    run = hands.run("judge_calendar", {})
    assert run.success
    (found,) = (
        one for one in run.get_asset_check_evaluations() if one.asset_key == dg.AssetKey(["archive", source])
    )
    return found  # type: ignore[no-any-return]


def test_check_of_the_calendar_follows_what_is_out_and_not_what_was_rebuilt(hands: Hands) -> None:
    hands.run_all(hands.tick(SENSOR).run_requests)
    assert hands.run("publish", {}).success
    held = replace(
        read_held(hands.store.root)[POLICE],
        next_day="2099-01-02",
        next_words="2 January 2099",
        next_said_at="https://x",
    )
    write_held(hands.store.root, {POLICE: held})
    assert _judged(hands, POLICE).passed
    key, file = next(iter(held.files.items()))
    waiting = {
        **held.files,
        key: replace(file, waiting_since="2025-10-01T09:00:00Z", published="2025-10-01T08:30:00Z"),
    }
    write_held(hands.store.root, {POLICE: replace(held, files=waiting)})
    late = _judged(hands, POLICE)
    assert not late.passed and late.severity == dg.AssetCheckSeverity.WARN
    assert late.description and "is not held" in late.description
    rebuilt = {"ops": {POLICE: {"config": {"releases": ["2024-01-city-of-london"]}}}}
    tags = dict.fromkeys(
        ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end"), "2024-01-city-of-london"
    )
    assert hands.run("refresh_police_uk", rebuilt, tags).success
    assert not _judged(hands, POLICE).passed, "an old release that was built today makes nothing fresh"


def test_late_source_is_told_after_the_daily_check(hands: Hands, hook: Hook) -> None:
    hands.run_all(hands.tick(SENSOR).run_requests)
    assert hands.run("publish", {}).success
    known = read_held(hands.store.root)[POLICE]
    asked = "2025-11-05T09:00:00Z"
    announced = replace(
        known, asked_at=asked, reached_at=asked, next_day="2025-10-30", next_words="30 October 2025",
        next_said_at="https://data.police.uk/",
    )  # fmt: skip
    write_held(hands.store.root, {POLICE: announced})
    hands.after("alert_after_publishing", hands.run("judge_calendar", {}))
    late = [one for one in hook.documents if one["kind"] == "late"]
    assert [one["subject"] for one in late] == [POLICE]
    assert "due on 30 October 2025" in late[0]["sentence"]


def test_error_of_the_machine_is_tried_again_and_bad_data_is_not(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from civic_assets.defs import assets
    from civic_assets.layers import raw

    hands.run("fetch", (hands.tick(SENSOR).run_requests or ())[0].run_config)
    calls: list[Path] = []
    real = raw.build_raw

    def once_full(*given: Any) -> Any:
        calls.append(Path())
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return real(*given)

    monkeypatch.setattr(assets, "build_raw", once_full)
    monkeypatch.setattr(assets, "STEP_RETRY_SECONDS", 0)
    release = "2024-01-city-of-london"
    config = {"ops": {POLICE: {"config": {"releases": [release]}}}}
    tags = dict.fromkeys(
        ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end"), release
    )
    run = hands.run("refresh_police_uk", config, tags)
    assert run.success and len(calls) == 2

    def broken(*_: Any) -> Any:
        calls.append(Path())
        raise ValueError("bad data")

    calls.clear()
    monkeypatch.setattr(assets, "build_raw", broken)
    assert not hands.run("refresh_police_uk", config, tags).success and len(calls) == 1


def test_daemon_tries_again_only_runs_whose_process_ended() -> None:
    import yaml

    from civic_assets.shipped import DAGSTER_SETTINGS

    settings = yaml.safe_load(DAGSTER_SETTINGS.read_text(encoding="utf-8"))
    assert settings["run_retries"] == {
        "enabled": True,
        "max_retries": 2,
        "retry_on_asset_or_op_failure": False,
    }
    assert settings["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}


def test_every_source_has_a_pool_of_its_own(hands: Hands) -> None:
    nodes: list[Any] = [node for job in hands.repository.get_all_jobs() for node in job.all_node_defs]
    pools = {node.pool for node in nodes if node.name in hands.contracts}
    assert pools == {f"source_{source}" for source in hands.contracts}
