"""Jobs: one for each source, one that publishes, and one that judges what is published.

Belongs here: what a run selects. Does not belong here: what triggers it (`schedules`, `sensors`, `launch`).
"""

from __future__ import annotations

import dagster as dg

from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import LAYERS
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.families import asset_key
from civic_assets.defs.labels import name_of, tag_value
from civic_assets.defs.published_checks import SUITES
from civic_assets.publish.families import FAMILIES

PUBLISH = "publish"
JUDGE = "judge"


def refresh_job_name(source: str) -> str:
    """Name of a source's job."""
    return f"refresh_{name_of(source)}"


def refresh_job(contract: Contract) -> UnresolvedAssetJobDefinition:
    """Job that takes releases of a source through the layers and records their checks."""
    keys = [dg.AssetKey([layer, contract.source]) for layer in LAYERS]
    return dg.define_asset_job(
        refresh_job_name(contract.source),
        # The operation reports the checks of every release itself. Selecting them as well would add an event that
        # announces each, without a result.
        selection=dg.AssetSelection.assets(*keys) - dg.AssetSelection.all_asset_checks(),
        executor_def=dg.in_process_executor,
        description=f"Raw, validated and harmonised releases of {contract.source}: {contract.purpose}",
        tags={"source": tag_value(contract.source)},
    )


def publish_job() -> UnresolvedAssetJobDefinition:
    """Job that puts all releases together, replaces the read model, and has the suites judge it."""
    return dg.define_asset_job(
        PUBLISH,
        selection=dg.AssetSelection.assets(*(asset_key(family) for family in FAMILIES), SUITES),
        executor_def=dg.in_process_executor,
        description="Puts all releases that are not held back together, and replaces the read model in one step. The "
        "expectation suites then judge it.",
    )


def judge_job() -> UnresolvedAssetJobDefinition:
    """Job that has the suites judge what is published, after a run in which they could not."""
    return dg.define_asset_job(
        JUDGE,
        selection=dg.AssetSelection.assets(SUITES),
        executor_def=dg.in_process_executor,
        description="Runs the expectation suites that have not judged what is published.",
    )
