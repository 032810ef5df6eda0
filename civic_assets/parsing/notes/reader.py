"""The notes of a file with the figures that each concerns.

Belongs here: following each mark to its note, and from the marked cell to the areas, measures and periods of the
figures in its row or column. Does not belong here: finding texts (`texts`) and numbers (`marks`), and what a note means
(`civic_assets.harmonise.notes`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from civic_assets.parsing.blocks import Block, FoundTables
from civic_assets.parsing.notes.marks import attached_marks, bracketed_marks
from civic_assets.parsing.notes.texts import NoteText, names_of_sheet, note_texts
from civic_assets.parsing.observations import Note, NoteMark
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid, column_letters
from civic_assets.values.cells import label
from civic_assets.values.period_text import years_ending
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa


OTHER = "other_table"
"""Place of a note of a list about tables that this source does not read."""


@dataclass(frozen=True, slots=True)
class LooseMark:
    """A mark whose note has no text.

    Args:
        locator: Cell with the mark.
        number: Number that it refers to.
        sheets: Sheets of the lists in which the note should be.
    """

    locator: str
    number: str
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundNotes:
    """Notes and marks of a file.

    Args:
        notes: Every note, in the file's order.
        marks: Number of marks in the tables that are read.
        loose: Marks without a text.
        repeated: Addresses of notes by number and list, where a list gives one number to several notes.
    """

    notes: Sequence[Note]
    marks: int
    loose: Sequence[LooseMark]
    repeated: Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Scopes:
    """Areas of each row of a table, and measures and periods of each of its columns, from its figures."""

    rows: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    measures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    periods: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Marked:
    """One mark: the number, the cell, and which part of the table it qualifies (rows and columns are 0-based)."""

    number: str
    row: int
    column: int
    place: str
    columns: tuple[int, ...] = ()


def read_notes(grid: Grid, found: FoundTables, observations: pa.Table | None) -> FoundNotes:
    """Every note of a file, tied to the figures it concerns.

    Args:
        grid: Cells of the file.
        found: The contract's tables in it.
        observations: Figures of the file; None if it could not be parsed, which ties notes to tables only.
    """
    texts = note_texts(grid, found)
    if not texts:
        return FoundNotes((), *_unlisted(found), {})
    marks: dict[str, list[NoteMark]] = {text.locator: [] for text in texts}
    number, loose = 0, list[LooseMark]()
    for name, block in found.blocks.items():
        about = _about(texts, block)
        by_number: dict[str, list[NoteText]] = {}
        for text in about:
            if text.number:
                by_number.setdefault(text.number, []).append(text)
        scopes: _Scopes | None = None
        for marked in _marks(block, by_number):
            number += 1
            locator = block.sheet.locator(marked.row, marked.column)
            if marked.number not in by_number:
                sheets = tuple(dict.fromkeys(text.sheet for text in about if text.number))
                loose.append(LooseMark(locator, marked.number, sheets))
                continue
            scopes = scopes or _scopes(block, observations)
            tied = _tied(locator, name.partition("#")[0], block, marked, scopes)
            for text in _meant(by_number[marked.number], block.sheet.rows[marked.row][marked.column]):
                marks[text.locator].append(tied)
        for text in about:
            if all(mark.table != name.partition("#")[0] for mark in marks[text.locator]):
                marks[text.locator].append(NoteMark(text.locator, name.partition("#")[0], "table"))
    notes = [
        _note(
            text, marks[text.locator] or ([NoteMark(text.locator, "", OTHER)] if text.kind == "note" else [])
        )
        for text in texts
    ]
    return FoundNotes(tuple(notes), number, tuple(loose), _repeated(texts))


def _meant(texts: Sequence[NoteText], cell: object) -> Sequence[NoteText]:
    """The note that a mark means where its list gives one number to several: the one that names the marked row."""
    if len(texts) == 1:
        return texts
    name = re.split(r"\[|\(", label(str(cell)))[0].strip()
    naming = [text for text in texts if name and name in label(text.text)]
    return naming if len(naming) == 1 else texts


def _note(text: NoteText, marks: Sequence[NoteMark]) -> Note:
    rows = [mark for mark in marks if mark.place in ("row", "cell")]
    areas = dict.fromkeys(code for mark in rows for code in mark.areas) if len(rows) == len(marks) else {}
    return Note(
        text.locator,
        text.text,
        tuple(areas),
        tuple(years_ending(text.text)),
        text.kind,
        text.number,
        text.caption,
        tuple(dict.fromkeys(marks)),
    )


def _repeated(texts: Sequence[NoteText]) -> dict[tuple[str, str], Sequence[str]]:
    places: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        if text.number:
            places.setdefault((text.caption or text.sheet, text.number), []).append(text.locator)
    return {key: found for key, found in places.items() if len(found) > 1}


def _unlisted(found: FoundTables) -> tuple[int, tuple[LooseMark, ...]]:
    """Marks of a file that has no note at all."""
    loose = [
        LooseMark(block.sheet.locator(marked.row, marked.column), marked.number, ())
        for block in found.blocks.values()
        for marked in _marks(block, {})
    ]
    return len(loose), tuple(loose)


def _about(texts: Sequence[NoteText], block: Block) -> list[NoteText]:
    """Notes about the table of a sheet: its own footnotes, and lists that name it, else those that name no table."""
    names = names_of_sheet(block.sheet.name)
    own = [text for text in texts if text.sheet == block.sheet.name]
    listed = [text for text in texts if text.kind == "note"]
    naming = [text for text in listed if text.tables & names]
    general = [text for text in listed if not text.tables]
    # A list about all tables is numbered on in those that name one (ONS mid-year estimates).
    numbers = {text.number for text in naming}
    sheets = {text.sheet for text in naming}
    if naming:
        general = [text for text in general if text.sheet in sheets and text.number not in numbers]
    return own + naming + general


def _marks(block: Block, known: Mapping[str, Sequence[NoteText]]) -> Iterator[_Marked]:
    """Marks of a table: in its title and header, next to its rows, and in cells of figures."""
    sheet = block.sheet
    figures = {block.columns[name] for name, _ in block.figures()}
    first = min(block.rows, default=block.header_row + 1)
    own = {text.locator for texts in known.values() for text in texts}
    pending: list[tuple[int, int, str, str, tuple[int, ...]]] = []
    for row in range(first):
        cells = sheet.rows[row]
        for column, cell in enumerate(cells):
            if not isinstance(cell, str) or not cell.strip() or sheet.locator(row, column) in own:
                continue
            span = _span(block, row, column, figures, cells)
            place = "column" if span else "title"
            pending.append((row, column, cell, place, span))
    texts = {} if isinstance(sheet.rows, CodedRows) else _texts_beside(block, figures, bool(known))
    bracketed = any(bracketed_marks(text) for _, _, text, _, _ in pending) or any(
        bracketed_marks(text) for found in texts.values() for text in found
    )

    def numbers_of(text: str, place: str) -> list[str]:
        in_brackets = bracketed or place == "cell" or not known
        return bracketed_marks(text) if in_brackets else attached_marks(text, known)

    for column, found in texts.items():
        place = "cell" if column in figures else "row"
        marked = {text for text in found if numbers_of(text, place)}
        if marked:
            rows = sheet.column(column).where(lambda cell, marked=marked: cell in marked)  # type: ignore[misc]
            pending += [
                (row, column, str(sheet.rows[row][column]), place, (column,))
                for row in block.rows
                if rows[row]
            ]
    for row, column, text, place, span in sorted(pending):
        for number in dict.fromkeys(numbers_of(text, place)):
            yield _Marked(number, row, column, place, span)


def _texts_beside(block: Block, figures: Collection[int], known: bool) -> dict[int, list[str]]:
    """Texts of the rows of a table, by column, that may have a mark: each once.

    Cells of figures hold numbers and symbols; only brackets are marks there, and in a file without notes.
    """
    found: dict[int, list[str]] = {}
    for column in range(block.sheet.width):
        coded = block.sheet.column(column)
        plainly = known and column not in figures
        texts = {
            code: cell
            for code, cell in enumerate(coded.values)
            if isinstance(cell, str) and ("[" in cell or (plainly and cell))
        }
        if texts:
            used = set(coded.codes_of(block.rows).tolist())
            if beside := [text for code, text in texts.items() if code in used]:
                found[column] = beside
    return found


def _span(block: Block, row: int, column: int, figures: set[int], cells: Sequence[object]) -> tuple[int, ...]:
    """Columns of figures below a cell above the data; empty for a title and for a line about the whole table."""
    for top, left, bottom, right in block.sheet.merged:
        if top <= row <= bottom and left <= column <= right:
            under = tuple(at for at in range(left, right + 1) if at in figures)
            # A title is often merged over the columns that a page has room for.
            return () if left < min(figures, default=0) or set(under) == figures else under
    if row == block.header_row:
        return (column,) if column in figures else ()
    if column < min(figures, default=0):
        return ()
    # A band goes on to the next filled cell of its row.
    after = [at for at, cell in enumerate(cells) if at > column and cell != ""]
    last = after[0] if after else block.sheet.width
    under = tuple(at for at in range(column, last) if at in figures)
    return () if set(under) == figures else under


def _tied(locator: str, table: str, block: Block, marked: _Marked, scopes: _Scopes) -> NoteMark:
    letters = [column_letters(column) for column in marked.columns]
    measures = tuple(dict.fromkeys(m for one in letters for m in scopes.measures.get(one, ())))
    periods = tuple(dict.fromkeys(p for one in letters for p in scopes.periods.get(one, ())))
    lines = block.sheet.line_numbers
    areas = scopes.rows.get(lines[marked.row] if lines else marked.row + 1, ())
    if marked.place == "title":
        return NoteMark(locator, table, "title")
    if marked.place == "row":
        return NoteMark(locator, table, "row", areas=areas)
    if marked.place == "cell":
        return NoteMark(locator, table, "cell", areas, measures, periods)
    declared = {block.columns[name]: column.measure for name, column in block.figures()}
    measures = measures or tuple(dict.fromkeys(declared[at] for at in marked.columns if at in declared))
    return NoteMark(locator, table, "column", measures=measures, periods=periods)


def _scopes(block: Block, observations: pa.Table | None) -> _Scopes:
    """What the rows and columns of a table are about, read from its figures."""
    if observations is None:
        return _Scopes()
    import pyarrow.compute as pc

    prefix = f"{block.sheet.name}!"
    of_sheet = block.sheet.line_numbers is None and not block.sheet.records
    chosen = pc.equal(observations["table_id"], block.table.name)
    if of_sheet:
        chosen = pc.and_(chosen, pc.starts_with(observations["locator"], prefix))
    own = observations.filter(chosen)
    rows: dict[int, tuple[str, ...]] = {}
    pairs = own.select(["row_number", "area_code"]).group_by(["row_number", "area_code"]).aggregate([])
    for row, code in zip(pairs["row_number"].to_pylist(), pairs["area_code"].to_pylist(), strict=True):
        rows[row] = tuple(sorted({*rows.get(row, ()), code}))
    if not of_sheet:
        return _Scopes(rows)
    places = pc.utf8_slice_codeunits(own["locator"], len(prefix))
    letters = pc.replace_substring_regex(places, "[0-9]+$", "")
    keys = ["measure", "period_start", "period_end", "period_kind"]
    named = own.select(keys).append_column("column", letters)
    kinds = named.group_by(["column", *keys]).aggregate([]).to_pylist()
    measures: dict[str, dict[str, None]] = {}
    periods: dict[str, dict[Period, None]] = {}
    everything = {(kind["period_start"], kind["period_end"]) for kind in kinds}
    for kind in kinds:
        measures.setdefault(kind["column"], {})[kind["measure"]] = None
        if len(everything) > 1:
            when = Period(kind["period_start"], kind["period_end"], PeriodKind(kind["period_kind"]))
            periods.setdefault(kind["column"], {})[when] = None
    return _Scopes(
        rows,
        {column: tuple(sorted(found)) for column, found in measures.items()},
        {column: tuple(sorted(found)) for column, found in periods.items()},
    )
