"""Columns of located tables that store each distinct cell once, for tables of a million rows.

Belongs here: a table's column as `Coded`, and addresses as one Arrow array. Does not belong here: locating the table
(`table_finder`) and what its cells mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.parsing.blocks import Block
from civic_assets.readers.grid import column_letters
from civic_assets.values.cells import CellValue, as_printed, plain
from civic_assets.values.coded import Coded

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.values.coded import Codes


def coded_cells(block: Block, name: str) -> Coded[CellValue]:
    """Cells of a column, one for each data row, each distinct cell stored once; `block.cells` in another form."""
    column = block.sheet.column(block.columns[name])
    return Coded(column.values, column.codes_of(block.rows))


def coded_texts(block: Block, name: str) -> Coded[str]:
    """A key column as plain text, each distinct cell stored once; `block.texts` in another form."""
    import numpy as np

    if name not in block.columns:
        return Coded([""], np.zeros(len(block.rows), np.int8))
    return coded_cells(block, name).map(
        lambda cell: plain(cell) if isinstance(cell, str) else as_printed(cell)
    )


def row_numbers(block: Block) -> Codes:
    """Rows of the sheet, counted from 0, that hold the table's data; shape (rows,)."""
    import numpy as np

    rows = block.rows
    return (
        np.arange(rows.start, rows.stop, rows.step) if isinstance(rows, range) else np.asarray(rows, np.int64)
    )


def printed_numbers(block: Block) -> Codes:
    """Row numbers as a person counts them: rows of the sheet from 1, or lines of a delimited file; shape (rows,)."""
    import numpy as np

    lines = block.sheet.line_numbers
    return row_numbers(block) + 1 if lines is None else np.asarray(lines, np.int64)[row_numbers(block)]


def locator(block: Block, name: str, row: int) -> str:
    """Address of one cell, as in `block.locators`; `row` is an index into the table's data rows."""
    return block.sheet.locator(block.rows[row], block.columns[name], plain(block.header(name)))


def locator_array(block: Block, name: str) -> pa.Array:
    """Addresses of a column's cells, one for each data row; `block.locators` as an Arrow array."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sheet, column = block.sheet, block.columns[name]
    if sheet.records:
        return pa.array(block.locators(name), pa.string())
    numbers = pc.cast(pa.array(printed_numbers(block)), pa.string())
    if sheet.line_numbers is None:
        return pc.binary_join_element_wise(f"{sheet.name}!{column_letters(column)}", numbers, "")
    after = f":{plain(block.header(name)) or column_letters(column)}"
    return pc.binary_join_element_wise("L", numbers, after, "")
