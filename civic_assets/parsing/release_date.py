"""The publication day stated in a file.

Belongs here: the wordings in which publishers state it on covers. Does not belong here: what is assumed about a file
that states none (`civic_assets.publish.read_model.availability`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from civic_assets.house_numbers.recognition import COVER_COLUMNS, COVER_ROWS, COVER_SHEETS
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import plain

_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]+) (?P<year>[0-9]{4})"
_WORDINGS = (
    # "Date published: 26th March 2024" and "were originally published at 9.30am 26 March 2024" (mid-year estimates).
    re.compile(rf"(?:date published|release date|publication date|date of release): ?{_DAY}", re.IGNORECASE),
    re.compile(rf"originally published (?:on |at [0-9.:]+ ?[ap]m (?:on )?){_DAY}", re.IGNORECASE),
)


def stated_release_date(grid: Grid) -> date | None:
    """The publication day, if the file's cover states exactly one; None if it states none or several."""
    stated = set(_stated(grid))
    return stated.pop() if len(stated) == 1 else None


def _stated(grid: Grid) -> Iterator[date]:
    for sheet in list(grid.sheets)[:COVER_SHEETS]:
        if len(sheet.rows) > 10 * COVER_ROWS:
            continue
        for cells in sheet.rows[:COVER_ROWS]:
            for cell in cells[:COVER_COLUMNS]:
                if isinstance(cell, str):
                    yield from _dates(plain(cell))


def _dates(text: str) -> Iterator[date]:
    for wording in _WORDINGS:
        for match in wording.finditer(text):
            written = f"{match['day']} {match['month'].title()} {match['year']}"
            try:
                yield datetime.strptime(written, "%d %B %Y").date()
            except ValueError:
                continue  # not a date in a known form, e.g. with an abbreviated month
