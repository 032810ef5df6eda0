"""Limits of small counts: against exact values from tables, and the algebra of ratios."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.publish.profiles.small_numbers import create_functions

counts = st.integers(1, 100_000)
bases = st.floats(1, 1e7)


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA quality")
    create_functions(connection)
    return connection


def ask(database: duckdb.DuckDBPyConnection, expression: str, *values: float) -> float:
    row = database.execute(f"SELECT {expression}", list(values)).fetchone()
    assert row is not None
    return float(row[0])


# Exact Poisson limits, 95%: Breslow and Day 1987, volume II, table 2.11 (there as factors of the count).
@pytest.mark.parametrize(("n", "lower", "upper"), [(0, 0, 3.689), (10, 4.795, 18.390), (100, 81.36, 121.63)])
def test_byars_limits_are_near_the_exact_ones(
    database: duckdb.DuckDBPyConnection, n: int, lower: float, upper: float
) -> None:
    assert ask(database, "quality.byar_lower(?)", n) == pytest.approx(lower, abs=0.02)
    assert ask(database, "quality.byar_upper(?)", n) == pytest.approx(upper, rel=0.01 if n else 0.1)


@given(n=counts)
def test_count_lies_within_its_limits(database: duckdb.DuckDBPyConnection, n: int) -> None:
    assert ask(database, "quality.byar_lower(?)", n) < n < ask(database, "quality.byar_upper(?)", n)


@given(first=counts, second=counts, base_1=bases, base_2=bases)
def test_ratio_lies_within_its_limits_and_turns_round_with_the_periods(
    database: duckdb.DuckDBPyConnection, first: int, second: int, base_1: float, base_2: float
) -> None:
    ratio = (second / base_2) / (first / base_1)
    low = ask(database, "quality.ratio_lower(?, ?, ?, ?)", first, base_1, second, base_2)
    high = ask(database, "quality.ratio_upper(?, ?, ?, ?)", first, base_1, second, base_2)
    assert low < ratio < high
    assert ask(database, "quality.ratio_upper(?, ?, ?, ?)", second, base_2, first, base_1) == pytest.approx(
        1 / low
    )


def test_the_same_count_twice_is_not_a_change(database: duckdb.DuckDBPyConnection) -> None:
    assert (
        ask(database, "quality.ratio_lower(50, 1, 50, 1)")
        < 1
        < ask(database, "quality.ratio_upper(50, 1, 50, 1)")
    )
