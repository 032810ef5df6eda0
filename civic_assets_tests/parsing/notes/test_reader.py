"""Each note of a made workbook is found where publishers write notes, and leads to the figures that carry its mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from civic_assets.parsing.notes.reader import FoundNotes, read_notes
from civic_assets.parsing.notes.texts import note_texts, tables_named
from civic_assets.parsing.observations import Area, Note, ObservationColumns, observe
from civic_assets.parsing.table_finder import find_tables
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue
from civic_assets.values.periods import year_ending
from civic_assets_tests.parsing.test_table_finder import COLUMNS, ROWS, TITLE, column, sheet, table
from civic_assets_tests.releases import contract

AREAS = [
    Area("partnership", "E22000204", "Islington", "csp"),
    Area("partnership", "E22000205", "Lambeth", "csp"),
]


def _sheet(name: str, rows: Sequence[Sequence[CellValue]]) -> Sheet:
    width = max(map(len, rows))
    return Sheet(name, [[*row, *[""] * (width - len(row))] for row in rows])


def _read(sheets: Sequence[Sheet], robbery: str = "Robbery") -> FoundNotes:
    grid = Grid("book.xlsx", "xlsx", list(sheets))
    columns = [column("robbery", robbery) if one.name == "robbery" else one for one in COLUMNS]
    under = replace(contract(), tables=(table(columns=columns, rows_with="area_name"),), ignored_sheets=())
    found = find_tables(grid, under)
    figures = ObservationColumns()
    observe(figures, found["counts"], AREAS, under, period=lambda *_: year_ending(2024, 12))
    return read_notes(grid, found, figures.table())


def _note(found: FoundNotes, begins: str) -> Note:
    (note,) = [note for note in found.notes if note.text.startswith(begins)]
    return note


LISTED = _sheet(
    "Notes",
    [
        ["Notes"],
        ["Notes for tables C2, C3"],
        ["Note number", "Note text", "Useful links"],
        [1.0, "Caution must be taken with small numbers.", "User guide"],
        [2.0, "Robbery excludes robbery of business property."],
        [3.0, "There is an undercount for Lambeth in 2024."],
        ["Notes for table P9"],
        ["Note number", "Note text"],
        [1.0, "Fraud is counted where the victim lives."],
    ],
)
MARKED: list[CellValue] = ["Area code", "Area name", "Robbery [note 2]", "Homicide"]


def test_marks_of_title_column_and_row_lead_to_their_notes() -> None:
    rows: list[list[CellValue]] = [ROWS[0], ["E22000205", "Lambeth [note 3]", 1911.0, 9.0]]
    found = _read([LISTED, sheet(title=f"{TITLE} [note 1]", header=MARKED, rows=rows)])
    assert (found.marks, found.loose) == (3, ())
    places = {note.number: note.marks for note in found.notes if note.caption.endswith("C3")}
    assert [(m.place, m.locator) for m in places["1"]] == [("title", "Table C2 !A1")]
    assert [(m.place, m.measures) for m in places["2"]] == [("column", ("robbery",))]
    assert [(m.place, m.areas) for m in places["3"]] == [("row", ("E22000205",))]
    assert _note(found, "There is an undercount").areas == ("E22000205",)


def test_list_about_other_tables_is_kept_and_tied_to_none() -> None:
    found = _read([LISTED, sheet()])
    other = _note(found, "Fraud is counted")
    assert [(mark.place, mark.table) for mark in other.marks] == [("other_table", "")]


def test_note_without_a_mark_is_about_the_tables_of_its_list() -> None:
    note = _note(_read([LISTED, sheet()]), "Robbery excludes")
    assert [(mark.place, mark.table, mark.locator) for mark in note.marks] == [
        ("table", "counts", note.locator)
    ]


def test_mark_without_a_text_is_named_with_its_cell() -> None:
    found = _read([LISTED, sheet(header=["Area code", "Area name", "Robbery [note 8]", "Homicide"])])
    assert [(one.locator, one.number, one.sheets) for one in found.loose] == [
        ("Table C2 !C3", "8", ("Notes",))
    ]


def test_number_given_to_two_notes_means_the_one_that_names_the_row() -> None:
    twice = _sheet(
        "Notes",
        [
            ["Note number", "Note text"],
            [1.0, "Most forces have improved their recording."],
            [1.0, "Rates for Lambeth include the river."],
        ],
    )
    rows: list[list[CellValue]] = [
        ["E22000204", "Islington", 1223.0, 3.0],
        ["E22000205", "Lambeth [note 1]", 1911.0, 9.0],
    ]
    found = _read([twice, sheet(rows=rows)])
    assert [mark.place for mark in _note(found, "Rates for Lambeth").marks] == ["row"]
    assert [mark.place for mark in _note(found, "Most forces").marks] == ["table"]
    assert list(found.repeated.values()) == [["Notes!B2", "Notes!B3"]]


def test_footnotes_and_superscripts_of_a_table() -> None:
    header: list[CellValue] = ["Area code", "Area name", "Robbery1", "Homicide"]
    rows: list[list[CellValue]] = [
        ["E22000204", "Islington", 1223.0, 3.0],
        ["E22000205", "Lambeth2", 1911.0, 9.0],
        ["", "", "", ""],
        ["Source: Home Office", "", "", ""],
        ["1. Excludes robbery of business property.", "", "", ""],
        ["2 Includes the river and its banks.", "", "", ""],
    ]
    found = _read([sheet(title=TITLE, header=header, rows=rows)], robbery="Robbery1")
    assert _note(found, "Excludes").marks[0].measures == ("robbery",)
    assert _note(found, "Includes").areas == ("E22000205",)
    assert _note(found, "Excludes").locator == "Table C2 !A8"


def test_line_above_a_table_qualifies_all_of_it() -> None:
    found = _read([sheet(preamble=["England (excluding Greater Manchester Police)"])])
    note = _note(found, "England (excluding")
    assert (note.kind, [mark.place for mark in note.marks]) == ("above_table", ["table"])


def test_sentence_of_a_cover_is_a_candidate_and_a_table_that_is_not_read_is_none() -> None:
    cover = _sheet(
        "Cover",
        [["Crime tables"], ["Note: North Wales reported a number of historical crimes, now revised."]],
    )
    other = _sheet(
        "Table C9",
        [["Table C9: other figures of the same publication, not read by anybody here", "b", "c", "d"]],
    )
    texts = note_texts(
        Grid("book.xlsx", "xlsx", [cover, other]), find_tables(Grid("b", "xlsx", []), contract())
    )
    assert [(text.kind, text.locator) for text in texts] == [("cover", "Cover!A2")]


def test_heading_names_runs_of_tables() -> None:
    assert tables_named("Notes for tables P1 to P3") >= {"p1", "p2", "p3"}
    assert tables_named("Notes") == frozenset()
