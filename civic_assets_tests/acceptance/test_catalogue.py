"""A published sample explains itself, over every table, column and row of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from civic_assets.contracts.load import contracts_folder
from civic_assets.publish.read_model.descriptions import explanations
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import Refreshed

DOCS = PROJECT / "docs" / "reference" / "read-model.md"


@pytest.fixture(scope="module")
def model(sample_refresh: Refreshed) -> Iterator[DuckDBPyConnection]:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
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
    assert doubled_keys(model) == []


def test_a_column_has_no_other_values_than_its_description_lists(model: DuckDBPyConnection) -> None:
    assert unlisted_values(model) == []


def test_the_unit_of_a_column_is_where_its_description_says(model: DuckDBPyConnection) -> None:
    """ "as the column unit says" does not help in a table without that column."""
    rows = model.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM catalogue.columns"
    ).fetchall()
    there = {(table, column) for table, column, _ in rows}
    for table, column, data_type in rows:
        meaning = explanations().of(column, table)
        assert meaning is not None
        named = {
            "as the column unit says": "unit", "as the unit of the row says": "unit",
            "as unit_of_rate says": "unit_of_rate", "as unit_of_count says": "unit_of_count",
        }.get(meaning.unit)  # fmt: skip
        assert named is None or (table, named) in there, f"{table}.{column}: {meaning.unit}"
        assert (meaning.unit == "date") == (data_type == "DATE"), f"{table}.{column}"


@pytest.mark.real_data
def test_keys_and_listed_values_hold_in_the_real_store(real_store: Path) -> None:
    """Over every row of every table: the sample has no notes, no corrections, no reclassified figures."""
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        assert doubled_keys(connection) == []
        assert unlisted_values(connection) == []
        unnamed = connection.execute(
            "SELECT * FROM quality.bias_register WHERE area_code IS NOT NULL AND area_name IS NULL"
        ).fetchall()
        assert unnamed == []


def doubled_keys(model: DuckDBPyConnection) -> list[str]:
    """Tables with two rows of one key, by the descriptions of this checkout."""
    tables = model.execute("SELECT schema_name || '.' || table_name FROM catalogue.tables").fetchall()
    found = []
    for (table,) in tables:
        columns = ", ".join(f'"{column}"' for column in explanations().tables[table].key)
        if model.execute(
            f"SELECT {columns} FROM {table} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
        ).fetchall():
            found.append(table)
    return found


def unlisted_values(model: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Column and value, where a description lists the values that there are and this is another one."""
    found, listed = [], 0
    for schema, name, column in model.execute(
        "SELECT schema_name, table_name, column_name FROM catalogue.columns"
    ).fetchall():
        meaning = explanations().of(column, f"{schema}.{name}")
        if meaning is None or not meaning.values:
            continue
        listed += 1
        there = model.execute(
            f'SELECT said FROM (SELECT DISTINCT "{column}"::VARCHAR AS said FROM "{schema}"."{name}") '
            "WHERE said <> '' ORDER BY said"
        ).fetchall()
        found += [(f"{schema}.{name}.{column}", value) for (value,) in there if value not in meaning.values]
    assert listed > 50
    return found


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
            f"docs/reference/read-model.md does not describe {schema}.{name} as data_contracts/read_model.yaml does; "
            "make it again with tools/read_model_page.py"
        )
    assert (contracts_folder() / "read_model.yaml").is_file()
