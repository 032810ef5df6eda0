"""A lineage tool reads whole edges from the events of a run: columns, and columns that they come from."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from civic_assets.defs.describe import column_lineage
from civic_assets.defs.families import asset_key
from civic_assets.publish.families import FAMILIES
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table
from civic_assets_tests.defs.conftest import Launched

FIXTURES = Path(__file__).parents[1] / "fixtures"
LAYERS = ("raw", "validated", "harmonised")
WITHOUT_COLUMNS_OF_FIGURES = {"areas", "bias", "disclosure", "quality", "catalogue", "postcode_directory"}


@pytest.fixture(scope="module")
def told(launched: Launched) -> dict[str, dg.AssetMaterialization]:
    """The last materialisation of each asset, by its key."""
    found = {}
    keys = [dg.AssetKey([layer, source]) for layer in LAYERS for source in ("ons_csp", "gla_report")]
    for key in [*keys, *(asset_key(family) for family in FAMILIES)]:
        records = launched.instance.fetch_materializations(key, limit=1).records
        assert records, f"{key.to_user_string()} was not materialised"
        event = records[0].asset_materialization
        assert event is not None
        found[key.to_user_string()] = event
    return found


def _columns(event: dg.AssetMaterialization) -> list[str]:
    schema = event.metadata["dagster/column_schema"].value
    assert isinstance(schema, dg.TableSchema)
    return [column.name for column in schema.columns]


def _edges(event: dg.AssetMaterialization) -> list[tuple[str, str, str]]:
    """Column, asset that it comes from, column that it comes from."""
    lineage = event.metadata.get("dagster/column_lineage")
    if lineage is None:
        return []
    assert isinstance(lineage.value, dg.TableColumnLineage)
    return [
        (column, dep.asset_key.to_user_string(), dep.column_name)
        for column, deps in lineage.value.deps_by_column.items()
        for dep in deps
    ]


def test_every_materialisation_says_which_columns_there_are(
    told: dict[str, dg.AssetMaterialization], launched: Launched
) -> None:
    for name, event in told.items():
        layer, _, source = name.partition("/")
        columns = _columns(event)
        assert columns, name
        if layer in LAYERS:
            assert event.partition is not None
            ref = launched.store.tables.current(layer, source, event.partition)
            assert ref is not None
            assert columns == launched.store.tables.head(ref, 1).column_names, name


def test_every_edge_has_both_ends(told: dict[str, dg.AssetMaterialization]) -> None:
    n_edges = 0
    for name, event in told.items():
        for column, above, origin in _edges(event):
            assert column in _columns(event), f"{name}.{column}"
            assert origin in _columns(told[above]), f"{name}.{column} <- {above}.{origin}"
            n_edges += 1
    assert n_edges > 200


def test_edges_lead_from_a_published_figure_to_the_cell(told: dict[str, dg.AssetMaterialization]) -> None:
    def above(asset: str, column: str) -> set[tuple[str, str]]:
        return {(key, origin) for mine, key, origin in _edges(told[asset]) if mine == column}

    assert above("published/crime", "rate") == {("published/observations", "value")}
    assert ("harmonised/ons_csp", "value") in above("published/observations", "value")
    assert above("harmonised/ons_csp", "value") == {("validated/ons_csp", "value")}
    assert above("validated/ons_csp", "value") == {("raw/ons_csp", "number"), ("raw/ons_csp", "text")}
    assert ("published/observations", "locator") in above("published/revisions", "first_locator")
    assert above("published/comparability", "measure_b") == {("published/observations", "measure")}


def test_only_tables_without_columns_of_figures_have_no_lineage(
    told: dict[str, dg.AssetMaterialization],
) -> None:
    without = {name for name, event in told.items() if not _edges(event)}
    assert without == {f"published/{name}" for name in WITHOUT_COLUMNS_OF_FIGURES} | {
        "raw/ons_csp", "raw/gla_report",
    }  # fmt: skip


def test_a_raw_table_with_a_row_for_each_row_of_the_file_has_edges_to_the_columns_that_it_has() -> None:
    table = grid_to_table(read_grid(FIXTURES / "home_office_prc/by_partnership_2023_25.ods"))
    assert "text" not in table.column_names
    lineage = column_lineage("home_office_prc", "validated", table.column_names)
    assert lineage is not None
    origins = {dep.column_name for deps in lineage.deps_by_column.values() for dep in deps}
    assert origins <= set(table.column_names)
    assert {dep.column_name for dep in lineage.deps_by_column["locator"]} == {"row"}
    assert {dep.column_name for dep in lineage.deps_by_column["value"]} >= {"c0001", "c0009"}
