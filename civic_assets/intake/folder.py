"""Contents of a folder: its files, entries that are not regular files, and names that can be written down.

Belongs here: listing. Does not belong here: what is done with a file (`receive`, `inspect`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def name_in(folder: Path, path: Path) -> str:
    """Name of a file relative to a folder, as text; bytes that are not text become escapes."""
    return as_text(path.relative_to(folder).as_posix())


def as_text(name: str) -> str:
    """A file name as text; bytes that are not text, and so cannot be written down, become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def no_regular_files(folder: Path, hidden: Iterable[str]) -> dict[str, str]:
    """Entries of a folder or its sub-folders that are neither files nor folders.

    Args:
        folder: Folder to search, with its sub-folders.
        hidden: Name prefixes to skip.

    Returns:
        By name, a sentence that says why the entry is not read.
    """
    prefixes = tuple(hidden)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_dir():
            continue
        if any(part.startswith(prefixes) for part in path.relative_to(folder).parts):
            continue
        name = name_in(folder, path)
        if path.is_symlink():
            found[name] = (
                f"{name} is not a regular file: it is a link to a file that does not exist. Supply the file itself."
            )
        elif path.exists():
            found[name] = (
                f"{name} is not a regular file: it is a pipe, a socket or a device. Supply a regular file."
            )
    return found


def gone(name: str) -> str:
    """Message about a file that disappeared after its folder was listed."""
    return f"{name} is gone: it was deleted or renamed after the folder was listed. Run the command again."
