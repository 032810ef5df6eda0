"""Headers in two rows: a band over merged cells belongs to the columns below it, and to no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.parsing.drift import DriftKind
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue

TITLE = (
    "Table P5: Knife and sharp instrument offences recorded by the police for selected offences, by police force "
    "area, English regions and Wales, percentage change for year ending December 20191,2"
)
BANDS: list[CellValue] = [
    "",
    "",
    "Apr '10 to Mar '11",
    "",
    "Jan '19 to Dec '19",
    "",
    "% change Jan 2019 to Dec 2019\n compared with:",
]
OWN: list[CellValue] = [
    "Area Codes",
    "Area name",
    *["Number of selected offences involving\n a knife3", "% involving a knife"] * 2,
    "Apr '10 to\n Mar '11",
]
PAIRS = ((3, 2, 3, 3), (3, 4, 3, 5), (3, 6, 3, 6))


@pytest.fixture
def contract() -> Contract:
    """The knife series alone, as today's police force area contract describes it."""
    whole = load_contracts()["ons_pfa"]
    return replace(whole, tables=(whole.table("knife_series"),))


def _found(
    contract: Contract, rows: list[list[CellValue]], merged: tuple[tuple[int, int, int, int], ...]
) -> FoundTables:
    blank: list[CellValue] = [""] * 7
    head: list[list[CellValue]] = [[TITLE, *blank[1:]], blank, blank, BANDS, OWN, blank]
    return find_tables(Grid("book.xlsx", "xlsx", [Sheet("Table P5 ", head + rows, merged=merged)]), contract)


FORCE: list[CellValue] = ["E23000001", "Metropolitan Police", 13341.0, 8.8, 15462.0, 9.1, 15.9]


def test_band_tells_the_years_of_equal_headers_apart(contract: Contract) -> None:
    block = _found(contract, [FORCE], PAIRS)["knife_series"]
    assert block.header_row == 4
    assert dict(block.columns) == {
        "area_code": 0,
        "area_name": 1,
        "knife_crime#1": 2,
        "knife_crime_share#1": 3,
        "knife_crime#2": 4,
        "knife_crime_share#2": 5,
        "knife_crime_change#1": 6,
    }
    assert block.header("knife_crime_share#2") == "Jan '19 to Dec '19 % involving a knife"


def test_text_above_that_is_not_merged_is_not_a_band(contract: Contract) -> None:
    found = _found(contract, [FORCE], merged=())
    assert DriftKind.MISSING_COLUMN in {drift.kind for drift in found.drift} or "knife_series" not in found


def test_merged_cells_that_reach_beyond_the_sheet_do_no_harm(contract: Contract) -> None:
    assert "knife_series" in _found(contract, [FORCE], (*PAIRS[:2], (3, 6, 3, 9)))


def test_only_rows_with_a_name_or_a_number_are_data(contract: Contract) -> None:
    units: list[CellValue] = ["", "", "Numbers", "", "", "", ""]
    footnote: list[CellValue] = [
        "3. In this table 'offences involving a knife' refers to the use of a knife.",
        *[""] * 6,
    ]
    nameless: list[CellValue] = ["", "", 1.0, 2.0, 3.0, 4.0, 5.0]
    assert list(_found(contract, [units, FORCE, nameless, footnote], PAIRS)["knife_series"].rows) == [7, 8]


@pytest.mark.parametrize(
    ("first", "unknown"),
    [
        (
            "Table P6: Experiences of anti-social behaviour by police force area, year ending March 2018",
            False,
        ),
        ("Table P6: Lightning by police force area, year ending March 2018", True),
    ],
)
def test_sheet_can_be_left_out_by_its_title(contract: Contract, first: str, unknown: bool) -> None:
    found = find_tables(Grid("book.xlsx", "xlsx", [Sheet("Table P6", [[first, ""]])]), contract)
    assert (DriftKind.UNKNOWN_SHEET in {drift.kind for drift in found.drift}) is unknown
