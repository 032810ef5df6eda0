"""What another issue of one edition made of its figures.

Belongs here: comparing the figures of two issues. Does not belong here: what follows from a difference (R-01,
`raw_rules`) and revisions between editions (`civic_assets.publish.revisions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    "measure", "area_code", "period_start", "period_end", "breakdown", "unit", "statistic", "value", "status",
    "value_text", "locator",
)  # fmt: skip
_KEY = "measure, area_code, period_start, period_end, breakdown, unit, statistic"
# Cells named in a finding; all of them are in quality.release_changes once both issues are published.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """How the figures of two issues differ.

    Args:
        figures: In either of them.
        changed: With another value or status, or in one of them only.
        cells: Of the later issue, the first ones in the order of the file.
        first: The first of them in words; empty when nothing changed.
    """

    figures: int
    changed: int
    cells: Sequence[str]
    first: str


def difference(before: pa.Table, now: pa.Table) -> Difference:
    """Compares figure by figure; where in the file a figure stands does not matter.

    Args:
        before: Observations of the earlier issue with at least `COLUMNS`.
        now: Of the later one.
    """
    import duckdb

    with duckdb.connect() as connection:
        connection.register("before", before.select(list(COLUMNS)))
        connection.register("now", now.select(list(COLUMNS)))
        connection.execute(
            f"""CREATE TEMP TABLE pairs AS
            SELECT *, b.value AS old, n.value AS new, b.value_text AS old_text, n.value_text AS new_text,
                n.locator AS place, b.locator AS old_place,
                b.value IS DISTINCT FROM n.value OR b.status IS DISTINCT FROM n.status
                    OR (b.locator IS NULL) <> (n.locator IS NULL) AS changed
            FROM before b FULL JOIN now n USING ({_KEY})"""
        )
        figures, changed = connection.execute(
            "SELECT count(*), count(*) FILTER (changed) FROM pairs"
        ).fetchone() or (0, 0)
        rows = connection.execute(
            f"""SELECT coalesce(place, old_place), measure, area_code, old_text, new_text FROM pairs WHERE changed
            ORDER BY place IS NULL, measure, area_code, period_start, breakdown LIMIT {_SHOWN}"""
        ).fetchall()
    first = ""
    if rows:
        place, measure, area, old, new = rows[0]
        first = f"{place}: {measure.replace('_', ' ')} of {area} was {_printed(old)} and is {_printed(new)}"
    return Difference(int(figures), int(changed), [row[0] for row in rows], first)


def _printed(text: str | None) -> str:
    return "not there" if text is None else repr(text)
