"""What is brought to a working copy, and what is sent from it.

Belongs here: which files of a store are kept in the object store, in which order they are sent, and what is new. Does
not belong here: requests (`objects`), and who may send (`lease`).

Most files of a store never change: an archived file and a table have their hash as their name, and a manifest its
number. They are written once and never again. The few that do change (`current.json`, `latest.json`, the read model,
the chains of receipts) are sent after what they name, so that a reader, or a process that is killed half-way, finds
either the old state or the new one. The chains, the last manifest and the read model are written only if they are still
what this working copy has read: a process that has lost its place in between cannot write over what another has
published.

`.copied.json` in the working copy remembers the server's tag of each file, with the size and time of the file here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from civic_assets.layers.remote.failures import Changed
from civic_assets.layers.remote.objects import Object, Objects
from civic_assets.tables.atomic import atomic_write_text, is_temporary, sync_folder, temporary_path
from civic_assets.tables.file_states import content_sha256

COPIED = ".copied.json"
RECORDED = "dagster/recorded"
"""Folder of what Dagster has events of; the rest of Dagster's records is in its database."""
Say: TypeAlias = Callable[[str], None]

# Everything of a store that others need. Left out are locks, caches, Dagster's own files, the inbox, and the site,
# which is made again from the read model.
_FOLDERS = ("archive", "tables", "publications", "acquired", "suites", RECORDED)
_FILES = ("civic.duckdb", "read_model.json", "recognised.json")
_NOT_SENT = ("archive/manifest.lock", "acquired/partial/", "acquired/documents/")
_LAYERS = ("raw", "validated", "harmonised", "quality_results", "quality_findings")
# Files that only one process may write at a time, and that it must have read before.
_GUARDED = ("archive/manifest.jsonl", "acquired/fetches.jsonl", "publications/latest.json", "civic.duckdb")
_LAST = {"archive/manifest.jsonl": 2, "civic.duckdb": 4, "read_model.json": 5, "publications/latest.json": 7}


@dataclass(frozen=True, slots=True)
class Scope:
    """Part of a store.

    Args:
        folders: Folders of it; everything below them.
        files: Single files.
    """

    folders: tuple[str, ...]
    files: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a file belongs to it."""
        return name in self.files or any(name.startswith(f"{folder}/") for folder in self.folders)


EVERYTHING = Scope(_FOLDERS, _FILES)


def of_source(source: str) -> Scope:
    """What building releases of a source reads and writes. Its archived files are brought when they are asked for."""
    return Scope(
        tuple(f"tables/{layer}/{source}" for layer in _LAYERS),
        ("archive/manifest.jsonl", f"{RECORDED}/{source}.json"),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    tag: str
    size: int
    changed: int


class WorkingCopy:
    """A working copy and the store that it is a copy of.

    Args:
        root: Folder of the working copy.
        objects: Objects of the store.
        say: Function called with a sentence when many files are brought or sent.
    """

    def __init__(self, root: Path, objects: Objects, say: Say = lambda _: None) -> None:
        self.root, self.objects, self._say = root, objects, say
        self._index = _read_index(root / COPIED)

    def bring(self, scope: Scope) -> int:
        """Make the working copy what the object store has; files that were made here and not sent stay.

        Args:
            scope: What is brought.

        Returns:
            Number of files that were new or changed.

        Raises:
            NotReached: The object store does not answer.
        """
        there = {one.name: one for one in self._listed(scope)}
        new = [one for one in there.values() if not self._has(one)]
        if len(new) > 1:
            size = sum(one.size for one in new)
            self._say(f"Bringing {len(new):,} files ({size / 1e6:,.1f} MB) from {self.objects.address}")
        for one in sorted(new, key=lambda one: _rank(one.name)):
            self._download(one.name)
        for name in [name for name in self._index if scope.has(name) and name not in there]:
            # Somebody took it back, as a release that is held back loses its table.
            (self.root / name).unlink(missing_ok=True)
            del self._index[name]
        for name, _ in list(self._files(scope)):
            # A process that was killed here has made a publication that nobody has seen: it is made again.
            if name.startswith("publications/") and name not in there:
                (self.root / name).unlink(missing_ok=True)
        self._save()
        return len(new)

    def _listed(self, scope: Scope) -> Iterator[Object]:
        if scope == EVERYTHING:
            yield from (
                one for one in self.objects.listed() if scope.has(one.name) and not _is_left(one.name)
            )
            return
        for folder in scope.folders:
            yield from (one for one in self.objects.listed(folder) if not _is_left(one.name))
        for name in scope.files:
            if (one := self.objects.look(name)) is not None:
                yield one

    def _has(self, one: Object) -> bool:
        known = self._index.get(one.name)
        return (
            known is not None
            and known.tag == one.tag
            and _state(self.root / one.name) == (known.size, known.changed)
        )

    def _download(self, name: str) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_path(target.parent)
        try:
            tag = self.objects.download(name, temporary)
            if _is_blob(name):
                temporary.chmod(0o444)
            if name == "civic.duckdb":
                target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
        self._note(name, tag)

    def fetch_file(self, name: str) -> bool:
        """Bring one file if it is not here. Returns whether it is here now."""
        if (self.root / name).is_file():
            return True
        try:
            self._download(name)
        except FileNotFoundError:
            return False
        self._save()
        return True

    def send(self, scope: Scope, may: Callable[[], None]) -> int:
        """Send what is new or changed in the working copy.

        Args:
            scope: What is sent.
            may: Function that raises if this process may no longer change the store; called before each file.

        Returns:
            Number of files that were sent.

        Raises:
            Changed: A guarded file was written by another process since it was read here.
            NotReached: The object store does not answer; what was sent stays, and is not named by anything yet.
        """
        here = dict(self._files(scope))
        new = [name for name, state in here.items() if not self._is_sent(name, state)]
        gone = [
            name
            for name in self._index
            if scope.has(name) and name not in here and name.startswith("tables/")
        ]
        gone = [name for name in gone if name.endswith("/current.json")]
        if len(new) > 1:
            size = sum(here[name][0] for name in new)
            self._say(f"Sending {len(new):,} files ({size / 1e6:,.1f} MB) to {self.objects.address}")
        try:
            # A table that was taken back must not be found while what replaces it is on its way.
            for name in gone:
                may()
                self.objects.remove(name)
                del self._index[name]
            for name in sorted(new, key=_rank):
                may()
                self._note(name, self._sent(name))
        finally:
            self._save()
        return len(new) + len(gone)

    def _sent(self, name: str) -> str:
        """Send one file. Returns its tag."""
        file = self.root / name
        known = self._index.get(name)
        if name in _GUARDED:
            try:
                return (
                    self.objects.replace(name, file, known.tag) if known else self.objects.create(name, file)
                )
            except Changed:
                # The answer to this process's request may have been lost, and the request made again.
                if (there := self.objects.look(name)) is None or not self._is_same(name, file):
                    raise
                return there.tag
        if not _never_changes(name):
            return self.objects.write(name, file)
        try:
            return self.objects.create(name, file)
        except Changed:
            # It is there already. A file named by its hash is the same; a manifest must be.
            there = self.objects.look(name)
            if there is None or there.size != file.stat().st_size:
                raise
            if name.startswith("publications/") and not self._is_same(name, file):
                raise
            return there.tag

    def _is_same(self, name: str, file: Path) -> bool:
        temporary = temporary_path(file.parent)
        try:
            self.objects.download(name, temporary)
            return content_sha256(temporary) == content_sha256(file)
        except FileNotFoundError:
            return False
        finally:
            temporary.unlink(missing_ok=True)

    def _files(self, scope: Scope) -> Iterator[tuple[str, tuple[int, int]]]:
        for folder in scope.folders:
            for place, _, names in os.walk(self.root / folder):
                inside = PurePosixPath(Path(place).relative_to(self.root).as_posix())
                for name in names:
                    relative = str(inside / name)
                    if is_temporary(name) or name.startswith(".") or _is_left(relative):
                        continue
                    if (state := _state(Path(place) / name)) is not None:
                        yield relative, state
        for name in scope.files:
            if (state := _state(self.root / name)) is not None:
                yield name, state

    def _is_sent(self, name: str, state: tuple[int, int]) -> bool:
        known = self._index.get(name)
        if known is None:
            return False
        return _never_changes(name) or (known.size, known.changed) == state

    def _note(self, name: str, tag: str) -> None:
        state = _state(self.root / name)
        if state is not None:
            self._index[name] = _Known(tag, *state)

    def _save(self) -> None:
        document = {name: [one.tag, one.size, one.changed] for name, one in sorted(self._index.items())}
        atomic_write_text(self.root / COPIED, json.dumps(document))


def _read_index(file: Path) -> dict[str, _Known]:
    """What is known of the files of a working copy; nothing if that is damaged, so that all of it is compared again."""
    try:
        found: Mapping[str, Iterable[object]] = json.loads(file.read_text(encoding="utf-8"))
        return {name: _Known(*entry) for name, entry in found.items()}  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _state(file: Path) -> tuple[int, int] | None:
    try:
        about = file.stat()
    except FileNotFoundError:
        return None
    return about.st_size, about.st_mtime_ns


def _is_left(name: str) -> bool:
    return any(name == one or (one.endswith("/") and name.startswith(one)) for one in _NOT_SENT)


def _is_blob(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return folder == "archive" and len(last) == 64


def _never_changes(name: str) -> bool:
    """Whether a file is named by its content or its number."""
    folder, _, last = name.rpartition("/")
    return (
        _is_blob(name)
        or name.endswith(".parquet")
        or (folder == "publications" and last.removesuffix(".json").isdecimal())
    )


def _rank(name: str) -> tuple[int, str]:
    """What is named comes before what names it."""
    if name in _LAST:
        return _LAST[name], name
    if name.startswith("publications/"):
        return 6, name
    if name.startswith(f"{RECORDED}/"):
        return 8, name
    return (3 if name.endswith("current.json") else 1 if name.endswith(".json") else 0), name
