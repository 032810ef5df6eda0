"""Files of every source, and what is left of them when something is taken away.

Belongs here: the inputs that ship and the fixtures as grids (small: the first rows of each sheet), and every way of
taking a column, a row or a block of rows away. Does not belong here: what should be said of them (the tests).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.releases import report, sample

# A header is in the first rows; this number of a workbook's rows is kept.
_TOP, _ROWS = 12, 40
_BLOCKS = 4
_OF_A_WORKBOOK = 12


@dataclass(frozen=True)
class Damaged:
    """A file with something taken away.

    Args:
        name: Name of the file.
        what: What was taken away; empty for the whole file.
        header: Header of the column that was taken away, as printed in its header row.
    """

    name: str
    what: str
    grid: Grid
    header: str = ""


def fixtures() -> list[Path]:
    """Every fixture that is a release of a source."""
    return [
        folder / name
        for folder in sorted(FIXTURES.iterdir())
        if (folder / "expected.yaml").is_file()
        for name in yaml.safe_load((folder / "expected.yaml").read_text())
    ]


def whole_files() -> Iterator[tuple[str, Grid]]:
    """Name and grid of a file or more of every source; long sheets are cut."""
    yield "sample", cut(sample())
    yield "report", report()
    for path in fixtures():
        yield f"{path.parent.name}/{path.name}", cut(read_grid(path))


def cut(grid: Grid, rows: int = _ROWS) -> Grid:
    """The first rows of each sheet."""
    return replace(
        grid, sheets=[_kept(sheet, list(range(min(rows, len(sheet.rows))))) for sheet in grid.sheets]
    )


def _kept(sheet: Sheet, rows: Sequence[int], columns: Sequence[int] | None = None) -> Sheet:
    lines: list[list[CellValue]] = [list(sheet.rows[row]) for row in rows]
    if columns is not None:
        lines = [[line[column] for column in columns] for line in lines]
    numbers = [sheet.line_numbers[row] for row in rows] if sheet.line_numbers is not None else None
    return Sheet(sheet.name, lines, sheet.hidden, (), numbers, records=sheet.records)


def damaged(name: str, grid: Grid) -> Iterator[Damaged]:
    """The file without each of its columns, first rows and blocks of rows in turn, and without all rows but the first.

    Of a workbook also without each sheet, and each sheet by itself.
    """
    yield Damaged(name, "", grid)
    for at, sheet in enumerate(grid.sheets):
        if len(grid.sheets) > 1:
            rest = [other for other in grid.sheets if other is not sheet]
            yield Damaged(name, f"without sheet {sheet.name!r}", replace(grid, sheets=rest))
            yield Damaged(name, f"sheet {sheet.name!r} alone", replace(grid, sheets=[sheet]))
        for number, (what, changed, header) in enumerate(_parts(sheet)):
            # The sheets of a workbook are much alike: of each, other columns and rows are taken away.
            if len(grid.sheets) > 1 and (number + at) % _OF_A_WORKBOOK:
                continue
            sheets = [*grid.sheets[:at], changed, *grid.sheets[at + 1 :]]
            yield Damaged(name, f"{sheet.name}: without {what}", replace(grid, sheets=sheets), header)


def _parts(sheet: Sheet) -> Iterator[tuple[str, Sheet, str]]:
    rows, columns = list(range(len(sheet.rows))), list(range(sheet.width))
    header = max(
        rows[:_TOP], key=lambda row: sum(isinstance(c, str) and c != "" for c in sheet.rows[row]), default=0
    )
    for column in columns:
        printed = str(sheet.rows[header][column]) if rows else ""
        yield f"column {column}", _kept(sheet, rows, [c for c in columns if c != column]), printed
    for row in rows[:_TOP]:
        yield f"row {row}", _kept(sheet, [r for r in rows if r != row]), ""
    size = max(1, len(rows) // _BLOCKS)
    for first in range(0, len(rows), size):
        block = range(first, first + size)
        yield f"rows {first} to {first + size}", _kept(sheet, [r for r in rows if r not in block]), ""
    yield "all rows but the first", _kept(sheet, rows[:1]), ""
    yield "any row", _kept(sheet, []), ""
