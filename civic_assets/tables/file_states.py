"""Whether files are as they were, without reading them.

Belongs here: size, times and place of every file below some folders, as one hash. Does not belong here: which files
matter for what (`civic_assets.layers.unchanged`).

A file that is written twice within the grain of its time stamps may look the same. So a file that changed shortly
before it was looked at is also remembered by its content, as Git does (https://git-scm.com/docs/racy-git). The time
of the last change of its entry (`st_ctime`), which no program can set, counts as well as that of its content.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# FAT has the coarsest time stamps of all file systems in use: two seconds.
_GRAIN_NANOSECONDS = 2_000_000_000
_SKIPPED = ("__pycache__",)


@dataclass(frozen=True, slots=True)
class FileStates:
    """State of the files below some folders.

    Args:
        digest: Hash of all names, kinds, sizes, times and places.
        recent: Hash of the content of each file that had just changed, by path.
    """

    digest: str
    recent: Mapping[str, str]

    def again(self, places: Iterable[Path]) -> FileStates | None:
        """The state of the files now if they are as they were; None if they are not.

        Those that had just changed are read, after all were looked at: one whose last change is old by then is no
        longer recent.
        """
        try:
            now = states_of(places)
            same = now.digest == self.digest and all(
                content_sha256(path) == content for path, content in self.recent.items()
            )
        except OSError:
            return None
        return now if same else None


def states_of(places: Iterable[Path]) -> FileStates:
    """State of files, and of all files below folders.

    Args:
        places: Files and folders; one that does not exist is a state too. A place may be a link to a folder; links to
            folders below it are not followed.

    Raises:
        OSError: A folder or file cannot be read.
    """
    limit = time.time_ns() - _GRAIN_NANOSECONDS
    digest = hashlib.sha256()
    recent: dict[str, str] = {}
    for place in places:
        for path, about in _walk(str(place), follow=True):
            if about is None:
                digest.update(f"{path}\0absent\n".encode(errors="surrogateescape"))
                continue
            # The size and times of a folder say nothing that its entries do not say.
            of_file = (
                "folder"
                if stat.S_ISDIR(about.st_mode)
                else f"{about.st_size} {about.st_mtime_ns} {about.st_ctime_ns} {about.st_ino} {about.st_mode}"
            )
            digest.update(f"{path}\0{of_file}\n".encode(errors="surrogateescape"))
            if stat.S_ISREG(about.st_mode) and max(about.st_mtime_ns, about.st_ctime_ns) > limit:
                recent[path] = content_sha256(path)
    return FileStates(digest.hexdigest(), recent)


def folder_times(folder: Path) -> str:
    """Hash of the names and times of a folder and of all folders below it, without looking at single files.

    The time of a folder changes when a file in it is added, removed or replaced, but not when one is written in place.
    Links to folders are not followed. A folder that does not exist has a hash too.

    Raises:
        OSError: A folder cannot be read.
    """
    digest = hashlib.sha256()
    waiting = [str(folder)]
    while waiting:
        path = waiting.pop()
        try:
            changed = os.stat(path).st_mtime_ns
        except FileNotFoundError:
            changed = -1
        digest.update(f"{path}\0{changed}\n".encode(errors="surrogateescape"))
        if changed >= 0:
            with os.scandir(path) as entries:
                waiting += sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    return digest.hexdigest()


def _walk(path: str, *, follow: bool = False) -> Iterator[tuple[str, os.stat_result | None]]:
    """A file, or a folder with everything below it, in a fixed order; links to folders only if `follow` says so."""
    about: os.stat_result | None
    try:
        about = os.stat(path)
    except FileNotFoundError:
        about = os.lstat(path) if os.path.islink(path) else None
    yield path, about
    if about is None or not stat.S_ISDIR(about.st_mode) or (os.path.islink(path) and not follow):
        return
    for name in sorted(os.listdir(path)):
        if name not in _SKIPPED:
            yield from _walk(f"{path}{os.sep}{name}")


def content_sha256(path: str | Path) -> str:
    """Hash of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
