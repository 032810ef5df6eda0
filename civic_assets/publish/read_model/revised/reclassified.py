"""Classes that began, ended or changed meaning between two issues: a difference there is not a revision.

Belongs here: the temporary table `issue_reclassified`. Does not belong here: comparing figures (`release_changes`), the
size of revisions (`revisions`), and which class is part of which (`civic_assets.harmonise.measures.wholes`).

Three kinds of evidence, each sufficient:

- The issues themselves: one prints a class that the other does not, or, in the months and areas that both print, has
  many events in a class in which the other has none. Such a class began or ended. If the classes that began are not
  about as large as those that ended, their neighbours account for the rest: those that changed much at the same time
  are reclassified too.
- The vocabulary of recorded crime, which says that a class includes more, or less, in one edition than in another.
- The register of breaks (`reclassifies`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.measures.wholes import TREE
from civic_assets.house_numbers.revisions import RECLASSIFIED_ABOUT_SHARE, RECLASSIFIED_LEAST_SHARE
from civic_assets.publish.read_model.issues import EVERY_RELEASE, KIND

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_reclassified(connection: DuckDBPyConnection, later: str = EVERY_RELEASE) -> None:
    """Create `quality.reclassified` and the temporary table `issue_reclassified`, and mark figures in `issue_changes`.

    `issue_reclassified`: `kind` and `position` of the later issue in `quality.issues`, `breakdown`, `because`.

    Args:
        connection: Connection to a read model with the tables of `issues.create_issues`, `issue_changes` of
            `release_changes`, and `catalogue.figure_classes`.
        later: Table of the releases (source, release) that are compared with the issue before them.
    """
    import pyarrow as pa

    schema = pa.schema(
        [("kind", pa.int64()), ("position", pa.int64()), ("breakdown", pa.string()), ("because", pa.string())]
    )
    connection.register("broken_classes", pa.Table.from_pylist(_broken(connection, later), schema=schema))
    connection.execute(_RECLASSIFIED.replace("{later}", later))
    connection.unregister("broken_classes")
    connection.execute(_SAID)
    connection.execute(_KEPT)


def add_known_classes(connection: DuckDBPyConnection, known: str) -> None:
    """Add what is known of earlier issues to `issue_reclassified`, so that figures are followed past them.

    Args:
        connection: Connection to a read model with the tables of `create_reclassified`.
        known: Table with the columns of `quality.reclassified`.
    """
    connection.execute(_ADD_KNOWN.format(known=known))


def _broken(connection: DuckDBPyConnection, later: str) -> list[dict[str, object]]:
    """Classes that, by the register of breaks, were reclassified between an issue and the one before it."""
    from civic_assets.harmonise.comparability.breaks import breaks

    known = [entry for entry in breaks() if entry.reclassifies]
    rows = connection.execute(
        f"""SELECT i.kind, i.position, c.breakdown, i.source, i.measure, i.unit, i.previous_release, i.release
        FROM quality.issues i JOIN catalogue.figure_classes c USING (source, release, measure)
        WHERE i.previous_release IS NOT NULL AND (i.source, i.release) IN (SELECT (source, release) FROM {later})
          AND regexp_replace(c.breakdown, '=[^;]*', '', 'g') = i.breakdown_keys ORDER BY ALL"""
    ).fetchall()
    return [
        {"kind": kind, "position": position, "breakdown": breakdown, "because": entry.effect}
        for kind, position, breakdown, source, measure, unit, before, release in rows
        for entry in known
        if entry.is_old(source, before)
        and not entry.is_old(source, release)
        and entry.concerns(source, measure, "", breakdown=breakdown, unit=unit, edition=release)
    ]


# What both issues print of an area and period: a class that only one of them has there began or ended. A class printed
# without a number is unknown, which is not evidence.
_RECLASSIFIED = f"""CREATE OR REPLACE TEMP TABLE issue_reclassified AS
WITH steps AS (
    SELECT kind, position, source, measure, release, previous_release FROM quality.issues
    WHERE previous_release IS NOT NULL AND (source, release) IN (SELECT (source, release) FROM {{later}})
),
cells AS (
    SELECT figure_kind AS kind, position, breakdown, value_before, value_after, locator_before, locator_after
    FROM issue_changes
    WINDOW place AS (PARTITION BY figure_kind, position, area_code, period_start, period_end)
    QUALIFY bool_or(locator_before IS NOT NULL) OVER place AND bool_or(locator_after IS NOT NULL) OVER place
),
sums AS (
    SELECT kind, position, breakdown,
        CASE WHEN count(locator_before) = 0 THEN 0 ELSE sum(abs(value_before)) END AS before,
        CASE WHEN count(locator_after) = 0 THEN 0 ELSE sum(abs(value_after)) END AS after
    FROM cells GROUP BY ALL
),
placed AS (
    SELECT s.*, t.release, t.previous_release, coalesce(now.class_group, was.class_group) AS class_group,
        CASE WHEN contains(s.breakdown, ';') THEN split_part(s.breakdown, ';', 1) ELSE '' END AS neighbours,
        now.breakdown IS NOT NULL AS in_now, was.breakdown IS NOT NULL AS in_was,
        sum(before) OVER near AS all_before, sum(after) OVER near AS all_after
    FROM sums s JOIN steps t USING (kind, position)
    LEFT JOIN catalogue.figure_classes now ON now.source = t.source AND now.release = t.release
     AND now.measure = t.measure AND now.breakdown = s.breakdown
    LEFT JOIN catalogue.figure_classes was ON was.source = t.source AND was.release = t.previous_release
     AND was.measure = t.measure AND was.breakdown = s.breakdown
    WINDOW near AS (PARTITION BY s.kind, s.position,
        CASE WHEN contains(s.breakdown, ';') THEN split_part(s.breakdown, ';', 1) ELSE '' END)
),
moved AS (
    SELECT kind, position, neighbours, list(breakdown ORDER BY breakdown) AS classes,
        any_value(release) AS release, any_value(previous_release) AS previous_release,
        abs(sum(before) - sum(after)) > {RECLASSIFIED_ABOUT_SHARE} * greatest(sum(before), sum(after)) AS others_too
    FROM placed
    WHERE class_group IS NOT NULL AND all_before > 0 AND all_after > 0 AND (before = 0) <> (after = 0)
      AND greatest(before, after) >= {RECLASSIFIED_LEAST_SHARE} * greatest(all_before, all_after)
    GROUP BY ALL
),
printed AS (
    SELECT source, release, class_group, list(measure ORDER BY measure) AS measures FROM catalogue.figure_classes
    WHERE scheme = '{TREE}' AND class_group IS NOT NULL GROUP BY ALL
),
witnesses AS (
    SELECT p.kind, p.position, p.breakdown, 1 AS rank,
        format('{{}} began or ended between {{}} and {{}}', array_to_string(m.classes, ', '), m.previous_release,
            m.release) AS because
    FROM placed p JOIN moved m USING (kind, position, neighbours)
    WHERE list_contains(m.classes, p.breakdown) OR (m.others_too AND p.class_group IS NOT NULL
        AND abs(before - after) > {RECLASSIFIED_ABOUT_SHARE} * greatest(before, after)
        AND abs(before - after) >= {RECLASSIFIED_LEAST_SHARE} * greatest(all_before, all_after))
    UNION ALL
    SELECT kind, position, breakdown, 0, format('{{}} prints no such class', CASE WHEN NOT in_now THEN release ELSE
        previous_release END)
    FROM placed WHERE all_before > 0 AND all_after > 0 AND in_now <> in_was
    UNION ALL
    SELECT t.kind, t.position, now.breakdown, 2,
        format('recorded_crime.yaml lists the class as {{}} in {{}} and as {{}} in {{}}', replace(now.relation, '_',
            ' '),
            t.release, replace(was.relation, '_', ' '), t.previous_release)
    FROM steps t JOIN catalogue.figure_classes now
      ON now.source = t.source AND now.release = t.release AND now.measure = t.measure
    JOIN catalogue.figure_classes was ON was.source = t.source AND was.release = t.previous_release
     AND was.measure = t.measure AND was.breakdown = now.breakdown
    WHERE now.relation <> was.relation AND 'unmapped' NOT IN (now.relation, was.relation)
    UNION ALL
    SELECT kind, position, breakdown, 3, because FROM broken_classes
    UNION ALL
    SELECT t.kind, t.position, 'total', 4, format('{{}} prints other parts of {{}} than {{}} does', t.release,
        replace(now.class_group, '_', ' '), t.previous_release)
    FROM steps t
    JOIN catalogue.figure_classes c ON c.source = t.source AND c.release = t.release AND c.measure = t.measure
     AND c.scheme = '{TREE}'
    JOIN printed now ON now.source = t.source AND now.release = t.release AND now.class_group = c.class_group
    JOIN printed was ON was.source = t.source AND was.release = t.previous_release
     AND was.class_group = c.class_group
    WHERE now.measures <> was.measures
)
SELECT kind, position, breakdown, min_by(because, rank) AS because FROM witnesses GROUP BY ALL"""

_SAID = """UPDATE issue_changes SET kind = 'reclassified' FROM issue_reclassified r
WHERE issue_changes.figure_kind = r.kind AND issue_changes.position = r.position
  AND issue_changes.breakdown = r.breakdown AND issue_changes.kind IN ('revised', 'new', 'withdrawn')"""

# The kind and position of an issue change when other releases come in, what it prints does not.
_KEPT = f"""CREATE OR REPLACE TABLE quality.reclassified AS
SELECT {", ".join(f"i.{name}" for name in KIND)}, i.release, i.previous_release, r.breakdown, r.because
FROM issue_reclassified r JOIN quality.issues i USING (kind, position)
ORDER BY ALL"""
_ADD_KNOWN = f"""INSERT INTO issue_reclassified
SELECT i.kind, i.position, r.breakdown, r.because
FROM {{known}} r JOIN quality.issues i USING ({", ".join(KIND)}, release)"""
