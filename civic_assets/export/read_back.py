"""An exported workbook read again, with the reader that reads publishers' files.

Belongs here: from the sheets of a workbook to figures with value, status and quality. Does not belong here: the form of
the workbook (`tables`, `workbook`), and cells (`civic_assets.readers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.export.shorthand import status_of_cell, symbol
from civic_assets.export.tables import CORRECTED, FIGURE, HEADERS, NOT_CORRECTED, QUALITY, STATUS, VALUE
from civic_assets.export.workbook import CONTENTS
from civic_assets.harmonise.figures.names import FigureName, figure_name
from civic_assets.readers.grid import Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue, as_printed, label

_CONTENTS_HEADER = "Sheet name"


@dataclass(frozen=True, slots=True)
class ReadFigure:
    """A figure of a workbook.

    Args:
        name: Its full name, with the release.
        value: Its value; None if the workbook has a symbol in its place.
        corrected: Value that a decision puts in its place; None if there is none.
        status: Why the value is absent or special; None for an ordinary figure.
        quality: `ok`, `disputed` or `withheld`.
        locator: Its cell in the workbook.
    """

    name: FigureName
    value: float | None
    corrected: float | None
    status: str | None
    quality: str
    locator: str


def read_export(path: Path) -> list[ReadFigure]:
    """The figures of an exported workbook, in its order.

    Args:
        path: The workbook.

    Raises:
        FileRefused: It is not such a workbook, or a cell of it was changed so that value and status do not fit.
    """
    grid = read_grid(path)
    sheets = {sheet.name: sheet for sheet in grid.sheets}
    if CONTENTS not in sheets:
        raise FileRefused(path, f"has no sheet {CONTENTS!r}, so civic-assets export did not write it.")
    listed = sheets[CONTENTS]
    start = _header_row(path, listed, (_CONTENTS_HEADER,))
    names = [as_printed(row[0]) for row in listed.rows[start + 1 :]]
    missing = [name for name in names if name not in sheets]
    if missing:
        raise FileRefused(path, f"has no sheet {missing[0]!r}, which its contents list. Export it again.")
    figures: list[ReadFigure] = []
    for name in names:
        figures += _figures(path, sheets[name])
    return figures


def _header_row(path: Path, sheet: Sheet, headers: tuple[str, ...]) -> int:
    """The row that has all headers; a header may have a note under it."""
    wanted = {label(header) for header in headers}
    for at, row in enumerate(sheet.rows):
        if wanted <= {label(cell) for cell in row if isinstance(cell, str)}:
            return at
    raise FileRefused(
        path, f"has no table on the sheet {sheet.name!r} with the columns {', '.join(headers)}."
    )


def _figures(path: Path, sheet: Sheet) -> list[ReadFigure]:
    start = _header_row(path, sheet, HEADERS)
    place = {label(cell): at for at, cell in enumerate(sheet.rows[start]) if isinstance(cell, str)}
    figures = []
    for number, row in enumerate(sheet.rows[start + 1 :], start=start + 1):
        where = sheet.locator(number, place[label(VALUE)])
        status = status_of_cell(as_printed(row[place[label(STATUS)]]))
        corrected = row[place[label(CORRECTED)]] if label(CORRECTED) in place else NOT_CORRECTED
        figures.append(
            ReadFigure(
                name=figure_name(as_printed(row[place[label(FIGURE)]])),
                value=_number(path, where, row[place[label(VALUE)]], symbol(status)),
                corrected=_number(path, where, corrected, NOT_CORRECTED),
                status=status,
                quality=as_printed(row[place[label(QUALITY)]]),
                locator=where,
            )
        )
    return figures


def _number(path: Path, where: str, cell: CellValue, absent: str) -> float | None:
    """A number, or None for the one symbol that may be there instead."""
    if isinstance(cell, float):
        return cell
    if cell == absent:
        return None
    raise FileRefused(path, f"{where} has {as_printed(cell)!r}, where a number or {absent} is expected.")
