"""A small fixture in the layout of a file that was shown: its headers and a few of its rows, with invented numbers.

Belongs here: choosing the rows, inventing the numbers, and writing the file in its format. Does not belong here: the
contract (`contract_text`).
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from io import BytesIO, StringIO

from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.scaffold.roles import Roles
from civic_assets.scaffold.table import ShownColumn, ShownTable
from civic_assets.values.cells import parse_number

# Rows of a fixture: a few areas and periods, with all groups of each.
_ROWS, _AREAS, _PERIODS = 24, 3, 2
_NOTICE = f"{SYNTHETIC_MARK} - the layout is the publisher's; the numbers are invented"
_SEED = 20_240_401


def _rows(table: ShownTable, roles: Roles, places: Sequence[int]) -> list[list[str]]:
    """Title, headers and rows of the fixture; each number is invented, and marks of the file stay where they are."""
    invent = random.Random(_SEED)
    figures = {column.position for column in roles.figures}
    width = max(column.position for column in table.columns) + 1
    rows = []
    for place in places:
        row = [""] * width
        for column in table.columns:
            text = column.texts[place]
            row[column.position] = _invented(column, text, invent) if column.position in figures else text
        rows.append(row)
    headers = [""] * width
    for column in table.columns:
        headers[column.position] = column.header
    return [*_preamble(table, width), headers, *rows]


def _preamble(table: ShownTable, width: int) -> list[list[str]]:
    """The title, and the notice that the figures are synthetic; above the headers, where the file has its title."""
    texts = [table.title, _NOTICE] if table.title and SYNTHETIC_MARK not in table.title else [_NOTICE]
    return [[text, *[""] * (width - 1)] for text in texts]


def _chosen(table: ShownTable, roles: Roles) -> list[int]:
    """Rows of a few areas and periods, and the first row with each mark of each column."""
    areas = [column for level in roles.areas for column in (level.code, level.name) if column]
    kept_areas = _first_of(areas, len(table.rows), _AREAS)
    periods = [roles.period.column] if roles.period else []
    kept_periods = _last_of(periods, len(table.rows), _PERIODS)
    marked = {column.texts.index(mark) for column in roles.figures for mark in column.marks}
    chosen = [
        place
        for place in range(len(table.rows))
        if _of(areas, place) in kept_areas and _of(periods, place) in kept_periods
    ]
    return sorted({*chosen[:_ROWS], *marked})


def _of(columns: Sequence[ShownColumn], place: int) -> tuple[str, ...]:
    return tuple(column.texts[place] for column in columns)


def _first_of(columns: Sequence[ShownColumn], size: int, number: int) -> set[tuple[str, ...]]:
    return set(list(dict.fromkeys(_of(columns, place) for place in range(size)))[:number])


def _last_of(columns: Sequence[ShownColumn], size: int, number: int) -> set[tuple[str, ...]]:
    return set(sorted({_of(columns, place) for place in range(size)})[-number:])


def _invented(column: ShownColumn, text: str, invent: random.Random) -> str:
    number = parse_number(text)
    if number is None:
        return text
    decimals = len(text.rstrip("%").partition(".")[2])
    most = max(abs(number) * 2, 20.0)
    shown = f"{invent.uniform(most / 4, most):,.{decimals}f}"
    return f"{shown if ',' in text else shown.replace(',', '')}{'%' if text.endswith('%') else ''}"


def fixture_file(table: ShownTable, roles: Roles) -> tuple[str, bytes, list[int]]:
    """Ending and bytes of the fixture, and which of the rows that were looked at it has.

    A workbook is written as xlsx, whichever kind the file is, with the one sheet that is described. Records of a JSON
    document are written as a delimited file, in which a notice can be put above them.
    """
    places = _chosen(table, roles)
    rows = _rows(table, roles, places)
    if table.grid.format in ("csv", "json"):
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return "csv", text.getvalue().encode(), places
    return "xlsx", _workbook(table, roles, rows), places


def _workbook(table: ShownTable, roles: Roles, rows: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.sheet.name.strip() or "Sheet1")
    figures = {column.position for column in roles.figures}
    for row in rows:
        numbers = (parse_number(text) if at in figures else None for at, text in enumerate(row))
        sheet.append([text if number is None else number for text, number in zip(row, numbers, strict=True)])
    written = BytesIO()
    book.save(written)
    return written.getvalue()
