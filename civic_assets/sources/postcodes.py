"""Parser of postcode directories: reference data, whose releases have rows but no figures.

Belongs here: which directory a file is, and how many of its postcodes are of which kind. Does not belong here: what is
wrong with its rows (`civic_assets.quality.rules.postcodes`), and what cells mean
(`civic_assets.harmonise.areas.postcodes`).

A directory has millions of rows. It is read column by column, so a file may be of any size.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.parsing.observations import ObservationColumns, Parsed
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.row_texts import distinct_texts, row_texts
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid

if TYPE_CHECKING:
    import pyarrow as pa

BY_COLUMN = True
"""Whether files of any size are read, column by column."""
_TABLE = "postcodes"
_MONTH = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")
_AREA = re.compile(r"([A-Z]{1,2})[0-9]")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: `2025-01` by the latest month in which a postcode began or ended.

    A file with one postcode area only (such as ONS's `multi_csv` folder has) is `2025-01-n`, a series of its own.
    """
    if _TABLE not in found:
        return None
    rows = row_texts(found[_TABLE], ["postcode", "introduced", "terminated"])
    months = {
        text
        for name in ("introduced", "terminated")
        for text in distinct_texts(rows, name)
        if _MONTH.fullmatch(text)
    }
    if not months:
        return None
    latest = max(months)
    areas = {match[1].lower() for text in _beginnings(rows) if (match := _AREA.match(text))}
    whole = f"{latest[:4]}-{latest[4:]}"
    return f"{whole}-{areas.pop()}" if len(areas) == 1 else whole


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """No figures; the numbers of postcodes in use, terminated, and of large users."""
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=ObservationColumns().table(),
        row_kinds=_kinds(found[_TABLE]),
        synthetic=is_synthetic(grid),
    )


def _kinds(block: Block) -> Counter[str]:
    import pyarrow.compute as pc

    rows = row_texts(block, ["postcode", "terminated", "user_type"])
    filled = pc.not_equal(rows["postcode"].cast("string"), "")
    ended = pc.and_(filled, pc.not_equal(rows["terminated"].cast("string"), ""))
    large = pc.and_(filled, pc.equal(rows["user_type"].cast("string"), "1"))
    counts = [pc.sum(mask).as_py() or 0 for mask in (filled, ended, large)]
    return Counter({"in_use": counts[0] - counts[1], "terminated": counts[1], "of_large_users": counts[2]})


def _beginnings(rows: pa.Table) -> set[str]:
    """The first three letters of all postcodes."""
    import pyarrow.compute as pc

    found: set[str] = set()
    for chunk in rows["postcode"].chunks:
        found.update(pc.unique(pc.utf8_slice_codeunits(chunk.dictionary, 0, 3)).to_pylist())
    return found
