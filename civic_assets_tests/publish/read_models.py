"""Small read models in memory: some figures, when their releases were out, and the report's tables made from them.

Belongs here: building them. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from civic_assets.contracts.corrections import Correction
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.breaks import Break, breaks
from civic_assets.harmonise.measures.indicators import indicators
from civic_assets.harmonise.observations import FIELDS
from civic_assets.publish.profiles.area_profile import create_area_profile
from civic_assets.publish.profiles.baseline import Allowed, create_baseline
from civic_assets.publish.profiles.crime_table import create_crime_table
from civic_assets.publish.profiles.indicator_figures import create_indicator_figures
from civic_assets.publish.profiles.nearest_year import create_nearest_year
from civic_assets.publish.profiles.report_comparison import create_report_comparison
from civic_assets.publish.profiles.small_numbers import create_functions
from civic_assets.publish.read_model import notes
from civic_assets.publish.read_model.decisions import create_corrections
from civic_assets.publish.read_model.figures import create_printed

ISLINGTON, CAMDEN, LONDON, ENGLAND, MET = "E09000019", "E09000007", "E12000007", "E92000001", "E23000001"
OUT = date(2020, 1, 1)
_ARROW = {
    "string": pa.string(),
    "date32": pa.date32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
}


@cache
def contracts() -> Mapping[str, Contract]:
    return load_contracts()


def figure(
    source: str,
    release: str,
    measure: str,
    area: str,
    start: date,
    end: date,
    value: float | None,
    /,
    **other: Any,
) -> dict[str, Any]:
    """One observation; what is not said is a count of a year in a local authority that nothing is wrong with."""
    row = {
        "source": source, "release": release, "measure": measure, "area_code": area, "area_name": area,
        "area_type": "local_authority", "period_start": start, "period_end": end, "period_kind": "financial_year",
        "statistic": "flow", "breakdown": "total", "unit": "count", "value": value, "status": None, "quality": "ok",
        "value_text": "" if value is None else f"{value:g}", "source_sha256": "0" * 64, "synthetic": False,
    }  # fmt: skip
    row.update(other)
    row.setdefault("locator", f"{release}!{measure}/{row['breakdown']}/{row['unit']}/{area}/{start}")
    return row


def read_model(
    figures: Iterable[Mapping[str, Any]],
    out: Mapping[tuple[str, str], date] | None = None,
    *,
    known: Sequence[Break] | None = None,
    allowed: Allowed | None = None,
    report: bool = False,
    corrections: Sequence[Correction] = (),
) -> duckdb.DuckDBPyConnection:
    """A read model with the report's tables.

    Args:
        figures: Rows as `figure` makes them.
        out: Day on which releases were out, by source and release; 1 January 2020 where it says nothing.
        known: Breaks; those that ship when None.
        allowed: What decides on comparisons; no baselines are made when None.
        report: Whether the report's own tables are compared with the others.
        corrections: Registered ones.
    """
    rows = [dict(row) for row in figures]
    tables = [_table(rows)] if rows else []
    return from_tables(
        tables,
        _available(rows, out or {}),
        known=known,
        allowed=allowed,
        report=report,
        corrections=corrections,
    )


def from_tables(
    tables: Sequence[pa.Table],
    out: Sequence[Mapping[str, Any]],
    *,
    known: Sequence[Break] | None = None,
    allowed: Allowed | None = None,
    report: bool = False,
    corrections: Sequence[Correction] = (),
) -> duckdb.DuckDBPyConnection:
    """A read model from observations that have a column `quality`, and rows of `catalogue.releases`."""
    connection = duckdb.connect()
    # As in a refresh of so few figures: its many short statements are not faster on two threads.
    connection.execute("SET threads = 1")
    for schema in ("harmonised", "quality", "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    table = pa.concat_tables([_table([]), *(table.select(_SCHEMA.names).cast(_SCHEMA) for table in tables)])
    connection.register("incoming", table)
    connection.execute(
        """CREATE TABLE harmonised.observations AS
        SELECT *, (dense_rank() OVER (ORDER BY release))::INTEGER AS release_order FROM incoming"""
    )
    create_corrections(connection, corrections)
    names = ("source", "release", "available_from", "available_from_basis")
    kinds = (pa.string(), pa.string(), pa.date32(), pa.string())
    releases = pa.Table.from_pylist(list(out), schema=pa.schema(list(zip(names, kinds, strict=True))))
    connection.register("incoming", releases)
    create_printed(connection)
    connection.execute("CREATE TABLE catalogue.releases AS SELECT * FROM incoming")
    lags = [
        {"source": one.source, "expected_lag_days": one.expected_lag_days} for one in contracts().values()
    ]
    schema = pa.schema([("source", pa.string()), ("expected_lag_days", pa.int32())])
    connection.register("incoming", pa.Table.from_pylist(lags, schema=schema))
    connection.execute("CREATE TABLE catalogue.sources AS SELECT * FROM incoming")
    connection.unregister("incoming")
    all_breaks = breaks() if known is None else known
    create_functions(connection)
    notes.create(connection, ())
    create_indicator_figures(connection, indicators(), AreaRegister.shipped(), all_breaks)
    create_area_profile(connection, indicators())
    create_crime_table(connection, all_breaks)
    create_nearest_year(connection)
    if allowed is not None:
        create_baseline(connection, all_breaks, allowed)
    if report:
        create_report_comparison(connection, indicators(), contracts()["gla_report"])
    return connection


_COLUMNS = {name: _ARROW[kind] for name, kind, _ in FIELDS}
_SCHEMA = pa.schema([*_COLUMNS.items(), ("quality", pa.string())])


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in _SCHEMA.names} for row in rows], schema=_SCHEMA
    )


def _available(
    rows: Sequence[Mapping[str, Any]], out: Mapping[tuple[str, str], date]
) -> list[dict[str, Any]]:
    releases = sorted({(row["source"], row["release"]) for row in rows})
    return [
        {"source": source, "release": release, "available_from": out.get((source, release), OUT),
         "available_from_basis": "expected"}
        for source, release in releases
    ]  # fmt: skip


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Rows of a query by name."""
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def profile(
    connection: duckdb.DuckDBPyConnection, indicator: str, area: str = ISLINGTON, as_of: date | None = None
) -> dict[str, Any]:
    """One row of the profile, now or as of a day."""
    table = f"harmonised.area_profile_as_of(DATE '{as_of}')" if as_of else "harmonised.area_profile"
    found = records(
        connection, f"SELECT * FROM {table} WHERE indicator = ? AND area_code = ?", [indicator, area]
    )
    assert len(found) == 1, found
    return found[0]


def said(notes: Iterable[str], words: str) -> bool:
    """Whether one of the sentences has these words."""
    return any(words in note for note in notes)
