"""What a folder holds: its files, what stands in it and is none, and names that can be written down.

Belongs here: listing. Does not belong here: what becomes of a file (`intake`, `inspection`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def name_in(folder: Path, path: Path) -> str:
    """Name of a file within a folder, in text: bytes of it that are none stand as escapes."""
    return as_text(path.relative_to(folder).as_posix())


def as_text(name: str) -> str:
    """A name of a file; bytes that are no text, which can be written nowhere, as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def no_regular_files(folder: Path, hidden: Iterable[str]) -> dict[str, str]:
    """What stands in a folder or its sub-folders and is neither a file nor a folder.

    Args:
        folder: Searched with its sub-folders.
        hidden: What begins so is passed over.

    Returns:
        By name, why it is not read, in a sentence.
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
                f"{name} is no regular file: it is a link to a file that is not there. Give the file itself."
            )
        elif path.exists():
            found[name] = f"{name} is no regular file: it is a pipe, a socket or a device. Give a file."
    return found


def gone(name: str) -> str:
    """What is said of a file that was there when its folder was listed."""
    return f"{name} is gone: it was there when the folder was listed, and was deleted or renamed since."
