"""In publishers' own files the cell that is shown for a locator is the cell that the figure was read from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from civic_assets.layers.store import Store
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.publish.report.addresses import address_of
from civic_assets.publish.report.cells import FindingCells, neighbours_of
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table
from civic_assets_tests.releases import contract

# Every so manieth figure is looked up: all of them would be slow, and the places are spread over all tables.
_STEP = 97


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("ons_csp", "ons-csp/policeforceareatablesyedecember2024.xlsx"),
        ("dfe_neet", "dfe-neet/UD_NEETNK_LA_dashboard_2023_final.csv"),
    ],
)
def test_cell_that_is_shown_is_the_cell_that_was_read(
    real_data: Path, tmp_path: Path, source: str, file: str
) -> None:
    terms = contract(source)
    grid = read_grid(real_data / file)
    found = find_tables(grid, terms)
    parsed = parser_of(terms).parse(grid, found, terms)
    printed = dict(
        zip(
            parsed.observations["locator"].to_pylist()[::_STEP],
            parsed.observations["value_text"].to_pylist()[::_STEP],
            strict=True,
        )
    )
    assert len(printed) > 20
    raw = Store(tmp_path).tables.write("raw", source, "2024-12", grid_to_table(grid), "key")
    titles = [block.title_locator for block in found.blocks.values()]
    with duckdb.connect() as connection:
        shown = neighbours_of(connection, raw, titles, terms, [FindingCells(at, at) for at in printed])
    assert shown.keys() == printed.keys()
    for locator, text in printed.items():
        (cell,) = [c for row in shown[locator].rows for c in row.cells if c.mark == "accused"]
        assert cell.text.strip() == text.strip(), locator
        at = address_of(locator)
        assert at is not None and shown[locator].rows[0].header, "the header of the table stands on top"
