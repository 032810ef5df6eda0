"""The files in a zip archive, one at a time.

Belongs here: unpacking each file of an archive into a temporary file, so that at most one is on disk and none in
memory. Does not belong here: whether the archive is safe to open (`zip_directory`), and what its files are.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import ZIP_MEMBER_BYTES
from civic_assets.readers.containers.zip_directory import MIB
from civic_assets.tables.atomic import temporary_folder
from civic_assets.unforeseen import NO_SPACE

_HIDDEN = (".", "~$", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Args:
        name: Name within the archive, with its folders.
        path: Path of its bytes until the next member is requested; None if it could not be unpacked.
        refused: Sentence that says why it could not be unpacked.
    """

    name: str
    path: Path | None
    refused: str = ""


def members_of(path: Path, name: str) -> Iterator[Member]:
    """Every file of an archive that `sniff` has accepted, in the order of their names.

    Folders, hidden files, and temporary files of office programs and macOS are left out. A file is unpacked under a
    generated name, never under its own, and its checksum is verified.

    Args:
        path: Path of the archive.
        name: Name of the archive as the user knows it.

    Raises:
        FileRefused: The archive is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive, temporary_folder("zip") as folder:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                hidden = any(part.startswith(_HIDDEN) for part in member.filename.split("/"))
                if not member.is_dir() and not hidden:
                    yield _unpacked(archive, member, folder / "member", name)
    except (zipfile.BadZipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            raise  # nothing is wrong with the archive
        raise FileRefused(
            name, f"is a zip archive that cannot be read ({error}). Download it again."
        ) from error


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, name: str) -> Member:
    whole = f"{name}/{member.filename}"
    if member.file_size > ZIP_MEMBER_BYTES:
        most = ZIP_MEMBER_BYTES // MIB
        reason = (
            f"unpacks to {member.file_size / MIB:,.0f} MiB; at most {most:,} MiB are accepted for one file."
        )
        return Member(
            member.filename, None, f"{whole}: {reason} Unpack it, and supply the parts that are needed."
        )
    try:
        # Reads no more than the directory says, so that a member cannot be larger than was checked.
        with archive.open(member) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, MIB)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, RuntimeError) as error:
        reason = f"is damaged, or packed in a way that cannot be read ({error}). Download the archive again."
        return Member(member.filename, None, f"{whole}: {reason}")
    return Member(member.filename, target)
