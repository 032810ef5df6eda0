"""Sentences for errors of any kind, so that one file, parser, rule or contract never stops all the others.

Belongs here: the sentence for a person, and the traceback as stored with a result. Does not belong here: errors that
already say what to do (`errors`), and deciding what is held back (`layers`, `intake`).
"""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

from civic_assets.errors import CivicError
from civic_assets.shipped import PACKAGE

ENVIRONMENT = (MemoryError, OSError)
"""Errors of the machine, not of a file: nothing is stored about what they stopped, and the next refresh tries again."""

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a full disk: no other file of the same disk can be written either."""
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_FRAMES = 30


def sentence_of(error: BaseException) -> str:
    """An error as a sentence.

    Args:
        error: Any error. A `CivicError` has its own sentence. For an error of the operating system, the sentence says
            which file could not be read or written and what to do. For any other error it says what stopped, and where
            in the program, and has no full stop.
    """
    if isinstance(error, CivicError):
        return str(error)
    if isinstance(error, OSError):
        return _refused_by_system(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _ours(frame.filename)]
    where = f" in {_place(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
    text = " ".join(str(error).split())
    return f"the program did not expect this and stopped ({type(error).__name__}{f': {text}' if text else ''}{where})"


def _refused_by_system(error: OSError) -> str:
    what = str(error.filename) if error.filename else "A file"
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if error.errno in NO_SPACE:
        return f"{what} cannot be written: no space is left on the disk. Free some space and run the command again."
    if error.errno in _NO_RIGHT:
        advice = "Change the permissions, or choose another store with --store."
        return f"{what} cannot be read or written: {reason}. {advice}"
    return f"{what} cannot be read or written: {reason}. Fix the cause and run the command again."


def traceback_of(error: BaseException) -> str:
    """The traceback, with file names relative to the package, so that it is the same on every machine."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    lines = [f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames]
    return "\n".join([*lines, f"{type(error).__name__}: {error}"])


def _ours(file: str) -> bool:
    return Path(file).resolve().is_relative_to(PACKAGE)


def _place(file: str) -> str:
    path = Path(file)
    if _ours(file):
        return f"civic_assets/{path.resolve().relative_to(PACKAGE).as_posix()}"
    return "/".join(path.parts[-2:])
