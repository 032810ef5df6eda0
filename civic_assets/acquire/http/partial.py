"""Unfinished files: kept between tries and runs with what is needed to resume them, and cleared away.

Belongs here: the folder of unfinished files, writing them, and whether one may be resumed. Does not belong here:
requests (`transfer`).

For each address there are two files: `<name>.body`, and `<name>.json` with what the publisher said of it. A file
without a sound description is never resumed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from civic_assets.acquire.asking import NotObtained, Validators
from civic_assets.acquire.clock import Clock
from civic_assets.house_numbers.acquire import PARTIAL_DAYS
from civic_assets.tables.atomic import (
    atomic_write_text,
    copy_file,
    put_in_place,
    remove_stale_temporaries,
    temporary_path,
)

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BLOCK = 1 << 20
_DAY = 24 * 3600


class Partials:
    """The folder of unfinished files. Opening it removes those that nobody can resume.

    Args:
        folder: The folder; made if missing.
        clock: Time.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)
        oldest = clock.now().timestamp() - PARTIAL_DAYS * _DAY
        for body in folder.glob("*.body"):
            with suppress(BlockingIOError, FileNotFoundError), open(body, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                described = _describe(body.with_suffix(".json"))
                if described is None or body.stat().st_mtime < oldest:
                    body.unlink(missing_ok=True)
        for notes in folder.glob("*.json"):
            if not notes.with_suffix(".body").exists():
                notes.unlink(missing_ok=True)

    @contextmanager
    def open(self, url: str) -> Iterator[Partial]:
        """The unfinished file of an address, for this process alone.

        Raises:
            NotObtained: Another process is fetching the same address.
        """
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        body = self._folder / f"{name}.body"
        while True:
            file = open(body, "a+b")  # noqa: SIM115 - the partial closes it
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                raise NotObtained(
                    f"{url}: is being fetched by another process. Wait until it has ended, then try again.",
                    url=url,
                    kind="busy",
                ) from None
            # The name may have been taken away between opening and locking.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.stat(body), os.fstat(file.fileno())):
                    break
            file.close()
        partial = Partial(url, body, file)
        try:
            yield partial
        finally:
            partial.close()


class Partial:
    """An unfinished file.

    Args:
        url: Address.
        body: Path of the file.
        file: The file, open and locked.
    """

    def __init__(self, url: str, body: Path, file: BinaryIO) -> None:
        self._url, self._body, self._file = url, body, file
        self._notes = body.with_suffix(".json")
        self._hash = hashlib.sha256()
        self._validators = Validators()
        self._resumable = False
        self.whole: int | None = None
        self.size = os.fstat(file.fileno()).st_size
        self._take_up()

    def _take_up(self) -> None:
        """Take up what an earlier run left, or empty the file."""
        described = _describe(self._notes)
        if not self.size or described is None or described.get("asked") != self._url:
            self.discard()
            return
        self._validators = Validators(described["etag"], described["last_modified"])
        self.whole, self._resumable = described["whole"], True
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            self._hash.update(block)

    @property
    def validator(self) -> str | None:
        """What If-Range compares: a strong ETag, else the time of the last change."""
        etag = self._validators.etag
        if etag is not None and not etag.startswith("W/"):
            return etag
        return self._validators.last_modified

    def to_resume(self) -> int:
        """Bytes after which the transfer can go on; 0 if it must begin again, and the file is empty then."""
        if not self.size or not self._resumable or self.validator is None:
            self.discard()
            return 0
        if self.whole is not None and self.size >= self.whole:
            # All of it is there, but its end was not acknowledged: one byte is asked for again.
            self._file.truncate(self.whole - 1)
            self.size = self.whole - 1
            self._hash = hashlib.sha256()
            self._file.seek(0)
            while block := self._file.read(_BLOCK):
                self._hash.update(block)
        return self.size

    def fits(self, validators: Validators) -> bool:
        """Whether a part belongs to the file of which the beginning is there."""
        ours, theirs = self._validators, validators
        if theirs.etag is not None and ours.etag is not None:
            return theirs.etag == ours.etag
        return theirs.last_modified in (None, ours.last_modified)

    def begin(self, url: str, validators: Validators, whole: int | None, encoded: bool) -> None:
        """Begin from the first byte.

        Args:
            url: Address that answers.
            validators: What the answer says of itself.
            whole: Bytes of the file, if stated.
            encoded: Whether the body comes encoded, so that parts of it cannot be put together.
        """
        self.discard()
        self.whole, self._validators, self._resumable = whole, validators, not encoded
        if self._resumable and self.validator is not None:
            described = {
                "asked": self._url, "url": url, "etag": validators.etag, "last_modified": validators.last_modified,
                "whole": whole, "boot": _boot(),
            }  # fmt: skip
            atomic_write_text(self._notes, json.dumps(described))

    def write(self, block: bytes) -> None:
        """Add a block.

        Raises:
            NotObtained: The disk is full, or cannot be written.
        """
        try:
            self._file.write(block)
        except OSError as error:
            raise NotObtained(
                f"{self._url}: could not be written to {self._body.parent} ({error.strerror}). Free some space, then "
                "run the command again.",
                url=self._url,
                kind="disk",
            ) from error
        self._hash.update(block)
        self.size += len(block)

    def ends(self, start: int, end: int) -> tuple[bytes, bytes]:
        """So many of the first and the last bytes."""
        self._file.flush()
        self._file.seek(0)
        first = self._file.read(start)
        self._file.seek(max(0, self.size - end))
        return first, self._file.read(end)

    def finish(self, to: Path) -> tuple[int, str]:
        """Put the file in its place, on disk when this returns.

        Returns:
            Bytes and SHA-256.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        to.parent.mkdir(parents=True, exist_ok=True)
        if os.stat(to.parent).st_dev == os.fstat(self._file.fileno()).st_dev:
            put_in_place(self._body, to)
        else:
            near = temporary_path(to.parent)
            try:
                copy_file(self._body, near)
                with open(near, "rb") as copied:
                    os.fsync(copied.fileno())
                put_in_place(near, to)
            except BaseException:
                near.unlink(missing_ok=True)
                raise
        self._notes.unlink(missing_ok=True)
        return self.size, self._hash.hexdigest()

    def discard(self) -> None:
        """Empty the file and forget what was said of it."""
        self._notes.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate(0)
        self._hash, self.size, self._resumable = hashlib.sha256(), 0, False
        self.whole, self._validators = None, Validators()

    def close(self) -> None:
        """Close the file; it stays only if a later run can resume it."""
        if not (self.size and self._notes.exists()) and self._same_file():
            self._body.unlink(missing_ok=True)
            self._notes.unlink(missing_ok=True)
        self._file.close()

    def _same_file(self) -> bool:
        with suppress(FileNotFoundError):
            return os.path.samestat(os.stat(self._body), os.fstat(self._file.fileno()))
        return False


def _boot() -> str | None:
    """What is another text after each start of the machine: after a power cut, the end of a file may be lost."""
    with suppress(OSError):
        return _BOOT.read_text(encoding="ascii").strip()
    return None


def _describe(notes: Path) -> dict | None:  # type: ignore[type-arg]
    """What was said of an unfinished file; None if it is unknown, or from before the machine was started."""
    try:
        described = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(described, dict):
        return None
    texts = ("etag", "last_modified")
    sound = (
        isinstance(described.get("asked"), str)
        and all(isinstance(described.get(name), str | None) for name in texts)
        and isinstance(described.get("whole"), int | None)
        and described.get("boot") is not None
        and described["boot"] == _boot()
    )
    return described if sound else None
