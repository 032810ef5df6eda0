"""Atomic files: complete or absent.

Belongs here: writing to a temporary file and renaming it into place, making that durable, and clearing away what an
interrupted run left. Does not belong here: what is in the files, and who may write them.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A writer on another machine or in another container (where its process number means nothing here) is presumed dead
# after this long: no single file of this product takes an hour to write.
STALE_AFTER_SECONDS = 3600

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
# DuckDB puts its log next to a file that it writes, and a folder for what does not fit into memory.
_TEMPORARY = re.compile(r"\.incoming-(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]+)-[0-9a-f]{16}(?:\.wal|\.tmp)?")


def temporary_path(folder: Path) -> Path:
    """A unique file name in `folder` that records which process is writing it."""
    return folder / f".incoming-{_HOST}-{os.getpid()}-{secrets.token_hex(8)}"


def is_temporary(name: str) -> bool:
    """Whether a file name was made by `temporary_path`, or is that of DuckDB's log or folder of such a file."""
    return _TEMPORARY.fullmatch(name) is not None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def remove_stale_temporaries(folder: Path) -> int:
    """Remove temporary files of writers that are gone.

    Args:
        folder: Folder to clear, without its sub-folders.

    Returns:
        The number of files removed, and of folders that DuckDB made for them. Those of a running process that are
        younger than an hour are kept.
    """
    removed = 0
    for entry in list(os.scandir(folder)):
        match = _TEMPORARY.fullmatch(entry.name)
        if match is None:
            continue
        try:
            old = time.time() - entry.stat(follow_symlinks=False).st_mtime > STALE_AFTER_SECONDS
            dead = match["host"] == _HOST and not _alive(int(match["pid"]))
            if old or dead:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)
                removed += 1
        except FileNotFoundError:  # its writer has just renamed it
            continue
    return removed


def clear_temporaries(root: Path) -> int:
    """Remove temporary files of writers that are gone from a folder and all folders in it.

    A process may be killed while it writes into any of them, and it need not write there again.

    Args:
        root: Folder to clear, e.g. a store.

    Returns:
        The number of files and folders removed.
    """
    removed = 0
    for folder, names, _ in os.walk(root):
        names[:] = [name for name in names if not is_temporary(name)]
        with suppress(FileNotFoundError):  # its writer has just removed it
            removed += remove_stale_temporaries(Path(folder))
    return removed


@contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A folder in the system's temporary folder, removed at the end; those of processes that are gone are removed too.

    Args:
        kind: Word for its name, so that a person who finds it knows what it is for.
    """
    system = Path(tempfile.gettempdir())
    prefix = f"civic-{kind}-"
    for entry in list(os.scandir(system)):
        match = _TEMPORARY.fullmatch(f".incoming-{entry.name.removeprefix(prefix)}")
        if match is None or not entry.name.startswith(prefix) or not _is_left(entry, match):
            continue
        shutil.rmtree(entry.path, ignore_errors=True)
    folder = system / temporary_path(system).name.replace(".incoming-", prefix)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_left(entry: os.DirEntry[str], match: re.Match[str]) -> bool:
    """Whether this user owns a folder and the process that made it is gone. Of other machines that is not known."""
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    ours = entry.is_dir(follow_symlinks=False) and about.st_uid == os.getuid()
    return ours and match["host"] == _HOST and not _alive(int(match["pid"]))


def sync_folder(folder: Path) -> None:
    """Make changes to the names in a folder durable, so that they survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename a complete, synced file to its real name; readers see either the old file or the new one."""
    os.replace(temporary, path)
    sync_folder(path.parent)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, both files share their blocks until one is changed.

    Args:
        source: File to copy.
        target: New file.

    Raises:
        OSError: The file cannot be read or written.
    """
    with open(source, "rb") as old, open(target, "xb") as new:
        left = os.fstat(old.fileno()).st_size
        try:
            while left and (copied := os.copy_file_range(old.fileno(), new.fileno(), left)):
                left -= copied
        except (AttributeError, OSError):
            # Not every system or file system has it: the rest is copied through memory.
            old.seek(0)
            new.seek(0)
            new.truncate()
            shutil.copyfileobj(old, new, 1 << 20)


def atomic_write_bytes(path: Path, data: bytes) -> None:
    """Write a complete file, or leave the existing one untouched.

    Args:
        path: Path of the file; its folder is created if missing.
        data: Complete content of the file.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(path.parent)
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def atomic_write_text(path: Path, text: str) -> None:
    """`atomic_write_bytes` of UTF-8 text; line ends are written as they are in `text`."""
    atomic_write_bytes(path, text.encode("utf-8"))
