"""Receipts of requests: what was asked of whom, what was answered, and from where the address was known.

Belongs here: the receipt, and writing and reading `fetches.jsonl`, a chain of sealed lines like the manifest's. Does
not belong here: receipts of files that were received (`civic_assets.archive.manifest`).

A receipt is of one wish: a document, a file or a part, with all tries that it took. Wishes that failed have one too.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from civic_assets.archive.chain import Chain, Form, append, create, mend_tail, read_chain, read_end
from civic_assets.errors import ArchiveError

FETCHES = "fetches.jsonl"
_LOCK = "fetches.lock"
_HEADERS = (
    "content-encoding", "content-length", "content-range", "content-type", "date", "deprecation", "etag",
    "last-modified", "link", "retry-after", "sunset",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetch:
    """A receipt.

    Args:
        source: Id of the source for which it was asked.
        way: `read` for a document, `fetch` for a file, `part` for some bytes of one.
        asked: Address that was asked, with its query.
        answered: Address that answered, after redirects; None if none did.
        status: Status code of the last answer; None if there was none.
        headers: Headers of the answer that matter later, names in lower case.
        started: When the first try began: UTC, ISO 8601, to the millisecond.
        ended: When the last one ended.
        bytes: Bytes of the body; 0 if it was as it was.
        sha256: SHA-256 of the body; None if there was none.
        found_at: Address of the page or document that names the address; None if the contract does.
        attempts: Requests that were made, with those that failed.
        failed: Cause of the failure in one word (`NotObtained.kind`); None if it succeeded.
        replayed: Whether the replay publisher of tests answered.
    """

    source: str
    way: str
    asked: str
    answered: str | None
    status: int | None
    headers: dict[str, str]
    started: str
    ended: str
    bytes: int
    sha256: str | None
    found_at: str | None
    attempts: int
    failed: str | None
    replayed: bool


_TYPES: dict[str, tuple[type, ...]] = {
    **{name: (str,) for name in ("source", "way", "asked", "started", "ended")},
    **{name: (str, type(None)) for name in ("answered", "sha256", "found_at", "failed")},
    **{name: (int,) for name in ("bytes", "attempts")},
    "status": (int, type(None)),
    "headers": (dict,),
    "replayed": (bool,),
}
FORM = Form(FETCHES, Fetch, _TYPES, f"Restore {FETCHES} from a backup, or move it away to begin another one")
"""What the lines of `fetches.jsonl` are."""


def read_fetches(acquired: Path) -> Chain[Fetch]:
    """All receipts, with a sentence for each line that is not as it was written.

    Args:
        acquired: Folder `acquired` of the store.
    """
    return read_chain(FORM, acquired / FETCHES)


def headers_that_matter(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that a receipt keeps."""
    return {name: headers[name] for name in _HEADERS if name in headers}


def moment(time: datetime) -> str:
    """A time as receipts have it, e.g. `2026-07-23T08:30:00.000Z`."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Fetches:
    """The file of receipts, for writing; several processes may write.

    Args:
        acquired: Folder `acquired` of the store.
    """

    def __init__(self, acquired: Path) -> None:
        self._path, self._lock = acquired / FETCHES, acquired / _LOCK

    def add(self, receipt: Fetch, *, sync: bool) -> None:
        """Add a receipt.

        Args:
            receipt: Receipt.
            sync: Whether it is on disk when this returns. Otherwise a power cut may take it, and those after it.

        Raises:
            ArchiveError: It could not be written, or the last line is not as it was written.
        """
        with self._locked():
            if not self._path.exists():
                create(self._path)
            chain = replace(read_end(FORM, self._path), receipts=())
            if chain.damage:
                raise ArchiveError(f"{self._path.parent}: {chain.damage[0]}")
            if self._path.stat().st_size > chain.end:
                chain = mend_tail(FORM, self._path, chain)
            append(FORM, self._path, receipt, chain, sync=sync)

    def sync(self) -> None:
        """Have all receipts on disk when this returns."""
        if self._path.exists():
            descriptor = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # this unlocks; so does the end of the process
