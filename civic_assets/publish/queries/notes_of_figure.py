"""The publisher's notes about one published figure.

Belongs here: finding them in the read model. Does not belong here: reading notes from a file
(`civic_assets.parsing.notes`) and what they mean for a comparison
(`civic_assets.harmonise.comparability.publisher_notes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.answers.trace import PublisherNote
from civic_assets.harmonise.notes.kinds import FigureTraits
from civic_assets.harmonise.notes.recognise import figures_of_note
from civic_assets.publish.read_model.connection import rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.answers.figure import PublishedFigure

INHERITED = ("not_comparable", "undercounted", "part_of_period", "estimated", "not_supplied")
"""Effects on an area that concern the places within it too."""


def notes_of(connection: DuckDBPyConnection, figure: PublishedFigure) -> tuple[PublisherNote, ...]:
    """The publisher's notes about the figure: its table, or its row, column or cell, and its period.

    A note that the parser ties to areas also concerns the areas within them. One that is about another kind of figure,
    such as changes, is left out.
    """
    rows = rows_of(
        connection,
        """SELECT n.locator, n.text, n.number, n.effects, list(DISTINCT m.locator ORDER BY m.locator)
            FILTER (m.locator <> n.locator) AS marked_at, n.periods,
            bool_or(m.locator IS NULL) AS of_areas
        FROM catalogue.notes n
        LEFT JOIN catalogue.note_marks m
            ON m.source = n.source AND m.release = n.release AND m.note_locator = n.locator
        WHERE n.source = $source AND n.release = $release AND (
            (m.locator IS NULL AND (n.areas = [] OR list_has_any(n.areas, $areas)))
            OR (m.table_id = $table AND (m.areas = [] OR list_contains(m.areas, $area)
                    OR (list_has_any(n.effects, $inherited) AND list_has_any(m.areas, $areas)))
                AND (m.measures = [] OR list_contains(m.measures, $measure))
                AND (m.periods = [] OR list_contains(m.periods, $period))))
        GROUP BY ALL ORDER BY n.locator, n.text""",
        {
            "source": figure.source,
            "release": figure.release,
            "areas": [
                code for code in (figure.area_code, figure.partnership_code, figure.parent_code) if code
            ],
            "inherited": list(INHERITED),
            "table": figure.table_id,
            "area": figure.area_code,
            "measure": figure.measure,
            "period": f"{figure.period_start}/{figure.period_end}",
        },
    )
    traits = FigureTraits(figure.statistic, figure.unit, figure.area_code, figure.value)
    start, end = figure.period_start.isoformat(), figure.period_end.isoformat()
    return tuple(
        PublisherNote(
            row["locator"], row["text"], row["number"], tuple(row["effects"]), tuple(row["marked_at"] or ())
        )
        for row in rows
        if traits.among(figures_of_note(row["text"]))
        # A mark says which figures are meant; the years that a note without one names are all that limits it.
        and (
            not row["of_areas"]
            or not row["periods"]
            or any(p[:10] < end and start < p[11:] for p in row["periods"])
        )
    )
