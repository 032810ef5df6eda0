"""The notes of the publishers' own workbooks, counted by another route, lead to figures and to verdicts.

Belongs here: what `real_refresh` published of the workbooks of ONS. The other route is openpyxl for the lists of notes,
and the XML of the workbook for superscripts, neither of which the readers use.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets_tests.conftest import RealRefresh

pytestmark = pytest.mark.real_data
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _rows(refresh: RealRefresh, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with open_read_model(Store(refresh.store)) as connection:
        return connection.execute(sql, list(parameters)).fetchall()


def _workbooks(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.xlsx") if "ons" in file.parent.name)


def _numbered(file: Path) -> set[tuple[str, str]]:
    """Sheet and text of every numbered note on a sheet whose name has the word `note`."""
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    return {
        (sheet.title, " ".join(str(row[1]).split()))
        for sheet in book
        if "note" in sheet.title.lower()
        for row in sheet.iter_rows(values_only=True)
        if len(row) > 1 and isinstance(row[0], int | float) and isinstance(row[1], str)
    }


def test_every_note_of_the_notes_sheets_is_in_the_catalogue(
    real_refresh: RealRefresh, real_data: Path, record_property: Callable[[str, object], None]
) -> None:
    counted = 0
    for file in _workbooks(real_data):
        wanted = _numbered(file)
        found = {
            (str(locator).rpartition("!")[0], " ".join(str(text).split()))
            for locator, text in _rows(
                real_refresh,
                "SELECT n.locator, n.text FROM catalogue.notes n JOIN catalogue.releases USING (source, release) "
                "WHERE file_name LIKE ?",
                f"%{file.name}",
            )
        }
        assert wanted <= found, (file.name, wanted - found)
        counted += len(wanted)
    assert counted >= 50
    record_property("notes of notes sheets", counted)


def _superscripts(file: Path) -> set[str]:
    """Texts of a workbook that contain a superscript with a digit, by the typography in its XML."""
    with zipfile.ZipFile(file) as parts:
        if "xl/sharedStrings.xml" not in parts.namelist():
            return set()
        root = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
    found = set()
    for item in root.iter(f"{_MAIN}si"):
        texts = [
            (run, "".join(t.text or "" for t in run.iter(f"{_MAIN}t"))) for run in item.iter(f"{_MAIN}r")
        ]
        raised = [
            text
            for run, text in texts
            for style in run.iter(f"{_MAIN}vertAlign")
            if style.get("val") == "superscript" and re.search("[0-9]", text)
        ]
        if raised:
            found.add("".join(text for _, text in texts))
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_every_superscript_of_a_table_that_is_read_leads_to_a_note(
    real_refresh: RealRefresh, real_data: Path
) -> None:
    number = 0
    for file in _workbooks(real_data):
        raised = _superscripts(file)
        if not raised:
            continue
        sheets = {
            str(locator).rpartition("!")[0]
            for (locator,) in _rows(
                real_refresh,
                "SELECT any_value(o.locator) FROM harmonised.observations o JOIN catalogue.releases r "
                "USING (source, release) WHERE r.file_name LIKE ? GROUP BY o.table_id",
                f"%{file.name}",
            )
        }
        marked = {
            str(locator)
            for (locator,) in _rows(
                real_refresh,
                "SELECT DISTINCT m.locator FROM catalogue.note_marks m JOIN catalogue.releases r USING (source, "
                "release) "
                "WHERE r.file_name LIKE ? AND m.place IN ('title', 'row', 'column', 'cell')",
                f"%{file.name}",
            )
        }
        book, plain = openpyxl.load_workbook(file, data_only=True), {_plain(text) for text in raised}
        for name in sheets:
            for row in book[name].iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and _plain(cell.value) in plain:
                        number += 1
                        assert f"{name}!{cell.coordinate}" in marked, (
                            file.name,
                            name,
                            cell.coordinate,
                            cell.value,
                        )
    assert number >= 150


def test_share_of_notes_that_are_recognised(
    real_refresh: RealRefresh, record_property: Callable[[str, object], None]
) -> None:
    ((read, unread),) = _rows(
        real_refresh,
        "SELECT count(*), count(*) FILTER (unread) FROM catalogue.notes "
        "WHERE kind IN ('note', 'footnote', 'above_table')",
    )
    record_property("notes next to figures, of which unread", f"{read}, {unread}")
    assert isinstance(read, int) and isinstance(unread, int)
    assert unread <= read // 20


@pytest.mark.parametrize(("area", "force"), [("E23000001", "Metropolitan Police"), ("E12000007", "London")])
def test_knife_crime_of_the_metropolitan_police_has_no_verdict(
    real_refresh: RealRefresh, area: str, force: str
) -> None:
    ((verdict, allowed, reasons, notes),) = _rows(
        real_refresh,
        "SELECT verdict, comparison_allowed, comparison_reasons, publisher_notes FROM harmonised.indicator_baseline "
        "WHERE indicator = 'knife_crime' AND area_code = ?",
        area,
    )
    assert (verdict, allowed) == (None, False), force
    # The register of breaks has the same event, so the reason may be its sentence; the note stays with the figure.
    assert isinstance(reasons, list) and "not directly comparable" in reasons[0]
    assert isinstance(notes, list) and any(
        "not directly comparable with previous years" in note for note in notes
    )


def test_knife_crime_of_other_forces_keeps_its_verdict(real_refresh: RealRefresh) -> None:
    ((forces,),) = _rows(
        real_refresh,
        "SELECT count(*) FROM harmonised.indicator_baseline WHERE indicator = 'knife_crime' AND verdict IS NOT NULL "
        "AND area_code LIKE 'E23%'",
    )
    assert isinstance(forces, int) and forces >= 35


def test_undercounted_burglary_of_leicestershire_reaches_its_places(real_refresh: RealRefresh) -> None:
    rows = _rows(
        real_refresh,
        "SELECT publisher_notes FROM harmonised.crime_table WHERE area_code = 'E06000016' AND measure = 'burglary' "
        "AND period_end = DATE '2025-01-01'",
    )
    assert any("undercount" in str(notes) for notes in rows)
