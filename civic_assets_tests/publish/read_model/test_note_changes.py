"""Notes of two editions: reworded ones are paired, new and gone ones are named, moved ones are no change."""

from __future__ import annotations

from civic_assets.publish.read_model.note_changes import NoteOfEdition, changes


def _notes(*texts: str) -> list[NoteOfEdition]:
    return [
        NoteOfEdition(f"Notes!B{row}", text, "not comparable" in text) for row, text in enumerate(texts, 2)
    ]


OLD = "Based on mid-2018 population estimates for England and Wales."
NEW = "Based on mid-2019 population estimates for England and Wales."
FRAUD = "Offences of fraud are excluded from subnational breakdowns."


def test_equal_notes_in_another_place_are_no_change() -> None:
    assert list(changes(_notes(FRAUD, OLD), _notes(OLD, FRAUD))) == []


def test_note_with_another_year_is_reworded() -> None:
    (change,) = changes(_notes(FRAUD, NEW), _notes(OLD, FRAUD))
    assert change.change == "reworded"
    assert change.now is not None and change.before is not None
    assert (change.now.text, change.before.text) == (NEW, OLD)
    assert change.likeness is not None and 0.6 <= change.likeness < 1


def test_note_that_is_new_and_note_that_is_gone() -> None:
    found = {change.change: change for change in changes(_notes("Leeds is not comparable."), _notes(FRAUD))}
    assert set(found) == {"new", "gone"}
    now, before = found["new"].now, found["gone"].before
    assert now is not None and now.blocks and before is not None and before.text == FRAUD
