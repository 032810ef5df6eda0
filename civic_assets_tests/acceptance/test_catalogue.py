"""A published sample explains itself, over every table, column and row of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from civic_assets.cli import main
from civic_assets.contracts.load import contracts_folder

DOCS = Path(__file__).resolve().parents[2] / "docs" / "read-model.md"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    store = tmp_path_factory.mktemp("sample")
    assert main(["refresh", "--store", str(store), "--quiet"]) == 0
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        yield connection


def test_every_table_and_column_has_a_comment(model: DuckDBPyConnection) -> None:
    where = "NOT internal AND database_name = current_database()"
    without = model.execute(
        f"""SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()
        WHERE {where} AND comment IS NULL
        UNION ALL SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE {where} AND comment IS NULL
        UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE {where} AND comment IS NULL
        UNION ALL SELECT DISTINCT schema_name || '.' || function_name FROM duckdb_functions()
        WHERE {where} AND comment IS NULL"""
    ).fetchall()
    assert without == []


def test_the_catalogue_lists_every_column_there_is(model: DuckDBPyConnection) -> None:
    names = "schema_name, table_name, column_name, data_type"
    there = f"SELECT {names} FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()"
    listed = f"SELECT {names} FROM catalogue.columns WHERE description <> ''"
    assert model.execute(f"({there}) EXCEPT ({listed})").fetchall() == []
    assert model.execute(f"({listed}) EXCEPT ({there})").fetchall() == []
    tables = "SELECT DISTINCT schema_name, table_name FROM catalogue.columns"
    described = (
        "SELECT schema_name, table_name FROM catalogue.tables WHERE description <> '' AND one_row_is <> ''"
    )
    assert model.execute(f"({tables}) EXCEPT ({described})").fetchall() == []


def test_rows_are_counted(model: DuckDBPyConnection) -> None:
    counted = model.execute(
        "SELECT schema_name, table_name, n_rows FROM catalogue.tables WHERE table_type = 'table'"
    ).fetchall()
    assert len(counted) > 40
    for schema, name, n_rows in counted:
        assert model.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchone() == (n_rows,), name


def test_the_key_columns_of_every_table_tell_its_rows_apart(model: DuckDBPyConnection) -> None:
    for schema, name, key in model.execute(
        "SELECT schema_name, table_name, key_columns FROM catalogue.tables"
    ).fetchall():
        columns = ", ".join(f'"{column}"' for column in key)
        doubled = model.execute(
            f'SELECT {columns}, count(*) FROM "{schema}"."{name}" GROUP BY ALL HAVING count(*) > 1 LIMIT 3'
        ).fetchall()
        assert doubled == [], f"{schema}.{name}"


def test_one_code_has_one_name_in_all_tables(model: DuckDBPyConnection) -> None:
    assert names_of_codes(model) == []


@pytest.mark.real_data
def test_one_code_has_one_name_in_all_tables_of_the_real_store(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        assert names_of_codes(connection) == []
        printed = connection.execute(
            "SELECT list_sort(list(DISTINCT area_name_printed)) FROM harmonised.observations "
            "WHERE area_code = 'E06000023'"
        ).fetchone()
        assert printed is not None
        assert len(printed[0]) > 1  # what the publishers print is kept


@pytest.mark.real_data
def test_every_column_of_the_real_store_is_described(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        without = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = current_database() AND comment IS NULL"
        ).fetchall()
        assert without == []


def names_of_codes(model: DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Codes with several names, over every row of every table that has both columns."""
    both = model.execute(
        """SELECT schema_name, table_name FROM duckdb_columns() WHERE NOT internal
        GROUP BY ALL HAVING count(*) FILTER (column_name = 'area_code') > 0
        AND count(*) FILTER (column_name = 'area_name') > 0 ORDER BY ALL"""
    ).fetchall()
    assert ("harmonised", "observations") in both
    rows = " UNION ALL ".join(f'SELECT DISTINCT area_code, area_name FROM "{s}"."{t}"' for s, t in both)
    return model.execute(
        f"SELECT area_code, list(DISTINCT area_name) FROM ({rows}) WHERE area_code IS NOT NULL "
        "GROUP BY area_code HAVING count(DISTINCT area_name) > 1 ORDER BY area_code"
    ).fetchall()


def test_the_docs_name_every_table(model: DuckDBPyConnection) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for schema, name, said in model.execute(
        "SELECT schema_name, table_name, description FROM catalogue.tables"
    ).fetchall():
        assert f"| `{schema}.{name}` | {said} |" in text, (
            f"docs/read-model.md does not describe {schema}.{name} as data_contracts/read_model.yaml does; "
            "make it again with tools/read_model_page.py"
        )
    assert (contracts_folder() / "read_model.yaml").is_file()
