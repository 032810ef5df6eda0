"""Texts of a file that may be notes: lists on sheets of notes, footnotes, lines above tables, and cover sheets.

Belongs here: which cells hold a note, its number, and the tables that its list names. Does not belong here: marks
(`marks`), and which figures a note concerns (`reader`).

Publishers write notes in four ways. A sheet of notes has a header with `Note number` or `Note text`, a caption above
it that may name tables ("Notes for tables P5 P6 P7"), and one row for each note. Footnotes come below a table and begin
with their number. Lines above a table qualify it as a whole ("England and Wales (excluding Greater Manchester)"). A
cover sheet has sentences, some of which begin with "Note".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from civic_assets.house_numbers.notes import (
    CELLS_OF_A_COVER,
    LONGEST_NOTES_SHEET,
    SHORTEST_COVER_NOTE,
    SHORTEST_NOTE,
)
from civic_assets.parsing.blocks import Block, FoundTables
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue, as_printed, label, plain

NoteKind = Literal["note", "footnote", "above_table", "cover"]
"""Where a note is: in a list of notes, next to its table, above its table, or on a sheet without a table."""

_NUMBER_HEADERS = ("note number", "note", "number", "note no", "note no.", "footnote number", "footnote")
_TEXT_HEADERS = ("note text", "text", "note", "description", "footnote", "footnote text", "details")
_NAMES_TABLES = re.compile(r"\b(?:tables?|worksheets?|sheets?)\b(.*)")
_TABLE = re.compile(r"\b[a-z]{0,4}[0-9]+[a-z]?\b")
_RUN = re.compile(r"\b([a-z]{0,4})([0-9]+) ?(?:to|-) ?(?:\1)?([0-9]+)\b")
# "1. Text", "[note 1] Text", "Note 1: text", "(1) Text", "8 Text", "[1] Text".
_NUMBERED = re.compile(
    r"(?:\[?\(?\s*(?:foot)?notes?\s*([0-9]{1,2})\s*\]?\)?\s*[:.\u2013-]?|[\[(]([0-9]{1,2})[\])]\.?|([0-9]{1,2})[.):]?)\s+(?=\S)",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"([*\u2020\u2021]+)\s*(?=\S)")
_NUMBER_CELL = re.compile(
    r"\[?\(?(?:(?:foot)?note\s*)?([0-9]{1,3}|[a-z]|[*\u2020\u2021]+)\)?\]?\.?", re.IGNORECASE
)
_SUPERSCRIPTS = str.maketrans("\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079", "1230456789")


@dataclass(frozen=True, slots=True)
class NoteText:
    """One text that is a note, or may be one.

    Args:
        sheet: Sheet of the text.
        locator: Address of the cell with the text.
        text: The text as printed, without its number.
        kind: Where it is.
        number: Its number or symbol as printed; empty without one.
        caption: Heading of its list; empty without one.
        tables: Names of the tables that the heading lists, e.g. `p5`; empty if it names none.
    """

    sheet: str
    locator: str
    text: str
    kind: NoteKind
    number: str = ""
    caption: str = ""
    tables: frozenset[str] = frozenset()


def tables_named(text: str) -> frozenset[str]:
    """Names of tables in a heading or in the name of a sheet.

    Example:
        >>> sorted(tables_named("Notes for tables P1 to P3 and P9"))
        ['p1', 'p2', 'p3', 'p9']
        >>> sorted(tables_named("Issues affecting table MYE5"))
        ['mye5']
    """
    match = _NAMES_TABLES.search(label(text))
    if not match:
        return frozenset()
    return _names(match[1])


def names_of_sheet(name: str) -> frozenset[str]:
    """Names under which headings of notes may list the table of a sheet: `p6` for `Table P6`."""
    return _names(label(name))


def _names(words: str) -> frozenset[str]:
    found = set(_TABLE.findall(words))
    for letters, first, last in _RUN.findall(words):
        found |= {f"{letters}{number}" for number in range(int(first), min(int(last), int(first) + 99) + 1)}
    return frozenset(found)


def note_texts(grid: Grid, found: FoundTables) -> list[NoteText]:
    """Every text of a file that is a note or may be one, in the file's order.

    Args:
        grid: Cells of the file.
        found: The contract's tables in it.
    """
    blocks: dict[str, list[Block]] = {}
    for block in found.blocks.values():
        blocks.setdefault(block.sheet.name, []).append(block)
    texts: list[NoteText] = []
    for sheet in grid.sheets:
        if sheet.name in blocks:
            texts.extend(_around(sheet, blocks[sheet.name]))
        elif not isinstance(sheet.rows, CodedRows) and len(sheet.rows) <= LONGEST_NOTES_SHEET:
            listed = list(_listed(sheet))
            texts.extend(listed or _cover(sheet))
    return texts


def number_of(text: str) -> str:
    """A number of a note as marks write it: without leading zeros, superscripts as digits."""
    stripped = text.translate(_SUPERSCRIPTS).strip()
    return stripped.lstrip("0") or "0"


def _texts(cells: Sequence[CellValue]) -> list[tuple[int, str]]:
    return [(at, text) for at, cell in enumerate(cells) if (text := as_printed(cell).strip())]


def _listed(sheet: Sheet) -> Iterator[NoteText]:
    """Notes of the lists of a sheet."""
    caption, within = "", False
    column = 0
    for row, cells in enumerate(sheet.rows):
        filled = _texts(cells)
        if not filled:
            continue
        labels = [label(text) for _, text in filled]
        header = _header_of_list(labels)
        if header is not None:
            within, column = True, filled[header][0]
            own = labels[0] not in _NUMBER_HEADERS
            caption = filled[0][1] if own and header > 0 else caption
            continue
        number = _NUMBER_CELL.fullmatch(filled[0][1].translate(_SUPERSCRIPTS))
        if within and number and len(filled) > 1:
            where, text = next(((at, said) for at, said in filled if at == column), filled[1])
            yield NoteText(
                sheet.name,
                sheet.locator(row, where),
                text,
                "note",
                number_of(number[1]),
                plain(caption),
                tables_named(caption) or tables_named(sheet.name),
            )
        elif len(filled) == 1 or not within:
            caption = filled[0][1]
            within = within and len(filled) == 1 and not tables_named(caption)


def _header_of_list(labels: Sequence[str]) -> int | None:
    """Which of the filled cells of a row is the header of a list's texts; None if the row is another."""
    if len(labels) < 2:
        return None
    if labels[0] in _NUMBER_HEADERS and any(one in _TEXT_HEADERS for one in labels[1:]):
        return next(at for at, one in enumerate(labels) if at and one in _TEXT_HEADERS)
    # "Issues affecting table MYE3 | Note text": the heading is in the header itself.
    return 1 if labels[1] in ("note text", "footnote text") else None


def _around(sheet: Sheet, blocks: Sequence[Block]) -> Iterator[NoteText]:
    """Footnotes of a table's sheet and the lines above its header."""
    data = {row for block in blocks for row in block.rows}
    headers = {block.header_row for block in blocks}
    if not data:
        return
    first = min(*headers, min(data))
    last = max(data)
    # A sheet with a million rows has notes only above or below its table.
    rows = [*range(first), *range(last + 1, len(sheet.rows))]
    if len(blocks) > 1 and not isinstance(sheet.rows, CodedRows):
        rows = [row for row in range(len(sheet.rows)) if row not in data]
    titles = {block.title_locator for block in blocks}
    for row in rows:
        if row in headers:
            continue
        filled = _texts(sheet.rows[row])
        # Bands of headers fill several cells of a row; a note fills one, perhaps with a link.
        if not filled or len(filled) > 2:
            continue
        at, text = filled[0]
        locator = sheet.locator(row, at)
        if locator in titles:
            continue
        numbered = _NUMBERED.match(text.translate(_SUPERSCRIPTS)) or _SYMBOL.match(text)
        if numbered and len(text) - numbered.end() >= SHORTEST_NOTE:
            number = next(group for group in numbered.groups() if group)
            yield NoteText(sheet.name, locator, text[numbered.end() :], "footnote", number_of(number))
        elif row > last and len(text) >= SHORTEST_NOTE:
            yield NoteText(sheet.name, locator, text, "footnote")
        elif row < first and at == 0 and len(text) >= SHORTEST_NOTE:
            yield NoteText(sheet.name, locator, text, "above_table")


def _cover(sheet: Sheet) -> Iterator[NoteText]:
    """Sentences of a sheet that has neither a table nor a list of notes."""
    # A row with more cells belongs to a table that another source reads, or nobody.
    if any(len(_texts(cells)) > CELLS_OF_A_COVER for cells in sheet.rows):
        return
    for row, cells in enumerate(sheet.rows):
        filled = _texts(cells)
        if not filled or len(filled) > 2:
            continue
        at, text = filled[0]
        if len(text) >= SHORTEST_COVER_NOTE or label(text).startswith("note:"):
            yield NoteText(sheet.name, sheet.locator(row, at), text, "cover")
