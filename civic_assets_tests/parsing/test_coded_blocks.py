"""Columns of a found table, each different cell once, are its columns."""

from __future__ import annotations

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing import coded_blocks
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.paths import FIXTURES


def _blocks(file: str) -> list[Block]:
    grid = read_grid(FIXTURES / file)
    return [block for found in recognise(grid, load_contracts()) for block in found.found.blocks.values()]


@pytest.mark.parametrize(
    "file",
    [
        "home_office_prc/by_partnership_2023_25.ods",
        "home_office_prc/by_force_2016_17.csv",
        "ons_pfa/year_ending_december_2019.xlsx",
    ],
)
def test_cells_texts_and_addresses_are_those_of_the_table(file: str) -> None:
    for block in _blocks(file):
        for name in block.columns:
            assert list(coded_blocks.coded_cells(block, name)) == block.cells(name)
            assert list(coded_blocks.coded_texts(block, name)) == block.texts(name)
            addresses = block.locators(name)
            assert coded_blocks.locator_array(block, name).to_pylist() == addresses
            assert [coded_blocks.locator(block, name, row) for row in range(len(addresses))] == addresses


def test_column_that_a_sheet_does_not_have_is_empty_text() -> None:
    block = _blocks("home_office_prc/by_force_2016_17.csv")[0]
    assert list(coded_blocks.coded_texts(block, "csp_name")) == [""] * len(block.rows)


def test_rows_are_counted_as_a_person_counts_them() -> None:
    ods, csv = (
        _blocks(f"home_office_prc/{f}")[0] for f in ("by_partnership_2023_25.ods", "by_force_2016_17.csv")
    )
    assert coded_blocks.printed_numbers(ods)[:2].tolist() == [2, 3]
    assert coded_blocks.printed_numbers(csv)[:2].tolist() == [2, 3]
