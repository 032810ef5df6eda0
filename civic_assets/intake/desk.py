"""Taking in one file: from its bytes to a receipt, or to the reason why it is not taken.

Belongs here: asking what the file is, archiving it, and unpacking zip archives. Does not belong here: the order of
files (`receive`) and recognising a file (`identify`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from civic_assets.archive import Archive, Receipt
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import DELIMITED_BYTES, FORMAT_HEAD_BYTES
from civic_assets.intake.identify import look
from civic_assets.intake.received import SUPPLIED, Fetched, ReceivedFile, Verdict
from civic_assets.intake.recognition_cache import RecognitionCache


@dataclass(frozen=True)
class Desk:
    """Everything that taking in a file needs besides the file itself.

    Args:
        archive: Archive that keeps the release.
        contracts: Contracts of the known sources.
        memory: Cache of earlier identifications.
        origin: Origin to record in receipts.
        only: Sources to take; all if empty.
        fetched: Where the file was fetched from.
    """

    archive: Archive
    contracts: Mapping[str, Contract]
    memory: RecognitionCache
    origin: str
    only: Collection[str]
    fetched: Fetched = SUPPLIED

    def take(self, path: Path, name: str, sha256: str) -> ReceivedFile:
        """Take in one file."""
        known = self.memory.get(sha256)
        if known is None:
            known = look(path, name, sha256, self.contracts)
            self.memory.put(sha256, known)
        wanted = self._wanted(name, known)
        if isinstance(wanted, ReceivedFile):
            return wanted
        reason = self._near(name, known, wanted)
        tracebacks = tuple(known.get("tracebacks", ()))
        received = [
            self.archive.receive(
                path,
                source=source,
                edition=edition,
                file_name=name,
                origin=self.origin,
                url=self.fetched.url,
                etag=self.fetched.etag,
                synthetic=known["synthetic"],
                retrieved_at=self.fetched.retrieved_at,
            )
            for source, edition in wanted.items()
        ]
        verdict: Verdict = "new" if any(new for _, new in received) else "known"
        return ReceivedFile(
            name, verdict, tuple(receipt for receipt, _ in received), reason, tracebacks=tracebacks
        )

    @staticmethod
    def _near(name: str, known: Mapping[str, Any], wanted: Collection[str]) -> str:
        """Why a file is a near miss of a wanted source; empty if it is not."""
        return " ".join(said for source, said in known.get("near", {}).items() if source in wanted)

    def _wanted(self, name: str, known: Mapping[str, Any]) -> ReceivedFile | dict[str, str]:
        """Editions by source of a file that is to be taken in, or the outcome if it is not."""
        if "verdict" in known:
            tracebacks = tuple(known.get("tracebacks", ()))
            return ReceivedFile(
                name, known["verdict"], reason=f"{name}{known['reason']}", tracebacks=tracebacks
            )
        editions: dict[str, str] = known["sources"]
        wanted = {
            source: edition for source, edition in editions.items() if not self.only or source in self.only
        }
        if wanted:
            return wanted
        of = " and ".join(sorted(editions))
        return ReceivedFile(
            name,
            "ignored",
            reason=f"{name} is a release of {of}, which was not asked for. Add --source to take it in.",
        )

    def unpack(self, path: Path, name: str, sha256: str) -> list[ReceivedFile]:
        """Take in every file of an archive, one after the other; the list of files is cached."""
        from civic_assets.readers.containers.zip_members import members_of

        taken: list[ReceivedFile] = []
        told: list[tuple[str, str]] = []
        wholes = Wholes()
        for member in members_of(path, name):
            inner = f"{name}/{member.name}"
            if member.path is not None and (whole := wholes.whole_of(member.path, inner)):
                reason = f"{inner} has the columns of {whole}, which has the rows of the whole. It is not read again."
                taken.append(ReceivedFile(inner, "ignored", reason=reason))
                continue
            if member.path is None:
                taken.append(ReceivedFile(inner, "refused", reason=member.refused))
                told.append((member.name, ""))
                continue
            own = sha256_of(member.path)[0]
            taken.append(self.take(member.path, inner, own))
            if taken[-1].receipts:
                wholes.add(member.path, inner)
            told.append((member.name, own))
        self.memory.put(as_archive(sha256), {"members": told})
        return taken or [
            ReceivedFile(
                name, "ignored", reason=f"{name} is an archive without any files. Download it again."
            )
        ]

    def remembered(self, name: str, sha256: str) -> ReceivedFile | None:
        """The outcome for a file in an archive, if it is known without unpacking the archive."""
        known = self.memory.get(sha256)
        if known is None:
            return None
        wanted = self._wanted(name, known)
        if isinstance(wanted, ReceivedFile):
            return wanted
        receipts = [self._received.get((source, sha256)) for source in wanted]
        if not all(receipts):
            return None
        return ReceivedFile(
            name,
            "known",
            tuple(receipt for receipt in receipts if receipt is not None),
            self._near(name, known, wanted),
        )

    @cached_property
    def _received(self) -> dict[tuple[str, str], Receipt]:
        # If a near miss has since become a release, the later receipt counts.
        return {(receipt.source, receipt.sha256): receipt for receipt in self.archive.receipts()}


class Wholes:
    """The large files that were taken from an archive, so that their parts are not read as well.

    ONS puts the rows of a postcode directory into its archive twice: whole, and by postcode area in a folder below. A
    part is not large itself, is in the folder of the whole or below it, and has the same header.
    """

    def __init__(self) -> None:
        self._by_header: dict[bytes, str] = {}

    def add(self, path: Path, name: str) -> None:
        """Remember a file that was taken, if it is large."""
        if _is_large(path):
            self._by_header[_first_line(path)] = name

    def whole_of(self, path: Path, name: str) -> str | None:
        """Name of the whole that a file is a part of."""
        if not self._by_header or _is_large(path):
            return None
        whole = self._by_header.get(_first_line(path))
        return whole if whole and name.startswith(whole.rpartition("/")[0] + "/") else None


def _is_large(path: Path) -> bool:
    return path.stat().st_size > DELIMITED_BYTES


def _first_line(path: Path) -> bytes:
    """The first line of a file, as far as it tells one table from another."""
    with path.open("rb") as stream:
        return stream.readline(FORMAT_HEAD_BYTES).strip()


def as_archive(sha256: str) -> str:
    """Cache key for the contents of a zip archive, as opposed to the archive as a single file, which is not read."""
    return f"archive {sha256}"


def is_archive(path: Path, name: str) -> bool:
    """Whether a file is a zip archive of other files, and not a workbook."""
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return False
    from civic_assets.readers.detect import Format, sniff

    try:
        return sniff(path, name) is Format.ZIP
    except FileRefused:
        return False  # reported when the file is read
