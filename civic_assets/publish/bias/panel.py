"""The figures that indicators of bias look at: one for each source, measure, area and period.

Belongs here: `quality.bias_panel` and the temporary tables that several indicators share. Does not belong here: any
indicator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.publish.bias.indicator import BiasFacts
from civic_assets.quality.framework.wording import create_macros

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_panel(facts: BiasFacts) -> None:
    """Create `quality.bias_panel` unless it is there, the temporary tables that follow, and macros for messages.

    - `bias_panel`, a view of `quality.bias_panel`: the total of a measure if one is printed (`has_total`), otherwise
      the sum over its breakdown, from
      the newest release that has it. Counts by another force than the area's own (`reported_by`) are a row of their
      own, and both are part of a sum. `returned` is false if the release only says that the figure is not available.
    - `bias_newest`: by source and measure, the release of the newest period.
    - `bias_current`: by source, the newest release of each of its files (`-b1`, `-historical`, a force).
    - `bias_sources`: sources that have figures according to their contract, whether the store holds one of their
      releases, and the file that would evaluate a source that is not held.
    """
    create_macros(facts.connection)
    if not facts.connection.execute(_HAS_PANEL).fetchone():
        create_figures(facts.connection)
    facts.show_all()
    facts.execute(_NEWEST, _CURRENT)
    facts.table("bias_sources", "source VARCHAR, held BOOLEAN, file VARCHAR", _sources(facts))


def create_figures(connection: DuckDBPyConnection) -> None:
    """Create `quality.bias_panel`; no row of a source depends on the figures of another.

    Args:
        connection: Connection to a read model with observations.
    """
    connection.execute(_PANEL)


def _sources(facts: BiasFacts) -> list[dict[str, str | bool]]:
    held = {row[0] for row in facts.connection.execute("SELECT DISTINCT source FROM bias_panel").fetchall()}
    rows: list[dict[str, str | bool]] = []
    for source, contract in sorted(facts.contracts.items()):
        # A source of lookups has no figures that could be biased.
        counted = bool(contract.printed_measures)
        if source in held or counted or contract.not_read_because:
            publisher = contract.publisher.get("name", "its publisher")
            file = f"the newest file of {source} ({publisher})"
            if contract.not_read_because:
                file = f"{file}, once it is read here ({contract.not_read_because.rstrip('.')})"
            rows.append({"source": source, "held": source in held, "file": file})
    return rows


_HAS_PANEL = """SELECT 1 FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'quality' AND table_name = 'bias_panel'"""
_PANEL = """CREATE TABLE quality.bias_panel AS
WITH figures AS (
    SELECT source, measure, unit, statistic, area_type, area_code, max(area_name) AS area_name,
        max(parent_code) AS parent_code, period_start, period_end, any_value(period_kind) AS period_kind, release,
        release_order, regexp_extract(breakdown, 'reported_by=[^;]*') AS reported_by,
        bool_or(value IS NOT NULL OR status <> 'not_available') AS returned,
        bool_or(breakdown = 'total') AS has_total, max(value) FILTER (breakdown = 'total') AS total,
        sum(value) FILTER (breakdown <> 'total') AS summed,
        bool_or(quality <> 'ok' AND breakdown = 'total') AS disputed
    FROM harmonised.observations WHERE statistic <> 'change'
    GROUP BY source, measure, unit, statistic, area_type, area_code, period_start, period_end, release, release_order,
        reported_by
)
SELECT * EXCLUDE (total, summed), CASE WHEN has_total THEN total ELSE summed END AS value
FROM figures
QUALIFY row_number() OVER (
    PARTITION BY source, measure, unit, statistic, area_code, period_start, period_end, reported_by
    ORDER BY has_total DESC, release_order DESC, release DESC) = 1"""

# `1 period`, `1,590 periods`.
_NEWEST = """CREATE OR REPLACE TEMP TABLE bias_newest AS
SELECT source, measure, arg_max(release, (period_end, release_order, release)) AS release,
    min(period_start) AS first_start, max(period_end) AS last_end, any_value(statistic) AS statistic
FROM bias_panel GROUP BY source, measure"""

# As in `civic_assets.tables.release_names.series_of`: the text after the date of an edition names the file that it
# continues.
_CURRENT = r"""CREATE OR REPLACE TEMP TABLE bias_current AS
SELECT source, release FROM (SELECT DISTINCT source, release, release_order FROM catalogue.printed_classes)
QUALIFY row_number() OVER (PARTITION BY source,
    regexp_replace(regexp_replace(release, '\.r[0-9]+$', ''), '^[0-9]{4}(-[0-9]{2})?(-(autumn|spring|summer))?', '')
    ORDER BY release_order DESC, release DESC) = 1"""
