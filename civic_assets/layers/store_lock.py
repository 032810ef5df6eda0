"""One process at a time changes a store.

Belongs here: the lock of the process that changes a store, and the sentence for one that finds it held. Does not belong
here: what is changed, the lock of the archive, which is held only while one file is received, and what keeps processes
of other machines out of a store in an object store (`remote.lease`).

The lock is one of the operating system (`flock`) on `<store>/changing.lock`. The system releases it when a process
ends, however it ends, so a killed process never leaves a store locked. The file stays; what it says of the holder is
used only while somebody holds the lock. Readers need no lock: everything that they open is put into place whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from civic_assets.errors import StoreBusy
from civic_assets.layers.remote.session import Session, changing_copy

LOCK = "changing.lock"
# The stores that a thread of this process is changing: a refresh contains runs, which contain reports.
_held = threading.local()


@contextmanager
def changing(
    root: Path,
    by: str,
    waits: Callable[[str], None] | None = None,
    says: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Change a store while nobody else does. The thread that holds the lock may ask for it again.

    If the folder is the working copy of a store in an object store, what is new there is brought first, and what was
    made here is sent at the end.

    Args:
        root: Folder of the store; it exists.
        by: Who changes it, for the sentence that others see: `civic-assets refresh`, for example.
        waits: Function that receives the sentence before this waits for the lock; None to refuse instead.
        says: Function that receives a sentence when many files are brought or sent.

    Raises:
        StoreBusy: Somebody else is changing the store; the sentence says who, since when, and what to do.
        OSError: The lock cannot be opened, as in a folder that may only be read.
        NotReached: The object store does not answer.
    """
    with locked(root, by, waits), changing_copy(root, by, waits, says=says):
        yield


@contextmanager
def building(
    root: Path, source: str, by: str, waits: Callable[[str], None] | None = None
) -> Iterator[Session | None]:
    """Build releases of a source, while others do so for other sources, or publish.

    This holds something only if the folder is the working copy of a store in an object store. In a folder, `changing`
    is held for each release.

    Args:
        root: Folder of the store.
        source: The source.
        by: See `changing`.
        waits: See `changing`.
    """
    with changing_copy(root, by, waits, source) as session:
        yield session


@contextmanager
def locked(root: Path, by: str, waits: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock of a folder, and nothing else; the arguments and errors are those of `changing`."""
    place = root.resolve()
    mine: set[Path] = _held.__dict__.setdefault("places", set())
    if place in mine:
        yield
        return
    descriptor = os.open(place / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waits is None:
                raise StoreBusy(
                    f"{_who(root, descriptor)} Wait until that has ended, then try again; or choose another store "
                    f"with --store. {_ENDING}"
                ) from None
            waits(f"{_who(root, descriptor)} Waiting until that has ended.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _sign(descriptor, by)
        mine.add(place)
        try:
            yield
        finally:
            mine.discard(place)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # this unlocks; so does the end of the process


_ENDING = (
    "If it hangs, end that process: the store stays as it was last published, and the next refresh goes on from there. "
    "Commands that only read need not wait."
)


def _sign(descriptor: int, by: str) -> None:
    """Write who holds the lock."""
    holder = {
        "by": by,
        "process": os.getpid(),
        "machine": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _who(root: Path, descriptor: int) -> str:
    """Sentence that says who changes the store, and since when."""
    try:
        holder: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0))
        since = datetime.fromisoformat(holder["since"])
        return (
            f"{root} is being changed by {holder['by']} (process {holder['process']} on {holder['machine']}), which "
            f"began at {since:%H:%M:%S} UTC on {since.day} {since:%B %Y}."
        )
    except (ValueError, KeyError, TypeError):
        # It has just taken the lock, or is just giving it back.
        return f"{root} is being changed by another process."
