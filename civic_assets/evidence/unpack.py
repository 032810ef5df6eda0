"""Takes a store out of an evidence pack, so that its publication can be made again.

Belongs here: the archive and the manifests, each file by its hash. Does not belong here: writing a pack (`pack`), and
making the publication again (`civic_assets.publish.rebuild`).

A pack comes from somebody else. Only members that its list of inputs or its manifests name are read, each is written
under its hash or number and never under a name of the pack, and no more than the list says is unpacked.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from civic_assets.archive.manifest import MANIFEST
from civic_assets.errors import UsageError
from civic_assets.house_numbers.file_limits import JSON_BYTES
from civic_assets.layers.store import Store
from civic_assets.publish.publication import LATEST

_AT_ONCE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MANIFEST = re.compile(r"publications/([1-9][0-9]{0,8})\.json")


def unpack(pack: Path, into: Path) -> tuple[Store, int]:
    """Make a store of the archive and the manifests of a pack.

    Args:
        pack: The zip file.
        into: Empty folder for the store.

    Returns:
        The store, in which nothing is built yet, and the number of the pack's publication.

    Raises:
        UsageError: The file is not an evidence pack, or a file in it is not what its list says.
    """
    try:
        with zipfile.ZipFile(pack) as members:
            return _unpacked(members, pack, into)
    except FileNotFoundError:
        raise UsageError(f"{pack} is not there.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{pack} is not an evidence pack, or is damaged: {error}.") from None
    except OSError as error:
        raise UsageError(f"{pack} cannot be unpacked: {error.strerror}.") from None


def _unpacked(members: zipfile.ZipFile, pack: Path, into: Path) -> tuple[Store, int]:
    inputs: list[dict[str, Any]] = json.loads(_text(members, "inputs.json"))
    numbers = sorted(int(match[1]) for name in members.namelist() if (match := _MANIFEST.fullmatch(name)))
    if not numbers:
        raise UsageError(f"{pack} has no manifest of a publication.")
    archive, publications = into / "archive", into / "publications"
    archive.mkdir(parents=True)
    publications.mkdir()
    for one in inputs:
        sha256, size = str(one["sha256"]), int(one["size"])
        if not _SHA256.fullmatch(sha256):
            raise UsageError(f"{pack} lists a file without a SHA-256: {one['path']}.")
        _copy(members, str(one["path"]), archive / sha256, size)
    (archive / MANIFEST).write_bytes(_text(members, "receipts.jsonl"))
    for number in numbers:
        (publications / f"{number}.json").write_bytes(_text(members, f"publications/{number}.json"))
    (publications / LATEST).write_bytes((publications / f"{numbers[-1]}.json").read_bytes())
    return Store.existing(into), numbers[-1]


def _text(members: zipfile.ZipFile, name: str) -> bytes:
    """A list of the pack; one that is larger than any that is read elsewhere is refused."""
    if _stored(members, name).file_size > JSON_BYTES:
        raise UsageError(f"{name} is larger than {JSON_BYTES:,} bytes.")
    return members.read(name)


def _stored(members: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """A member; one that is compressed is refused, so that nothing unpacked is larger than the pack."""
    about = members.getinfo(name)
    if about.compress_type != zipfile.ZIP_STORED:
        raise UsageError(f"{name} is compressed, and a pack has no compressed files.")
    return about


def _copy(members: zipfile.ZipFile, name: str, file: Path, size: int) -> None:
    """Copy a file of a publisher, as long as its list says and with the hash that it says."""
    digest, left = hashlib.sha256(), size
    with members.open(_stored(members, name)) as member, file.open("wb") as copied:
        while left and (part := member.read(min(_AT_ONCE, left))):
            digest.update(part)
            copied.write(part)
            left -= len(part)
        longer = bool(member.read(1))
    if left or longer or digest.hexdigest() != file.name:
        raise UsageError(f"{name} is not the file that the pack lists (SHA-256 {file.name[:12]}...).")
