"""The published read model as an asset.

Belongs here: publishing from a run, and what Dagster is told of it. Does not belong here: what is published
(`civic_assets.publish`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import Progress
from civic_assets.defs.checks import published_results, published_specs
from civic_assets.defs.describe import column_schema, markdown
from civic_assets.defs.instance import PROCESS_TAG, Recorded, this_process
from civic_assets.defs.report_links import report_metadata
from civic_assets.defs.resources import StoreResource
from civic_assets.publish.left_out import near_misses_left_out, profile_of, samples_left_out
from civic_assets.publish.publication import publish
from civic_assets.publish.read_model import stamp_of
from civic_assets.publish.report.site import build_if_older
from civic_assets.quality.published_rules import RELEASE as PUBLISHED
from civic_assets.store import Store, code_version

READ_MODEL = dg.AssetKey(["published", "read_model"])
_DESCRIPTION = (
    "Everything that is published, in one DuckDB file that is replaced as a whole: `harmonised.observations`, "
    "`harmonised.latest`, `quality.check_results`, `quality.findings`, `catalogue.*`. Disputed figures are in it as "
    "printed and marked; releases that are held back are named in `catalogue.releases` with the reasons. When every "
    "release is held back, the last publication stays."
)


class Publishing(dg.Config):
    """What is published.

    Args:
        profile: Stands in the manifest; `sample` or `local` after what is archived when empty.
        without: Releases left out, as `source/release`; when None, samples beside publishers' files.
    """

    profile: str = ""
    without: list[str] | None = None


def read_model_asset(
    contracts: Mapping[str, Contract], progress: Progress | None = None
) -> dg.AssetsDefinition:
    """The read model, made from the harmonised releases of all sources; its catalogue also lists those not yet read."""
    read = {source: contract for source, contract in contracts.items() if contract.not_read_because is None}

    @dg.asset(
        key=READ_MODEL,
        group_name="published",
        description=_DESCRIPTION,
        kinds={"duckdb"},
        owners=sorted({contract.owner for contract in read.values()}),
        code_version=code_version("publish", "harmonise"),
        check_specs=published_specs(READ_MODEL),
        deps=[
            dg.AssetDep(["harmonised", source], partition_mapping=dg.AllPartitionMapping())
            for source in sorted(read)
        ],
        metadata={
            "dagster/column_schema": column_schema("harmonised"),
            "dagster/table_name": "civic.harmonised.observations",
        },
    )
    # Bare, because beside checks Dagster does not know it with an argument.
    def published(
        context: dg.AssetExecutionContext,
        config: Publishing,
        store: StoreResource,
        read_model: DuckDBResource,
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        opened = store.open()
        receipts = opened.archive.receipts()
        if config.without is not None:
            without = _pairs(config.without)
        else:
            without = samples_left_out(receipts, profile_of(receipts))
            without |= near_misses_left_out(opened, receipts)
        publication = publish(
            opened, contracts, profile=config.profile or profile_of(receipts), without=without
        )
        stamp = stamp_of(opened.database)
        Recorded(opened).note_publication(stamp)
        metadata = _contents(read_model) | _quality_report(context, opened, contracts, progress)
        if publication is None:
            metadata["publication"] = "every release is held back; the last publication stays"
        else:
            metadata |= {"publication": publication.number, "publication hash": publication.hash}
        return dg.MaterializeResult(
            metadata=metadata,
            data_version=dg.DataVersion(str(stamp)),
            check_results=list(published_results(opened, *_own_results(read_model))),
        )

    return published


def _quality_report(
    context: dg.AssetExecutionContext,
    store: Store,
    contracts: Mapping[str, Contract],
    progress: Progress | None,
) -> dict[str, Any]:
    """Builds the quality report of what is published; when that fails, the publication stands and the log says why."""
    try:
        built = build_if_older(store, contracts, progress or context.log.info)
    except Exception as error:  # noqa: BLE001  (the read model is in place; the report that stood stays)
        context.log.warning(f"The quality report was not built: {type(error).__name__}: {error}")
        return {"quality report": f"not built: {error}"}
    return report_metadata(store) if built else {}


def _pairs(names: Sequence[str]) -> set[tuple[str, str]]:
    return {(source, release) for source, _, release in (name.partition("/") for name in names)}


def _own_results(read_model: DuckDBResource) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Results and findings of the rules over our own tables, asked of the file itself."""
    found: list[list[dict[str, Any]]] = []
    with read_model.get_connection() as connection:
        # A rule over our tables may find something about a release: its evidence then names that release.
        about = "release = ? OR json_extract_string(evidence, '$.release') IS NOT NULL"
        for table, which in (("check_results", "release = ?"), ("findings", about)):
            cursor = connection.execute(
                f"SELECT t.* FROM quality.{table} t WHERE {which} ORDER BY ALL", [PUBLISHED]
            )
            names = [column[0] for column in cursor.description]
            found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    return found[0], found[1]


def _contents(read_model: DuckDBResource) -> dict[str, Any]:
    """What is in the read model now, asked of the file itself."""
    releases = "SELECT source, release, state, n_rows, n_disputed FROM catalogue.releases ORDER BY 1, 2"
    outcomes = "SELECT outcome, count(*) FROM quality.check_results GROUP BY outcome ORDER BY outcome"
    with read_model.get_connection() as connection:
        (rows,) = connection.execute("SELECT count(*) FROM harmonised.observations").fetchone()
        (disputed,) = connection.execute(
            "SELECT count(*) FROM harmonised.observations WHERE quality = 'disputed'"
        ).fetchone()
        names = ("source", "release", "state", "figures", "disputed")
        listed = [dict(zip(names, row, strict=True)) for row in connection.execute(releases).fetchall()]
        checks = dict(connection.execute(outcomes).fetchall())
        (synthetic,) = connection.execute(
            "SELECT count(*) FROM catalogue.releases WHERE synthetic"
        ).fetchone()
    found: dict[str, Any] = {
        "dagster/row_count": rows,
        "disputed figures": disputed,
        "releases": dg.MetadataValue.md(markdown(names, listed)),
        "held back": sum(row["state"] == "held_back" for row in listed),
        "checks": dg.MetadataValue.json(checks),
    }
    if synthetic:
        found["warning"] = f"{synthetic} of {len(listed)} releases are SYNTHETIC SAMPLE DATA"
    return found
