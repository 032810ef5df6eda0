"""Numbers by which publishers' notes are found and told apart.

Belongs here: lengths of texts that may be notes, and how alike two wordings of one note are. Does not belong here: what
a note means (`vocabularies/note_effects.yaml`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

LONGEST_NOTES_SHEET = _chosen(
    "LONGEST_NOTES_SHEET",
    "most rows of a sheet that is searched for a list of notes",
    500,
    "rows",
    "the longest list of notes that was seen has 44 rows; a sheet with more rows than this is a table",
    "R-11",
    "catalogue.notes",
)
SHORTEST_NOTE = _chosen(
    "SHORTEST_NOTE",
    "fewest characters of a footnote",
    12,
    "characters",
    "shorter texts next to a table are units and symbols",
    "R-11",
    "catalogue.notes",
)
SHORTEST_COVER_NOTE = _chosen(
    "SHORTEST_COVER_NOTE",
    "fewest characters of a sentence on a cover sheet that may be a note",
    60,
    "characters",
    "shorter texts on a cover are headings, addresses and links",
    "catalogue.notes",
)
CELLS_OF_A_COVER = _chosen(
    "CELLS_OF_A_COVER",
    "most filled cells of a row on a cover sheet",
    3,
    "cells",
    "lists of contents have up to three columns; a row with more is part of a table",
    "catalogue.notes",
)
BULK_SHARE = _chosen(
    "BULK_SHARE",
    "share of a total from which a note that forbids comparing one of its areas forbids comparing the total",
    0.5,
    "share of the total's count",
    "where most of a total is one area, a change in how that area records is a change of the total: London without "
    "the Metropolitan Police is the City",
    "catalogue.note_effects",
    "compare",
)
NO_SMALL_COUNT = _chosen(
    "NO_SMALL_COUNT",
    "count from which a note about small counts is not about a figure",
    1000,
    "events or people",
    "the publishers name no number; rates are withheld for counts under 20 to 100, so ten times that is certainly not "
    "small, and a note is not lost where it may be meant",
    "catalogue.note_effects",
    "compare",
)
REWORDED_SHARE = _chosen(
    "REWORDED_SHARE",
    "share of its words that a note keeps if it is the same note in other words",
    0.6,
    "share of the words of both, as difflib.SequenceMatcher.ratio",
    "the notes of the police force area tables that change only their numbers and dates from edition to edition keep "
    "at least four fifths; different notes of one edition share less than half",
    "catalogue.note_changes",
)
