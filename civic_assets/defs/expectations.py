"""The expectation suites as an asset, which judges what is published.

Belongs here: running the suites in a run, and reporting their checks; the pages that show them are built
afterwards. Does not belong here: publishing (`published`), what the suites say (`civic_assets.quality.expectations`)
and replacing the published file (`civic_assets.publish.judgement`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import Progress
from civic_assets.defs.families import asset_key
from civic_assets.defs.instance import PROCESS_TAG, this_process
from civic_assets.defs.labels import owners_of
from civic_assets.defs.published_checks import SUITES, PublishedResults, published_specs
from civic_assets.defs.published_tables import shown
from civic_assets.defs.report_links import report_metadata
from civic_assets.defs.resources import StoreResource
from civic_assets.defs.storage import forget_evaluations
from civic_assets.layers.keys import layer_version
from civic_assets.layers.limits import Limits, limits
from civic_assets.layers.site_setting import built_by_a_refresh
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.families import FAMILIES, family_of
from civic_assets.publish.judgement import judge_published
from civic_assets.publish.read_model.connection import stamp_of
from civic_assets.publish.site.build import build_if_older
from civic_assets.quality.expectations.suites import expectations

OPERATION = "expectations"
"""Name of the operation."""
_PROFILES = family_of("profile_measures")
_ABOUT = """The expectation suites of `data_contracts/expectations/`, run by Great Expectations on the tables
`quality.profile_*` of what is published. Their results are added to `quality.check_results`, their findings to
`quality.findings` and `quality.causes`; the file is replaced as a whole. A suite that has nothing new to judge is not
run again. A suite with `gates: true` has already run before anything was published."""


def suites_asset(
    contracts: Mapping[str, Contract], progress: Progress | None = None, allowed: Limits | None = None
) -> dg.AssetsDefinition:
    """The asset of the suites, with a check for each expectation.

    Args:
        contracts: Contracts of all sources.
        progress: Function that receives a line for each step; the run's log if None.
        allowed: Processes in which the site may be rendered; those of the settings if None.
    """
    read = [contract for contract in contracts.values() if contract.not_read_because is None]
    spec = dg.AssetSpec(
        SUITES,
        deps=[asset_key(family) for family in FAMILIES],
        group_name="published",
        description=_ABOUT,
        kinds={"duckdb", "great_expectations"},
        owners=sorted({owner for contract in read for owner in owners_of(contract)}),
        code_version=layer_version("suites"),
        metadata={"dagster/table_name": f"civic.{_PROFILES.main}"},
    )

    @dg.multi_asset(name=OPERATION, specs=[spec], check_specs=published_specs(expectations()))
    def judged(
        context: dg.AssetExecutionContext, store: StoreResource, read_model: DuckDBResource
    ) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        opened = store.open()
        say = progress or context.log.info
        with changing(opened.root, f"a run of Dagster ({context.job_name})", say):
            sentences = judge_published(opened, say)
            report = _report(context, opened, say, allowed or limits())
        results = PublishedResults.read(read_model)
        yield dg.MaterializeResult(
            asset_key=SUITES,
            metadata={**shown(read_model, [_PROFILES])[_PROFILES], **report, **results.not_evaluated(SUITES)},
            data_version=dg.DataVersion(str(stamp_of(opened.database))),
            check_results=list(results.evaluations(SUITES)),
        )
        silent = results.silent(SUITES)
        for name in silent:
            # As in `published`: an output records no result.
            yield dg.Output(None, dg.AssetCheckSpec(name, asset=SUITES).get_python_identifier())
        forget_evaluations(context.instance, SUITES, silent, announced_only=True)
        if sentences:
            raise dg.Failure(description="\n".join(sentences), allow_retries=False)

    return judged


def _report(
    context: dg.AssetExecutionContext, store: Store, say: Progress, allowed: Limits
) -> dict[str, Any]:
    """Build the pages about the publication; if that fails, the publication stays and the log says why."""
    try:
        built = build_if_older(store, say, allowed)
    except Exception as error:  # noqa: BLE001  (the read model is in place; the report that stood stays)
        context.log.warning(f"The site was not built: {type(error).__name__}: {error}")
        return {"site": f"not built: {error}"}
    return report_metadata(store) if built or not built_by_a_refresh() else {}
