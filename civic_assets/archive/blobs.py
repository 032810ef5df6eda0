"""Bytes as received, each file under the sha256 of its content.

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
    """A file of the archive.

    Args:
        sha256: Of its content, 64 hexadecimal digits; also its name.
        size: In bytes.
        path: Where it stands.
    """

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file on its way in: hashed and, unless the archive holds it already, copied to a temporary name."""

    sha256: str
    size: int
    temporary: Path | None


def is_blob_name(name: str) -> bool:
    """Whether a file name is a sha256, as the names of archived files are."""
    return _SHA256.fullmatch(name) is not None


def sha256_of(path: Path) -> tuple[str, int]:
    """Hash and size in bytes of a file, read in blocks."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def holds(root: Path, sha256: str, size: int) -> bool:
    """Whether the archive has a file of this hash, of the right length.

    One of another length was damaged after it was stored; it does not count, so that the good bytes
    replace it when they are received again.
    """
    try:
        return (root / sha256).stat().st_size == size
    except FileNotFoundError:
        return False


def stage(root: Path, path: Path) -> StagedFile:
    """Hash a file and copy it into the archive's folder under a temporary name, unless it is there already.

    Args:
        root: Folder of the archive (the copy must be on its filesystem, so that placing it is a rename).
        path: Any file.

    Raises:
        FileRefused: It is not a file, or can not be read.
        ArchiveError: It can not be copied, e.g. the disk is full; nothing is left behind.
    """
    if not path.is_file():
        raise FileRefused(path.name or path, "is not a file; give the path of a publisher's file.")
    try:
        sha256, size = sha256_of(path)
    except PermissionError as error:
        raise FileRefused(path.name, "may not be read; change its permissions and try again.") from error
    if holds(root, sha256, size):
        return StagedFile(sha256, size, None)
    return _copy(root, path)


def _copy(root: Path, path: Path) -> StagedFile:
    temporary = temporary_path(root)
    # Hashed once more while it is copied: a download may still be growing, and the name must fit the copy.
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
        reason = error.strerror or error
        raise ArchiveError(
            f"{root}: {path.name} could not be kept ({reason}). Make room or mend it, then run again."
        ) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return StagedFile(digest.hexdigest(), size, temporary)


def place(root: Path, staged: StagedFile) -> Blob:
    """Give a staged file its real name; nothing is written when the archive holds it already."""
    path = root / staged.sha256
    if staged.temporary is not None and not holds(root, staged.sha256, staged.size):
        put_in_place(staged.temporary, path)
    discard(staged)
    return Blob(staged.sha256, staged.size, path)


def discard(staged: StagedFile) -> None:
    """Remove what staging copied, if it still stands under its temporary name."""
    if staged.temporary is not None:
        staged.temporary.unlink(missing_ok=True)
