"""Finding publishers' files: how long a list may be, how large the parts of an archive are, what a sentence shows.

Belongs here: limits of discovery, and the page sizes that publishers allow. Does not belong here: limits of single
requests and transfers (`acquire`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

MOST_PAGES = _chosen(
    "MOST_PAGES",
    "pages after which a list or table counts as endless",
    2000,
    "pages",
    "the largest that is asked for has about 40; a publisher that ignores the page number would go on for ever",
    "refresh",
)
EDUCATION_DATA_SETS = _chosen(
    "EDUCATION_DATA_SETS",
    "data sets on a page of explore education statistics",
    40,
    "data sets",
    "the content API gives no more on a page",
    "refresh",
)
EDUCATION_API_PUBLICATIONS = _chosen(
    "EDUCATION_API_PUBLICATIONS",
    "publications on a page of the Department for Education's data API",
    40,
    "publications",
    "the data API gives no more on a page",
    "refresh",
)
EDUCATION_API_SETS = _chosen(
    "EDUCATION_API_SETS",
    "data sets or versions on a page of the Department for Education's data API",
    20,
    "entries",
    "the data API gives no more on a page",
    "refresh",
)
SUPERSEDED_IN_A_ROW = _chosen(
    "SUPERSEDED_IN_A_ROW",
    "data sets or names that may supersede each other in a row",
    5,
    "steps",
    "more is a circle: a data set is replaced once in some years",
    "refresh",
)
ARCGIS_SERVICES = _chosen(
    "ARCGIS_SERVICES",
    "services on a page of the ArcGIS search",
    100,
    "services",
    "the search gives no more on a page",
    "refresh",
)
PAGE_MOVES = _chosen(
    "PAGE_MOVES",
    "redirects of one page that the GOV.UK content API may state in a row",
    4,
    "redirects",
    "more is a circle; a browser gives up later, but a page of statistics moves once in some years",
    "refresh",
)
ARCHIVE_END_BYTES = _chosen(
    "ARCHIVE_END_BYTES",
    "bytes of the end of a remote archive that are asked for first",
    64 * 1024,
    "bytes",
    "the record that says where the directory is lies in the last 22 bytes, or 65,557 with the longest comment",
    "refresh",
)
ARCHIVE_PART_BYTES = _chosen(
    "ARCHIVE_PART_BYTES",
    "bytes of a member of a remote archive that are asked for at once",
    8 * 1024 * 1024,
    "bytes",
    "a month of the Metropolitan Police has about 4 MB when packed, so one request is enough and memory stays flat",
    "refresh",
)
MEMBER_EXPANSION = _chosen(
    "MEMBER_EXPANSION",
    "times that a member of a remote archive may grow when it is unpacked",
    200,
    "times",
    "street-level files shrink to about a tenth, a zip bomb to a thousandth",
    "refresh",
)
DIRECTORIES_HELD = _chosen(
    "DIRECTORIES_HELD",
    "directories of remote archives that a process holds in memory",
    8,
    "directories",
    "sixteen years of months are in six archives; a directory has about half a megabyte",
    "refresh",
)
DIRECTORY_BYTES = _chosen(
    "DIRECTORY_BYTES",
    "largest directory of a remote archive",
    16 * 1024 * 1024,
    "bytes",
    "the directory of 4,485 members has half a megabyte; one that claims to fill the memory is refused",
    "refresh",
)
NAME_LENGTH = _chosen(
    "NAME_LENGTH",
    "characters of a publisher's file name that are kept, without its ending",
    150,
    "characters",
    "disks take 255 bytes, of which a letter may need four and the ending some; the longest name seen has 70",
    "refresh",
)
WORDS_SHOWN = _chosen(
    "WORDS_SHOWN",
    "characters of a publisher's own words that a sentence repeats",
    200,
    "characters",
    "a title or an error message fits, a web page does not",
    "refresh",
)
TITLES_SHOWN = _chosen(
    "TITLES_SHOWN",
    "titles that a sentence names when nothing fits",
    5,
    "titles",
    "enough to see how the publisher names its files now; the page has all of them",
    "refresh",
)
