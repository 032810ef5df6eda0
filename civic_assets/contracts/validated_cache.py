"""Contracts and other files that were found valid, so that an unchanged file is neither parsed nor checked again.

Belongs here: keeping what was read from a valid file, by the hash of everything that it was made from. Does not belong
here: reading and checking (`load`, `typed_file`).

Parsing YAML and importing pydantic take longer than reading a small workbook. This is a cache: without it, or if a
file or this package has changed, files are read again. It is in the user's cache folder (`CIVIC_CACHE`, else
`XDG_CACHE_HOME/civic-assets`, else `~/.cache/civic-assets`). Values are pickled, as Python's `__pycache__` contains
code, so a folder that another user owns or may write to is not used. JSON was measured: reading all entries took 38 to
65 ms against 26 to 29 ms, in 2.6 times the space.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from civic_assets.shipped import PACKAGE
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path

_MADE_BY = ("contracts", "values", "errors.py")
# An entry that was not written for this number of days belongs to a file that has changed since.
_DAYS_KEPT = 30
_ENDING = ".contract"


def key_of(*parts: bytes | str, made_by: Sequence[str] = ()) -> str:
    """The name of an entry that was made from some parts, by this code and this Python.

    Args:
        parts: Everything that it was made from.
        made_by: Modules and folders of the package that made it, in addition to those of contracts.
    """
    digest = hashlib.sha256(_code((*_MADE_BY, *made_by)).encode())
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def _code(subjects: tuple[str, ...]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(_sources(subjects)):
        digest.update(file.relative_to(PACKAGE).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(subjects: Iterable[str]) -> Iterable[Path]:
    for subject in subjects:
        place = PACKAGE / subject
        yield from place.rglob("*.py") if place.is_dir() else [place] if place.is_file() else []


def folder() -> Path | None:
    """Folder of the entries; None if the user has none."""
    named = os.environ.get("CIVIC_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "civic-assets"
    except RuntimeError:
        return None


def kept(key: str) -> Any | None:
    """The entry under a key; None if there is none that can be trusted."""
    place = folder()
    if place is None or not _is_ours(place):
        return None
    file = place / f"{key}{_ENDING}"
    try:
        if not _is_ours(file):
            return None
        return pickle.loads(file.read_bytes())
    except Exception:  # noqa: BLE001  (whatever is wrong with a cache, the file itself is read)
        return None


def keep(key: str, value: Any) -> None:
    """Keep a value; if that is not possible, it is made again next time."""
    place = folder()
    if place is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_ours(place):
            return
        remove_stale_temporaries(place)
        unfinished = temporary_path(place)
        # Written by this user alone, whatever the umask: anything else is not read again.
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            pickle.dump(value, stream, protocol=pickle.HIGHEST_PROTOCOL)
        unfinished.replace(place / f"{key}{_ENDING}")
        _tidy(place)
    except (OSError, pickle.PicklingError, TypeError, AttributeError):
        return


def _tidy(place: Path) -> None:
    oldest = time.time() - _DAYS_KEPT * 86_400
    for file in [*place.glob(f"*{_ENDING}"), *place.glob("*.part")]:
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _is_ours(place: Path) -> bool:
    """Whether only this user can have written a file or folder."""
    if not hasattr(os, "getuid"):
        return place.exists()
    try:
        about = place.stat()
    except OSError:
        return False
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
