"""The raw table holds every cell as printed with its address, and gives the grid back."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.readers import raw_table
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table, table_to_grid
from civic_assets.values.cells import CellValue, as_printed

TEXT = st.text(max_size=8)
NUMBERS = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(2**60), 2**60).map(float),
    st.decimals(-(10**9), 10**9, places=3).map(float),
)
VALUES = st.one_of(st.just(""), TEXT, NUMBERS, st.booleans())


@st.composite
def sheets(draw, values=VALUES, delimited=False):
    width, height = draw(st.integers(0, 5)), draw(st.integers(0, 6))
    rows = [[draw(values) for _ in range(width)] for _ in range(height)]
    corner = st.integers(0, 50)
    return Sheet(
        name="" if delimited else draw(TEXT),
        rows=rows,
        hidden=draw(st.booleans()),
        merged=tuple(draw(st.lists(st.tuples(corner, corner, corner, corner), max_size=2))),
        line_numbers=sorted(draw(st.sets(st.integers(1, 99), min_size=height, max_size=height)))
        if delimited
        else None,
        hidden_rows=tuple(draw(st.lists(st.tuples(corner, corner), max_size=2))),
        hidden_columns=tuple(draw(st.lists(st.tuples(corner, corner), max_size=2))),
    )


NOTES = st.dictionaries(TEXT, TEXT, max_size=2)
WORKBOOKS = st.builds(Grid, TEXT, st.sampled_from(["xlsx", "xls"]), st.lists(sheets(), max_size=3), NOTES)
DELIMITED = st.builds(Grid, TEXT, st.just("csv"), st.lists(sheets(TEXT, True), min_size=1, max_size=1), NOTES)


def exactly(grid: Grid) -> str:
    """A form in which 1.0 differs from True and 0.0 from -0.0."""
    return repr(grid)


@settings(deadline=None)  # the first example imports Arrow
@given(WORKBOOKS | DELIMITED)
def test_a_grid_survives_the_round_trip_exactly(grid):
    assert exactly(table_to_grid(grid_to_table(grid), grid.file)) == exactly(grid)


@settings(deadline=None)  # the first example imports Arrow
@given(DELIMITED)
def test_the_wide_form_survives_the_round_trip_exactly(grid):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw_table, "RAW_WIDE_CELLS", 1)
        table = grid_to_table(grid)
    assert ("line" in table.column_names) == (grid.sheets[0].width * len(grid.sheets[0].rows) > 0)
    assert exactly(table_to_grid(table, grid.file)) == exactly(grid)


@settings(max_examples=20, deadline=None)
@given(WORKBOOKS | DELIMITED)
def test_parquet_keeps_what_the_round_trip_needs(grid):
    sink = pa.BufferOutputStream()
    pq.write_table(grid_to_table(grid), sink)
    assert exactly(table_to_grid(pq.read_table(pa.BufferReader(sink.getvalue())), grid.file)) == exactly(grid)


@settings(deadline=None)  # the first example imports Arrow
@given(st.lists(VALUES, min_size=1, max_size=30))
def test_text_locator_and_kind_are_those_of_the_grid(values):
    sheet = Sheet("Table C2", [values])
    cells = grid_to_table(Grid("f", "xlsx", [sheet])).to_pylist()
    filled = [(column, value) for column, value in enumerate(values) if value != ""]
    assert [cell["text"] for cell in cells] == [as_printed(value) for _, value in filled]
    assert [cell["locator"] for cell in cells] == [sheet.locator(0, column) for column, _ in filled]
    assert [cell["col"] for cell in cells] == [column + 1 for column, _ in filled]
    assert [cell["kind"] for cell in cells] == [{str: "s", float: "n", bool: "b"}[type(v)] for _, v in filled]
    assert [cell["number"] for cell in cells] == [v if type(v) is float else None for _, v in filled]


def test_an_auditor_finds_a_figure_by_its_address():
    sheet = Sheet("Table C2", [["", ""], ["Islington", 30201.0]])
    (_, cell) = grid_to_table(Grid("f.xlsx", "xlsx", [Sheet("Notes", []), sheet])).to_pylist()
    assert cell == {
        "sheet_index": 1,
        "sheet": "Table C2",
        "row": 2,
        "col": 2,
        "locator": "Table C2!B2",
        "kind": "n",
        "text": "30201",
        "number": 30201.0,
    }


def test_the_types_are_those_that_the_raw_layer_promises():
    schema = grid_to_table(Grid("f", "xlsx", [])).schema
    assert {field.name: str(field.type) for field in schema} == {
        "sheet_index": "int16",
        "sheet": "dictionary<values=string, indices=int16, ordered=0>",
        "row": "int32",
        "col": "int32",
        "locator": "string",
        "kind": "dictionary<values=string, indices=int8, ordered=0>",
        "text": "string",
        "number": "double",
    }


def test_a_cell_of_a_delimited_file_is_addressed_by_line():
    grid = Grid("f.csv", "csv", [Sheet("", [["a", "b\nc"], ["1", ""], ["3", "4"]], line_numbers=[1, 3, 5])])
    assert grid_to_table(grid).column("locator").to_pylist() == ["L1:A", "L1:B", "L3:A", "L5:A", "L5:B"]


def test_a_large_delimited_file_is_kept_wide():
    rows: list[list[CellValue]] = [["E09000019", "", "3"] for _ in range(70_000)]
    table = grid_to_table(Grid("f.csv", "csv", [Sheet("", rows, line_numbers=list(range(1, 70_001)))]))
    assert table.column_names == ["line", "c0001", "c0002", "c0003"]
    assert table.num_rows == 70_000
    assert table.column("c0002")[0].as_py() == ""


def test_a_foreign_table_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="run refresh again"):
        table_to_grid(pa.table({"text": ["x"]}), "f.xlsx")


@pytest.mark.real_data
def test_real_files_survive_the_round_trip(real_data):
    for path in sorted(p for p in real_data.rglob("*") if p.suffix in (".csv", ".xlsx")):
        grid = read_grid(path)
        assert table_to_grid(grid_to_table(grid), grid.file) == grid, path.name
