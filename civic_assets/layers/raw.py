"""The raw layer of one release: every cell of its file, as printed.

Belongs here: building the raw table, and reading it back as a grid. Does not belong here: reading a file
(`civic_assets.readers`) and the meaning of its cells (`validated`).
"""

from __future__ import annotations

from civic_assets.archive import Receipt
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.readers.grid import Grid
from civic_assets.tables import TableRef, input_key


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

        grid = read_grid(store.archive.path_of(receipt.sha256), receipt.file_name)
        GRIDS.put(receipt.sha256, grid)
    table = grid_to_table(grid)
    metadata = {name.decode(): text.decode() for name, text in (table.schema.metadata or {}).items()}
    store.tables.write_json("raw", receipt.source, receipt.release, metadata, key)
    return store.tables.write("raw", receipt.source, receipt.release, table, key)


def raw_grid(store: Store, receipt: Receipt, raw: TableRef) -> Grid:
    """The grid that a raw table holds."""
    grid = GRIDS.take(receipt.sha256)
    if grid is None:
        from civic_assets.readers.raw_table import table_to_grid

        metadata = store.tables.read_json("raw", receipt.source, receipt.release, raw.key) or {}
        table = store.tables.read(raw).replace_schema_metadata(dict(metadata))
        grid = table_to_grid(table, receipt.file_name)
        GRIDS.put(receipt.sha256, grid)
    return grid
