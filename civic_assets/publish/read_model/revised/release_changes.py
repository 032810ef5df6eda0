"""Changes since the last release: figures that were revised, are new, were removed, or lost or gained a number.

Belongs here: `quality.release_changes`, one row for each changed figure, and `quality.release_change_counts`. Does not
belong here: the size of revisions, and whether they are biased (`revisions`).

A release is compared with the issue before it of the same kind of figure (`issues`). A period that only one of the two
covers is due to a moving window, as in every monthly issue of the last 24 months: its figures are counted (`new`,
`no_longer_printed`) but not listed.

A publisher who suppresses a number that an earlier issue printed has a reason to hide it. The earlier release stays as
it is, and its cell is named; the number is not repeated next to the mark that hides it.

An area for which the newer issue prints nothing at all of that kind is no longer covered, as Scotland is not covered by
a file of England and Wales: its figures were not withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.publish.read_model.issues import EVERY_RELEASE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KINDS = {
    "revised": "both issues have a number, and the two differ",
    "reclassified": "a different, new or missing number of a class that began, ended or changed meaning",
    "new": "a number that the issue before did not have; figures of whole new periods are only counted",
    "withdrawn": "a number before, and now no figure, or one that is absent for another reason than suppression",
    "not_covered": "a number before, and now nothing for its area: the newer issue prints no figure of this kind there",
    "newly_suppressed": "a number before, and now suppressed; the number is not repeated",
    "no_longer_suppressed": "suppressed before, and now a number",
    "status_changed": "the same number (or none in both), with another status",
    "unchanged": "only counted",
    "no_longer_printed": "figures of periods that only the issue before covered; only counted",
}
"""Kinds of change, with their meaning."""


def compare_issues(connection: DuckDBPyConnection, later: str = EVERY_RELEASE) -> None:
    """Create the temporary table `issue_changes`: every figure of a period that an issue and the one before it print.

    Args:
        connection: Connection to a read model with the tables of `issues.create_issues`.
        later: Table of the releases (source, release) that are compared with the issue before them.
    """
    connection.execute(_COMPARED.format(later=later))


def create_release_changes(connection: DuckDBPyConnection, later: str = EVERY_RELEASE) -> None:
    """Create `quality.release_changes` and `quality.release_change_counts`.

    Args:
        connection: Connection to a read model with `issue_changes`, in which `reclassified` has marked what is not a
            revision.
        later: Table of the releases (source, release) that were compared with the issue before them.
    """
    connection.execute(_CHANGES)
    connection.execute(_COUNTS.format(later=later))
    connection.execute("DROP TABLE issue_changes")


# A figure without a number or a status in both issues (an absent row in both) does not exist.
_COMPARED = """CREATE OR REPLACE TEMP TABLE issue_changes AS
WITH shared AS (
    SELECT a.kind, b.position, a.period_start, a.period_end
    FROM issue_spans a JOIN issue_spans b ON b.kind = a.kind AND b.position = a.position + 1
     AND b.period_start = a.period_start AND b.period_end = a.period_end
    JOIN quality.issues i ON i.kind = b.kind AND i.position = b.position
    WHERE (i.source, i.release) IN (SELECT (source, release) FROM {later})
),
before AS (
    SELECT f.* REPLACE (s.position AS position) FROM issue_figures f
    JOIN shared s ON s.kind = f.kind AND s.position = f.position + 1
     AND s.period_start = f.period_start AND s.period_end = f.period_end
),
after AS (
    SELECT f.* FROM issue_figures f
    JOIN shared s ON s.kind = f.kind AND s.position = f.position
     AND s.period_start = f.period_start AND s.period_end = f.period_end
)
SELECT kind AS figure_kind, position, breakdown, area_code, coalesce(a.area_name, b.area_name) AS area_name,
    period_start, period_end,
    CASE WHEN a.status IS DISTINCT FROM 'suppressed' OR a.value IS NOT NULL THEN b.value END AS value_before,
    a.value AS value_after, b.status AS status_before,
    a.status AS status_after, b.locator AS locator_before, a.locator AS locator_after,
    CASE WHEN b.value IS NOT NULL AND a.value IS NOT NULL AND b.value <> a.value THEN 'revised'
         WHEN b.value IS NOT NULL AND a.value IS NULL
         THEN CASE WHEN a.status = 'suppressed' THEN 'newly_suppressed'
                   WHEN a.locator IS NULL AND (kind, position, area_code) NOT IN (SELECT * FROM issue_areas)
                   THEN 'not_covered' ELSE 'withdrawn' END
         WHEN b.value IS NULL AND a.value IS NOT NULL
         THEN CASE WHEN b.status = 'suppressed' THEN 'no_longer_suppressed' ELSE 'new' END
         WHEN a.status IS DISTINCT FROM b.status THEN 'status_changed' ELSE 'unchanged' END AS kind
FROM before b FULL JOIN after a USING (kind, position, breakdown, area_code, period_start, period_end)"""

_CHANGES = """CREATE OR REPLACE TABLE quality.release_changes AS
SELECT i.source, i.release, i.previous_release, c.kind, i.measure, c.breakdown, i.unit, i.statistic, c.area_code,
    c.area_name, c.period_start, c.period_end, c.value_before, c.value_after, c.status_before, c.status_after,
    c.locator_before, c.locator_after
FROM issue_changes c JOIN quality.issues i ON i.kind = c.figure_kind AND i.position = c.position
WHERE c.kind <> 'unchanged'
ORDER BY i.source, i.release, i.measure, i.unit, c.kind, c.breakdown, c.area_code, c.period_start, c.period_end"""

_COUNTS = """CREATE OR REPLACE TABLE quality.release_change_counts AS
WITH moved AS (
    SELECT b.kind AS figure_kind, b.position, 'new' AS kind, b.n
    FROM issue_spans b
    WHERE b.position > 1 AND NOT EXISTS (
        SELECT 1 FROM issue_spans a WHERE a.kind = b.kind AND a.position = b.position - 1
          AND a.period_start = b.period_start AND a.period_end = b.period_end)
    UNION ALL
    SELECT a.kind, a.position + 1, 'no_longer_printed', a.n
    FROM issue_spans a
    WHERE NOT EXISTS (
        SELECT 1 FROM issue_spans b WHERE b.kind = a.kind AND b.position = a.position + 1
          AND a.period_start = b.period_start AND a.period_end = b.period_end)
    UNION ALL
    SELECT figure_kind, position, kind, 1 FROM issue_changes
)
SELECT i.source, i.release, i.previous_release, m.kind, sum(m.n)::BIGINT AS n
FROM moved m JOIN quality.issues i ON i.kind = m.figure_kind AND i.position = m.position
WHERE (i.source, i.release) IN (SELECT (source, release) FROM {later})
GROUP BY ALL ORDER BY ALL"""
