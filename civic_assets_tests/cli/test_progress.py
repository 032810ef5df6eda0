"""A line for each source and each stage, whatever the number of files; more only if it is asked for, or odd."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count

import pytest

from civic_assets.answers.progress import Said
from civic_assets.cli.shared.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _refresh() -> Iterator[str]:
    """What a refresh says of 189 small files of one source and two of another, one of which is held back."""
    yield Said("Reading /files", "stage")
    for number in range(189):
        yield Said(f"Reading {number}.json", "doing")
        yield Said(f"{number}.json: new release police_uk {number}", "file", "new")
    yield Said("Ignored: README.md has no tables.", "odd_file", "ignored")
    yield Said("191 releases of 2 sources to do", "plan", "", 191)
    yield Said("ons_csp: 2 releases to do", "source", "ons_csp", 2)
    yield Said("ons_csp 2022-06: raw, 10 cells", "layer", "ons_csp")
    yield Said("ons_csp 2022-06: harmonised, 7,885 figures", "release", "ons_csp", 7885)
    yield Said("ons_csp 2022-12: HELD BACK. R-09 failed.", "held_back", "ons_csp")
    yield Said("police_uk: 189 releases to do", "source", "police_uk", 189)
    for number in range(188):  # one could not be built
        yield Said(f"police_uk {number}: raw, 5 cells", "layer", "police_uk")
        yield Said(f"police_uk {number}: harmonised, 5 figures", "release", "police_uk", 5)
    yield Said("Publishing", "stage")
    yield Said("figures", "step")
    yield Said("derived tables", "step")
    yield Said("Building the site", "stage")


def _printed(out: io.StringIO, *, verbose: bool = False) -> str:
    ticks = count()
    progress = Progress(out, verbose=verbose, clock=lambda: next(ticks) / 10)
    for sentence in _refresh():
        progress(sentence)
    progress.end()
    return out.getvalue()


def test_line_for_each_source_and_stage_with_the_time_since_the_beginning() -> None:
    lines = _printed(io.StringIO()).splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == [
        "Reading /files",
        "Ignored: README.md has no tables.",
        "190 files: 189 new, 1 ignored",
        "191 releases of 2 sources to do",
        "ons_csp 2022-12: HELD BACK. R-09 failed.",
        "ons_csp: 2 releases, 7,885 figures, 1 held back (2 of 191 in all)",
        "police_uk: 188 of 189 releases, 940 figures (190 of 191 in all)",
        "Publishing",
        "  figures, 0.1 s",
        "  derived tables, 0.1 s",
        "Building the site",
    ]
    times = [line.split("  ", 1)[0] for line in lines]
    assert times[0] == "0:00" and times == sorted(times) and times[-1] > times[0]


def test_nothing_is_written_over_where_nobody_watches() -> None:
    assert not {"\r", "\x1b"} & set(_printed(io.StringIO()))


def test_terminal_says_how_far_it_is_in_one_line_that_is_written_over() -> None:
    text = _printed(_Terminal())
    shown = [part for part in text.split("\r\x1b[K") if part]
    assert any("police_uk: 12 of 189 releases (14 of 191 in all)" in part for part in shown)
    assert any("derived tables ..." in part for part in shown)
    # Each passing line is gone before the next, and what stays is what a file would have, apart from times.
    stays = "".join(part for part in shown if part.endswith("\n"))
    assert re.sub("[0-9.:]+", "", stays) == re.sub("[0-9.:]+", "", _printed(io.StringIO()))
    assert max(len(part) for part in shown if not part.endswith("\n")) <= 80
    assert text.endswith("\r\x1b[K")


@pytest.mark.parametrize("out", [io.StringIO, _Terminal])
def test_verbose_prints_every_sentence_as_it_is(out: type[io.StringIO]) -> None:
    assert _printed(out(), verbose=True).splitlines() == list(_refresh())


def test_many_odd_files_are_counted_and_not_all_named() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for number in range(500):
        progress(Said(f"Ignored: {number}.md", "odd_file", "ignored"))
    progress.end()
    lines = out.getvalue().splitlines()
    assert 2 <= len(lines) < 60 and lines[-1].endswith("500 files: 500 ignored")


def test_sentence_of_an_unknown_kind_has_its_line() -> None:
    out = io.StringIO()
    Progress(out)("plain words")
    assert out.getvalue() == "0:00  plain words\n"
