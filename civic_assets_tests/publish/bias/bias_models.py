"""Small read models with a bias register: figures, and everything that the register asks of a read model.

Belongs here: building them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.publish.bias import register
from civic_assets.publish.bias.vocabulary import Vocabulary
from civic_assets.publish.profiles import recorded_crime
from civic_assets.publish.profiles.baseline import allowed_by_breaks
from civic_assets.publish.read_model import breaks, measures
from civic_assets.publish.read_model.figures import EMPTY_FINDINGS, EMPTY_RESULTS
from civic_assets_tests.publish.read_models import contracts, figure, read_model, records

YEARS = [(date(year, 4, 1), date(year + 1, 4, 1)) for year in range(2012, 2025)]
"""Years to March, 2013 to 2025."""
FORCES = [area for area in AreaRegister.shipped().areas.values() if area.code[:3] in ("E23", "W15")]
FORCES = [area for area in FORCES if "/" not in area.code]


def bias_model(
    figures: Iterable[Mapping[str, Any]],
    results: Iterable[Mapping[str, Any]] = (),
    findings: Iterable[Mapping[str, Any]] = (),
    *,
    report: bool = False,
    claims: bool = True,
    stated: Vocabulary | None = None,
    designations: Iterable[Mapping[str, Any]] = (),
) -> duckdb.DuckDBPyConnection:
    """A read model with the register.

    Args:
        figures: Rows as `read_models.figure` makes them.
        results: Rows of `quality.check_results`.
        findings: Rows of `quality.findings`.
        report: The report's own tables are there too.
        claims: The report is held, so that its claims in words are judged.
        stated: Thresholds and claims; those that ship if None.
        designations: Rows of `catalogue.designations`, which is not there without any.
    """
    connection = read_model(figures, allowed=allowed_by_breaks, report=report)
    for name, table in _unchanging().items():
        connection.register("incoming", table)
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming")
    connection.execute(
        "ALTER TABLE catalogue.releases ADD COLUMN retrieved_at VARCHAR DEFAULT '2025-07-01T00:00:00Z'"
    )
    if listed := [dict(row) for row in designations]:
        connection.register("incoming", pa.Table.from_pylist(listed, schema=_DESIGNATIONS))
        connection.execute("CREATE TABLE catalogue.designations AS SELECT * FROM incoming")
    connection.unregister("incoming")
    for name, empty, rows in (
        ("check_results", EMPTY_RESULTS, list(results)),
        ("findings", EMPTY_FINDINGS, list(findings)),
    ):
        connection.execute(empty)
        if rows:
            connection.register("incoming", pa.Table.from_pylist([dict(row) for row in rows]))
            connection.execute(f"INSERT INTO quality.{name} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")
    measures.create(connection, contracts())
    recorded_crime.create(connection)
    register.create(connection, contracts(), stated, report_held=claims)
    return connection


_DESIGNATIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("designation_id", "source", "measure", "designation", "said")),
        *((name, pa.date32()) for name in ("date_from", "date_to")),
        *((name, pa.string()) for name in ("reference", "published")),
        ("verified", pa.bool_()),
    ]
)


def designated(source: str, designation: str, *, verified: bool = True) -> dict[str, Any]:
    """A row of `catalogue.designations`: what a regulator says of all figures of a source."""
    return {
        "designation_id": "x", "source": source, "measure": None, "designation": designation, "said": "so",
        "date_from": date(2014, 1, 1), "date_to": None, "reference": "a page", "published": "2014",
        "verified": verified,
    }  # fmt: skip


@cache
def _unchanging() -> Mapping[str, pa.Table]:
    """Tables that are the same in every read model: those of the contracts, of the area register and of the breaks."""
    sources = [
        {
            "source": one.source, "publisher": one.publisher.get("name"),
            "frequency_months": float(one.frequency_months), "expected_lag_days": one.expected_lag_days,
        }
        for one in contracts().values()
    ]  # fmt: skip
    areas = [
        {
            "area_code": area.code,
            "area_name": area.name,
            "valid_from": area.valid_from,
            "valid_to": area.valid_to,
        }
        for area in AreaRegister.shipped().areas.values()
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA quality")
        breaks.create(connection)
        known = connection.sql("FROM quality.breaks").to_arrow_table()
    return {
        "catalogue.sources": pa.Table.from_pylist(sources),
        "catalogue.areas": pa.Table.from_pylist(areas),
        "quality.breaks": known,
    }


def rows(connection: duckdb.DuckDBPyConnection, indicator: str, source: str) -> list[dict[str, Any]]:
    """What an indicator says of a source, the row about the whole first."""
    return records(
        connection,
        "SELECT * FROM quality.bias_register WHERE indicator = ? AND source = ? "
        "ORDER BY area_code NULLS FIRST, measure",
        [indicator, source],
    )


def crimes(force: str, year: tuple[date, date], value: float, **other: Any) -> dict[str, Any]:
    """Robberies of a force in a year, as the Home Office's force file would sum them."""
    kind = {"area_type": "police_force", "period_kind": "rolling_year", **other}
    return figure("ons_pfa", "2024-12", "robbery", force, *year, value, **kind)
