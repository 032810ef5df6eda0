"""Files in: from a folder of anything to releases in the archive, with no file unaccounted for.

Belongs here: which files a profile offers, and what each turns out to be. Does not belong here: what is done with
a release (`layers`), and asking publishers over the network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from civic_assets.archive import Archive, Receipt
from civic_assets.contracts.model import Contract
from civic_assets.errors import ArchiveError, FileRefused, UsageError
from civic_assets.intake.folder import gone, name_in, no_regular_files
from civic_assets.intake.identify import look
from civic_assets.intake.recognition_cache import RecognitionCache
from civic_assets.unforeseen import sentence_of, traceback_of

Verdict = Literal["new", "known", "ignored", "refused"]
# Hidden files, and those that office programs keep beside one that is open.
_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What became of one file.

    Args:
        name: Relative to the folder given; of a file in an archive, the archive's and its own in it.
        verdict: A new release, one that the archive holds already, no release of a known source, or a file
            that is damaged or not safe to read.
        receipts: One for each source that the file is a release of.
        reason: A sentence, for what is ignored or refused, and for a near miss.
        within: Name of the archive that it was found in; empty for a file that was given by itself.
        tracebacks: Of errors that nobody foresaw.
    """

    name: str
    verdict: Verdict
    receipts: tuple[Receipt, ...] = ()
    reason: str = ""
    within: str = ""
    tracebacks: tuple[str, ...] = ()

    @property
    def given(self) -> str:
        """Name of the file that somebody gave: this one, or the archive that it was found in."""
        return self.within or self.name


@dataclass(frozen=True)
class Intake:
    """What became of all files."""

    taken: Sequence[ReceivedFile] = field(default_factory=list)

    def of(self, verdict: Verdict) -> list[ReceivedFile]:
        """Files with one verdict."""
        return [taken for taken in self.taken if taken.verdict == verdict]

    @property
    def receipts(self) -> list[Receipt]:
        """Releases in the files, whether new or known."""
        return [receipt for taken in self.taken for receipt in taken.receipts]


def files_of(folder: Path) -> list[Path]:
    """Every file below a folder, in a fixed order, hidden ones and temporary ones of office programs left out.

    Raises:
        UsageError: There is no such folder, or no file in it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give --inputs the folder that holds the publishers' files.")
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    ]
    if not files:
        raise UsageError(
            f"{folder} holds no files. Put the publishers' files there, in any names and sub-folders."
        )
    return files


def take_in(
    folder: Path,
    archive: Archive,
    contracts: Mapping[str, Contract],
    *,
    origin: str,
    only: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Intake:
    """Recognises every file of a folder and archives those that are releases.

    Of several files of one edition the later one is the reissue. Names do not say which that is, but for samples, whose
    names are ours; the day of publication does, where files state it, and otherwise their hashes decide, so that
    the same files end in the same releases whatever they are called.

    Args:
        folder: Searched with its sub-folders; names do not matter.
        archive: Keeps what is a release.
        contracts: Of the sources that are known.
        origin: Of the receipts, e.g. `local`.
        only: Sources to take; all when empty.
        progress: Told of each file.
    """
    memory = RecognitionCache(archive.root.parent / "recognised.json", contracts)
    taken = []
    files = [(name_in(folder, path), path) for path in files_of(folder)]
    if origin != "sample":
        files.sort(key=lambda file: _place_in_order(file[1], file[0], contracts, memory, progress))
    for name, path in files:
        for found in take_file(path, name, archive, contracts, memory, origin, only):
            progress(_sentence(found))
            taken.append(found)
    for name, reason in no_regular_files(folder, _HIDDEN).items():
        refused = ReceivedFile(name, "refused", reason=reason)
        progress(_sentence(refused))
        taken.append(refused)
    memory.save()
    return Intake(sorted(taken, key=lambda found: found.name))


def _place_in_order(
    path: Path,
    name: str,
    contracts: Mapping[str, Contract],
    memory: RecognitionCache,
    progress: Callable[[str], None],
) -> tuple[str, str]:
    """Day of publication that a file states (empty without one), and its hash; what the file is, is remembered."""
    try:
        sha256 = _sha256(path)
        if _is_archive(path, name):
            return "", sha256
    except OSError:
        return "", ""  # said when it is taken in
    known = memory.get(sha256)
    if known is None:
        progress(f"Reading {name}")
        known = look(path, name, sha256, contracts)
        memory.put(sha256, known)
    return known.get("published_on") or "", sha256


def take_file(
    path: Path,
    name: str,
    archive: Archive,
    contracts: Mapping[str, Contract],
    memory: RecognitionCache,
    origin: str,
    only: Collection[str] = (),
) -> list[ReceivedFile]:
    """Recognises one file and archives it when it is a release; of a zip archive, every file in it.

    A file in an archive is kept by itself: its own bytes, under a name that begins with the archive's
    (`latest.zip/2024-01/2024-01-kent-street.csv`).

    Args:
        path: Where the bytes are.
        name: As the user knows the file.
        archive: Keeps it, when it is a release.
        contracts: Of the sources that are known.
        memory: What files turned out to be before.
        origin: Of the receipts.
        only: Sources to take; all when empty.

    Returns:
        What became of it, or of each file in it.
    """
    desk = _Desk(archive, contracts, memory, origin, only)
    try:
        return _taken(desk, path, name)
    except FileRefused as error:
        return [ReceivedFile(name, "refused", reason=str(error))]
    except ArchiveError:
        raise  # nothing can be received into an archive that is damaged or full
    except Exception as error:  # noqa: BLE001  (one file must not keep the others out, whatever it is)
        if isinstance(error, FileNotFoundError) and not path.exists():
            return [ReceivedFile(name, "refused", reason=gone(name))]
        said = f"{name} can not be taken in: {sentence_of(error).rstrip('.')}."
        return [ReceivedFile(name, "refused", reason=said, tracebacks=(traceback_of(error),))]


def _taken(desk: _Desk, path: Path, name: str) -> list[ReceivedFile]:
    sha256 = _sha256(path)
    if not _is_archive(path, name):
        return [desk.take(path, name, sha256)]
    memory = desk.memory
    known = memory.get(_as_archive(sha256))
    if known is not None:
        remembered = [desk.remembered(f"{name}/{member}", told) for member, told in known["members"]]
        if remembered and all(remembered):
            return [replace(taken, within=name) for taken in remembered if taken is not None]
    return [replace(taken, within=name) for taken in desk.unpack(path, name, sha256)]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _as_archive(sha256: str) -> str:
    """Key of what is in an archive; as one file among others it is something else, which is not read."""
    return f"archive {sha256}"


def _is_archive(path: Path, name: str) -> bool:
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return False
    from civic_assets.readers.detect import Format, sniff

    try:
        return sniff(path, name) is Format.ZIP
    except FileRefused:
        return False  # said when it is read


@dataclass(frozen=True)
class _Desk:
    """Where files are taken in: everything that taking one in needs beside the file."""

    archive: Archive
    contracts: Mapping[str, Contract]
    memory: RecognitionCache
    origin: str
    only: Collection[str]

    def take(self, path: Path, name: str, sha256: str) -> ReceivedFile:
        """One file."""
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
                synthetic=known["synthetic"],
            )
            for source, edition in wanted.items()
        ]
        verdict: Verdict = "new" if any(new for _, new in received) else "known"
        return ReceivedFile(
            name, verdict, tuple(receipt for receipt, _ in received), reason, tracebacks=tracebacks
        )

    @staticmethod
    def _near(name: str, known: Mapping[str, Any], wanted: Collection[str]) -> str:
        """Why a file is a near miss of a source that is wanted; empty when it is none."""
        return " ".join(said for source, said in known.get("near", {}).items() if source in wanted)

    def _wanted(self, name: str, known: Mapping[str, Any]) -> ReceivedFile | dict[str, str]:
        """Editions by source of a file that is to be taken, or why it is not."""
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
        return ReceivedFile(name, "ignored", reason=f"{name} is of {of}, which was not asked for.")

    def unpack(self, path: Path, name: str, sha256: str) -> list[ReceivedFile]:
        """Every file of an archive, one after the other; which they are is remembered."""
        from civic_assets.readers.containers.zip_members import members_of

        taken: list[ReceivedFile] = []
        told: list[tuple[str, str]] = []
        for member in members_of(path, name):
            inner = f"{name}/{member.name}"
            if member.path is None:
                taken.append(ReceivedFile(inner, "refused", reason=member.refused))
                told.append((member.name, ""))
                continue
            own = _sha256(member.path)
            taken.append(self.take(member.path, inner, own))
            told.append((member.name, own))
        self.memory.put(_as_archive(sha256), {"members": told})
        return taken or [ReceivedFile(name, "ignored", reason=f"{name} is an archive without any file.")]

    def remembered(self, name: str, sha256: str) -> ReceivedFile | None:
        """What became of a file of an archive, when nothing of it has to be unpacked to say so."""
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
        # Of a near miss that has become a release, the later receipt counts.
        return {(receipt.source, receipt.sha256): receipt for receipt in self.archive.receipts()}


def _sentence(taken: ReceivedFile) -> str:
    releases = ", ".join(f"{r.source} {r.release}" for r in taken.receipts)
    if taken.receipts and taken.reason:
        return f"{taken.name}: NEAR MISS, archived as {releases}. {taken.reason}"
    words = {"new": f"new release {releases}", "known": f"already archived as {releases}"}
    return (
        f"{taken.name}: {words[taken.verdict]}"
        if taken.verdict in words
        else f"{taken.verdict.capitalize()}: {taken.reason}"
    )
