"""The sound files that inputs are made from.

Belongs here: the fixtures and samples that ship, as files of every format, and files of a folder, cut where they are
large. Does not belong here: changing them (`changes`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import xlwt

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets_tests.parsing.damaged_files import fixtures
from civic_assets_tests.releases import sample

_ROWS_OF_XLS = 25
_SHEETS_KEPT, _ROWS_OF_SHEET = 1, 25
_SMALL = 1_500
# Of a long delimited file its beginning is enough: a change in it costs the same wherever it is.
LINES_KEPT = 16
LARGEST = 700_000
"""Largest file, in bytes, that is changed whole."""


@dataclass(frozen=True)
class Seed:
    """A sound file.

    Args:
        name: Its name, with its ending.
        content: Its bytes.
    """

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """Its ending, without the dot."""
        return self.name.rpartition(".")[2].lower()


@cache
def shipped() -> tuple[Seed, ...]:
    """The fixtures and samples, an old workbook and archives made of them."""
    seeds = [Seed(f"{path.parent.name} {path.name}", path.read_bytes()) for path in fixtures()]
    seeds += [Seed(name, workbook_bytes(EDITIONS[name])) for name in list(EDITIONS)[:2]]
    seeds.append(Seed("report.csv", REPORT_TABLES.read_bytes()))
    seeds += [_few_sheets(seed) for seed in seeds if seed.kind == "xlsx"]
    seeds.append(Seed("old workbook.xls", _old_workbook()))
    of_police = [seed for seed in seeds if seed.name.startswith(("police_uk", "met_"))]
    seeds.append(Seed("police.zip", _archive(of_police[:4])))
    seeds.append(Seed("small.zip", _archive([seed for seed in seeds if len(seed.content) < _SMALL][:3])))
    seeds.append(Seed("mixed.zip", _archive([seed for seed in seeds if seed.kind in ("json", "ods")])))
    return tuple(seeds)


def of_folder(folder: Path) -> Iterator[Seed]:
    """Files below a folder: delimited ones cut to their first lines, others left out where they are large."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in (".csv", ".xlsx", ".xls", ".ods", ".json", ".zip"):
            continue
        name = f"{path.parent.name} {path.name}"
        if path.suffix == ".csv":
            yield Seed(name, b"".join(path.read_bytes().splitlines(keepends=True)[:LINES_KEPT]))
        elif path.stat().st_size <= LARGEST:
            yield Seed(name, path.read_bytes())


def _few_sheets(seed: Seed) -> Seed:
    """A workbook with the beginning of its largest sheets only, as another program writes them."""
    book = openpyxl.load_workbook(io.BytesIO(seed.content))
    by_size = sorted(book.worksheets, key=lambda sheet: (sheet.max_row or 0) * (sheet.max_column or 0))
    for sheet in by_size[:-_SHEETS_KEPT]:
        book.remove(sheet)
    for sheet in book.worksheets:
        sheet.delete_rows(_ROWS_OF_SHEET + 1, sheet.max_row)
    stream = io.BytesIO()
    book.save(stream)
    return Seed(f"few sheets of {seed.name}", stream.getvalue())


def _archive(seeds: list[Seed]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for seed in seeds:
            archive.writestr(zipfile.ZipInfo(f"folder/{seed.name}"), seed.content)
    return stream.getvalue()


def _old_workbook() -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    for sheet in sample().sheets:
        page = book.add_sheet(sheet.name[:31])
        for row, cells in enumerate(sheet.rows[:_ROWS_OF_XLS]):
            for column, cell in enumerate(cells):
                if cell != "":
                    page.write(row, column, cell)
    book.save(stream)
    return stream.getvalue()
