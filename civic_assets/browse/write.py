"""Writes the published tables as a SQLite file of its own.

Belongs here: the file that a person names, put into place as a whole, and the answer. Does not belong here: copying
(`database`), and the copy that a store keeps (`kept`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.answers.tables import TableInFile, TablesFile
from civic_assets.browse.database import write_database
from civic_assets.browse.metadata import metadata_of
from civic_assets.browse.shape import LEFT_OUT
from civic_assets.errors import UsageError
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.tables.atomic import remove_stale_temporaries, sync_folder, temporary_path

if TYPE_CHECKING:
    from civic_assets.layers.store import Store


def write_tables(store: Store, out: Path, progress: Callable[[str], None] = lambda _: None) -> TablesFile:
    """Write all tables of the current publication into a new SQLite file.

    Args:
        store: The store, which is only read.
        out: The file, which must not exist.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: Nothing is published, or the file exists.
        OSError: The file cannot be written.
    """
    out = out.absolute()
    _require_new(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    remove_stale_temporaries(out.parent)
    folder = temporary_path(out.parent)
    folder.mkdir()
    try:
        with open_read_model(store) as connection:
            copied = write_database(connection, folder / out.name, progress)
            origin = metadata_of(store, connection, copied).origin
        _put_in_place(folder / out.name, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return TablesFile(
        store=str(store.root),
        file=str(out),
        publication=origin.number,
        publication_hash=origin.hash,
        synthetic=origin.synthetic,
        sources=tuple(one.source for one in origin.sources),
        tables=tuple(TableInFile(name, name.replace(".", "_"), rows) for name, rows in copied.rows.items()),
        views=tuple(name.replace(".", "_") for name in copied.views),
        left_out=tuple(sorted(LEFT_OUT)),
        n_bytes=out.stat().st_size,
    )


def _require_new(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} exists, and nothing is written over. Name a new file with --out.")


def _put_in_place(made: Path, out: Path) -> None:
    try:
        os.link(made, out)  # which, unlike a renaming, never replaces a file that has come in the meantime
    except FileExistsError:
        _require_new(out)
    except OSError:  # a file system without links
        _require_new(out)
        made.rename(out)
    sync_folder(out.parent)
