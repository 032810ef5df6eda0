"""Errors that end in a sentence for the person who ran the command.

Belongs here: the exception types that the command line turns into a message and an exit code.
Does not belong here: findings about figures (those are rows, see `civic_assets.quality.framework.results`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from civic_assets.house_numbers.display import CHOICES_ON_A_SCREEN

# Control characters except tab and line feed, other line ends, marks that reverse the direction, half characters.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """A text in which characters that cannot be seen, and act on a terminal instead, are escapes, as in Python."""
    return _UNSEEN.sub(lambda one: one[0].encode("unicode_escape").decode(), text)


class CivicError(Exception):
    """A condition that a person can act on. `str(error)` is a full sentence: what, where, and what to do."""


class UsageError(CivicError):
    """The command, a setting or a folder is wrong (exit code 2)."""


class StoreBusy(UsageError):
    """Another process is changing the store (exit code 2); the sentence says who, since when, and what to do."""


class NotPublished(UsageError):
    """No published figure matches the request (exit code 2)."""


class AmbiguousFigure(UsageError):
    """Several published figures match the request (exit code 2).

    Args:
        message: Full sentence that says what the request leaves open.
        choices: Full names of the matching figures; each can be used as a request unchanged.
        shown: Number of them listed in the message; None for as many as fit a screen, 0 if the sentence is enough.
    """

    def __init__(self, message: str, choices: Sequence[str], shown: int | None = None) -> None:
        self.choices = tuple(choices)
        most = CHOICES_ON_A_SCREEN if shown is None else shown
        listed = "".join(f"\n  {name}" for name in self.choices[:most])
        left = len(self.choices) - most
        more = f"\n  ... and {left:,} more" if left > 0 and most else ""
        super().__init__(f"{message}{listed}{more}")


class ContractError(CivicError):
    """A contract, or another file next to the contracts, breaks the rules for such files.

    Args:
        file: The file.
        path: Position in the file, e.g. `schema[0].properties[3].name`.
        reason: What is wrong, and what is expected there.
    """

    def __init__(self, file: object, path: str, reason: str) -> None:
        self.file, self.path, self.reason = str(file), path, reason
        super().__init__(f"{file}: {path}: {reason}")

    @property
    def named(self) -> str:
        """The sentence with what the file is."""
        return f"the {'contract' if self.file.endswith('.odcs.yaml') else 'file'} {self}"


class FileRefused(CivicError):
    """A file that cannot be read, or cannot be read safely, as the format it claims to be.

    Args:
        file: Name of the file as the user knows it.
        reason: Sentence that says why, and what to do.
        unsupported: Whether the file is sound but in a format that no source is published in.
    """

    def __init__(self, file: object, reason: str, *, unsupported: bool = False) -> None:
        # A reason may quote what is in the file, which may be anything: also what moves the cursor of a terminal.
        reason = printable(reason)
        self.file, self.reason, self.unsupported = str(file), reason, unsupported
        super().__init__(f"{file}: {reason}")


class NotRecognised(CivicError):
    """A readable file that is not a release of any source with a contract (exit code 2 of `inspect`).

    Args:
        message: Full sentence, which may quote what is in the file.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class ReleaseHeldBack(CivicError):
    """A release would not be published; the sentence has the reasons."""


class PublicationHeldBack(CivicError):
    """Nothing new is published, because a suite of expectations that gates failed; the sentence has the reasons."""


class ArchiveError(CivicError):
    """The archive or its manifest is damaged (a hash or the chain is broken), or cannot be written."""
