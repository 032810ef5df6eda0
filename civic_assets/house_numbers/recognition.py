"""Numbers by which files, tables, headers and names are recognised.

Belongs here: shares and least numbers of headers, and where in a sheet they are looked for. Does not belong here:
limits of a file's size (`file_limits`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

OWN_HEADERS = _chosen(
    "OWN_HEADERS",
    2,
    "headers",
    "two headers that other publications do not have identify a table; with one of them, values have to help",
    "R-03",
    "R-04",
)
REQUIRED_TABLES_SHARE = _chosen(
    "REQUIRED_TABLES_SHARE",
    0.5,
    "share of the required tables",
    "a file that lost one table is a damaged release; a file with one table of five is a part of it, or "
    "another publication",
    "R-03",
)
REQUIRED_LABELS_SHARE = _chosen(
    "REQUIRED_LABELS_SHARE",
    0.5,
    "share of the required labels",
    "a row with fewer of them is the header of another table",
    "R-04",
)
NEAR_MISS_SHARE = _chosen(
    "NEAR_MISS_SHARE",
    0.6,
    "share of the required headers",
    "with a smaller share, the file is another publication",
    "R-09",
)
NEAR_MISS_HEADERS = _chosen(
    "NEAR_MISS_HEADERS", 4, "headers in one row", "fewer headers prove nothing", "R-09"
)
COMMON_HEADER_PUBLISHERS = _chosen(
    "COMMON_HEADER_PUBLISHERS",
    3,
    "publishers",
    "a header that three publishers use identifies none of them",
    "R-09",
)
SIBLING_HEADERS = _chosen(
    "SIBLING_HEADERS", 2, "headers", "one header of another publication may be chance", "R-09"
)
LONGEST_MARK = _chosen(
    "LONGEST_MARK",
    3,
    "characters",
    "marks such as `c`, `z` and `N/A` are this short; a column of words has longer texts",
    "R-03",
    "R-04",
)
PREAMBLE_ROWS = _chosen(
    "PREAMBLE_ROWS",
    40,
    "rows",
    "the longest preamble seen between a title and its header has eight rows",
    "R-04",
)
ROWS_SEARCHED_FOR_HEADERS = _chosen(
    "ROWS_SEARCHED_FOR_HEADERS", 40, "rows", "the longest preamble seen has eight rows", "R-04"
)
ROWS_BELOW_A_TITLE = _chosen(
    "ROWS_BELOW_A_TITLE",
    12,
    "rows",
    "the header of a table follows its title; the longest preamble seen has eight rows",
    "quality.findings",
)
CAPTION_ROWS = _chosen(
    "CAPTION_ROWS",
    12,
    "rows",
    "captions, preambles and marks are in the first rows of a sheet",
    "R-03",
    "V-09",
)
LONGEST_CODE = _chosen(
    "LONGEST_CODE", 15, "characters", "a title, a caption or a note is longer than a code or a number", "R-03"
)
COVER_SHEETS = _chosen(
    "COVER_SHEETS",
    3,
    "sheets",
    "covers come first; a date in a table of figures means something else",
    "catalogue.releases",
)
NOTICE_SHEETS = _chosen(
    "NOTICE_SHEETS",
    4,
    "sheets",
    "a notice of correction is on a cover or on the sheet of notes after it",
    "R-01",
    "catalogue.releases",
)
COVER_ROWS = _chosen(
    "COVER_ROWS",
    60,
    "rows",
    "covers are short, and a date further down belongs to a table of figures",
    "R-01",
    "catalogue.releases",
)
COVER_COLUMNS = _chosen(
    "COVER_COLUMNS", 4, "columns", "covers have their text in the first columns", "R-01", "catalogue.releases"
)
SENTENCE_WORDS = _chosen(
    "SENTENCE_WORDS",
    3,
    "words",
    "a text among figures with more words is a sentence and not a symbol",
    "R-05",
)
SYMBOL_LENGTH = _chosen(
    "SYMBOL_LENGTH",
    6,
    "characters",
    "no symbol of a publisher is longer, so shorter texts need not be split into words",
    "R-05",
)
REPEATED_IDENTIFIERS_SHARE = _chosen(
    "REPEATED_IDENTIFIERS_SHARE",
    0.5,
    "share of the identifiers",
    "in the months of the City of London, at most 3 of 810 identifiers have a row that equals another "
    "in every column",
    "V-01",
)
REPEATED_IDENTIFIERS_FEWEST = _chosen(
    "REPEATED_IDENTIFIERS_FEWEST", 10, "identifiers", "a few equal rows are separate events", "V-01"
)
MONTH_SHARE = _chosen(
    "MONTH_SHARE",
    0.02,
    "share of the rows",
    "a month with a smaller share is an error and not a month that the file covers",
    "V-06",
    "catalogue.releases",
)
MONTH_FEWEST_ROWS = _chosen(
    "MONTH_FEWEST_ROWS", 2, "rows", "a month with a single row is an error", "V-06", "catalogue.releases"
)
PLACE_DECIMALS = _chosen(
    "PLACE_DECIMALS",
    6,
    "decimals of a degree",
    "six decimals are about ten centimetres, as many as the publisher prints",
    "catalogue.releases",
)
SIMILAR_NAME = _chosen(
    "SIMILAR_NAME",
    60,
    "similarity of 100",
    "below it a suggested name would only confuse (rapidfuzz)",
    "messages",
)
SIMILAR_WORD = _chosen(
    "SIMILAR_WORD",
    75,
    "similarity of 100",
    "'burglery' has 88 and 'Islingtn' 94; names that only look alike, such as Islington and Ilkeston, "
    "have 71 (rapidfuzz)",
    "search",
    "trace",
)
NAMED_CODES_ROWS = _chosen(
    "NAMED_CODES_ROWS",
    200000,
    "rows",
    "larger tables do not print names with codes, and would be read row by row",
    "V-05",
)
DELIMITER_SHARE = _chosen(
    "DELIMITER_SHARE",
    0.8,
    "share of the records",
    "a delimiter other than the comma is accepted only if nearly all records agree on it",
    "R-03",
)
DELIMITER_RECORDS = _chosen(
    "DELIMITER_RECORDS", 200, "records", "as many as it takes to see which delimiter a file uses", "R-03"
)
