"""Fetching from publishers: how long to wait, how often to try, how much to take, and how often to ask.

Belongs here: limits of requests and transfers, and the rates that publishers state. Does not belong here: limits of
what is read from a file (`file_limits`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

CONNECT_SECONDS = _chosen(
    "CONNECT_SECONDS",
    "longest wait for a connection",
    10,
    "seconds",
    "a site that is up answers within one second; three lost packets take seven",
    "refresh",
)
READ_SECONDS = _chosen(
    "READ_SECONDS",
    "longest silence of a connection",
    90,
    "seconds",
    "some answers of data.police.uk take over 60 seconds to begin",
    "refresh",
)
ANSWER_SECONDS = _chosen(
    "ANSWER_SECONDS",
    "longest time until an answer's headers are complete",
    120,
    "seconds",
    "a server that sends a byte a minute is never silent; this ends it",
    "refresh",
)
LEAST_BYTES_A_SECOND = _chosen(
    "LEAST_BYTES_A_SECOND",
    "slowest transfer",
    10_000,
    "bytes a second",
    "the Home Office's file of 50 MB would take 80 minutes; a slower line finishes nothing on a release day",
    "refresh",
)
GRACE_SECONDS = _chosen(
    "GRACE_SECONDS",
    "time of a transfer before its speed is judged",
    60,
    "seconds",
    "a line may stall for half a minute and recover",
    "refresh",
)
TRIES = _chosen(
    "TRIES",
    "most requests in a row without any progress",
    5,
    "requests",
    "with waits that double from one second, they span half a minute, which is how long a restart of a server takes",
    "refresh",
)
MOST_TRIES = _chosen(
    "MOST_TRIES",
    "most requests for one body that makes progress each time",
    40,
    "requests",
    "an archive of 1.7 GB on a line that breaks every 50 MB needs 35",
    "refresh",
)
FIRST_WAIT_SECONDS = _chosen(
    "FIRST_WAIT_SECONDS",
    "longest wait before the second try; each further one doubles it",
    1,
    "second",
    "the usual start of an exponential back-off",
    "refresh",
)
LONGEST_WAIT_SECONDS = _chosen(
    "LONGEST_WAIT_SECONDS",
    "longest wait between two tries if the publisher states none",
    30,
    "seconds",
    "a longer trouble is not over within one refresh",
    "refresh",
)
LONGEST_RETRY_AFTER_SECONDS = _chosen(
    "LONGEST_RETRY_AFTER_SECONDS",
    "longest wait that a publisher may ask for within one refresh",
    120,
    "seconds",
    "download.ons.gov.uk asks for 10 seconds; a block of the ONS lasts up to an hour, and other sources should not "
    "wait for it",
    "refresh",
)
REDIRECTS = _chosen(
    "REDIRECTS",
    "most redirects in a row",
    5,
    "redirects",
    "the longest known chain has two: from the Datastore's API to its version 2, and from a page to its edition",
    "refresh",
)
DOCUMENT_BYTES = _chosen(
    "DOCUMENT_BYTES",
    "largest page, list or answer of an API",
    64 * 1024 * 1024,
    "bytes",
    "a page of 10,000 records has some 5 MB, the catalogue of the London Datastore is below 30 MB",
    "refresh",
)
FILE_BYTES = _chosen(
    "FILE_BYTES",
    "largest file that is fetched",
    4 * 1024 * 1024 * 1024,
    "bytes",
    "the archive of data.police.uk has 1.7 GB and grows",
    "refresh",
)
PARTIAL_DAYS = _chosen(
    "PARTIAL_DAYS",
    "age from which an unfinished transfer is thrown away",
    7,
    "days",
    "the next refresh resumes it; after a week the file is likely to have been replaced",
    "refresh",
)
WINDOW_MARGIN = _chosen(
    "WINDOW_MARGIN",
    "length of the windows in which requests are counted here",
    1.05,
    "times the publisher's",
    "requests that leave in time may arrive closer together",
    "refresh",
)
ONS_REQUESTS_IN_10_SECONDS = _chosen(
    "ONS_REQUESTS_IN_10_SECONDS",
    "most requests to the site and API of the ONS in 10 seconds",
    120,
    "requests",
    "the limit on the ONS's page for bots",
    "refresh",
)
ONS_REQUESTS_IN_A_MINUTE = _chosen(
    "ONS_REQUESTS_IN_A_MINUTE",
    "most requests to the site and API of the ONS in a minute",
    200,
    "requests",
    "the limit on the ONS's page for bots",
    "refresh",
)
ONS_DOWNLOADS_IN_10_SECONDS = _chosen(
    "ONS_DOWNLOADS_IN_10_SECONDS",
    "most downloads from the ONS in 10 seconds",
    15,
    "requests",
    "the limit on the ONS's page for bots",
    "refresh",
)
POLICE_REQUESTS_IN_A_SECOND = _chosen(
    "POLICE_REQUESTS_IN_A_SECOND",
    "most requests to data.police.uk in a second",
    15,
    "requests",
    "the limit in the documentation of its API",
    "refresh",
)
GOV_UK_REQUESTS_IN_A_SECOND = _chosen(
    "GOV_UK_REQUESTS_IN_A_SECOND",
    "most requests to GOV.UK in a second",
    10,
    "requests",
    "the limit in the documentation of its Content API",
    "refresh",
)
OTHER_REQUESTS_IN_A_SECOND = _chosen(
    "OTHER_REQUESTS_IN_A_SECOND",
    "most requests in a second to a host that states no limit",
    5,
    "requests",
    "half of the lowest limit that a publisher states",
    "refresh",
)
