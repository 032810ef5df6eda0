"""Largest files and parts of files that are read.

Belongs here: limits that keep a damaged or hostile file from using up the memory. Does not belong here: sizes of
buffers, which nobody sees.
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

CONTRACT_VALUES = _chosen(
    "CONTRACT_VALUES",
    "most values of a contract or vocabulary, with its aliases written out",
    1_000_000,
    "values",
    "the largest file of the project has a fiftieth of it; aliases of aliases reach it with ten lines",
    "contract",
)
ZIP_MEMBERS = _chosen(
    "ZIP_MEMBERS",
    "most members of an archive",
    20_000,
    "members",
    "a police archive of 36 months has some 5,000 members, a workbook below 200",
    "intake",
)
ZIP_RATIO = _chosen(
    "ZIP_RATIO",
    "largest ratio by which a member of an archive may unpack",
    200,
    "times the packed size",
    "workbooks of the ONS reach 30, the Home Office's spreadsheet 28; a decompression bomb is near the "
    "format's limit of 1,032",
    "intake",
)
ZIP_NESTED = _chosen(
    "ZIP_NESTED",
    "most archives within an archive",
    50,
    "archives in an archive",
    "nested archives hide their true size: an archive of data has few, a bomb has many",
    "intake",
)
ZIP_RATIO_FROM_BYTES = _chosen(
    "ZIP_RATIO_FROM_BYTES",
    "size of a member from which its ratio is judged",
    4 * 1024 * 1024,
    "bytes",
    "below this size any ratio is harmless: printer settings that consist of zeros compress 100-fold",
    "intake",
)
ZIP_MEMBER_BYTES = _chosen(
    "ZIP_MEMBER_BYTES",
    "largest member of an archive",
    3 * 1024 * 1024 * 1024,
    "bytes",
    "the largest published file, the ONS Postcode Directory, has about 1.3 GB; all others have less than 100 MB",
    "intake",
)
XML_PROLOG_BYTES = _chosen(
    "XML_PROLOG_BYTES",
    "start of an XML part that is searched for a document type",
    1024,
    "bytes",
    "a document type must come at the start; a prolog has some 100 bytes",
    "intake",
)
FORMAT_HEAD_BYTES = _chosen(
    "FORMAT_HEAD_BYTES",
    "start of a file that is read to find its format",
    4096,
    "bytes",
    "enough to get past a byte-order mark, white space, a comment and an XML declaration on any real page",
    "R-02",
    "intake",
)
WORKBOOK_RESERVED_COUNT = _chosen(
    "WORKBOOK_RESERVED_COUNT",
    "entries that the directory of a workbook may reserve",
    1_000_000,
    "entries",
    "this many reserved entries take about 24 MB, which is harmless",
    "intake",
)
WORKBOOK_DIRECTORY_BYTES = _chosen(
    "WORKBOOK_DIRECTORY_BYTES",
    "largest directory part of a workbook",
    16 * 1024 * 1024,
    "bytes",
    "the directory parts of ONS workbooks stay below 20 kB",
    "intake",
)
WORKBOOK_CELLS = _chosen(
    "WORKBOOK_CELLS",
    "most cells of a workbook",
    6_000_000,
    "cells",
    "the largest ONS workbook has 0.6 million; at about 40 bytes for each, a hostile file stays below 300 MB",
    "intake",
)
SPREADSHEET_CELLS = _chosen(
    "SPREADSHEET_CELLS",
    "most cells of an OpenDocument spreadsheet",
    60_000_000,
    "cells",
    "the Home Office's file has about 27 million; at a few bytes for each, a hostile file stays below 300 MB",
    "intake",
)
SPREADSHEET_VALUES = _chosen(
    "SPREADSHEET_VALUES",
    "most distinct values of an OpenDocument spreadsheet",
    4_000_000,
    "distinct values",
    "the Home Office's file has about 20,000; each takes about 200 bytes",
    "intake",
)
SPREADSHEET_PIECE_BYTES = _chosen(
    "SPREADSHEET_PIECE_BYTES",
    "largest cell of an OpenDocument spreadsheet",
    16 << 20,
    "bytes",
    "a cell with a long note takes about 10 kB, the styles before the first cell about 100 kB",
    "intake",
)
SPREADSHEET_REPEATS = _chosen(
    "SPREADSHEET_REPEATS",
    "most repetitions of a cell or row",
    1_000_000_000,
    "repetitions",
    "more than any sheet has columns or rows; sums of such numbers stay within 64 bits",
    "intake",
)
DELIMITED_BYTES = _chosen(
    "DELIMITED_BYTES",
    "largest delimited file that is read whole",
    256 * 1024 * 1024,
    "bytes",
    "the largest published CSV of figures here has 3 MB, a national month of street-level crime 20 MB; larger "
    "files are read column by column, for sources that are read so",
    "intake",
)
LARGE_DELIMITED_BYTES = _chosen(
    "LARGE_DELIMITED_BYTES",
    "largest delimited file that is read column by column",
    3 * 1024 * 1024 * 1024,
    "bytes",
    "the ONS Postcode Directory has about 1.3 GB, and grows by a few per cent a year",
    "intake",
)
LARGE_DELIMITED_BLOCK = _chosen(
    "LARGE_DELIMITED_BLOCK",
    "part of a large delimited file that is in memory at a time",
    8 * 1024 * 1024,
    "bytes",
    "some 16,000 rows of a postcode directory: enough for compression, and small compared with the program",
    "intake",
)
LARGE_DELIMITED_HEAD = _chosen(
    "LARGE_DELIMITED_HEAD",
    "first lines of a large delimited file by which it is recognised",
    100,
    "lines",
    "a publisher's header is in the first lines; the same number of rows is searched for headers in any file",
    "intake",
)
DELIMITED_FIELD_CHARACTERS = _chosen(
    "DELIMITED_FIELD_CHARACTERS",
    "longest field of a delimited file",
    131_072,
    "characters",
    "one unclosed quotation mark takes in the rest of a file; a real cell (a long footnote) has about "
    "2,000 characters",
    "intake",
)
DELIMITED_CELLS = _chosen(
    "DELIMITED_CELLS",
    "most cells of a delimited file",
    50_000_000,
    "cells",
    "filling up short records to the widest must not enlarge a small file without limit",
    "intake",
)
DELIMITED_COLUMNS = _chosen(
    "DELIMITED_COLUMNS",
    "most columns of a delimited file",
    4_096,
    "columns",
    "the widest published file here has some 300; each column costs time whatever is in it, and a line of a million "
    "separators would take minutes",
    "intake",
)
LARGEST_FIGURE = _chosen(
    "LARGEST_FIGURE",
    "size from which a number in a column of figures is not read as one",
    1e15,
    "of any unit",
    "no published figure has 16 digits before the point; from there on a number cannot be kept digit for digit, and "
    "sums of such numbers overflow",
    "R-06",
    "intake",
)
JSON_BYTES = _chosen(
    "JSON_BYTES",
    "largest JSON file",
    64 * 1024 * 1024,
    "bytes",
    "the API of data.police.uk answers with at most 10,000 records of some 400 bytes",
    "intake",
)
JSON_DEPTH = _chosen(
    "JSON_DEPTH",
    "deepest nesting of a JSON file",
    8,
    "levels",
    "records of data.police.uk are nested three deep (`location.street.name`)",
    "intake",
)
JSON_FIELDS = _chosen(
    "JSON_FIELDS",
    "most fields of a JSON file",
    500,
    "fields",
    "records of one kind share their fields; a document with more of them is not a list of records",
    "intake",
)
DELIMITED_LIST_CELLS = _chosen(
    "DELIMITED_LIST_CELLS",
    "size of a delimited file from which its cells are kept by column",
    1_000_000,
    "cells",
    "as lists, cells take some 150 bytes each; published files of authorities have less than this, files of schools "
    "have more",
    "intake",
)
DELIMITED_PORTION_CELLS = _chosen(
    "DELIMITED_PORTION_CELLS",
    "cells of a large delimited file that are put into columns at a time",
    100_000,
    "cells",
    "enough to make the work for each portion unimportant; as lists, they take 15 MB",
    "intake",
)
TEXTS_REMEMBERED = _chosen(
    "TEXTS_REMEMBERED",
    "different texts of a column that are looked up again while a file is read",
    50_000,
    "texts",
    "a column whose texts are all different would need more memory for looking them up than for keeping them",
    "intake",
)
RAW_WIDE_CELLS = _chosen(
    "RAW_WIDE_CELLS",
    "size from which a raw table has one row for each record",
    200_000,
    "cells",
    "below it, a raw table with one row for each cell is small enough; larger delimited files have one "
    "row for each record",
    "raw",
    "tables",
)
