"""The read model says what its tables and columns mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError
from civic_assets.publish.read_model import descriptions
from civic_assets.publish.read_model.descriptions import (
    FILE,
    MissingDescription,
    explain,
    explanations,
    read_explanations,
)
from civic_assets.publish.read_model.revised.release_changes import KINDS

# Sentences of a person who edits for GOV.UK: whole, and not the name once more.
_FEWEST_WORDS = 2


@pytest.fixture
def model() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in ("harmonised", "quality", "catalogue"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute("CREATE TABLE quality.cited_cells (source VARCHAR, n_citations BIGINT)")
        connection.execute("INSERT INTO quality.cited_cells VALUES ('ons_csp', 2), ('ons_csp', 1)")
        connection.execute(
            "CREATE VIEW harmonised.latest AS SELECT source, 1 AS value FROM quality.cited_cells"
        )
        connection.execute("CREATE MACRO quality.byar_lower(n) AS n")
        yield connection


def test_tables_views_columns_and_functions_have_comments(model: DuckDBPyConnection) -> None:
    assert explain(model) == []
    comments = dict(
        model.execute(
            "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    )
    assert comments["cited_cells.n_citations"] == "Number of rows of derived tables that cite the cell."
    assert "Unit: as the column unit says." in comments["latest.value"]
    assert all(comments.values())
    tables = model.execute(
        "SELECT comment FROM duckdb_tables() WHERE NOT internal UNION ALL "
        "SELECT comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert all(comment and "One row is" in comment for (comment,) in tables)
    (said,) = model.execute(
        "SELECT comment FROM duckdb_functions() WHERE function_name = 'byar_lower'"
    ).fetchone() or (None,)
    assert said
    assert "95% interval" in said


def test_the_catalogue_lists_tables_and_columns(model: DuckDBPyConnection) -> None:
    explain(model)
    rows = model.execute(
        "SELECT table_type, n_rows, one_row_is, key_columns FROM catalogue.tables WHERE table_name = 'cited_cells'"
    ).fetchall()
    assert rows == [("table", 2, "one cell", ["source", "release", "locator"])]
    views = model.execute("SELECT table_type, n_rows FROM catalogue.tables WHERE table_name = 'latest'")
    assert views.fetchall() == [("view", None)]
    column = model.execute(
        "SELECT position, data_type, description FROM catalogue.columns "
        "WHERE table_name = 'cited_cells' AND column_name = 'n_citations'"
    ).fetchall()
    assert column == [(2, "BIGINT", "Number of rows of derived tables that cite the cell.")]


def test_a_new_column_without_description_is_named_to_the_person_who_adds_it(
    model: DuckDBPyConnection,
) -> None:
    model.execute("ALTER TABLE quality.cited_cells ADD COLUMN shoe_size INTEGER")
    with pytest.raises(
        MissingDescription, match=r"shoe_size of quality\.cited_cells.*data_contracts/read_model\.yaml"
    ):
        explain(model)


def test_a_refresh_goes_on_without_a_description(
    model: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(descriptions, "REFUSES_UNDESCRIBED", False)
    model.execute("ALTER TABLE quality.cited_cells ADD COLUMN shoe_size INTEGER")
    (sentence,) = explain(model)
    assert "shoe_size" in sentence
    row = model.execute(
        "SELECT description FROM catalogue.columns WHERE column_name = 'shoe_size'"
    ).fetchall()
    assert row == [(None,)]


def test_a_column_of_a_pair_is_described_by_the_name_without_its_letter() -> None:
    said = explanations().of("measure_b", "quality.comparability")
    assert said is not None
    assert said.text.startswith("For the second figure of the pair: Name of what is counted")


def test_a_table_can_mean_something_of_its_own() -> None:
    known = explanations()
    general, own = known.of("denominator"), known.of("denominator", "catalogue.measures")
    assert general is not None
    assert own is not None
    assert general.text != own.text


def test_no_name_is_described_twice_and_no_description_is_the_name_again() -> None:
    text = (contracts_folder() / FILE).read_text(encoding="utf-8")
    names = re.findall(r"^  (\w+): ", text.partition("\ncolumns:\n")[2], flags=re.MULTILINE)
    assert len(names) == len(set(names))
    for name, meaning in explanations().columns.items():
        assert len(meaning.text.split()) > _FEWEST_WORDS, name
        assert meaning.text.rstrip(".").lower() != name.replace("_", " "), name
        assert meaning.text.endswith("."), name


def test_keys_are_columns_that_are_described() -> None:
    known = explanations()
    for name, table in known.tables.items():
        assert table.key
        assert [column for column in table.key if known.of(column, name) is None] == [], name


def test_an_entry_that_says_nothing_is_named(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_text(
        "suffixes: {}\ntables: {}\nmacros: {}\ncolumns:\n  source: {text: a, because of a comma}\n"
    )
    with pytest.raises(ContractError, match=r"columns\.source"):
        read_explanations(file)


def test_listed_values_are_those_that_the_text_explains(tmp_path: Path) -> None:
    file = tmp_path / FILE
    content = "tables: {{}}\nsuffixes: {{}}\nmacros: {{}}\ncolumns:\n  kind: {{text: '{text}', values: [new, gone]}}\n"
    file.write_text(content.format(text="new, or gone when it is not there"))
    assert read_explanations(file).columns["kind"].values == ("new", "gone")
    file.write_text(content.format(text="new, or not"))
    with pytest.raises(ContractError, match="does not say what gone means"):
        read_explanations(file)


def test_kinds_of_changes_are_described_as_the_code_has_them() -> None:
    counted = explanations().of("kind", "quality.release_change_counts")
    listed = explanations().of("kind", "quality.release_changes")
    assert counted is not None
    assert listed is not None
    assert set(counted.values) == set(KINDS)
    assert set(listed.values) == set(KINDS) - {"unchanged", "no_longer_printed"}


def test_the_example_of_an_id_is_the_id_of_a_figure() -> None:
    name = "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"
    said = explanations().of("figure_id")
    assert said is not None
    assert said.example == hashlib.sha256(name.encode()).hexdigest()[:16]
