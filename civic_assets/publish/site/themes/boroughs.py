"""The tables of a theme: the boroughs of London, and larger areas next to them.

Belongs here: choosing the figures of each column, and the tables as HTML. Does not belong here: single figures
(`civic_assets.publish.site.measures.tables`).

A column is the newest figures of a measure in one unit. If several sources print it for boroughs, it is the one with
the newest period, and among those the one with figures of most boroughs. A measure that nobody publishes for boroughs
is in the second table only, with the police forces of London, London and England.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from civic_assets.publish.site.addresses import area_page, measure_page
from civic_assets.publish.site.areas.figures import Figures
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.measures.figure_rows import Cell
from civic_assets.publish.site.measures.layout import Table
from civic_assets.publish.site.measures.tables import figure_html, heading
from civic_assets.publish.site.start.choosing import LONDON, places_of_boroughs
from civic_assets.publish.site.titles import sentence_start

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ENGLAND = "E92000001"
LARGER = ("E23000001", "E23000034", LONDON, ENGLAND)
"""The two police forces of London, London, and England: the rows of the second table, in this order."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        measure: Name of the measure.
        unit: Unit of the figures.
        cells: Figures by code of the area, with the table of the measure's page to which each belongs.
    """

    measure: str
    unit: str
    cells: Mapping[str, tuple[Cell, Table]]

    @property
    def periods(self) -> list[str]:
        """Its periods in words."""
        return list(
            dict.fromkeys(period_name(cell.period_start, cell.period_end) for cell, _ in self.cells.values())
        )


def columns_of(
    connection: DuckDBPyConnection, wanted: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[Column, Column]]:
    """For each measure and unit, the column of boroughs and that of larger areas; either may have no figures.

    Args:
        connection: Connection to the read model, after `create_figures`.
        wanted: Measures and units.
    """
    boroughs = {code for code, _, _ in places_of_boroughs()}
    fields = ", ".join(Cell._fields)
    rows = connection.execute(
        f"""SELECT page, family, source, kind, {fields} FROM site_measure_figures
        WHERE class = '' AND part <> 'base' AND page IN (SELECT unnest($1::VARCHAR[]))
          AND area_code IN (SELECT unnest($2::VARCHAR[]))
        ORDER BY page, unit, family = 'printed' DESC, family, source, area_code, period_end, locators""",
        [sorted({measure for measure, _ in wanted}), sorted({*boroughs, *LARGER})],
    ).fetchall()
    series: dict[tuple[str, str, bool], dict[tuple[str, str], dict[str, tuple[Cell, Table]]]] = {}
    for page, family, source, kind, *values in rows:
        cell = Cell(*values)
        place = (page, cell.unit, cell.area_code in boroughs)
        table = Table(page, family, source, kind, "", (), ())
        series.setdefault(place, {}).setdefault((family, source), {})[cell.area_code] = (cell, table)
    return {
        one: (_column(one, series.get((*one, True), {})), _column(one, series.get((*one, False), {})))
        for one in wanted
    }


def _column(
    one: tuple[str, str], series: Mapping[tuple[str, str], Mapping[str, tuple[Cell, Table]]]
) -> Column:
    """The series with the newest period, then with most areas, then the first by family and name."""
    chosen: Mapping[str, tuple[Cell, Table]] = {}
    best: tuple[object, ...] | None = None
    for cells in series.values():
        order = (max(cell.period_end for cell, _ in cells.values()), len(cells))
        if best is None or order > best:
            chosen, best = cells, order
    return Column(*one, chosen)


def table_html(
    columns: Sequence[Column],
    areas: Sequence[tuple[str, str]],
    caption: str,
    name: str,
    units: Mapping[str, str],
    titles: Mapping[str, str],
    figures: Figures,
) -> str:
    """A table as HTML; empty without columns.

    Args:
        columns: Its columns; those without figures are left out.
        areas: Code and name of its rows, in order.
        caption: Its caption, as text.
        name: Id of the caption.
        units: What one of each measure is.
        titles: Titles of measures with a page.
        figures: Figures of the page.
    """
    drawn = [column for column in columns if column.cells]
    if not drawn:
        return ""
    heads = ['<th scope="col" data-sort="text">Area</th>']
    # No heading links to its measure: a script makes a button of each. The list above the table has the links.
    for column in drawn:
        title = escape(titles.get(column.measure, column.measure))
        unit = heading(column.unit, units.get(column.measure, ""))
        period = ", ".join(column.periods) if len(column.periods) < 3 else "several periods"
        heads.append(
            f'<th scope="col" class="n" data-sort="number">{title}<span class="unit">{escape(unit)}</span>'
            f'<span class="unit">{escape(sentence_start(period))}</span></th>'
        )
    rows = []
    for code, words in areas:
        cells = []
        for column in drawn:
            if code in column.cells:
                cells.append(f'<td class="n">{figure_html(*column.cells[code], figures)}</td>')
            else:
                cells.append('<td class="n"><span class="absent">no figure</span></td>')
        rows.append(
            f'<tr><th scope="row"><a href="{figures.root}{area_page(code)}">{escape(words)}</a></th>'
            f"{''.join(cells)}</tr>"
        )
    mark = ' <strong class="synthetic">SYNTHETIC</strong>' if synthetic(drawn) else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}"><table class="figures sortable">'
        f'<caption id="{name}">{escape(caption)}{mark}</caption><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def synthetic(columns: Sequence[Column]) -> bool:
    """Whether any figure is made up."""
    return any(cell.synthetic for column in columns for cell, _ in column.cells.values())


def absent(
    columns: Sequence[tuple[Column, Column]], titles: Mapping[str, str]
) -> list[tuple[str, str, bool]]:
    """Measures without figures of boroughs: title, address (if there is a page), and whether larger areas have any."""
    found: dict[str, tuple[str, str, bool]] = {}
    for own, larger in columns:
        if not own.cells:
            name = own.measure
            found[name] = (
                titles.get(name, sentence_start(name.replace("_", " "))),
                measure_page(name) if name in titles else "",
                bool(larger.cells) or (name in found and found[name][2]),
            )
    return list(found.values())
