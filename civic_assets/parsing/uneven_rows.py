"""Rows of a delimited file that have too many or too few cells for their header.

Belongs here: finding them, and the message that names line and cell. Does not belong here: splitting lines into cells
(`delimited`), and what follows for a release (rule R-09).

A number with an unquoted thousands separator (`1,678`) becomes two cells: every figure after it is one column too far
to the right, and each of them is a plausible number. A lost cell shifts figures to the left in the same way. Which cell
it was cannot be determined, so nothing in the row may be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from civic_assets.contracts.model import Table
from civic_assets.house_numbers.listing import ROWS_NAMED
from civic_assets.parsing.blocks import table_label
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.readers.grid import Sheet, column_letters
from civic_assets.values.cells import CellValue, plain

# Two neighbouring cells that may be one number: `1` and `678`.
_HEAD, _TAIL = re.compile(r"[-+]?[0-9]{1,3}"), re.compile(r"[0-9]{3}(?:\.[0-9]+)?")


def uneven_rows(table: Table, sheet: Sheet, header_row: int, rows: Sequence[int]) -> Drift | None:
    """Data rows whose number of cells differs from the header's, as one difference from the contract.

    A column without a header that is empty in every row (a delimiter at the end of each line) does not count, nor does
    a row with a single cell, which is a note.

    Args:
        table: Description of the table in the contract.
        sheet: Sheet that holds the table.
        header_row: Row of the column labels, 0-based.
        rows: Data rows, 0-based.

    Returns:
        The difference, or None; always None for sheets of workbooks, whose cells have their own addresses.
    """
    if sheet.line_numbers is None or not rows:
        return None
    wanted = _filled(sheet.rows[header_row])
    if sheet.widths is None:
        uneven = [row for row in rows if _beyond(sheet, row, wanted)] if wanted < sheet.width else []
        widths = {row: _filled(sheet.rows[row]) for row in uneven}
    else:
        own = sheet.widths
        # If all lines end with one delimiter more, or one fewer, than the header, that is how the program wrote them.
        usual = {own[row] for row in rows if own[row] > 1}
        even = usual.pop() if len(usual) == 1 else own[header_row]
        uneven = [row for row in rows if (own[row] != even and own[row] > 1) or _beyond(sheet, row, wanted)]
        if not uneven and even < wanted:
            uneven = [row for row in rows if own[row] > 1]
        widths = {row: own[row] for row in uneven}
    if not uneven:
        return None
    first = uneven[0]
    line = f"L{sheet.line_numbers[first]}"
    number, where = _split_number(sheet, first, header_row) if widths[first] > wanted else ("", "")
    guess = (
        f" {where} may be the first half of {number}, an unquoted number with a thousands separator."
        if number
        else ""
    )
    message = (
        f"{line} has {widths[first]} cells, and the header of {table_label(table)} "
        f"(L{sheet.line_numbers[header_row]}) has {wanted}: which figure belongs to which column is "
        f"unknown.{guess}{_others(sheet.line_numbers, uneven[1:])} Download the file again, or ask the publisher to "
        "correct it."
    )
    return Drift(DriftKind.UNEVEN_ROW, table.name, "", where or line, message)


def _others(lines: Sequence[int], rows: Sequence[int]) -> str:
    """A sentence about further rows of this kind; empty if there are none."""
    listed = ", ".join(f"L{lines[row]}" for row in rows[:ROWS_NAMED])
    if len(rows) > ROWS_NAMED:
        listed += ", ..."
    return f" The same applies to {len(rows):,} more row{'s'[: len(rows) > 1]} ({listed})." if rows else ""


def _filled(cells: Sequence[CellValue]) -> int:
    """Number of cells up to the last one that is not blank."""
    return next((i for i in range(len(cells), 0, -1) if not _blank(cells[i - 1])), 0)


def _blank(cell: CellValue) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _beyond(sheet: Sheet, row: int, wanted: int) -> bool:
    """Whether the row has a cell to the right of the last header."""
    return any(not _blank(cell) for cell in sheet.rows[row][wanted:])


def _split_number(sheet: Sheet, row: int, header_row: int) -> tuple[str, str]:
    """The number that two neighbouring cells may form, and the address of the first; empty if not unique."""
    places = [
        (column, f"{head},{tail}")
        for column, (head, tail) in enumerate(pairwise(sheet.rows[row]))
        if isinstance(head, str) and isinstance(tail, str) and _HEAD.fullmatch(head) and _TAIL.fullmatch(tail)
    ]
    if len(places) != 1:
        return "", ""
    ((column, number),) = places
    header = plain(str(sheet.rows[header_row][column])) or column_letters(column)
    return number, sheet.locator(row, column, header)
