"""The replay publisher without a network: the client's connections lead to its handlers through memory.

Belongs here: a pair of sockets in memory, for tests of so many requests that encryption and threads would be most of
the work. Does not belong here: answering (`answering`), which is that of the server, and faults of the wire and of
certificates, which only the server has.
"""

from __future__ import annotations

import io
from typing import Any

import pytest

from civic_assets.acquire.http import connections
from civic_assets_tests.replay.answering import handler_of
from civic_assets_tests.replay.server import ReplayServer


class _ServersEnd:
    """What a handler takes for the socket of one request."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.answer = bytearray()

    def makefile(self, mode: str, buffering: int = -1) -> io.BytesIO:
        return io.BytesIO(self._request)

    def sendall(self, data: bytes) -> None:
        self.answer += data


class _ClientsEnd:
    """What a connection takes for its socket: the request is answered when the answer is read."""

    def __init__(self, handler: Any) -> None:
        self._handler = handler
        self._request = bytearray()

    def sendall(self, data: bytes) -> None:
        self._request += data

    def makefile(self, mode: str, buffering: int = -1) -> io.BytesIO:
        end = _ServersEnd(bytes(self._request))
        self._request.clear()
        self._handler(end, ("127.0.0.1", 0), None)
        return io.BytesIO(bytes(end.answer))

    def settimeout(self, seconds: float | None) -> None:
        """Nothing takes time."""

    def close(self) -> None:
        """Nothing is open."""


def without_network(server: ReplayServer, patch: pytest.MonkeyPatch) -> None:
    """Lead all connections of the client to a server that is not started.

    Args:
        server: The server.
        patch: What undoes it.
    """
    handler = handler_of(server)

    def connect(connection: Any) -> None:
        connection._judge()
        connection.sock, connection.is_verified = _ClientsEnd(handler), True

    patch.setattr(connections._Connection, "connect", connect)
    patch.setattr(connections._Connection, "is_connected", property(lambda one: one.sock is not None))
