"""How many cells, names and rows are listed before the others are only counted.

Belongs here: lengths of lists in findings, messages and the quality report. Does not belong here: layout of pages
and charts.
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SHARED_CAUSE_FINDINGS = _chosen(
    "SHARED_CAUSE_FINDINGS",
    3,
    "findings",
    "more findings of one cause share a line of the report",
    "quality.findings",
)
SHARED_CAUSE_PROPOSALS = _chosen(
    "SHARED_CAUSE_PROPOSALS",
    10,
    "findings",
    "findings that propose values may be separate errors, so more are shown one by one",
    "quality.findings",
)
CELLS_OF_A_FINDING = _chosen(
    "CELLS_OF_A_FINDING",
    50,
    "cells",
    "enough to see the pattern; the number of all cells is in the finding",
    "quality.findings",
)
FINDINGS_OF_A_RULE = _chosen(
    "FINDINGS_OF_A_RULE",
    200,
    "findings",
    "damage to a whole table is not clearer with more; the number of all is in the result",
    "quality.findings",
    "V-10",
    "K-07",
    "H-16",
)
OUTLIERS_LISTED = _chosen(
    "OUTLIERS_LISTED",
    500,
    "findings",
    "the most extreme ones; nobody looks at more, and the number of all is in the result",
    "V-21",
)
REPEATED_COLUMNS_LISTED = _chosen(
    "REPEATED_COLUMNS_LISTED",
    50,
    "findings",
    "a pasted file repeats many columns with one cause; the number of all is in the result",
    "K-06",
)
SERIES_NAMED = _chosen(
    "SERIES_NAMED",
    5,
    "series in a sentence",
    "the most telling ones; a longer sentence is not read",
    "H-12",
    "V-22",
    "V-24",
)
AREAS_NAMED = _chosen(
    "AREAS_NAMED", 10, "names in a sentence", "a longer sentence is not read; the others are counted", "K-05"
)
PERIODS_NAMED = _chosen(
    "PERIODS_NAMED", 4, "periods in a sentence", "more are summed up by the worst one", "H-13"
)
TEXTS_NAMED = _chosen(
    "TEXTS_NAMED", 20, "texts", "texts beneath merged cells have one cause, so more are only counted", "R-05"
)
CHANGED_CELLS_NAMED = _chosen(
    "CHANGED_CELLS_NAMED",
    20,
    "cells",
    "all of them are in quality.release_changes once both issues are published",
    "R-01",
)
PARTS_WRITTEN_OUT = _chosen(
    "PARTS_WRITTEN_OUT",
    9,
    "parts of a sum",
    "a total of recorded crime has nine parts, a force up to 38 areas",
    "V-10",
    "V-12",
)
EXAMPLES_NAMED = _chosen(
    "EXAMPLES_NAMED",
    3,
    "examples in a sentence",
    "three show what kind of thing is meant",
    "V-04",
    "R-03",
    "messages",
)
SHEETS_NAMED = _chosen(
    "SHEETS_NAMED", 5, "sheets in a sentence", "a longer sentence is not read; the others are counted", "R-03"
)
ROWS_NAMED = _chosen(
    "ROWS_NAMED", 5, "rows in a sentence", "a longer sentence is not read; the others are counted", "R-09"
)
ADDRESSES_NAMED = _chosen(
    "ADDRESSES_NAMED", 100, "addresses", "if there are more, the finding gives their number", "V-01"
)
FIELDS_QUOTED = _chosen(
    "FIELDS_QUOTED",
    3,
    "fields",
    "a record with at most this many fields is short enough to quote in full",
    "R-03",
)
NOTICE_CHARACTERS = _chosen(
    "NOTICE_CHARACTERS", 120, "characters", "the beginning of a notice says what was corrected", "R-01"
)
FORCES_IN_A_NAME = _chosen(
    "FORCES_IN_A_NAME",
    3,
    "forces",
    "a longer name of a release would not fit a line; the number of forces is given instead",
    "catalogue.releases",
)
DECIMALS_SHOWN = _chosen(
    "DECIMALS_SHOWN",
    4,
    "decimals",
    "enough to recognise a figure that is printed with full precision",
    "quality.findings",
)
FORMULA_CHARACTERS = _chosen(
    "FORMULA_CHARACTERS", 60, "characters", "the beginning of a formula identifies it", "R-05"
)
BIAS_ROWS = _chosen(
    "BIAS_ROWS",
    10,
    "areas or cells",
    "the most telling ones have a row of their own",
    "quality.bias_register",
)
REPORT_FINDINGS_OF_A_CHECK = _chosen(
    "REPORT_FINDINGS_OF_A_CHECK",
    200,
    "findings",
    "a longer page is not read; the others are counted, with the SQL that lists them",
    "quality",
    "report",
)
REPORT_ROWS_OF_A_LIST = _chosen(
    "REPORT_ROWS_OF_A_LIST",
    200,
    "rows",
    "a longer page is not read; the others are counted, with the SQL that lists them",
    "quality",
    "report",
)
REPORT_ENTRIES_WRITTEN_OUT = _chosen(
    "REPORT_ENTRIES_WRITTEN_OUT",
    8,
    "entries",
    "a longer list is not read; the others are counted",
    "quality",
    "report",
)
REPORT_BARS = _chosen(
    "REPORT_BARS",
    15,
    "bars",
    "more bars are too thin to read; the table next to the chart has all numbers",
    "quality",
    "report",
)
REPORT_CELLS_AROUND = _chosen(
    "REPORT_CELLS_AROUND",
    2,
    "rows and columns",
    "the neighbours on each side show where in the sheet a cell is",
    "quality",
    "report",
)
REPORT_MORE_ROWS = _chosen(
    "REPORT_MORE_ROWS", 10, "rows", "a total of recorded crime has nine parts", "quality", "report"
)
REPORT_MORE_COLUMNS = _chosen(
    "REPORT_MORE_COLUMNS", 10, "columns", "a total of recorded crime has nine parts", "quality", "report"
)
REPORT_NAME_COLUMNS = _chosen(
    "REPORT_NAME_COLUMNS",
    3,
    "columns",
    "they say what a row is about, the most detailed last",
    "quality",
    "report",
)
REPORT_CELL_CHARACTERS = _chosen(
    "REPORT_CELL_CHARACTERS",
    90,
    "characters",
    "longer texts are notes, which are cut and marked as cut",
    "quality",
    "report",
)
CHOICES_OF_A_NAME = _chosen(
    "CHOICES_OF_A_NAME",
    12,
    "choices",
    "more would not fit a screen; the others are counted",
    "trace",
    "compare",
)
PERIODS_OF_A_NAME = _chosen(
    "PERIODS_OF_A_NAME", 8, "periods", "more would not fit a screen", "trace", "compare"
)
NAMES_PUBLISHED = _chosen("NAMES_PUBLISHED", 30, "names", "more would not fit a screen", "trace", "compare")
GROUPS_OF_A_NAME = _chosen(
    "GROUPS_OF_A_NAME", 10, "groups", "more would not fit a screen", "trace", "compare"
)
ISSUES_OF_A_FIGURE = _chosen(
    "ISSUES_OF_A_FIGURE", 12, "issues", "three years of a quarterly publication", "trace"
)
CHOICES_ON_A_SCREEN = _chosen(
    "CHOICES_ON_A_SCREEN",
    40,
    "names",
    "a longer list would not fit a screen; the error has all names",
    "messages",
)
SUMMARY_LINES = _chosen(
    "SUMMARY_LINES", 40, "lines", "more would not fit a screen; the others are counted", "refresh"
)
SUMMARY_FILES = _chosen(
    "SUMMARY_FILES",
    10,
    "files",
    "more with one reason would hide the other reasons; the others are counted",
    "refresh",
)
NAMES_NEXT_TO_A_SUGGESTION = _chosen(
    "NAMES_NEXT_TO_A_SUGGESTION",
    12,
    "names",
    "so many fit into a sentence that also suggests one",
    "messages",
)
NAMES_WITHOUT_A_SUGGESTION = _chosen(
    "NAMES_WITHOUT_A_SUGGESTION", 40, "names", "so many fit into a sentence without a suggestion", "messages"
)
