"""When a site is looked at next, and the keys of the runs that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.held import HeldFile, HeldSource
from civic_assets.acquire.offers import Offer
from civic_assets.defs.automatic.looks import (
    Request,
    asked_for,
    fingerprint_of,
    in_words,
    next_look,
    read_cursor,
    run_key,
    to_fetch,
    write_cursor,
)

LONDON = ZoneInfo("Europe/London")


def _held(asked: datetime, failures: int = 0) -> HeldSource:
    return HeldSource(asked_at=asked.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), failures=failures)


@pytest.mark.parametrize(
    ("asked", "next_time"),
    [
        # A schedule of the release day asked at 09:40; that is the look of the day.
        (datetime(2025, 10, 23, 9, 40, tzinfo=LONDON), datetime(2025, 10, 24, 9, 50, tzinfo=LONDON)),
        (datetime(2025, 10, 23, 9, 29, tzinfo=LONDON), datetime(2025, 10, 23, 9, 50, tzinfo=LONDON)),
        (datetime(2025, 10, 23, 23, 59, tzinfo=LONDON), datetime(2025, 10, 24, 9, 50, tzinfo=LONDON)),
        # The clocks change on 26 October 2025 and on 29 March 2026; the time in London stays.
        (datetime(2025, 10, 25, 16, 40, tzinfo=LONDON), datetime(2025, 10, 26, 9, 50, tzinfo=LONDON)),
        (datetime(2026, 3, 28, 16, 40, tzinfo=LONDON), datetime(2026, 3, 29, 9, 50, tzinfo=LONDON)),
        (datetime(2028, 2, 28, 10, 0, tzinfo=LONDON), datetime(2028, 2, 29, 9, 50, tzinfo=LONDON)),
    ],
)
def test_site_is_looked_at_once_a_day_after_publication(asked: datetime, next_time: datetime) -> None:
    assert next_look(_held(asked), asked) == next_time
    assert next_look(_held(asked), asked).utcoffset() == next_time.utcoffset()


def test_source_that_was_never_asked_is_looked_at_at_once() -> None:
    now = datetime(2025, 10, 23, 3, 0, tzinfo=UTC)
    assert next_look(HeldSource(), now) <= now


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8)])
def test_site_that_fails_is_looked_at_again_after_twice_as_long_each_time(failures: int, hours: int) -> None:
    asked = datetime(2025, 10, 23, 10, 0, tzinfo=LONDON)
    assert next_look(_held(asked, failures), asked) - asked == timedelta(hours=hours)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)), st.integers(0, 40))
def test_next_look_is_never_more_than_a_day_and_a_half_away_and_always_later(
    asked: datetime, failures: int
) -> None:
    asked = asked.replace(microsecond=0)
    wait = next_look(_held(asked, failures), asked) - asked
    assert timedelta(minutes=15) < wait < timedelta(hours=37)


def _decision(action: str, version: str = "1", held: HeldFile | None = None, name: str = "a.csv") -> Decision:
    offer = Offer(
        "met_borough",
        "recent",
        name,
        f"https://x.example/{name}",
        name,
        "https://x.example/",
        version=version,
    )
    return Decision(offer, action, "because", held=held)  # type: ignore[arg-type]


def test_only_what_is_new_or_changed_calls_for_a_run_and_once_a_week_what_nobody_says_anything_of() -> None:
    now = datetime(2025, 10, 23, 9, 0, tzinfo=UTC)
    useless = HeldFile(
        "recent", "a.csv", "https://x.example/a.csv", sha256="ab", reason="It is not a release."
    )
    known = replace(
        useless, reason="", releases={"met_borough": "2025-07"}, confirmed_at="2025-10-16T09:30:00Z"
    )
    assert len(to_fetch([_decision("new"), _decision("changed"), _decision("again", held=useless)], now)) == 3
    assert to_fetch([_decision("unchanged"), _decision("skipped"), _decision("same_bytes")], now) == []
    for action in ("ask", "again"):
        assert to_fetch([_decision(action, held=known)], now) == []
        assert len(to_fetch([_decision(action, held=known)], now + timedelta(minutes=30))) == 1


def test_run_key_is_the_same_for_the_same_offers_and_another_for_others() -> None:
    first = fingerprint_of([_decision("new"), _decision("new", name="b.csv")])
    assert first == fingerprint_of([_decision("new", name="b.csv"), _decision("new")])
    assert first != fingerprint_of([_decision("new", "2"), _decision("new", name="b.csv")])
    once = asked_for(None, first)
    assert run_key("met_borough", once) == f"met_borough:{first}:1"
    assert asked_for(once, first).number == 2, "the run did not get them"
    assert asked_for(once, "other") == Request("other", 1)


@pytest.mark.parametrize("cursor", [None, "", "[]", "{", '{"a": 1}', '{"a": {"offers": "x"}}'])
def test_cursor_that_cannot_be_read_is_an_empty_one(cursor: str | None) -> None:
    assert read_cursor(cursor) == {}


def test_cursor_is_the_same_after_it_was_written() -> None:
    requests = {"met_borough": Request("ab", 3), "ons_csp": Request("cd", 1)}
    assert read_cursor(write_cursor(requests)) == requests


def test_time_of_a_look_is_said_in_london_time() -> None:
    now = datetime(2025, 10, 23, 20, 0, tzinfo=UTC)
    assert in_words(datetime(2025, 10, 24, 8, 50, tzinfo=UTC), now) == "at 09:50 tomorrow (London time)"
    assert (
        in_words(datetime(2025, 10, 26, 9, 50, tzinfo=UTC), now)
        == "at 09:50 on 26 October 2025 (London time)"
    )
