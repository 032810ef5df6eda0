"""pandera, which judges a refresh, and DuckDB, which judges for `inspect`, say the same of every table, good or bad."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.store import Store
from civic_assets.parsing.observations import arrow_schema
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.quality.analyses.contract_gate import run_gate
from civic_assets.quality.frames.gate import _failures, run_frame_gate
from civic_assets.quality.frames.one_pass import all_kept, rules_of
from civic_assets.quality.framework.results import Failures
from civic_assets.readers.open_file import read_grid

CONTRACTS = load_contracts()


def _said(failures: Failures) -> dict[str, tuple[int, list[int]]]:
    return {rule: (checked, list(rows)) for rule, (checked, rows) in failures.items()}


@pytest.fixture(scope="module")
def observations() -> pa.Table:
    grid = read_grid(REPORT_TABLES)
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
    ("V-02", lambda t: _with(t, "value", _first(t, statistic="mean_of_stocks"), -0.5)),
    ("V-03", lambda t: _with(t, "value", _first(t, unit="percent"), 100.5)),
    ("V-03", lambda t: _with(t, "value", _first(t, unit="percent"), -0.5)),
    ("V-03", lambda t: _with(_with(t, "unit", 0, "per_1000_population"), "value", 0, -0.5)),
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
    found = _said(run_frame_gate(CONTRACTS["gla_report"], damaged))
    assert found[rule][1]
    assert found == _said(run_gate(CONTRACTS["gla_report"], damaged))


def test_both_pass_what_is_right(observations: pa.Table) -> None:
    gate = _said(run_frame_gate(CONTRACTS["gla_report"], observations))
    assert gate == _said(run_gate(CONTRACTS["gla_report"], observations))
    assert all(not rows for _, rows in gate.values())
    rows = observations.to_pylist()
    assert gate["V-02"][0] == sum(row["unit"] == "count" for row in rows) > 90
    assert (
        gate["V-03"][0]
        == sum(row["unit"].startswith("per") for row in rows if row["statistic"] == "rate")
        > 12
    )


def test_mean_of_counts_may_have_decimals(observations: pa.Table) -> None:
    mean = _with(observations, "value", _first(observations, statistic="mean_of_stocks"), 1208392.7)
    assert not run_gate(CONTRACTS["gla_report"], mean)["V-02"][1]


def test_no_rate_is_negative_even_where_counts_may_be(observations: pa.Table) -> None:
    """`ons_csp` allows negative counts, since offences of earlier months may be taken off. No real rate is negative."""
    negative = _with(_with(observations, "unit", 0, "per_1000_population"), "value", 0, -0.5)
    for gate in (run_gate, run_frame_gate):
        for source in ("dfe_lait", "ons_csp"):
            assert len(gate(CONTRACTS[source], negative)["V-03"][1]) == 1


_CELLS: dict[str, list[Any]] = {
    "measure": ["burglary", "suspensions", "burglery", "", None],
    "area_code": ["E09000019", "E23000001/unassigned", "E0900001", "E09000019\n", "xE09000019", "", None],
    "period_start": [date(2023, 1, 1), date(2024, 1, 1), None],
    "period_end": [date(2024, 1, 1), date(2024, 2, 1), date(2022, 1, 1), None],
    "period_kind": ["calendar_year", "month", "guess", None],
    "statistic": ["flow", "stock", "mean_of_stocks", "rate", "change", "guess", None],
    "breakdown": ["total", "age=10"],
    "unit": ["count", "percent", "per_1000_population"],
    "status": [None, "suppressed", "at_least", "guess"],
}
_VALUES = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from(
        [0.0, -0.0, -1.0, 0.5, 100.0, 100.00000000000001, 1e15, 1e301, float("nan"), float("inf")]
    ),
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {**{name: st.sampled_from(cells) for name, cells in _CELLS.items()}, "value": _VALUES}
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS)
@pytest.mark.parametrize("source", ["ons_csp", "dfe_exclusions"])
def test_both_say_the_same_of_any_table(source: str, rows: list[dict[str, Any]]) -> None:
    filled = {"table_id": "a", "row_number": 1, "row_kind": "b", "area_name": "c", "area_type": "d"}
    table = pa.Table.from_pylist(
        [{**filled, "value_text": "e", "locator": f"A!B{i}", **row} for i, row in enumerate(rows)],
        schema=arrow_schema(),
    )
    assert _said(run_frame_gate(CONTRACTS[source], table)) == _said(run_gate(CONTRACTS[source], table))


@pytest.mark.parametrize("column", ["area_name", "locator", "unit"])
def test_a_cell_that_the_parser_left_empty_stops_both(observations: pa.Table, column: str) -> None:
    damaged = _with(observations, column, 3, None)
    for gate in (run_frame_gate, run_gate):
        with pytest.raises(RuntimeError, match=f"{column} is empty"):
            gate(CONTRACTS["gla_report"], damaged)


def test_the_cells_that_are_empty_are_named(observations: pa.Table) -> None:
    with pytest.raises(RuntimeError, match=re.escape(observations["locator"][3].as_py())):
        run_frame_gate(CONTRACTS["gla_report"], _with(observations, "area_name", 3, None))


def test_another_type_or_column_stops_the_release(observations: pa.Table) -> None:
    place = observations.schema.get_field_index("value")
    as_text = observations.set_column(place, "value", observations["value"].cast(pa.string()))
    with pytest.raises(RuntimeError, match="Expected column 'value' to have type Float64, got String"):
        run_frame_gate(CONTRACTS["gla_report"], as_text)
    with pytest.raises(RuntimeError, match="The schema has no column stray"):
        run_frame_gate(CONTRACTS["gla_report"], observations.append_column("stray", observations["value"]))
    with pytest.raises(RuntimeError, match="The column status is missing"):
        run_frame_gate(CONTRACTS["gla_report"], observations.drop_columns(["status"]))


def test_many_keys_are_compared_by_themselves_and_not_by_their_hashes(observations: pa.Table) -> None:
    twice = pa.concat_tables([observations, observations.slice(0, 2)])
    n = observations.num_rows
    assert _said(run_frame_gate(CONTRACTS["gla_report"], twice))["V-01"] == (n + 2, [0, 1, n, n + 1])
    assert not np.any(run_frame_gate(CONTRACTS["gla_report"], observations)["V-01"][1])


@pytest.mark.parametrize(
    "setting",
    [
        {"PANDERA_VALIDATION_ENABLED": "False"},
        {"PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"},
        {"PANDERA_USE_NARWHALS_BACKEND": "True"},
    ],
)
def test_the_environment_cannot_switch_the_judge_off(setting: dict[str, str]) -> None:
    script = f"""
import pyarrow.compute as pc
from pathlib import Path
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.quality.frames.gate import run_frame_gate
from civic_assets.readers.open_file import read_grid
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.layers.store import Store
grid = read_grid(Path({str(REPORT_TABLES)!r}))
found = recognise(grid, load_contracts())[0]
table = parser_of(found.contract).parse(grid, found.found, found.contract).observations
place = table.schema.get_field_index("value")
doubled = table.set_column(place, "value", pc.add(table["value"], 1000.5))
try:
    print("FAILED", len(run_frame_gate(found.contract, doubled)["V-03"][1]) > 0)
except RuntimeError as error:
    print("FAILED", error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **setting},
    )
    # With pandera's experimental backend the rows are not known: the gate stops, and the release is held back.
    expected = "V-02" if "PANDERA_USE_NARWHALS_BACKEND" in setting else "FAILED True"
    assert expected in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(("rule", "damage"), DEFECTS, ids=[f"{n}-{d[0]}" for n, d in enumerate(DEFECTS)])
def test_one_pass_finds_something_wherever_pandera_does(observations, rule, damage):
    contract = CONTRACTS["gla_report"]
    damaged = damage(observations)
    rules = rules_of(contract)
    if any(rows for _, rows in _failures(contract, damaged, "validated", None).values()):
        assert all_kept(damaged, rules, "validated") is None, rule
    good = _failures(contract, observations, "validated", None)
    assert all_kept(observations, rules, "validated") == {
        name: checked for name, (checked, _) in good.items()
    }


def test_good_table_needs_no_pandera():
    script = f"""
import sys
from pathlib import Path
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.quality.frames.gate import run_frame_gate
from civic_assets.readers.open_file import read_grid
from civic_assets.parsing.recognise import parser_of, recognise
grid = read_grid(Path({str(REPORT_TABLES)!r}))
found = recognise(grid, load_contracts())[0]
table = parser_of(found.contract).parse(grid, found.found, found.contract).observations
run_frame_gate(found.contract, table)
print("pandera" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False"]


@pytest.mark.real_data
def test_both_say_the_same_of_every_real_release(real_store: Path) -> None:
    store = Store.existing(real_store)
    releases = 0
    for source, contract in CONTRACTS.items():
        for release in store.tables.releases("validated", source):
            ref = store.tables.current("validated", source, release)
            assert ref is not None
            table = store.tables.read(ref).cast(arrow_schema())
            assert _said(run_frame_gate(contract, table)) == _said(run_gate(contract, table)), ref
            releases += 1
    assert releases > 50
