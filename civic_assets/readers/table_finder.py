"""Finding a publisher's tables by their title and their header words.

Belongs here: which cells are title, header and data of a table in a grid. Sheet numbers, sheet names, row
numbers and column order are never relied on: their meaning moves between editions. Does not belong here: what
the cells mean (`civic_assets.sources`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from civic_assets.contracts.model import Column, Contract, Table
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.drift import Drift, DriftKind
from civic_assets.readers.grid import CellValue, Grid, Sheet, as_printed, column_letters
from civic_assets.values.cells import label, plain
from civic_assets.values.period_text import years_ending
from civic_assets.values.periods import Period

# A title stands above its header by fewer rows than this; the longest preamble seen has eight rows.
_PREAMBLE = 40
# A row is a header when it holds at least this share of the required labels: fewer is another table.
_HEADER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """A table where it stands in a grid. Rows and columns are 0-based.

    Args:
        table: The contract's description.
        sheet: Where it stands.
        title: Text of the title cell; `""` without one.
        title_locator: Its address.
        periods: Rolling years that the title names.
        header_row: Row of the column labels.
        columns: Column of the sheet by name of the contract's column; a repeating column `months` stands as
            `months#1`, `months#2`, ... from left to right.
        rows: Rows that hold data, blank rows left out.
        extra: Columns of the sheet with a header that the contract does not know.
        printed: Header of a column of `columns`, with the band above it where the contract counts that in.
    """

    table: Table
    sheet: Sheet
    title: str
    title_locator: str
    periods: tuple[Period, ...]
    header_row: int
    columns: Mapping[str, int]
    rows: Sequence[int]
    extra: Mapping[int, str] = field(default_factory=dict)
    printed: Mapping[str, str] = field(default_factory=dict)

    def figures(self) -> list[tuple[str, Column]]:
        """Columns of figures that the sheet has: the name in `columns` and the contract's column."""
        by_name = {column.name: column for column in self.table.figures}
        return [(name, by_name[base]) for name in self.columns if (base := name.partition("#")[0]) in by_name]

    def header(self, name: str) -> str:
        """Printed header of a column."""
        return self.printed.get(name) or str(self.sheet.rows[self.header_row][self.columns[name]])

    def cells(self, name: str) -> list[CellValue]:
        """Cells of a column, one for each data row."""
        column = self.columns[name]
        rows = self.sheet.rows
        if isinstance(rows, CodedRows):
            return rows.columns[column].cells(self.rows)
        return [rows[row][column] for row in self.rows]

    def texts(self, name: str) -> list[str]:
        """A key column as plain text (no note markers, line breaks or stray spaces)."""
        if name not in self.columns:
            return [""] * len(self.rows)
        return [plain(cell) if isinstance(cell, str) else as_printed(cell) for cell in self.cells(name)]

    def locators(self, name: str) -> list[str]:
        """Addresses of a column's cells, one for each data row."""
        column = self.columns[name]
        if self.sheet.line_numbers is None:
            prefix = f"{self.sheet.name}!{column_letters(column)}"
            return [f"{prefix}{row + 1}" for row in self.rows]
        header = plain(self.header(name))
        return [self.sheet.locator(row, column, header) for row in self.rows]


@dataclass(frozen=True, slots=True)
class FoundTables:
    """What was found of a contract's tables in a grid.

    Args:
        blocks: By the table's name; of one that goes on over several sheets the second part stands as `name#2`, ...
        drift: Differences from the contract.
    """

    blocks: Mapping[str, Block]
    drift: tuple[Drift, ...]

    def __getitem__(self, name: str) -> Block:
        return self.blocks[name]

    def __contains__(self, name: str) -> bool:
        return name in self.blocks

    def parts(self, name: str) -> list[Block]:
        """Every block of a table, in the order of the sheets; none when it was not found."""
        return [block for key, block in self.blocks.items() if key.partition("#")[0] == name]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A header row below a title, which fits one or more tables of the contract."""

    sheet: Sheet
    title: str
    title_at: tuple[int, int]
    header_row: int
    header_rows: int
    repeated_at: str = ""


def _labels(row: Sequence[CellValue]) -> list[str]:
    return [label(cell) if isinstance(cell, str) and cell else "" for cell in row]


def _wordings(table: Table, sheet: Sheet, row: int) -> list[tuple[str, ...]]:
    """Texts under which each column of a header row may be known: with the band above it, then its own."""
    cells = sheet.rows[row]
    own = [cell if isinstance(cell, str) and label(cell) else "" for cell in cells]
    if not table.banded or row == 0:
        return [(text,) if text else () for text in own]
    bands = [""] * len(cells)
    for top, left, bottom, right in sheet.merged:
        # Only what is merged: above an ordinary cell stands another row, and no band.
        if top <= row - 1 <= bottom <= row and isinstance(band := sheet.rows[top][left], str):
            end = min(right + 1, len(cells))
            bands[left:end] = [band] * (end - left)
    joined = [f"{band} {text}".strip() if band else "" for band, text in zip(bands, own, strict=True)]
    return [tuple(filter(None, dict.fromkeys(texts))) for texts in zip(joined, own, strict=True)]


def _share(table: Table, present: set[str]) -> float:
    required = [column for column in table.columns if column.required] or list(table.columns)
    return sum(any(column.matches(text) for text in present) for column in required) / len(required)


def _header_row(table: Table, sheet: Sheet, first: int, last: int) -> tuple[int, int] | None:
    """Best header row in `[first, last)` and how many rows hold all required labels."""
    best, best_share, complete = -1, 0.0, 0
    for row in range(first, min(last, len(sheet.rows))):
        texts = _wordings(table, sheet, row)
        if sum(map(bool, texts)) < 2:
            continue
        share = _share(table, {label(text) for wordings in texts for text in wordings})
        complete += share == 1.0
        if share > best_share:
            best, best_share = row, share
    return (best, complete) if best_share >= _HEADER_SHARE else None


def _identified_row(table: Table, sheet: Sheet) -> int | None:
    """First row that holds every header by which a table without a title is known."""
    wanted = [column for column in table.columns if column.name in table.identified_by]
    for row, present in enumerate(sheet.top_labels):
        if all(any(column.matches(text) for text in present) for column in wanted):
            return None if present.intersection(table.not_with) else row
    return None


def _headers_again(table: Table, sheet: Sheet, header_row: int) -> list[int]:
    """Rows below the header row that are headers themselves: a file put together of two, perhaps of two eras.

    Their columns may mean something else (other months, other names), so that what stands below must not be read.
    """
    first = next(at for at, text in enumerate(_labels(sheet.rows[header_row])) if text)
    if isinstance(sheet.rows, CodedRows):
        column = sheet.rows.columns[first].cells(slice(header_row + 1, None))
    else:
        column = [cells[first] for cells in sheet.rows[header_row + 1 :]]
    # Only the first cell of each row is looked at, and each text once: a file can have a million rows.
    suspects = {
        cell
        for cell in set(column)
        if isinstance(cell, str) and any(known.matches(label(cell)) for known in table.columns)
    }
    if not suspects:
        return []
    rows = [header_row + 1 + at for at, cell in enumerate(column) if cell in suspects]
    return [row for row in rows if _share(table, set(_labels(sheet.rows[row]))) >= _HEADER_SHARE]


def _titles(sheet: Sheet, title: re.Pattern[str]) -> list[tuple[int, int, str]]:
    """Cells whose label matches, as (row, column, text)."""
    return [(row, column, text) for row, column, text, words in sheet.long_texts if title.search(words)]


def _candidates(table: Table, grid: Grid) -> list[_Candidate]:
    found: list[_Candidate] = []
    for sheet in grid.sheets:
        if table.title is None:
            known_by = _identified_row(table, sheet)
            if known_by is not None:
                again = _headers_again(table, sheet, known_by)
                where = sheet.locator(again[0], 0).split(":")[0] if again else ""
                found.append(_Candidate(sheet, "", (0, 0), known_by, 1 + len(again), where))
            continue
        for row, column, title in _titles(sheet, table.title):
            last = row + _PREAMBLE if table.ends == "blank_row" else len(sheet.rows)
            header = _header_row(table, sheet, row + 1, min(last, row + _PREAMBLE))
            if header:
                found.append(_Candidate(sheet, title, (row, column), *header))
                break
    return found


def _data_rows(table: Table, sheet: Sheet, header_row: int, rows_with: int | None) -> Sequence[int]:
    if isinstance(sheet.rows, CodedRows) and rows_with is None and table.ends == "sheet":
        return sheet.rows.filled(header_row + 1)
    rows = []
    for row in range(header_row + 1, len(sheet.rows)):
        cells = sheet.rows[row]
        if rows_with is not None:
            if str(cells[rows_with]).strip() or any(isinstance(cell, float) for cell in cells):
                rows.append(row)
        elif any(cell != "" and not (isinstance(cell, str) and not cell.strip()) for cell in cells):
            rows.append(row)
        elif table.ends == "blank_row":
            break
    return rows


def _columns(
    table: Table, candidate: _Candidate
) -> tuple[dict[str, int], dict[int, str], dict[str, str], list[Drift]]:
    sheet, row = candidate.sheet, candidate.header_row
    columns: dict[str, int] = {}
    extra: dict[int, str] = {}
    headers: dict[str, str] = {}
    drift: list[Drift] = []
    for position, wordings in enumerate(_wordings(table, sheet, row)):
        if not wordings:
            continue
        matches = (
            (column, text) for text in wordings for column in table.columns if column.matches(label(text))
        )
        column, wording = next(matches, (None, wordings[-1]))
        printed = plain(wording)
        where = sheet.locator(row, position, printed)
        if column is None and label(printed) in table.ignored_headers:
            continue
        if column is None:
            extra[position] = printed
            message = (
                f"Column {printed!r} at {where} is unknown to table {table.name!r}; it is kept in raw and not read. "
                "Add it to the contract, as a column or as an alias of the column it replaces."
            )
            drift.append(Drift(DriftKind.ADDED_COLUMN, table.name, printed, where, message))
        elif column.repeats:
            name = f"{column.name}#{1 + sum(name.startswith(column.name + '#') for name in columns)}"
            columns[name], headers[name] = position, wording
        elif column.name in columns:
            message = (
                f"Column {printed!r} stands twice in table {table.name!r}, again at {where}; which one counts is not "
                "guessed."
            )
            drift.append(Drift(DriftKind.REPEATED_COLUMN, table.name, printed, where, message))
        else:
            columns[column.name], headers[column.name] = position, wording
    for column in table.columns:
        if column.required and column.name not in columns and f"{column.name}#1" not in columns:
            drift.append(_missing(table, column, sheet, row, extra))
    return columns, extra, headers, drift


def _missing(table: Table, column: Column, sheet: Sheet, row: int, extra: Mapping[int, str]) -> Drift:
    where = sheet.locator(row, 0).split(":")[0]
    unknown = ", ".join(repr(header) for header in extra.values())
    hint = f" Unknown there: {unknown}." if unknown else ""
    message = (
        f"Table {table.name!r} has no column {column.printed!r} in its header row ({where}).{hint} "
        "If the publisher renamed it, add the new header to headerAliases of the contract."
    )
    return Drift(DriftKind.MISSING_COLUMN, table.name, column.printed, where, message)


def _block(table: Table, candidate: _Candidate) -> tuple[Block, list[Drift]]:
    columns, extra, printed, drift = _columns(table, candidate)
    sheet, (title_row, title_column) = candidate.sheet, candidate.title_at
    where = sheet.locator(title_row, title_column)
    if candidate.header_rows > 1:
        message = (
            f"{candidate.header_rows} rows of sheet {sheet.name!r} hold all headers of table {table.name!r}."
        )
        if candidate.repeated_at:
            where = candidate.repeated_at
            message = (
                f"{where} holds headers of table {table.name!r} once more: the file was put together of several, and "
                "the columns below may mean something else. Give each file by itself."
            )
        drift.append(Drift(DriftKind.SEVERAL_HEADERS, table.name, "", where, message))
    periods = tuple(years_ending(candidate.title))
    sources = {column.period.source for column in table.figures if column.period}
    if ("title" in sources and len(periods) != 1) or ("latest_in_title" in sources and not periods):
        message = (
            f"The title at {where} names {len(periods)} years ('year ending <month> <year>'), one is expected: "
            f"{plain(candidate.title)!r}."
        )
        drift.append(Drift(DriftKind.PERIOD_UNREADABLE, table.name, "", where, message))
    rows = _data_rows(table, sheet, candidate.header_row, columns.get(table.rows_with))
    return Block(
        table, sheet, candidate.title, where, periods, candidate.header_row, columns, rows, extra, printed
    ), drift


def _end_of_title_period(candidate: _Candidate) -> str:
    periods = years_ending(candidate.title)
    return str(periods[0].end) if len(periods) == 1 else ""


def _not_the_year_before(latest: Block, previous: Block) -> Drift | None:
    """A table that should be of the year before, under a title of another year: its figures may be of any."""
    if (
        len(latest.periods) != 1
        or len(previous.periods) != 1
        or previous.periods[0] == latest.periods[0].year_before()
    ):
        return None
    message = (
        f"The title at {previous.title_locator} names {previous.periods[0]}, but beside {latest.periods[0]} at "
        f"{latest.title_locator} the year before is expected: one of the two titles is wrong. Ask the publisher."
    )
    return Drift(DriftKind.PERIOD_UNREADABLE, previous.table.name, "", previous.title_locator, message)


def _first_text(sheet: Sheet) -> str:
    return next(
        (cell for cells in sheet.rows[:3] for cell in cells[:2] if isinstance(cell, str) and cell.strip()), ""
    )


def find_tables(grid: Grid, contract: Contract) -> FoundTables:
    """Finds every table of a contract in a grid.

    Tables with one title (`occurrence` latest and previous) are told apart by the year that the title names.

    Returns:
        The tables found, and every difference from the contract: tables and columns that are missing, columns
        and sheets that are unknown. Nothing unknown is guessed to be something known.
    """
    blocks: dict[str, Block] = {}
    drift: list[Drift] = []
    by_title: dict[str, list[Table]] = defaultdict(list)
    for table in contract.tables:
        by_title[table.title.pattern if table.title else table.name].append(table)
    for tables in by_title.values():
        candidates = sorted(_candidates(tables[0], grid), key=_end_of_title_period, reverse=True)
        ordered = sorted(tables, key=lambda table: table.occurrence == "previous")
        for index, table in enumerate(ordered):
            if index >= len(candidates):
                if not table.optional:
                    message = (
                        f"No table {table.name!r} ({table.printed_name}) in {grid.file}: no sheet has its title "
                        "above its headers."
                    )
                    drift.append(Drift(DriftKind.MISSING_TABLE, table.name, table.printed_name, "", message))
                continue
            block, found = _block(table, candidates[index])
            blocks[table.name] = block
            drift.extend(found)
            if table.occurrence == "previous" and (
                wrong := _not_the_year_before(blocks[ordered[0].name], block)
            ):
                drift.append(wrong)
        further = candidates[len(ordered) :]
        if ordered[0].on_all_sheets:
            for number, candidate in enumerate(further, start=2):
                blocks[f"{ordered[0].name}#{number}"], found = _block(ordered[0], candidate)
                drift.extend(found)
            further = []
        for candidate in further:
            message = (
                f"Sheet {candidate.sheet.name!r} holds one more table titled {plain(candidate.title)!r} than the "
                "contract expects; it is not read."
            )
            drift.append(Drift(DriftKind.UNKNOWN_SHEET, "", "", candidate.sheet.name, message))
    claimed = {id(block.sheet) for block in blocks.values()}
    for sheet in grid.sheets:
        if (
            sheet.name
            and id(sheet) not in claimed
            and not contract.ignores_sheet(sheet.name, _first_text(sheet))
        ):
            message = (
                f"Sheet {sheet.name!r} is unknown to the contract of {contract.source}; "
                "it is kept in raw and not read."
            )
            drift.append(Drift(DriftKind.UNKNOWN_SHEET, "", "", sheet.name, message))
    return FoundTables(blocks, tuple(drift))
