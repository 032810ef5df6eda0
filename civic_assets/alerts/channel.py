"""What both ways of sending an alert share: an error that names no secret, and a limit of time.

Belongs here: these two. Does not belong here: a way of sending (`mail`, `webhook`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from civic_assets.errors import CivicError


class NotSent(CivicError):
    """An alert could not be sent. The sentence holds no login, no token and no address but the server's name."""


def within(seconds: float, what: str, send: Callable[[], None]) -> None:
    """Call a function, and give up after some time: a server that answers a byte at a time would hold a refresh.

    Args:
        seconds: Longest time.
        what: Name of the server, for the message.
        send: Function that sends one message.

    Raises:
        NotSent: It takes longer, or raises this.
    """
    failure: list[BaseException] = []

    def call() -> None:
        try:
            send()
        except BaseException as error:  # noqa: BLE001  (raised again by the caller's thread)
            failure.append(error)

    # A daemon: the process ends without waiting for a server that never answers.
    thread = threading.Thread(target=call, daemon=True, name="alert")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise NotSent(
            f"{what} did not take the message within {seconds:g} seconds. It is tried again next time."
        )
    if failure:
        raise failure[0]
