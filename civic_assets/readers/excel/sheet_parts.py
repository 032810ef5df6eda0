"""The sheets of an xlsx as XML: what must be known before, and is lost after, calamine reads them.

It is read here and not by openpyxl, which knows it too, because openpyxl makes an object of every cell: five times the
time of calamine for a workbook of ONS. openpyxl is used where single cells are looked at (`cell_look`).

Belongs here: how far a sheet reaches, because calamine allocates every cell of the rectangle between the
first and the last one (a stray cell in XFD1048576 would ask for 512 GB and abort the process); the texts of error
cells (`#N/A`), which calamine returns as empty; rows and columns that are hidden; and formulas that nobody has
calculated, which it returns as empty or as 0. Does not belong here: all other values (`workbook`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import unescape

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import WORKBOOK_CELLS
from civic_assets.house_numbers.listing import FORMULA_CHARACTERS
from civic_assets.readers.grid import Ranges

# The format has no more columns than this.
_MOST_COLUMNS = 16_384
_QUOTES = {"&quot;": '"', "&apos;": "'"}
# Maximum span of plainly written addresses (two letters, four digits); such sheets need no closer look.
NEAR_ROWS, NEAR_COLUMNS = 9_999, 702

# An element named c whose address is not written as `<c r="A1"` to `<c r="ZZ9999"`, an error cell, or a formula.
_UNUSUAL = (
    r"""[<:]c(?:[\t\n\r/>]| [^r]| r[^=]| r=[^"]| r="(?:[^A-Z]|[A-Z]{3}|[A-Z]{1,2}[^A-Z0-9]"""
    r"""|[A-Z]{1,2}[0-9]{5}|[A-Z]{1,2}[0-9]{1,4}[^0-9"]))|="e"|='e'|[<:]f[\t\n\r/> ]"""
)
# Cells that plain reading by `_FILLED` would miss: without an address, or with a prefix.
_UNADDRESSED = re.compile(rb"""<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s/>]""")
_PREFIXED = re.compile(rb":c[\s/>]")
_FILLED = re.compile(rb"""<c r="([A-Z]{1,3})([0-9]{1,7})"[^>/]*>(?!</)""")
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>/]*\bt=["']e["'][^>/]*)>(.*?)</(?:\w+:)?c\s*>""", re.DOTALL)
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")
# A formula and what follows it up to the end of its cell. Only the first cell of a shared formula has its text.
_FORMULA_CELL = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f\s*>)(.*?)</(?:\w+:)?c\s*>""",
    re.DOTALL,
)
_ROW = re.compile(rb"""<(?:\w+:)?row\b([^>]*)>""")
_COLUMN = re.compile(rb"""<(?:\w+:)?col\b([^>]*)>""")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_NUMBER = {name: re.compile(rb"\s" + name + rb"""=["']([0-9]{1,7})["']""") for name in (b"r", b"min", b"max")}
# Formulas whose result is text or a truth value say so; an empty text is a result like any other.
_NUMBERS_ONLY = re.compile(rb"""\bt=["'](?!n["'])""")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Facts from the XML of one sheet.

    Args:
        rows: Upper bound of the number of rows up to the last cell with content.
        columns: Upper bound of the number of columns, likewise.
        last: Address of the outermost cells, e.g. `XFD1048576`; empty if the sheet needed no closer look.
        errors: Texts of error cells by 0-based (row, column).
        uncalculated: Formulas without a result, as a person types them (`=SUM(B2:B9)`), by 0-based (row, column).
        hidden_rows: Rows that a person does not see, as 0-based first and last of each run.
        hidden_columns: The same for columns.
    """

    rows: int = 0
    columns: int = 0
    last: str = ""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: Ranges = ()
    hidden_columns: Ranges = ()


def column_index(letters: str) -> int:
    """0-based column of spreadsheet letters: A -> 0, AB -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def scan_sheet(xml: bytes, sheet: str, name: str, *, recalculates: bool = False) -> SheetPart:
    """Extent, error cells and uncalculated formulas of one sheet.

    Args:
        xml: Complete XML of the sheet.
        sheet: Name of the sheet, for messages.
        name: Name of the file, for messages.
        recalculates: Whether the workbook asks for all formulas to be calculated when it is opened; a stored 0 is then
            what a library wrote instead of a result.

    Raises:
        FileRefused: The part is not XML in UTF-8.
    """
    if b"\x00" in xml:
        raise FileRefused(name, f"sheet '{sheet}' is not written in UTF-8. Save the workbook again as xlsx.")
    hidden = _hidden(xml)
    if _is_ordinary(xml):
        return SheetPart(NEAR_ROWS, NEAR_COLUMNS, "", {}, {}, *hidden)
    errors, uncalculated = _error_cells(xml), _uncalculated(xml, recalculates)
    plain = _rectangle(xml)
    if plain and plain[0] * plain[1] <= WORKBOOK_CELLS:
        rows, columns, last = *plain, ""
    else:
        rows, columns, last = _extent(xml, sheet, name)
    # calamine skips cells without a value, although they contain the formula.
    for row, column in uncalculated:
        rows, columns = max(rows, row + 1), max(columns, column + 1)
    return SheetPart(rows, columns, last, errors, uncalculated, *hidden)


def _hidden(xml: bytes) -> tuple[Ranges, Ranges]:
    """Rows and columns that are hidden; nearly no sheet has any, which one look at its bytes shows."""
    if b"hidden=" not in xml:
        return (), ()
    rows = [
        int(number[1]) - 1
        for row in _ROW.finditer(xml)
        if _HIDDEN.search(row[1]) and (number := _NUMBER[b"r"].search(row[1]))
    ]
    columns = [
        index
        for column in _COLUMN.finditer(xml)
        if _HIDDEN.search(column[1])
        and (first := _NUMBER[b"min"].search(column[1]))
        and (last := _NUMBER[b"max"].search(column[1]))
        for index in range(int(first[1]) - 1, min(int(last[1]), _MOST_COLUMNS))
    ]
    return _runs(rows), _runs(columns)


def _runs(numbers: list[int]) -> Ranges:
    """First and last of each run of numbers without a gap."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)


def _is_ordinary(xml: bytes) -> bool:
    """Whether every cell is plainly written, has a near address and is not an error: true for nearly every sheet.

    It scans every byte of every workbook, so it is one pass of RE2 (through Arrow, without a copy), which
    takes half the time of the standard library's expressions and cannot be made slow by a hostile file.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets = pa.py_buffer(len(xml).to_bytes(8, "little").rjust(16, b"\0"))
    text = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(xml)])
    return not pc.match_substring_regex(text, _UNUSUAL)[0].as_py()


def _rectangle(xml: bytes) -> tuple[int, int] | None:
    """Rows and columns up to the last cell with content, if every cell is plainly addressed."""
    if _UNADDRESSED.search(xml) or _PREFIXED.search(xml):
        return None
    addresses = _FILLED.findall(xml)
    if not addresses:
        return 0, 0
    columns, rows = map(set, zip(*addresses, strict=True))
    return max(map(int, rows)), max(column_index(column.decode()) + 1 for column in columns)


def _error_cells(xml: bytes) -> dict[tuple[int, int], str]:
    """Texts of the cells of type `e`, by 0-based (row, column)."""
    found: dict[tuple[int, int], str] = {}
    if b'"e"' not in xml and b"'e'" not in xml:
        return found
    for cell in _ERROR_CELL.finditer(xml):
        address, value = _ADDRESS.search(cell[1]), _VALUE.search(cell[2])
        if address and value:
            key = (int(address[2]) - 1, column_index(address[1].decode()))
            found[key] = value[1].decode("utf-8", "replace")
    return found


def _uncalculated(xml: bytes, recalculates: bool) -> dict[tuple[int, int], str]:
    """Formulas for a number that was never calculated, by 0-based (row, column)."""
    found: dict[tuple[int, int], str] = {}
    if b"<f" not in xml and b":f" not in xml:
        return found
    for cell in _FORMULA_CELL.finditer(xml):
        address, value = _ADDRESS.search(cell[1]), _VALUE.search(cell[3])
        stored = value[1].strip() if value else b""
        if address is None or _NUMBERS_ONLY.search(cell[1]):
            continue
        if not stored or (recalculates and stored in (b"0", b"0.0")):
            formula = unescape((cell[2] or b"").decode("utf-8", "replace"), _QUOTES) or "..."
            found[int(address[2]) - 1, column_index(address[1].decode())] = f"={formula[:FORMULA_CHARACTERS]}"
    return found


def _extent(xml: bytes, sheet: str, name: str) -> tuple[int, int, str]:
    """Rows, columns and last address up to the outermost cell that has content, counted exactly."""
    row = column = rows = columns = 0
    furthest_row = furthest_column = ""
    place = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, rows, columns, place, furthest_row, furthest_column
        tag = tag.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif tag == "c":
            place = attributes.get("r", "")
            match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", place)
            if place and not match:
                raise ValueError(f"'{place}' is not a valid cell address")
            row, column = (int(match[2]), column_index(match[1]) + 1) if match else (max(row, 1), column + 1)
            place = place or f"row {row}"
        elif tag in ("v", "t"):
            if row > rows:
                rows, furthest_row = row, place
            if column > columns:
                columns, furthest_column = column, place

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError) as error:
        raise FileRefused(name, f"sheet '{sheet}' is damaged ({error}). Download the file again.") from error
    return rows, columns, " and ".join(dict.fromkeys((furthest_row, furthest_column)))
