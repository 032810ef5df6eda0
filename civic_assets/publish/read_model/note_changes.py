"""Notes that are new, gone or reworded since the edition before: `catalogue.note_changes`.

Belongs here: pairing the notes of two editions. Does not belong here: the notes themselves (`notes`), and differences
of layout (`civic_assets.parsing.drift`).

Notes move and get other numbers from edition to edition, so they are paired by their words alone. A text that is
printed below several tables is one note. Dates and numbers count as words: "year ending December 2018" for "2019" is a
change of words, but the note remains the same note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.notes import REWORDED_SHARE
from civic_assets.tables.release_names import publication_order
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class NoteOfEdition:
    """One text among the notes of an edition.

    Args:
        locator: First cell that has it.
        text: The note, as printed.
        blocks: Whether it forbids a comparison.
    """

    locator: str
    text: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A note that differs between two editions.

    Args:
        change: `new`, `gone` or `reworded`.
        now: The note in the later edition; None if it is gone.
        before: The note in the earlier edition; None if it is new.
        likeness: Share of the words that both have, for a reworded note.
    """

    change: str
    now: NoteOfEdition | None
    before: NoteOfEdition | None
    likeness: float | None = None


def changes(now: Sequence[NoteOfEdition], before: Sequence[NoteOfEdition]) -> Iterator[NoteChange]:
    """Differences between the notes of two editions: reworded ones, then new ones, then those that are gone.

    Args:
        now: Notes of the later edition.
        before: Notes of the earlier edition.
    """
    texts = [{label(note.text): note for note in reversed(notes)} for notes in (now, before)]
    left, right = ({words: note for words, note in own.items() if words not in other}
                   for own, other in (texts, texts[::-1]))  # fmt: skip
    pairs = sorted(
        (
            (ratio, new, old)
            for new in left
            for old in right
            if (ratio := _likeness(new, old)) >= REWORDED_SHARE
        ),
        reverse=True,
    )
    for ratio, new, old in pairs:
        if new in left and old in right:
            yield NoteChange("reworded", left.pop(new), right.pop(old), round(ratio, 3))
    for note in left.values():
        yield NoteChange("new", note, None)
    for note in right.values():
        yield NoteChange("gone", None, note)


def _likeness(a: str, b: str) -> float:
    matcher = SequenceMatcher(None, a.split(), b.split(), autojunk=False)
    # Two bounds that are quick to compute spare most comparisons.
    if matcher.real_quick_ratio() < REWORDED_SHARE or matcher.quick_ratio() < REWORDED_SHARE:
        return 0.0
    return matcher.ratio()


def create(connection: DuckDBPyConnection) -> None:
    """Create `catalogue.note_changes`.

    Args:
        connection: Connection to a read model with `catalogue.notes` and `catalogue.note_effects`.
    """
    import pyarrow as pa

    connection.execute(_TABLE)
    editions: dict[str, dict[str, list[NoteOfEdition]]] = {}
    for source, release, locator, text, blocks in connection.execute(_NOTES).fetchall():
        editions.setdefault(source, {}).setdefault(release, []).append(NoteOfEdition(locator, text, blocks))
    rows = [row for source, notes in editions.items() for row in _rows(source, notes)]
    if rows:
        schema = connection.sql("SELECT * FROM catalogue.note_changes LIMIT 0").to_arrow_table().schema
        connection.register("incoming", pa.Table.from_pylist(rows, schema=schema))
        connection.execute("INSERT INTO catalogue.note_changes BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def _rows(source: str, editions: Mapping[str, Sequence[NoteOfEdition]]) -> Iterator[dict[str, Any]]:
    ordered = sorted(editions, key=publication_order)
    for previous, release in pairwise(ordered):
        for change in changes(editions[release], editions[previous]):
            now, before = change.now, change.before
            yield {
                "source": source,
                "release": release,
                "previous_release": previous,
                "change": change.change,
                "locator": now.locator if now else None,
                "text": now.text if now else None,
                "previous_locator": before.locator if before else None,
                "previous_text": before.text if before else None,
                "likeness": change.likeness,
                "block_changed": bool(now and now.blocks) != bool(before and before.blocks),
            }


_TABLE = """CREATE TABLE catalogue.note_changes (source VARCHAR, release VARCHAR, previous_release VARCHAR,
    change VARCHAR, locator VARCHAR, text VARCHAR, previous_locator VARCHAR, previous_text VARCHAR, likeness DOUBLE,
    block_changed BOOLEAN)"""
# Notes that the program states itself do not drift, and those of unread tables say nothing about figures held.
_NOTES = """
SELECT n.source, n.release, n.locator, n.text, count(e.effect) FILTER (e.action = 'block') > 0
FROM catalogue.notes n
LEFT JOIN catalogue.note_effects e
    ON e.source = n.source AND e.release = n.release AND e.note_locator = n.locator
WHERE n.kind <> 'source' AND NOT EXISTS (
    FROM catalogue.note_marks m
    WHERE m.source = n.source AND m.release = n.release AND m.note_locator = n.locator AND m.place = 'other_table')
GROUP BY ALL ORDER BY ALL"""
