"""A column with each different value once is the same column."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.values.coded import Coded, together

# Equal and yet different: 1.0 is not "1", and True is not 1.0.
ITEMS = st.lists(st.sampled_from(["", "1", 1.0, True, 0.0, False, "Islington", None]), min_size=1)


def _exact(items: object) -> list[tuple[type, object]]:
    return [(type(item), item) for item in items]  # type: ignore[attr-defined]


@given(ITEMS)
def test_rows_are_those_that_it_was_made_of(items: list[object]) -> None:
    column = Coded.of(items)
    assert _exact(column) == _exact(items)
    assert _exact(column[at] for at in range(len(column))) == _exact(items)
    assert len({(type(value), value) for value in column.values}) == len(column.values)


@given(ITEMS, st.data())
def test_part_of_a_column_asks_only_for_values_that_are_in_it(
    items: list[object], data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(items)))
    part, asked = Coded.of(items)[:end], []
    changed = part.map(lambda value: asked.append(value) or repr(value))  # type: ignore[func-returns-value]
    assert list(changed) == [repr(item) for item in items[:end]]
    assert _exact(sorted(asked, key=repr)) == _exact(
        value for _, value in sorted(set(_exact(items[:end])), key=lambda pair: repr(pair[1]))
    )


@given(ITEMS)
def test_first_rows_and_counts_are_those_of_the_values(items: list[object]) -> None:
    column, exact = Coded.of(items), _exact(items)
    places = [exact.index((type(value), value)) for value in column.values]
    assert column.first_rows() == places
    assert column.counts().tolist() == [Counter(exact)[type(v), v] for v in column.values]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, True]), st.integers(0, 3)), min_size=1)
)
def test_columns_together_hold_each_combination_once(rows: list[tuple[str, float, int]]) -> None:
    both = together(*(Coded.of(column) for column in zip(*rows, strict=True)))
    assert [_exact(row) for row in both] == [_exact(row) for row in rows]
    assert len(both.values) == len({tuple(_exact(row)) for row in rows})


def test_values_that_were_changed_to_the_same_are_one_combination() -> None:
    column = Coded(["Q1", "1"], np.array([0, 1, 0])).map(lambda text: text.removeprefix("Q"))
    assert together(column).values == [("1",)]


@pytest.mark.parametrize("size", [0, 3])
def test_arrow_array_has_nulls_where_there_is_no_value(size: int) -> None:
    column = Coded(["partnership", None], np.arange(size) % 2)
    assert column.arrow(pa.string()).to_pylist() == ["partnership", None, "partnership"][:size]
    assert column.arrow(pa.string()).type == pa.string()
