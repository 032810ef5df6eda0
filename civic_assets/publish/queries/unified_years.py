"""Message about a figure that no publisher prints, but that is added up here.

Belongs here: the sentence that points to `harmonised.unified_periods`. Does not belong here: making the sums
(`unified.periods`) and finding printed figures (`figure_words`, `locate`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from civic_assets.errors import UsageError
from civic_assets.harmonise.figures.names import days_of, name_parts
from civic_assets.publish.queries.figure_query import FigureQuery

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def added_up(connection: DuckDBPyConnection, figure: str | FigureQuery) -> str:
    """A sentence about the sums for a figure that is not printed; empty if there are none.

    Args:
        connection: Connection to the read model.
        figure: Its name, or the parts of a query.
    """
    import duckdb

    asked = _key(figure)
    if asked is None:
        return ""
    measure, area, (start, end), breakdown = asked
    try:
        rows = connection.execute(
            _SUMS, [measure, area.casefold(), start, end, breakdown, breakdown]
        ).fetchall()
    except duckdb.CatalogException:  # published by a program that did not make such sums
        return ""
    if not rows:
        return ""
    where = "See harmonised.unified_periods; its column parts names the figures to trace."
    if len(rows) > 1:
        return f"It is added up here, for {len(rows):,} groups. {where}"
    ((value, reason, n_parts, release),) = rows
    made = f"is {value:,.10g}" if value is not None else f"has no value ({reason})"
    return f"Added up here, the figure {made}: {n_parts} parts of release {release}. {where}"


def _key(figure: str | FigureQuery) -> tuple[str, str, tuple[date, date], str | None] | None:
    """Measure, area, days and breakdown in a name or query; None if the days are not written out."""
    try:
        asked = name_parts(figure) if isinstance(figure, str) else figure
        days = days_of(asked.period)
    except UsageError:
        return None
    return (asked.measure, asked.area, days, asked.breakdown) if days else None


_SUMS = """SELECT value, reason, n_parts, release FROM harmonised.unified_sums
WHERE measure = ? AND ? IN (lower(area_code), lower(area_name)) AND period_start = ? AND period_end = ?
  AND (? IS NULL OR breakdown = ?)"""
