"""This project's reading of a workbook compared with calamine's bare parse.

    python -m benchmarks.reading_against_calamine WORKBOOK TURNS

Our reading is `read_grid`, with all its refusals, and `grid_to_table`: every cell as an Arrow row with locator, kind
and text. The bare parse is what calamine returns: lists of values without addresses. Both are timed in this process in
turn, after one uncounted turn each, so that imports and the file's pages are in memory for both. Prints JSON: two lists
of seconds.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table


def bare_parse(file: Path) -> object:
    """Every sheet as lists of values."""
    book = CalamineWorkbook.from_path(file)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def our_reading(file: Path) -> object:
    """Every cell with its locator."""
    return grid_to_table(read_grid(file))


def _seconds(read: Callable[[Path], object], file: Path) -> float:
    gc.collect()  # so that neither side pays for the other's garbage
    start = time.process_time()
    result = read(file)
    seconds = time.process_time() - start
    del result
    return seconds


def main(file: Path, turns: int) -> None:
    pairs = [(_seconds(our_reading, file), _seconds(bare_parse, file)) for _ in range(turns + 1)][1:]
    print(json.dumps({"ours": [ours for ours, _ in pairs], "calamine": [bare for _, bare in pairs]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
