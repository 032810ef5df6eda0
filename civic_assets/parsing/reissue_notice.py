"""How a publisher states, in the file itself, that it has reissued an edition.

Belongs here: what a reissue states that no earlier issue of its edition stated: a later publication day, or a note of
correction. Does not belong here: whether figures changed, and what follows from an unannounced change (R-01).

Only the file counts. File names are chosen by the person who stored the files, and an announcement on a web page is
not in the bytes: a person who has read one registers a waiver that quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from civic_assets.house_numbers.listing import NOTICE_CHARACTERS
from civic_assets.house_numbers.recognition import COVER_COLUMNS, COVER_ROWS, NOTICE_SHEETS
from civic_assets.parsing.release_date import stated_release_date
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import plain

# "Correction", "corrected", "reissued", "re-published", "revised on", "amended", "erratum", "superseded".
_NOTICE = re.compile(
    r"\b(correct(?:ed|ion|ions)|corrigend(?:um|a)|errat(?:um|a)|re-?issued?|re-?published|published on|amended"
    r"|amendments?|revised|revisions?|supersede[sd]?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReissueNotice:
    """What a file says about itself that earlier issues of its edition do not say.

    Args:
        text: Statement that this is a new issue; empty if there is none.
        older: Reason why it is not a new issue: it states an earlier day than an issue already held.
    """

    text: str = ""
    older: str = ""


def reissue_notice(grid: Grid, earlier: Sequence[Grid]) -> ReissueNotice:
    """What a file states that no earlier issue of its edition stated.

    Args:
        grid: Grid of the later file.
        earlier: Grids of the earlier issues.
    """
    day, days = stated_release_date(grid), [stated_release_date(other) for other in earlier]
    newest = max((other for other in days if other is not None), default=None)
    if day is not None and newest is not None and day < newest:
        return ReissueNotice(
            older=f"it states {_written(day)} as its publication day, but an issue already held states "
            f"{_written(newest)}"
        )
    if day is not None and (newest is None or day > newest):
        return ReissueNotice(text=f"it states {_written(day)} as its publication day")
    known = {text for other in earlier for _, text in _notices(other)}
    for where, text in _notices(grid):
        if text not in known:
            return ReissueNotice(text=f"{where} says {text[:NOTICE_CHARACTERS]!r}")
    return ReissueNotice()


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _notices(grid: Grid) -> Iterator[tuple[str, str]]:
    """Address and text of everything on the covers that mentions a correction or a new issue."""
    for sheet in list(grid.sheets)[:NOTICE_SHEETS]:
        for row, cells in enumerate(sheet.rows[:COVER_ROWS]):
            for column, cell in enumerate(cells[:COVER_COLUMNS]):
                if isinstance(cell, str) and _NOTICE.search(cell):
                    yield sheet.locator(row, column), plain(cell)
