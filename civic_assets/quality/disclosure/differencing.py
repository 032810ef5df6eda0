"""What follows of hidden figures from several releases, tables and areas together (H-20).

Belongs here: ranges and rows that no single release states. Does not belong here: the equations within one release
(`published_cells`) and derived figures (`civic_assets.publish.disclosure.withholding`).

Four ways lead from what is published to what is hidden (methods, section 8.4):

- another release prints the figure: an older or newer edition, or another source;
- a rate is printed, and so is its denominator: count = rate * denominator / per, within half a unit of the last
  decimal of the rate and the range of the printed denominators;
- the periods of a series tile a longer one: a year less two terms is the third, three quarters less a year the fourth;
- an area is made of others: an authority less its wards, a region less its other authorities.

Each is worked out in SQL around hidden figures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.house_numbers.disclosure import RATE_DECIMALS
from civic_assets.quality.disclosure.hidden_cells import HiddenCells
from civic_assets.quality.disclosure.published_cells import KEY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEYED = ", ".join(KEY)

_ELSEWHERE = """SELECT key, min(value) AS low, max(value) AS high FROM disclosure_seen
    WHERE value IS NOT NULL AND quality <> 'withheld' GROUP BY key ORDER BY key"""

# A denominator of the rate's own period, or one that lies within it (a January census in its academic year).
_RATES = f"""
WITH rates AS (
    SELECT k.key, o.value, c.per, c.denominator, k.area_code, k.breakdown, k.period_start, k.period_end,
        0.5 * pow(10, -least({RATE_DECIMALS}, max(length(regexp_extract(coalesce(o.value_text, ''), '\\.([0-9]+)$', 1)))
            OVER (PARTITION BY o.source, o.release, o.measure, o.unit))) AS half
    FROM disclosure_keys k
    JOIN catalogue.measures m ON m.numerator = k.measure
    JOIN catalogue.measure_rates c ON c.measure = m.measure AND c.source IS NULL AND c.per IS NOT NULL
    JOIN harmonised.observations o
      ON o.measure = m.measure AND o.unit = c.unit AND o.area_code = k.area_code AND o.breakdown = k.breakdown
     AND o.period_start = k.period_start AND o.period_end = k.period_end AND o.value IS NOT NULL
    WHERE k.unit = 'count'
),
bases AS (
    SELECT r.key, r.denominator, min(d.value) AS least, max(d.value) AS most
    FROM (SELECT DISTINCT key, denominator, area_code, breakdown, period_start, period_end FROM rates) r
    JOIN harmonised.observations d
      ON d.measure = r.denominator AND d.unit = 'count' AND d.area_code = r.area_code AND d.breakdown = r.breakdown
     AND d.period_start >= r.period_start AND d.period_end <= r.period_end AND d.value IS NOT NULL
    GROUP BY r.key, r.denominator
)
SELECT key, max((r.value - half) * b.least / r.per) AS low, min((r.value + half) * b.most / r.per) AS high
FROM rates r JOIN bases b USING (key, denominator)
-- Rates of another vintage than the counts may fit no whole number: they say nothing then.
GROUP BY key HAVING floor(high + 1e-6) >= ceil(low - 1e-6) ORDER BY key"""

# Persons may return in another term, so that theirs do not add up.
_PERIODS = """
WITH series AS (
    SELECT DISTINCT measure, breakdown, unit, area_code
    FROM disclosure_keys LEFT JOIN catalogue.measures m USING (measure)
    WHERE unit = 'count' AND disclosure_keys.statistic = 'flow'
      AND coalesce(m.unit_of_count, '') NOT IN ('persons', 'pupils', 'enrolments')
),
cells AS (
    SELECT s.*, o.period_start, o.period_end, o.period_kind, k.key,
        arg_max(o.value, o.release_order) FILTER (o.value IS NOT NULL) AS value
    FROM harmonised.observations o JOIN series s USING (measure, breakdown, unit, area_code)
    LEFT JOIN disclosure_keys k USING (measure, breakdown, unit, area_code, period_start, period_end)
    WHERE o.statistic = 'flow' GROUP BY ALL
),
parts AS (
    SELECT w.measure, w.breakdown, w.unit, w.area_code, w.period_start AS since, w.period_end AS until, w.key AS whole,
        w.value AS whole_value, p.period_kind AS kind, p.period_start, p.period_end, p.key, p.value,
        lag(p.period_end, 1, w.period_start) OVER (
            PARTITION BY w.measure, w.breakdown, w.unit, w.area_code, w.period_start, w.period_end, p.period_kind
            ORDER BY p.period_start) AS before
    FROM cells w JOIN cells p USING (measure, breakdown, unit, area_code)
    WHERE p.period_start >= w.period_start AND p.period_end <= w.period_end
      AND (p.period_start, p.period_end) <> (w.period_start, w.period_end)
),
tiled AS (
    SELECT measure, breakdown, unit, area_code, since, until, whole, whole_value, kind, list(key) AS keys,
        coalesce(sum(value) FILTER (value IS NOT NULL AND key IS NULL), 0) AS known
    FROM parts GROUP BY ALL
    HAVING bool_and(before = period_start) AND max(period_end) = until
       AND bool_and(key IS NOT NULL OR value IS NOT NULL) AND (whole IS NOT NULL OR whole_value IS NOT NULL)
       AND (whole IS NOT NULL OR count(key) > 0)
)
SELECT row_number() OVER (ORDER BY measure, breakdown, unit, area_code, since, until, kind) - 1 AS number,
    list_filter(keys, lambda one: one IS NOT NULL) AS keys, whole,
    CASE WHEN whole IS NULL THEN whole_value ELSE 0 END - known AS low,
    CASE WHEN whole IS NULL THEN whole_value ELSE 0 END - known AS high
FROM tiled ORDER BY number"""

# How a release rounds figures of a kind of area: by what they are all multiples of.
_ABOVE = f"""CREATE OR REPLACE TEMP TABLE disclosure_above AS
WITH families AS (
    SELECT DISTINCT h.source, h.release, h.table_id, h.measure, h.breakdown, h.unit, h.period_start, h.period_end
    FROM disclosure_hidden h WHERE h.unit = 'count'
),
placed AS (
    SELECT o.source, o.release, o.measure, o.breakdown, o.unit, o.period_start, o.period_end, o.area_code, o.value,
        k.key, coalesce(o.parent_code, a.region_code) AS parent
    FROM harmonised.observations o
    JOIN families f ON f.source = o.source AND f.release = o.release AND f.table_id = coalesce(o.table_id, '')
     AND f.measure = o.measure AND f.breakdown = o.breakdown AND f.unit = o.unit
     AND f.period_start = o.period_start AND f.period_end = o.period_end
    LEFT JOIN disclosure_keys k ON k.measure = o.measure AND k.breakdown = o.breakdown AND k.unit = o.unit
     AND k.area_code = o.area_code AND k.period_start = o.period_start AND k.period_end = o.period_end
    LEFT JOIN catalogue.areas a ON a.area_code = o.area_code
    WHERE o.area_type NOT IN ('region', 'sub_region', 'country', 'unknown')
      AND o.status IS DISTINCT FROM 'not_applicable'
),
groups AS (
    SELECT source, release, measure, breakdown, unit, period_start, period_end, parent AS area_code, key, value
    FROM placed WHERE parent IS NOT NULL
    UNION ALL
    SELECT source, release, measure, breakdown, unit, period_start, period_end, 'E92000001', key, value
    FROM placed WHERE area_code LIKE 'E%'
)
SELECT source, release, {_KEYED}, list(key) FILTER (key IS NOT NULL AND value IS NULL) AS keys,
    coalesce(sum(value), 0) AS known
FROM groups GROUP BY ALL
HAVING bool_and(value IS NOT NULL OR key IS NOT NULL) AND len(keys) > 0"""

_AREAS = f"""
WITH printed AS (
    SELECT a.keys, a.known, o.value, o.source, o.release, o.measure, o.unit, o.area_type
    FROM disclosure_above a JOIN harmonised.observations o USING ({_KEYED})
    WHERE o.value IS NOT NULL AND o.quality = 'ok'
),
rounded AS (
    SELECT o.source, o.release, o.measure, o.unit, o.area_type,
        CASE WHEN bool_and(o.value % 100 = 0) THEN 100 WHEN bool_and(o.value % 10 = 0) THEN 10
             WHEN bool_and(o.value % 5 = 0) THEN 5 ELSE 0 END AS base
    FROM harmonised.observations o
    JOIN (SELECT DISTINCT source, release, measure, unit, area_type FROM printed) p
      USING (source, release, measure, unit, area_type)
    WHERE o.value IS NOT NULL GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY keys, value, base) - 1 AS number, keys, NULL::BIGINT AS whole,
    value - known - base / 2 AS low, value - known + base / 2 AS high
FROM (SELECT DISTINCT keys, known, value, base FROM printed JOIN rounded
        USING (source, release, measure, unit, area_type)) ORDER BY number"""


@dataclass(frozen=True, eq=False)
class JointAudit:
    """What several releases say together of hidden cells.

    Args:
        periods: From figures printed elsewhere, rates, and periods that tile others.
        areas: From areas that are made of others.
    """

    periods: Sequence[HiddenCells]
    areas: Sequence[HiddenCells]

    @property
    def all(self) -> Sequence[HiddenCells]:
        """Everything."""
        return [*self.periods, *self.areas]


def across_releases(connection: DuckDBPyConnection) -> JointAudit:
    """What several releases say together, after `find_hidden`; makes the temporary table `disclosure_above`.

    Args:
        connection: Connection to a read model with `catalogue.measures`, `measure_rates` and `areas`.
    """
    connection.execute(_ABOVE)
    periods = [
        bounded(connection, _ELSEWHERE),
        bounded(connection, _RATES),
        sums(connection.execute(_PERIODS).fetchall()),
    ]
    return JointAudit(periods, [sums(connection.execute(_AREAS).fetchall())])


def bounded(connection: DuckDBPyConnection, query: str) -> HiddenCells:
    """A system without rows from a query of `key`, `low` and `high`."""
    found = connection.execute(query).fetchnumpy()
    names = np.asarray(found["key"], dtype=np.int64)
    return _of_rows(names, [], [], np.zeros(0), np.zeros(0), lower=found["low"], upper=found["high"])


def sums(found: Sequence[Sequence[Any]]) -> HiddenCells:
    """A system of rows, each begun by number, keys (that add up), whole (less this one), low and high."""
    rows, cells, weights = [], [], []
    for number, keys, whole, *_ in found:
        rows += [number] * (len(keys) + (whole is not None))
        cells += [*keys, *([] if whole is None else [whole])]
        weights += [1.0] * len(keys) + ([] if whole is None else [-1.0])
    names, place = np.unique(np.array(cells, dtype=np.int64), return_inverse=True)
    low, high = (np.array([row[end] for row in found], dtype=float) for end in (3, 4))
    return _of_rows(names, rows, place, low, high, weights)


def _of_rows(
    names: Any,
    rows: Any,
    cells: Any,
    low: Any,
    high: Any,
    weights: Any = None,
    lower: Any = None,
    upper: Any = None,
) -> HiddenCells:
    """A system that adds rows or bounds to others, and says nothing of what its cells are."""
    from scipy.sparse import csr_array

    size = len(names)
    entries = np.ones(len(rows)) if weights is None else np.array(weights, dtype=float)
    matrix = csr_array(
        (entries, (np.array(rows, dtype=np.int64), np.array(cells, dtype=np.int64))), shape=(len(low), size)
    )
    return HiddenCells(
        rows=matrix,
        low=np.asarray(low, dtype=float),
        high=np.asarray(high, dtype=float),
        lower=np.full(size, -np.inf) if lower is None else np.asarray(lower, dtype=float),
        upper=np.full(size, np.inf) if upper is None else np.asarray(upper, dtype=float),
        audited=np.zeros(size, dtype=bool),
        counts=np.zeros(size, dtype=bool),
        whole=np.ones(size, dtype=bool),
        exact=np.zeros(size),
        stated=np.full(size, np.inf),
        names=np.asarray(names, dtype=np.int64),
    )
