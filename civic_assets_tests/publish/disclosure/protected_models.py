"""Small read models that are protected before they are published, with what was planted in between.

Belongs here: the order in which a publication protects them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from civic_assets.contracts.model import Contract
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.publish.disclosure import withholding
from civic_assets.publish.disclosure.derived_tables import INDICATOR_FIGURES, OUR_TABLES
from civic_assets.publish.disclosure.withholding import protect, withhold, write_log
from civic_assets.publish.profiles.area_profile import ALWAYS
from civic_assets.publish.read_model import measures
from civic_assets.quality.disclosure.derived_audit import Audit, audit_ours
from civic_assets.quality.disclosure.differencing import across_releases
from civic_assets.quality.disclosure.published_cells import declare, find_hidden, published_cells
from civic_assets_tests.publish.read_models import LONDON, contracts, figure, read_model

DAY = (date(2024, 3, 31), date(2024, 4, 1))


def looked_after(
    area: str, value: float | None, measure: str = "uasc_looked_after", **other: Any
) -> dict[str, Any]:
    """A count of children looked after at 31 March 2024; hidden where it is None."""
    settings = {
        "table_id": "at_31_march", "statistic": "stock", "period_kind": "point_in_time", "parent_code": LONDON,
        "status": "suppressed" if value is None else None, "value_text": "c" if value is None else f"{value:g}",
    }  # fmt: skip
    return figure("dfe_looked_after", "2024", measure, area, *DAY, value, **{**settings, **other})


def unprotected(figures: Iterable[Mapping[str, Any]]) -> duckdb.DuckDBPyConnection:
    """A read model with our tables, and the catalogue and quality tables that protecting it needs."""
    connection = read_model(figures)
    measures.create(connection, contracts())
    connection.execute("CREATE TABLE catalogue.areas (area_code VARCHAR, region_code VARCHAR)")
    regions = [
        [area.code, area.parent]
        for area in AreaRegister.shipped().areas.values()
        if area.parent and area.parent.startswith("E12")
    ]
    connection.executemany("INSERT INTO catalogue.areas VALUES (?, ?)", regions)
    connection.execute(
        """CREATE TABLE quality.check_results (check_id VARCHAR, source VARCHAR, release VARCHAR, layer VARCHAR,
            dimension VARCHAR, severity VARCHAR, outcome VARCHAR, n_checked BIGINT, n_failed BIGINT, message VARCHAR,
            reason VARCHAR, scope VARCHAR);
        CREATE TABLE quality.findings (finding_id VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR,
            severity VARCHAR, measure VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE, locator VARCHAR,
            observed VARCHAR, expected VARCHAR, proposal VARCHAR, n_ties BIGINT, evidence VARCHAR, status VARCHAR,
            message VARCHAR, locators VARCHAR[], disputes VARCHAR[])"""
    )
    return connection


def published(figures: Iterable[Mapping[str, Any]], plant: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
    """The read model as it is published.

    Args:
        figures: Rows as `read_models.figure` makes them.
        plant: Statements that put into our tables what should not be there, after they are made.
    """
    connection = unprotected(figures)
    declare(connection, contracts())
    protection = protect(connection, contracts())
    withhold(connection, protection, [INDICATOR_FIGURES])
    connection.execute(
        f"""CREATE OR REPLACE TABLE harmonised.area_profile AS
        SELECT * FROM harmonised.area_profile_as_of({ALWAYS}) ORDER BY area_code, position"""
    )
    for statement in plant:
        connection.execute(statement)
    write_log(connection, protection, withhold(connection, protection))
    return connection


def audit_again(connection: duckdb.DuckDBPyConnection, by_source: Mapping[str, Contract]) -> Audit:
    """Audits all that is published from the published tables alone, as an attacker would, changing none of them."""
    if not find_hidden(connection):
        return withholding._NOTHING
    published, extra = published_cells(connection, by_source), across_releases(connection)
    withholding._gather(connection, withholding._present(connection, OUR_TABLES))
    return audit_ours(connection, published, extra.all)
