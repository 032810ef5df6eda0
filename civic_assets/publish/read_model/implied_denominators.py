"""Denominators implied by published rates whose publisher prints no base: `quality.implied_denominators`.

Belongs here: that table. Does not belong here: the formula (`civic_assets.quality.analyses.implied_denominators`) and
the rules that use it (V-17, V-18, H-05, H-06).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from civic_assets.quality.analyses.implied_denominators import COLUMNS, pairs, select_intervals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract


def create(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Create the table: one row for each printed rate for which the contract names the count (`implied_base`).

    Args:
        connection: Connection to a read model with observations.
        contracts: Contracts by source.
    """
    connection.execute(f"CREATE TABLE quality.implied_denominators ({COLUMNS})")
    declared = pairs(contracts.values())
    if not declared:
        return
    table = select_intervals(connection, declared, "harmonised.observations")
    connection.register("incoming", table)
    connection.execute("INSERT INTO quality.implied_denominators BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")
