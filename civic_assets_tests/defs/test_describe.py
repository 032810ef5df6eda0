"""What Dagster shows of a table is what the table has."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.defs.describe import RAW_FIELDS, table_metadata
from civic_assets.layers.store import Store
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table
from civic_assets_tests.paths import FIXTURES


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("ons_pfa/year_ending_december_2024.xlsx", {name: meaning for name, _, meaning in RAW_FIELDS}),
        (
            "home_office_prc/by_partnership_2023_25.ods",
            {
                "row": "row, from 1",
                "c0001": "column A: the cell as printed",
                "k0009": "column I: n(umber), s(tring) or b(oolean), where not all of it is text",
            },
        ),
    ],
)
def test_raw_table_is_described_in_the_form_that_it_has(
    tmp_path: Path, file: str, columns: dict[str, str]
) -> None:
    store = Store(tmp_path)
    table = grid_to_table(read_grid(FIXTURES / file))
    ref = store.tables.write("raw", "any", "2024-01", table, "key")
    shown = {c.name: c.description for c in table_metadata(store, ref)["dagster/column_schema"].columns}
    assert list(shown) == table.column_names
    assert {name: shown[name] for name in columns} == columns
