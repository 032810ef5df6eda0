"""Memory of a refresh: how much it may use, and how much building a release is taken to need before it is built.

Belongs here: what decides which sources are built at the same time. Does not belong here: limits of what is read
(`file_limits`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

BYTES_OF_A_PROCESS = _chosen(
    "BYTES_OF_A_PROCESS",
    "memory that a process needs for a file of any size",
    300 * 1024 * 1024,
    "bytes",
    "the program, its libraries and the contracts: five releases of 40 to 300 kB took 260 to 360 MB",
    "layers",
)
BYTES_PER_PACKED_BYTE = _chosen(
    "BYTES_PER_PACKED_BYTE",
    "memory that building a release needs for each byte of a workbook or zip",
    165,
    "times the file's size",
    "two workbooks of ONS took 160 and 76 times their size, above what every process needs",
    "layers",
)
BYTES_PER_FIELD = _chosen(
    "BYTES_PER_FIELD",
    "memory that building a release needs for each field of a text file",
    1400,
    "bytes",
    "five files of 160,000 to 620,000 fields (Met, Department for Education, Home Office) took 400 to 1,400 bytes",
    "layers",
)
BYTES_OF_A_LARGE_FILE = _chosen(
    "BYTES_OF_A_LARGE_FILE",
    "memory that building a release needs whose file is read column by column",
    700 * 1024 * 1024,
    "bytes",
    "a postcode directory of 1.3 GB took some 600 MB above what every process needs",
    "layers",
)
JUDGING_POSTCODES_BYTES = _chosen(
    "JUDGING_POSTCODES_BYTES",
    "memory that DuckDB may use while the rows of a postcode directory are judged",
    500 * 1024 * 1024,
    "bytes",
    "2.7 million distinct postcodes take some 150 MB while they are counted",
    "V-26",
)
FEWEST_PACKED_BYTES = _chosen(
    "FEWEST_PACKED_BYTES",
    "size of unread files from which a second process is started",
    2 * 1024 * 1024,
    "bytes",
    "starting a process takes two seconds of processor time, which is more than a smaller file takes",
    "layers",
)
BYTES_OF_A_REFRESH = _chosen(
    "BYTES_OF_A_REFRESH",
    "memory that a refresh may use if nothing else is asked for",
    2 * 1024 * 1024 * 1024,
    "bytes",
    "half of what a small machine of today has",
    "layers",
)
PUBLISHING_SHARE = _chosen(
    "PUBLISHING_SHARE",
    "share of the memory of a refresh that DuckDB may use for a read model",
    0.5,
    "share of the memory",
    "the other half is for the program, its libraries and tables on their way into DuckDB",
    "publish",
)
