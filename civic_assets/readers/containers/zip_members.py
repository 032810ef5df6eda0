"""The files in a zip archive, one at a time.

Belongs here: unpacking the files of an archive into a temporary file each, so that no more than one is on disk and none
in memory. Does not belong here: whether the archive is safe to open at all (`zip_container`), and what its files are.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.readers.containers.zip_directory import MIB

# The largest published file, the Home Office's ODS, has 50 MB, and a national street-level month some 20 MB.
MAX_MEMBER = 1024 * MIB
_HIDDEN = (".", "~$", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Args:
        name: Within the archive, with its folders.
        path: Where its bytes are, until the next one is asked for; None when it could not be unpacked.
        refused: Then the sentence that says why.
    """

    name: str
    path: Path | None
    refused: str = ""


def members_of(path: Path, name: str) -> Iterator[Member]:
    """Every file of an archive that `sniff` has let through, in the order of their names.

    Left out are folders, hidden files, and temporary ones of office programs and of the Mac. A file is written under a
    name of ours, never under its own, and its checksum is compared.

    Args:
        path: Where the archive is.
        name: The name the user knows it by.

    Raises:
        FileRefused: The archive is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="civic-zip-") as folder:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                hidden = any(part.startswith(_HIDDEN) for part in member.filename.split("/"))
                if not member.is_dir() and not hidden:
                    yield _unpacked(archive, member, Path(folder) / "member", name)
    except (zipfile.BadZipFile, OSError) as error:
        raise FileRefused(name, f"is a zip archive that cannot be read ({error}). Fetch it again.") from error


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, name: str) -> Member:
    whole = f"{name}/{member.filename}"
    if member.file_size > MAX_MEMBER:
        most = MAX_MEMBER // MIB
        reason = (
            f"unpacks to {member.file_size / MIB:,.0f} MiB; at most {most:,} MiB are accepted of one file."
        )
        return Member(member.filename, None, f"{whole}: {reason} Unpack it, and give what is needed of it.")
    try:
        # Reads no more than the directory says, so that a member can not be larger than was checked.
        with archive.open(member) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, MIB)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, RuntimeError) as error:
        reason = f"is damaged, or packed in a way that cannot be read ({error}). Fetch the archive again."
        return Member(member.filename, None, f"{whole}: {reason}")
    return Member(member.filename, target)
