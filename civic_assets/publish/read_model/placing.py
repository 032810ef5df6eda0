"""Putting a finished read model into place, and whether it is still as it was put there.

Belongs here: the one way in which `civic.duckdb` is replaced, and `<store>/read_model.json`, which has the size, the
time and the hash of the file that was put there. Does not belong here: what is in the file, and whether it is complete
(`as_written`).

The next read model is made from the last one. Any program can open that file and change a row, and its stamp stays; the
changed row would then be carried on from publication to publication. So the next one is made from the last only if the
file is the one that was put there.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from civic_assets.layers.store import Store
from civic_assets.tables.atomic import atomic_write_bytes
from civic_assets.tables.file_states import content_sha256
from civic_assets.tables.sealed import sealed

PLACED = "read_model.json"
"""File of the store that says what the read model was when it was put into place."""


def put_in_place(store: Store, finished: Path) -> None:
    """Replace the read model, and remember the file.

    A process that is killed between the two leaves a file that is not the remembered one. It is complete, and good for
    readers; the next build makes everything again.

    Args:
        store: The store.
        finished: Complete file in the store's folder, which nobody has open.

    Raises:
        OSError: The file cannot be read or renamed.
    """
    content = content_sha256(finished)
    _log_of(store).unlink(missing_ok=True)
    os.replace(finished, store.database)
    _remember(store, content)


def as_put(store: Store) -> bool:
    """Whether the read model is the file that was put into place last.

    A file of the same size with another time is read: it may be a copy of the store.
    """
    if _log_of(store).exists():
        return False
    try:
        remembered: dict[str, Any] = json.loads((store.root / PLACED).read_text(encoding="utf-8"))
        if remembered["state"] == _state(store.database):
            return True
        if remembered["state"][0] != os.stat(store.database).st_size:
            return False
        content = content_sha256(store.database)
        if remembered["sha256"] != content:
            return False
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return False
    with suppress(OSError):  # without it, the file is read again the next time
        _remember(store, content)
    return True


def _remember(store: Store, content: str) -> None:
    document = {"state": _state(store.database), "sha256": content}
    atomic_write_bytes(store.root / PLACED, sealed(json.dumps(document) + "\n"))


def _log_of(store: Store) -> Path:
    """What another program wrote and DuckDB has not yet put into the file.

    Next to another file it would keep DuckDB 2 from opening that: "WAL does not match database file".
    """
    return store.database.with_name(store.database.name + ".wal")


def _state(file: Path) -> list[int]:
    """Size and times. No program can set the second time, that of the last change of the entry."""
    about = os.stat(file)
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns]
