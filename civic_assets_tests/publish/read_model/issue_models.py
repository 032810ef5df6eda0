"""Small read models of several issues of the same figures, and of rules over them.

Belongs here: building them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from civic_assets.contracts.load import load_contracts
from civic_assets.harmonise.observations import harmonise
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.publish.read_model import latest
from civic_assets.publish.read_model.figures import create_printed
from civic_assets.publish.read_model.revised import revisions
from civic_assets.readers.open_file import read_grid
from civic_assets.tables.release_names import release_sort_key
from civic_assets_tests.publish.harmonised_models import OBSERVATIONS
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, figure

RULE_TABLES = """
CREATE TABLE harmonised.area_profile (count_source VARCHAR, count_release VARCHAR, count_locators VARCHAR[],
    rate_source VARCHAR, rate_release VARCHAR, rate_locators VARCHAR[], denominator_source VARCHAR,
    denominator_release VARCHAR, denominator_locators VARCHAR[], wider_source VARCHAR, wider_release VARCHAR,
    wider_locators VARCHAR[]);
CREATE TABLE harmonised.crime_table (source VARCHAR, release VARCHAR, locator VARCHAR, locators VARCHAR[]);
"""


def year(
    release: str,
    value: float | None,
    *,
    area: str = ISLINGTON,
    start: int = 2020,
    measure: str = "burglary",
    source: str = "ons_csp",
    **other: Any,
) -> dict[str, Any]:
    """A count of one year in one release."""
    return figure(source, release, measure, area, date(start, 1, 1), date(start + 1, 1, 1), value, **other)


def issues_model(
    figures: Iterable[Mapping[str, Any]],
    *,
    held_back: Sequence[tuple[str, str]] = (),
    received: str = "2020-06-01T09:00:00Z",
    source: str = "ons_csp",
) -> duckdb.DuckDBPyConnection:
    """A read model with observations, a catalogue, and all that is made of successive issues.

    Args:
        figures: Rows as `figure` makes them.
        held_back: Releases, as (source, release), that are held and not published.
        received: When every file was received.
        source: With a rhythm of twelve months and a lag of 100 days.
    """
    connection = duckdb.connect()
    for schema in ("harmonised", "quality", "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    rows = [{name: row.get(name) for name in OBSERVATIONS.names} for row in figures]
    order = {
        release: n
        for n, release in enumerate(sorted({str(r["release"]) for r in rows}, key=release_sort_key))
    }
    table = pa.Table.from_pylist(rows, schema=OBSERVATIONS).append_column(
        "release_order", pa.array([order[str(row["release"])] for row in rows], pa.int32())
    )
    connection.register("incoming", table)
    connection.execute("CREATE TABLE harmonised.observations AS SELECT * FROM incoming")
    connection.unregister("incoming")
    connection.execute(
        "CREATE TABLE catalogue.releases (source VARCHAR, release VARCHAR, state VARCHAR, retrieved_at VARCHAR)"
    )
    published = {(row["source"], row["release"]) for row in rows}
    for place in sorted(published | set(held_back)):
        state = "published" if place in published else "held_back"
        connection.execute("INSERT INTO catalogue.releases VALUES (?, ?, ?, ?)", [*place, state, received])
    connection.execute(
        "CREATE TABLE catalogue.sources AS SELECT ? AS source, 12.0 AS frequency_months, 100 AS expected_lag_days",
        [source],
    )
    create_printed(connection)
    latest.create_classes(connection)
    revisions.create(connection)
    return connection


def restated(*values: float | None, area: str = ISLINGTON, start: int = 2000) -> list[dict[str, Any]]:
    """One figure in successive yearly releases, from the year after its own on."""
    return [
        year(f"{start + 1 + n}-12", value, area=area, start=start)
        for n, value in enumerate(values)
        if value is not None
    ]


def vintages(changes: Sequence[float], value: float = 1000) -> list[dict[str, Any]]:
    """A year's figure for each vintage, restated by a change in the release after."""
    rows = []
    for number, change in enumerate(changes):
        rows += restated(value, value + change, start=2000 + number)
    return rows


def with_rule_tables(connection: duckdb.DuckDBPyConnection, uses: str = "") -> duckdb.DuckDBPyConnection:
    """Adds the tables that rules look at; the crime table uses the figure of one release, if one is named."""
    connection.execute(RULE_TABLES)
    if uses:
        connection.execute(
            """INSERT INTO harmonised.crime_table
            SELECT source, release, locator, [locator] FROM harmonised.observations WHERE release = ?""",
            [uses],
        )
        connection.execute(
            """INSERT INTO harmonised.area_profile BY NAME
            SELECT source AS count_source, release AS count_release, [locator] AS count_locators
            FROM harmonised.observations WHERE release = ?""",
            [uses],
        )
    return connection


__all__ = ["CAMDEN", "ISLINGTON", "issues_model", "restated", "vintages", "with_rule_tables", "year"]


def real_met_issues(real_data: Path, releases: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """Revisions between issues of the Metropolitan Police's table of boroughs, as published.

    Args:
        real_data: Folder of publishers' files.
        releases: Issues, the older first, each by its last month.
    """
    connection = duckdb.connect()
    for schema in ("harmonised", "quality", "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    contract = load_contracts()["met_borough"]
    for order, release in enumerate(releases):
        grid = read_grid(
            real_data / "met-borough" / f"MPS Borough Level Crime (most recent 24 months) to {release}.csv"
        )
        parsed = parser_of(contract).parse(grid, find_tables(grid, contract), contract)
        table = harmonise(
            parsed.observations, source="met_borough", release=release, source_sha256="", synthetic=False
        )
        connection.register("incoming", table)
        verb = "INSERT INTO" if order else "CREATE TABLE"
        connection.execute(
            f"{verb} harmonised.observations {'' if order else 'AS'} "
            f"SELECT *, 'ok' AS quality, {order} AS release_order FROM incoming"
        )
    create_printed(connection)
    latest.create_classes(connection)
    revisions.create(connection)
    return connection
