"""Receipts of requests: what was asked of whom, what was answered, and from where the address was known.

Belongs here: the receipt, and writing and reading `fetches.jsonl`, a chain of sealed lines like the manifest's. Does
not belong here: receipts of files that were received (`civic_assets.archive.manifest`).

A receipt is of one wish: a document, a file or a part, with all tries that it took. Wishes that failed have one too.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from civic_assets.archive.chain import Chain, Form, append, create, mend_tail, read_chain, read_end
from civic_assets.errors import ArchiveError
from civic_assets.tables.atomic import atomic_write_bytes

FETCHES = "fetches.jsonl"
CHECKED = "fetches.checked.json"
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


def damage_of(acquired: Path) -> tuple[str, ...]:
    """A sentence for each line of the receipts that is not as it was written; the same as `read_fetches` gives.

    Years of receipts are tens of thousands of lines. Those that were found intact are remembered by the SHA-256 of
    their bytes (`fetches.checked.json`), so that the next time they are hashed, and only the lines after them are
    read. If any byte of them is another one, every line is read again.

    Args:
        acquired: Folder `acquired` of the store.
    """
    path = acquired / FETCHES
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    digest = hashlib.sha256()
    known = _checked(acquired, content, digest)
    chain = read_chain(FORM, path, known)
    begun = known.end if known is not None else 0
    if chain.damage or chain.end > len(content) or chain.end == begun:
        return chain.damage
    if known is None:
        digest = hashlib.sha256()
    digest.update(content[begun : chain.end])
    seen = {"end": chain.end, "lines": chain.lines, "head": chain.head, "sha256": digest.hexdigest()}
    atomic_write_bytes(acquired / CHECKED, json.dumps(seen).encode())
    return ()


def _checked(acquired: Path, content: bytes, digest: hashlib._Hash) -> Chain[Fetch] | None:
    """The chain up to the line that was checked last, without its receipts; None if its bytes are not the same.

    Args:
        acquired: Folder `acquired` of the store.
        content: Bytes of the file of receipts.
        digest: Hash of nothing, to which the bytes up to that line are added.
    """
    try:
        seen = json.loads((acquired / CHECKED).read_bytes())
        end, lines, head, sha256 = (seen[name] for name in ("end", "lines", "head", "sha256"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    right = type(end) is int and type(lines) is int and type(head) is str and 0 < end <= len(content)
    if not right:
        return None
    digest.update(content[:end])
    if digest.hexdigest() != sha256:
        return None
    return Chain(head=head, lines=lines, end=end)


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
