"""The raw layer of one release: every cell of its file, as printed.

Belongs here: building the raw table, and reading it back as a grid. Does not belong here: reading a file
(`civic_assets.readers`) and the meaning of its cells (`validated`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic_assets.archive import Receipt
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.readers.grid import Grid
from civic_assets.tables import TableRef, input_key

_LARGE = "large"
"""Form of the raw table of a file that is read by column: one row for each line, without its number."""


def raw_key(receipt: Receipt) -> str:
    """Hash of everything that a raw table is built from."""
    return input_key("raw", receipt.sha256, layer_version("raw"))


def build_raw(store: Store, receipt: Receipt) -> TableRef:
    """Every cell of the archived file as a table; built once for each file and version of the readers.

    Raises:
        FileRefused: The archived bytes cannot be read.
    """
    key = raw_key(receipt)
    current = store.tables.current("raw", receipt.source, receipt.release)
    if current is not None and current.key == key:
        return current
    from civic_assets.readers.raw_table import grid_to_table

    grid = GRIDS.take(receipt.sha256)
    if grid is None:
        from civic_assets.readers.open_file import read_grid
        from civic_assets.readers.text.large import is_large

        grid = read_grid(store.archive.path_of(receipt.sha256), receipt.file_name)
        if is_large(grid):
            return _build_large(store, receipt, grid, key)
        GRIDS.put(receipt.sha256, grid)
    table = grid_to_table(grid)
    metadata = {name.decode(): text.decode() for name, text in (table.schema.metadata or {}).items()}
    store.tables.write_json("raw", receipt.source, receipt.release, metadata, key)
    return store.tables.write("raw", receipt.source, receipt.release, table, key)


def _build_large(store: Store, receipt: Receipt, grid: Grid, key: str) -> TableRef:
    """The table of a file that is too large to be in memory, written a block at a time."""
    from functools import partial

    from civic_assets.readers.text.large import head_of, write_parquet

    about = {"form": _LARGE, "notes": grid.notes, "head": head_of(grid)}
    store.tables.write_json("raw", receipt.source, receipt.release, about, key)
    return store.tables.write_file("raw", receipt.source, receipt.release, partial(write_parquet, grid), key)


def _large_grid(about: Mapping[str, Any], receipt: Receipt, raw: TableRef) -> Grid:
    from civic_assets.readers.text.large import grid_of

    return grid_of(raw.path, receipt.file_name, about["head"], raw.rows, about["notes"], parquet=True)


def raw_grid(store: Store, receipt: Receipt, raw: TableRef) -> Grid:
    """The grid that a raw table holds."""
    grid = GRIDS.take(receipt.sha256)
    if grid is None:
        from civic_assets.readers.raw_table import table_to_grid

        metadata = store.tables.read_json("raw", receipt.source, receipt.release, raw.key) or {}
        if metadata.get("form") == _LARGE:
            return _large_grid(metadata, receipt, raw)
        table = store.tables.read(raw).replace_schema_metadata(dict(metadata))
        grid = table_to_grid(table, receipt.file_name)
        GRIDS.put(receipt.sha256, grid)
    return grid
