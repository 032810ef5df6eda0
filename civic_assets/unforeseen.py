"""What is said of an error that nobody foresaw, so that one file, parser, rule or contract never ends all the others.

Belongs here: the sentence for a person, and the traceback as it is kept beside a result. Does not belong here: errors
that say themselves what to do (`errors`), and deciding what is held back (`layers`, `intake`).
"""

from __future__ import annotations

import traceback
from pathlib import Path

from civic_assets.errors import CivicError
from civic_assets.shipped import PACKAGE

ENVIRONMENT = (MemoryError, OSError)
"""Errors of the machine and not of a file: nothing is kept of what they stopped, and the next refresh tries again."""

_FRAMES = 30


def sentence_of(error: BaseException) -> str:
    """An error in a sentence: its own, or what stopped, where in the program, and how to see more."""
    if isinstance(error, CivicError):
        return str(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _ours(frame.filename)]
    where = f" in {_place(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split())
    return f"the program did not expect this and stopped ({type(error).__name__}{f': {said}' if said else ''}{where})"


def traceback_of(error: BaseException) -> str:
    """The traceback, with files named from the package on, so that it is the same on every machine."""
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
