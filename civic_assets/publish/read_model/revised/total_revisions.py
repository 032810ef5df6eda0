"""Revisions of totals, next to those of their classes: changes that are not due to events moving between classes.

Belongs here: `quality.total_revisions`. Does not belong here: the classes themselves (`revisions`).

If classes are renamed, most differences between two issues are the same events in another class. Their sum shows what
the publisher added or removed. The total of a measure is the one that is printed. If none is printed, the total of
classes of recorded crime is the sum of all classes that the issue prints for an area and period; an issue that
withholds one of them has no total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.measures.crime_tree import TOTAL
from civic_assets.harmonise.measures.wholes import CLASSES
from civic_assets.publish.read_model.issues import EVERY_RELEASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


def create_total_revisions(
    connection: DuckDBPyConnection, horizons: Sequence[int], later: str = EVERY_RELEASE
) -> None:
    """Create `quality.total_revisions`: one row for each sum that can be followed to a later issue, at one horizon.

    Args:
        connection: Connection to a read model with the tables of `issues.create_issues`.
        horizons: Numbers of issues between the first and the later value.
        later: Table of the releases (source, release) of later values.
    """
    connection.execute(_TOTALS.format(horizons=", ".join(map(str, horizons)), later=later))


def add_printed_totals(connection: DuckDBPyConnection) -> None:
    """Add the totals that publishers print.

    Args:
        connection: Connection to a read model with `quality.revisions` and `quality.total_revisions`.
    """
    connection.execute(_PRINTED)


_TOTALS = f"""CREATE OR REPLACE TABLE quality.total_revisions AS
WITH issued AS (
    SELECT *, (dense_rank() OVER (
            PARTITION BY source, measure, unit, statistic ORDER BY release_order, release))::INTEGER AS place
    FROM quality.issues
    WHERE (source, measure) IN (SELECT (source, measure) FROM catalogue.figure_classes WHERE scheme = '{CLASSES}')
),
sums AS (
    SELECT i.source, i.measure, i.unit, i.statistic, i.release, i.place, f.area_code,
        any_value(f.area_name ORDER BY f.area_name) AS area_name, f.period_start, f.period_end, sum(f.value) AS value,
        count(*) AS n_classes
    FROM issue_figures f JOIN issued i ON i.kind = f.kind AND i.position = f.position
    GROUP BY ALL HAVING count(f.value) = count(*)
),
first_sums AS (
    SELECT * FROM sums QUALIFY place = min(place) OVER (
        PARTITION BY source, measure, unit, statistic, area_code, period_start, period_end)
),
horizons AS (SELECT unnest([{{horizons}}])::INTEGER AS horizon)
SELECT p.source, p.measure, p.unit, p.statistic, p.area_code, p.area_name, p.period_start, p.period_end, h.horizon,
    p.release AS first_release, l.release AS later_release, p.value AS first_value, l.value AS later_value,
    l.value - p.value AS revision,
    CASE WHEN p.value <> 0 THEN (l.value - p.value) / abs(p.value) END AS relative_revision,
    p.n_classes AS n_first_classes, l.n_classes AS n_later_classes
FROM first_sums p CROSS JOIN horizons h
JOIN sums l ON l.source = p.source AND l.measure = p.measure AND l.unit = p.unit AND l.statistic = p.statistic
 AND l.place = p.place + h.horizon AND l.area_code = p.area_code AND l.period_start = p.period_start
 AND l.period_end = p.period_end
WHERE (l.source, l.release) IN (SELECT (source, release) FROM {{later}})
ORDER BY p.source, p.measure, p.unit, horizon, first_release, p.area_code, p.period_start, p.period_end"""

_PRINTED = f"""INSERT INTO quality.total_revisions
WITH printed AS (
    SELECT source, measure, unit FROM quality.revisions GROUP BY ALL
    HAVING bool_or(breakdown <> 'total') OR measure = '{TOTAL}'
)
SELECT r.source, r.measure, r.unit, r.statistic, r.area_code, r.area_name, r.period_start, r.period_end, r.horizon,
    r.first_release, r.later_release, r.first_value, r.later_value, r.revision, r.relative_revision, NULL, NULL
FROM quality.revisions r JOIN printed USING (source, measure, unit)
WHERE r.breakdown = 'total'
  AND (r.source, r.measure) NOT IN (SELECT (source, measure) FROM catalogue.figure_classes WHERE scheme = '{CLASSES}')
ORDER BY source, measure, unit, horizon, first_release, area_code, period_start, period_end"""
