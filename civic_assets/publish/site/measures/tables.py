"""Tables of a measure as HTML: every area of a kind, by name, with a link from each figure to its evidence.

Belongs here: rows, headings and captions. Does not belong here: single figures
(`civic_assets.publish.site.areas.figures`) and the order of tables (`layout`).

A figure that was read from one cell leads to it. One that was made here leads to the page of its area, which lists the
cells that it was made of, and one of a ward to all figures of the ward in the release.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.report.links import source_page
from civic_assets.publish.site.addresses import area_page
from civic_assets.publish.site.areas.figures import Figures, shown
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.which_areas import kinds_words
from civic_assets.publish.site.evidence.word_tables import group_words, unit_words
from civic_assets.publish.site.measures.figure_rows import Cell, all_cells
from civic_assets.publish.site.measures.figures_tables import TOO_FEW
from civic_assets.publish.site.measures.layout import Slice, Table
from civic_assets.publish.site.titles import sentence_start

_TOO_FEW = f'<span class="absent">fewer than {FEWEST_EVENTS} offences, so no rate is shown</span>'
_NO_FIGURE = '<span class="absent">no figure</span>'


def title_of_table(table: Table) -> str:
    """Kind of area and class: `London boroughs`, `Wards: theft, shoplifting`."""
    kind = sentence_start(kinds_words(table.kind))
    return f"{kind}: {class_words(table.of_class)}" if table.of_class else kind


def class_words(of_class: str) -> str:
    """A class in words, within a sentence."""
    words = group_words(of_class)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def table_html(part: Slice, areas: Sequence[Sequence[Cell]], counted: str, figures: Figures) -> str:
    """A table, or the rows of one that are on this page.

    Args:
        part: What is shown of which table.
        areas: Cells of all its areas, in order.
        counted: What one of the measure is: `offences`.
        figures: Figures of the page.
    """
    table = part.table
    columns = list(dict.fromkeys(cell.column for cell in all_cells(areas)))
    columns.sort(key=_place)
    periods = {column: _periods(areas, column) for column in columns}
    by_row = any(len(some) > 1 for some in periods.values())
    shared = len({period for some in periods.values() for period in some}) == 1
    kinds = len({kind for _, kind in columns}) > 1
    heads = ['<th scope="col" data-sort="text">Area</th>']
    for column in columns:
        words = heading(column[0], counted)
        if not by_row and not shared:
            words += f", {periods[column][0]}"
        elif kinds:
            words += f", {column[1].replace('_', ' ')}"
        heads.append(f'<th scope="col" class="n" data-sort="number">{escape(words)}</th>')
    if by_row:
        heads.append('<th scope="col" data-sort="text">Period</th>')
    rows = [
        _row(cells, columns, table, figures, by_row=by_row)
        for cells in areas[part.first : part.last]
    ]  # fmt: skip
    caption = f"{table.anchor}-caption"
    period = "" if by_row or not shared else f"{sentence_start(periods[columns[0]][0])}. "
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{caption}">'
        f'<table class="figures sortable"><caption id="{caption}">{_caption(part, areas, period, figures)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def heading(unit: str, counted: str) -> str:
    """What a column of figures is: `Number of offences`, `Per 1,000 population`."""
    if unit in ("count", "number"):
        return f"Number of {counted}" if counted else "Number"
    if unit == "base":
        return "Out of"
    return "Per cent" if unit == "percent" else sentence_start(unit_words(unit))


def _place(column: tuple[str, str]) -> tuple[bool, bool, str, str]:
    return column[0] == "base", column[0] not in ("count", "rate"), column[0], column[1]


def _periods(areas: Sequence[Sequence[Cell]], column: tuple[str, str]) -> list[str]:
    """Periods of a column in words."""
    return list(
        dict.fromkeys(
            period_name(cell.period_start, cell.period_end)
            for cell in all_cells(areas)
            if cell.column == column
        )
    )


def _caption(part: Slice, areas: Sequence[Sequence[Cell]], period: str, figures: Figures) -> str:
    table = part.table
    words = escape(title_of_table(table))
    if not part.whole:
        first, last = areas[part.first][0].area_name, areas[part.last - 1][0].area_name
        words += f" from {escape(first)} to {escape(last)}, {part.last - part.first:,} of {len(areas):,}"
    releases = sorted({cell.release for cell in all_cells(areas) if cell.release})
    from_release = " " + escape(", ".join(releases)) if len(releases) <= 3 else ""
    made = {
        "sums": " Sums made here of the partnerships of an authority, or figures under an earlier code.",
        "wards": " Sums made here of months and classes, in the groups of ONS; where none is printed, the number is 0.",
        "indicator": " As the pages of areas show it.",
    }.get(table.family, "")
    mark = (
        ' <strong class="synthetic">SYNTHETIC</strong>'
        if any(cell.synthetic for cell in all_cells(areas))
        else ""
    )
    source = f'<a href="{figures.root}{escape(source_page(table.source))}">{escape(table.source)}</a>'
    return f"{words}. {escape(period)}From {source}{from_release}.{made} In the order of names.{mark}"


def _row(
    cells: Sequence[Cell],
    columns: Sequence[tuple[str, str]],
    table: Table,
    figures: Figures,
    *,
    by_row: bool,
) -> str:
    first = cells[0]
    own = f"{figures.root}{area_page(first.area_code)}"
    by_column: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by_column.setdefault(cell.column, []).append(cell)
    parts = [f'<tr><th scope="row"><a href="{own}">{escape(first.area_name)}</a></th>']
    for column in columns:
        found = by_column.get(column)
        if found:
            parts.append(f'<td class="n">{" ".join(figure_html(one, table, figures) for one in found)}</td>')
        else:
            parts.append(f'<td class="n">{_NO_FIGURE}</td>')
    if by_row:
        last = max((cell.period_end, cell.period_start) for cell in cells)
        parts.append(f'<td data-value="{last[0]}">{escape(period_name(last[1], last[0]))}</td>')
    parts.append("</tr>")
    return "".join(parts)


def figure_html(cell: Cell, table: Table, figures: Figures) -> str:
    """A figure with the link to its evidence, or the status in its place."""
    if cell.status == TOO_FEW:
        return _TOO_FEW
    source = cell.cell_source or table.source
    # The cells of a sum are those of partnerships or of an earlier code, which have pages of evidence of their own.
    single = table.family != "sums" and cell.locators and len(cell.locators) == 1
    one = cell.locators[0] if single and cell.locators else None
    if one is not None:
        return figures.number(
            cell.value,
            (source, cell.release, cell.cell_area or cell.area_code, [one]),
            status=cell.status,
            quality=cell.quality,
        )
    if (
        table.family == "wards"
        and cell.value is not None
        and cell.release is not None
        and cell.unit == "count"
    ):
        href = figures.link(source, cell.release, cell.area_code, "")
    else:
        href = f"{figures.root}{area_page(cell.area_code)}#{_row_of_area(cell, table)}"
    if cell.value is None and cell.low is not None and cell.high is not None:
        return (
            f'between <a class="figure" href="{escape(href)}"><data value="{cell.low!r}">{shown(cell.low)}</data></a> '
            f'and <data value="{cell.high!r}">{shown(cell.high)}</data>'
        )
    if cell.value is None:
        return figures.number(None, status=cell.status, quality=cell.quality)
    made = figures.number(cell.value, status=cell.status, quality=cell.quality)
    label = f'<data value="{cell.value!r}">{shown(cell.value)}</data>'
    # Markup.replace would escape the link.
    return str.replace(made, label, f'<a class="figure" href="{escape(href)}">{label}</a>')


def _row_of_area(cell: Cell, table: Table) -> str:
    """Row of the page of an area that shows the same figure with everything it was made of."""
    if table.family == "indicator":
        return f"row-{table.page}"
    return "ward-crime" if table.family == "wards" else f"crime-{table.page}"
