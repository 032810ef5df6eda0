"""A file that is given, and what became of it.

Belongs here: where a file is and came from, the outcome for one file and for all, and the sentence about it. Does not
belong here: deciding it (`desk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from civic_assets.answers.progress import Said
from civic_assets.archive import Receipt

Verdict = Literal["new", "known", "ignored", "refused"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where a file was fetched from; it goes into the receipt.

    Args:
        url: Address that answered; for a member of an archive, the address of the archive.
        etag: ETag of the answer, if there was one.
        retrieved_at: ISO 8601 with a time zone, when the transfer ended.
    """

    url: str | None = None
    etag: str | None = None
    retrieved_at: str | None = None


SUPPLIED = Fetched()
"""A file that somebody supplied: nothing is known of its address, and it is received now."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file to take in.

    Args:
        path: Where it is.
        name: Name under which it is known: of the file in its folder, or as the publisher calls it.
        fetched: Where it was fetched from.
    """

    path: Path
    name: str
    fetched: Fetched = SUPPLIED


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Outcome for one file.

    Args:
        name: Path relative to the folder; for a file in an archive, the archive's name and its path in it.
        verdict: `new`: a new release. `known`: one that the archive already holds. `ignored`: not a release of a known
            source. `refused`: damaged or not safe to read.
        receipts: One receipt for each source that the file is a release of.
        reason: Sentence that says why a file is ignored or refused, or a near miss.
        within: Name of the archive that contains the file; empty for a file supplied on its own.
        tracebacks: Tracebacks of unexpected errors.
    """

    name: str
    verdict: Verdict
    receipts: tuple[Receipt, ...] = ()
    reason: str = ""
    within: str = ""
    tracebacks: tuple[str, ...] = ()

    @property
    def given(self) -> str:
        """Name of the file as supplied: this file, or the archive that contains it."""
        return self.within or self.name


@dataclass(frozen=True)
class Intake:
    """Outcome for all files."""

    taken: Sequence[ReceivedFile] = field(default_factory=list)

    def of(self, verdict: Verdict) -> list[ReceivedFile]:
        """Files with the given verdict."""
        return [taken for taken in self.taken if taken.verdict == verdict]

    @property
    def receipts(self) -> list[Receipt]:
        """Releases in the files, whether new or known."""
        return [receipt for taken in self.taken for receipt in taken.receipts]


def said_about(taken: ReceivedFile) -> Said:
    """The sentence, with what became of the file; a near miss, and a file that is not taken in, is odd."""
    near = bool(taken.receipts and taken.reason)
    odd = near or taken.verdict not in ("new", "known")
    return Said(sentence_about(taken), "odd_file" if odd else "file", "near" if near else taken.verdict)


def sentence_about(taken: ReceivedFile) -> str:
    """The outcome for one file, in a sentence."""
    releases = ", ".join(f"{r.source} {r.release}" for r in taken.receipts)
    if taken.receipts and taken.reason:
        return f"{taken.name}: NEAR MISS, archived as {releases}. {taken.reason}"
    words = {"new": f"new release {releases}", "known": f"already archived as {releases}"}
    return (
        f"{taken.name}: {words[taken.verdict]}"
        if taken.verdict in words
        else f"{taken.verdict.capitalize()}: {taken.reason}"
    )
