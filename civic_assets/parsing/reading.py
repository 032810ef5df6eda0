"""Reading that the parsers of several sources share.

Belongs here: the periods stated in a file's texts, and whether a file is marked as synthetic. Does not belong here:
anything specific to one source.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.house_numbers.recognition import CAPTION_ROWS
from civic_assets.parsing.observations import Caption
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import plain
from civic_assets.values.period_text import years_ending

SYNTHETIC_MARK = "SYNTHETIC SAMPLE DATA"
"""Text in the first rows of every sheet with generated figures; `is_synthetic` looks for it."""


def captions(grid: Grid, found: FoundTables) -> list[Caption]:
    """Rolling years stated in titles of tables and on sheets without tables (cover, contents), with their cells."""
    stated = [
        Caption(block.title_locator, plain(block.title), period, name)
        for name, block in found.blocks.items()
        for period in block.periods
    ]
    with_tables = {id(block.sheet) for block in found.blocks.values()}
    for sheet in grid.sheets:
        if id(sheet) in with_tables:
            continue
        stated.extend(
            Caption(sheet.locator(row, column), plain(cell), period)
            for row, cells in enumerate(sheet.rows[:CAPTION_ROWS])
            for column, cell in enumerate(cells)
            if isinstance(cell, str) and len(cell) > 12
            for period in years_ending(cell)
        )
    return stated


def _top_texts(grid: Grid) -> Iterator[str]:
    for sheet in grid.sheets:
        for cells in sheet.rows[:CAPTION_ROWS]:
            yield from (cell for cell in cells[:3] if isinstance(cell, str))


def is_synthetic(grid: Grid) -> bool:
    """Whether the file is marked as synthetic."""
    return any(SYNTHETIC_MARK in text for text in _top_texts(grid))
