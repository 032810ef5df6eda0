"""One process at a time changes a part of a store in an object store.

Belongs here: taking a part, keeping it, giving it back, and taking it over from a process that has died. Does not
belong here: what is changed (`exchange`), and the lock of a folder (`civic_assets.layers.store_lock`).

A part is held by an object, `leases/NAME.json`, that is written only if nobody else has written it meanwhile (a
conditional request, `If-None-Match` and `If-Match`). The holder writes it again several times a minute. A process that
waits looks only at whether it changes, and measures with its own clock: clocks of machines differ. An object that has
not changed for `LEASE_SECONDS` belongs to a process that is dead, or that cannot reach the store and so cannot change
it.

A holder that was silent for too long finds that the object is no longer its own; it then stops (`still_held`) before it
writes anything else. Should it be between that look and a write, the write of a guarded file is refused by its tag.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from civic_assets.errors import CivicError, StoreBusy
from civic_assets.house_numbers.distributed import LEASE_SECONDS
from civic_assets.layers.remote.failures import Changed, LeaseLost
from civic_assets.layers.remote.objects import Objects

_LOOK_SECONDS = 1.0
_RENEWALS = 6


class Lease:
    """A part of a store that this process holds."""

    def __init__(self, objects: Objects, name: str, by: str, content: bytes, tag: str) -> None:
        self._objects, self._name, self._by, self._content, self._tag = objects, name, by, content, tag
        self._renewed = time.monotonic()
        self._lost = False
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease of {name}", daemon=True)
        self._thread.start()

    def still_held(self) -> None:
        """Check that this process may still change the part.

        Raises:
            LeaseLost: Another process has taken it, or this one could not say for too long that it is alive.
        """
        # Half the time: what begins now must end before somebody else takes over.
        if time.monotonic() - self._renewed > LEASE_SECONDS / 2:
            with suppress(CivicError):
                self._renew()
        if self._lost or time.monotonic() - self._renewed > LEASE_SECONDS:
            raise LeaseLost(
                f"{self._objects.address}: this process ({self._by}) could not say for {LEASE_SECONDS} seconds that it "
                "is alive, so another may have taken its place. It writes nothing more; what is published stays. Run "
                "the command again."
            )

    def _renew(self) -> None:
        with self._lock:
            if self._lost or self._ended.is_set():
                return
            begun = time.monotonic()
            try:
                self._tag = self._objects.replace(self._name, _signed(self._content), self._tag)
                self._renewed = begun
            except Changed:
                self._lost = not self._is_mine_still()
                if not self._lost:
                    self._renewed = begun

    def _is_mine_still(self) -> bool:
        """Whether the object was written by this process: an answer may have been lost after its request succeeded."""
        try:
            content, tag = self._objects.read(self._name)
        except FileNotFoundError:
            return False
        if _holder(content).get("token") != _holder(self._content)["token"]:
            return False
        self._tag = tag
        return True

    def _keep(self) -> None:
        while not self._ended.wait(LEASE_SECONDS / _RENEWALS):
            with suppress(CivicError):
                self._renew()

    def give_back(self) -> None:
        """End it. A lease that cannot be given back now ends by itself."""
        self._ended.set()
        with self._lock, suppress(CivicError):
            if not self._lost and self._is_mine_still():
                self._objects.remove(self._name)


@contextmanager
def leased(
    objects: Objects, part: str, by: str, waits: Callable[[str], None] | None = None
) -> Iterator[Lease]:
    """Hold a part of a store while nobody else does.

    Args:
        objects: Objects of the store.
        part: Name of the part.
        by: Who changes it, for the sentence that others see.
        waits: Function that receives the sentence before this waits; None to refuse instead.

    Raises:
        StoreBusy: Somebody else holds it, and `waits` is None.
        NotReached: The object store does not answer.
    """
    name = f"leases/{part}.json"
    content = json.dumps(
        {
            "token": uuid.uuid4().hex,
            "by": by,
            "process": os.getpid(),
            "machine": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    ).encode()
    lease = Lease(objects, name, by, content, _take(objects, name, content, waits))
    try:
        yield lease
    finally:
        lease.give_back()


def _take(objects: Objects, name: str, content: bytes, waits: Callable[[str], None] | None) -> str:
    seen, since, looked, said = "", 0.0, 0.0, False
    while True:
        try:
            return objects.create(name, _signed(content))
        except Changed:
            pass
        try:
            there, tag = objects.read(name)
        except FileNotFoundError:
            continue
        now = time.monotonic()
        holder = _holder(there)
        if holder.get("token") == _holder(content)["token"]:
            return tag  # the answer to this process's request was lost
        # While the store did not answer, the holder could not say that it is alive either.
        if tag != seen or now - looked > LEASE_SECONDS / _RENEWALS:
            seen, since = tag, now
        elif now - since > LEASE_SECONDS:
            try:
                return objects.replace(name, _signed(content), tag)
            except Changed:
                continue
        looked = now
        sentence = (
            f"{objects.address} is being changed by {holder.get('by', 'another process')} (process "
            f"{holder.get('process', '?')} on {holder.get('machine', '?')}, since {holder.get('since', '?')})."
        )
        if waits is None:
            raise StoreBusy(
                f"{sentence} Wait until that has ended, then try again. A process that was killed loses its place "
                f"after {LEASE_SECONDS} seconds."
            )
        if not said:
            waits(f"{sentence} Waiting until that has ended.")
            said = True
        time.sleep(_LOOK_SECONDS)


def _signed(content: bytes) -> bytes:
    """The content with something new in it: a server's tag is often that of the content."""
    return json.dumps({**_holder(content), "alive": uuid.uuid4().hex}).encode()


def _holder(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
