"""An asset, a check and an op of your own that ask the read model.

Run: dagster dev -f docs/how-to/example-assets/own_assets.py
"""

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.defs.build import build_definitions


@dg.asset(deps=[dg.AssetKey(["published", "crime"])], group_name="own")
def highest_burglary_rates(duckdb: DuckDBResource) -> dg.MaterializeResult:
    """The ten areas with the highest rate of burglary in the newest year."""
    with duckdb.get_connection() as connection:
        areas = connection.execute(
            """SELECT area_name, rate, unit_of_rate FROM harmonised.crime_table
            WHERE measure = 'burglary' AND rate IS NOT NULL AND quality = 'ok'
            QUALIFY period_end = max(period_end) OVER () ORDER BY rate DESC LIMIT 10"""
        ).df()
    return dg.MaterializeResult(
        metadata={"areas": dg.MetadataValue.json(areas.to_dict("records")), "dagster/row_count": len(areas)}
    )


@dg.asset_check(asset=dg.AssetKey(["published", "observations"]))
def no_source_is_disputed_as_a_whole(duckdb: DuckDBResource) -> dg.AssetCheckResult:
    """A source of which every figure is disputed is worth a telephone call."""
    with duckdb.get_connection() as connection:
        disputed = connection.execute(
            """SELECT source FROM harmonised.observations GROUP BY source
            HAVING count(*) = count(*) FILTER (quality = 'disputed') ORDER BY source"""
        ).fetchall()
    return dg.AssetCheckResult(passed=not disputed, metadata={"sources": [source for (source,) in disputed]})


@dg.op
def newest_releases(context: dg.OpExecutionContext, duckdb: DuckDBResource) -> None:
    """Says in the log of the run which release of each source is the newest."""
    with duckdb.get_connection() as connection:
        for source, release in connection.execute(
            "SELECT source, max(release) FROM catalogue.releases WHERE state = 'published' GROUP BY 1 ORDER BY 1"
        ).fetchall():
            context.log.info(f"{source}: {release}")


@dg.job
def list_newest_releases() -> None:
    """A job of one step."""
    newest_releases()


@dg.definitions
def definitions() -> dg.Definitions:
    """Everything of civic_assets, together with what is defined above."""
    own = dg.Definitions(
        assets=[highest_burglary_rates],
        asset_checks=[no_source_is_disputed_as_a_whole],
        jobs=[list_newest_releases],
    )
    return dg.Definitions.merge(build_definitions(), own)
