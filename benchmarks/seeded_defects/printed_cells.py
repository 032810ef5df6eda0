"""A release's printed cells by place: figures, keys, and grids with other values.

Belongs here: finding cells to damage, and grids with damaged cells. Does not belong here: the kinds of damage
(`cell_defects`, `table_defects`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from benchmarks.seeded_defects.good_releases import Good
from civic_assets.parsing.blocks import Block
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue, as_printed


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell of a grid, 0-based."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell of a table.

    Args:
        table: Table of the contract.
        column: Name of the contract's column.
        value: Value as stored.
        locator: Address as in findings.
    """

    place: Place
    table: str
    column: str
    value: CellValue
    locator: str

    @property
    def number(self) -> float:
        """Its value; NaN if it is not a number."""
        try:
            return float(self.text.replace(",", ""))
        except ValueError:
            return math.nan

    @property
    def text(self) -> str:
        """As printed."""
        return as_printed(self.value).strip()

    def written(self, text: str) -> CellValue:
        """Another number as this cell would store it: a number in a workbook, text in a delimited file."""
        return text if isinstance(self.value, str) else float(text)


class Cells:
    """All cells of a release's tables."""

    def __init__(self, good: Good) -> None:
        self.good = good
        self.blocks: Mapping[str, Block] = {
            name: block for name, block in good.found.blocks.items() if block.figures() and block.rows
        }

    def column(self, table: str, name: str) -> list[Cell]:
        """Cells of a column from top to bottom."""
        block = self.blocks[table]
        at = block.columns[name]
        return [
            Cell(Place(block.sheet.name, row, at), table, name, value, locator)
            for row, value, locator in zip(block.rows, block.cells(name), block.locators(name), strict=True)
        ]

    def row(self, table: str, row: int) -> list[Cell]:
        """Figures of a row of the sheet, from left to right."""
        block = self.blocks[table]
        cells = [
            Cell(
                Place(block.sheet.name, row, at),
                table,
                name,
                block.sheet.rows[row][at],
                block.sheet.locator(row, at, block.header(name).strip()),
            )
            for name, _ in block.figures()
            for at in [block.columns[name]]
        ]
        return sorted(cells, key=lambda cell: cell.place)

    @cached_property
    def figures(self) -> list[Cell]:
        """Every cell in a column of figures, numbers and symbols."""
        return [
            cell
            for table, block in self.blocks.items()
            for name, _ in block.figures()
            for cell in self.column(table, name)
        ]

    @cached_property
    def numbers(self) -> list[Cell]:
        """Figures that are numbers other than 0."""
        return [cell for cell in self.figures if not math.isnan(cell.number) and cell.number != 0]

    def keys(self, ending: str) -> Iterator[tuple[str, str]]:
        """Tables and their key columns whose name has this ending."""
        for table, block in self.blocks.items():
            for column in block.table.keys:
                if column.name.endswith(ending) and column.name in block.columns:
                    yield table, column.name


def with_cells(grid: Grid, cells: Mapping[Place, CellValue]) -> Grid:
    """The grid with other values in some cells."""
    rows: dict[str, list[list[CellValue]]] = {}
    for place, value in cells.items():
        if place.sheet not in rows:
            rows[place.sheet] = list(_sheet(grid, place.sheet).rows)
        line = list(rows[place.sheet][place.row])
        line[place.column] = value
        rows[place.sheet][place.row] = line
    sheets = [replace(s, rows=rows[s.name]) if s.name in rows else s for s in grid.sheets]
    return replace(grid, sheets=sheets)


def with_rows(grid: Grid, sheet: str, rows: Sequence[Sequence[CellValue]]) -> Grid:
    """The grid with other rows in one sheet, numbered again."""

    def changed(old: Sheet) -> Sheet:
        numbers = None if old.line_numbers is None else list(range(1, len(rows) + 1))
        return replace(old, rows=[list(row) for row in rows], line_numbers=numbers)

    return replace(grid, sheets=[changed(s) if s.name == sheet else s for s in grid.sheets])


def _sheet(grid: Grid, name: str) -> Sheet:
    return next(sheet for sheet in grid.sheets if sheet.name == name)
