"""The gate in DuckDB and the compiled pandera schema say the same of every table, good or bad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from pandera.errors import SchemaErrors

from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.parsing.contract_schema import gate_columns, pandera_schema
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.quality.analyses.contract_gate import run_gate
from civic_assets.readers.open_file import read_grid

REPORT = REPORT_TABLES
CONTRACTS = load_contracts()


def _by_pandera(observations: pa.Table) -> dict[str, list[int]]:
    """Failing rows by rule, as the compiled schema finds them."""
    frame = pl.from_arrow(gate_columns(observations))
    assert isinstance(frame, pl.DataFrame)
    failing: dict[str, list[int]] = {}
    try:
        pandera_schema(CONTRACTS["gla_report"]).validate(frame, lazy=True)
    except SchemaErrors as errors:
        for rule, index in errors.failure_cases.select("check", "index").rows():
            failing.setdefault(str(rule), []).append(int(index))
    return {rule: sorted(rows) for rule, rows in failing.items()}


@pytest.fixture(scope="module")
def observations() -> pa.Table:
    grid = read_grid(REPORT)
    found = recognise(grid, CONTRACTS)[0]
    table: pa.Table = parser_of(found.contract).parse(grid, found.found, found.contract).observations
    return table


def _with(table: pa.Table, column: str, row: int, value: Any) -> pa.Table:
    values = table[column].to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, pa.array(values, table.schema.field(column).type))


def _first(table: pa.Table, **wanted: str) -> int:
    rows = table.to_pylist()
    return next(i for i, row in enumerate(rows) if all(row[key] == text for key, text in wanted.items()))


DEFECTS: list[tuple[str, Callable[[pa.Table], pa.Table]]] = [
    ("R-07", lambda t: _with(t, "status", 3, "suppressed")),
    ("R-07", lambda t: _with(t, "value", 3, None)),
    ("V-01", lambda t: pa.concat_tables([t, t.slice(5, 1)])),
    ("V-02", lambda t: _with(t, "value", _first(t, unit="count"), 1.5)),
    ("V-02", lambda t: _with(t, "value", _first(t, unit="count"), -1.0)),
    ("V-03", lambda t: _with(t, "value", _first(t, unit="percent"), 100.5)),
    ("V-04", lambda t: _with(t, "area_code", 0, "Islington")),
    ("V-04", lambda t: _with(t, "area_code", 0, None)),
    ("V-06", lambda t: _with(t, "measure", 0, "burglery")),
    ("V-08", lambda t: _with(t, "period_kind", 0, "month")),
    ("V-08", lambda t: _with(t, "period_end", 0, None)),
    ("V-08", lambda t: _with(t, "statistic", 0, "guess")),
]


@pytest.mark.parametrize(("rule", "damage"), DEFECTS)
def test_both_find_the_same_rows(
    observations: pa.Table, rule: str, damage: Callable[[pa.Table], pa.Table]
) -> None:
    damaged = damage(observations)
    found = {
        name: list(rows) for name, (_, rows) in run_gate(CONTRACTS["gla_report"], damaged).items() if rows
    }
    assert rule in found
    assert found == _by_pandera(damaged)


def test_both_pass_what_is_right(observations: pa.Table) -> None:
    gate = run_gate(CONTRACTS["gla_report"], observations)
    assert {name: list(rows) for name, (_, rows) in gate.items() if rows} == {} == _by_pandera(observations)
    rows = observations.to_pylist()
    # A mean of three months' stocks may have decimals: it is no whole count.
    assert (
        gate["V-02"][0] == sum(r["unit"] == "count" and r["statistic"] != "mean_of_stocks" for r in rows) > 90
    )
