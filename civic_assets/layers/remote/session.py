"""Changing and reading a store of which this machine has a working copy.

Belongs here: the order of taking a part, bringing what is new, working, sending and giving back. Does not belong here:
each of these (`lease`, `exchange`), and stores that are folders, for which all of this does nothing.

Two parts can be held: the whole store (`WHOLE`), by the process that takes files in or publishes, and a source, by a
worker that builds its releases. They do not exclude each other. A worker writes only tables of its source. The process
that publishes reads, of each release, the table that `current.json` names, which is either the old or the new one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import CivicError, StoreBusy
from civic_assets.layers.remote.place import copied_from

if TYPE_CHECKING:
    from civic_assets.layers.remote.exchange import Scope, WorkingCopy
    from civic_assets.layers.remote.lease import Lease

WHOLE = "store"
# Sessions of this thread by the folder of the working copy.
_open = threading.local()


class Session:
    """A part of a store that this process holds.

    Args:
        copy: The working copy.
        scope: What belongs to the part.
        lease: The lease.
    """

    def __init__(self, copy: WorkingCopy, scope: Scope, lease: Lease) -> None:
        self._copy, self._scope, self._lease = copy, scope, lease

    def send(self) -> None:
        """Send what was made so far.

        Raises:
            LeaseLost: Another process holds the part now.
            Changed: Another process has written what this one would write.
            NotReached: The object store does not answer.
        """
        self._lease.still_held()
        self._copy.send(self._scope, self._lease.still_held)

    def bring(self) -> None:
        """Bring what others have made since.

        Raises:
            NotReached: The object store does not answer.
        """
        self._copy.bring(self._scope)

    def bring_archived(self, sha256s: Collection[str]) -> None:
        """Bring archived files that are not here.

        Raises:
            NotReached: The object store does not answer.
        """
        for sha256 in sha256s:
            self._copy.fetch_file(f"archive/{sha256}")


def session_of(root: Path) -> Session | None:
    """The session of this thread in a store; None if there is none, as in a store that is a folder."""
    found: Session | None = _sessions().get(root.resolve())
    return found


def _sessions() -> dict[Path, Session]:
    sessions: dict[Path, Session] = _open.__dict__.setdefault("sessions", {})
    return sessions


@contextmanager
def changing_copy(
    root: Path,
    by: str,
    waits: Callable[[str], None] | None = None,
    source: str | None = None,
    says: Callable[[str], None] = lambda _: None,
) -> Iterator[Session | None]:
    """Change a store of which a folder is the working copy; nothing happens if it is a store of its own.

    What was made is sent at the end, also if the work ended in an error: tables that were built are good. If this
    process has lost its place, nothing is sent, and the next command makes the working copy equal to the store.

    Args:
        root: Folder.
        by: Who changes it.
        waits: Function that receives a sentence before this waits for another process; None to refuse instead.
        source: Source whose releases are built; None for the whole store.
        says: Function that receives a sentence when many files are brought or sent.

    Raises:
        StoreBusy: Another process changes it, and `waits` is None.
        LeaseLost: Another process has taken this one's place.
        NotReached: The object store does not answer.
    """
    address = copied_from(root)
    if address is None or session_of(root) is not None:
        yield session_of(root)
        return
    from civic_assets.layers.remote.exchange import EVERYTHING, WorkingCopy, of_source
    from civic_assets.layers.remote.lease import leased
    from civic_assets.layers.remote.objects import Objects

    objects = Objects(address)
    copy = WorkingCopy(root, objects, says)
    scope = EVERYTHING if source is None else of_source(source)
    with leased(objects, WHOLE if source is None else f"source-{source}", by, waits) as lease:
        session = Session(copy, scope, lease)
        session.bring()
        _sessions()[root.resolve()] = session
        try:
            yield session
        except Exception:
            with suppress(CivicError):
                session.send()
            raise
        else:
            session.send()
        finally:
            del _sessions()[root.resolve()]


def bring_to_read(root: Path) -> None:
    """Make a working copy what the object store has, to read it; nothing happens if it is a store of its own.

    Raises:
        NotReached: The object store does not answer.
    """
    address = copied_from(root)
    if address is None or session_of(root) is not None:
        return
    from civic_assets.layers.remote.exchange import EVERYTHING, WorkingCopy
    from civic_assets.layers.remote.objects import Objects
    from civic_assets.layers.store_lock import locked

    # Where another process of this machine changes the working copy, it is read as it is.
    with suppress(StoreBusy), locked(root, "a command that reads"):
        WorkingCopy(root, Objects(address)).bring(EVERYTHING)
