"""How many cells, names and rows a finding or a message lists before the others are only counted.

Belongs here: lengths of lists in findings and in messages about files. Does not belong here: lengths of lists in the
quality report and in answers of the command line (`display`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SHARED_CAUSE_FINDINGS = _chosen(
    "SHARED_CAUSE_FINDINGS",
    "findings of one cause that are shown one by one",
    3,
    "findings",
    "more findings of one cause share a line of the report",
    "quality.findings",
)
SHARED_CAUSE_PROPOSALS = _chosen(
    "SHARED_CAUSE_PROPOSALS",
    "findings of one cause with a proposal that are shown one by one",
    10,
    "findings",
    "findings that propose values may be separate errors, so more are shown one by one",
    "quality.findings",
)
CAUSES_OF_A_CHECK = _chosen(
    "CAUSES_OF_A_CHECK",
    "causes that one check names in a release",
    4,
    "causes",
    "a file in which a check finds more is damaged as a whole, and one line says so; every finding is kept",
    "quality.causes",
)
CELLS_OF_A_FINDING = _chosen(
    "CELLS_OF_A_FINDING",
    "cells that a finding lists",
    50,
    "cells",
    "enough to see the pattern; the number of all cells is in the finding",
    "quality.findings",
)
FINDINGS_OF_A_RULE = _chosen(
    "FINDINGS_OF_A_RULE",
    "findings that are kept of damage to a whole table",
    200,
    "findings",
    "damage to a whole table is not clearer with more; the number of all is in the result",
    "quality.findings",
    "V-10",
    "K-07",
    "H-16",
)
FINDINGS_OF_A_CAUSE = _chosen(
    "FINDINGS_OF_A_CAUSE",
    "findings of one cause that are kept one by one",
    200,
    "findings",
    "in publishers' files the most of one cause are 62; nobody reads hundreds that say the same, and a file that is "
    "wrong in every row would need gigabytes for them",
    "quality.findings",
)
FINDINGS_OF_A_CHECK = _chosen(
    "FINDINGS_OF_A_CHECK",
    "findings of one check that are kept one by one, whatever their causes",
    1000,
    "findings",
    "a check that says a thousand things of one release has found that it is damaged as a whole",
    "quality.findings",
)
OUTLIERS_LISTED = _chosen(
    "OUTLIERS_LISTED",
    "outliers over time that are kept",
    500,
    "findings",
    "the most extreme ones; nobody looks at more, and the number of all is in the result",
    "V-21",
)
REPEATED_COLUMNS_LISTED = _chosen(
    "REPEATED_COLUMNS_LISTED",
    "repeated columns that are kept",
    50,
    "findings",
    "a pasted file repeats many columns with one cause; the number of all is in the result",
    "K-06",
)
SERIES_NAMED = _chosen(
    "SERIES_NAMED",
    "series that a message names",
    5,
    "series in a sentence",
    "the most telling ones; a longer sentence is not read",
    "H-12",
    "V-22",
    "V-24",
)
AREAS_NAMED = _chosen(
    "AREAS_NAMED",
    "areas that a message names",
    10,
    "names in a sentence",
    "a longer sentence is not read; the others are counted",
    "K-05",
)
PERIODS_NAMED = _chosen(
    "PERIODS_NAMED",
    "periods that a message names",
    4,
    "periods in a sentence",
    "more are summed up by the worst one",
    "H-13",
)
TEXTS_NAMED = _chosen(
    "TEXTS_NAMED",
    "texts beneath merged cells that are named one by one",
    20,
    "texts",
    "texts beneath merged cells have one cause, so more are only counted",
    "R-05",
)
CHANGED_CELLS_NAMED = _chosen(
    "CHANGED_CELLS_NAMED",
    "changed cells that a message names",
    20,
    "cells",
    "all of them are in quality.release_changes once both issues are published",
    "R-01",
)
PARTS_WRITTEN_OUT = _chosen(
    "PARTS_WRITTEN_OUT",
    "parts of a sum that a message writes out",
    9,
    "parts of a sum",
    "a total of recorded crime has nine parts, a force up to 38 areas",
    "V-10",
    "V-12",
)
EXAMPLES_NAMED = _chosen(
    "EXAMPLES_NAMED",
    "examples that a message gives",
    3,
    "examples in a sentence",
    "three show what kind of thing is meant",
    "V-04",
    "R-03",
    "messages",
)
SHEETS_NAMED = _chosen(
    "SHEETS_NAMED",
    "sheets that a message names",
    5,
    "sheets in a sentence",
    "a longer sentence is not read; the others are counted",
    "R-03",
)
ROWS_NAMED = _chosen(
    "ROWS_NAMED",
    "rows that a message names",
    5,
    "rows in a sentence",
    "a longer sentence is not read; the others are counted",
    "R-09",
)
ADDRESSES_NAMED = _chosen(
    "ADDRESSES_NAMED",
    "addresses that a finding about repeated incidents lists",
    100,
    "addresses",
    "if there are more, the finding gives their number",
    "V-01",
)
UNKNOWN_AREA_CELLS = _chosen(
    "UNKNOWN_AREA_CELLS",
    "cells of an unknown area that a finding lists",
    20,
    "addresses",
    "every row of the area has the same problem; the sentence gives their number",
    "V-05",
)
FIELDS_QUOTED = _chosen(
    "FIELDS_QUOTED",
    "most fields of a record that is quoted in full",
    3,
    "fields",
    "a record with at most this many fields is short enough to quote in full",
    "R-03",
)
NOTICE_CHARACTERS = _chosen(
    "NOTICE_CHARACTERS",
    "part of a notice of correction that is quoted",
    120,
    "characters",
    "the beginning of a notice says what was corrected",
    "R-01",
)
FORCES_IN_A_NAME = _chosen(
    "FORCES_IN_A_NAME",
    "forces that the name of a release lists",
    3,
    "forces",
    "a longer name of a release would not fit a line; the number of forces is given instead",
    "catalogue.releases",
)
DECIMALS_SHOWN = _chosen(
    "DECIMALS_SHOWN",
    "decimals that a message shows",
    4,
    "decimals",
    "enough to recognise a figure that is printed with full precision",
    "quality.findings",
)
FORMULA_CHARACTERS = _chosen(
    "FORMULA_CHARACTERS",
    "part of a formula that is shown",
    60,
    "characters",
    "the beginning of a formula identifies it",
    "R-05",
)
BIAS_ROWS = _chosen(
    "BIAS_ROWS",
    "areas of an indicator of bias that have a row of their own",
    10,
    "areas or cells",
    "the most telling ones have a row of their own",
    "quality.bias_register",
)
