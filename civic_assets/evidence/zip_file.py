"""A zip file whose bytes depend on nothing but the names and contents of its members.

Belongs here: writing one. Does not belong here: what goes into it (`pack`).

Members are stored, not compressed: two versions of a compression library pack the same bytes differently. They are in
the order of their names, all have the first time that the form allows, and the same permissions.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import UsageError
from civic_assets.tables.atomic import put_in_place, remove_stale_temporaries, temporary_path

_AT_ONCE = 1 << 20
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o644 << 16
CHECKSUMS = "SHA256SUMS"
"""Name of the list of checksums, in the form that `sha256sum --check` reads."""


@dataclass(frozen=True, slots=True)
class ArchivedBytes:
    """A member that is copied from the archive.

    Args:
        path: The archived file.
        sha256: Its hash; other bytes are refused.
    """

    path: Path
    sha256: str


Members = Mapping[str, "bytes | Path | ArchivedBytes"]
"""Contents by path in the zip file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A zip file that was written: its size, its hash, and the number of its members."""

    size: int
    sha256: str
    members: int


def write_zip(file: Path, members: Members) -> Written:
    """Write a zip file and its list of checksums, as a whole or not at all.

    Args:
        file: Its path; a file that is there is replaced.
        members: What goes into it.

    Raises:
        UsageError: The file cannot be written, or an archived file is gone or damaged; nothing is left behind.
    """
    folder = file.absolute().parent
    temporary = temporary_path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)
        with temporary.open("xb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as pack:
                sums = {name: _add(pack, name, members[name]) for name in sorted(members)}
                lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
                _add(pack, CHECKSUMS, lines.encode())
            stream.flush()
            os.fsync(stream.fileno())
        with temporary.open("rb") as written:
            answer = Written(
                temporary.stat().st_size, hashlib.file_digest(written, "sha256").hexdigest(), len(sums) + 1
            )
        put_in_place(temporary, file.absolute())
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return answer


def _add(pack: zipfile.ZipFile, name: str, content: bytes | Path | ArchivedBytes) -> str:
    """Add a member; gives its hash."""
    path = content.path if isinstance(content, ArchivedBytes) else content
    about = zipfile.ZipInfo(name, _FIRST_TIME)
    about.create_system, about.external_attr = _UNIX, _READABLE
    digest = hashlib.sha256()
    try:
        with io.BytesIO(path) if isinstance(path, bytes) else path.open("rb") as source:
            # Known before, so that the form of the entry depends on it alone.
            about.file_size = len(path) if isinstance(path, bytes) else path.stat().st_size
            with pack.open(about, "w", force_zip64=about.file_size > zipfile.ZIP64_LIMIT) as member:
                while part := source.read(_AT_ONCE):
                    digest.update(part)
                    member.write(part)
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename} is gone. Run: civic-assets verify") from None
    if isinstance(content, ArchivedBytes) and digest.hexdigest() != content.sha256:
        raise UsageError(f"{content.path} is damaged. Run: civic-assets verify")
    return digest.hexdigest()
