"""What a publisher may do to the layout: harmless moves read the same, and nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Assessment
from civic_assets.quality.run import assess
from civic_assets.readers.open_file import read_grid
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.releases import SAMPLE, release_of

CURRENT = ("number of police recorded crimes", "June 2022")
PREVIOUS = ("number of police recorded crimes", "June 2021")
RATES = ("recorded crime rate per 1,000",)
TOTAL = "Total recorded crime (excluding fraud)"
MOVES = ("row_number", "locator", "value_text")
Defect = Callable[[Path, Path], Path]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sample") / SAMPLE
    file.write_bytes(workbook_bytes(EDITIONS[SAMPLE]))
    return file


@pytest.fixture(scope="module")
def titles(workbook: Path) -> dict[defects.Title, tuple[str, str]]:
    """Sheet and title cell of the tables."""
    book = openpyxl.load_workbook(workbook)
    sheets = {title: defects.find_table(book, title) for title in (CURRENT, PREVIOUS, RATES)}
    return {title: (sheet.title, str(sheet["A1"].value)) for title, sheet in sheets.items()}


@pytest.fixture(scope="module")
def original(workbook: Path) -> ReleaseView:
    return _release(workbook)


def _release(file: Path) -> ReleaseView:
    return release_of(read_grid(file))


def figures(release: ReleaseView) -> dict[tuple[object, ...], float | None]:
    """Value of every figure by all else that is known of it, its status too, but for what moves with the layout."""
    table = release.observations.drop_columns([*MOVES, "value"])
    keys = zip(*(column.to_pylist() for column in table.columns), strict=True)
    found = dict(zip(keys, release.observations["value"].to_pylist(), strict=True))
    assert len(found) == table.num_rows
    return found


def same_figures(one: ReleaseView, two: ReleaseView) -> bool:
    """Equal figures; openpyxl, which wrote the changed file, keeps 16 digits of a number."""
    a, b = figures(one), figures(two)
    return a.keys() == b.keys() and all(
        value == other
        or (value is not None and other is not None and math.isclose(value, other, rel_tol=1e-14))
        for value, other in ((value, b[key]) for key, value in a.items())
    )


HARMLESS: dict[str, Defect] = {
    "sheet renamed": lambda a, b: defects.rename_sheet(a, b, CURRENT, "Figures"),
    "three rows above the header": lambda a, b: defects.insert_rows_above_header(a, b, CURRENT, 3),
    "two columns swapped": lambda a, b: defects.swap_columns(a, b, CURRENT, "Robbery", "Homicide"),
    "number as text": lambda a, b: defects.number_to_text(
        a, b, CURRENT, defects.address(a, CURRENT, "Islington", TOTAL)
    ),
    "header broken and noted": lambda a, b: defects.rename_header(
        a, b, CURRENT, "Drug offences", "Drug\r\noffences \n[note 9]"
    ),
    "column added": lambda a, b: defects.add_column(a, b, CURRENT, "Wildlife crime", 7),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_harmless_changes_read_the_same(
    workbook: Path, original: ReleaseView, tmp_path: Path, case: str
) -> None:
    changed = _release(HARMLESS[case](workbook, tmp_path / "changed.xlsx"))
    assert same_figures(changed, original)
    assert list(assess(changed).held_back) == []


def test_moved_figures_keep_the_address_they_are_printed_at(workbook: Path, tmp_path: Path) -> None:
    changed = HARMLESS["three rows above the header"](workbook, tmp_path / "changed.xlsx")
    table = _release(changed).observations
    address = defects.address(changed, CURRENT, "Islington", TOTAL)
    at = table["locator"].to_pylist().index(f"{defects.sheet_name(changed, CURRENT)}!{address}")
    assert (table["measure"][at].as_py(), table["value"][at].as_py()) == ("total_recorded_crime", 27571)


def test_added_column_is_reported_by_its_header(workbook: Path, tmp_path: Path) -> None:
    assessment = assess(_release(HARMLESS["column added"](workbook, tmp_path / "changed.xlsx")))
    found = [finding for finding in assessment.findings if finding.check_id == "R-09"]
    assert [(f.observed, f.severity) for f in found] == [("Wildlife crime", "warning")]


BREAKING: dict[str, tuple[Defect, str, str]] = {
    "required column gone": (
        lambda a, b: defects.remove_column(a, b, CURRENT, "Robbery"),
        "R-09",
        "has no column 'Robbery'",
    ),
    "required header reworded": (
        lambda a, b: defects.rename_header(a, b, CURRENT, "Robbery", "Robberies"),
        "R-09",
        "Unknown columns: 'Robberies'",
    ),
}


def _held(assessment: Assessment) -> str:
    return " ".join(assessment.held_back)


@pytest.mark.parametrize("case", BREAKING)
def test_missing_columns_hold_the_release_back(workbook: Path, tmp_path: Path, case: str) -> None:
    defect, check_id, words = BREAKING[case]
    release = _release(defect(workbook, tmp_path / "changed.xlsx"))
    assert release.parsed is None
    assert f"{check_id}: " in _held(assess(release))
    assert words in _held(assess(release))


def test_swapped_years_of_the_count_tables_hold_the_release_back(workbook: Path, tmp_path: Path) -> None:
    release = _release(defects.swap_title_years(workbook, tmp_path / "changed.xlsx", CURRENT, PREVIOUS))
    assert "figures are disputed" in _held(assess(release))


@pytest.mark.parametrize(
    ("title", "old", "new"),
    [
        (CURRENT, "June 2022", "June 2021"),
        (CURRENT, "June 2022", "June 2023"),
        (CURRENT, "June 2022", "June 2020"),
        (PREVIOUS, "June 2021", "June 2022"),
        (PREVIOUS, "June 2021", "June 2020"),
        (RATES, "June 2022", "June 2021"),
    ],
)
def test_one_title_with_another_year_holds_the_release_back(
    workbook: Path,
    titles: dict[defects.Title, tuple[str, str]],
    tmp_path: Path,
    title: defects.Title,
    old: str,
    new: str,
) -> None:
    sheet, text = titles[title]
    changed = defects.set_cell(workbook, tmp_path / "changed.xlsx", sheet, "A1", text.replace(old, new))
    assert assess(_release(changed)).held_back
