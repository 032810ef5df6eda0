"""Columns of a located table as one Arrow table of texts, for tables that are judged and used by column.

Belongs here: the columns of a table, of any size, with the line of each row. Does not belong here: cells one at a time
(`blocks`), and what the texts mean (`civic_assets.sources`, `civic_assets.harmonise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import printed_numbers
from civic_assets.readers.text.large import LargeSheet
from civic_assets.values.cells import as_printed

if TYPE_CHECKING:
    import pyarrow as pa

ROW_NUMBER = "row_number"
"""Column of `row_texts`: the row as a person counts it."""


def row_texts(block: Block, names: Sequence[str]) -> pa.Table:
    """Columns of a table as printed, one row for each data row.

    Args:
        block: The table.
        names: Columns of the contract; one that the file does not have is empty in every row.

    Returns:
        `row_number`, and a column of texts for each name, in which each distinct text is stored once for each part.
    """
    import pyarrow as pa

    here = [name for name in dict.fromkeys(names) if name in block.columns]
    numbers = pa.array(printed_numbers(block), pa.int64())
    columns = _of_large(block, here) if isinstance(block.sheet, LargeSheet) else _of_any(block, here)
    empty = pa.DictionaryArray.from_arrays(pa.array([0] * len(numbers), pa.int8()), pa.array([""]))
    return pa.table(
        {ROW_NUMBER: numbers, **{name: columns.get(name, empty) for name in dict.fromkeys(names)}}
    )


def distinct_texts(rows: pa.Table, name: str) -> list[str]:
    """Distinct texts of a column of `row_texts`, without spaces around them; some may be of no row."""
    found: dict[str, None] = {}
    for chunk in rows[name].chunks:
        found.update((text.strip(), None) for text in chunk.dictionary.to_pylist())
    return list(found)


def _of_large(block: Block, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    sheet = block.sheet
    assert isinstance(sheet, LargeSheet)
    read = sheet.texts([block.columns[name] for name in names]).slice(block.header_row + 1)
    return {name: read.column(at) for at, name in enumerate(names)}


def _of_any(block: Block, names: Sequence[str]) -> dict[str, pa.DictionaryArray]:
    import pyarrow as pa

    found = {}
    for name in names:
        column = block.sheet.column(block.columns[name])
        texts = pa.array([as_printed(value) for value in column.values], pa.string())
        found[name] = pa.DictionaryArray.from_arrays(pa.array(column.codes_of(block.rows)), texts)
    return found
