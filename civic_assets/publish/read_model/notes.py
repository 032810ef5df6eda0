"""Publishers' notes as tables: `catalogue.notes`, `catalogue.note_marks`, `catalogue.note_effects`.

Belongs here: those tables, and reading the effects back. Does not belong here: recognising effects
(`civic_assets.harmonise.notes`), what changed between editions (`note_changes`), and what an effect means for a
comparison (`civic_assets.harmonise.comparability.publisher_notes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.notes.figures import MarkedScope, NoteEffect, scoped
from civic_assets.harmonise.notes.recognise import effects_of, says_nothing
from civic_assets.house_numbers.notes import BULK_SHARE
from civic_assets.parsing.notes.reader import OTHER
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.layers.facts import NoteFact
    from civic_assets.publish.member import Member

_NEXT_TO_TABLES = ("note", "footnote", "above_table")


def create(connection: DuckDBPyConnection, members: Sequence[Member]) -> None:
    """Create the tables of notes.

    A line above a table or on a cover is a note unless it is a title, a link or an address; a sentence of a cover, only
    if an effect is recognised in it.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
        members: Releases of the publication.
    """
    connection.execute(_TABLES)
    releases = [member for member in members if member.facts.notes]
    if not releases:
        return
    places = _Places(connection, [(m.receipt.source, m.receipt.release) for m in releases])
    notes: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    effects: list[NoteEffect] = []
    for member in releases:
        source, release = member.receipt.source, member.receipt.release
        for note in member.facts.notes:
            if note.kind != "source" and says_nothing(note.text):
                continue
            recognised = effects_of(note.text, places.names(source, release))
            if note.kind == "cover" and not recognised:
                continue
            of_release = {"source": source, "release": release}
            notes.append({**of_release, **_note(note), "effects": list(dict.fromkeys(e.effect for e in recognised)),
                          "unread": note.kind in _NEXT_TO_TABLES and not recognised})  # fmt: skip
            marks += [{**of_release, "note_locator": note.locator, **_mark(mark)} for mark in note.marks]
            if any(mark.place == OTHER for mark in note.marks):
                continue
            scopes = [
                MarkedScope(m.table, m.place, tuple(m.areas), tuple(m.measures), _first_day(m.periods))
                for m in note.marks
            ]
            effects += scoped(
                source, release, note.locator, note.text, recognised, scopes, places.measures(source, release)
            )
    effects = _with_totals(connection, effects)
    _insert(connection, "catalogue.notes", notes)
    _insert(connection, "catalogue.note_marks", marks)
    _insert(connection, "catalogue.note_effects", [_effect(effect) for effect in effects])


def effects(connection: DuckDBPyConnection) -> tuple[NoteEffect, ...]:
    """Effects of notes that forbid a comparison or are said with it.

    Args:
        connection: Connection to a read model with `catalogue.note_effects`.
    """
    # Every column is read, so that a read model made before a column was added can be asked too.
    found = rows_of(
        connection,
        """SELECT e.* EXCLUDE (note_locator), e.note_locator AS locator, n.text
        FROM catalogue.note_effects e
        JOIN catalogue.notes n ON n.source = e.source AND n.release = e.release AND n.locator = e.note_locator
        WHERE e.action <> 'information'
        ORDER BY e.source, e.release, e.note_locator, e.effect, e.action, e.sentence, e.areas, e.measures""",
    )
    for row in found:
        row |= {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return tuple(NoteEffect(**row) for row in found)


class _Places:
    """Names of areas, measures of tables, and the totals that are mostly one area, for each release with notes."""

    def __init__(self, connection: DuckDBPyConnection, releases: Sequence[tuple[str, str]]) -> None:
        self._names: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._measures: dict[tuple[str, str], dict[str, list[str]]] = {}
        connection.execute("CREATE TEMP TABLE noted (source VARCHAR, release VARCHAR)")
        if releases:
            connection.executemany("INSERT INTO noted VALUES (?, ?)", [list(one) for one in releases])
        for source, release, name, codes in connection.execute(_NAMES).fetchall():
            self._names.setdefault((source, release), {})[label(name)] = codes
        for source, release, table, measures in connection.execute(_MEASURES).fetchall():
            self._measures.setdefault((source, release), {})[table] = measures
        connection.execute("DROP TABLE noted")

    def names(self, source: str, release: str) -> Mapping[str, Sequence[str]]:
        return self._names.get((source, release), {})

    def measures(self, source: str, release: str) -> Mapping[str, Sequence[str]]:
        return self._measures.get((source, release), {})


def _with_totals(connection: DuckDBPyConnection, effects: Sequence[NoteEffect]) -> list[NoteEffect]:
    """Effects that forbid something also forbid it of a total most of which is the area concerned."""
    wanted = sorted({(e.source, e.release, code) for e in effects if e.action == "block" for code in e.areas})
    if not wanted:
        return list(effects)
    connection.execute("CREATE TEMP TABLE noted_areas (source VARCHAR, release VARCHAR, area_code VARCHAR)")
    connection.executemany("INSERT INTO noted_areas VALUES (?, ?, ?)", [list(one) for one in wanted])
    totals: dict[tuple[str, str, str], set[str]] = {}
    for source, release, code, parent in connection.execute(_MOSTLY).fetchall():
        totals.setdefault((source, release, code), set()).add(parent)
    connection.execute("DROP TABLE noted_areas")
    found = []
    for effect in effects:
        more = {
            total
            for code in effect.areas
            for total in totals.get((effect.source, effect.release, code), ())
            if effect.action == "block"
        }
        found.append(replace(effect, totals=tuple(sorted(more - {*effect.areas}))) if more else effect)
    return found


def _first_day(periods: Sequence[str]) -> date | None:
    return date.fromisoformat(min(periods)[:10]) if periods else None


def _note(note: NoteFact) -> dict[str, Any]:
    tables = sorted({mark.table for mark in note.marks if mark.table})
    measures = {measure for mark in note.marks for measure in mark.measures}
    only_columns = all(mark.measures for mark in note.marks)
    return {
        "locator": note.locator,
        "text": note.text,
        "areas": list(note.areas),
        "periods": list(note.periods),
        "kind": note.kind,
        "number": note.number or None,
        "caption": note.caption or None,
        "tables": tables,
        "measures": sorted(measures) if only_columns else [],
    }


def _mark(mark: Any) -> dict[str, Any]:
    return {
        "locator": mark.locator,
        "table_id": mark.table or None,
        "place": mark.place,
        "areas": list(mark.areas),
        "measures": list(mark.measures),
        "periods": list(mark.periods),
    }


def _effect(effect: NoteEffect) -> dict[str, Any]:
    return {
        "source": effect.source,
        "release": effect.release,
        "note_locator": effect.locator,
        "effect": effect.effect,
        "action": effect.action,
        "pattern": effect.pattern,
        "sentence": effect.sentence,
        "areas": list(effect.areas),
        "measures": list(effect.measures),
        "boundary": effect.boundary,
        "days_from": effect.days_from,
        "days_to": effect.days_to,
        "across_areas": effect.across_areas,
        "totals": list(effect.totals),
        "figures": list(effect.figures),
    }


def _insert(connection: DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    import pyarrow as pa

    if not rows:
        return
    schema = connection.sql(f"SELECT * FROM {table} LIMIT 0").to_arrow_table().schema
    connection.register("incoming", pa.Table.from_pylist(list(rows), schema=schema))
    connection.execute(f"INSERT INTO {table} BY NAME SELECT DISTINCT * FROM incoming")
    connection.unregister("incoming")


_TABLES = """
CREATE TABLE catalogue.notes (source VARCHAR, release VARCHAR, locator VARCHAR, text VARCHAR, areas VARCHAR[],
    periods VARCHAR[], kind VARCHAR, number VARCHAR, caption VARCHAR, tables VARCHAR[], measures VARCHAR[],
    effects VARCHAR[], unread BOOLEAN);
CREATE TABLE catalogue.note_marks (source VARCHAR, release VARCHAR, note_locator VARCHAR, locator VARCHAR,
    table_id VARCHAR, place VARCHAR, areas VARCHAR[], measures VARCHAR[], periods VARCHAR[]);
CREATE TABLE catalogue.note_effects (source VARCHAR, release VARCHAR, note_locator VARCHAR, effect VARCHAR,
    action VARCHAR, pattern VARCHAR, sentence VARCHAR, areas VARCHAR[], measures VARCHAR[], boundary DATE,
    days_from DATE, days_to DATE, across_areas BOOLEAN, totals VARCHAR[], figures VARCHAR[])"""

# A country is named in many notes without being their subject. Where a region has the name of a force, the force is
# meant.
_NAMES = """
WITH named AS (
    SELECT DISTINCT source, release, unnest([area_name, area_name_printed]) AS name, area_code, area_type
    FROM harmonised.observations SEMI JOIN noted USING (source, release)
    WHERE area_type NOT IN ('country', 'unassigned', 'unknown') AND NOT contains(area_code, '/')
)
SELECT source, release, name, list(DISTINCT area_code ORDER BY area_code)
FROM (
    SELECT * FROM named WHERE length(name) > 3
    QUALIFY (area_type = 'region') = min(area_type = 'region') OVER (PARTITION BY source, release, lower(name))
)
GROUP BY ALL ORDER BY ALL"""
_MEASURES = """
SELECT source, release, table_id, list(DISTINCT measure ORDER BY measure)
FROM harmonised.observations SEMI JOIN noted USING (source, release) GROUP BY ALL ORDER BY ALL"""
# Totals most of which is one of the areas, over all counts that both print.
_MOSTLY = f"""
WITH counts AS (
    SELECT source, release, table_id, measure, breakdown, period_start, period_end, area_code, parent_code, value
    FROM harmonised.observations JOIN noted_areas USING (source, release, area_code)
    WHERE unit = 'count' AND statistic = 'flow' AND value IS NOT NULL AND parent_code IS NOT NULL
)
SELECT c.source, c.release, c.area_code, c.parent_code
FROM counts c JOIN harmonised.observations p
    ON p.source = c.source AND p.release = c.release AND p.area_code = c.parent_code AND p.table_id = c.table_id
    AND p.measure = c.measure AND p.breakdown = c.breakdown AND p.period_start = c.period_start
    AND p.period_end = c.period_end AND p.unit = 'count'
GROUP BY ALL HAVING sum(c.value) >= {BULK_SHARE} * sum(p.value) AND sum(p.value) > 0
ORDER BY ALL"""
