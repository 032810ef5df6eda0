"""The fault matrix: each fault has its right outcome, and nothing else is touched."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.fetches import read_fetches
from civic_assets_tests.acquire.conftest import CSV, HOST, OTHER, QUICK
from civic_assets_tests.acquire.fault_matrix import CASES, Case, table
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.replay.faults import ANSWERS, CERTIFICATES, WIRE
from tools.fetching_page import PAGE, page

URL = f"https://{HOST}/data.csv"
LIMITS = replace(QUICK, read=1.0, answer=1.2, grace=0.5, tries=3, file_bytes=2_000_000)
# What these send is a file, although not the one that was wanted: that is for the contract to say.
AS_SENT = {"empty_list", "wrong_content", "changed_header", "replaced"}


def check(site, case: Case, outcome: str, to) -> None:
    to.write_bytes(b"last good file")
    asks = site.asks(LIMITS)
    if outcome in ("done", "resumed"):
        got = asks.fetch(URL, to)
        assert (to.read_bytes() == CSV) is (case.kind not in AS_SENT)
        assert to.stat().st_size == got.size
        ways = [one.status for one in site.server.asked(path="data.csv")]
        if outcome == "resumed":
            assert ways[-1] == 206 and got.attempts == 2
    else:
        with pytest.raises(NotObtained) as refused:
            asks.fetch(URL, to)
        # A reset before the first byte may look like an end.
        assert refused.value.kind in {outcome, "truncated" if outcome == "reset" else outcome}
        assert str(refused.value).startswith("https://") and str(refused.value).endswith(".")
        assert to.read_bytes() == b"last good file"
        if case.certificate:
            assert site.server.asked(path="data.csv") == []
        elif case.at_once:
            # The server notes a request when it has ended, which for a body without an end is when it sees us gone.
            end = time.monotonic() + 10
            while not (requests := site.server.asked(path="data.csv")) and time.monotonic() < end:
                time.sleep(0.01)
            assert len(requests) == 1
    # Whatever happened, another host of another source is asked as if nothing had.
    other = site.client(LIMITS).bound_to("another", (OTHER,))
    assert other.read(f"https://{OTHER}/list.json").json() == {"files": ["data.csv"]}
    chain = read_fetches(site.store / "acquired")
    assert not chain.damage
    first, second = chain.receipts
    assert (first.failed is None) is (outcome in ("done", "resumed")) and second.failed is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_fault_that_passes(publisher, tmp_path, case: Case) -> None:
    check(publisher(case.fault(1, host=HOST)), case, case.once, tmp_path / "a")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_fault_that_lasts(publisher, tmp_path, case: Case) -> None:
    check(publisher(case.fault(None, host=HOST, at=0.0)), case, case.lasting, tmp_path / "a")


def test_every_fault_of_the_server_has_its_outcome() -> None:
    assert {case.kind for case in CASES} >= {*WIRE, *CERTIFICATES, *ANSWERS}


def test_the_page_has_the_matrix_as_it_is_tested() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.fetching_page"
    assert table() in page()
    assert (PROJECT / "docs" / "reference" / "fetching.md") == PAGE
