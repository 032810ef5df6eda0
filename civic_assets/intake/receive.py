"""Intake of files: from a folder of any files to releases in the archive, with every file accounted for.

Belongs here: which files a profile offers, and what each of them is. Does not belong here: what is done with a
release (`layers`), and fetching files from publishers over the network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from civic_assets.archive import Archive, Receipt
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.errors import ArchiveError, FileRefused, UsageError
from civic_assets.intake.folder import gone, name_in, no_regular_files
from civic_assets.intake.identify import look
from civic_assets.intake.recognition_cache import RecognitionCache
from civic_assets.unforeseen import sentence_of, traceback_of

Verdict = Literal["new", "known", "ignored", "refused"]
# Hidden files, and the lock files that office programs keep next to an open file.
_HIDDEN = (".", "~$")


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


def files_of(folder: Path) -> list[Path]:
    """Every file below a folder, in a fixed order, without hidden files and temporary files of office programs.

    Raises:
        UsageError: There is no such folder, or no file in it.
    """
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is not a folder. Give --inputs the folder that holds the publishers' files."
        )
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    ]
    if not files:
        raise UsageError(
            f"{folder} holds no files. Put the publishers' files there, with any file names, in any sub-folders."
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
    """Recognise every file in a folder and archive those that are releases.

    Of several files of one edition, the later one is the reissue. Only sample files are named in order of
    publication. For other files the stated publication day decides, or else their hashes, so that the same files
    always give the same releases, whatever they are called.

    Args:
        folder: Folder to search, with its sub-folders; file names do not matter.
        archive: Archive that keeps the releases.
        contracts: Contracts of the known sources.
        origin: Origin to record in receipts, e.g. `local`.
        only: Sources to take; all if empty.
        progress: Function called with a sentence about each file.
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
    """Publication day that a file states (empty without one), and its hash; the identification is cached."""
    try:
        sha256 = sha256_of(path)[0]
        if _is_archive(path, name):
            return "", sha256
    except OSError:
        return "", ""  # reported when the file is taken in
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
    """Recognise one file and archive it if it is a release; for a zip archive, do this for every file in it.

    A file in a zip archive is kept separately: its own bytes, under a name that begins with the archive's name
    (`latest.zip/2024-01/2024-01-kent-street.csv`).

    Args:
        path: Path of the file.
        name: Name of the file as the user knows it.
        archive: Archive that keeps the release.
        contracts: Contracts of the known sources.
        memory: Cache of earlier identifications.
        origin: Origin to record in receipts.
        only: Sources to take; all if empty.

    Returns:
        The outcome for the file, or for each file in it.
    """
    desk = _Desk(archive, contracts, memory, origin, only)
    try:
        return _taken(desk, path, name)
    except FileRefused as error:
        return [ReceivedFile(name, "refused", reason=str(error))]
    except ArchiveError:
        raise  # a damaged or full archive cannot receive anything
    except Exception as error:  # noqa: BLE001  (one file must not stop the others)
        if isinstance(error, FileNotFoundError) and not path.exists():
            return [ReceivedFile(name, "refused", reason=gone(name))]
        said = f"{name} cannot be taken in: {sentence_of(error).rstrip('.')}."
        return [ReceivedFile(name, "refused", reason=said, tracebacks=(traceback_of(error),))]


def _taken(desk: _Desk, path: Path, name: str) -> list[ReceivedFile]:
    sha256 = sha256_of(path)[0]
    if not _is_archive(path, name):
        return [desk.take(path, name, sha256)]
    memory = desk.memory
    known = memory.get(_as_archive(sha256))
    if known is not None:
        remembered = [desk.remembered(f"{name}/{member}", told) for member, told in known["members"]]
        if remembered and all(remembered):
            return [replace(taken, within=name) for taken in remembered if taken is not None]
    return [replace(taken, within=name) for taken in desk.unpack(path, name, sha256)]


def _as_archive(sha256: str) -> str:
    """Cache key for the contents of a zip archive, as opposed to the archive as a single file, which is not read."""
    return f"archive {sha256}"


def _is_archive(path: Path, name: str) -> bool:
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return False
    from civic_assets.readers.detect import Format, sniff

    try:
        return sniff(path, name) is Format.ZIP
    except FileRefused:
        return False  # reported when the file is read


@dataclass(frozen=True)
class _Desk:
    """Everything that taking in a file needs besides the file itself."""

    archive: Archive
    contracts: Mapping[str, Contract]
    memory: RecognitionCache
    origin: str
    only: Collection[str]

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
        for member in members_of(path, name):
            inner = f"{name}/{member.name}"
            if member.path is None:
                taken.append(ReceivedFile(inner, "refused", reason=member.refused))
                told.append((member.name, ""))
                continue
            own = sha256_of(member.path)[0]
            taken.append(self.take(member.path, inner, own))
            told.append((member.name, own))
        self.memory.put(_as_archive(sha256), {"members": told})
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
