"""How a publisher says, in the file itself, that it has issued an edition anew.

Belongs here: what a reissue states that no earlier issue of its edition stated: a later day of publication, or a note
of correction. Does not belong here: whether figures changed, and what follows when nobody said so (R-01).

Only the file counts. Names of files are the work of whoever stored them, and an announcement on a web page is not in
the bytes: who has read one registers a waiver with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from civic_assets.parsing.release_date import stated_release_date
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import plain

# Covers are the first sheets and their first rows, as for the day of publication.
_COVERS, _ROWS, _COLUMNS = 4, 60, 4
# "Correction", "corrected", "reissued", "re-published", "revised on", "amended", "erratum", "superseded".
_NOTICE = re.compile(
    r"\b(correct(?:ed|ion|ions)|corrigend(?:um|a)|errat(?:um|a)|re-?issued?|re-?published|published on|amended"
    r"|amendments?|revised|revisions?|supersede[sd]?)\b",
    re.IGNORECASE,
)
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class ReissueNotice:
    """What a file says of itself beside earlier issues of its edition.

    Args:
        text: How it says that it is a new issue; empty when it does not.
        older: Why it is none: it states a day before that of an issue held.
    """

    text: str = ""
    older: str = ""


def reissue_notice(grid: Grid, earlier: Sequence[Grid]) -> ReissueNotice:
    """What a file says that no earlier issue of its edition said.

    Args:
        grid: The later file.
        earlier: The earlier issues.
    """
    day, days = stated_release_date(grid), [stated_release_date(other) for other in earlier]
    newest = max((other for other in days if other is not None), default=None)
    if day is not None and newest is not None and day < newest:
        return ReissueNotice(
            older=f"it states {day} as its day of publication, an issue held states {newest}"
        )
    if day is not None and (newest is None or day > newest):
        return ReissueNotice(text=f"it states {day} as its day of publication")
    known = {text for other in earlier for _, text in _notices(other)}
    for where, text in _notices(grid):
        if text not in known:
            return ReissueNotice(text=f"{where} says {text[:_SHOWN]!r}")
    return ReissueNotice()


def _notices(grid: Grid) -> Iterator[tuple[str, str]]:
    """Place and text of everything on the covers that speaks of a correction or a new issue."""
    for sheet in list(grid.sheets)[:_COVERS]:
        for row, cells in enumerate(sheet.rows[:_ROWS]):
            for column, cell in enumerate(cells[:_COLUMNS]):
                if isinstance(cell, str) and _NOTICE.search(cell):
                    yield sheet.locator(row, column), plain(cell)
