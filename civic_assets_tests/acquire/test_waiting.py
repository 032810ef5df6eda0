"""Waiting and trying again: what may pass is tried again, within limits; what may not is said at once."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from urllib3.exceptions import ReadTimeoutError
from urllib3.response import HTTPResponse

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.http.bodies import read_blocks
from civic_assets.acquire.http.exchange import Answer
from civic_assets.acquire.http.retries import in_london, seconds_to_wait
from civic_assets.acquire.http.watch import Watch, Watcher
from civic_assets_tests.acquire.conftest import CSV, HOST, IMPATIENT, QUICK, TestClock
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told

URL = f"https://{HOST}/data.csv"
LIST = f"https://{HOST}/list.json"
NOW = datetime(2026, 7, 23, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["503", "500", "429_seconds", "429_date", "refused"])
def test_a_trouble_that_passes_costs_one_more_request(publisher, tmp_path, kind: str) -> None:
    site = publisher(Fault(kind, times=1))
    got = site.asks().fetch(URL, tmp_path / "a")
    assert (got.attempts, len(site.server.requests)) == (2, 2)
    assert (tmp_path / "a").read_bytes() == CSV


@pytest.mark.parametrize(("kind", "seconds"), [("429_seconds", (1, 1.01)), ("429_date", (0.9, 2))])
def test_retry_after_is_waited_for(publisher, kind: str, seconds: tuple[float, float]) -> None:
    site = publisher(Fault(kind, times=1))
    site.asks().read(LIST)
    assert seconds[0] <= sum(site.clock.waits) <= seconds[1]


def test_other_requests_to_the_host_wait_too(publisher) -> None:
    site = publisher()
    answers = iter([Told(503, {"retry-after": "60"})])
    site.site.pages["/data.csv"] = lambda asked: next(answers, Told(body=CSV))
    impatient = site.asks(replace(QUICK, tries=1))
    with pytest.raises(NotObtained, match="503"):
        impatient.fetch(URL, site.store / "a")
    impatient.read(LIST)
    assert sum(site.clock.waits) == pytest.approx(60, abs=5)


def test_a_host_that_asked_for_a_long_wait_is_not_asked_at_all(publisher) -> None:
    site = publisher(Fault("429_long", path="data.csv", times=1))
    asks = site.asks()
    with pytest.raises(NotObtained):
        asks.part(URL, 0, 9)
    with pytest.raises(
        NotObtained, match="was not asked, because the publisher has asked to wait until"
    ) as refused:
        asks.read(LIST)
    assert refused.value.kind == "too_many_requests"
    assert len(site.server.requests) == 1 and not site.clock.waits
    site.clock.passed += 7200
    assert asks.read(LIST).status == 200


def test_the_next_run_keeps_a_long_wait_too(publisher) -> None:
    site = publisher(Fault("429_long", times=1))
    with pytest.raises(NotObtained):
        site.asks().read(LIST)
    with pytest.raises(NotObtained, match="was not asked"):
        site.asks().read(LIST)
    assert len(site.server.requests) == 1
    site.clock.passed += 7200
    assert site.asks().read(LIST).status == 200
    (site.store / "acquired" / "waits-replayed.json").write_text('{"damaged": 3}')
    assert site.asks().read(LIST).status == 200


def test_a_wait_of_no_seconds_is_still_a_wait(publisher) -> None:
    site = publisher()
    site.site.pages["/list.json"] = Told(429, {"retry-after": "0"})
    with pytest.raises(NotObtained):
        site.asks().read(LIST)
    assert len(site.clock.waits) == QUICK.tries - 1 and sum(site.clock.waits) > 0.5


def test_a_wait_that_is_too_long_ends_in_a_sentence_with_the_time(publisher) -> None:
    site = publisher(Fault("429_long"))
    with pytest.raises(NotObtained, match="asks to wait until") as refused:
        site.asks().read(LIST)
    assert not site.clock.waits and len(site.server.requests) == 1
    assert (refused.value.kind, refused.value.status) == ("too_many_requests", 429)
    until = in_london(site.clock.now() + timedelta(hours=2))
    assert until.split(" on ")[1] in str(refused.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "10"}, 10),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "Thu, 23 Jul 2026 08:31:00 GMT"}, 60),
        ({"retry-after": "Thursday, 23-Jul-26 08:31:00 GMT"}, 60),
        ({"retry-after": "Thu Jul 23 08:31:00 2026"}, 60),
        ({"retry-after": "Thu, 23 Jul 2026 07:31:00 GMT"}, 0),
        # A machine here whose clock is five minutes behind waits as long as was meant.
        ({"retry-after": "Thu, 23 Jul 2026 08:36:00 GMT", "date": "Thu, 23 Jul 2026 08:35:00 GMT"}, 60),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
        ({"retry-after": "9" * 400}, 365 * 24 * 3600),
    ],
)
def test_retry_after_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers, NOW) == seconds


def test_times_are_said_as_london_reads_them() -> None:
    assert in_london(NOW) == "09:30 on 23 July 2026"
    assert in_london(datetime(2026, 11, 29, 9, 40, tzinfo=UTC)) == "09:40 on 29 November 2026"


def test_a_wait_beyond_the_calendar_ends_in_a_sentence(publisher) -> None:
    site = publisher()
    site.site.pages["/list.json"] = Told(429, {"retry-after": "9" * 30}, b"")
    with pytest.raises(NotObtained, match="asks to wait"):
        site.asks().read(LIST)


def test_waits_double_and_differ(publisher) -> None:
    site = publisher(Fault("503"))
    asks = site.asks(replace(QUICK, tries=5))
    for _ in range(6):
        with pytest.raises(NotObtained, match="503"):
            asks.read(LIST)
    rounds = [site.clock.waits[start : start + 4] for start in range(0, 24, 4)]
    for at, most in enumerate((1, 2, 4, 8)):
        assert all(0 <= waits[at] <= most for waits in rounds)
        assert (
            len({waits[at] for waits in rounds}) == 6
        )  # two machines that failed together do not come back together
    assert max(waits[3] for waits in rounds) > 2


def test_waits_have_a_most(publisher) -> None:
    site = publisher(Fault("503"))
    with pytest.raises(NotObtained):
        site.asks(replace(QUICK, tries=9, longest_wait=3)).read(LIST)
    assert max(site.clock.waits) <= 3


def test_a_trouble_that_stays_is_given_up_with_the_number_of_requests(publisher, tmp_path) -> None:
    site = publisher(Fault("503"))
    with pytest.raises(NotObtained) as refused:
        site.asks().fetch(URL, tmp_path / "a")
    assert (refused.value.attempts, refused.value.status) == (QUICK.tries, 503)
    assert len(site.server.requests) == QUICK.tries


@pytest.mark.parametrize("kind", ["404", "403"])
def test_what_is_not_there_is_asked_for_once(publisher, kind: str) -> None:
    site = publisher(Fault(kind))
    with pytest.raises(NotObtained, match=f"answers {kind}") as refused:
        site.asks().read(LIST)
    assert (refused.value.kind, refused.value.status) == ("status", int(kind))
    assert len(site.server.requests) == 1


def test_a_server_that_never_answers_is_timed_out(publisher) -> None:
    site = publisher(Fault("no_answer", times=1))
    assert site.asks(IMPATIENT).read(LIST).status == 200
    assert len(site.server.requests) >= 1


def test_a_host_that_does_not_take_connections_is_a_sentence(publisher) -> None:
    site = publisher()
    asks = site.asks(IMPATIENT)
    site.stack.pop_all().close()
    with pytest.raises(NotObtained, match="could not be reached") as refused:
        asks.read(LIST)
    assert refused.value.kind == "reset"


def test_headers_that_come_a_byte_at_a_time_are_ended(publisher) -> None:
    site = publisher(Fault("slow_headers"))
    with pytest.raises(NotObtained, match="did not begin within") as refused:
        site.asks(replace(IMPATIENT, read=5)).read(LIST)
    assert refused.value.kind == "timeout"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_comes_a_few_bytes_at_a_time_is_ended(publisher, tmp_path, chunked: bool) -> None:
    site = publisher(Fault("slow_drip"))
    site.site.pages["/data.csv"].chunked = chunked
    with pytest.raises(NotObtained, match="in the time that was allowed") as refused:
        site.asks(replace(IMPATIENT, read=5, answer=5)).fetch(URL, tmp_path / "a")
    assert refused.value.kind == "slow"
    assert not (tmp_path / "a").exists()


def test_a_slow_body_that_is_fast_enough_is_fetched(publisher, tmp_path) -> None:
    site = publisher(Fault("slow_drip"))
    site.site.pages["/small.csv"] = Told(body=CSV[:800])
    got = site.asks(replace(IMPATIENT, grace=10)).fetch(f"https://{HOST}/small.csv", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV[:800] and got.attempts == 1


def test_silence_in_the_middle_of_a_body_is_timed_out_and_resumed(publisher, tmp_path) -> None:
    site = publisher(Fault("silence", times=1))
    got = site.asks(IMPATIENT).fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV and got.attempts == 2
    assert site.server.asked(path="data.csv")[-1].status == 206


def test_sentences_name_the_address_and_end_with_what_to_do(publisher) -> None:
    for kind in ("503", "404", "429_long", "redirect_host", "refused"):
        site = publisher(Fault(kind))
        with pytest.raises(NotObtained) as refused:
            site.asks(IMPATIENT).read(LIST)
        sentence = str(refused.value)
        assert LIST in sentence and sentence.endswith(".")
        assert re.search(r"[Tt]ry again|Run the command again|[Cc]heck|Open the address", sentence), sentence


def test_a_body_that_stopped_is_said_to_have_stopped_also_when_its_whole_time_is_over() -> None:
    """A busy machine may hear of the silence only after the time of the whole answer is over as well."""
    raw = HTTPResponse(io.BytesIO(b"unused"), preload_content=False)
    raw.read1 = _nothing_came  # type: ignore[method-assign]
    answer = Answer(URL, URL, 200, {"content-length": "100"}, raw, Watch(Watcher()))
    answer.watch.over = True
    with pytest.raises(NotObtained, match="nothing more came for too long, after 0 of 100 bytes") as refused:
        list(read_blocks(answer, TestClock(), QUICK, most=1_000))
    assert refused.value.kind == "timeout"


def _nothing_came(*_: object, **__: object) -> bytes:
    raise ReadTimeoutError(None, URL, "Read timed out.")  # type: ignore[arg-type]
