"""Files of a package: their size, their hash, and the list of checksums.

Belongs here: what is known of a file, and `SHA256SUMS`. Does not belong here: what is in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
"""Media type of each format."""
CHECKSUMS = "SHA256SUMS"
"""Name of the list, in the form that `sha256sum --check` reads."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a package.

    Args:
        path: Path in the package, with `/`.
        size: Bytes.
        sha256: Its hash, in hexadecimal digits.
    """

    path: str
    size: int
    sha256: str


def file_of(folder: Path, path: str) -> File:
    """What is known of a file in the folder of a package."""
    with (folder / path).open("rb") as stream:
        return File(path, (folder / path).stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def checksums(files: Mapping[str, File]) -> str:
    """The list of checksums, by path."""
    return "".join(f"{files[path].sha256}  {path}\n" for path in sorted(files))
