"""Why there is no figure for a period, in a release or on a day.

Belongs here: the sentences. Does not belong here: measures, areas and words that nothing is published for
(`figure_words`, `area_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.harmonise.figures.names import FigureName
from civic_assets.house_numbers.display import PERIODS_OF_A_NAME
from civic_assets.publish.queries.figure_candidates import Candidate, measure_words
from civic_assets.publish.queries.figure_questions import either
from civic_assets.publish.read_model.locate import AsOf
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def no_period(there: Sequence[Candidate], period: str) -> str:
    """Why there is no figure for a period: the periods that are published instead."""
    listed: dict[tuple[date, date, str], None] = {}
    for one in sorted(there, key=lambda one: (one.end, one.start), reverse=True):
        listed.setdefault(
            (one.start, one.end, f"{spoken(one.start, one.end, PeriodKind(one.kind))}, {one.source}")
        )
    shown = "; ".join(f"{start}/{end} ({what})" for start, end, what in list(listed)[:PERIODS_OF_A_NAME])
    more = f" and {len(listed) - PERIODS_OF_A_NAME:,} more" if len(listed) > PERIODS_OF_A_NAME else ""
    one = there[0]
    return (
        f"No figure of {measure_words(one.measure)} for {one.area_name} ({one.area_code}) is published for the period "
        f"{period}. Write a period as START/END, where END is the day after the last. Published: {shown}{more}."
    )


def no_issue(connection: DuckDBPyConnection, name: FigureName, as_of: AsOf) -> str:
    """Why an existing figure is not in that release, or was not available on that day."""
    rows = connection.execute(
        """SELECT o.release, r.available_from, r.available_from_basis, r.retrieved_at[:10]
        FROM harmonised.observations o LEFT JOIN catalogue.releases r USING (source, release)
        WHERE o.source = ? AND o.measure = ? AND o.breakdown = ? AND o.unit = ? AND o.statistic = ?
            AND o.area_code = ? AND o.period_start = ? AND o.period_end = ? ORDER BY o.release_order""",
        [
            name.source, name.measure, name.breakdown, name.completed.unit, name.completed.statistic, name.area,
            name.start, name.end,
        ],
    ).fetchall()  # fmt: skip
    figure = replace(name, release=None)
    releases = [row[0] for row in rows]
    if not releases:
        return (
            f"No figure is published with the name {figure}. Check its parts with: civic-assets trace --help"
        )
    if name.release and name.release not in releases:
        return f"{figure} is not in the release {name.release}. Choose {either(releases)}."
    first = next(row for row in rows if name.release in (None, row[0]))
    what = f"the release {name.release}" if name.release else f"its first issue here, {first[0]},"
    if as_of.published and (first[1] is None or first[1] > as_of.published):
        return (
            f"{figure} was not yet published on {as_of.published}: {what} was published on {first[1]} "
            f"({how_known(first[2])})."
        )
    return (
        f"{figure} was not yet received on {as_of.received}: {what} was received on {first[3]}. "
        f"It was published on {first[1]} ({how_known(first[2])}); use --as-of for what was published by a day."
    )


_HOW_KNOWN = {
    "stated": "the publisher states this day",
    "expected": "the file states no day; this is the end of its latest period plus the usual delay of the source",
    "received": "the file states no day; this is the day it was received",
}


def how_known(basis: str | None) -> str:
    """A clause that says how a release's publication day is known."""
    return _HOW_KNOWN.get(basis or "", "the publication day is unknown")
