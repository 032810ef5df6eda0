"""The figures of some pages of measures, from the read model.

Belongs here: loading them, by table and area. Does not belong here: finding them (`figures_tables`), and HTML
(`tables`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.site.measures.layout import Table


class Cell(NamedTuple):
    """A figure of a table; its columns are those of `figures_tables.create_figures`."""

    area_code: str
    area_name: str
    unit: str
    part: str
    period_kind: str
    period_start: date
    period_end: date
    value: float | None
    low: float | None
    high: float | None
    status: str | None
    quality: str
    release: str | None
    locators: Sequence[str] | None
    synthetic: bool
    cell_area: str | None
    cell_source: str | None

    @property
    def column(self) -> tuple[str, str]:
        """The column of its table: what it counts, and the kind of its period."""
        return self.part or self.unit, self.period_kind


Figures = Mapping[tuple[str, str, str, str, str], Sequence[Sequence[Cell]]]
"""Cells of each area in order, by the page, family, source, kind and class of a table."""


def load_figures(connection: DuckDBPyConnection, pages: Sequence[str]) -> Figures:
    """The figures of some pages.

    Args:
        connection: Connection to the read model, after `create_figures`.
        pages: Names of measures.
    """
    columns = ", ".join(Cell._fields)
    rows = connection.execute(
        f"""SELECT page, family, source, kind, class, {columns} FROM site_measure_figures
        WHERE page IN (SELECT unnest($1::VARCHAR[]))
        ORDER BY page, family, source, kind, class, place, area_code, unit = 'count' DESC, part DESC, unit,
            period_kind, period_end, locators, release""",
        [list(pages)],
    ).fetchall()
    found: dict[tuple[str, str, str, str, str], list[list[Cell]]] = {}
    for row in rows:
        areas = found.setdefault(row[:5], [])
        cell = Cell(*row[5:])
        if not areas or areas[-1][0].area_code != cell.area_code:
            areas.append([])
        areas[-1].append(cell)
    return found


def cells_of(figures: Figures, table: Table) -> Sequence[Sequence[Cell]]:
    """The cells of each area of a table, in order."""
    return figures.get((table.page, table.family, table.source, table.kind, table.of_class), ())


def all_cells(areas: Sequence[Sequence[Cell]]) -> Iterator[Cell]:
    """All cells of a table."""
    for cells in areas:
        yield from cells
