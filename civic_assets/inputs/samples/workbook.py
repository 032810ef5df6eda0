"""One edition of the Community Safety Partnership tables, as a workbook in the publisher's layout.

Belongs here: rows of figures with their symbols, number formats, and the file. Does not belong here: the text around
them (`layout`), which editions exist (`ons_csp`), and the counts (`figures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from civic_assets.inputs.samples.areas import CITY_OF_LONDON, forces
from civic_assets.inputs.samples.figures import MEASURES, Counts, Residents, quarter_of, residents_of, year_of
from civic_assets.inputs.samples.layout import (
    SYNTHETIC_NOTICE,
    Edition,
    Role,
    front_sheets,
    header_cells,
    preamble,
)

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format

Cell: TypeAlias = str | int | float

# The publisher prints `[u]` where the earlier count is under 50.
_SMALL_BASE = 50
# A fixed date in the workbook's properties makes the bytes the same on every run.
_CREATED = datetime(2023, 1, 26, 9, 30)


@dataclass(frozen=True, slots=True)
class _Line:
    """One area row: its six key cells, and its figures (None if the publisher leaves them blank)."""

    keys: tuple[str, ...]
    current: Counts | None
    previous: Counts | None
    residents: Residents | None
    is_unassigned: bool = False


def _lines(edition: Edition) -> list[_Line]:
    """Rows of every table of an edition, in the publisher's order: a force's total, then its places."""
    quarter = quarter_of(edition.year, edition.month)
    lines: list[_Line] = []
    for force in forces():
        groups = [(place,) for place in force.places]
        for places in [force.places, *groups] if force.has_total_row else groups:
            one = places[0] if len(places) == 1 else None
            is_blank = all(place.is_empty for place in places)
            lines.append(
                _Line(
                    keys=(force.code, force.name, *(one.names if one else ("", "", "", ""))),
                    current=None if is_blank else year_of(places, quarter, edition.before_revision),
                    previous=None if is_blank else year_of(places, quarter - 4),
                    residents=None
                    if one and not one.has_residents
                    else residents_of(places, edition.mid_year),
                    is_unassigned=one is not None and one.is_unassigned,
                )
            )
    return lines


def _count_cells(counts: Counts | None, new_column: bool) -> list[Cell]:
    cells: list[Cell] = [""] * len(MEASURES) if counts is None else list(counts.values())
    if new_column:
        after_robbery = list(MEASURES).index("robbery") + 1
        # Robbery of personal property: a part of robbery, so that no sum of the table changes.
        cells.insert(after_robbery, "" if counts is None else counts["robbery"] * 9 // 10)
    return cells


def _change_cells(line: _Line) -> list[Cell]:
    if line.current is None or line.previous is None:
        return [""] * len(MEASURES)
    if line.is_unassigned:
        return ["[x]"] * len(MEASURES)
    return [
        "[u]" if before < _SMALL_BASE else 100 * (now - before) / before
        for now, before in zip(line.current.values(), line.previous.values(), strict=True)
    ]


def _rate_cells(line: _Line) -> list[Cell]:
    """Population and households rounded to 100, then rates over the unrounded denominators."""
    width = len(MEASURES) + 1
    if line.residents is None:
        # The publisher writes a capital X in the denominators of one row; where counts are blank, rates are too.
        mark = "[X]" if line.keys[3].startswith("Unassigned Devon") else "[x]"
        return [mark, mark, *([""] * width if line.current is None else ["[x]"] * width)]
    people, homes = line.residents.population, line.residents.households
    cells: list[Cell] = [round(people / 100) * 100, round(homes / 100) * 100]
    if line.keys[1] == CITY_OF_LONDON or line.current is None:
        return [*cells, *["[u1]"] * width]
    for measure, count in line.current.items():
        cells.append(1000 * count / people)
        if measure == "residential_burglary":
            cells.append(1000 * count / homes)
    return cells


def _table_rows(edition: Edition, role: Role, lines: list[_Line]) -> Iterator[list[Cell]]:
    for line in lines:
        keys: list[Cell] = list(line.keys)
        if role == "rates":
            if line.keys[1] == CITY_OF_LONDON:
                keys[1] = f"{CITY_OF_LONDON}[note 9]"  # attached to the force's name, as the publisher does
            yield keys + _rate_cells(line)
        elif role == "change":
            yield keys + _change_cells(line)
        else:
            counts = line.current if role == "current" else line.previous
            yield keys + _count_cells(counts, bool(edition.new_column))


def _write_text(book: xlsxwriter.Workbook, name: str, rows: Sequence[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                sheet.write(number, column, cell)
    sheet.set_column(0, 2, 40)


def _write_table(
    book: xlsxwriter.Workbook, edition: Edition, role: Role, lines: list[_Line], formats: dict[str, Format]
) -> None:
    sheet = book.add_worksheet(edition.sheets[role])
    for number, text in enumerate(preamble(edition, role)):
        sheet.write_string(number, 0, text, formats["title"] if number == 0 else None)
    if role == "previous" and edition.stray_text:
        sheet.write_string(edition.header_row - 2, 3, edition.stray_text)
    sheet.write_row(edition.header_row - 1, 0, header_cells(edition, role), formats["header"])
    figures = formats[{"change": "whole", "rates": "rate"}.get(role, "count")]
    for number, row in enumerate(_table_rows(edition, role, lines), start=edition.header_row):
        for column, cell in enumerate(row):
            if cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                is_denominator = role == "rates" and isinstance(cell, int)
                sheet.write_number(
                    number, column, cell, formats["denominator"] if is_denominator else figures
                )
    sheet.set_column(0, 5, 22)
    sheet.set_column(6, 31, 14)


def workbook_bytes(edition: Edition) -> bytes:
    """The edition as an xlsx file; the same bytes on every run.

    Args:
        edition: Layout and period of the edition.

    Returns:
        Sheets `Cover_sheet`, `Table of Contents`, `Notes - CSP`, `Table C1` and one per role, every one of
        them with `SYNTHETIC_MARK` in its first rows. Counts are whole numbers; change is in percent of the
        earlier year; rates are per 1,000 residents (residential burglary also per 1,000 households).
    """
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"title": edition.ending(), "comments": SYNTHETIC_NOTICE, "created": _CREATED})
        formats = {
            "title": book.add_format({"bold": True}),
            "header": book.add_format({"bold": True, "text_wrap": True}),
            "count": book.add_format({"num_format": "#,##0_ ;\\-#,##0\\ "}),
            "denominator": book.add_format({"num_format": "#,##0"}),
            "rate": book.add_format({"num_format": "0.0"}),
            "whole": book.add_format({"num_format": "0"}),
        }
        for name, rows in front_sheets(edition):
            _write_text(book, name, rows)
        lines = _lines(edition)
        for role in edition.sheets:
            _write_table(book, edition, role, lines, formats)
    return buffer.getvalue()
