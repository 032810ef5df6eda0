"""Numbers of a round of asking publishers that no publisher states.

Belongs here: how many sources are asked at once, and how often a file is asked for that should not have changed. Does
not belong here: the client's limits (`acquire`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SOURCES_AT_ONCE = _chosen(
    "SOURCES_AT_ONCE",
    "sources that are asked at the same time",
    8,
    "sources",
    "most of the time is spent waiting for answers, and there are about as many publishers; the limits of each host "
    "are kept in any case",
    "refresh",
)
CONFIRMED_DAYS = _chosen(
    "CONFIRMED_DAYS",
    "time after which a file is asked for although its publisher says that it is as it was",
    7,
    "days",
    "publishers replace files without a word on the page that names them; a week finds that before the next release, "
    "at the cost of one conditional request for each file",
    "refresh",
)
