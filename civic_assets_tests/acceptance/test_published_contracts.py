"""What is published keeps the contracts that are published with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from civic_assets.contracts.load import contracts_folder
from civic_assets.publish.published_contracts import SCHEMAS, columns_of, contract_of, text_of, views_of
from civic_assets.publish.read_model.descriptions import explanations
from civic_assets_tests.acceptance.contract_demands import broken_demands
from civic_assets_tests.shared_stores import Refreshed

FOLDER = contracts_folder() / "published"


@pytest.fixture(scope="module")
def database(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "civic.duckdb"


@pytest.fixture
def changed(report_refresh: Refreshed, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of what is published of the report's tables, which a test may spoil; it has every table."""
    shutil.copy(report_refresh.store / "civic.duckdb", tmp_path / "spoilt.duckdb")
    with duckdb.connect(str(tmp_path / "spoilt.duckdb")) as connection:
        yield connection


@cache
def contract(schema: str) -> Any:
    """A published contract; read only."""
    return yaml.safe_load((FOLDER / f"{schema}.odcs.yaml").read_text(encoding="utf-8"))


def broken(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [sentence for schema in SCHEMAS for sentence in broken_demands(connection, contract(schema))]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_contract_is_what_descriptions_and_tables_say(schema: str, database: Path) -> None:
    """Run `python tools/published_contracts.py` after a change, read the difference, and raise the version."""
    with duckdb.connect(str(database), read_only=True) as connection:
        made = text_of(contract_of(schema, explanations(), columns_of(connection), views_of(connection)))
    assert (FOLDER / f"{schema}.odcs.yaml").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_contract_is_valid_for_the_standard(schema: str) -> None:
    standard = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
    document = contract(schema)
    errors = [
        f"{error.json_path}: {error.message[:120]}"
        for error in jsonschema.Draft201909Validator(standard).iter_errors(document)
    ]
    assert errors == []
    assert OpenDataContractStandard.model_validate(document).id == f"published-{schema}"


def test_no_published_column_is_wider_than_other_tools_read(database: Path) -> None:
    """A HUGEINT becomes a float in pandas, and many programs that embed DuckDB do not know it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        wide = connection.execute(
            "SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns() "
            "WHERE schema_name IN ('harmonised', 'quality', 'catalogue') AND data_type LIKE '%HUGEINT%'"
        ).fetchall()
    assert wide == []


def test_contracts_describe_every_table_that_is_described() -> None:
    listed = {f"{schema}.{table['name']}" for schema in SCHEMAS for table in contract(schema)["schema"]}
    assert listed == set(explanations().tables)


def test_what_is_published_of_the_samples_keeps_the_contracts(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        assert broken(connection) == []


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_what_is_published_of_publishers_files_keeps_the_contracts(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        assert broken(connection) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {
            "CREATE TABLE quality.shoes (size INTEGER)": "quality.shoes is only in the database",
            "DROP TABLE quality.themes": "quality.themes is only in the contract",
            "ALTER TABLE quality.waivers ADD COLUMN shoe INTEGER":
                "quality.waivers.shoe is only in the database",
            "ALTER TABLE quality.cited_cells ALTER n_citations TYPE INTEGER":
                "quality.cited_cells.n_citations is INTEGER, not BIGINT",
            "UPDATE catalogue.releases SET state = NULL": "catalogue.releases.state is required and empty in",
            "INSERT INTO catalogue.releases SELECT * FROM catalogue.releases":
                "keys (source, release) in more than one row",
        },
        {
            "ALTER TABLE quality.waivers DROP COLUMN state": "quality.waivers.state is only in the contract",
            "UPDATE catalogue.releases SET state = 'lost'": "says ['lost'], which the contract does not list",
            "UPDATE catalogue.releases SET source = 'lost'":
                "rows name a source that catalogue.sources does not have",
            "DELETE FROM catalogue.measures": "measure is in catalogue.measures:",
            "INSERT INTO quality.bias_register SELECT * FROM quality.bias_register":
                "quality.bias_register: rows differ in their key:",
        },
    ],
    ids=["structure", "content"],
)  # fmt: skip
def test_every_table_that_breaks_its_contract_is_named(
    changed: duckdb.DuckDBPyConnection, spoilt: dict[str, str]
) -> None:
    """Each change has its own sentence, and before the changes there is none."""
    assert broken(changed) == []
    for change in spoilt:
        changed.execute(change)
    said = broken(changed)
    assert [change for change, sentence in spoilt.items() if not any(sentence in one for one in said)] == []


def test_a_reference_to_nowhere_is_named(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        columns, views = dict(columns_of(connection)), views_of(connection)
    del columns["catalogue.measures"]
    with pytest.raises(ValueError, match=r"refers to catalogue\.measures\(measure\).*read_model\.yaml"):
        contract_of("harmonised", explanations(), columns, views)
