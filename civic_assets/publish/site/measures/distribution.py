"""Charts of how the figures of a page are spread, and its data as CSV.

Belongs here: which tables share a chart. Does not belong here: drawing (`civic_assets.publish.site.charts.strips`).

Tables of one source share a chart if their figures have one unit and one period. A rate is drawn if there is one,
otherwise the number: numbers depend on the size of an area, and the page says so. A table is drawn on the page on which
it begins, with all its areas, if enough of them have a figure. What is not a place (offences without an area) is not
drawn, and neither are negative figures.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from civic_assets.house_numbers.display import STRIPS_OF_A_CHART
from civic_assets.house_numbers.statistics import FEWEST_AREAS_OF_A_KIND
from civic_assets.publish.report.links import anchor
from civic_assets.publish.site.areas.figures import shown
from civic_assets.publish.site.areas.histories import no_formula
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.which_areas import kinds_words
from civic_assets.publish.site.charts.strips import Spread, Strip, drawn
from civic_assets.publish.site.glossary.vocabulary import status_words
from civic_assets.publish.site.measures.figure_rows import Cell, Figures, all_cells, cells_of
from civic_assets.publish.site.measures.layout import Page, Table
from civic_assets.publish.site.measures.tables import class_words, heading
from civic_assets.publish.site.titles import sentence_start

NOT_PLACES = frozenset({"unassigned", "place_without_code", "unknown", "fraud_body", "street_point"})
"""Kinds of area that are not places of which several could be compared."""
_COLUMNS = (
    "kind_of_area", "class", "area_code", "area_name", "measure", "figure", "period_start", "period_end", "value",
    "value_at_least", "value_at_most", "status", "quality", "source", "release", "locators", "synthetic",
)  # fmt: skip


def charts(page: Page, rows: Figures, title: str, counted: str) -> Sequence[Mapping[str, Any]]:
    """The charts of a page, each with its summary as a table.

    Args:
        page: The page.
        rows: Figures of its measure.
        title: Title of the measure.
        counted: What one of it is.
    """
    groups: dict[tuple[object, ...], list[tuple[Table, list[Cell]]]] = {}
    for part in page.slices:
        cells = _drawn(cells_of(rows, part.table)) if part.first == 0 else []
        if cells and part.table.kind not in NOT_PLACES:
            first = cells[0]
            kind = part.table.kind if part.table.of_class else ""
            key = (
                part.table.family,
                part.table.source,
                kind,
                first.column,
                first.period_start,
                first.period_end,
            )
            groups.setdefault(key, []).append((part.table, cells))
    made: list[Mapping[str, Any]] = []
    for group in groups.values():
        for begin in range(0, len(group), STRIPS_OF_A_CHART):
            made.append(_chart(group[begin : begin + STRIPS_OF_A_CHART], title, counted, len(made) + 1))
    return made


def _drawn(areas: Sequence[Sequence[Cell]]) -> list[Cell]:
    """The cells of a table that are drawn: of one column and period; empty if they are too few."""
    columns: dict[tuple[object, ...], list[Cell]] = {}
    for cell in all_cells(areas):
        if cell.value is not None and cell.column[0] != "base":
            columns.setdefault((cell.column, cell.period_start, cell.period_end), []).append(cell)
    enough = [
        cells
        for cells in columns.values()
        if len(cells) >= FEWEST_AREAS_OF_A_KIND and min(cell.value or 0.0 for cell in cells) >= 0
    ]
    rates = [cells for cells in enough if cells[0].column[0] != "count"]
    return max(rates or enough, key=len, default=[])


def _chart(
    group: Sequence[tuple[Table, Sequence[Cell]]], title: str, counted: str, number: int
) -> Mapping[str, Any]:
    first = group[0][1][0]
    unit = heading(first.column[0], counted) if not first.part else heading(_unit_of(first), counted)
    period = period_name(first.period_start, first.period_end)
    strips = [
        Strip(_words(table, len(cells)), [cell.value for cell in cells if cell.value is not None])
        for table, cells in group
    ]
    spread = Spread(
        name=anchor("spread", str(number)),
        title=f"{title}, {unit[:1].lower()}{unit[1:]}, {period}",
        unit=unit,
        strips=strips,
        synthetic=any(cell.synthetic for _, cells in group for cell in cells),
    )
    return {
        "anchor": anchor("chart", str(number)),
        "title": _title(group[0][0], period),
        "unit": unit,
        "of_counts": first.column[0] == "count",
        "svg": Markup(drawn(spread)),
        "synthetic": spread.synthetic,
        "rows": [
            (strip.words, table.anchor, [shown(one) for one in strip.quarters])
            for strip, (table, _) in zip(strips, group, strict=True)
        ],
    }


def _unit_of(cell: Cell) -> str:
    return cell.unit if cell.part == "rate" else "count"


def _title(table: Table, period: str) -> str:
    title = f"{sentence_start(period)}, from {table.source}"
    return f"{sentence_start(kinds_words(table.kind))}. {title}" if table.of_class else title


def _words(table: Table, areas: int) -> str:
    """What a strip has: `33 London boroughs`; of a class, whose chart names the kind of area, `Arson: 32 areas`."""
    if table.of_class:
        return f"{sentence_start(class_words(table.of_class))}: {areas:,} areas"
    return f"{areas:,} {kinds_words(table.kind)}"


def as_csv(page: Page, rows: Figures) -> str:
    """The figures of the tables of a page; every figure in full, periods as their first and last day."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for part in page.slices:
        table = part.table
        for cell in all_cells(cells_of(rows, table)[part.first : part.last]):
            status = "withheld" if cell.quality == "withheld" else cell.status
            writer.writerow(
                [
                    table.kind, no_formula(table.of_class), cell.area_code, no_formula(cell.area_name), table.page,
                    f"{cell.part} ({cell.unit})" if cell.part else cell.unit, cell.period_start,
                    cell.period_end - timedelta(days=1), cell.value, cell.low, cell.high, status_words(status),
                    cell.quality, cell.cell_source or table.source, cell.release,
                    no_formula(" ".join(cell.locators or ())), "yes" if cell.synthetic else "no",
                ]
            )  # fmt: skip
    return out.getvalue()
