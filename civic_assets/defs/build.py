"""All definitions, made from the contracts.

Belongs here: the loop over contracts. Does not belong here: any definition itself. A new source needs no change here.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import dagster as dg

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import Progress, archive_spec, source_assets, unread_spec
from civic_assets.defs.automatic.alerting import Job, alert_sensors
from civic_assets.defs.automatic.fetch_job import build_sensors, fetch_job
from civic_assets.defs.automatic.on_time import on_time_checks, on_time_job, on_time_schedule
from civic_assets.defs.automatic.sites import site_sensors
from civic_assets.defs.automatic.switch import automatic_sources
from civic_assets.defs.expectations import suites_asset
from civic_assets.defs.jobs import judge_job, publish_job, refresh_job
from civic_assets.defs.published import published_assets
from civic_assets.defs.resources import resources
from civic_assets.defs.schedules import has_calendar, release_schedule
from civic_assets.defs.sensors import inbox_sensor, publish_sensors
from civic_assets.layers.limits import Limits
from civic_assets.layers.store import Store


def build_definitions(
    store: Store | None = None,
    contracts: Mapping[str, Contract] | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> dg.Definitions:
    """Assets, checks, jobs, schedules and sensors of all sources.

    Args:
        store: `CIVIC_STORE`, else `.civic`, when None.
        contracts: All of `data_contracts/` when None.
        progress: Function that receives a line for each release and layer; the run's log if None.
        limits: Processes in which a run may render the site; those of the settings if None.

    Raises:
        ContractError: A contract is wrong.
    """
    with warnings.catch_warnings():
        # Partitioned checks and code references are marked as not final in Dagster; the snapshot test shows a change.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return _definitions(store, load_contracts() if contracts is None else contracts, progress, limits)


def _definitions(
    store: Store | None,
    contracts: Mapping[str, Contract],
    progress: Progress | None,
    limits: Limits | None,
) -> dg.Definitions:
    active = {source: contract for source, contract in contracts.items() if contract.status == "active"}
    jobs = {source: refresh_job(contract) for source, contract in active.items()}
    publish = publish_job()
    automatic = automatic_sources(active)
    calendar = on_time_job(active)
    of_store = resources(store)
    fetching = fetch_job(active, of_store)
    every_job: list[Job] = [*jobs.values(), fetching, publish, judge_job(), calendar]
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = []
    for source, contract in contracts.items():
        if source in active:
            assets += [archive_spec(contract), source_assets(contract, progress)]
        else:
            assets.append(unread_spec(contract))
    return dg.Definitions(
        assets=[*assets, published_assets(contracts, progress), suites_asset(contracts, progress, limits)],
        asset_checks=[on_time_checks(active)],
        jobs=every_job,
        schedules=[
            *(
                release_schedule(contract, fetching, contract.source in automatic)
                for contract in active.values()
                if has_calendar(contract)
            ),
            on_time_schedule(calendar, bool(automatic)),
        ],
        sensors=[
            inbox_sensor(active, list(jobs.values())),
            *site_sensors(active, fetching, jobs, automatic),
            *build_sensors(active, fetching, jobs),
            *publish_sensors(publish, list(jobs.values())),
            *alert_sensors(contracts, every_job),
        ],
        resources=of_store,
        executor=dg.in_process_executor,
    )
