"""Ending what takes too long, whatever a connection is waiting for.

Belongs here: the time that a request may take, and shutting its socket down from another thread. Does not belong here:
how much time that is (`civic_assets.acquire.limits`).

A time-out of a socket starts again with every byte that comes, so a server that sends one byte a minute is never timed
out by it.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
from typing import Protocol


class _HasSocket(Protocol):
    sock: socket.socket | None


class Watch:
    """The time of one request.

    Args:
        watcher: Ends it.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._connection: _HasSocket | None = None
        self.until = math.inf
        self.over = False

    def follow(self, connection: _HasSocket) -> None:
        """Take note of the connection that is used."""
        self._connection = connection

    def allow(self, seconds: float) -> None:
        """Let this many seconds pass from now on, and not those that were allowed before."""
        self.until = time.monotonic() + seconds
        self._watcher.watch(self)

    def end(self) -> None:
        """Stop watching."""
        self.until = math.inf
        self._watcher.forget(self)

    def stop(self) -> None:
        """Shut the socket down: its time is over."""
        self.over = True
        used = getattr(self._connection, "sock", None)
        if used is not None:
            # The plain socket's: that of an SSL socket forgets the encryption, and what is still to be read would come
            # as it was sent. It may have been closed meanwhile.
            with suppress(OSError):
                socket.socket.shutdown(used, socket.SHUT_RDWR)


class Watcher:
    """One thread for all requests of a client. It is woken only if a time ends before the next that it waits for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watches: set[Watch] = set()
        self._wakes = math.inf
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, watch: Watch) -> None:
        """Watch a request, or take note that its time has changed."""
        with self._changed:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch-requests", daemon=True)
                self._thread.start()
            elif watch.until < self._wakes:
                self._changed.notify()

    def forget(self, watch: Watch) -> None:
        """Watch a request no longer."""
        with self._changed:
            self._watches.discard(watch)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for watch in [one for one in self._watches if one.until <= now]:
                    self._watches.discard(watch)
                    watch.stop()
                first = min((one.until for one in self._watches), default=math.inf)
                # A time that is still to come stays, even if nobody needs it any more: waking once for nothing costs
                # less than being woken by each request that follows.
                self._wakes = min(first, self._wakes) if self._wakes > now else first
                self._changed.wait(None if self._wakes == math.inf else max(0.0, self._wakes - now))
