"""Which columns each column comes from, for every layer and published table of a store, as plain values.

Belongs here: collecting what Dagster is told. Does not belong here: the lineage itself (`describe`,
`published_lineage`), and how a standard writes it (`civic_assets.lineage`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from civic_assets.defs.describe import column_lineage
from civic_assets.defs.families import asset_key
from civic_assets.defs.lineage.published_lineage import published_lineage
from civic_assets.layers.store import Store
from civic_assets.publish.families import FAMILIES
from civic_assets.publish.read_model.connection import open_read_model

_COLUMNS = """SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index)
FROM duckdb_columns() WHERE schema_name IN ('harmonised', 'quality', 'catalogue') GROUP BY ALL"""


def column_origins(store: Store) -> list[dict[str, Any]]:
    """Origin of the columns of all layers and published tables of a store.

    Args:
        store: Store with a publication.

    Returns:
        For each asset its name, for a layer the release, and for each column the columns that it comes from, as
        `asset` and `column`. Assets of which no column is known to come from another are left out.
    """
    with open_read_model(store) as connection:
        columns: Mapping[str, list[str]] = dict(connection.execute(_COLUMNS).fetchall())
        releases = connection.execute(
            "SELECT source, release FROM catalogue.releases WHERE state = 'published' ORDER BY ALL"
        ).fetchall()
    return [*_of_layers(store, releases), *_of_tables(columns, {source for source, _ in releases})]


def _of_layers(store: Store, releases: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for source, release in releases:
        raw = store.tables.current("raw", source, release)
        printed = store.tables.head(raw, 1).column_names if raw is not None else []
        for layer in ("validated", "harmonised"):
            lineage = column_lineage(source, layer, printed)
            if lineage is not None:
                yield {"asset": f"{layer}/{source}", "release": release, "columns": _plain(lineage)}


def _of_tables(columns: Mapping[str, list[str]], sources: set[str]) -> Iterator[dict[str, Any]]:
    for family in FAMILIES:
        lineage = published_lineage(family, columns.get(family.main, []), sources)
        if lineage is not None:
            yield {
                "asset": asset_key(family).to_user_string(),
                "table": family.main,
                "columns": _plain(lineage),
            }


def _plain(lineage: dg.TableColumnLineage) -> dict[str, list[dict[str, str]]]:
    return {
        column: [{"asset": one.asset_key.to_user_string(), "column": one.column_name} for one in deps]
        for column, deps in lineage.deps_by_column.items()
    }
