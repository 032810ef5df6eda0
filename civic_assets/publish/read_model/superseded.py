"""Whether a newer issue covers the ground and period of a figure with other classes.

Belongs here: finding that issue for one row. Does not belong here: which rows are the newest of a whole
(`civic_assets.publish.read_model.latest`) and other issues of the figure itself (`civic_assets.publish.queries.trace`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.answers.trace import SupersededBy
from civic_assets.publish.read_model.locate import EVERY_ISSUE, AsOf

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def superseded(connection: DuckDBPyConnection, row: int, as_of: AsOf = EVERY_ISSUE) -> SupersededBy | None:
    """The newest issue of the whole that a figure is part of, if that issue does not print the figure.

    Args:
        connection: Connection to a read model.
        row: Row number in `harmonised.observations`.
        as_of: Issues to include.

    Returns:
        The release, and a clause that says what it prints instead; None if no newer issue covers the ground
        and period, or if the newest that does prints this figure too.
    """
    condition, days = as_of.condition("o")
    newer = connection.execute(_COVERING.format(as_of=condition), [row, *days]).fetchone()
    if newer is None:
        return None
    release, same_figure, same_class = newer
    if same_figure:
        return None
    instead = f"this class for the code {same_class}" if same_class else "other classes"
    return SupersededBy(
        release, f"not in the newest issue that covers this period ({release}, which prints {instead})"
    )


# The same whole as in `civic_assets.publish.read_model.latest`: a residual area follows the issue that prints anything
# of its place, and one authority may have two codes.
_COVERING = """
WITH mine AS (
    SELECT o.*, c.family, c.scheme, a.ground, a.authority FROM harmonised.observations o
    JOIN catalogue.figure_classes c USING (source, release, measure, breakdown)
    JOIN catalogue.area_grounds a USING (source, release, area_code)
    WHERE o.rowid = ?
)
SELECT o.release,
    bool_or(o.measure = m.measure AND o.breakdown = m.breakdown AND o.area_code = m.area_code),
    min(o.area_code) FILTER (o.measure = m.measure AND o.breakdown = m.breakdown)
FROM mine m
JOIN harmonised.observations o USING (source, unit, statistic, period_start, period_end)
JOIN catalogue.figure_classes c ON (c.source, c.release, c.measure, c.breakdown)
    = (o.source, o.release, o.measure, o.breakdown) AND (c.family, c.scheme) = (m.family, m.scheme)
JOIN catalogue.area_grounds a ON (a.source, a.release, a.area_code) = (o.source, o.release, o.area_code)
WHERE o.release_order > m.release_order AND {as_of}
    AND (a.ground = m.ground OR 'within ' || o.parent_code = m.ground OR o.area_code = m.area_code
        OR a.authority = m.authority)
GROUP BY o.release, o.release_order ORDER BY o.release_order DESC LIMIT 1"""
