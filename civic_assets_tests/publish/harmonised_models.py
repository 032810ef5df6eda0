"""Small read models with the newest figures marked, as the tables of the same years, ages and categories are made from.

Belongs here: building them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from civic_assets.contracts.corrections import Correction
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.observations import FIELDS
from civic_assets.publish.read_model import latest
from civic_assets.publish.read_model.decisions import create_corrections
from civic_assets.publish.read_model.figures import create_printed
from civic_assets.tables.release_names import publication_order
from civic_assets.values.periods import Period
from civic_assets_tests.publish.read_models import ISLINGTON, figure

_TYPES = {"string": pa.string(), "date32": pa.date32(), "float64": pa.float64(), "bool": pa.bool_()}
OBSERVATIONS = pa.schema(
    [*((name, _TYPES.get(kind, pa.int32())) for name, kind, _ in FIELDS), ("quality", pa.string())]
)
"""Columns of `harmonised.observations` before a read model adds its own."""


def model(
    figures: Iterable[Mapping[str, Any]], corrections: Sequence[Correction] = ()
) -> duckdb.DuckDBPyConnection:
    """A read model up to `harmonised.latest`, from rows as `read_models.figure` makes them."""
    rows = list(figures)
    connection = duckdb.connect()
    for schema in ("harmonised", "quality", "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    order = {
        release: number
        for number, release in enumerate(sorted({row["release"] for row in rows}, key=publication_order))
    }
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in OBSERVATIONS.names} for row in rows], schema=OBSERVATIONS
    ).append_column("release_order", pa.array([order[row["release"]] for row in rows], pa.int32()))
    connection.register("incoming", table)
    connection.execute("CREATE TABLE harmonised.observations AS SELECT * FROM incoming")
    connection.unregister("incoming")
    create_printed(connection)
    connection.execute(_PRINTED_AREAS)
    latest.mark(connection, AreaRegister.shipped())
    create_corrections(connection, corrections)
    latest.create_view(connection)
    connection.execute(
        """CREATE TABLE harmonised.profile_areas AS
        SELECT DISTINCT area_code, 'E23000001' AS force_code FROM harmonised.observations"""
    )
    connection.execute(
        "CREATE TABLE catalogue.areas AS SELECT DISTINCT area_code, parent_code FROM harmonised.observations"
    )
    return connection


_PRINTED_AREAS = """CREATE TABLE catalogue.printed_areas AS
SELECT source, release, release_order, area_code, min(parent_code) AS parent_code FROM harmonised.observations
GROUP BY ALL"""


def month_of(
    period: Period, value: float | None, /, release: str = "2025-12", area: str = ISLINGTON, **other: Any
) -> dict[str, Any]:
    """One month of one class in a file of the Metropolitan Police."""
    return figure(
        "met_borough",
        release,
        "recorded_crime_met",
        area,
        period.start,
        period.end,
        value,
        **{"breakdown": "major=theft;minor=shoplifting", "period_kind": "month", **other},
    )


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Rows of a query by the names of its columns."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def year(start: int, month: int = 1) -> tuple[date, date]:
    """First day, and day after the last, of the twelve months from a month on."""
    return date(start, month, 1), date(start + 1, month, 1)
