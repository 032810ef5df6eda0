"""The day of publication, as covers word it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from civic_assets.parsing.release_date import stated_release_date
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid


def cover(tmp_path: Path, *lines: str) -> Grid:
    file = tmp_path / "cover.csv"
    file.write_text("\n".join(f'"{line}",x' for line in lines), encoding="utf-8")
    return read_grid(file)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Date published: 26th March 2024", date(2024, 3, 26)),
        ("were originally published at 9.30am 15 July 2024.", date(2024, 7, 15)),
        ("Release date: 24 April 2025", date(2025, 4, 24)),
        ("Date published: 31 February 2024", None),
        ("The next publication is scheduled for 24 July 2025", None),
        ("revised figures were published on 3 May 2024", None),
        ("Crime in England and Wales, year ending December 2024", None),
    ],
)
def test_only_the_files_own_day_of_publication_counts(tmp_path: Path, line: str, day: date | None) -> None:
    assert stated_release_date(cover(tmp_path, "Estimates", line, "a note")) == day


def test_two_different_days_state_none(tmp_path: Path) -> None:
    lines = ("Date published: 26 March 2024", "Release date: 27 March 2024")
    assert stated_release_date(cover(tmp_path, *lines)) is None


def test_one_day_stated_twice_is_one_day(tmp_path: Path) -> None:
    lines = ("originally published at 9.30am 26 March 2024", "Date published: 26th March 2024")
    assert stated_release_date(cover(tmp_path, *lines)) == date(2024, 3, 26)
