"""Waits that publishers asked for and that are longer than one run, so that the next run keeps them too.

Belongs here: remembering until when a host is not to be asked. Does not belong here: waiting within a run (`rates`).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from civic_assets.acquire.clock import Clock
from civic_assets.tables.atomic import atomic_write_text


class Waits:
    """A small file: host -> time, in UTC. It is a memory aid: one that cannot be read is as good as empty.

    Args:
        path: The file.
        clock: Time.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def left(self) -> dict[str, float]:
        """Host -> seconds until it may be asked again; only those that may not be asked now."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
            until = {str(host): datetime.fromisoformat(time) for host, time in said.items()}
            now = self._clock.now()
            seconds = {host: (time - now).total_seconds() for host, time in until.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return {host: left for host, left in seconds.items() if left > 0}

    def put(self, host: str, seconds: float) -> None:
        """Remember that a host is not to be asked before this many seconds are over."""
        now = self._clock.now()
        left = self.left() | {host: seconds}
        until = {one: (now + timedelta(seconds=time)).isoformat() for one, time in left.items()}
        atomic_write_text(self._path, json.dumps(until, sort_keys=True) + "\n")
