"""Intake of files: from a folder of any files to releases in the archive, with every file accounted for.

Belongs here: which files a folder holds, and what each of them is. Does not belong here: what is done with a
release (`layers`), and fetching files from publishers (`civic_assets.acquire`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from civic_assets.answers.progress import Said
from civic_assets.archive import Archive
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.errors import ArchiveError, FileRefused, UsageError
from civic_assets.intake.desk import Desk, as_archive, is_archive
from civic_assets.intake.folder import gone, name_in, no_regular_files
from civic_assets.intake.identify import look
from civic_assets.intake.received import SUPPLIED, Fetched, GivenFile, Intake, ReceivedFile, said_about
from civic_assets.intake.recognition_cache import RecognitionCache
from civic_assets.unforeseen import NO_SPACE, sentence_of, traceback_of

# Hidden files, and the lock files that office programs keep next to an open file.
_HIDDEN = (".", "~$")


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

    Args:
        folder: Folder to search, with its sub-folders; file names do not matter.
        archive: Archive that keeps the releases.
        contracts: Contracts of the known sources.
        origin: Origin to record in receipts, e.g. `local`.
        only: Sources to take; all if empty.
        progress: Function called with a sentence about each file.
    """
    files = [GivenFile(path, name_in(folder, path)) for path in files_of(folder)]
    taken = list(take_files(files, archive, contracts, origin=origin, only=only, progress=progress).taken)
    for name, reason in no_regular_files(folder, _HIDDEN).items():
        refused = ReceivedFile(name, "refused", reason=reason)
        progress(said_about(refused))
        taken.append(refused)
    return Intake(sorted(taken, key=lambda found: found.name))


def take_files(
    files: Iterable[GivenFile],
    archive: Archive,
    contracts: Mapping[str, Contract],
    *,
    origin: str,
    only: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Intake:
    """Recognise files and archive those that are releases.

    Of several files of one edition, the later one is the reissue. Only sample files are named in order of
    publication. For other files the stated publication day decides, or else their hashes, so that the same files
    always give the same releases, whatever they are called and wherever they come from.

    Args:
        files: The files.
        archive: Archive that keeps the releases.
        contracts: Contracts of the known sources.
        origin: Origin to record in receipts, e.g. `live`.
        only: Sources to take; all if empty.
        progress: Function called with a sentence about each file.
    """
    memory = RecognitionCache(archive.root.parent / "recognised.json", contracts)
    taken = []
    ordered = list(files)
    if origin != "sample":
        ordered.sort(key=lambda file: _place_in_order(file.path, file.name, contracts, memory, progress))
    for file in ordered:
        for found in take_file(
            file.path, file.name, archive, contracts, memory, origin, only, fetched=file.fetched
        ):
            progress(said_about(found))
            taken.append(found)
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
        if is_archive(path, name):
            return "", sha256
    except OSError:
        return "", ""  # reported when the file is taken in
    known = memory.get(sha256)
    if known is None:
        progress(Said(f"Reading {name}", "doing"))
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
    *,
    fetched: Fetched = SUPPLIED,
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
        fetched: Where it was fetched from.

    Returns:
        The outcome for the file, or for each file in it.
    """
    desk = Desk(archive, contracts, memory, origin, only, fetched)
    try:
        return _taken(desk, path, name)
    except FileRefused as error:
        return [ReceivedFile(name, "refused", reason=str(error))]
    except ArchiveError:
        raise  # a damaged or full archive cannot receive anything
    except Exception as error:  # one file must not stop the others
        if isinstance(error, FileNotFoundError) and not path.exists():
            return [ReceivedFile(name, "refused", reason=gone(name))]
        said = f"{name} cannot be taken in: {sentence_of(error).rstrip('.')}."
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            # Nothing is wrong with the file, and the next one would fail in the same way.
            raise ArchiveError(f"{said} Files that were archived before it are kept.") from error
        return [ReceivedFile(name, "refused", reason=said, tracebacks=(traceback_of(error),))]


def _taken(desk: Desk, path: Path, name: str) -> list[ReceivedFile]:
    sha256 = sha256_of(path)[0]
    if not is_archive(path, name):
        return [desk.take(path, name, sha256)]
    memory = desk.memory
    known = memory.get(as_archive(sha256))
    if known is not None:
        remembered = [desk.remembered(f"{name}/{member}", told) for member, told in known["members"]]
        if remembered and all(remembered):
            return [replace(taken, within=name) for taken in remembered if taken is not None]
    return [replace(taken, within=name) for taken in desk.unpack(path, name, sha256)]
