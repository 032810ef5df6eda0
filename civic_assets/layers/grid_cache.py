"""Grids that were read a moment ago, so that a file read for recognition is not read again.

Belongs here: keeping them and dropping the oldest. Does not belong here: reading (`civic_assets.readers`) and stored
raw tables (`raw`).
"""

from __future__ import annotations

from collections import OrderedDict

from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid

# Number of cells kept in memory between recognising a file and building it: about 200 MB.
_CELLS_KEPT = 2_000_000
# Number of cells of a sheet kept by column that take as much memory as one cell of another sheet.
_CELLS_BY_COLUMN = 50


class GridCache:
    """Grids of files by sha256, so that a file read for recognition is not read again."""

    def __init__(self) -> None:
        self._grids: OrderedDict[str, Grid] = OrderedDict()

    def put(self, sha256: str, grid: Grid) -> None:
        """Keep a grid, and drop others if there are too many cells: texts first, the oldest first."""
        self._grids[sha256] = grid
        while len(self._grids) > 1 and sum(map(_size, self._grids.values())) > _CELLS_KEPT:
            others = [kept for kept in self._grids if kept != sha256]
            # A cell of a workbook takes eight times as long to read as one of a delimited file.
            del self._grids[next((kept for kept in others if self._grids[kept].format == "csv"), others[0])]

    def clear(self) -> None:
        """Drop all cached grids, once every release is built."""
        self._grids.clear()

    def take(self, sha256: str) -> Grid | None:
        """The grid, if it is still cached."""
        return self._grids.get(sha256)


def _size(grid: Grid) -> int:
    """Memory of a grid in cells; a cell of a sheet kept by column counts as a fraction of one."""
    return sum(
        len(sheet.rows) * sheet.width // (_CELLS_BY_COLUMN if isinstance(sheet.rows, CodedRows) else 1)
        for sheet in grid.sheets
    )


GRIDS = GridCache()
