"""Cells to observations, a column at a time."""

from __future__ import annotations

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import Area, ObservationColumns, observe
from civic_assets.parsing.table_finder import find_tables
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.sources.police.met_months import month_of
from civic_assets.values.cells import UNREADABLE, CellValue


@pytest.mark.parametrize("cells", [(1.0, True), (True, 1.0), ("1", True), (0.0, False)])
def test_truth_value_next_to_an_equal_number_is_still_no_number(cells: tuple[CellValue, CellValue]) -> None:
    contract = load_contracts()["met_borough"]
    header: list[CellValue] = ["MajorText", "MinorText", "BoroughName", "202401"]
    sheet = Sheet(
        "", [header, *[["THEFT", "SHOPLIFTING", "Islington", cell] for cell in cells]], line_numbers=[1, 2, 3]
    )
    block = find_tables(Grid("issue.csv", "csv", [sheet]), contract)["boroughs"]
    target = ObservationColumns()
    areas = [Area("borough", "E09000019", "Islington", "local_authority")] * 2
    observe(target, block, areas, contract, period=month_of)
    by_type = {
        type(cell): status for cell, status in zip(cells, target.table()["status"].to_pylist(), strict=True)
    }
    assert by_type[bool] == UNREADABLE
    assert {status for kind, status in by_type.items() if kind is not bool} == {None}
