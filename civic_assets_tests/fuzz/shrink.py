"""Making an input smaller, as long as its fault remains.

Belongs here: leaving out halves, then quarters and so on, of the members of a container and of bytes. Does not belong
here: whether the fault remains (`campaign`).
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from typing import Any

from civic_assets_tests.fuzz.container_changes import Members, container_of, members_of

MOST_TRIES = 120
MOST_SECONDS = 30


class _Tries:
    def __init__(self, still: Callable[[bytes], bool], most: int) -> None:
        self._still, self._left, self._end = still, most, time.monotonic() + MOST_SECONDS

    def __call__(self, candidate: bytes) -> bool:
        if self._left <= 0 or time.monotonic() > self._end:
            return False
        self._left -= 1
        return self._still(candidate)


def smaller(content: bytes, still: Callable[[bytes], bool], most: int = MOST_TRIES) -> bytes:
    """The input with as much left out as possible.

    Args:
        content: Bytes of the input.
        still: Whether the fault remains with other bytes.
        most: Number of times that it is asked.
    """
    tries = _Tries(still, most)
    members = _members(content)
    if members is None:
        return bytes(_without(content, tries, lambda part: bytes(part)))
    if not tries(container_of(members)):
        return content  # the fault is in the container itself, which is left as it is
    members = list(_without(members, tries, lambda part: container_of(list(part))))
    for at, (info, inner) in enumerate(members):

        def whole(part: bytes, at: int = at, info: zipfile.ZipInfo = info) -> bytes:
            return container_of([*members[:at], (info, bytes(part)), *members[at + 1 :]])

        members[at] = (info, bytes(_without(inner, tries, whole)))
    return container_of(members)


def _members(content: bytes) -> Members | None:
    try:
        return members_of(content) or None
    except Exception:  # noqa: BLE001  (what cannot be taken apart is bytes)
        return None


def _without(whole: Any, still: Callable[[bytes], bool], form: Callable[[Any], bytes]) -> Any:
    """Bytes, or a list, with as much left out as possible."""
    size = len(whole) // 2
    while size >= 1:
        first = 0
        while first < len(whole):
            rest: Any = whole[:first] + whole[first + size :]
            if rest and still(form(rest)):
                whole = rest
            else:
                first += size
        size //= 2
    return whole
