"""Rows of a table in groups, compared with a plain dictionary."""

from __future__ import annotations

import random
from datetime import date

import pyarrow as pa
import pytest

from civic_assets.values.groups import groups_of


@pytest.mark.parametrize("coded", [False, True], ids=["texts", "dictionary"])
def test_groups_are_those_of_a_dictionary_in_the_order_of_first_rows(coded):
    chance = random.Random(3)
    rows = [
        (
            chance.choice(["a", "b", "c", None, ""]),
            date(2020, chance.randint(1, 3), 1),
            chance.choice([1.0, None]),
            f"L{n}",
        )
        for n in range(500)
    ]
    kinds = [pa.string(), pa.date32(), pa.float64(), pa.string()]
    columns = [pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
    if coded:
        columns[0] = columns[0].dictionary_encode()
    table = pa.table(dict(zip(["area", "start", "value", "locator"], columns, strict=True)))
    expected: dict[tuple[str | None, date], list[object]] = {}
    for area, start, value, locator in rows:
        group = expected.setdefault((area, start), [locator, 0, 0])
        group[1] += 1  # type: ignore[operator]
        group[2] += value is not None  # type: ignore[operator]
    halves = pa.concat_tables([table.slice(0, 200), table.slice(200)])
    found = groups_of(halves, ["area", "start"], ["locator"], "value")
    assert list(zip(*found.values(), strict=True)) == [(*key, *group) for key, group in expected.items()]


def test_empty_table_has_no_group():
    table = pa.table({"area": pa.array([], pa.string()), "value": pa.array([], pa.float64())})
    assert groups_of(table, ["area"], value="value") == {"area": [], "rows": [], "known": []}
