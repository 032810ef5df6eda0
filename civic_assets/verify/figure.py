"""One figure read again from the archived bytes, by another route than the pipeline's.

Belongs here: the other routes, and whether what they read is what is published. Does not belong here: which cell a
figure was read from (`civic_assets.publish.queries.trace`), and hashes (`parts`).

The pipeline reads xlsx files with calamine, ods files with its own reader of their XML, and delimited files with the
module `csv`. Here they are read with openpyxl, with calamine, and line by line with Arrow's parser. Two programs that
read one cell alike may both be wrong, but a mistake of one of them is seen.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from civic_assets.answers.trace import FigureChain
from civic_assets.answers.verification import ReadAgain
from civic_assets.values.cells import as_printed

_CELL = re.compile(r"(?P<sheet>.*)!(?P<cell>[A-Z]{1,3}[0-9]+)", re.DOTALL)
_LINES = re.compile(
    r"(?P<lines>L[0-9]+(?:,L[0-9]+)*)(?:,\.\.\. \((?P<all>[0-9]+) lines\))?:(?P<column>.*)", re.DOTALL
)
_RECORD = re.compile(r"\[(?P<number>[0-9]+)\]\.(?P<field>.*)", re.DOTALL)
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE2 = b"\xd0\xcf\x11\xe0"
_XLSX_ROUTE = "openpyxl"
_DELIMITERS = (",", "\t", ";", "|")


class _NoRoute(Exception):
    """The cell cannot be read by another route; the message is a sentence."""


Cells = Mapping[tuple[str, str, str], Any]
"""Values of cells by the path of a workbook, the sheet and the cell."""


def cells_of_workbooks(chains: Sequence[FigureChain]) -> Cells:
    """The cells of figures in xlsx workbooks, each sheet read once; for `read_again` of many figures.

    Sheets that cannot be read are left out: `read_again` says why.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    for chain in chains:
        match = _CELL.fullmatch(chain.locator)
        if match is not None and _is_xlsx(Path(chain.file.archived_at)):
            wanted.setdefault((chain.file.archived_at, match["sheet"]), set()).add(match["cell"])
    found: dict[tuple[str, str, str], Any] = {}
    for (path, sheet), names in wanted.items():
        with suppress(Exception):
            found |= {
                (path, sheet, name): value for name, value in _cells_of(Path(path), sheet, names).items()
            }
    return found


def read_again(chain: FigureChain, known: Cells | None = None) -> ReadAgain:
    """Read the cell of a figure again and compare it with what is published.

    Args:
        chain: The figure's chain.
        known: Cells that have been read again already (`cells_of_workbooks`).
    """
    path = Path(chain.file.archived_at)
    place = _CELL.fullmatch(chain.locator)
    here = (chain.file.archived_at, place["sheet"], place["cell"]) if place else ("", "", "")
    try:
        if known is not None and here in known:
            route, found = _XLSX_ROUTE, known[here]
        else:
            route, found = _route(path, chain.locator)()
    except _NoRoute as why:
        return _answer(chain, "", None, None, str(why))
    except Exception as error:  # noqa: BLE001  (whatever another program does with a damaged file)
        said = f"The cell could not be read by another route: {type(error).__name__}: {error}"
        return _answer(chain, "", None, False, said)
    if chain.counted_from_rows is not None or isinstance(found, list):
        return _of_rows(chain, route, found if isinstance(found, list) else [as_printed(found)])
    printed, wanted = as_printed(found), chain.value_text or ""
    same = _same(printed, wanted)
    said = (
        "The cell holds what is published."
        if same
        else f"The cell holds {printed!r}, and {wanted!r} is published."
    )
    return _answer(chain, route, printed, same, said)


def _of_rows(chain: FigureChain, route: str, found: Sequence[str]) -> ReadAgain:
    """Of a figure that counts rows, each row that is named must say the same, and there must be as many."""
    kinds = sorted(set(found))
    number = chain.counted_from_rows
    same = len(kinds) == 1 and bool(kinds[0].strip()) and (number is None or number == chain.figure.value)
    said = (
        f"{f'All {len(found):,} rows that are named say' if len(found) > 1 else 'The row says'} {kinds[0]!r}."
        if same
        else f"The rows that are named say {', '.join(map(repr, kinds))}."
    )
    return _answer(chain, route, ", ".join(kinds), same, said)


def _answer(chain: FigureChain, route: str, found: str | None, same: bool | None, said: str) -> ReadAgain:
    return ReadAgain(
        name=chain.name,
        file_name=chain.file.file_name,
        sha256=chain.file.sha256,
        locator=chain.locator,
        published=chain.value_text,
        found=found,
        route=route,
        same=same,
        sentence=said,
    )


def _same(found: str, published: str) -> bool:
    """Whether two texts of a cell are the same, or the same number: a workbook keeps 30201 as 30201 or as 30201.0."""
    if found.strip() == published.strip():
        return True
    try:
        return float(found) == float(published)
    except ValueError:
        return False


def _route(path: Path, locator: str) -> Callable[[], tuple[str, Any]]:
    with path.open("rb") as file:
        head = file.read(512)
    if match := _CELL.fullmatch(locator):
        sheet, cell = match["sheet"], match["cell"]
        if head.startswith(_OLE2):
            raise _NoRoute("No other program that reads workbooks of this old form (xls) is installed.")
        reads = _of_ods if _ODS in head else _of_xlsx
        return lambda: reads(path, sheet, cell)
    if match := _RECORD.fullmatch(locator):
        number, field = int(match["number"]), match["field"]
        return lambda: ("json", json.loads(path.read_bytes())[number][field])
    if match := _LINES.fullmatch(locator):
        lines = [int(line[1:]) for line in match["lines"].split(",")]
        column = match["column"]
        return lambda: ("lines, Arrow", _of_lines(path, lines, column))
    raise _NoRoute(f"There is no other route to {locator}.")


def _is_xlsx(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    return head.startswith(b"PK") and _ODS not in head


def _of_xlsx(path: Path, sheet: str, cell: str) -> tuple[str, Any]:
    return _XLSX_ROUTE, _cells_of(path, sheet, {cell})[cell]


def _cells_of(path: Path, sheet: str, cells: Collection[str]) -> dict[str, Any]:
    """Values of some cells of a sheet, which is read once and no further than they reach."""
    import openpyxl
    from openpyxl.utils.cell import coordinate_to_tuple

    places = {coordinate_to_tuple(cell): cell for cell in cells}
    last_row, last_column = (max(place[at] for place in places) for at in (0, 1))
    by_row: dict[int, list[int]] = {}
    for row, column in places:
        by_row.setdefault(row, []).append(column)
    found: dict[str, Any] = dict.fromkeys(cells)
    # Opened here, because openpyxl refuses a path without the ending of a workbook.
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what openpyxl leaves out, such as drawings
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            rows = book[sheet].iter_rows(max_row=last_row, max_col=last_column, values_only=True)
            for number, values in enumerate(rows, 1):
                for column in by_row.get(number, ()):
                    found[places[number, column]] = values[column - 1]
        finally:
            book.close()
    return found


def _of_ods(path: Path, sheet: str, cell: str) -> tuple[str, Any]:
    import python_calamine
    from openpyxl.utils.cell import coordinate_to_tuple

    row, column = coordinate_to_tuple(cell)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return "calamine", rows[row - 1][column - 1]


def _of_lines(path: Path, lines: Sequence[int], column: str) -> str | list[str]:
    """The cells of some lines in a column: one text, or a list of them for several lines."""
    content = path.read_bytes()
    every = (b"", *content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True))
    first = next((line for line in every[1:] if line.strip()), b"")
    delimiter = max(_DELIMITERS, key=lambda one: first.count(one.encode()))
    at = _column(every, min(lines), column, delimiter)
    found = [_cells(_record(every, line), delimiter)[at] for line in lines]
    return found[0] if len(found) == 1 else found


def _column(every: Sequence[bytes], before: int, name: str, delimiter: str) -> int:
    """Position of a column: that of its header in a line above, or that of its letters."""
    quoted = name.replace('"', '""')
    written = {quoted.encode(), quoted.encode("cp1252", "replace")}
    line = 1
    while line < before:
        record = _record(every, line)
        if any(
            one in record for one in written
        ):  # the parser would take minutes for all lines of a large file
            cells = _cells(record, delimiter)
            if name in cells:
                return cells.index(name)
        line += max(1, len(record.splitlines()))
    if _LETTERS.fullmatch(name):
        from openpyxl.utils import column_index_from_string

        return column_index_from_string(name) - 1
    raise _NoRoute(f"No line above line {before} has the header {name!r}.")


def _record(every: Sequence[bytes], line: int) -> bytes:
    """A line with those after it that are inside its quotes."""
    record = every[line]
    while record.count(b'"') % 2 and line + 1 < len(every):
        line += 1
        record += every[line]
    return record


def _cells(record: bytes, delimiter: str) -> list[str]:
    import pyarrow as pa
    from pyarrow import csv

    for encoding in ("utf8", "cp1252"):
        try:
            table = csv.read_csv(
                io.BytesIO(record),
                read_options=csv.ReadOptions(autogenerate_column_names=True, encoding=encoding),
                parse_options=csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
                ),
                convert_options=csv.ConvertOptions(
                    column_types={
                        f"f{at}": pa.string() for at in range(record.count(delimiter.encode()) + 1)
                    },
                    strings_can_be_null=False,
                ),
            )
        except (UnicodeDecodeError, pa.ArrowInvalid):
            if encoding == "cp1252":
                raise
            continue
        return [str(cell[0].as_py()) for cell in table.columns]
    return []
