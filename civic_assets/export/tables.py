"""The tables of a statistical workbook: one for each source, measure, unit and statistic.

Belongs here: which figures share a table, its title, its columns and the notes about all of it. Does not belong here:
how a workbook is written (`workbook`), and its columns read again (`read_back`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from civic_assets.errors import UsageError
from civic_assets.export.shorthand import status_cell, symbol
from civic_assets.publish.site.evidence.word_tables import group_words, heading, unit_words

if TYPE_CHECKING:
    from civic_assets.export.chosen import Chosen
    from civic_assets.export.notes import Note

SYNTHETIC = "SYNTHETIC"
"""Said in the title of whatever holds a figure of a synthetic sample."""
FIGURE, VALUE, STATUS, QUALITY, NOTES = "Figure", "Value", "Status", "Quality", "Notes"
CORRECTED = "Corrected value"
HEADERS = (
    "Area code", "Area", "Period", "Group", VALUE, STATUS, QUALITY, NOTES, "Period start", "Period end", "Measure",
    "Unit", "Source", "Release", "Cell", FIGURE,
)  # fmt: skip
"""Columns of every table; one with a corrected figure also has `Corrected value`, after `Value`."""
NOT_CORRECTED = "[z]"
"""What the column of corrected values has for a figure that no decision corrects."""
NO_NOTES = "none"
_READ = [
    "figure", "source", "publisher", "release", "measure", "area_code", "area_name", "period", "period_start",
    "period_end", "statistic", "breakdown", "unit", "value", "corrected_value", "status", "quality", "notes", "own",
    "locator", "synthetic",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One table of the workbook.

    Args:
        name: Name of its sheet, such as `Table_1`.
        title: What it holds.
        source: Source of its figures.
        measure: Their measure.
        releases: Releases that they come from.
        periods: First and last period, in words.
        areas: Number of areas.
        headers: Columns.
        rows: A list of cells for each figure: texts, and numbers where there is a value. The cell of `NOTES` is a list
            of numbers of notes.
        notes: Numbers of the notes about every figure of the table.
        statuses: Statuses of its figures.
    """

    name: str
    title: str
    source: str
    measure: str
    releases: tuple[str, ...]
    periods: tuple[str, str]
    areas: int
    headers: tuple[str, ...]
    rows: Sequence[list[Any]]
    notes: tuple[int, ...]
    statuses: tuple[str | None, ...]


def first_of_text(notes: Mapping[int, Note]) -> dict[int, int]:
    """For each note, the first of its source that says the same: publishers print one note above many tables."""
    first: dict[tuple[str, str, str], int] = {}
    return {
        number: first.setdefault((note.kind, note.source, note.text), number)
        for number, note in notes.items()
    }


def tables_of(chosen: Chosen) -> Iterator[FigureTable]:
    """The tables by source, measure, unit and statistic; in each, figures are by area, group and period.

    Raises:
        UsageError: A text cannot be in an accessible table, since it has neither a letter nor a digit.
    """
    same = first_of_text(chosen.notes)
    figures = sorted(chosen.rows().read_all().select(_READ).to_pylist(), key=_kind)
    for row in figures:
        for name in ("notes", "own"):
            row[name] = list(dict.fromkeys(same[number] for number in row[name]))
    for number, (_, group) in enumerate(groupby(figures, _kind), start=1):
        rows = list(group)
        first = rows[0]
        _, counts = chosen.measures.get(first["measure"], ("", ""))
        words = heading(first["measure"], first["unit"], first["statistic"], counts)
        said = f"{SYNTHETIC} " if any(row["synthetic"] for row in rows) else ""
        title = f"Table {number}: {said}{words}, {first['publisher'] or first['source']} ({first['source']})"
        yield _table(number, title, rows)


def _kind(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["source"], row["measure"], row["unit"], row["statistic"]


def _table(number: int, title: str, rows: Sequence[dict[str, Any]]) -> FigureTable:
    shared = set(rows[0]["notes"])
    for row in rows:
        shared.intersection_update(row["notes"])
    for row in rows:
        shared.difference_update(row["own"])
    corrected = any(row["corrected_value"] is not None for row in rows)
    headers = list(HEADERS)
    if corrected:
        headers.insert(headers.index(VALUE) + 1, CORRECTED)
    groups = {breakdown: group_words(breakdown) for breakdown in {row["breakdown"] for row in rows}}
    first = rows[0]
    measure, unit = first["measure"], unit_words(first["unit"])
    cells = []
    for row in rows:
        value = row["value"]
        line = [
            row["area_code"], row["area_name"], row["period"], groups[row["breakdown"]],
            symbol(row["status"]) if value is None else value,
            *([NOT_CORRECTED if row["corrected_value"] is None else row["corrected_value"]] if corrected else ()),
            status_cell(row["status"]), row["quality"], [one for one in row["notes"] if one not in shared],
            row["period_start"].isoformat(), row["period_end"].isoformat(), measure, unit, row["source"],
            row["release"], row["locator"], row["figure"],
        ]  # fmt: skip
        cells.append(line)
    _require_words(headers, cells)
    by_time = sorted(rows, key=lambda row: (row["period_end"], row["period_start"]))
    return FigureTable(
        name=f"Table_{number}",
        title=title,
        source=first["source"],
        measure=measure,
        releases=tuple(sorted({row["release"] for row in rows})),
        periods=(by_time[0]["period"], by_time[-1]["period"]),
        areas=len({row["area_code"] for row in rows}),
        headers=tuple(headers),
        rows=cells,
        notes=tuple(sorted(shared)),
        statuses=tuple(sorted({row["status"] for row in rows}, key=str)),
    )


def _require_words(headers: Sequence[str], cells: Sequence[Sequence[Any]]) -> None:
    """Every text has a letter or a digit, so that a screen reader can say it."""
    for at, header in enumerate(headers):
        for text in {row[at] for row in cells if isinstance(row[at], str)}:
            if not any(letter.isascii() and letter.isalnum() for letter in text):
                raise UsageError(
                    f"{text!r} under {header!r} has no letter or digit, so it cannot be in an accessible workbook. "
                    "Write another format: --format csv, parquet or json."
                )
