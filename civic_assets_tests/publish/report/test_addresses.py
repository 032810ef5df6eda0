"""Locators are read back as the readers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.publish.report.addresses import (
    Address,
    address_of,
    addresses_of,
    as_letters,
    column_number,
)
from civic_assets.readers.grid import Sheet, column_letters


@pytest.mark.parametrize(
    ("locator", "address"),
    [
        ("Table C2!G237", Address("Table C2", 237, 7)),
        ("Table C5 !AA9", Address("Table C5 ", 9, 27)),  # publishers leave spaces in names of sheets
        ("a!b!C3", Address("a!b", 3, 3)),
        ("L812:suspension", Address("", 812, None, "suspension")),
        ("L34:Data year ending June 2022", Address("", 34, None, "Data year ending June 2022")),
        ("L6:Percentage (Islington): a", Address("", 6, None, "Percentage (Islington): a")),
        ("[0].category", Address("", 2, None, "category")),
        ("[*].category", Address("", 1, None, "category")),
    ],
)
def test_locator_names_sheet_row_and_column(locator: str, address: Address) -> None:
    assert address_of(locator) == address


@pytest.mark.parametrize(
    ("locator", "rows"),
    [
        ("L5,L9,L31:Crime type", [5, 9, 31]),
        ("L5,L9,... (69 lines):Crime type: a, b", [5, 9]),
        ("[3],[5].category", [5, 7]),
        ("L5:Crime type, L9", [5]),
    ],
)
def test_count_of_several_rows_names_the_cell_of_each(locator: str, rows: list[int]) -> None:
    assert [address.row for address in addresses_of(locator)] == rows
    assert address_of(locator) == addresses_of(locator)[0]


@pytest.mark.parametrize("locator", ["", "Table C2", "Table C2!7", "L0:a", "L:a", "Table C2!G0", "the file"])
def test_what_names_no_single_cell_has_no_address(locator: str) -> None:
    assert address_of(locator) is None


@given(st.integers(0, 16_000), st.integers(0, 1_000_000), st.text(min_size=1, max_size=20))
def test_address_of_a_worksheet_cell_is_that_of_the_readers(column: int, row: int, name: str) -> None:
    assert address_of(Sheet(name, []).locator(row, column)) == Address(name, row + 1, column + 1)


@given(st.integers(0, 16_000))
def test_letters_and_numbers_of_columns_are_opposites(column: int) -> None:
    assert column_number(column_letters(column)) == column + 1 == as_letters(column_letters(column))
