"""The reported cell and its neighbours, as printed, read from the raw layer.

Belongs here: which cells around a finding are shown, and fetching them with one query to each raw table, for all
findings of its release. Does not belong here: what a finding says, and the layout of cells on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from civic_assets.house_numbers.display import (
    REPORT_CELL_CHARACTERS,
    REPORT_CELLS_AROUND,
    REPORT_MORE_COLUMNS,
    REPORT_MORE_ROWS,
    REPORT_NAME_COLUMNS,
)
from civic_assets.house_numbers.recognition import ROWS_BELOW_A_TITLE, ROWS_SEARCHED_FOR_HEADERS
from civic_assets.publish.report.addresses import Address, address_of, addresses_of, as_letters
from civic_assets.publish.report.raw_rows import Rows, raw_rows
from civic_assets.readers.grid import column_letters
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.tables import TableRef

Mark = Literal["", "accused", "concerned"]


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell as printed, and whether it is the reported cell or another cell of the finding."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of cells with its address.

    Args:
        gap: Whether rows are left out before this one.
    """

    address: str
    header: bool
    gap: bool
    cells: tuple[PrintedCell, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A small part of a sheet, to show a cell in context.

    Args:
        where: Name of the sheet, or the words for a file without sheets.
        columns: Column letters.
        gaps: Indexes in `columns` before which columns are left out.
    """

    where: str
    columns: tuple[str, ...]
    gaps: frozenset[int]
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class FindingCells:
    """A finding whose cells are shown: the reported one, and the others that it concerns."""

    finding_id: str
    locator: str
    locators: Sequence[str] = ()


@dataclass(frozen=True)
class _Sheets:
    """Rows read from a raw table, and the meaning of its headers.

    Args:
        records: Whether the rows are the records of a JSON document.
        addresses: Addresses of the rows by sheet, in order.
        headers: Rows that look like headers, with the number of headers of the contract in each, by sheet.
        names: Columns that identify a row, by sheet and header row; filled on demand.
    """

    rows: Rows
    records: bool
    addresses: Mapping[str, Sequence[int]]
    headers: Mapping[str, Mapping[int, int]]
    contract: Contract | None
    names: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    @staticmethod
    def of(rows: Rows, records: bool, contract: Contract | None) -> _Sheets:
        """Find the rows that look like headers."""
        addresses: dict[str, list[int]] = {}
        for sheet, address in sorted(rows):
            addresses.setdefault(sheet, []).append(address)
        is_header = _headers_of(contract) if contract else lambda _: False
        headers = {sheet: _header_rows(rows, sheet, own, is_header) for sheet, own in addresses.items()}
        return _Sheets(rows, records, addresses, headers, contract)


def neighbours_of(
    connection: DuckDBPyConnection,
    raw: TableRef,
    titles: Iterable[str],
    contract: Contract | None,
    wanted: Sequence[FindingCells],
) -> dict[str, Neighbours]:
    """The neighbours of the reported cells of one release.

    Args:
        connection: Any connection; it only reads the Parquet file of the raw table.
        raw: Raw table of the release.
        titles: Locators of the titles of its tables, which are above the headers.
        contract: Contract of the source, which defines headers and the columns that identify a row.
        wanted: Findings of the release to show.

    Returns:
        Neighbours by finding id. Findings that name no cell, or one missing from the raw table, are left out.
    """
    asked = [(one, at) for one in wanted if (at := address_of(one.locator)) is not None]
    if not asked:
        return {}
    rows, records = raw_rows(connection, raw, _addresses(asked, titles))
    sheets = _Sheets.of(rows, records, contract)
    neighbours = {one.finding_id: _neighbours(sheets, one, at) for one, at in asked}
    return {finding_id: shown for finding_id, shown in neighbours.items() if shown is not None}


def _addresses(asked: Sequence[tuple[FindingCells, Address]], titles: Iterable[str]) -> set[tuple[str, int]]:
    """Rows to read: those around each reported cell, those of its other cells, and those that may hold headers."""
    places: set[tuple[str, int]] = set()
    for one, at in asked:
        places |= {(at.sheet, at.row + step) for step in range(-REPORT_CELLS_AROUND, REPORT_CELLS_AROUND + 1)}
        places |= {(at.sheet, row) for row in _more_rows(one, at)}
    for sheet in {at.sheet for _, at in asked}:
        places |= {(sheet, row) for row in range(1, ROWS_SEARCHED_FOR_HEADERS + 1)}
    for title in titles:
        if (at_title := address_of(title)) is not None:
            places |= {(at_title.sheet, at_title.row + step) for step in range(ROWS_BELOW_A_TITLE + 1)}
    return places


def _more_rows(one: FindingCells, at: Address) -> list[int]:
    """Rows of the finding's other cells in the reported column, outside the window."""
    others = [
        other.row
        for other in _others(one, at)
        if (other.column, other.header) == (at.column, at.header)
        and abs(other.row - at.row) > REPORT_CELLS_AROUND
    ]
    return list(dict.fromkeys(others))[:REPORT_MORE_ROWS]


def _others(one: FindingCells, at: Address) -> list[Address]:
    """Other cells of the sheet that the finding concerns, in the finding's order."""
    named = [address for locator in (one.locator, *one.locators) for address in addresses_of(locator)]
    return [other for other in dict.fromkeys(named) if other.sheet == at.sheet and other != at]


def _header_rows(
    rows: Rows, sheet: str, addresses: Iterable[int], is_header: Callable[[str], bool]
) -> dict[int, int]:
    """Rows of a sheet that look like headers, with the number of cells that are headers in the contract."""
    known = {address: sum(map(is_header, rows[sheet, address].values())) for address in addresses}
    return {address: number for address, number in known.items() if number > 1}


def _headers_of(contract: Contract) -> Callable[[str], bool]:
    """A test for whether a text is a header of the contract; tries each text and each shared pattern once."""
    columns = [column for table in contract.tables for column in table.columns]
    plain = {header for column in columns for header in column.headers}
    patterns = {column.pattern for column in columns if column.pattern is not None}

    @cache
    def is_header(text: str) -> bool:
        named = label(text)
        return named in plain or any(pattern.fullmatch(named) for pattern in patterns)

    return is_header


def _header_above(sheets: _Sheets, at: Address) -> int | None:
    """The nearest row above with about as many headers as any: a sheet may hold several tables."""
    above = {row: known for row, known in sheets.headers.get(at.sheet, {}).items() if row < at.row}
    if not above:
        return None
    fullest = max(above.values())
    return max(row for row, known in above.items() if 2 * known >= fullest)


def _column_of(sheets: _Sheets, at: Address, header: int | None) -> int | None:
    """The column of an address: its own number, else the column with that header."""
    if at.column is not None:
        return at.column
    named = label(at.header)
    # The header is above the cell; a finding about a header itself is in that row.
    for row in (header, at.row, *reversed(sheets.addresses.get(at.sheet, ()))):
        if row is None or row > at.row:
            continue
        for column, text in sheets.rows.get((at.sheet, row), {}).items():
            if label(text) == named:
                return column
    lettered = as_letters(at.header)
    return lettered if lettered is not None and lettered <= _width(sheets, at.sheet) else None


def _width(sheets: _Sheets, sheet: str) -> int:
    """Number of columns in the rows read from a sheet."""
    return max(max(sheets.rows[sheet, row]) for row in sheets.addresses[sheet])


def _names(sheets: _Sheets, sheet: str, header: int | None) -> tuple[int, ...]:
    """Columns that identify a row: keys of the contract, and names rather than codes."""
    if header is None or sheets.contract is None:
        return (1,)
    key = (sheet, header)
    if key not in sheets.names:
        keys = [column for table in sheets.contract.tables for column in table.keys]
        found = {
            number: {column.name for column in keys if column.matches(label(text))}
            for number, text in sheets.rows[key].items()
        }
        named = [n for n, names in found.items() if any(name.endswith(("name", "label")) for name in names)]
        sheets.names[key] = tuple(
            sorted(named or [number for number, names in found.items() if names] or [1])[
                -REPORT_NAME_COLUMNS:
            ]
        )
    return sheets.names[key]


def _neighbours(sheets: _Sheets, one: FindingCells, at: Address) -> Neighbours | None:
    if at.sheet not in sheets.addresses:
        return None
    header = _header_above(sheets, at)
    accused = _column_of(sheets, at, header)
    if accused is None:
        return None
    places = {(at.row, accused): "accused"}
    for other in _others(one, at):
        column = _column_of(sheets, other, header)
        if column is not None:
            places.setdefault((other.row, column), "concerned")
    columns = _chosen_columns(sheets, at, header, accused, places)
    wanted = {at.row + step for step in range(-REPORT_CELLS_AROUND, REPORT_CELLS_AROUND + 1)} | set(
        _more_rows(one, at)
    )
    # The reported cell may be in a row whose cells are all empty; other such rows are left out.
    chosen = sorted(
        row
        for row in wanted
        if row == at.row or (row > (header or 0) and any(sheets.rows.get((at.sheet, row), {}).values()))
    )
    rows = [header, *chosen] if header is not None else chosen
    shown = []
    for before, row in zip([None, *rows], rows, strict=False):
        texts = sheets.rows.get((at.sheet, row), {})
        cells = tuple(
            PrintedCell(_cut(texts.get(column, "")), _mark(places.get((row, column)))) for column in columns
        )
        gap = before is not None and row - before > 1
        shown.append(PrintedRow(_address(sheets, at, row), row == header, gap, cells))
    letters = tuple(column_letters(column - 1) for column in columns)
    gaps = frozenset(i for i in range(1, len(columns)) if columns[i] - columns[i - 1] > 1)
    where = f"sheet {at.sheet.strip()}" if at.sheet else "the file"
    return Neighbours(where, letters, gaps, tuple(shown))


def _mark(mark: str | None) -> Mark:
    return "accused" if mark == "accused" else "concerned" if mark else ""


def _chosen_columns(
    sheets: _Sheets, at: Address, header: int | None, accused: int, places: Mapping[tuple[int, int], str]
) -> list[int]:
    widest = max(max(sheets.rows.get((at.sheet, row), ()), default=1) for row in (at.row, header or at.row))
    window = set(
        range(max(1, accused - REPORT_CELLS_AROUND), min(widest, accused + REPORT_CELLS_AROUND) + 1)
    ) | {accused}
    beside = [column for row, column in places if row == at.row and column not in window]
    return sorted({*window, *beside[:REPORT_MORE_COLUMNS], *_names(sheets, at.sheet, header)})


def _address(sheets: _Sheets, at: Address, row: int) -> str:
    if at.sheet or at.column is not None:
        return str(row)
    if sheets.records:
        return f"[{row - 2}]" if row > 1 else "[*]"
    return f"L{row}"


def _cut(text: str) -> str:
    return text if len(text) <= REPORT_CELL_CHARACTERS else text[:REPORT_CELL_CHARACTERS].rstrip() + " ..."
