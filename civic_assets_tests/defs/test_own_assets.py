"""A Dagster user's own asset, check and op ask the read model through `DuckDBResource`, as the documentation says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import dagster as dg
import duckdb
import pytest

from civic_assets.defs.resources import read_model, resources
from civic_assets_tests.defs.conftest import Launched

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "example-assets" / "own_assets.py"


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("own_assets", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def merged(example: ModuleType, launched: Launched, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    """The example's definitions on a store that holds a publication."""
    monkeypatch.setenv("CIVIC_STORE", str(launched.store.root))
    definitions = example.definitions()
    assert isinstance(definitions, dg.Definitions)
    return definitions


def test_an_asset_of_ones_own_asks_the_read_model(merged: dg.Definitions, launched: Launched) -> None:
    job = merged.resolve_implicit_global_asset_job_def()
    done = job.execute_in_process(
        asset_selection=[dg.AssetKey("highest_burglary_rates")], instance=dg.DagsterInstance.ephemeral()
    )
    (event,) = done.asset_materializations_for_node("highest_burglary_rates")
    shown = event.metadata["areas"].value
    assert isinstance(shown, list)
    with duckdb.connect(str(launched.store.database), read_only=True) as connection:
        highest = connection.execute(
            """SELECT max(rate) FROM harmonised.crime_table WHERE measure = 'burglary' AND quality = 'ok'
            AND period_end = (SELECT max(period_end) FROM harmonised.crime_table
                              WHERE measure = 'burglary' AND quality = 'ok' AND rate IS NOT NULL)"""
        ).fetchone()
    assert highest is not None and shown[0]["rate"] == highest[0]


def test_a_check_of_ones_own_is_recorded_for_a_published_asset(
    example: ModuleType, launched: Launched
) -> None:
    published = dg.AssetSpec(["published", "observations"])
    done = dg.materialize(
        [dg.AssetsDefinition(specs=[published]), example.no_source_is_disputed_as_a_whole],
        selection=dg.AssetSelection.all_asset_checks(),
        resources=resources(launched.store),
        instance=dg.DagsterInstance.ephemeral(),
    )
    (result,) = done.get_asset_check_evaluations()
    assert result.passed


def test_an_op_of_ones_own_runs_in_a_job_next_to_ours(merged: dg.Definitions) -> None:
    done = merged.resolve_job_def("list_newest_releases").execute_in_process(
        instance=dg.DagsterInstance.ephemeral()
    )
    assert done.success


def test_the_resource_reads_and_does_not_write(launched: Launched) -> None:
    with read_model(launched.store).get_connection() as connection:
        assert connection.execute("SELECT count(*) > 0 FROM harmonised.latest").fetchone() == (True,)
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("CREATE TABLE harmonised.shoes (size INTEGER)")


def test_both_names_are_one_resource(launched: Launched) -> None:
    found = resources(launched.store)
    assert found["duckdb"] is found["read_model"]
