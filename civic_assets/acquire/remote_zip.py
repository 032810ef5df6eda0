"""A zip archive on a publisher's site of which only the directory and some members are fetched.

Belongs here: reading the directory, keeping it, and fetching a member by parts, with `remotezip` over a client's
requests for parts. Does not belong here: which members are wanted (`finders.police_archive`).

Every part must belong to the archive whose directory was read: its size, and its ETag if there is one, are compared
each time, and the CRC-32 of each member is checked by `zipfile`. The directory is kept in the user's cache folder under
the publisher's own words for the state of the archive, so that an archive that has not changed costs no request.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from civic_assets.acquire.asking import Asks, NotObtained, Transfer, Validators
from civic_assets.acquire.offers import Offer
from civic_assets.contracts.validated_cache import folder
from civic_assets.house_numbers.discovery import (
    ARCHIVE_END_BYTES,
    ARCHIVE_PART_BYTES,
    DIRECTORIES_HELD,
    DIRECTORY_BYTES,
    MEMBER_EXPANSION,
)
from civic_assets.tables.atomic import atomic_write_bytes, remove_stale_temporaries

_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError)
"""What `zipfile` raises about a member that is damaged, encrypted or packed in a way that it does not know."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory of a remote archive.

    Args:
        url: Address that was asked.
        size: Bytes of the archive.
        etag: ETag of the archive, empty if it has none.
        start: Where `tail` begins.
        tail: The end of the archive, from its directory on.
        members: What the directory says of each member.
        kept_at: File in which it is kept; None if it is not.
    """

    url: str
    size: int
    etag: str
    start: int
    tail: bytes
    members: tuple[zipfile.ZipInfo, ...]
    kept_at: Path | None = None


_READ: dict[str, Directory] = {}
"""The directories that this process has read last, so that it reads one for all members of an archive."""


def directory_for(ask: Asks, offer: Offer) -> Directory:
    """The directory of the archive that an offered member is in: the one that was read last, or else a new one.

    Args:
        ask: Client.
        offer: A member of an archive.

    Raises:
        NotObtained: The archive does not answer parts, or is not a zip archive.
    """
    read = _READ.get(offer.url)
    if read is not None and any(
        (one.filename, one.CRC) == (offer.member, offer.crc32) for one in read.members
    ):
        return read
    return directory_of(ask, offer.url, found_at=offer.found_at)


def directory_of(ask: Asks, url: str, state: str = "", *, found_at: str | None = None) -> Directory:
    """The directory of an archive.

    Args:
        ask: Client.
        url: Address of the archive.
        state: What the publisher says that changes whenever the archive changes, e.g. its hash; if it is not empty,
            the directory is kept under it, and read again without a request.
        found_at: Where the address was found.

    Raises:
        NotObtained: The archive does not answer parts, is not a zip archive, or changed while it was read.
    """
    place = _place(url, state)
    if place is not None and (kept := _kept(place, url)) is not None:
        return _remembered(kept)
    parts = _Parts(ask, url, found_at=found_at)
    with _opened(parts, ARCHIVE_END_BYTES) as archive:
        start = archive.start_dir
        members = tuple(archive.infolist())
    read = Directory(url, parts.size, parts.etag, start, parts.joined(start), members, place)
    if place is not None:
        _keep(place, read)
    return _remembered(read)


def _remembered(read: Directory) -> Directory:
    _READ.pop(read.url, None)
    _READ[read.url] = read
    while len(_READ) > DIRECTORIES_HELD:
        del _READ[next(iter(_READ))]
    return read


def _forget(read: Directory) -> None:
    """Forget a directory that does not belong to the archive any more, so that it is read again."""
    _READ.pop(read.url, None)
    if read.kept_at is not None:
        read.kept_at.unlink(missing_ok=True)


def fetch_member(
    ask: Asks, directory: Directory, name: str, to: Path, *, found_at: str | None = None
) -> Transfer:
    """Fetch one member of an archive to a file.

    Args:
        ask: Client.
        directory: Directory of the archive.
        name: Path of the member.
        to: The file; it does not exist if the member could not be fetched.
        found_at: Where the address was found.

    Raises:
        NotObtained: The member is missing, damaged or larger than it says, or the archive has changed.
    """
    started = datetime.now(UTC)
    parts = _Parts(ask, directory.url, directory, found_at=found_at)
    digest, written = hashlib.sha256(), 0
    unfinished = to.with_name(to.name + ".part")
    try:
        with _opened(parts, len(directory.tail)) as archive:
            info = archive.getinfo(name)
            if info.file_size > MEMBER_EXPANSION * max(info.compress_size, 1024):
                raise _damaged(
                    directory.url,
                    f"its member {name} would grow to {info.file_size:,} bytes, which no text does",
                )
            with archive.open(info) as member, unfinished.open("wb") as file:
                # `zipfile` compares the CRC-32 when it has read the last byte.
                while block := member.read(1 << 20):
                    digest.update(block)
                    written += len(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        unfinished.replace(to)
    except _BROKEN as error:
        raise _damaged(directory.url, f"its member {name} cannot be unpacked ({error})") from error
    except KeyError as error:
        raise _damaged(directory.url, f"it has no member {name}") from error
    except NotObtained as error:
        if error.kind == "changed":
            _forget(directory)
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    return Transfer(
        asked=directory.url,
        url=parts.answered,
        status=206,
        headers=parts.headers,
        path=to,
        size=written,
        sha256=digest.hexdigest(),
        validators=Validators(),
        started=started,
        ended=datetime.now(UTC),
        attempts=parts.requests,
    )


def _damaged(url: str, why: str) -> NotObtained:
    return NotObtained(
        f"{url}: this archive is not as it should be: {why}. Nothing of it is used. Try again later; if it stays so, "
        "tell the publisher.",
        url=url,
        kind="wrong_content",
    )


def _opened(parts: _Parts, tail: int) -> zipfile.ZipFile:
    from remotezip import RemoteZip, RemoteZipError

    try:
        opened: zipfile.ZipFile = RemoteZip(parts.url, initial_buffer_size=tail, fetcher=parts.fetcher)
    except (zipfile.BadZipFile, RemoteZipError, OSError, ValueError) as error:
        raise _damaged(parts.url, f"its directory cannot be read ({error})") from error
    return opened


class _Parts:
    """What `remotezip` fetches: from the kept end of the archive if it is there, else by requests for parts."""

    def __init__(
        self, ask: Asks, url: str, directory: Directory | None = None, *, found_at: str | None = None
    ) -> None:
        self.ask, self.url, self.found_at = ask, url, found_at
        self.size = directory.size if directory else 0
        self.etag = directory.etag if directory else ""
        self.pieces: dict[int, bytes] = {directory.start: directory.tail} if directory else {}
        self.requests = 0
        self.answered = url
        self.headers: dict[str, str] = {}

    def fetcher(self, url: str, session: Any = None, **options: Any) -> _Parts:
        """`remotezip` makes its fetcher with the address; this one is made already."""
        return self

    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> Any:
        """A part as a buffer of `remotezip`."""
        from remotezip import PartialBuffer

        first, last = data_range
        if first < 0:
            if not self.size:
                self._measure()
            first, last = max(0, self.size + first), self.size - 1
        elif last is None:
            last = self.size - 1
        for start, piece in self.pieces.items():
            if start <= first and last < start + len(piece):
                inside = io.BytesIO(piece[first - start : last + 1 - start])
                return PartialBuffer(inside, first, last + 1 - first, stream)
        if stream:
            return PartialBuffer(_Blocks(self, first, last + 1), first, last + 1 - first, True)
        if last + 1 - first > DIRECTORY_BYTES:
            raise _damaged(self.url, f"its directory would have {last + 1 - first:,} bytes")
        body = self.part(first, last)
        self.pieces[first] = body
        return PartialBuffer(io.BytesIO(body), first, len(body), False)

    def part(self, first: int, last: int) -> bytes:
        """Bytes of the archive, both ends included; refused if it is not the archive that was asked before."""
        # The first answer says where the archive is; asking there again spares a redirect for each part.
        document = self.ask.part(self.answered, first, last, found_at=self.found_at or self.url)
        self.requests += 1
        self.answered, self.headers = document.url, dict(document.headers)
        size = self._size(document.headers.get("content-range", ""))
        etag = document.headers.get("etag", "")
        if not self.size:
            self.size, self.etag = size, etag
        if size != self.size or etag != self.etag:
            raise NotObtained(
                f"{self.url}: the archive changed between two requests ({self.size:,} bytes {self.etag} and {size:,} "
                f"bytes {etag}), so its parts do not belong together. Nothing of it is used; the next run reads the "
                "new one.",
                url=self.url,
                kind="changed",
                status=document.status,
            )
        if len(document.body) != last + 1 - first:
            raise NotObtained(
                f"{self.url}: asked for {last + 1 - first:,} bytes and received {len(document.body):,}. Try again "
                "later.",
                url=self.url,
                kind="truncated",
                status=document.status,
            )
        return document.body

    def joined(self, start: int) -> bytes:
        """The end of the archive from a byte on, of the pieces that were fetched."""
        whole = bytearray()
        while start + len(whole) < self.size:
            at = start + len(whole)
            piece = next(
                (
                    piece[at - first :]
                    for first, piece in self.pieces.items()
                    if first <= at < first + len(piece)
                ),
                None,
            )
            whole += self.part(at, self.size - 1) if piece is None else piece
        return bytes(whole)

    def _measure(self) -> None:
        self.part(0, 0)

    def _size(self, stated: str) -> int:
        size = stated.rpartition("/")[2]
        if not size.isdecimal():
            raise NotObtained(
                f"{self.url}: the publisher does not say how large the archive is (Content-Range {stated!r}), so its "
                "directory cannot be read by parts.",
                url=self.url,
                kind="wrong_content",
            )
        return int(size)


class _Blocks:
    """The bytes of a member as a file that is fetched block by block."""

    def __init__(self, parts: _Parts, start: int, end: int) -> None:
        self._parts, self._at, self._end, self._start = parts, start, end, start
        self._buffer = b""
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes; fewer at the end."""
        if not self._buffer and self._at < self._end:
            last = min(self._at + ARCHIVE_PART_BYTES, self._end) - 1
            self._buffer = self._parts.part(self._at, last)
            self._at = last + 1
        size = len(self._buffer) if size < 0 else size
        given, self._buffer = self._buffer[:size], self._buffer[size:]
        if given and len(given) < size and self._at < self._end:
            given += self.read(size - len(given))
        return given

    def tell(self) -> int:
        """Bytes that were read."""
        return self._at - self._start - len(self._buffer)

    def close(self) -> None:
        """Forget what was fetched."""
        self.closed, self._buffer = True, b""


def _place(url: str, state: str) -> Path | None:
    base = folder()
    if base is None or not state:
        return None
    return base / "archives" / (hashlib.sha256(f"{url} {state}".encode()).hexdigest() + ".directory")


def _kept(place: Path, url: str) -> Directory | None:
    """A directory that was read before; None if there is none, or what is kept cannot be used."""
    try:
        with place.open("rb") as file:
            about = json.loads(file.readline())
            tail = file.read()
        if hashlib.sha256(tail).hexdigest() != about["sha256"]:
            return None
        read = Directory(url, about["size"], about["etag"], about["start"], tail, ())
        with zipfile.ZipFile(_AtTheEnd(read)) as archive:
            return Directory(url, read.size, read.etag, read.start, tail, tuple(archive.infolist()), place)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _keep(place: Path, read: Directory) -> None:
    about = {
        "size": read.size, "etag": read.etag, "start": read.start,
        "sha256": hashlib.sha256(read.tail).hexdigest(),
    }  # fmt: skip
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(place.parent)
        atomic_write_bytes(place, json.dumps(about).encode() + b"\n" + read.tail)
        older = sorted(place.parent.glob("*.directory"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in older[DIRECTORIES_HELD:]:
            old.unlink(missing_ok=True)
    except OSError:
        # It is a cache: without it, the directory is asked for again.
        return


class _AtTheEnd(io.RawIOBase):
    """The end of an archive as a file of the archive's size, for `zipfile` to read the directory from."""

    def __init__(self, directory: Directory) -> None:
        self._directory, self._at = directory, 0

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as in any file."""
        self._at = offset + (0, self._at, self._directory.size)[whence]
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Bytes of the end; an error before it."""
        inside = self._at - self._directory.start
        if inside < 0:
            raise zipfile.BadZipFile("the directory begins before the part that is kept")
        given = self._directory.tail[inside:] if size < 0 else self._directory.tail[inside : inside + size]
        self._at += len(given)
        return given
