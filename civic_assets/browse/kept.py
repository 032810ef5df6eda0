"""The copy of the published tables that a store keeps, so that a second start copies nothing.

Belongs here: where it is, whether it is of the read model as it is now, and removing older ones. Does not belong here:
making it (`database`).

`<store>/browse/<name>/` has `civic.db` and `copied.json`. The name follows from the stamp of the read model, from its
file (results of expectation suites are added to a read model without a new stamp), and from the shape of the tables.
It can be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.browse.database import Copied, statements_of, write_database
from civic_assets.browse.metadata import Said, metadata_of
from civic_assets.browse.place import THIS_MACHINE, Place
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.tables.atomic import is_temporary, remove_stale_temporaries, sync_folder, temporary_path

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.layers.store import Store

FOLDER = "browse"
"""Folder of a store with the copy that Datasette serves; it can be deleted at any time."""
FILE = "civic.db"
"""The SQLite file; Datasette calls the database `civic` after it."""
_COPIED = "copied.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A SQLite file of the published tables.

    Args:
        file: The file.
        copied: What is in it.
        said: What the pages say of it.
        made: Whether it was made now; False if an earlier start made it.
    """

    file: Path
    copied: Copied
    said: Said
    made: bool


@contextmanager
def kept_copy(
    store: Store, progress: Callable[[str], None] = lambda _: None, place: Place = THIS_MACHINE
) -> Iterator[Kept]:
    """The copy of the current read model, made if there is none; while it is used, no other process removes it.

    Args:
        store: The store.
        progress: Function called with a sentence about each step of making it.
        place: Where its pages will be, for links.

    Raises:
        UsageError: Nothing is published, or its tables do not fit their contracts.
        OSError: The store cannot be written.
    """
    with open_read_model(store) as connection:
        folder = store.root / FOLDER / _name(store, connection)
        copied = _copied(folder)
        made = copied is None
        if copied is None:
            copied = _make(connection, folder, progress)
        said = metadata_of(store, connection, copied, place)
    with _in_use(folder):
        _remove_others(folder)
        yield Kept(folder / FILE, copied, said, made)


def _name(store: Store, connection: DuckDBPyConnection) -> str:
    about = store.database.stat()
    row = connection.execute("SELECT stamp FROM catalogue.publication").fetchone() or ("",)
    shape = hashlib.sha256("\n".join(statements_of(connection)).encode()).hexdigest()
    of = hashlib.sha256(f"{row[0]} {about.st_size} {about.st_mtime_ns} {shape}".encode()).hexdigest()
    return f"{row[0][:12]}-{of[:12]}"


def _copied(folder: Path) -> Copied | None:
    """What is in the copy in a folder; None if there is no whole copy."""
    try:
        copied = Copied.of_text((folder / _COPIED).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return copied if (folder / FILE).is_file() else None


def _make(connection: DuckDBPyConnection, folder: Path, progress: Callable[[str], None]) -> Copied:
    folder.parent.mkdir(exist_ok=True)
    remove_stale_temporaries(folder.parent)
    temporary = temporary_path(folder.parent)
    temporary.mkdir()
    try:
        copied = write_database(connection, temporary / FILE, progress)
        (temporary / _COPIED).write_text(copied.as_text(), encoding="utf-8")
        sync_folder(temporary)
        if _copied(folder) is None:  # else another process has just made the same
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(temporary, folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return copied


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / _COPIED, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _remove_others(folder: Path) -> None:
    """Remove copies of other read models, but those that a running process serves."""
    for other in list(folder.parent.iterdir()):
        if other == folder or is_temporary(other.name) or not other.is_dir():
            continue
        with suppress(OSError):  # it is served, or somebody else has just removed it
            descriptor = os.open(other / _COPIED, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(other, ignore_errors=True)
            finally:
                os.close(descriptor)
