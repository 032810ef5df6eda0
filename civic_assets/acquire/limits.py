"""Limits of a client: the numbers of the register in one record, so that tests can lower them.

Belongs here: the record. Does not belong here: the numbers and their reasons (`civic_assets.house_numbers.acquire`).
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.house_numbers.acquire import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    DOCUMENT_BYTES,
    FILE_BYTES,
    FIRST_WAIT_SECONDS,
    GRACE_SECONDS,
    LEAST_BYTES_A_SECOND,
    LONGEST_RETRY_AFTER_SECONDS,
    LONGEST_WAIT_SECONDS,
    MOST_TRIES,
    READ_SECONDS,
    REDIRECTS,
    TRIES,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of requests and transfers.

    Args:
        connect: Seconds for a connection.
        read: Seconds of silence.
        answer: Seconds until the headers are complete.
        grace: Seconds before a transfer's speed is judged.
        least_speed: Bytes a second, from then on.
        tries: Requests in a row without progress.
        most_tries: Requests in all.
        first_wait: Seconds before the second try, at most.
        longest_wait: Seconds between two tries, at most.
        longest_retry_after: Seconds that a publisher may ask for.
        redirects: Redirects in a row.
        document_bytes: Largest document.
        file_bytes: Largest file.
    """

    connect: float = CONNECT_SECONDS
    read: float = READ_SECONDS
    answer: float = ANSWER_SECONDS
    grace: float = GRACE_SECONDS
    least_speed: float = LEAST_BYTES_A_SECOND
    tries: int = TRIES
    most_tries: int = MOST_TRIES
    first_wait: float = FIRST_WAIT_SECONDS
    longest_wait: float = LONGEST_WAIT_SECONDS
    longest_retry_after: float = LONGEST_RETRY_AFTER_SECONDS
    redirects: int = REDIRECTS
    document_bytes: int = DOCUMENT_BYTES
    file_bytes: int = FILE_BYTES

    def seconds_for(self, size: int) -> float:
        """Longest time that a body of this many bytes may take."""
        return self.grace + size / self.least_speed
