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
MINUTES_AFTER_PUBLICATION = _chosen(
    "MINUTES_AFTER_PUBLICATION",
    "time after 09:30 in London from which sites are looked at",
    20,
    "minutes",
    "pages and their caches change in the minutes after a release, and what the schedules of release days ask at 09:40 "
    "counts as the look of the day",
    "Dagster sensors",
)
LOOK_AGAIN_HOURS = _chosen(
    "LOOK_AGAIN_HOURS",
    "time after which a site that failed is looked at again; each further failure doubles it, up to a day",
    1,
    "hours",
    "most failures of sites are over after an hour, and a site that is down for longer is not helped by more requests",
    "Dagster sensors",
)
SECONDS_BETWEEN_TICKS = _chosen(
    "SECONDS_BETWEEN_TICKS",
    "time between two ticks of a sensor that looks at sites",
    300,
    "seconds",
    "most ticks ask nobody and only compare times; five minutes are soon enough after 09:50",
    "Dagster sensors",
)
SOURCES_AT_A_LOOK = _chosen(
    "SOURCES_AT_A_LOOK",
    "sources that one tick looks at",
    2,
    "sources",
    "Dagster stops a tick after a minute, and a site that hangs takes up to half of it",
    "Dagster sensors",
)
LOOK_SECONDS = _chosen(
    "LOOK_SECONDS",
    "longest wait for an answer during a look",
    12,
    "seconds",
    "sites answer within a few seconds; a look asks for two or three pages in turn, and must end within a minute",
    "Dagster sensors",
)
STEP_RETRIES = _chosen(
    "STEP_RETRIES",
    "times that a step is tried again after an error of the machine (no memory, no disk), never after bad data",
    2,
    "times",
    "a full disk or a lack of memory is over in minutes or needs a person",
    "Dagster runs",
)
STEP_RETRY_SECONDS = _chosen(
    "STEP_RETRY_SECONDS",
    "wait before that",
    60,
    "seconds",
    "long enough for another process to end and give back its memory",
    "Dagster runs",
)
ANNOUNCED_DAYS = _chosen(
    "ANNOUNCED_DAYS",
    "time for which a day that a publisher has announced is relied on",
    2,
    "days",
    "release days are moved at short notice; sites are looked at once a day, so an announcement is rarely older",
    "Dagster schedules",
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
