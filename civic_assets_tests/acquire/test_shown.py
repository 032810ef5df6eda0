"""Progress of transfers: bytes, speed and time left, in a terminal only."""

from __future__ import annotations

import io

import pytest

from civic_assets.acquire.http.shown import Shown, far, file_name
from civic_assets.cli.shared.progress import Progress
from civic_assets_tests.acquire.conftest import HOST, TestClock
from civic_assets_tests.replay.site import Told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("there", "whole", "speed", "words"),
    [
        (3_200_000, 12_000_000, 1_100_000, "a.zip, 3.2 of 12.0 MB, 1.1 MB/s, 8 s left"),
        (3_200_000, None, 1_100_000, "a.zip, 3.2 MB, 1.1 MB/s"),
        (0, 1_733_868_300, 500_000, "a.zip, 0.0 of 1733.9 MB, 0.5 MB/s, 58 min left"),
        (5, 10, 0, "a.zip, 0.0 of 0.0 MB, 0.0 MB/s"),
    ],
)
def test_it_says_how_far_it_is(there: int, whole: int | None, speed: float, words: str) -> None:
    assert far("a.zip", there, whole, speed) == words


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.ons.gov.uk/file?uri=/a/datasets/b/current/pfatables.xlsx", "pfatables.xlsx"),
        ("https://data.london.gov.uk/download/x/y/PAS_T%26C%20toQ3.xlsx", "PAS_T&C toQ3.xlsx"),
        ("https://example.org/", "example.org"),
    ],
)
def test_files_are_named_as_their_addresses_do(url: str, name: str) -> None:
    assert file_name(url) == name


def test_it_speaks_a_few_times_a_second_and_counts_speed_from_where_it_resumed() -> None:
    said: list[str] = []
    clock = TestClock()
    show = Shown(said.append, "ons_pfa", clock)
    show("https://example.org/a.zip", 50_000_000, 100_000_000)
    for n in range(1, 101):
        clock.passed += 0.1
        show("https://example.org/a.zip", 50_000_000 + n * 100_000, 100_000_000)
    assert 40 < len(said) < 60
    assert said[-1].startswith("ons_pfa: a.zip, ") and "1.0 MB/s" in said[-1]


def test_a_transfer_is_shown_in_a_terminal_and_nowhere_else(publisher, tmp_path) -> None:
    site = publisher()
    site.site.pages["/large.bin"] = Told(body=b"x" * 20_000_000)
    for out, verbose, shown in (
        (Terminal(), False, True),
        (io.StringIO(), False, False),
        (Terminal(), True, False),
    ):
        say = Progress(out, verbose=verbose)
        clock = TestClock()

        def passing(sentence: str, say=say, clock=clock) -> None:
            say(sentence)

        client = site.client(say=passing, clock=clock)
        show = Shown(client._means.say, "plain", clock)
        for n in range(5):
            clock.passed += 1
            show(f"https://{HOST}/large.bin", n * 1_000_000, 20_000_000)
        client.bound_to("plain", (HOST,)).fetch(f"https://{HOST}/large.bin", tmp_path / "a")
        assert ("large.bin, 4.0 of 20.0 MB" in out.getvalue()) is shown
        assert shown or out.getvalue() == ""
