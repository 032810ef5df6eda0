"""How long an object store is asked again, and how long a process that changes a store may be silent.

Belongs here: numbers for stores in object stores and for several machines. Does not belong here: numbers for sites of
publishers (`fetching`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

RETRIES = _chosen(
    "RETRIES",
    "times that a request to an object store is made again",
    500,
    "requests",
    "never reached: the time below ends it",
    "messages",
)
RETRY_SECONDS = _chosen(
    "RETRY_SECONDS",
    "time for which a request to an object store is made again",
    180,
    "seconds",
    "a server that is busy or starts again answers within three minutes; after that a person should look",
    "messages",
)
OBJECTS_WAIT_SECONDS = _chosen(
    "OBJECTS_WAIT_SECONDS",
    "longest wait between two requests to an object store that is busy",
    4,
    "seconds",
    "less than a process may be silent, so that an answer is noticed in time",
    "messages",
)
REQUEST_SECONDS = _chosen(
    "REQUEST_SECONDS",
    "time that one request to an object store may take",
    120,
    "seconds",
    "a block of a large file takes seconds; a connection that hangs is given up",
    "messages",
)
BLOCK_BYTES = _chosen(
    "BLOCK_BYTES",
    "size of the blocks in which an object is copied",
    8 << 20,
    "bytes",
    "large enough that requests do not count, small enough for any memory",
    "messages",
)
SECONDS_TO_BEGIN = _chosen(
    "SECONDS_TO_BEGIN",
    "time after which a run that no worker has begun is given to them again",
    90,
    "seconds",
    "a message may be lost with the broker; a second one for a run that has begun is ignored",
    "messages",
)
RUN_ATTEMPTS = _chosen(
    "RUN_ATTEMPTS",
    "times that a run is given to workers",
    5,
    "runs",
    "a run that brings down its worker each time would otherwise be given for ever",
    "messages",
)
OUTAGE_SECONDS = _chosen(
    "OUTAGE_SECONDS",
    "time for which Dagster's database or the broker may be out of reach",
    180,
    "seconds",
    "both start again within a minute; after that a person should look",
    "messages",
)
LEASE_SECONDS = _chosen(
    "LEASE_SECONDS",
    "time for which a process that changes a store may be silent before another takes its place",
    30,
    "seconds",
    "the process says six times in this time that it is alive, so a slow network alone does not lose its place",
    "messages",
)
