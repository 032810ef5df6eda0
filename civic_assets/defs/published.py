"""The published tables as assets.

Belongs here: publishing from a run, and reporting it to Dagster. Does not belong here: what is published
(`civic_assets.publish`), and which tables an asset has (`families`).

One operation makes all of these assets, and none of them alone, because a publication is one file that is replaced as a
whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import Progress
from civic_assets.defs.describe import markdown
from civic_assets.defs.families import asset_key
from civic_assets.defs.instance import PROCESS_TAG, RecordedStates, this_process
from civic_assets.defs.labels import owners_of
from civic_assets.defs.lineage.new_events import send_new_events
from civic_assets.defs.published_checks import PublishedResults, published_specs
from civic_assets.defs.published_tables import shown
from civic_assets.defs.report_links import report_metadata
from civic_assets.defs.resources import StoreResource
from civic_assets.defs.storage import forget_evaluations
from civic_assets.errors import PublicationHeldBack
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.families import CATALOGUE, FAMILIES, OBSERVATIONS, QUALITY, Family
from civic_assets.publish.publication import Publication, publish
from civic_assets.publish.read_model.connection import stamp_of
from civic_assets.publish.scope import near_misses_left_out, profile_of, samples_left_out
from civic_assets.quality.published.engine import ALL_RULES

OPERATION = "published"
"""Name of the operation, which a run's configuration uses."""


class Publishing(dg.Config):
    """Contents of the publication.

    Args:
        profile: Profile in the manifest; if empty, `sample` or `local` according to what is archived.
        without: Releases left out, as `source/release`; if None, samples if publishers' files are archived as well.
    """

    profile: str = ""
    without: list[str] | None = None


def _spec(family: Family, read: Mapping[str, Contract], version: str, owners: Sequence[str]) -> dg.AssetSpec:
    first = family == OBSERVATIONS
    deps = [
        dg.AssetDep(["harmonised", source], partition_mapping=dg.AllPartitionMapping())
        for source in sorted(read)
    ]
    metadata: dict[str, Any] = {"dagster/table_name": f"civic.{family.main}"}
    return dg.AssetSpec(
        asset_key(family),
        deps=deps if first else [asset_key(OBSERVATIONS)],
        group_name="published",
        description=f"{family.description}\n\nPart of `civic.duckdb`, which is replaced as a whole.",
        kinds={"duckdb"},
        owners=owners,
        code_version=version,
        metadata=metadata,
    )


def published_assets(
    contracts: Mapping[str, Contract], progress: Progress | None = None
) -> dg.AssetsDefinition:
    """The published tables, from the harmonised releases of all sources; the catalogue also lists sources not read."""
    read = {source: contract for source, contract in contracts.items() if contract.not_read_because is None}
    version = layer_version("published")
    owners = sorted({owner for contract in read.values() for owner in owners_of(contract)})

    @dg.multi_asset(
        name=OPERATION,
        specs=[_spec(family, read, version, owners) for family in FAMILIES],
        check_specs=published_specs(ALL_RULES),
    )
    def published(
        context: dg.AssetExecutionContext,
        config: Publishing,
        store: StoreResource,
        read_model: DuckDBResource,
    ) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        opened = store.open()
        say = progress or context.log.info
        try:
            with changing(opened.root, f"a run of Dagster ({context.job_name})", say):
                publication = _publish(opened, contracts, config, say)
                stamp = stamp_of(opened.database)
                RecordedStates(opened).note_publication(stamp)
        except PublicationHeldBack as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        if publication is not None and publication.new and (said := send_new_events(opened)):
            say(said)
        metadata = _of_the_whole(read_model, publication)
        # The report is built when the suites have judged (`expectations`), in the same folder each time.
        metadata[QUALITY.name] = report_metadata(opened)
        results = PublishedResults.read(read_model)
        tables = shown(read_model)
        for family in FAMILIES:
            yield dg.MaterializeResult(
                asset_key=asset_key(family),
                metadata=tables[family]
                | metadata.get(family.name, {})
                | metadata["all"]
                | results.not_evaluated(asset_key(family)),
                data_version=dg.DataVersion(str(stamp)),
                check_results=list(results.evaluations(asset_key(family))),
            )
            silent = results.silent(asset_key(family))
            for name in silent:
                # Dagster requires an event for every check of an operation that makes all or nothing. An output is one
                # that records no result.
                yield dg.Output(
                    None, dg.AssetCheckSpec(name, asset=asset_key(family)).get_python_identifier()
                )
            forget_evaluations(context.instance, asset_key(family), silent, announced_only=True)

    return published


def _publish(
    store: Store, contracts: Mapping[str, Contract], config: Publishing, say: Progress
) -> Publication | None:
    receipts = store.archive.receipts()
    if config.without is not None:
        without = _pairs(config.without)
    else:
        without = samples_left_out(receipts, profile_of(receipts))
        without |= near_misses_left_out(store, receipts)
    return publish(
        store, contracts, profile=config.profile or profile_of(receipts), without=without, progress=say
    )


def _pairs(names: Sequence[str]) -> set[tuple[str, str]]:
    return {(source, release) for source, _, release in (name.partition("/") for name in names)}


def _of_the_whole(read_model: DuckDBResource, publication: Publication | None) -> dict[str, dict[str, Any]]:
    """Metadata of single assets in addition to their tables; `all` has the metadata of each."""
    releases = "SELECT source, release, state, n_rows, n_disputed FROM catalogue.releases ORDER BY 1, 2"
    outcomes = "SELECT outcome, count(*) FROM quality.check_results GROUP BY outcome ORDER BY outcome"
    with read_model.get_connection() as connection:
        (disputed,) = connection.execute(
            "SELECT count(*) FROM harmonised.observations WHERE quality = 'disputed'"
        ).fetchone()
        names = ("source", "release", "state", "figures", "disputed")
        listed = [dict(zip(names, row, strict=True)) for row in connection.execute(releases).fetchall()]
        checks = dict(connection.execute(outcomes).fetchall())
        (synthetic,) = connection.execute(
            "SELECT count(*) FROM catalogue.releases WHERE synthetic"
        ).fetchone()
    every: dict[str, Any] = (
        {"publication": "every release is held back; the last publication remains"}
        if publication is None
        else {"publication": publication.number, "publication hash": publication.hash}
    )
    if synthetic:
        every["warning"] = f"{synthetic} of {len(listed)} releases are SYNTHETIC SAMPLE DATA"
    held_back = sum(row["state"] == "held_back" for row in listed)
    return {
        "all": every,
        OBSERVATIONS.name: {"disputed figures": disputed, "checks": dg.MetadataValue.json(checks)},
        CATALOGUE.name: {"releases": dg.MetadataValue.md(markdown(names, listed)), "held back": held_back},
    }
