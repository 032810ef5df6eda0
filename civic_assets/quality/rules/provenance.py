"""Rules about a file other than its figures: where it comes from, and what its marks refer to.

Belongs here: R-11 and R-12. Does not belong here: the bytes and tables of the file (`rules.file`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civic_assets.parsing.release_date import stated_release_date
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import as_printed, label

_MARK = re.compile(r"\[\s*note\s*([0-9]+)\s*\]", re.IGNORECASE)
_NUMBERS = "note number"
# "Notes for tables P1, P2, P3, P4"; other sentences above a list may hold numbers too.
_FOR_TABLES = re.compile(r"notes?\b.*?\btables?\b(.*)")
_NUMBERED = re.compile(r"[0-9]+")
_TABLE = re.compile(r"\b[a-z]?[0-9]+[a-z]?\b")


@dataclass(frozen=True, slots=True)
class _Notes:
    """One list of notes.

    Args:
        sheet: Sheet of the list.
        tables: Names of tables that its caption lists, as the last word of their sheets' names; none for a list
            whose caption names no table.
        texts: Address of each text by its number.
    """

    sheet: str
    tables: frozenset[str]
    texts: Mapping[str, str]


def _lists(sheet: Sheet) -> Iterator[_Notes]:
    """Lists of notes of a sheet: below a cell `Note number`, with the caption above it."""
    caption, numbers, texts = "", None, dict[str, str]()
    tables: frozenset[str] = frozenset()
    for row, cells in enumerate(sheet.rows):
        first = label(as_printed(cells[0])) if cells else ""
        if first == _NUMBERS:
            if texts:
                yield _Notes(sheet.name, tables, texts)
            named = _FOR_TABLES.match(caption)
            numbers, texts, tables = row, {}, frozenset(_TABLE.findall(named[1]) if named else ())
        elif (
            numbers is not None
            and first.isascii()
            and first.isdecimal()
            and any(as_printed(cell) for cell in cells[1:])
        ):
            texts[first] = sheet.locator(row, 0)
        elif first:
            caption = first
    if texts:
        yield _Notes(sheet.name, tables, texts)


def _notes(grid: Grid) -> list[_Notes]:
    return [
        found for sheet in grid.sheets if not isinstance(sheet.rows, CodedRows) for found in _lists(sheet)
    ]


def _marks(sheet: Sheet) -> dict[str, list[str]]:
    """Addresses of the marks `[note n]` of a sheet, by number."""
    found: dict[str, list[str]] = {}
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and "[" in cell:
                for number in _MARK.findall(cell):
                    found.setdefault(number.lstrip("0") or "0", []).append(sheet.locator(row, column))
    return found


def _about(notes: list[_Notes], sheet: Sheet) -> list[_Notes]:
    """Lists about the table of a sheet: those that name it, else those that name no table."""
    name = label(sheet.name).split()[-1] if sheet.name.strip() else ""
    return [found for found in notes if name in found.tables] or [n for n in notes if not n.tables]


@rule(
    "R-11",
    "Footnotes captured",
    dimension="completeness",
    layer="raw",
    severity="warning",
    statement="Every mark `[note n]` in a table that is read has a text in the list of notes about that table.",
    cannot_tell="whether anyone reads a note, and footnotes that are marked in another way (digits next to names)",
    guidance="Look for the note in the publisher's bulletin, and tell the publisher.",
)
def footnotes(release: ReleaseView) -> RuleOutcome:
    """R-11: marks and texts of notes belong together; texts without a mark are counted."""
    sheets = {block.sheet.name: block.sheet for block in release.found.blocks.values()}
    marks = {name: _marks(sheet) for name, sheet in sheets.items() if not isinstance(sheet.rows, CodedRows)}
    number = sum(map(len, marks.values()))
    if not number:
        return not_evaluated("no_input", "no table that is read has a mark of the form [note n]")
    notes = _notes(release.grid)
    findings, unused = [], 0
    for name, found in marks.items():
        about = _about(notes, sheets[name])
        known = {n for listed in about for n in listed.texts}
        for mark, addresses in found.items():
            if mark in known:
                continue
            where = " or ".join(repr(listed.sheet) for listed in about) or "any list of notes of the file"
            findings.append(
                Finding(
                    "R-11",
                    f"{addresses[0]} refers to note {mark}, which has no text in {where}.",
                    addresses[0],
                    addresses,
                    observed=f"[note {mark}]",
                    expected="a note of that number",
                )
            )
    used = {name: set(found) for name, found in marks.items()}
    for listed in notes:
        readers = [used[name] for name in used if listed in _about(notes, sheets[name])]
        if readers:
            unused += len(set(listed.texts) - set().union(*readers))
    spare = f"; {counted(unused, 'note')} in these lists without a mark" if unused else ""
    return outcome_of(number, findings, f"{counted(number, 'mark')} [note n], each with its text{spare}")


@rule(
    "R-12",
    "Licence and provenance",
    dimension="completeness",
    layer="raw",
    severity="blocking",
    statement="Publisher, licence, day of receipt and file are known, and the day of publication is stated in the file "
    "or estimated from the publisher's schedule.",
    cannot_tell="whether the licence covers a reuse",
    guidance="State what is missing in the contract.",
)
def provenance(release: ReleaseView) -> RuleOutcome:
    """R-12: nothing is published of which it is not known whose it is, and when and how it came."""
    file, contract = release.file, release.contract
    if not file.retrieved_at:
        return not_evaluated("no_reference", "the file is not in the archive yet")
    needed = {
        "the publisher's name": contract.publisher.get("name"),
        "a licence": contract.publisher.get("licence"),
        "the name of the file": file.name,
        "an expected lag": contract.expected_lag_days or None,
    }
    missing = [name for name, value in needed.items() if not value]
    findings = [
        Finding("R-12", f"{file.name}: {name} is not known. State it in {contract.file.name}.")
        for name in missing
    ]
    fetched = "fetched from a URL" if file.url else "given as a file, without a URL"
    stated = (
        "stated in the file"
        if stated_release_date(release.grid)
        else "estimated from the publisher's schedule"
    )
    return outcome_of(len(needed), findings, f"{fetched}; its day of publication is {stated}")
