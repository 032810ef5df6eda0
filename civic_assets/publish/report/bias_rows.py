"""The bias register, all of it, by source.

Belongs here: reading it. Does not belong here: its sentences (`civic_assets.publish.bias`) and the pages
(`civic_assets.publish.site.quality.bias`). A read model that an older program made may lack the table, or some of its
columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.registers import EVERYWHERE, existing, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE = "bias_register"
_COLUMNS = (
    "bias", "indicator", "check_id", "release", "measure", "area_code", "area_name", "value", "value_text", "threshold",
    "threshold_origin", "threshold_because", "outcome", "reason", "verdict", "cannot_tell", "could_be_wrong",
    "direction", "low", "high", "size_unit", "affected", "method", "would_evaluate", "assessment",
)  # fmt: skip


def read_bias(connection: DuckDBPyConnection) -> Mapping[str, Sequence[Row]]:
    """Rows by source, those that were found first; empty columns for what the table lacks.

    Args:
        connection: Read-only connection to `civic.duckdb`.
    """
    known = existing(connection).get(TABLE, ())
    if not known:
        return {}
    columns = ", ".join(name if name in known else f"NULL AS {name}" for name in _COLUMNS)
    rows = rows_of(
        connection,
        f"""SELECT coalesce(source, {quoted(EVERYWHERE)}) AS source, {columns} FROM quality.{TABLE}
        ORDER BY 1, measure NULLS FIRST, CASE outcome WHEN 'fail' THEN 0 WHEN 'not_evaluated' THEN 1 ELSE 2 END,
            bias, indicator, area_name NULLS FIRST, release, verdict, value, value_text""",
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row)
    return found
