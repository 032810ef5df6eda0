"""Files as received, each stored under the sha256 of its content.

Belongs here: hashing, copying and placing files of the archive. Does not belong here: where a file came
from and which release it is (`civic_assets.archive.manifest`).
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import ArchiveError, FileRefused
from civic_assets.tables.atomic import put_in_place, temporary_path

_BLOCK = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in the archive.

    Args:
        sha256: SHA-256 of its content, 64 hexadecimal digits; also its name.
        size: Size in bytes.
        path: Path in the archive.
    """

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file being received: hashed and, unless the archive already holds it, copied to a temporary name."""

    sha256: str
    size: int
    temporary: Path | None


def is_blob_name(name: str) -> bool:
    """Whether a file name is a sha256, as names of archived files are."""
    return _SHA256.fullmatch(name) is not None


def sha256_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def holds(root: Path, sha256: str, size: int) -> bool:
    """Whether the archive has a file with this hash and the right length.

    A file of another length was damaged after it was stored. It does not count, so that the good bytes replace it
    when they are received again.
    """
    try:
        return (root / sha256).stat().st_size == size
    except FileNotFoundError:
        return False


def stage(root: Path, path: Path, name: str = "") -> StagedFile:
    """Hash a file and copy it into the archive's folder under a temporary name, unless the archive already holds it.

    Args:
        root: Folder of the archive (the copy must be on its filesystem, so that placing it is a rename).
        path: Any file.
        name: Name of the file as the user knows it, for sentences; that of the path if empty. A file that was fetched
            or unpacked has a path that says nothing to anybody.

    Raises:
        FileRefused: The path is not a file, or it cannot be read.
        ArchiveError: It cannot be copied, e.g. the disk is full; nothing is left behind.
    """
    known_as = name or path.name
    if not path.is_file():
        raise FileRefused(known_as or path, "is not a file; give the path of a publisher's file.")
    try:
        sha256, size = sha256_of(path)
    except PermissionError as error:
        raise FileRefused(known_as, "cannot be read; change its permissions and try again.") from error
    if holds(root, sha256, size):
        return StagedFile(sha256, size, None)
    return _copy(root, path, known_as)


def _copy(root: Path, path: Path, name: str) -> StagedFile:
    temporary = temporary_path(root)
    # Hashed again while it is copied: a download may still be growing, and the name must match the copy.
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as source, open(temporary, "xb") as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                target.write(block)
                size += len(block)
            target.flush()
            os.fchmod(target.fileno(), 0o444)
            os.fsync(target.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ArchiveError(not_archived(root, name, error)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return StagedFile(digest.hexdigest(), size, temporary)


def not_archived(root: Path, name: str, error: OSError) -> str:
    """Sentence about a file that could not be archived, by the name that the user knows."""
    return (
        f"{root}: {name} could not be archived ({error.strerror or error}). Files that were archived before it are "
        "kept. Free some space or fix the disk, then run the command again."
    )


def place(root: Path, staged: StagedFile) -> Blob:
    """Give a staged file its real name; write nothing if the archive already holds it."""
    path = root / staged.sha256
    if staged.temporary is not None and not holds(root, staged.sha256, staged.size):
        put_in_place(staged.temporary, path)
    discard(staged)
    return Blob(staged.sha256, staged.size, path)


def discard(staged: StagedFile) -> None:
    """Remove the copy made by staging, if it still has its temporary name."""
    if staged.temporary is not None:
        staged.temporary.unlink(missing_ok=True)
