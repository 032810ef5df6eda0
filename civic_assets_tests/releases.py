"""Releases for tests: a file as shipped, with single cells changed, examined as the program examines it.

Belongs here: grids of the sample inputs, changes to a grid or to observations, and building a `ReleaseView`. Does
not belong here: changes that need the workbook itself (`workbook_defects`), and what a rule should say (the tests).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from civic_assets.contracts.load import contracts_folder, load_contract
from civic_assets.contracts.model import Contract
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.quality.framework.release import FileFacts, ReleaseView
from civic_assets.quality.framework.results import Assessment, CheckResult
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue
from civic_assets_tests.paths import FIXTURES

SAMPLE = "synthetic-csp-tables-2022-06.xlsx"
FILE = FileFacts(name="file", sha256="a" * 64, registered_sha256="a" * 64, size=500_000, format="xlsx")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a grid, 0-based."""

    sheet: str
    row: int
    column: int


@cache
def sample(name: str = SAMPLE) -> Grid:
    """A workbook of the sample profile."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(workbook_bytes(EDITIONS[name]))
        return read_grid(file)


@cache
def report() -> Grid:
    """The report's two tables as printed, errors included."""
    return read_grid(REPORT_TABLES)


@cache
def contract(source: str = "ons_csp") -> Contract:
    """The contract that ships."""
    return load_contract(contracts_folder() / f"{source}.odcs.yaml")


def mended_report() -> Grid:
    """The report's tables with its two misprints mended; `unreserved` is its contract."""
    return with_cells(
        report(),
        {
            place_of(report(), "table_2", "Burglary", "year#2", "gla_report"): "2108",
            place_of(report(), "table_2", "Criminal damage and arson", "year#4", "gla_report"): "1627",
        },
    )


def unreserved() -> Contract:
    """The report's contract without the two misprints as known values."""
    return replace(contract("gla_report"), known_values=())


def place_of(grid: Grid, table: str, row: str, column: str, source: str = "ons_csp") -> Place:
    """Cell of a row (by partnership, force for its total, or label) in a column (by the contract's name)."""
    block = find_tables(grid, contract(source))[table]
    if source == "gla_report":
        names = block.texts("label")
    else:
        forces, partnerships = block.texts("force_name"), block.texts("partnership_name")
        names = [name or force for force, name in zip(forces, partnerships, strict=True)]
    return Place(block.sheet.name, block.rows[names.index(row)], block.columns[column])


def value_at(grid: Grid, place: Place) -> CellValue:
    return _sheet(grid, place.sheet).rows[place.row][place.column]


def number_at(grid: Grid, place: Place) -> float:
    value = value_at(grid, place)
    assert isinstance(value, float | int), f"{place} holds {value!r}"
    return float(value)


def locator(grid: Grid, place: Place) -> str:
    """Address as in findings."""
    return _sheet(grid, place.sheet).locator(place.row, place.column)


def with_cells(grid: Grid, cells: Mapping[Place, CellValue]) -> Grid:
    """The grid with other values in some cells."""
    rows = {sheet.name: list(sheet.rows) for sheet in grid.sheets}
    for place, value in cells.items():
        line = list(rows[place.sheet][place.row])
        line[place.column] = value
        rows[place.sheet][place.row] = line
    return replace(grid, sheets=[replace(sheet, rows=rows[sheet.name]) for sheet in grid.sheets])


def with_sheet(grid: Grid, changed: Sheet) -> Grid:
    """The grid with another sheet instead of the one of that name."""
    return replace(grid, sheets=[changed if sheet.name == changed.name else sheet for sheet in grid.sheets])


def without_sheet(grid: Grid, name: str) -> Grid:
    return replace(grid, sheets=[sheet for sheet in grid.sheets if sheet.name != name])


def sheet_of(grid: Grid, table: str, source: str = "ons_csp") -> Sheet:
    return find_tables(grid, contract(source))[table].sheet


def _sheet(grid: Grid, name: str) -> Sheet:
    return next(sheet for sheet in grid.sheets if sheet.name == name)


def release_of(
    grid: Grid,
    source: str = "ons_csp",
    *,
    under: Contract | None = None,
    file: FileFacts = FILE,
    history: Mapping[str, pa.Table] | None = None,
) -> ReleaseView:
    """A grid as a release; parsed when the layout allows it, as the program does."""
    terms = under or contract(source)
    found = find_tables(grid, terms)
    breaking = any(drift.breaking for drift in found.drift)
    parsed = None if breaking else parser_of(terms).parse(grid, found, terms)
    return ReleaseView(terms, parsed.edition if parsed else "", file, grid, found, parsed, history or {})


def assess_file(path: Path, source: str = "ons_csp") -> Assessment:
    """Everything that the rules say of a file."""
    return assess(release_of(read_grid(path), source))


def fixture(
    source: str, name: str, *changes: tuple[str, str], history: Mapping[str, pa.Table] | None = None
) -> ReleaseView:
    """A source's fixture as a release, with texts replaced wherever they stand; each must be there."""
    text = (FIXTURES / source / name).read_bytes()
    for old, new in changes:
        assert old.encode() in text, f"{name} has no {old!r}"
        text = text.replace(old.encode(), new.encode())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(text)
        return release_of(read_grid(file), source, file=replace(FILE, format="csv"), history=history)


def with_observation(release: ReleaseView, row: int, **changes: Any) -> ReleaseView:
    """A release of which one observation is otherwise; for what no parser would produce."""
    assert release.parsed is not None
    table = release.parsed.observations
    rows = {name: table[name].to_pylist() for name in changes}
    for name, value in changes.items():
        rows[name][row] = value
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(name), pa.array(rows[name], table.field(name).type))
    return replace(release, parsed=replace(release.parsed, observations=table))


def result(assessment: Assessment, check_id: str) -> CheckResult:
    return next(result for result in assessment.results if result.check_id == check_id)


def failing(assessment: Assessment) -> set[str]:
    return {result.check_id for result in assessment.results if result.outcome == "fail"}


def blamed(assessment: Assessment, checks: Iterable[str]) -> set[str]:
    """Cells that the findings of some checks accuse first."""
    return {finding.locator for finding in assessment.findings if finding.check_id in set(checks)}
