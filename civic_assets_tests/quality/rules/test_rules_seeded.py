"""One planted error in a clean workbook: the rules accuse that cell, propose its value, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.quality.framework.results import Assessment
from civic_assets.quality.localisation import cases as repairs
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue
from civic_assets_tests.releases import (
    Place,
    failing,
    locator,
    number_at,
    place_of,
    release_of,
    result,
    sample,
    value_at,
    with_cells,
)

ACCOUNTING = ("V-10", "V-11", "V-12", "V-13", "V-14", "V-17")
Cells = dict[Place, CellValue]
# What a planted error may fail; names of rows that real workbook and sample share.
EXPECTED = {*ACCOUNTING, "V-15", "V-16", "V-18", "V-23"}

SINGLE: dict[str, tuple[str, str, str, Callable[[float], float]]] = {
    "digits transposed": ("counts_current", "Camden", "vehicle_offences", lambda x: _transposed(x)),
    "digit dropped": ("counts_current", "Camden", "burglary", lambda x: x // 10),
    "sign": ("counts_current", "Camden", "shoplifting", lambda x: -x),
    "tenfold": ("counts_current", "Camden", "robbery", lambda x: 10 * x),
    "percentage": ("percentage_change", "Camden", "total_recorded_crime", lambda x: x + 1),
    "rate": ("rates", "Camden", "burglary", lambda x: x + 1),
    "population": ("rates", "Camden", "population", lambda x: x + 40_000),
    "count of the year before": ("counts_previous", "Camden", "drug_offences", lambda x: x + 9),
    "force total": ("counts_current", "Metropolitan Police", "robbery", lambda x: x + 90),
}


def _transposed(value: float) -> float:
    digits = f"{value:.0f}"
    place = next(i for i in range(len(digits) - 1) if digits[i] != digits[i + 1])
    return float(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])


@cache
def _real(folder: Path) -> Grid:
    return read_grid(folder / "ons-csp" / "policeforceareatablesyedecember2024.xlsx")


def _accused(assessment: Assessment) -> set[str]:
    return {finding.locator for finding in assessment.findings if finding.check_id in ACCOUNTING}


def _check_single(grid: Grid, case: str) -> None:
    table, row, column, change = SINGLE[case]
    place = place_of(grid, table, row, column)
    right = number_at(grid, place)
    assessment = assess(release_of(with_cells(grid, {place: change(right)})))
    baseline = failing(assess(release_of(grid)))
    assert failing(assessment) - baseline <= EXPECTED
    assert _accused(assessment) == {locator(grid, place)}
    first = next(finding for finding in assessment.findings if finding.check_id == "V-15")
    assert float(first.proposal) == pytest.approx(right, rel=1e-8)
    assert assessment.disputed == {locator(grid, place)}
    assert not assessment.held_back


@pytest.mark.parametrize("case", SINGLE)
def test_one_wrong_cell_is_accused_and_its_value_proposed(case: str) -> None:
    _check_single(sample(), case)


@pytest.mark.real_data
@pytest.mark.parametrize("case", SINGLE)
def test_one_wrong_cell_of_the_real_workbook_is_accused(real_data: Path, case: str) -> None:
    _check_single(_real(real_data), case)


def _row(grid: Grid, table: str, name: str) -> list[Place]:
    block = release_of(grid).found[table]
    return [place_of(grid, table, name, column) for column, _ in block.figures()]


def _neighbours_swapped(grid: Grid) -> Cells:
    a, b = (place_of(grid, "counts_current", "Camden", name) for name in ("sexual_offences", "robbery"))
    return {a: value_at(grid, b), b: value_at(grid, a)}


def _row_pasted(grid: Grid) -> Cells:
    pairs = zip(_row(grid, "counts_current", "Camden"), _row(grid, "counts_current", "Barnet"), strict=True)
    return {one: value_at(grid, other) for one, other in pairs}


def _rows_swapped(grid: Grid) -> Cells:
    pairs = zip(_row(grid, "counts_current", "Camden"), _row(grid, "counts_current", "Barnet"), strict=True)
    return {a: value_at(grid, b) for one, other in pairs for a, b in ((one, other), (other, one))}


SEVERAL = {"neighbours": _neighbours_swapped, "row pasted": _row_pasted, "rows swapped": _rows_swapped}


def _check_several(grid: Grid, case: str) -> None:
    cells = {place: value for place, value in SEVERAL[case](grid).items() if value != value_at(grid, place)}
    assessment = assess(release_of(with_cells(grid, cells)))
    wrong = {locator(grid, place): number_at(grid, place) for place in cells}
    assert failing(assessment) - failing(assess(release_of(grid))) <= EXPECTED
    assert assessment.disputed <= set(wrong)
    assert _accused(assessment) <= set(wrong)
    for finding in assessment.findings:
        if finding.check_id in ACCOUNTING:
            assert float(finding.proposal) == wrong[finding.locator]


@pytest.mark.parametrize("case", SEVERAL)
def test_several_wrong_cells_are_accused_and_no_others(case: str) -> None:
    _check_several(sample(), case)


@pytest.mark.real_data
@pytest.mark.parametrize("case", ["neighbours", "row pasted"])
def test_several_wrong_cells_of_the_real_workbook_are_accused(real_data: Path, case: str) -> None:
    _check_several(_real(real_data), case)


def test_search_that_was_ended_says_so_and_disputes_what_it_did_not_tell_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repairs, "SEARCH_STEPS", 0.0)
    cells = _neighbours_swapped(sample())
    assessment = assess(release_of(with_cells(sample(), cells)))
    assert "of them, so more repairs may exist" in result(assessment, "V-15").message
    (finding,) = [finding for finding in assessment.findings if finding.check_id == "V-15"]
    assert "The search was stopped at its limit of work before a repair was found." in finding.message
    assert (finding.evidence["complete"], finding.evidence["repairs"], finding.proposal) == (False, [], "")
    assert finding.evidence["solver"] == {
        "status": "step_limit", "method": "solver", "least_weight": None, "bound": 0.0, "gap": None, "rounds": 0,
    }  # fmt: skip
    assert {locator(sample(), place) for place in cells} < assessment.disputed


def test_column_pasted_from_the_year_before_is_distinguished_from_the_rest() -> None:
    grid = sample()
    now, before = (release_of(grid).found[name] for name in ("counts_current", "counts_previous"))
    cells = {
        Place(now.sheet.name, row, now.columns["robbery"]): before.sheet.rows[old][before.columns["robbery"]]
        for row, old in zip(now.rows, before.rows, strict=True)
    }
    assessment = assess(release_of(with_cells(grid, cells)))
    assert {"V-10", "V-17"} <= failing(assessment)
    assert assessment.disputed <= {locator(grid, place) for place in cells}


# The last edition has a column that the contract does not know, as the publisher's may.
ADDED = {"synthetic-csp-tables-2022-12.xlsx": {"Robbery of personal property"}}


@pytest.mark.parametrize("edition", EDITIONS)
def test_clean_edition_has_no_finding_but_the_column_that_was_added_to_it(edition: str) -> None:
    assessment = assess(release_of(sample(edition)))
    # It imitates what is so in every real edition: populations of two years before, years that touch the restrictions,
    # and areas that are unlike their peers (V-22, which is information).
    assert failing(assessment) == {"H-04", "H-13", "V-22"}
    findings = [
        finding for finding in assessment.findings if finding.check_id not in ("H-04", "H-13", "V-22")
    ]
    assert {(finding.check_id, finding.severity) for finding in findings} <= {("R-09", "warning")}
    assert {finding.observed for finding in findings} == ADDED.get(edition, set())
    assert list(assessment.held_back) == []


@pytest.mark.real_data
def test_real_workbook_fails_only_where_two_rows_carry_another_force_s_code(real_data: Path) -> None:
    assessment = assess(release_of(_real(real_data)))
    # And what the publisher compares and divides by: populations of mid-2022, changes across the breaks of 2023; and
    # areas that are unlike their peers, as the City of London is (information).
    assert failing(assessment) == {"V-05", "H-04", "H-11", "H-14", "V-22"}
    cells = {f"Table C{table}!A{row}" for table in (2, 3, 4, 5) for row in (129, 339)}
    assert {finding.locator for finding in assessment.findings if finding.check_id == "V-05"} == cells
    assert not assessment.disputed
    assert result(assessment, "V-05").n_failed == 8
    assert list(assessment.held_back) == []
