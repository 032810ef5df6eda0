"""Refuses connections to other machines; copied as `sitecustomize.py` into an environment that must do without them.

Belongs here: the guard of `wheel_test.sh`, for machines without network namespaces. Does not belong here: anything that
the program itself uses.
"""

from __future__ import annotations

import socket
from typing import Any

_connect = socket.socket.connect


def _refuse(self: socket.socket, address: Any) -> None:
    if self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"):
        return _connect(self, address)
    raise OSError(f"no network in this test; something tried to reach {address[0]}")


socket.socket.connect = _refuse  # type: ignore[method-assign]
