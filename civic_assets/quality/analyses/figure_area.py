"""What is among the figures of a table that a reader of the sheet would take for something else, or not see.

Belongs here: texts beneath merged ranges, sentences among figures, and figures in hidden rows, columns and sheets.
Does not belong here: the rule that reports them (R-05, `rules.file`), and what a cell looks like
(`readers.excel.cell_look`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, TEXTS_NAMED
from civic_assets.house_numbers.recognition import SENTENCE_WORDS, SYMBOL_LENGTH
from civic_assets.parsing.blocks import Block
from civic_assets.quality.framework.results import Finding
from civic_assets.quality.framework.wording import counted
from civic_assets.readers.grid import Ranges
from civic_assets.values.cells import CellValue, as_printed
from civic_assets.values.coded import Coded


def figure_area(block: Block) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of a table's figures."""
    columns = [block.columns[name] for name, _ in block.figures()]
    return block.header_row + 1, min(columns), max(block.rows), max(columns)


def hidden_figures(block: Block) -> Iterator[Finding]:
    """Figures that programs read and people do not see, because their row, column or sheet is hidden."""
    sheet, figures = block.sheet, sorted(block.columns[name] for name, _ in block.figures())
    name = repr(block.table.printed_name)
    if sheet.hidden:
        message = f"Table {name} is on the sheet {sheet.name!r}, which is hidden: it is read, but not seen."
        yield _hidden(message, [sheet.locator(row, figures[0]) for row in block.rows])
        return
    # Nearly no sheet has any, and a table may have a million rows.
    if not sheet.hidden_rows and not sheet.hidden_columns:
        return
    rows = [row for row in block.rows if _within(row, sheet.hidden_rows)]
    columns = [column for column in figures if _within(column, sheet.hidden_columns)]
    if rows:
        where = [sheet.locator(row, figures[0]) for row in rows]
        of = f"{counted(len(rows), 'row')} of the {len(block.rows):,} of table {name}"
        yield _hidden(_message(of, where, len(rows)), where)
    if columns:
        where = [sheet.locator(block.rows[0], column) for column in columns]
        of = f"{counted(len(columns), 'column')} of the {len(figures):,} with figures of table {name}"
        yield _hidden(_message(of, where, len(columns)), where)


def _message(of: str, where: Sequence[str], number: int) -> str:
    if number == 1:
        return (
            f"{of} is hidden (at {where[0]}): its figures are read, but readers of the sheet do not see them."
        )
    return (
        f"{of} are hidden (the first at {where[0]}): their figures are read, but readers of the sheet "
        "do not see them."
    )


def _hidden(message: str, where: Sequence[str]) -> Finding:
    advice = "Ask the publisher whether they are part of the release."
    return Finding(
        "R-05", f"{message} {advice}", where[0], list(where[:CELLS_OF_A_FINDING]), severity="warning"
    )


def _within(place: int, ranges: Ranges) -> bool:
    return any(first <= place <= last for first, last in ranges)


def beneath_merged(block: Block) -> Iterator[Finding]:
    """Cells of a table that are filled beneath a merged range: programs read them, but people cannot see them."""
    sheet, known = block.sheet, sorted(block.columns.values())
    first_row, last_row = block.header_row + 1, max(block.rows)
    hidden = [
        (row, column)
        for top, left, bottom, right in sheet.merged
        for row in range(max(top, first_row), min(bottom, last_row) + 1)
        for column in known
        if left <= column <= right and (row, column) != (top, left) and sheet.rows[row][column] != ""
    ]
    for row, column in hidden[:TEXTS_NAMED]:
        where, text = sheet.locator(row, column), as_printed(sheet.rows[row][column])
        more = len(hidden) - TEXTS_NAMED
        others = f" {more} more cells do the same." if more > 0 and (row, column) == hidden[0] else ""
        message = (
            f"{where} holds {text!r} beneath a merged range of table {block.table.printed_name!r}: it is read, but "
            f"cannot be seen in the sheet.{others}"
        )
        yield Finding("R-05", message, where, severity="warning", observed=text)


def sentences_among(cells: Coded[CellValue]) -> Iterator[tuple[int, str]]:
    """Place and text of cells that hold a sentence; each different cell is looked at once."""
    sentences = cells.map(
        lambda cell: (
            isinstance(cell, str) and len(cell) > SYMBOL_LENGTH and len(cell.split()) > SENTENCE_WORDS
        )
    )
    if any(sentences.values):
        yield from ((row, str(cells[row])) for row, is_one in enumerate(sentences) if is_one)
