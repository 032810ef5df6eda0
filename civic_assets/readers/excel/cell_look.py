"""How a cell of a workbook looks to a person who opens it: format, note, crossed out, hidden, merged, formula.

Belongs here: what openpyxl knows of single cells and calamine does not give. Does not belong here: reading figures
(`workbook`). openpyxl makes an object of every cell and takes many times as long as calamine, so it is given a copy of
the workbook that holds one row of each sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.answers.trace import CellAppearance
from civic_assets.errors import FileRefused, UsageError
from civic_assets.readers.containers.zip_directory import open_container
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.excel.directory import look_at_xlsx

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LOCATOR = re.compile(r"(?P<sheet>.+)!(?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})")
_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DATA = re.compile(rb"(<sheetData\b[^>]*>)(.*)(</sheetData>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CellLook:
    """What a person sees of a cell besides its value.

    Args:
        number_format: As the spreadsheet program writes it, e.g. `#,##0` or `0.0%`.
        formula: The formula, where the value is the result of one; None otherwise.
        note: Text of the note or comment at the cell; None without one.
        crossed_out: The text is crossed out.
        hidden: Which of `sheet`, `row` and `column` are hidden.
        merged: The merged range that the cell is in, e.g. `B4:D4`; None when it is in none.
    """

    number_format: str
    formula: str | None
    note: str | None
    crossed_out: bool
    hidden: tuple[str, ...]
    merged: str | None

    def as_answer(self) -> CellAppearance:
        """As answers hold it."""
        return CellAppearance(**asdict(self), in_words=str(self))

    def __str__(self) -> str:
        parts = [f"format {self.number_format}"]
        parts += [f"formula {self.formula}"] if self.formula else []
        parts += ["crossed out"] if self.crossed_out else []
        parts += [f"hidden {' and '.join(self.hidden)}"] if self.hidden else []
        parts += [f"merged {self.merged}"] if self.merged else []
        parts += [f"note: {' '.join(self.note.split())}"] if self.note else []
        return "; ".join(parts)


def look_at_cell(path: Path, locator: str, name: str = "") -> CellLook:
    """How one cell of an xlsx looks.

    Args:
        path: Where the bytes are.
        locator: Address of the cell, e.g. `Table C2!G237`.
        name: The name the user knows the file by.

    Raises:
        UsageError: The file is not an xlsx, or has no such cell.
        FileRefused: The file is damaged or not safe to read.
    """
    name = name or path.name
    place = _LOCATOR.fullmatch(locator)
    kind = sniff(path, name)
    if kind is not Format.XLSX or place is None:
        raise UsageError(
            f"{locator} of {name} has no look of its own: formats, notes and hidden rows are read of cells of xlsx "
            f"workbooks, and this is {kind}."
        )
    import openpyxl

    try:
        book = openpyxl.load_workbook(_with_one_row(path, name, int(place["row"])))
    except FileRefused:
        raise
    except Exception as error:
        # Whatever openpyxl cannot read was read by calamine; only the look of the cell is missing.
        raise FileRefused(
            name, f"cannot be opened by openpyxl ({error}), so that the look of its cells is not known."
        ) from error
    sheet = next((one for one in book.worksheets if one.title == place["sheet"]), None)
    if sheet is None:
        raise UsageError(f"{name} has no sheet {place['sheet']!r}.")
    return _look(sheet, place["column"], int(place["row"]))


def _with_one_row(path: Path, name: str, row: int) -> io.BytesIO:
    """The workbook with no more than one row of each sheet; everything besides rows stays."""
    copy = io.BytesIO()
    with open_container(path, name) as container, zipfile.ZipFile(copy, "w") as target:
        look_at_xlsx(container, name)
        for member in container.members:
            content = container.read(member)
            if _WORKSHEET.fullmatch(member.filename.replace("\\", "/").lower()):
                content = _DATA.sub(lambda found: _one_row(found, row), content, count=1)
            target.writestr(member.filename, content)
    copy.seek(0)
    return copy


def _one_row(data: re.Match[bytes], row: int) -> bytes:
    """The rows of a sheet without all others; as they are where rows are not numbered."""
    first, rows, last = data.groups()
    if not re.match(rb"""\s*<row\b[^>]*\sr=["']""", rows):
        return data[0]
    number = str(row).encode()
    found = re.search(
        rb"""<row\b(?=[^>]*\sr=["']""" + number + rb"""["'])[^>]*?(?:/>|>.*?</row\s*>)""", rows, re.DOTALL
    )
    return first + (found[0] if found else b"") + last


def _look(sheet: Worksheet, column: str, row: int) -> CellLook:
    from openpyxl.utils import column_index_from_string

    place = f"{column}{row}"
    cell = sheet[place]
    merged = next((str(one) for one in sheet.merged_cells.ranges if place in one), None)
    index = column_index_from_string(column)
    columns = [one for one in sheet.column_dimensions.values() if (one.min or 0) <= index <= (one.max or 0)]
    hidden = {
        "sheet": sheet.sheet_state != "visible",
        "row": bool(sheet.row_dimensions[row].hidden),
        "column": any(one.hidden for one in columns),
    }
    return CellLook(
        number_format=cell.number_format,
        formula=str(getattr(cell.value, "text", cell.value)) if cell.data_type == "f" else None,
        note=cell.comment.text if cell.comment else None,
        crossed_out=bool(cell.font and cell.font.strike),
        hidden=tuple(name for name, is_hidden in hidden.items() if is_hidden),
        merged=merged,
    )
