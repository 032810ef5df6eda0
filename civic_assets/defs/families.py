"""The published tables as assets, one for each family of tables.

Belongs here: the key of a family's asset. Does not belong here: which table belongs to which family
(`civic_assets.publish.families`), and publishing (`published`).
"""

from __future__ import annotations

import dagster as dg

from civic_assets.publish.families import Family


def asset_key(family: Family) -> dg.AssetKey:
    """Key of the asset of a family."""
    return dg.AssetKey(["published", family.name])
