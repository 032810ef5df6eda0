"""A column of cells that keeps each distinct one once gives back the same cells, whatever their types."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from civic_assets.readers.coded_rows import coded_column
from civic_assets.readers.grid import Sheet

CELLS = st.one_of(
    st.sampled_from(["", " ", "a", "1", "True"]), st.booleans(), st.sampled_from([0.0, 1.0, 2.5])
)


@given(st.lists(CELLS, max_size=30))
def test_cells_come_back_with_their_types(cells):
    column = coded_column(cells)
    back = column.cells(range(len(cells)))
    assert [(type(cell), cell) for cell in back] == [(type(cell), cell) for cell in cells]
    assert len(set(map(repr, column.values))) == len(column.values)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12), st.integers(0, 12))
def test_filled_rows_are_those_with_a_cell_that_is_not_blank(rows, first):
    expected = [any(not isinstance(cell, str) or cell.strip() for cell in row) for row in rows[first:]]
    assert Sheet("a", rows).filled(first).tolist() == expected
