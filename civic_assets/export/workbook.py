"""An accessible statistical workbook in the form of the Government Analysis Function, written with ONS' gptables.

Belongs here: cover, contents, notes and one table a sheet, as gptables wants them. Does not belong here: which tables
there are (`tables`), symbols (`shorthand`), and reading a workbook again (`read_back`).

Texts are never interpreted: gptables would write `=1+1` as a formula, `[a](b)` as a link and `$$a$$` as a reference.
XlsxWriter would round numbers to 16 digits. Nothing in a workbook depends on when or where it is written.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.export.shorthand import NO_STATUS, legend
from civic_assets.export.tables import NO_NOTES, NOTES, SYNTHETIC, FigureTable, first_of_text, tables_of
from civic_assets.house_numbers.display import NOTE_COLUMN_WIDTH

if TYPE_CHECKING:
    from civic_assets.export.chosen import Chosen

COVER, CONTENTS, NOTES_SHEET = "Cover", "Contents", "Notes"
_CELL_CHARACTERS = 32_767
_LINK = re.compile(r"\[.+\]\(.+\)")
_END_OF_PERIOD = "end_of_period"
# Points of a line in Arial 12, how much wider it is than the letters by which Excel counts widths, and Excel's tallest.
_LINE, _WIDE, _TALLEST = 16, 1.15, 409
_A4 = 9
_ROWS_ABOVE_NOTES = 3
_OPTIONS = {
    "in_memory": True,  # the time of a temporary file would be in the workbook
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Exact(float):
    """A number that is written with every digit, not with the 16 that XlsxWriter asks for."""

    def __format__(self, form: str) -> str:
        return repr(float(self))


def write_workbook(chosen: Chosen, path: Path) -> int:
    """Write the workbook.

    Args:
        chosen: The figures.
        path: File to write; its name need not end in xlsx.

    Returns:
        The number of tables.

    Raises:
        UsageError: A text cannot be in an accessible table.
    """
    import gptables

    tables = list(tables_of(chosen))
    texts = _notes_table(chosen, tables)
    cover = _cover(chosen, len(tables))
    sheets = {table.name: _sheet(chosen, table) for table in tables}
    with warnings.catch_warnings():
        # What pandas will stop supporting is for gptables to repair. Its own warnings stay; a test makes them errors.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        book = gptables.produce_workbook(
            str(path),
            sheets=sheets,
            cover=cover,
            contentsheet_label=CONTENTS,
            notes_table=texts,
            notesheet_label=NOTES_SHEET,
            notesheet_options={"title": "Notes", "table_name": "notes_table"},
            auto_width={NOTES_SHEET: False},
            workbook_options=_OPTIONS,
        )
    _lay_out(book, cover, sheets, texts)
    _describe(book, chosen)
    for sheet in book.worksheets():
        _keep_digits(sheet)
    book.close()
    return len(tables)


def _cover(chosen: Chosen, tables: int) -> Any:
    import gptables

    intro = [
        (
            f"{chosen.figures:,} figures in {tables:,} {'table' if tables == 1 else 'tables'}, each as its publisher "
            "printed it in the newest release, with its status and the cell of the file that it was read from."
        ),
        (
            f"{chosen.without_value:,} figures have no value. Shorthand such as [c] or [x] is printed instead, never "
            "a zero, and the legend above each table says what it means."
        ),
    ]
    if chosen.synthetic:
        intro.insert(
            0, f"{SYNTHETIC} figures: some figures in this file are invented samples. Do not use them."
        )
    if chosen.disputed:
        intro.append(
            f"{chosen.disputed:,} figures are disputed: a check found them wrong. They are as printed, and a note with "
            "each says why. Do not use them."
        )
    intro.append(f"Taken from publication {chosen.number}, whose hash is {chosen.publication}.")
    about = []
    for one in chosen.sources:
        about.append(_header(f"{one.attribution} Releases: {', '.join(one.releases)}."))
        about.append(_header(f"Licence of {one.source}: {one.licence or 'not stated'}."))
    contact = [
        "About a figure: its publisher, named above.",
        (
            "About this file: those who run the store that it was made from. To see where a figure comes from, run "
            "civic-assets trace with its name in the column Figure."
        ),
    ]
    return gptables.Cover(title=_title(chosen), intro=intro, about=about, contact=contact, cover_label=COVER)


def _title(chosen: Chosen) -> str:
    return _header(f"{SYNTHETIC}: {chosen.title}" if chosen.synthetic else chosen.title)


def _sheet(chosen: Chosen, table: FigureTable) -> Any:
    """One table with the lines above it."""
    import gptables
    import pandas as pd

    at = table.headers.index(NOTES)
    columns: dict[str, list[Any]] = {}
    for place, header in enumerate(table.headers):
        cells = [row[place] for row in table.rows]
        columns[header] = (
            [_references(one) or NO_NOTES for one in cells] if place == at else list(map(_cell, cells))
        )
    source = next(one for one in chosen.sources if one.source == table.source)
    definition = chosen.measures.get(table.measure, ("", ""))[0]
    subtitles = [_header(definition)] if definition else []
    if table.notes:
        subtitles.append(f"Notes about the whole table: {_references(table.notes)}")
    return gptables.GPTable(
        table=pd.DataFrame(columns, dtype=object),
        table_name=f"figures_{table.name.rpartition('_')[2]}",
        title=_header(table.title),
        subtitles=subtitles,
        instructions=f"This worksheet contains one table of {len(table.rows):,} figures, one in each row. Notes are "
        f"numbered, and are on the sheet {NOTES_SHEET}.",
        legend=[
            f"Status \u201c{NO_STATUS}\u201d: an ordinary figure.",
            *map(_header, legend(table.statuses)),
        ],
        source=_header(f"{source.attribution} Releases: {', '.join(table.releases)}."),
        scope=_header(f"{table.areas:,} {'area' if table.areas == 1 else 'areas'}, {_range(table.periods)}."),
        index_columns={3: at},
        table_notes={"Period end": f"$${_END_OF_PERIOD}$$"},
    )


def _range(periods: tuple[str, str]) -> str:
    first, last = periods
    return first if first == last else f"{first} to {last}"


def _notes_table(chosen: Chosen, tables: Sequence[FigureTable]) -> Any:
    """The texts of all notes by reference; gptables numbers them in the order in which tables refer to them."""
    import pandas as pd

    of_ours = (
        "A period runs up to, not including, the day under Period end: the year 2024 ends on 2025-01-01."
    )
    rows = [(_END_OF_PERIOD, of_ours, "all sources", "said by civic-assets")]
    used = {one for table in tables for one in table.notes}
    for table in tables:
        at = table.headers.index(NOTES)
        used.update(*(row[at] for row in table.rows))
    places: dict[int, list[str]] = {}
    for number, first in first_of_text(chosen.notes).items():
        places.setdefault(first, []).append(f"{chosen.notes[number].release} {chosen.notes[number].place}")
    for number in sorted(used):
        note = chosen.notes[number]
        text, place = note.text[:_CELL_CHARACTERS], "; ".join(places[number])[:_CELL_CHARACTERS]
        rows.append((_reference(number), text, note.source, place))
    columns = ("Note reference", "Note text", "Source", "Release with cell, check or decision")
    return pd.DataFrame(
        {name: [row[at] if at == 0 else _cell(row[at]) for row in rows] for at, name in enumerate(columns)},
        dtype=object,
    )


def _reference(number: int) -> str:
    return f"note_{number}"


def _references(numbers: Sequence[int]) -> str:
    return "".join(f"$${_reference(number)}$$" for number in numbers)


def _cell(value: Any) -> Any:
    """A cell that gptables writes as it is."""
    import gptables

    if isinstance(value, str):
        # As rich text of one piece; gptables looks for links in plain texts only.
        return gptables.core.gptable.FormatList([{}, value]) if _LINK.search(value) else value
    return value


def _header(text: str) -> str:
    """A text above a table in which gptables finds neither links nor references."""
    return text.replace("](", "] (").replace("$$", "$ $")


def _lay_out(book: Any, cover: Any, sheets: Mapping[str, Any], notes: Any) -> None:
    """Heights of rows in which text wraps, which not every program works out, and pages as wide as a table."""
    front = book.get_worksheet_by_name(COVER)
    for row, text in enumerate([cover.title, "", *cover.intro, "", *cover.about, "", *cover.contact]):
        front.set_row(
            row, _LINE * max(1, ceil(len(text) * _WIDE / cover.width)) + (_LINE / 2 if not text else 0)
        )
    written = book.get_worksheet_by_name(NOTES_SHEET)
    for column, width in enumerate((14, NOTE_COLUMN_WIDTH, 24, 40)):
        written.set_column(column, column, width)
    lines = {
        reference: max(
            ceil(len(_plain(text)) * _WIDE / NOTE_COLUMN_WIDTH), ceil(len(_plain(place)) * _WIDE / 40)
        )
        for reference, text, _, place in notes.itertuples(index=False)
    }
    for row, reference in enumerate(book._annotations, start=_ROWS_ABOVE_NOTES):
        written.set_row(row, min(_LINE * max(1, lines[reference]), _TALLEST))
    for name, table in sheets.items():
        sheet = book.get_worksheet_by_name(name)
        sheet.set_row(table.data_range[0], _LINE * 2)
        sheet.repeat_rows(table.data_range[0])
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)


def _plain(text: Any) -> str:
    return text if isinstance(text, str) else text.string


def _keep_digits(sheet: Any) -> None:
    """Let a worksheet write its numbers exactly. A handler of XlsxWriter would have to be there before gptables is."""
    write = sheet._xml_number_element

    def exactly(number: float, attributes: Any = ()) -> None:
        write(_Exact(number) if isinstance(number, float) else number, attributes)

    sheet._xml_number_element = exactly


def _describe(book: Any, chosen: Chosen) -> None:
    """Properties of the document: its title, language and origin, and a date that does not depend on today's."""
    book.set_properties(
        {
            "title": _title(chosen),
            "subject": "Official statistics as published, with status and source of every figure",
            "author": "; ".join(one.publisher or one.source for one in chosen.sources),
            "keywords": ", ".join(one.source for one in chosen.sources),
            "comments": f"Publication {chosen.number}, hash {chosen.publication}",
            "created": datetime(chosen.newest.year, chosen.newest.month, chosen.newest.day),
        }
    )
    book.set_custom_property("Language", "English (United Kingdom)")
    book.set_custom_property("Publication", chosen.publication)
