"""Numbers by which files, tables, headers and names are recognised.

Belongs here: shares and least numbers of headers, and where in a sheet they are looked for. Does not belong here:
limits of a file's size (`file_limits`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

OWN_HEADERS = _chosen(
    "OWN_HEADERS",
    "fewest headers of its own that identify a table",
    2,
    "headers",
    "two headers that other publications do not have identify a table; with one of them, values have to help",
    "R-03",
    "R-04",
)
SHARED_KEYS_SHARE = _chosen(
    "SHARED_KEYS_SHARE",
    "share of its keys by which a file next to the contracts is taken for one of a kind",
    0.5,
    "share of the file's keys",
    "a file that shares fewer keys with every kind is something else",
    "contract",
)
REQUIRED_TABLES_SHARE = _chosen(
    "REQUIRED_TABLES_SHARE",
    "share of a source's tables from which a file belongs to it",
    0.5,
    "share of the required tables",
    "a file that lost one table is a damaged release; a file with one table of five is a part of it, or "
    "another publication",
    "R-03",
)
REQUIRED_LABELS_SHARE = _chosen(
    "REQUIRED_LABELS_SHARE",
    "share of a table's headers from which a row is its header",
    0.5,
    "share of the required labels",
    "a row with fewer of them is the header of another table",
    "R-04",
)
NEAR_MISS_SHARE = _chosen(
    "NEAR_MISS_SHARE",
    "share of a table's headers from which a file is nearly a release",
    0.6,
    "share of the required headers",
    "with a smaller share, the file is another publication",
    "R-09",
)
NEAR_MISS_HEADERS = _chosen(
    "NEAR_MISS_HEADERS",
    "fewest headers of a near miss",
    4,
    "headers in one row",
    "fewer headers prove nothing",
    "R-09",
)
COMMON_HEADER_PUBLISHERS = _chosen(
    "COMMON_HEADER_PUBLISHERS",
    "publishers that use a header from which it identifies none",
    3,
    "publishers",
    "a header that three publishers use identifies none of them",
    "R-09",
)
SIBLING_HEADERS = _chosen(
    "SIBLING_HEADERS",
    "fewest headers that identify another publication of a publisher",
    2,
    "headers",
    "one header of another publication may be chance",
    "R-09",
)
LONGEST_MARK = _chosen(
    "LONGEST_MARK",
    "longest mark in a column of numbers",
    3,
    "characters",
    "marks such as `c`, `z` and `N/A` are this short; a column of words has longer texts",
    "R-03",
    "R-04",
)
PREAMBLE_ROWS = _chosen(
    "PREAMBLE_ROWS",
    "most rows between a title and its header",
    40,
    "rows",
    "the longest preamble seen between a title and its header has eight rows",
    "R-04",
)
ROWS_SEARCHED_FOR_HEADERS = _chosen(
    "ROWS_SEARCHED_FOR_HEADERS",
    "first rows of a sheet that are searched for headers",
    40,
    "rows",
    "the longest preamble seen has eight rows",
    "R-04",
)
ROWS_BELOW_A_TITLE = _chosen(
    "ROWS_BELOW_A_TITLE",
    "rows below a title that are searched for headers",
    12,
    "rows",
    "the header of a table follows its title; the longest preamble seen has eight rows",
    "quality.findings",
)
CAPTION_ROWS = _chosen(
    "CAPTION_ROWS",
    "first rows of a sheet that are searched for captions",
    12,
    "rows",
    "captions, preambles and marks are in the first rows of a sheet",
    "R-03",
    "V-09",
)
LONGEST_CODE = _chosen(
    "LONGEST_CODE",
    "longest text that is not a title or a note",
    15,
    "characters",
    "a title, a caption or a note is longer than a code or a number",
    "R-03",
)
COVER_SHEETS = _chosen(
    "COVER_SHEETS",
    "sheets that are searched for the day of publication",
    3,
    "sheets",
    "covers come first; a date in a table of figures means something else",
    "catalogue.releases",
)
NOTICE_SHEETS = _chosen(
    "NOTICE_SHEETS",
    "sheets that are searched for a notice of correction",
    4,
    "sheets",
    "a notice of correction is on a cover or on the sheet of notes after it",
    "R-01",
    "catalogue.releases",
)
COVER_ROWS = _chosen(
    "COVER_ROWS",
    "rows of a cover that are searched",
    60,
    "rows",
    "covers are short, and a date further down belongs to a table of figures",
    "R-01",
    "catalogue.releases",
)
COVER_COLUMNS = _chosen(
    "COVER_COLUMNS",
    "columns of a cover that are searched",
    4,
    "columns",
    "covers have their text in the first columns",
    "R-01",
    "catalogue.releases",
)
SENTENCE_WORDS = _chosen(
    "SENTENCE_WORDS",
    "most words of a symbol among figures",
    3,
    "words",
    "a text among figures with more words is a sentence and not a symbol",
    "R-05",
)
SYMBOL_LENGTH = _chosen(
    "SYMBOL_LENGTH",
    "longest symbol among figures",
    6,
    "characters",
    "no symbol of a publisher is longer, so shorter texts need not be split into words",
    "R-05",
)
REPEATED_IDENTIFIERS_SHARE = _chosen(
    "REPEATED_IDENTIFIERS_SHARE",
    "share of repeated rows from which a file holds its rows twice",
    0.5,
    "share of the identifiers",
    "in the months of the City of London, at most 3 of 810 identifiers have a row that equals another "
    "in every column",
    "V-01",
)
REPEATED_IDENTIFIERS_FEWEST = _chosen(
    "REPEATED_IDENTIFIERS_FEWEST",
    "fewest repeated identifiers from which a file can hold its rows twice",
    10,
    "identifiers",
    "a few equal rows are separate events",
    "V-01",
)
MONTH_SHARE = _chosen(
    "MONTH_SHARE",
    "least share of rows for a month of a file",
    0.02,
    "share of the rows",
    "a month with a smaller share is an error and not a month that the file covers",
    "V-06",
    "catalogue.releases",
)
MONTH_FEWEST_ROWS = _chosen(
    "MONTH_FEWEST_ROWS",
    "fewest rows for a month of a file",
    2,
    "rows",
    "a month with a single row is an error",
    "V-06",
    "catalogue.releases",
)
PLACE_DECIMALS = _chosen(
    "PLACE_DECIMALS",
    "decimals of coordinates in the name of a release",
    6,
    "decimals of a degree",
    "six decimals are about ten centimetres, as many as the publisher prints",
    "catalogue.releases",
)
SIMILAR_NAME = _chosen(
    "SIMILAR_NAME",
    "least similarity of a name that is suggested",
    60,
    "similarity of 100",
    "below it a suggested name would only confuse (rapidfuzz)",
    "messages",
)
SIMILAR_WORD = _chosen(
    "SIMILAR_WORD",
    "least similarity of a word that is taken for a typing error",
    75,
    "similarity of 100",
    "'burglery' has 88 and 'Islingtn' 94; names that only look alike, such as Islington and Ilkeston, "
    "have 71 (rapidfuzz)",
    "search",
    "trace",
)
NAMED_CODES_ROWS = _chosen(
    "NAMED_CODES_ROWS",
    "largest table in which names are compared with codes",
    200000,
    "rows",
    "larger tables do not print names with codes, and would be read row by row",
    "V-05",
)
DELIMITER_SHARE = _chosen(
    "DELIMITER_SHARE",
    "share of records that must agree on a delimiter",
    0.8,
    "share of the records",
    "a delimiter other than the comma is accepted only if nearly all records agree on it",
    "R-03",
)
DELIMITER_RECORDS = _chosen(
    "DELIMITER_RECORDS",
    "records that are read to find the delimiter",
    200,
    "records",
    "as many as it takes to see which delimiter a file uses",
    "R-03",
)
