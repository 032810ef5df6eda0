"""Synthetic workbooks as a person reads them: independent of the project's own readers.

Belongs here: finding the tables of a sample workbook. Does not belong here: what must hold in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from civic_assets.inputs.samples.layout import Role
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets_tests import workbook_defects

TITLES: dict[Role, str] = {
    "change": "percentage change between recorded crimes",
    "rates": "recorded crime rate per 1,000 population/households",
}
TOTAL = "Total recorded crime (excluding fraud)"


@dataclass(frozen=True)
class Row:
    """A row as a person sees it: force, partnership, authority, and figures by header."""

    force_code: str
    force: str
    partnership_code: str
    partnership: str
    authority_code: str
    figures: dict[str, object]

    def number(self, header: str) -> float:
        value = self.figures[header]
        assert isinstance(value, int | float), f"{self.partnership} {header}: {value!r}"
        return value


@dataclass(frozen=True)
class Book:
    """The tables of one workbook, found by their titles."""

    tables: dict[Role, list[Row]]
    headers: dict[Role, list[str]]

    def row(self, role: Role, partnership: str) -> Row:
        return next(row for row in self.tables[role] if row.partnership == partnership)


def plain(text: object) -> str:
    """A header without line breaks, stray spaces and note markers."""
    return " ".join(str(text or "").replace("_x000D_", " ").split("[note")[0].split())


def _row(headers: list[str], cells: Sequence[object]) -> Row:
    force_code, force, code, partnership, authority = (str(cell or "") for cell in cells[:5])
    figures = dict(zip(headers[6:], cells[6:], strict=True))
    return Row(force_code, force, code, partnership, authority, figures)


def read(file: Path, ending: str, ending_before: str) -> Book:
    """The tables of one synthetic workbook, found by words of their titles."""
    titles = {
        "current": f"number of police recorded crimes|{ending}",
        "previous": f"number of police recorded crimes|{ending_before}",
        **TITLES,
    }
    book = openpyxl.load_workbook(file)
    tables: dict[Role, list[Row]] = {}
    headers: dict[Role, list[str]] = {}
    for role in EDITIONS[file.name].sheets:
        sheet = workbook_defects.find_table(book, titles[role].split("|"))
        lines = list(sheet.iter_rows(min_row=workbook_defects.header_row(sheet), values_only=True))
        headers[role] = [plain(cell) for cell in lines[0]]
        tables[role] = [_row(headers[role], line) for line in lines[1:]]
    return Book(tables, headers)
