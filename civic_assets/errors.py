"""Errors that end in a sentence for the person who ran the command.

Belongs here: the exception types that the command line turns into one sentence and an exit code.
Does not belong here: findings about figures (those are rows, see `civic_assets.quality.framework.results`).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence

# More names than fit a screen help nobody; the attribute `choices` has them all.
_CHOICES_SHOWN = 40


class CivicError(Exception):
    """A condition that a person can act on. `str(error)` is a whole sentence: what, where, what to do."""


class UsageError(CivicError):
    """The command, a setting or a folder is wrong (exit code 2)."""


class NotPublished(UsageError):
    """No published figure is what was asked for (exit code 2)."""


class AmbiguousFigure(UsageError):
    """Several published figures are what was asked for (exit code 2).

    Args:
        message: A whole sentence that says what is left open.
        choices: Full names of the figures that it could be, each of which can be asked for as it stands.
        shown: So many of them stand in the sentence; None for as many as fit a screen, 0 where the sentence is enough.
    """

    def __init__(self, message: str, choices: Sequence[str], shown: int | None = None) -> None:
        self.choices = tuple(choices)
        most = _CHOICES_SHOWN if shown is None else shown
        listed = "".join(f"\n  {name}" for name in self.choices[:most])
        left = len(self.choices) - most
        more = f"\n  ... and {left:,} more" if left > 0 and most else ""
        super().__init__(f"{message}{listed}{more}")


class ContractError(CivicError):
    """A contract does not say what a contract must say.

    Args:
        file: The contract's file.
        path: Where in it, e.g. `schema[0].properties[3].name`.
        reason: What is wrong and what is expected there.
    """

    def __init__(self, file: object, path: str, reason: str) -> None:
        self.file, self.path, self.reason = str(file), path, reason
        super().__init__(f"{file}: {path}: {reason}")


class FileRefused(CivicError):
    """Bytes that are not safe or not possible to read as the format they claim.

    Args:
        file: The file's name as the user knows it.
        reason: One sentence that says why, and what to do.
        unsupported: Nothing is wrong with the file; it is of a format that no source is published in.
    """

    def __init__(self, file: object, reason: str, *, unsupported: bool = False) -> None:
        self.file, self.reason, self.unsupported = str(file), reason, unsupported
        super().__init__(f"{file}: {reason}")


class NotRecognised(CivicError):
    """A readable file that is no release of any source with a contract (exit code 2 of `inspect`)."""


class ReleaseHeldBack(CivicError):
    """A release would not be published; the sentence has the reasons."""


class ArchiveError(CivicError):
    """The archive or its manifest does not hold what it promises (a hash or the chain is broken)."""


_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


def sentence_of(error: OSError) -> str:
    """What the system refused, and what to do, for whoever ran a command.

    Args:
        error: Of reading or writing a file.
    """
    what = str(error.filename) if error.filename else "A file"
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if error.errno in _NO_SPACE:
        return f"{what} can not be written: no space is left on the disk. Free some space and run the command again."
    if error.errno in _NO_RIGHT:
        advice = "Change the permissions, or choose another store with --store."
        return f"{what} can not be read or written: {reason}. {advice}"
    return f"{what} can not be read or written: {reason}. Mend that and run the command again."
