"""Each table that joins sources names the sources and the tables that it is really made from."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store
from civic_assets.publish.build import build_read_model
from civic_assets.publish.incremental import joined_tables, replaced_rows
from civic_assets.publish.incremental.arrivals import Arrivals
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.incremental.joined_tables import JoinedTables
from civic_assets.publish.incremental.survey import Survey
from civic_assets_tests.publish.incremental.worlds import KINDS, World

DAY = date(2025, 6, 1)
_NAMED = re.compile(r"\b(?:harmonised|quality|catalogue)\.\w+")
# Made of the register alone: equal in every publication of one program.
_OF_THE_PROGRAM = {"harmonised.profile_areas", "harmonised.profile_lineage"}


class _Noted:
    """A connection that remembers what is executed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.statements: list[str] = []

    def execute(self, sql: str, *given: Any) -> Any:
        self.statements.append(sql)
        return self._connection.execute(sql, *given)

    def sql(self, sql: str, **given: Any) -> Any:
        self.statements.append(sql)
        return self._connection.sql(sql, **given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Store]:
    """A publication with two releases of each source."""
    store = Store(tmp_path_factory.mktemp("joined") / "store")
    world = World(store, random.Random(5))
    for source in sorted(KINDS) * 2:
        world.arrive(source)
    build_read_model(Inputs(store, load_contracts(), world.listed(), "", "", 1, DAY), from_nothing=True)
    return world, store


@pytest.fixture
def connection(everything: tuple[World, Store]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The publication, as it was before, whatever a test does."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{everything[1].database}' AS published")
        connection.execute("CREATE SCHEMA memory.harmonised")
        connection.execute(
            "CREATE VIEW memory.harmonised.observations AS FROM published.harmonised.observations"
        )
        connection.execute("USE published")
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


def _steps(connection: duckdb.DuckDBPyConnection, everything: tuple[World, Store]) -> list[JoinedTables]:
    world, store = everything
    inputs = Inputs(store, load_contracts(), world.listed(), "", "", 1, DAY)
    changed = Survey(Arrivals(frozenset(KINDS), {}), frozenset({"population"}), frozenset(), protection=False)
    return joined_tables._steps(connection, inputs, changed)


def _sources(name: str, steps: dict[str, JoinedTables]) -> set[str]:
    """Sources of a step, and of those whose tables it reads."""
    step = steps[name]
    return set(step.sources).union(*(_sources(one, steps) for one in step.after if one in steps))


def test_there_are_the_steps_that_the_tests_go_through(
    connection: duckdb.DuckDBPyConnection, everything: tuple[World, Store]
) -> None:
    assert {step.name for step in _steps(connection, everything)} == set(STEPS)


STEPS = ("recorded crime", "indicators", "area profile", "crime table", "wards", "compared", "report")


@pytest.mark.parametrize("name", STEPS)
def test_table_is_the_same_without_the_sources_that_it_does_not_name(
    name: str, connection: duckdb.DuckDBPyConnection, everything: tuple[World, Store]
) -> None:
    steps = {one.name: one for one in _steps(connection, everything)}
    step, sources = steps[name], _sources(name, steps)
    # Withholding comes after these steps, so a table is compared with the step alone and not with the published one.
    joined_tables.drop(connection, step.tables)
    step.create(connection)
    before = {table: _rows(connection, table) for table in step.tables if _exists(connection, table)}
    for table in (
        *replaced_rows.OF_RELEASES, *replaced_rows.OF_PERIODS, *replaced_rows.OF_YEARS, *replaced_rows.OF_SOURCES,
        "quality.issues", "quality.revisions", "catalogue.printed_areas", "catalogue.disclosure_rules",
    ):  # fmt: skip
        if table not in step.tables:
            connection.execute(
                f"DELETE FROM {table} WHERE source NOT IN (SELECT unnest(?))", [sorted(sources)]
            )
    joined_tables.drop(connection, step.tables)
    step.create(connection)
    assert any(before.values()) or name == "report"
    for table, rows in before.items():
        assert _rows(connection, table) == rows, table


@pytest.mark.parametrize("name", STEPS)
def test_step_comes_after_the_steps_whose_tables_it_reads(
    name: str, connection: duckdb.DuckDBPyConnection, everything: tuple[World, Store]
) -> None:
    steps = _steps(connection, everything)
    (step,) = (one for one in steps if one.name == name)
    joined_tables.drop(connection, step.tables)
    noted = _Noted(connection)
    step.create(noted)  # type: ignore[arg-type]
    named = {table for sql in noted.statements for table in _NAMED.findall(sql)}
    assert named
    for other in steps:
        read = named & {*other.tables} - {*step.tables} - _OF_THE_PROGRAM
        assert not read or other.name in step.after or other.name in _waived(step), (other.name, read)


def _waived(step: JoinedTables) -> frozenset[str]:
    # Classes of the releases with wards change only with these releases, which the step names itself.
    return frozenset({"recorded crime"}) if step.name == "wards" else frozenset()


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, _, name = table.partition(".")
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'published' AND schema_name = ? AND table_name = ?",
        [schema, name],
    ).fetchone()
    return found is not None


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return sorted(map(repr, connection.execute(f"FROM {table}").fetchall()))
