"""Files in: from a folder of anything to releases in the archive, with no file unaccounted for.

Belongs here: which files a profile offers, and what each turns out to be. Does not belong here: what is done with
a release (`layers`), and asking publishers over the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from civic_assets.archive import Archive, Receipt
from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised, UsageError
from civic_assets.layers import GRIDS
from civic_assets.store import code_version
from civic_assets.tables import input_key
from civic_assets.tables.atomic import atomic_write_text

Verdict = Literal["new", "known", "ignored", "refused"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    Args:
        name: Relative to the folder given.
        verdict: A new release, one that the archive holds already, no release of a known source, or a file
            that is damaged or not safe to read.
        receipts: One for each source that the file is a release of.
        reason: A sentence, for what is ignored or refused.
    """

    name: str
    verdict: Verdict
    receipts: tuple[Receipt, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Intake:
    """What became of all files."""

    taken: Sequence[Taken] = field(default_factory=list)

    def of(self, verdict: Verdict) -> list[Taken]:
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
    hidden = (".", "~$")
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
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

    Args:
        folder: Searched with its sub-folders; names do not matter.
        archive: Keeps what is a release.
        contracts: Of the sources that are known.
        origin: Of the receipts, e.g. `local`.
        only: Sources to take; all when empty.
        progress: Told of each file.
    """
    memory = Memory(archive.root.parent / "recognised.json", contracts)
    taken = []
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        found = take_file(path, name, archive, contracts, memory, origin, only)
        progress(_sentence(found))
        taken.append(found)
    memory.save()
    return Intake(taken)


class Memory:
    """What files turned out to be, by the hash of their bytes, so that a known file is not read again.

    A cache: without it, or when contracts or readers changed, files are read again.
    """

    def __init__(self, file: Path, contracts: Mapping[str, Contract]) -> None:
        self._file = file
        code = code_version("readers", "contracts", "values", "sources")
        self._fingerprint = input_key(code, *(contract.sha256 for contract in contracts.values()))
        self._files: dict[str, dict[str, Any]] = {}
        self._changed = False
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(stored, dict) and stored.get("fingerprint") == self._fingerprint:
            self._files = stored["files"]

    def get(self, sha256: str) -> dict[str, Any] | None:
        """What a file turned out to be: `sources`, or `verdict` and `reason`."""
        return self._files.get(sha256)

    def put(self, sha256: str, what: dict[str, Any]) -> None:
        """Remembers it."""
        self._files[sha256] = what
        self._changed = True

    def save(self) -> None:
        """Writes it, when something is new."""
        if self._changed:
            document = {"fingerprint": self._fingerprint, "files": self._files}
            atomic_write_text(self._file, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))


def take_file(
    path: Path,
    name: str,
    archive: Archive,
    contracts: Mapping[str, Contract],
    memory: Memory,
    origin: str,
    only: Collection[str] = (),
) -> Taken:
    """Recognises one file and archives it when it is a release.

    Args:
        path: Where the bytes are.
        name: As the user knows the file.
        archive: Keeps it, when it is a release.
        contracts: Of the sources that are known.
        memory: What files turned out to be before.
        origin: Of the receipts.
        only: Sources to take; all when empty.
    """
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    known = memory.get(sha256)
    if known is None:
        known = _look(path, name, sha256, contracts)
        memory.put(sha256, known)
    if "verdict" in known:
        return Taken(name, known["verdict"], reason=f"{name}{known['reason']}")
    editions: dict[str, str] = known["sources"]
    wanted = {source: edition for source, edition in editions.items() if not only or source in only}
    if not wanted:
        return Taken(
            name, "ignored", reason=f"{name} is of {' and '.join(sorted(editions))}, which was not asked for."
        )
    received = [
        archive.receive(
            path, source=source, edition=edition, file_name=name, origin=origin, synthetic=known["synthetic"]
        )
        for source, edition in wanted.items()
    ]
    return Taken(name, "new" if any(new for _, new in received) else "known", tuple(r for r, _ in received))


def _look(path: Path, name: str, sha256: str, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """What a file is: `{sources: {source: edition}, synthetic}`, or `{verdict, reason}` (without the file's name)."""
    from civic_assets.readers.open_file import read_grid
    from civic_assets.sources.recognise import recognise

    try:
        grid = read_grid(path, name)
        recognised = recognise(grid, contracts)
    except NotRecognised as error:
        return {"verdict": "ignored", "reason": str(error).removeprefix(name)}
    except FileRefused as error:
        return {
            "verdict": "ignored" if error.unsupported else "refused",
            "reason": str(error).removeprefix(name),
        }
    GRIDS.put(sha256, grid)
    return {
        "sources": {release.contract.source: release.edition for release in recognised},
        "synthetic": any(release.synthetic for release in recognised),
    }


def _sentence(taken: Taken) -> str:
    releases = ", ".join(f"{r.source} {r.release}" for r in taken.receipts)
    words = {"new": f"new release {releases}", "known": f"already archived as {releases}"}
    return f"{taken.name}: {words.get(taken.verdict) or taken.verdict + ': ' + taken.reason}"
