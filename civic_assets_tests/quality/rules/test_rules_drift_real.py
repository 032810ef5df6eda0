"""The publisher's own workbook with its layout changed: the same figures, or held back, and nothing guessed.

The changes are made to the cells as read: rewriting this workbook takes longer than everything else here. One test goes
all the way through a rewritten file; each change of a file by itself is tested on the sample workbook
(`test_rules_drift`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.quality.rules.test_rules_drift import figures, same_figures
from civic_assets_tests.releases import number_at, place_of, release_of, with_cells, with_sheet

pytestmark = pytest.mark.real_data

TITLE = ("number of police recorded crimes", "December 2024")
# Two cells of each table carry a neighbour's code in the publisher's own file (V-05).
OWN_FINDINGS = {"V-05", "H-04", "H-11", "H-14", "V-22"}


@pytest.fixture(scope="module")
def workbook(real_data: Path) -> Path:
    return real_data / "ons-csp" / "policeforceareatablesyedecember2024.xlsx"


@pytest.fixture(scope="module")
def grid(workbook: Path) -> Grid:
    return read_grid(workbook)


@pytest.fixture(scope="module")
def original(grid: Grid) -> ReleaseView:
    return release_of(grid)


@pytest.fixture(scope="module")
def printed(original: ReleaseView) -> dict[tuple[object, ...], float | None]:
    return figures(original)


Change = Callable[[Grid, ReleaseView], Grid]


def _table(release: ReleaseView, name: str = "counts_current") -> Sheet:
    return release.found[name].sheet


def _with_rows(grid: Grid, sheet: Sheet, rows: Sequence[list[CellValue]]) -> Grid:
    return with_sheet(grid, replace(sheet, rows=list(rows)))


def _with_header(grid: Grid, release: ReleaseView, column: str, text: str) -> Grid:
    block = release.found["counts_current"]
    rows = [list(row) for row in block.sheet.rows]
    rows[block.header_row][block.columns[column]] = text
    return _with_rows(grid, block.sheet, rows)


def sheet_renamed(grid: Grid, release: ReleaseView) -> Grid:
    old = _table(release).name
    sheets = [replace(s, name="Figures") if s.name == old else s for s in grid.sheets]
    return replace(grid, sheets=sheets)


def three_rows_above_the_header(grid: Grid, release: ReleaseView) -> Grid:
    block = release.found["counts_current"]
    rows, width = block.sheet.rows, block.sheet.width
    line: list[CellValue] = ["A line that earlier editions lack", *[""] * (width - 1)]
    return _with_rows(grid, block.sheet, [*rows[: block.header_row], *[line] * 3, *rows[block.header_row :]])


def two_columns_swapped(grid: Grid, release: ReleaseView) -> Grid:
    block = release.found["counts_current"]
    a, b = block.columns["robbery"], block.columns["homicide"]
    order = list(range(block.sheet.width))
    order[a], order[b] = b, a
    return _with_rows(grid, block.sheet, [[row[i] for i in order] for row in block.sheet.rows])


def number_as_text(grid: Grid, release: ReleaseView) -> Grid:
    place = place_of(grid, "counts_current", "Islington", "total_recorded_crime")
    assert number_at(grid, place) == 30201
    return with_cells(grid, {place: "30,201"})


def header_broken_and_noted(grid: Grid, release: ReleaseView) -> Grid:
    return _with_header(
        grid, release, "violence_against_the_person", "Violence\r\nagainst the \nperson [note 9]"
    )


@pytest.mark.parametrize(
    "change",
    [
        sheet_renamed,
        three_rows_above_the_header,
        two_columns_swapped,
        number_as_text,
        header_broken_and_noted,
    ],
)
def test_harmless_change_reads_the_same(
    grid: Grid, original: ReleaseView, printed: dict[tuple[object, ...], float | None], change: Change
) -> None:
    changed = release_of(change(grid, original))
    assert changed.grid != grid
    assert figures(changed) == printed
    assert not [drift for drift in changed.found.drift if drift.breaking]


def _columns(release: ReleaseView) -> list[Finding]:
    return [finding for finding in assess(release).findings if finding.check_id == "R-09"]


def test_added_column_is_named_and_the_other_figures_stay(
    grid: Grid, original: ReleaseView, printed: dict[tuple[object, ...], float | None]
) -> None:
    block = original.found["counts_current"]
    rows: list[list[CellValue]] = [
        [*row, "Wildlife crime" if number == block.header_row else 7.0 if number in block.rows else ""]
        for number, row in enumerate(block.sheet.rows)
    ]
    changed = release_of(_with_rows(grid, block.sheet, rows))
    assert figures(changed) == printed
    (finding,) = _columns(changed)
    assert (finding.observed, finding.severity) == ("Wildlife crime", "warning")
    assert not assess(changed).held_back


def test_renamed_header_is_named_and_not_guessed(grid: Grid, original: ReleaseView) -> None:
    changed = release_of(_with_header(grid, original, "robbery", "Robberies"))
    assert changed.parsed is None
    assert "Robberies" in {finding.observed for finding in _columns(changed)}
    (reason,) = assess(changed).held_back
    assert "has no column 'Robbery'" in reason
    assert "Unknown columns: 'Robberies'" in reason


def test_missing_column_holds_the_release_back(grid: Grid, original: ReleaseView) -> None:
    block = original.found["counts_current"]
    gone = block.columns["robbery"]
    rows = [[*row[:gone], *row[gone + 1 :]] for row in block.sheet.rows]
    changed = release_of(_with_rows(grid, block.sheet, rows))
    assert changed.parsed is None
    assert "has no column 'Robbery'" in " ".join(assess(changed).held_back)


def test_swapped_years_of_the_count_tables_hold_the_release_back(grid: Grid, original: ReleaseView) -> None:
    changed = grid
    for name, old, new in (("counts_current", "2024", "2023"), ("counts_previous", "2023", "2024")):
        block = original.found[name]
        rows = [
            [str(cell).replace(old, new) if cell == block.title else cell for cell in row]
            for row in block.sheet.rows
        ]
        changed = _with_rows(changed, block.sheet, rows)
    release = release_of(changed)
    # Each table now claims the other's year: that is seen by the changes and rates, which do not follow any more.
    assert release.found["counts_current"].sheet.name == original.found["counts_previous"].sheet.name
    assert "figures are disputed" in " ".join(assess(release).held_back)


def test_file_rewritten_with_every_harmless_change_at_once_reads_the_same(
    workbook: Path, original: ReleaseView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openpyxl

    book, save = openpyxl.load_workbook(workbook), defects._save
    with monkeypatch.context() as once:
        # Loaded once and saved once, whatever is done in between.
        once.setattr(openpyxl, "load_workbook", lambda _: book)
        once.setattr(defects, "_save", lambda _, out: out)
        total = defects.address(workbook, TITLE, "Islington", "Total recorded crime (excluding fraud)")
        defects.number_to_text(workbook, workbook, TITLE, total)
        defects.swap_columns(workbook, workbook, TITLE, "Robbery", "Homicide")
        defects.insert_rows_above_header(workbook, workbook, TITLE, 3)
        defects.rename_sheet(workbook, workbook, TITLE, "Figures")
    changed = release_of(read_grid(save(book, tmp_path / "changed.xlsx")))
    assert changed.found["counts_current"].sheet.name == "Figures"
    assert same_figures(changed, original)
    assert {finding.check_id for finding in assess(changed).findings} == OWN_FINDINGS
