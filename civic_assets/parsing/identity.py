"""Telling a table from a sibling publication with the same headers.

Belongs here: comparing a header row, and the values below it, with what the contract says that the table is not. Does
not belong here: finding the header row (`header_rows`), and what a contract may say
(`civic_assets.contracts.identity`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from civic_assets.contracts.identity import Levels, Population, is_generic, is_specific
from civic_assets.contracts.model import Table
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, EXAMPLES_NAMED
from civic_assets.house_numbers.recognition import LONGEST_MARK
from civic_assets.parsing.blocks import table_label
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.readers.grid import Sheet
from civic_assets.values.cells import CellValue, label, parse_number, plain

_COUNTRIES = frozenset(
    {"england", "wales", "scotland", "northern ireland", "great britain", "united kingdom"}
)
_AREA_CODE = re.compile(r"[ewsnk][0-9]{8}")
_KIND_OF_PERIOD = re.compile(r"\b(?:year|term|terms|quarter|month|week)\b")


def why_another(table: Table, sheet: Sheet, row: int, options: Mapping[str, Any]) -> str:
    """Why a header row that fits a table belongs to another publication; `""` if it is the table's own.

    Args:
        table: Table without a title.
        sheet: Sheet that holds the headers.
        row: Row of the headers.
        options: Options of the contract.

    Returns:
        The end of a sentence about the file: `..., but <this>`.
    """
    headers = _headers(sheet, row)
    own = table.identity
    if why := _why_unlike(table, sheet, row, headers):
        return why
    missing = [c for c in table.columns if c.expected and not _stands(c.headers, c.pattern, headers)]
    if own.closed and not missing:
        for at, text in headers.items():
            if not _known(table, label(text)) and _words(_values(sheet, at, row + 1)):
                return f"the column {text!r} is unknown and holds words, and such a column {own.closed}"
    return "" if missing else _why_other_values(table, sheet, row, headers, options)


def why_not_near(table: Table, sheet: Sheet, row: int, options: Mapping[str, Any]) -> str:
    """Why a header row that nearly fits a table belongs to another publication; `""` if it may be the table's own.

    A column that the publisher renamed is unknown under its new header. There may therefore be as many unknown columns
    of words as the table has columns missing. If optional columns are missing, an unknown column with the same country
    or kind of period in every row may be one of them, renamed. Any other unknown column of words narrows what a row
    counts.

    Returns:
        The end of a sentence, as for `why_another`.
    """
    headers = _headers(sheet, row)
    own = table.identity
    if why := _why_unlike(table, sheet, row, headers) or _why_other_values(
        table, sheet, row, headers, options
    ):
        return why
    if not own.closed:
        return ""
    missing = sum(c.expected and not _stands(c.headers, c.pattern, headers) for c in table.columns)
    left_out = len(keys_left_out(table, sheet, row))
    for at, text in headers.items():
        if _known(table, label(text)):
            continue
        printed = _values(sheet, at, row + 1)
        if not _words(printed):
            continue
        if missing:
            missing -= 1
        elif left_out and len(printed) == 1 and _says_where_or_when(printed[0]):
            left_out -= 1
        else:
            return f"the column {text!r} is unknown and holds words, and such a column {own.closed}"
    return ""


def _says_where_or_when(text: str) -> bool:
    """Whether it is a country, an area code or a kind of period, which do not narrow whom a row counts."""
    word = label(text)
    return (
        word in _COUNTRIES
        or _AREA_CODE.fullmatch(word) is not None
        or _KIND_OF_PERIOD.search(word) is not None
    )


def keys_left_out(table: Table, sheet: Sheet, row: int) -> list[str]:
    """Optional columns, other than figures, that the file does not have; as printed."""
    headers = _headers(sheet, row)
    return [
        column.printed
        for column in table.keys
        if not column.expected and not _stands(column.headers, column.pattern, headers)
    ]


def _why_unlike(table: Table, sheet: Sheet, row: int, headers: Mapping[int, str]) -> str:
    """Why the headers, or the level of all rows, do not belong to the table."""
    for group in table.identity.not_columns:
        if foreign := [text for text in headers.values() if label(text) in group.headers]:
            return f"the column {foreign[0]!r} says that it is {group.because}"
    if why := _why_other_level(table, sheet, row, headers):
        return why
    unknown = [
        text for text in headers.values() if not _known(table, label(text)) and not is_generic(label(text))
    ]
    specific = [
        column
        for column in table.columns
        if is_specific(column) and _stands(column.headers, column.pattern, headers)
    ]
    if len(unknown) > max(len(specific), 1):
        return (
            f"{len(unknown)} of its columns are unknown there ({_listed(unknown)}) and only {len(specific)} of "
            "those that it shares are specific to that table: it measures something else"
        )
    return ""


def _why_other_level(table: Table, sheet: Sheet, row: int, headers: Mapping[int, str]) -> str:
    levels = table.identity.levels
    if levels is None:
        return ""
    printed = _values(sheet, _place(table, levels.column, headers), row + 1)
    if not printed or any(label(text) in levels.ours for text in printed):
        return ""
    reason = levels.others.get(label(printed[0]), "which is not a level that is read")
    return f"all of its rows are of the level {_listed(printed)}: {reason}"


def _why_other_values(
    table: Table, sheet: Sheet, row: int, headers: Mapping[int, str], options: Mapping[str, Any]
) -> str:
    own = table.identity
    for population in own.populations:
        place = _place(table, population.column, headers)
        if place >= 0 and (why := _other_population(population, _values(sheet, place, row + 1), options)):
            return why
    return ""


def _other_population(population: Population, printed: Sequence[str], options: Mapping[str, Any]) -> str:
    if not printed:
        return ""
    foreign = [text for text in printed if any(p.fullmatch(label(text)) for p in population.none_of)]
    if foreign:
        return f"its rows are about {_listed(foreign)}: it is {population.because}"
    keys = options.get(population.keys_of, ())
    if population.one_of or population.keys_of:
        own = any(
            label(text) in keys or any(p.fullmatch(label(text)) for p in population.one_of)
            for text in printed
        )
        if not own:
            groups = f"none of its rows ({_listed(printed)}) belong to a group that only that table has"
            return f"{groups}: it may be {population.because}"
    return ""


def rows_of_our_levels(
    table: Table, sheet: Sheet, columns: Mapping[str, int], rows: Sequence[int]
) -> tuple[Sequence[int], dict[str, int], list[Drift]]:
    """Rows of the geographic levels that a table reads, and the number of rows of each other level.

    A row of another level never counts as an area: its code is that of the authority that contains it.
    """
    levels = table.identity.levels
    if levels is None or levels.column not in columns:
        return rows, {}, []
    place = columns[levels.column]
    printed = _cells(sheet, place, rows)
    ours = {text: label(plain(text)) in levels.ours for text in set(printed)}
    if all(ours.values()):
        return rows, {}, []
    left_out: Counter[str] = Counter()
    first: dict[str, int] = {}
    kept = []
    for row, text in zip(rows, printed, strict=True):
        if ours[text]:
            kept.append(row)
        else:
            left_out[plain(text)] += 1
            first.setdefault(plain(text), row)
    known = {text: number for text, number in left_out.items() if label(text) in levels.others}
    drift = [
        Drift(
            DriftKind.OTHER_LEVEL,
            table.name,
            text,
            sheet.locator(first[text], place, levels.column),
            f"{_rows(number)} of level {text!r} in {table_label(table)}, the first at "
            f"{sheet.locator(first[text], place, levels.column)}, not read: {levels.others[label(text)]}.",
        )
        for text, number in known.items()
    ]
    unknown = [text for text in left_out if text not in known]
    if unknown:
        drift.append(_unknown_level(table, levels, sheet, unknown, first, place))
    return kept, dict(left_out), drift


def _unknown_level(
    table: Table, levels: Levels, sheet: Sheet, unknown: list[str], first: Mapping[str, int], place: int
) -> Drift:
    where = sheet.locator(first[unknown[0]], place, levels.column)
    if unknown == [""]:
        message = (
            f"The row of {where} states no geographic level: it looks like a total that somebody appended, or a "
            f"damaged row. Supply {table_label(table)} as published."
        )
    else:
        message = (
            f"{where} prints the geographic level {_listed(unknown)}, which {table_label(table)} does not know. "
            "Whether such rows are areas is unknown: add the level to the contract, either as one of its levels or "
            "as another."
        )
    # A file may print another word in each of a million rows.
    named = [*unknown[:CELLS_OF_A_FINDING], *(["..."] if len(unknown) > CELLS_OF_A_FINDING else [])]
    return Drift(DriftKind.UNKNOWN_LEVEL, table.name, ", ".join(named), where, message)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _headers(sheet: Sheet, row: int) -> dict[int, str]:
    return {
        at: plain(cell) for at, cell in enumerate(sheet.rows[row]) if isinstance(cell, str) and label(cell)
    }


def _stands(wordings: Iterable[str], pattern: re.Pattern[str] | None, headers: Mapping[int, str]) -> bool:
    present = {label(text) for text in headers.values()}
    return not present.isdisjoint(wordings) or bool(pattern and any(map(pattern.fullmatch, present)))


def _known(table: Table, header: str) -> bool:
    return header in table.ignored_headers or any(column.matches(header) for column in table.columns)


def _place(table: Table, name: str, headers: Mapping[int, str]) -> int:
    column = next(column for column in table.columns if column.name == name)
    return next((at for at, text in headers.items() if column.matches(label(text))), -1)


def _values(sheet: Sheet, column: int, first: int) -> list[str]:
    """Distinct texts of a column, in the order of the sheet."""
    import numpy as np

    if column < 0:
        return []
    coded = sheet.column(column)
    used, rows = np.unique(coded.codes[first:], return_index=True)
    cells = (coded.values[code] for code in used[np.argsort(rows)].tolist())
    return list(dict.fromkeys(text for cell in cells if (text := plain(_text(cell)))))


def _cells(sheet: Sheet, column: int, rows: Sequence[int]) -> list[str]:
    return [_text(cell) for cell in sheet.column(column).cells(rows)]


def _text(cell: CellValue) -> str:
    return cell if isinstance(cell, str) else str(cell)


def _words(texts: Iterable[str]) -> bool:
    return any(len(text) > LONGEST_MARK and parse_number(text) is None for text in texts)


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(map(repr, texts[:EXAMPLES_NAMED]))
    return f"{shown}, ..." if len(texts) > EXAMPLES_NAMED else shown
