"""Immutable tables, each under the hash of its own bytes.

Belongs here: one Parquet file per layer, source and release, which of several is current, and the accompanying small
JSON documents. Does not belong here: the meaning of columns (contracts) and queries across releases (the read model).
Everything here can be rebuilt from the archive, so anything damaged is treated as absent and built again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.tables.atomic import (
    atomic_write_bytes,
    put_in_place,
    remove_stale_temporaries,
    temporary_path,
)
from civic_assets.tables.release_names import check_name, is_name, release_sort_key
from civic_assets.tables.sealed import Seal, seal_of, sealed

if TYPE_CHECKING:
    import pyarrow

# Version of the writer options and of `current.json`; raising it makes every stored table stale.
SCHEMA_VERSION = 2
# Fixed, so that bytes do not change with the library's defaults; a release is seldom more than one group.
_ROW_GROUP = 256 * 1024


@dataclass(frozen=True, slots=True)
class TableRef:
    """One stored table.

    Args:
        layer: `raw`, `validated`, `harmonised`, ...
        source: Id of the source, e.g. `ons_csp`.
        release: Name of the release, e.g. `2024-12.r2`.
        key: Result of `input_key` for everything the table was built from.
        hash: SHA-256 of the Parquet file: its data version.
        rows: Number of rows.
        path: Path of the Parquet file.
    """

    layer: str
    source: str
    release: str
    key: str
    hash: str
    rows: int
    path: Path


def input_key(*parts: str) -> str:
    """SHA-256 over parts, each preceded by its length, so that `("ab", "c")` and `("a", "bc")` differ."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def parquet_bytes(table: pyarrow.Table) -> bytes:
    """A table as Parquet; equal tables (`Table.equals`) give equal bytes under one version of pyarrow.

    Schema and field metadata are left out: pandas writes its own version and index there, and
    `Table.equals` does not look at it. Chunks are joined, because their boundaries would show in the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    bare = pa.schema([field.remove_metadata() for field in table.schema])
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.cast(bare).combine_chunks(),
        sink,
        row_group_size=_ROW_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
    )
    return bytes(sink.getvalue().to_pybytes())


def _canonical_json(document: Mapping[str, Any]) -> str:
    return (
        json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        + "\n"
    )


def _read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file of this version; None if it is missing, damaged or of another version."""
    try:
        content = path.read_bytes()
        found = json.loads(content) if seal_of(content) is Seal.RIGHT else None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("schema_version") == SCHEMA_VERSION else None


class TableStore:
    """`<root>/<layer>/<source>/<release>/<hash>.parquet`, and `current.json` that names the current one.

    Any number of processes may read and write: a file under a hash never changes, and `current.json` is replaced
    atomically. If two processes write the same release, the later one wins.

    Args:
        root: Root folder; created at the first write.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def _folder(self, layer: str, source: str, release: str) -> Path:
        names = (check_name(layer, "layer"), check_name(source, "source"), check_name(release, "release"))
        return self.root.joinpath(*names)

    def write(self, layer: str, source: str, release: str, table: pyarrow.Table, key: str) -> TableRef:
        """Store a table and make it current.

        Args:
            layer: `raw`, `validated`, ...; letters, digits and `._-` only, as in the two names below it.
            source: Id of the source.
            release: Name of the release, e.g. `2024-12.r2`.
            table: Table with any columns; its metadata is not stored (see `parquet_bytes`).
            key: Result of `input_key` for what it was built from: input hashes, contract hash, code version.

        Returns:
            The stored table. A file with the same hash is left as it is, including its timestamp.
        """
        folder = self._folder(layer, source, release)
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)
        data = parquet_bytes(table)
        digest = hashlib.sha256(data).hexdigest()
        path = folder / f"{digest}.parquet"
        if _size(path) != len(data):  # absent, or truncated by another program
            atomic_write_bytes(path, data)
        return self._made_current((layer, source, release), key, digest, table.num_rows, path)

    def write_file(
        self, layer: str, source: str, release: str, write: Callable[[Path], int], key: str
    ) -> TableRef:
        """Store a table that is too large to be in memory, and make it current.

        Args:
            layer: See `write`.
            source: See `write`.
            release: See `write`.
            write: Function that writes the Parquet file to a path, and returns its number of rows.
            key: See `write`.
        """
        folder = self._folder(layer, source, release)
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)
        temporary = temporary_path(folder)
        try:
            rows = write(temporary)
            with temporary.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            path = folder / f"{digest}.parquet"
            if _size(path) != _size(temporary):
                put_in_place(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        return self._made_current((layer, source, release), key, digest, rows, path)

    def _made_current(
        self, place: tuple[str, str, str], key: str, digest: str, rows: int, path: Path
    ) -> TableRef:
        entry = {
            "key": key,
            "hash": digest,
            "rows": rows,
            "bytes": path.stat().st_size,
            "schema_version": SCHEMA_VERSION,
        }
        atomic_write_bytes(self._folder(*place) / "current.json", sealed(_canonical_json(entry)))
        return TableRef(*place, key, digest, rows, path)

    def current(self, layer: str, source: str, release: str) -> TableRef | None:
        """The current table; None if there is none, or if its file is missing, empty or truncated."""
        folder = self._folder(layer, source, release)
        entry = _read_object(folder / "current.json")
        if entry is None:
            return None
        try:
            key, digest, rows, size = (
                str(entry["key"]),
                str(entry["hash"]),
                int(entry["rows"]),
                int(entry["bytes"]),
            )
        except (KeyError, TypeError, ValueError):
            return None
        path = folder / f"{digest}.parquet"
        if size == 0 or _size(path) != size:
            return None
        return TableRef(layer, source, release, key, digest, rows, path)

    def is_fresh(self, layer: str, source: str, release: str, key: str) -> bool:
        """Whether the current table was built from exactly these inputs, so that it need not be rebuilt."""
        found = self.current(layer, source, release)
        return found is not None and found.key == key

    def read(
        self, ref: TableRef, columns: Sequence[str] | None = None, dictionaries: Sequence[str] = ()
    ) -> pyarrow.Table:
        """The table of a reference.

        Args:
            ref: Reference from `write` or `current`.
            columns: Columns to read, in this order; all if None.
            dictionaries: Text columns to return as dictionaries, which are much smaller if texts repeat.

        Raises:
            FileNotFoundError: The file has been removed since `ref` was given.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        # Arrow's own file: with a Python file, its threads would call back into Python even while the interpreter ends,
        # which ends the process with "terminate called without an active exception" after a successful run.
        with pa.OSFile(str(ref.path), "rb") as file:
            parquet = pq.ParquetFile(file, read_dictionary=list(dictionaries))
            return parquet.read(columns=None if columns is None else list(columns))

    def head(self, ref: TableRef, rows: int) -> pyarrow.Table:
        """The first rows of a table, without reading the others.

        Raises:
            FileNotFoundError: The file has been removed since `ref` was given.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pa.OSFile(str(ref.path), "rb") as file:
            parquet = pq.ParquetFile(file)
            first = next(parquet.iter_batches(batch_size=rows), None)
            return pa.Table.from_batches([] if first is None else [first], parquet.schema_arrow)

    def names(self, layer: str, source: str) -> list[str]:
        """Names of the releases of a source that have a folder in a layer, oldest first; no table is looked at."""
        folder = self.root / check_name(layer, "layer") / check_name(source, "source")
        try:
            found = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted((name for name in found if is_name(name)), key=release_sort_key)

    def releases(self, layer: str, source: str) -> list[str]:
        """Releases of a source that have a current table in a layer, oldest first."""
        return [name for name in self.names(layer, source) if self.current(layer, source, name) is not None]

    def forget(self, layer: str, source: str, release: str) -> None:
        """Remove the current table of a release. Its Parquet files are kept, because publications name them."""
        (self._folder(layer, source, release) / "current.json").unlink(missing_ok=True)

    def write_json(
        self, layer: str, source: str, release: str, document: Mapping[str, Any], key: str
    ) -> Path:
        """Store a small document (facts about the release) with its table.

        Write it before the table with the same key, so that a current table never lacks its document.

        Args:
            layer: See `write`.
            source: See `write`.
            release: See `write`.
            document: Document of JSON values only, without NaN or infinity.
            key: Result of `input_key` for what it was built from.

        Returns:
            Path of the file `facts.json`; it is not rewritten if its content is the same.
        """
        path = self._folder(layer, source, release) / "facts.json"
        data = sealed(_canonical_json({"document": document, "key": key, "schema_version": SCHEMA_VERSION}))
        if not path.is_file() or path.read_bytes() != data:
            atomic_write_bytes(path, data)
        return path

    def read_json(
        self, layer: str, source: str, release: str, key: str | None = None
    ) -> Mapping[str, Any] | None:
        """The document of a release.

        None if there is none or, with `key`, if it was built from other inputs.
        """
        entry = _read_object(self._folder(layer, source, release) / "facts.json")
        if entry is None or (key is not None and entry.get("key") != key):
            return None
        document = entry.get("document")
        return document if isinstance(document, dict) else None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
