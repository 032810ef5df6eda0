"""Bases that a count and a rate imply where no base is printed.

Belongs here: the interval of each count and rate (checks V-17 and V-18), and how many bases a set of intervals needs.
Does not belong here: what follows for a release (`shared_bases`), and rates whose base is printed (`rate_equations`).

A count c and a rate r per k, printed to a half unit h, allow the bases [k (c - b/2) / (r + h), k (c + b/2) / (r - h)],
b the base to which the count is rounded and 0 where it is not. A rate that may be 0 leaves the upper end open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

COLUMNS = """source VARCHAR, release VARCHAR, measure VARCHAR, area_code VARCHAR, count DOUBLE, rate DOUBLE, low DOUBLE,
    high DOUBLE, locator_count VARCHAR, locator_rate VARCHAR, count_measure VARCHAR, unit VARCHAR, per DOUBLE,
    decimals INTEGER, rate_text VARCHAR, count_text VARCHAR, area_name VARCHAR, table_id VARCHAR, period_start DATE,
    period_end DATE, breakdown VARCHAR"""
"""Columns of `quality.implied_denominators`; `measure` is that of the rate."""

# Half a unit of the last decimal counts for a whole table: 10.6 with 10.25 was printed as 10.60 or lost its zero.
_INTERVALS = """WITH printed AS MATERIALIZED (
    SELECT source, release, measure, area_code, area_name, table_id, period_start, period_end, breakdown, unit, value,
        value_text, locator
    FROM {observations} WHERE value IS NOT NULL AND source IN ({sources}) AND measure IN ({measures})
),
rates AS (
    SELECT o.source, o.release, o.measure, o.area_code, o.area_name, o.table_id, o.period_start, o.period_end,
        o.breakdown, o.unit, o.value, o.value_text, o.locator, p.count_measure, p.per, p.rounding,
        max(length(regexp_extract(rtrim(o.value_text, '% '), '\\.([0-9]+)$', 1)))
            OVER (PARTITION BY o.source, o.release, o.table_id, p.rule) AS decimals
    FROM printed o JOIN base_pairs p ON p.source = o.source AND p.table_id = o.table_id
        AND p.rate_measure = o.measure
    WHERE o.unit <> 'count'
),
both_printed AS (
    SELECT r.*, c.value AS count, c.value_text AS count_text, c.locator AS locator_count,
        0.5 * pow(10.0, -r.decimals) AS half
    FROM rates r JOIN printed c
      ON c.source = r.source AND c.release = r.release AND c.table_id = r.table_id AND c.measure = r.count_measure
     AND c.area_code = r.area_code AND c.period_start = r.period_start AND c.period_end = r.period_end
     AND c.breakdown = r.breakdown
    WHERE c.unit = 'count' AND c.value > 0
)
SELECT source, release, measure, area_code, count, value AS rate, per * (count - rounding / 2) / (value + half) AS low,
    CASE WHEN value > half THEN per * (count + rounding / 2) / (value - half) END AS high, locator_count,
    locator AS locator_rate, count_measure, unit, per, decimals::INTEGER AS decimals, value_text AS rate_text,
    count_text, area_name, table_id, period_start, period_end, breakdown
FROM both_printed ORDER BY source, release, area_code, period_start, high DESC NULLS FIRST, measure"""


def pairs(contracts: Iterable[Contract]) -> list[dict[str, Any]]:
    """Rates and their counts as contracts declare them (`implied_base`).

    Returns:
        Rows with source, table_id, rule, rate_measure, count_measure, per, rounding.
    """
    return [
        {
            "source": contract.source, "table_id": rule.table, "rule": rule.id, "rate_measure": rate,
            "count_measure": count, "per": float(rule.options["per"]),
            "rounding": float(rule.options.get("rounding", 0)),
        }
        for contract in contracts
        for rule in contract.rules
        if rule.kind == "implied_base"
        for rate, count in rule.options["rates"].items()
    ]  # fmt: skip


def select_intervals(
    connection: DuckDBPyConnection, declared: Sequence[Mapping[str, Any]], observations: str
) -> pa.Table:
    """Intervals of all declared pairs.

    Args:
        connection: Sees the observations.
        declared: As `pairs` returns them; not empty.
        observations: Name of a table with the columns of an observation, source and release.

    Returns:
        Columns as `COLUMNS`.
    """
    import pyarrow as pa

    connection.register("base_pairs", pa.Table.from_pylist(list(declared)))
    try:
        # Named outright: of millions of observations those of a few measures are looked at.
        query = _INTERVALS.format(
            observations=observations,
            sources=_listed(pair["source"] for pair in declared),
            measures=_listed(pair[name] for pair in declared for name in ("rate_measure", "count_measure")),
        )
        return connection.sql(query).to_arrow_table()
    finally:
        connection.unregister("base_pairs")


def _listed(names: Iterable[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(set(names)))


def intervals_of(contract: Contract, release: str, observations: pa.Table) -> pa.Table | None:
    """Intervals of one release; None if its contract declares no pair of a rate and a count."""
    declared = pairs([contract])
    if not declared:
        return None
    import pyarrow as pa

    size = observations.num_rows
    own = observations.append_column("source", pa.repeat(contract.source, size))
    own = own.append_column("release", pa.repeat(release, size))
    with in_sql(release_observations=own) as connection:
        return select_intervals(connection, declared, "release_observations")


@dataclass(frozen=True, slots=True)
class Group:
    """Intervals that have bases in common, by their place, and the range of those bases."""

    members: tuple[int, ...]
    low: float
    high: float


def groups(intervals: Sequence[tuple[float, float]]) -> list[Group]:
    """As few bases as explain all intervals, and which interval each explains.

    The interval that ends first needs a base at or below its end, and none explains more than that end itself; what
    it does not explain is grouped in the same way. So the number of groups is the smallest that is possible.

    Args:
        intervals: Lower and upper end; an open end is infinity.
    """
    found: list[Group] = []
    left = sorted(range(len(intervals)), key=lambda place: intervals[place][1])
    while left:
        end = intervals[left[0]][1]
        inside = [place for place in left if intervals[place][0] <= end]
        found.append(Group(tuple(sorted(inside)), max(intervals[place][0] for place in inside), end))
        left = [place for place in left if place not in inside]
    return found


def implied_denominators_of(release: ReleaseView) -> pa.Table | None:
    """Bases that the counts and rates of a release imply; None if its contract declares no pair."""
    return intervals_of(release.contract, release.release, release.observations)
