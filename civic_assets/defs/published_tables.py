"""What Dagster shows of the published tables: columns, rows, first rows.

Belongs here: asking the read model for its contents. Does not belong here: which table belongs to which asset
(`families`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.defs.describe import markdown
from civic_assets.defs.lineage.published_lineage import published_lineage
from civic_assets.publish.families import FAMILIES, Family, family_of

_ROWS = 8
_COLUMNS = 10
_SCHEMAS = ("harmonised", "quality", "catalogue")


def shown(
    read_model: DuckDBResource, families: Collection[Family] = FAMILIES
) -> dict[Family, dict[str, Any]]:
    """Metadata of published assets, from the published file itself.

    Args:
        read_model: The published file.
        families: Assets to describe.

    Returns:
        For each asset: rows, columns with their comments, the origin of the columns, and first rows of its main table;
        all its tables with their rows.
    """
    with read_model.get_connection() as connection:
        columns: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}
        for schema, table, name, kind, comment in connection.execute(
            "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE schema_name IN ? ORDER BY schema_name, table_name, column_index",
            [list(_SCHEMAS)],
        ).fetchall():
            columns.setdefault((schema, table), []).append((name, kind, comment))
        columns = {
            place: named for place, named in columns.items() if family_of(place[1], place[0]) in families
        }
        # The file has the number of rows of each table, but not of a view.
        known = {
            (schema, table): number
            for schema, table, number in connection.execute(
                "SELECT schema_name, table_name, n_rows FROM catalogue.tables WHERE n_rows IS NOT NULL"
            ).fetchall()
        }
        # To count a view that joins millions of rows takes a second, so only those that represent an asset are counted.
        mains = {_place(family) for family in families}
        rows = {
            place: known[place]
            if place in known
            else connection.execute(f'SELECT count(*) FROM {place[0]}."{place[1]}"').fetchone()[0]
            for place in columns
            if place in known or place in mains
        }
        sources = [
            source
            for (source,) in connection.execute(
                "SELECT DISTINCT source FROM catalogue.releases WHERE state = 'published' ORDER BY 1"
            ).fetchall()
        ]
        found: dict[Family, dict[str, Any]] = {}
        for family in families:
            tables = sorted(place for place in columns if family_of(place[1], place[0]) == family)
            main = _place(family)
            found[family] = {"tables": dg.MetadataValue.md(_listed(tables, columns, rows))}
            if main not in columns:
                continue
            cursor = connection.execute(f"SELECT * FROM {family.main} LIMIT {_ROWS}")
            names = [column[0] for column in cursor.description][:_COLUMNS]
            first = [dict(zip(names, row, strict=False)) for row in cursor.fetchall()]
            found[family] |= {
                "dagster/row_count": rows[main],
                "dagster/column_schema": dg.TableSchema(
                    columns=[
                        dg.TableColumn(name, kind, description=comment)
                        for name, kind, comment in columns[main]
                    ]
                ),
                "preview": dg.MetadataValue.md(markdown(names, first) if first else "no rows"),
            }
            lineage = published_lineage(family, (name for name, _, _ in columns[main]), sources)
            if lineage is not None:
                found[family]["dagster/column_lineage"] = lineage
    return found


def _place(family: Family) -> tuple[str, str]:
    schema, _, table = family.main.partition(".")
    return schema, table


def _listed(
    places: list[tuple[str, str]],
    columns: dict[tuple[str, str], list[tuple[str, str, str | None]]],
    rows: dict[tuple[str, str], int],
) -> str:
    listed = [
        {
            "table": f"{schema}.{table}",
            "rows": f"{rows[schema, table]:,}" if (schema, table) in rows else "view",
            "columns": len(columns[schema, table]),
        }
        for schema, table in places
    ]
    return markdown(("table", "rows", "columns"), listed) if listed else "no tables"
