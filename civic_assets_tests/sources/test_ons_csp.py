"""The ONS workbook as observations: every printed number once, with its cell."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.releases import release_of, sample
from civic_assets_tests.sources.held_back import why_held_back

WORKBOOK = "policeforceareatablesyedecember2024.xlsx"


@cache
def _real(folder: Path) -> ReleaseView:
    return release_of(read_grid(folder / "ons-csp" / WORKBOOK))


@pytest.mark.real_data
def test_every_printed_number_appears_once_with_its_address(real_data: Path) -> None:
    table = _real(real_data).observations
    read = dict(zip(table["locator"].to_pylist(), table["value"].to_pylist(), strict=True))
    book = openpyxl.load_workbook(real_data / "ons-csp" / WORKBOOK, read_only=True)
    printed: dict[str, float | None] = {}
    for name in ("Table C2", "Table C3", "Table C4", "Table C5"):
        for row in book[name].iter_rows(min_row=9, min_col=7, max_col=32 if name == "Table C4" else 29):
            for cell in row:
                if cell.row is None or cell.row > 407:
                    continue
                number = float(cell.value) if isinstance(cell.value, int | float) else None
                letters = get_column_letter(cell.column) if cell.value is not None else None
                if letters:
                    printed[f"{name}!{letters}{cell.row}"] = number
    assert table.num_rows == len(read) == 37_905
    assert {where: value for where, value in printed.items() if value is not None} == {
        where: value for where, value in read.items() if value is not None
    }
    assert set(printed) <= set(read)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("authority", "measure", "unit", "table", "value"),
    [
        ("E09000019", "total_recorded_crime", "count", "counts_current", 30_201),
        ("E09000019", "total_recorded_crime", "count", "counts_previous", 29_012),
        ("E09000019", "violence_against_the_person", "count", "counts_current", 6_749),
        ("E09000019", "robbery", "count", "counts_current", 1_223),
        ("E09000019", "theft_from_the_person", "count", "counts_current", 4_093),
        ("E09000033", "total_recorded_crime", "count", "counts_current", 91_380),
        ("E09000001", "total_recorded_crime", "count", "counts_current", 9_270),
        ("E09000019", "total_recorded_crime", "per_1000_population", "rates", 137.044919295921),
    ],
)
def test_known_figures(
    real_data: Path, authority: str, measure: str, unit: str, table: str, value: float
) -> None:
    rows = [
        row["value"]
        for row in _real(real_data).observations.to_pylist()
        if (row["authority_code"], row["measure"], row["unit"], row["table_id"])
        == (authority, measure, unit, table)
    ]
    assert rows == [value]


@pytest.mark.real_data
def test_city_of_london_has_no_rate_but_a_status(real_data: Path) -> None:
    rows = [
        row
        for row in _real(real_data).observations.to_pylist()
        if row["authority_code"] == "E09000001" and row["unit"].startswith("per_")
    ]
    assert len(rows) == 24
    assert {(row["value"], row["status"], row["value_text"]) for row in rows} == {
        (None, "suppressed", "[u1]")
    }


@pytest.mark.real_data
def test_rows_of_the_publisher_are_distinguished_and_none_is_dropped(real_data: Path) -> None:
    parsed = _real(real_data).parsed
    assert parsed is not None
    assert sum(parsed.row_kinds.values()) == 399
    assert parsed.row_kinds["force_total"] == 42
    assert parsed.row_kinds["combined_partnership"] == 11
    assert parsed.row_kinds["unassigned"] + parsed.row_kinds["place_without_code"] == 43
    assert parsed.edition == "2024-12"


def test_sample_calls_itself_synthetic_and_names_its_edition() -> None:
    parsed = release_of(sample()).parsed
    assert parsed is not None
    assert (parsed.synthetic, parsed.edition) == (True, "2022-06")


def test_national_total_is_not_a_police_force_and_holds_the_workbook_back(tmp_path: Path) -> None:
    name = "synthetic-csp-tables-2022-06.xlsx"
    path = tmp_path / name
    path.write_bytes(workbook_bytes(EDITIONS[name]))
    book = openpyxl.load_workbook(path)
    sheet = next(
        sheet
        for sheet in book
        if any(cell.value == "Metropolitan Police" for row in sheet.iter_rows() for cell in row)
    )
    total = next(
        row for row in sheet.iter_rows() if row[1].value == "Metropolitan Police" and not row[2].value
    )
    last = max(
        number
        for number, row in enumerate(sheet.iter_rows(), start=1)
        if str(row[0].value).startswith(("E23", "W15"))
    )
    sheet.insert_rows(last + 1)
    for column, cell in enumerate(total, start=1):
        sheet.cell(last + 1, column).value = cell.value
    sheet.cell(last + 1, 1, "K04000001")
    sheet.cell(last + 1, 2, "England and Wales")
    book.save(path)
    said = why_held_back(path)
    assert f"{sheet.title}!A{last + 1} prints K04000001 for 'England and Wales'" in said
    assert "not the code of a police force" in said


def test_suppressed_cell_never_becomes_zero() -> None:
    rows = release_of(sample()).observations.to_pylist()
    absent = [row for row in rows if row["status"] in ("suppressed", "low_reliability", "not_available")]
    assert absent
    assert {row["value"] for row in absent} == {None}
    assert Counter(row["status"] is None and row["value"] is None for row in rows)[True] == 0
