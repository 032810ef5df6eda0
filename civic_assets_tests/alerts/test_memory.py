"""One message for each cause: what is remembered from round to round."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.alerts.cause import AlertCause
from civic_assets.alerts.memory import FILE, Memory, locked, read_memory, write_memory

START = datetime(2025, 10, 23, 8, 40, tzinfo=UTC)
LATE = AlertCause("late", "ons_csp", "ons_csp is late by 1 day.", "2025-10-22")
HELD = AlertCause("held_back", "ons_pfa 2025-06", "ons_pfa 2025-06 is held back.")


def _round(memory: Memory, causes: list[AlertCause], now: datetime, remind: int = 7) -> list[str]:
    """Keys of the causes that one round sends."""
    memory.settle(causes, now)
    keys = [known.cause.key for known in memory.to_send("email", remind, now)]
    for key in keys:
        memory.note_sent(key, "email", now)
    return keys


def test_cause_is_sent_once_however_many_rounds_notice_it() -> None:
    memory = Memory()
    assert _round(memory, [LATE], START) == [LATE.key]
    later = AlertCause("late", "ons_csp", "ons_csp is late by 2 days.", "2025-10-22")
    for hour in range(1, 48):
        assert _round(memory, [later], START + timedelta(hours=hour)) == []
    assert memory.open()[0].cause.sentence == "ons_csp is late by 2 days."


def test_cause_that_is_over_and_comes_back_is_sent_again() -> None:
    memory = Memory()
    assert _round(memory, [HELD, LATE], START) == [HELD.key, LATE.key]
    assert _round(memory, [LATE], START + timedelta(hours=1)) == []
    assert [known.cause for known in memory.open()] == [LATE]
    assert _round(memory, [HELD, LATE], START + timedelta(hours=2)) == [HELD.key]
    assert memory.causes[HELD.key].since == "2025-10-23T10:40:00Z"


def test_next_edition_that_is_late_is_another_cause() -> None:
    memory = Memory()
    _round(memory, [LATE], START)
    january = AlertCause("late", "ons_csp", "ons_csp is late by 1 day.", "2026-01-22")
    assert _round(memory, [january], START + timedelta(days=92)) == [january.key]


def test_open_cause_is_sent_again_after_the_stated_days_and_never_with_0() -> None:
    memory = Memory()
    assert _round(memory, [HELD], START) == [HELD.key]
    assert _round(memory, [HELD], START + timedelta(days=6, hours=23)) == []
    assert _round(memory, [HELD], START + timedelta(days=7)) == [HELD.key]
    assert _round(memory, [HELD], START + timedelta(days=8)) == []
    assert _round(memory, [HELD], START + timedelta(days=60), remind=0) == []


def test_channels_are_remembered_separately() -> None:
    memory = Memory()
    _round(memory, [HELD], START)
    assert [known.cause for known in memory.to_send("webhook", 7, START)] == [HELD]


def test_failed_run_is_over_when_the_same_job_succeeds() -> None:
    memory = Memory()
    memory.note_failure("publish", "publish failed.")
    memory.note_failure("refresh_ons_csp", "refresh_ons_csp failed.")
    memory.note_success(["publish", "refresh_ons_pfa"])
    assert list(memory.failed) == ["refresh_ons_csp"]


def test_memory_is_the_same_after_it_was_written_and_read(tmp_path: Path) -> None:
    memory = Memory()
    memory.note_failure("publish", "publish failed: “odd” text.")
    _round(memory, [HELD, *memory.failed.values()], START)
    _round(memory, [*memory.failed.values()], START + timedelta(days=1))
    write_memory(tmp_path, memory)
    assert read_memory(tmp_path) == memory
    before = (tmp_path / FILE).stat().st_mtime_ns
    write_memory(tmp_path, memory)
    assert (tmp_path / FILE).stat().st_mtime_ns == before, "nothing has changed, so nothing is written"


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"version": 2}', '{"version": 1, "causes": {"x": {}}, "failed": {}}', "\x00"],
)
def test_damaged_memory_is_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    assert read_memory(tmp_path) == Memory()


def test_time_without_zone_in_the_memory_is_damage(tmp_path: Path) -> None:
    memory = Memory()
    _round(memory, [HELD], START)
    write_memory(tmp_path, memory)
    document = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    document["causes"][HELD.key]["since"] = "2025-10-23T08:40:00"
    (tmp_path / FILE).write_text(json.dumps(document), encoding="utf-8")
    assert read_memory(tmp_path) == Memory()


@given(st.lists(st.sets(st.sampled_from("abc")), max_size=12))
def test_messages_are_as_many_as_the_times_a_cause_opens(rounds: list[set[str]]) -> None:
    memory, sent, opened, before = Memory(), 0, 0, set[str]()
    for hour, names in enumerate(rounds):
        causes = [AlertCause("held_back", name, f"{name}.") for name in sorted(names)]
        sent += len(_round(memory, causes, START + timedelta(hours=hour), remind=0))
        opened += len(names - before)
        before = names
    assert sent == opened
    assert {known.cause.subject for known in memory.open()} == before


def _count(root: Path, name: str) -> None:
    for number in range(20):
        with locked(root):
            memory = read_memory(root)
            memory.note_failure(f"{name} {number}", "It failed.")
            write_memory(root, memory)


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_count, args=(tmp_path, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert len(read_memory(tmp_path).failed) == 60
