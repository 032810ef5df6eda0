"""Marks of notes and their texts, in the workbook of two sources with a list of notes for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.rules.provenance import footnotes
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.releases import FILE


def _read(grid: Grid) -> dict[str, ReleaseView]:
    return {
        found.contract.source: ReleaseView(found.contract, found.edition, FILE, grid, found.found, None)
        for found in recognise(grid, load_contracts())
    }


@pytest.mark.real_data
def test_every_mark_of_a_workbook_with_two_lists_of_notes_has_its_text(real_data: Path) -> None:
    grid = read_grid(real_data / "ons-csp" / "policeforceareatablesyedecember2024.xlsx")

    found = {source: footnotes(release) for source, release in _read(grid).items()}

    assert {source: verdict.outcome for source, verdict in found.items()} == {
        "ons_csp": "pass",
        "ons_pfa": "fail",
    }
    # The publisher numbered two notes 9 and two notes 10, so that the note about Sussex is called 11 and has number 10.
    assert [finding.locator for finding in found["ons_pfa"].findings] == ["Table P6 !B54"]
    assert found["ons_csp"].n_checked == 17


@pytest.mark.real_data
def test_note_of_the_other_tables_list_does_not_explain_a_mark(real_data: Path) -> None:
    """`Notes - CSP` has nine notes, the list of tables P1 to P4 ten: note 10 in table C2 would have no text."""
    grid = read_grid(real_data / "ons-csp" / "policeforceareatablesyedecember2024.xlsx")
    sheets = []
    for sheet in grid.sheets:
        if sheet.name == "Table C2":
            rows = [list(row) for row in sheet.rows]
            rows[0][0] = f"{rows[0][0]}[note 10]"
            sheet = Sheet(sheet.name, rows)
        sheets.append(sheet)

    (finding,) = footnotes(_read(Grid(grid.file, grid.format, sheets))["ons_csp"]).findings

    assert finding.locator == "Table C2!A1"
    assert finding.message.startswith("Table C2!A1 refers to note 10, which has no text in 'Notes - CSP'")
