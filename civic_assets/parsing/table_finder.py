"""Finding a publisher's tables by their title and their header words.

Belongs here: which cells are the title, header and data of a table in a grid. Sheet numbers, sheet names, row numbers
and column order are never relied on, because they change between editions. Does not belong here: which row holds the
headers (`header_rows`), and what the cells mean (`civic_assets.sources`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civic_assets.contracts.model import Column, Contract, Table
from civic_assets.house_numbers.recognition import PREAMBLE_ROWS
from civic_assets.parsing.blocks import Block, FoundTables, Refusal, table_label
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.parsing.header_rows import header_row, header_texts, headers_again, identified_row, titles
from civic_assets.parsing.identity import rows_of_our_levels, why_another
from civic_assets.parsing.uneven_rows import uneven_rows
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.text.large import LargeSheet
from civic_assets.values.cells import label, plain
from civic_assets.values.period_text import years_ending

__all__ = ["Block", "FoundTables", "find_tables"]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A header row below a title, which fits one or more tables of the contract."""

    sheet: Sheet
    title: str
    title_at: tuple[int, int]
    header_row: int
    header_rows: int
    repeated_at: str = ""


def _candidates(table: Table, grid: Grid, contract: Contract, refused: list[Refusal]) -> list[_Candidate]:
    """Header rows that fit a table; those of another publication are added to `refused`."""
    candidates: list[_Candidate] = []
    for sheet in grid.sheets:
        if table.title is None:
            known_by = identified_row(table, sheet)
            if known_by is not None:
                if refusal := _refusal(table, sheet, known_by, contract):
                    refused.append(refusal)
                    continue
                again = headers_again(table, sheet, known_by)
                where = sheet.locator(again[0], 0).split(":")[0] if again else ""
                candidates.append(_Candidate(sheet, "", (0, 0), known_by, 1 + len(again), where))
            continue
        for row, column, title in titles(sheet, table.title):
            last = row + PREAMBLE_ROWS if table.ends == "blank_row" else len(sheet.rows)
            header = header_row(table, sheet, row + 1, min(last, row + PREAMBLE_ROWS))
            if header:
                candidates.append(_Candidate(sheet, title, (row, column), *header))
                break
    return candidates


def _refusal(table: Table, sheet: Sheet, row: int, contract: Contract) -> Refusal | None:
    where = sheet.locator(row, 0).split(":")[0]
    why = why_another(table, sheet, row, contract.row_keys)
    if not why:
        return None
    sentence = f"is not read: {where} has headers of {table_label(table)} of {contract.source}, but {why}."
    present = sheet.top_labels[row]
    return Refusal(sum(any(map(c.matches, present)) for c in table.columns), sentence)


def _data_rows(table: Table, sheet: Sheet, header_row: int, rows_with: int | None) -> Sequence[int]:
    import numpy as np

    first = header_row + 1
    if isinstance(sheet, LargeSheet):
        return range(first, len(sheet.rows))
    if rows_with is None:
        kept = sheet.filled(first)
        if table.ends == "blank_row" and not kept.all():
            kept = kept[: int(kept.argmin())]
    else:
        kept = sheet.column(rows_with).where(lambda cell: bool(str(cell).strip()))[first:]
        for at in range(sheet.width):
            if kept.all():
                break
            kept |= sheet.column(at).where(lambda cell: isinstance(cell, float))[first:]
    rows = np.flatnonzero(kept) + first
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return range(int(rows[0]), int(rows[-1]) + 1)
    found: list[int] = rows.tolist()
    return found


def _columns(
    table: Table, candidate: _Candidate
) -> tuple[dict[str, int], dict[int, str], dict[str, str], list[Drift]]:
    sheet, row = candidate.sheet, candidate.header_row
    columns: dict[str, int] = {}
    extra: dict[int, str] = {}
    headers: dict[str, str] = {}
    drift: list[Drift] = []
    for position, wordings in enumerate(header_texts(table, sheet, row)):
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
                f"Column {printed!r} at {where} is unknown in {table_label(table)}; it is kept in the raw layer but "
                "not read. Add it to the contract, as a column or as an alias of the column it replaces."
            )
            drift.append(Drift(DriftKind.ADDED_COLUMN, table.name, printed, where, message))
        elif column.repeats:
            name = f"{column.name}#{1 + sum(name.startswith(column.name + '#') for name in columns)}"
            columns[name], headers[name] = position, wording
        elif column.name in columns:
            message = (
                f"Column {printed!r} appears twice in {table_label(table)}, again at {where}. Which one to use is "
                "unknown: ask the publisher."
            )
            drift.append(Drift(DriftKind.REPEATED_COLUMN, table.name, printed, where, message))
        else:
            columns[column.name], headers[column.name] = position, wording
    for column in table.columns:
        if column.expected and column.name not in columns and f"{column.name}#1" not in columns:
            drift.append(_missing(table, column, sheet, row, extra))
    return columns, extra, headers, drift


def _missing(table: Table, column: Column, sheet: Sheet, row: int, extra: Mapping[int, str]) -> Drift:
    where = sheet.locator(row, 0).split(":")[0]
    unknown = ", ".join(repr(header) for header in extra.values())
    hint = f" Unknown columns: {unknown}." if unknown else ""
    message = (
        f"The header row of {table_label(table)} ({where}) has no column {column.printed!r}.{hint} "
        "If the publisher renamed it, add the new header to headerAliases of the contract."
    )
    return Drift(DriftKind.MISSING_COLUMN, table.name, column.printed, where, message)


def _block(table: Table, candidate: _Candidate) -> tuple[Block, list[Drift]]:
    columns, extra, printed, drift = _columns(table, candidate)
    sheet, (title_row, title_column) = candidate.sheet, candidate.title_at
    where = sheet.locator(title_row, title_column)
    if candidate.header_rows > 1:
        message = (
            f"{candidate.header_rows} rows of sheet {sheet.name!r} have all headers of {table_label(table)}. "
            f"Supply each table separately."
        )
        if candidate.repeated_at:
            where = candidate.repeated_at
            message = (
                f"{where} repeats headers of {table_label(table)}: the file was put together from several, and the "
                "columns below may mean something else. Supply each file separately."
            )
        drift.append(Drift(DriftKind.SEVERAL_HEADERS, table.name, "", where, message))
    periods = tuple(years_ending(candidate.title))
    sources = {column.period.source for column in table.figures if column.period}
    if ("title" in sources and len(periods) != 1) or ("latest_in_title" in sources and not periods):
        message = (
            f"The title at {where} names {len(periods)} years ('year ending <month> <year>') where one is expected: "
            f"{plain(candidate.title)!r}."
        )
        drift.append(Drift(DriftKind.PERIOD_UNREADABLE, table.name, "", where, message))
    rows = _data_rows(table, sheet, candidate.header_row, columns.get(table.rows_with))
    if uneven := uneven_rows(table, sheet, candidate.header_row, rows):
        drift.append(uneven)
    rows, left_out, other_levels = rows_of_our_levels(table, sheet, columns, rows)
    drift.extend(other_levels)
    first = candidate.header_row
    return Block(
        table, sheet, candidate.title, where, periods, first, columns, rows, extra, printed, left_out
    ), drift


def _end_of_title_period(candidate: _Candidate) -> str:
    periods = years_ending(candidate.title)
    return str(periods[0].end) if len(periods) == 1 else ""


def _not_the_year_before(latest: Block, previous: Block, others: Iterable[Block]) -> Drift | None:
    """A table of the previous year under a title of another year: its figures may be for any year.

    If the other tables' titles name the year of one of the two, the other one is reported.
    """
    if (
        len(latest.periods) != 1
        or len(previous.periods) != 1
        or previous.periods[0] == latest.periods[0].year_before()
    ):
        return None
    now = Counter(max(block.periods) for block in others if block.periods)
    as_latest, as_previous = (
        now[latest.periods[0]],
        sum(number for period, number in now.items() if period.year_before() == previous.periods[0]),
    )
    accused, other, wanted = (
        (previous, latest, "before") if as_latest >= as_previous else (latest, previous, "after")
    )
    which = (
        "one of the two titles is wrong"
        if as_latest == as_previous
        else "the other tables' titles agree with that"
    )
    message = (
        f"The title at {accused.title_locator} names {accused.periods[0]}, but given {other.periods[0]} at "
        f"{other.title_locator} the year {wanted} is expected: {which}. Ask the publisher."
    )
    return Drift(DriftKind.PERIOD_UNREADABLE, accused.table.name, "", accused.title_locator, message)


def _first_text(sheet: Sheet) -> str:
    return next(
        (cell for cells in sheet.rows[:3] for cell in cells[:2] if isinstance(cell, str) and cell.strip()), ""
    )


def find_tables(grid: Grid, contract: Contract) -> FoundTables:
    """Find every table of a contract in a grid.

    Tables with one title (`occurrence` latest and previous) are distinguished by the year in the title.

    Returns:
        The tables found, and every difference from the contract: tables and columns that are missing, columns
        and sheets that are unknown. Unknown items are never taken for known ones.
    """
    blocks: dict[str, Block] = {}
    drift: list[Drift] = []
    refused: list[Refusal] = []
    pairs: list[tuple[Block, Block]] = []
    by_title: dict[str, list[Table]] = defaultdict(list)
    for table in contract.tables:
        by_title[table.title.pattern if table.title else table.name].append(table)
    for tables in by_title.values():
        candidates = sorted(
            _candidates(tables[0], grid, contract, refused), key=_end_of_title_period, reverse=True
        )
        ordered = sorted(tables, key=lambda table: table.occurrence == "previous")
        for index, table in enumerate(ordered):
            if index >= len(candidates):
                if not table.optional:
                    message = (
                        f"{grid.file} does not contain {table_label(table)}: no sheet has its title above its "
                        "headers. Ask the publisher, or update the contract."
                    )
                    drift.append(Drift(DriftKind.MISSING_TABLE, table.name, table.printed_name, "", message))
                continue
            block, found = _block(table, candidates[index])
            blocks[table.name] = block
            drift.extend(found)
            if table.occurrence == "previous":
                pairs.append((blocks[ordered[0].name], block))
        further = candidates[len(ordered) :]
        if ordered[0].on_all_sheets:
            for number, candidate in enumerate(further, start=2):
                blocks[f"{ordered[0].name}#{number}"], found = _block(ordered[0], candidate)
                drift.extend(found)
            further = []
        for candidate in further:
            title = plain(candidate.title)
            alike = f"titled {title!r}" if title else f"with the headers of {table_label(ordered[0])}"
            message = (
                f"Sheet {candidate.sheet.name!r} holds one more table {alike} than the contract expects; it is not "
                "read. Add it to the contract if it should be."
            )
            drift.append(Drift(DriftKind.UNKNOWN_SHEET, "", "", candidate.sheet.name, message))
    for latest, previous in pairs:
        others = [block for block in blocks.values() if block is not latest and block is not previous]
        if wrong := _not_the_year_before(latest, previous, others):
            drift.append(wrong)
    claimed = {id(block.sheet) for block in blocks.values()}
    for sheet in grid.sheets:
        if (
            sheet.name
            and id(sheet) not in claimed
            and not contract.ignores_sheet(sheet.name, _first_text(sheet))
        ):
            message = (
                f"Sheet {sheet.name!r} is unknown to the contract of {contract.source}; it is kept in the raw layer "
                "but not read. Add it to the contract if it should be."
            )
            drift.append(Drift(DriftKind.UNKNOWN_SHEET, "", "", sheet.name, message))
    return FoundTables(blocks, tuple(drift), tuple(refused))
