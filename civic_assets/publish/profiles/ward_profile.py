"""Recorded crime of wards in the groups of ONS: `harmonised.ward_profile`.

Belongs here: adding up the classes and the last twelve months of each release that prints wards, and the residents of
the ward if a release has them. Does not belong here: which class belongs to which group
(`civic_assets.harmonise.measures.recorded_crime`), and the comparison with the figures of ONS (`recorded_crime`).

A ward has the figures of the newest release that prints its code, on the boundaries of that release: wards of 2018 and
of 2022 have different codes, and no figure is carried from one to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.comparability import DENOMINATOR_DAYS
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.profiles.crime_table import ROWS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_ward_profile(connection: DuckDBPyConnection) -> None:
    """Create the table.

    Args:
        connection: Connection to a read model with `harmonised.recorded_crime_classes` (`recorded_crime`) and
            `harmonised.profile_areas` (`indicator_figures`).
    """
    import pyarrow as pa

    from civic_assets.harmonise.measures.recorded_crime import crime_tree

    tree = crime_tree()
    releases = connection.execute(
        "SELECT DISTINCT source, release FROM harmonised.recorded_crime_classes ORDER BY ALL"
    ).fetchall()
    positions = {measure: position for position, (measure, _) in enumerate(ROWS, 1)}
    sums: list[dict[str, Any]] = []
    for source, release in releases:
        scheme = tree.scheme_of(source, release)
        for node in scheme.sums if scheme else ():
            formed = scheme.sum_of(node, source) if scheme else None
            if scheme and formed:
                sums.append(
                    {
                        "source": source,
                        "release": release,
                        "measure": node,
                        "position": positions.get(node),
                        "part_of": tree.parents[node],
                        "relation": str(formed.relation),
                        "because": formed.because,
                        "absent_is_zero": scheme.absent_is_zero,
                    }
                )
    nodes = [{"node": node, "measure": above} for node in tree.parents for above in tree.ancestors(node)]
    texts, schema = pa.string(), {"position": pa.int32(), "absent_is_zero": pa.bool_()}
    columns = ("source", "release", "measure", "position", "part_of", "relation", "because", "absent_is_zero")
    connection.register(
        "ward_sums",
        pa.Table.from_pylist(sums, schema=pa.schema([(name, schema.get(name, texts)) for name in columns])),
    )
    connection.register("ward_nodes", pa.Table.from_pylist(nodes))
    connection.execute(_WARDS)
    for name in ("ward_sums", "ward_nodes"):
        connection.unregister(name)


# The last twelve months of a release, of wards that have all of them. Classes without a row are zero if the publisher
# says so; a figure without a value, or one that a check disputes, leaves its groups without a sum.
_WARDS = f"""CREATE TABLE harmonised.ward_profile AS
WITH years AS (
    SELECT source, release, max(period_end) AS period_end, (max(period_end) - INTERVAL 1 YEAR)::DATE AS period_start
    FROM harmonised.observations WHERE area_type = 'ward' AND period_kind = 'month' GROUP BY source, release
),
inside AS MATERIALIZED (
    SELECT o.source, o.release, o.release_order, o.area_code, o.area_name, o.parent_code, o.value,
        o.value IS NOT NULL AND o.quality = 'ok' AS usable, o.synthetic, c.node, o.period_start AS month,
        y.period_start, y.period_end
    FROM harmonised.figures_in_use o
    JOIN years y ON y.source = o.source AND y.release = o.release AND o.period_start >= y.period_start
    JOIN harmonised.recorded_crime_classes c
      ON c.source = o.source AND c.release = o.release AND c.measure = o.measure AND c.breakdown = o.breakdown
    WHERE o.area_type = 'ward' AND o.unit = 'count' AND o.statistic = 'flow' AND o.period_kind = 'month'
),
wards AS (
    SELECT source, release, release_order, area_code, any_value(area_name) AS area_name,
        min(parent_code) AS authority_code, period_start, period_end, bool_or(synthetic) AS synthetic
    FROM inside GROUP BY source, release, release_order, area_code, period_start, period_end
    HAVING count(DISTINCT month) = 12
    QUALIFY row_number() OVER (PARTITION BY source, area_code ORDER BY release_order DESC, release DESC) = 1
),
classes AS (
    SELECT source, release, area_code, node, sum(value) AS value, count(*) AS n_figures,
        count(*) FILTER (NOT usable) AS n_without
    FROM inside WHERE node IS NOT NULL GROUP BY ALL
),
groups AS (
    SELECT source, release, area_code, measure, sum(value) AS value, sum(n_figures)::BIGINT AS n_figures,
        sum(n_without)::BIGINT AS n_without
    FROM classes JOIN ward_nodes USING (node) GROUP BY ALL
),
residents AS (
    SELECT w.source, w.area_code, p.value, p.period_start AS day, p.source AS of_source, p.release AS of_release
    FROM wards w JOIN harmonised.figures_in_use p USING (area_code)
    WHERE p.measure = 'population' AND p.breakdown = 'total' AND p.unit = 'count' AND p.statistic = 'stock'
      AND p.quality = 'ok' AND p.value > 0
      AND abs(date_diff('day', p.period_start, w.period_start + 182)) <= {DENOMINATOR_DAYS}
    QUALIFY row_number() OVER (PARTITION BY w.source, w.area_code
        ORDER BY abs(date_diff('day', p.period_start, w.period_start + 182)), p.release_order DESC, p.release DESC) = 1
),
valued AS (
    SELECT w.*, s.measure, s.position, s.part_of, s.relation, s.because, coalesce(g.n_figures, 0) AS n_figures,
        CASE WHEN g.n_without > 0 THEN NULL WHEN g.n_figures IS NULL AND s.absent_is_zero THEN 0 ELSE g.value END
            AS value, coalesce(g.n_without, 0) AS n_without_value
    FROM wards w JOIN ward_sums s USING (source, release)
    LEFT JOIN groups g USING (source, release, area_code, measure)
)
SELECT v.area_code, v.area_name, v.authority_code, a.area_name AS authority_name, v.measure, v.position, v.part_of,
    v.period_start, v.period_end, v.value, quality.byar_lower(v.value) AS value_lower,
    quality.byar_upper(v.value) AS value_upper, v.relation, nullif(v.because, '') AS because, v.n_figures,
    v.n_without_value, r.value AS denominator, r.day AS denominator_date, r.of_source AS denominator_source,
    r.of_release AS denominator_release,
    CASE WHEN v.value >= {FEWEST_EVENTS} THEN 1000 * v.value / r.value END AS rate,
    'per_1000_population' AS unit_of_rate,
    CASE WHEN v.n_without_value > 0 THEN 'A figure of the year is missing or disputed, so the months are not added up.'
         WHEN r.value IS NULL THEN 'No release held has the residents of this ward within half a year, so no rate is '
            'made.'
         WHEN v.value < {FEWEST_EVENTS} THEN 'Fewer than {FEWEST_EVENTS} offences, so no rate is made.' END AS reason,
    v.source, v.release, v.synthetic
FROM valued v LEFT JOIN harmonised.profile_areas a ON a.area_code = v.authority_code
LEFT JOIN residents r ON r.source = v.source AND r.area_code = v.area_code
ORDER BY v.authority_code, v.area_code, v.position, v.measure"""
