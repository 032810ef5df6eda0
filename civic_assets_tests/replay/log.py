"""The log of requests that the replay publisher keeps.

Belongs here: an entry, and putting entries into the order in which requests came. Does not belong here: answering.
"""

from __future__ import annotations

import threading
from bisect import insort
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Logged:
    """A request in the log.

    Args:
        at: Seconds by the server's clock when it came.
        method: Method.
        host: Host that was asked.
        path: Path.
        query: Query.
        status: Status of the answer; 0 if none was sent.
        sent: Bytes of the body that were sent.
        conditional: Whether the request had a condition (If-None-Match, If-Modified-Since).
        headers: Headers of the request, names in lower case.
        fault: Kind of the fault, or empty.
        connection: Number of the client's port: the same for requests over one connection.
        number: Number of the request since the server was started.
    """

    at: float
    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    sent: int
    conditional: bool
    headers: dict[str, str]
    fault: str = ""
    connection: int = 0
    number: int = 0


class Log:
    """Entries by the order of their requests; readers wait for answers that are under way."""

    def __init__(self) -> None:
        self._entries: list[Logged] = []
        self._open = self._number = 0
        self._changed = threading.Condition()

    @property
    def entries(self) -> list[Logged]:
        """The entries; may be cleared."""
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0, timeout=1)
            return self._entries

    def begin(self) -> int:
        """Take note that a request came, and return its number."""
        with self._changed:
            self._open += 1
            self._number += 1
            return self._number

    def release(self) -> None:
        """Do not have readers wait for a request any longer."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def add(self, logged: Logged) -> None:
        """Put a request in its place."""
        with self._changed:
            insort(self._entries, logged, key=lambda one: one.number)
