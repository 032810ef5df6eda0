"""Publishers' notes next to the figures of derived tables: the column `publisher_notes`.

Belongs here: matching figures with the effects of notes, in SQL. Does not belong here: the notes and their effects
(`civic_assets.publish.read_model.notes`), and breaks of the register (`break_notes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.notes.kinds import AMONG_KINDS
from civic_assets.house_numbers.display import CHARACTERS_OF_A_NOTE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_publisher_notes(connection: DuckDBPyConnection, figures: str, name: str) -> None:
    """Create a temporary table with the notes about the figures of another table, one sentence for each note.

    A note that does nothing to a comparison, such as a definition, is left out; `trace` prints it.

    Args:
        connection: Connection to a read model with `catalogue.note_effects`.
        figures: Table with the columns source, release, measure (several of a sum joined by `+`), area_code,
            period_start, period_end, unit and value; none of them is a change.
        name: Name of the new table: those columns with publisher_notes (list of sentences).
    """
    connection.execute(_NOTES.format(figures=figures, name=name))


_NOTES = f"""CREATE OR REPLACE TEMP TABLE {{name}} AS
WITH places AS (
    SELECT DISTINCT source, release, measure, area_code, period_start, period_end, unit, value
    FROM {{figures}} SEMI JOIN catalogue.note_effects USING (source, release)
),
forces AS (
    SELECT area_code, any_value(force_code) AS force_code FROM harmonised.profile_areas GROUP BY area_code
),
-- Worded before the join, because there are many more figures than notes.
effects AS MATERIALIZED (
    SELECT e.*, format('The publisher notes: \u201c{{{{}}}}\u201d ({{{{}}}}).', trim(regexp_replace(
            CASE WHEN length(n.text) <= {CHARACTERS_OF_A_NOTE} THEN n.text ELSE e.sentence END,
            '\\s+', ' ', 'g')), e.note_locator) AS worded
    FROM catalogue.note_effects e JOIN catalogue.notes n
      ON n.source = e.source AND n.release = e.release AND n.locator = e.note_locator
),
said AS (
    SELECT p.* EXCLUDE (unit, value), e.note_locator, first(e.worded ORDER BY e.action, e.sentence) AS worded
    FROM places p LEFT JOIN forces f USING (area_code) JOIN effects e
      ON e.source = p.source AND e.release = p.release AND e.action <> 'information'
     AND (e.measures = [] OR list_has_any(e.measures, string_split(p.measure, '+')))
     AND (e.areas = [] OR list_contains(e.areas, p.area_code) OR list_contains(e.totals, p.area_code)
        OR (e.action = 'block' AND list_contains(e.areas, f.force_code)))
     -- What holds for whole tables alike, such as a method of long standing, does not tell one figure from another.
     AND (e.action = 'block' OR e.areas <> [] OR e.days_from IS NOT NULL
        OR e.effect IN ('excludes', 'estimated', 'not_comparable'))
     AND {AMONG_KINDS}
     AND (e.days_from IS NULL OR e.days_from < p.period_end) AND (e.days_to IS NULL OR e.days_to > p.period_start)
    GROUP BY ALL
)
SELECT source, release, measure, area_code, period_start, period_end,
    list_sort(list(DISTINCT worded)) AS publisher_notes
FROM said GROUP BY ALL"""
