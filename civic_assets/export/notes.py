"""Notes about many figures at once: publishers' notes, findings about disputed figures, and decisions.

Belongs here: finding them for every chosen figure, in SQL. Does not belong here: the notes of one figure
(`civic_assets.publish.queries.notes_of_figure`, which this follows), and how a file shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.notes.recognise import figures_of_note
from civic_assets.house_numbers.notes import NO_SMALL_COUNT
from civic_assets.publish.queries.notes_of_figure import INHERITED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Note:
    """A note about figures.

    Args:
        kind: `note` of a publisher, `finding` of a check, or `decision`.
        place: Cell of a note, id of a check or id of a decision.
        text: The note in one line.
    """

    kind: str
    source: str
    release: str
    place: str
    text: str


def mark_notes(connection: DuckDBPyConnection) -> tuple[Note, ...]:
    """Find the notes of the figures in the view `chosen`.

    Creates the temporary table `chosen_notes(position, notes, own)`, with a row for each figure that has a note:
    `notes` are positions in the result, and `own` those among them that single the figure out, instead of being about
    a whole table or release.

    Args:
        connection: Connection to a read model with a view `chosen`, whose rows are numbered in a column `position`.

    Returns:
        The notes, those of publishers first, each once.
    """
    import pyarrow as pa

    rows = connection.execute(_NOTES).fetchall()
    printed = [
        Note("note", source, release, place, " ".join(text.split())) for source, release, place, text in rows
    ]
    table = pa.table(
        {
            "note": pa.array(range(len(rows)), pa.int32()),
            "source": pa.array([row[0] for row in rows], pa.string()),
            "release": pa.array([row[1] for row in rows], pa.string()),
            "locator": pa.array([row[2] for row in rows], pa.string()),
            "text": pa.array([row[3] for row in rows], pa.string()),
            "kinds": pa.array([list(figures_of_note(row[3])) for row in rows], pa.list_(pa.string())),
        }
    )
    connection.register("chosen_texts", table)
    connection.execute(_OF_PUBLISHERS)
    others = [Note(kind, *row) for kind, *row in connection.execute(_OTHERS).fetchall()]
    connection.register(
        "chosen_others",
        pa.table(
            {
                "note": pa.array(range(len(printed), len(printed) + len(others)), pa.int32()),
                **{
                    name: pa.array([getattr(one, name) for one in others], pa.string())
                    for name in ("kind", "source", "release", "place", "text")
                },
            }
        ),
    )
    connection.execute(_ALL)
    return (*printed, *others)


_NOTES = """SELECT DISTINCT n.source, n.release, n.locator, n.text FROM catalogue.notes n
SEMI JOIN chosen USING (source, release) ORDER BY ALL"""

# The columns of a figure by which its notes are chosen. Many figures share them.
_OF_FIGURE = (
    "source", "release", "table_id", "area_code", "partnership_code", "parent_code", "measure", "period_start",
    "period_end", "kind", "small",
)  # fmt: skip
_KEYS = ", ".join(_OF_FIGURE)
_KINDS = f"""CASE WHEN statistic = 'change' THEN 'changes' WHEN unit = 'count' THEN 'counts'
        WHEN starts_with(unit, 'per_') THEN 'rates' ELSE 'shares' END AS kind,
    unit = 'count' AND coalesce(value < {NO_SMALL_COUNT}, true) AS small"""
_INHERITED = "[" + ", ".join(f"'{effect}'" for effect in INHERITED) + "]"

_OF_PUBLISHERS = f"""CREATE OR REPLACE TEMP TABLE chosen_printed AS
WITH figures AS (
    SELECT position, *, {_KINDS} FROM (SELECT * FROM chosen SEMI JOIN chosen_texts USING (source, release))
),
keys AS (
    SELECT DISTINCT {_KEYS},
        list_filter([area_code, partnership_code, parent_code], lambda code: code IS NOT NULL) AS codes
    FROM figures
),
notes AS (
    SELECT t.*, n.areas, n.periods, n.effects FROM chosen_texts t
    JOIN catalogue.notes n USING (source, release, locator, text)
),
said AS (
    SELECT k.* EXCLUDE (codes), n.note,
        bool_or(n.areas <> [] OR coalesce(m.areas <> [] OR m.measures <> [] OR m.periods <> [], false)) AS own
    FROM keys k JOIN notes n USING (source, release)
    LEFT JOIN catalogue.note_marks m
        ON m.source = n.source AND m.release = n.release AND m.note_locator = n.locator
    WHERE ((m.locator IS NULL AND (n.areas = [] OR list_has_any(n.areas, k.codes))
            AND (n.periods = [] OR len(list_filter(n.periods, lambda days:
                days[1:10] < k.period_end::VARCHAR AND k.period_start::VARCHAR < days[12:])) > 0))
        OR (m.table_id = k.table_id
            AND (m.areas = [] OR list_contains(m.areas, k.area_code)
                OR (list_has_any(n.effects, {_INHERITED}) AND list_has_any(m.areas, k.codes)))
            AND (m.measures = [] OR list_contains(m.measures, k.measure))
            AND (m.periods = [] OR list_contains(m.periods, k.period_start || '/' || k.period_end))))
      AND (NOT list_has_any(n.kinds, ['changes', 'rates', 'counts']) OR list_contains(n.kinds, k.kind))
      AND (NOT list_contains(n.kinds, 'unassigned') OR k.area_code LIKE '%/unassigned')
      AND (NOT list_contains(n.kinds, 'small_counts') OR k.small)
    GROUP BY ALL
),
grouped AS (
    SELECT {_KEYS}, list(note ORDER BY note) AS notes, coalesce(list(note ORDER BY note) FILTER (own), []) AS own
    FROM said GROUP BY ALL
)
SELECT f.position, g.notes, g.own FROM figures f JOIN grouped g
    ON {" AND ".join(f"f.{key} IS NOT DISTINCT FROM g.{key}" for key in _OF_FIGURE)}"""

# A disputed or withheld figure comes with the finding that says why, a corrected one with the decision.
_ACCUSED = """SELECT c.position, 'finding' AS kind, c.source, c.release, f.check_id AS place, f.message AS text
FROM chosen c JOIN quality.findings f ON f.source = c.source AND f.release = c.release AND f.severity = 'blocking'
    AND (f.locator = c.locator OR list_contains(f.locators, c.locator) OR list_contains(f.disputes, c.locator))
WHERE c.quality <> 'ok'
UNION
SELECT c.position, 'decision', c.source, c.release, d.correction_id, d.message
FROM chosen c JOIN quality.corrections d ON d.source = c.source AND d.release = c.release AND d.locator = c.locator"""
_OTHERS = f"SELECT DISTINCT kind, source, release, place, text FROM ({_ACCUSED}) ORDER BY ALL"
_ALL = f"""CREATE OR REPLACE TEMP TABLE chosen_notes AS
WITH accused AS (
    SELECT a.position, list(DISTINCT o.note ORDER BY o.note) AS notes
    FROM ({_ACCUSED}) a JOIN chosen_others o USING (kind, source, release, place, text) GROUP BY a.position
)
SELECT position, list_concat(coalesce(p.notes, []), coalesce(a.notes, [])) AS notes,
    list_concat(coalesce(p.own, []), coalesce(a.notes, [])) AS own
FROM chosen_printed p FULL JOIN accused a USING (position)"""
