"""Months compared with years of one area: whether a figure has the scale of the area that it names (X-05).

Belongs here: `quality.months_beside_years`. Does not belong here: years compared with sums of twelve months (X-04,
`civic_assets.publish.profiles.recorded_crime`). The bias register has no row for this: it shows a wrong name, not a
bias.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.comparability import NEIGHBOURING_YEAR_DAYS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator
from civic_assets.publish.member import REPORT


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the table; for monthly sources, with the groups that consist of the same offences as the year's."""
    facts.table(
        "bias_said",
        "area_code VARCHAR, said VARCHAR, measure VARCHAR, period_start DATE, period_end DATE, value DOUBLE, "
        "said_in VARCHAR",
        (
            {
                "area_code": one["area"], "said": one["said"], "measure": one["measure"], "period_start": one["start"],
                "period_end": one["end"], "value": one["value"], "said_in": one["where"],
            }
            for one in facts.vocabulary.claims["figures"]
        ),
    )  # fmt: skip
    there = facts.connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'quality' AND table_name = "
        "'report_table_2'"
    ).fetchone()
    facts.make_by_source(
        "quality.months_beside_years",
        _months(facts, bool(there and there[0])),
        after=("harmonised.crime_table", "harmonised.recorded_crime_beside", "quality.report_table_2"),
    )
    return ()


# The year that contains the month, otherwise the nearest one; for a sum of measures (`a+b`) both years are added. A
# series of months is judged by its median: a single unusual month is an outlier (V-21), not a wrong name. Synthetic
# years are not compared with anything.
def _months(facts: BiasFacts, report: bool) -> str:
    low, high, least = (facts.limit(f"scale_{name}") for name in ("low", "high", "count"))
    printed = f"""
    UNION ALL
    SELECT '{REPORT}', 'table 2', measure, '{facts.vocabulary.claims["area"]}', period_start, period_end, printed_value
    FROM quality.report_table_2 WHERE printed_quality = 'ok' AND printed_value IS NOT NULL"""
    return f"""
WITH exact AS (
    SELECT DISTINCT other_source AS source, measure FROM harmonised.recorded_crime_beside WHERE relation = 'exact'
),
classes AS (
    SELECT c.* FROM harmonised.recorded_crime_classes c
    JOIN exact e ON e.source = c.source AND e.measure = c.node
),
years AS (
    SELECT source, release, measure, area_code, period_start, period_end, value FROM harmonised.crime_table
    WHERE quality = 'ok' AND value IS NOT NULL AND NOT synthetic{printed if report else ""}
),
months AS (
    SELECT o.source, o.release, c.node AS measure, o.area_code, max(o.area_name) AS area_name, o.period_start,
        o.period_end, sum(o.value) AS value, min(o.locator) AS locator, '' AS said_in
    FROM harmonised.observations o JOIN classes c
        ON c.source = o.source AND c.release = o.release AND c.measure = o.measure AND c.breakdown = o.breakdown
    WHERE o.source IN (SELECT source FROM exact) AND o.period_start BETWEEN (SELECT min(period_start) FROM years) - 366
        AND (SELECT max(period_end) FROM years) + 366 AND o.period_kind = 'month' AND o.unit = 'count' AND
            o.statistic = 'flow'
    GROUP BY o.source, o.release, o.release_order, c.node, o.area_code, o.period_start, o.period_end
    HAVING count(o.value) = count(*)
    QUALIFY row_number() OVER (PARTITION BY o.source, c.node, o.area_code, o.period_start
        ORDER BY o.release_order DESC, o.release DESC) = 1
    UNION ALL
    SELECT '{REPORT}', 'text', measure, area_code, said, period_start, period_end, value, said_in, said_in
    FROM bias_said
),
sums AS (
    SELECT m.source, m.release, m.measure, m.area_code, m.area_name, m.period_start, m.period_end, m.value, m.locator,
        m.said_in, y.source AS year_source, y.release AS year_release, y.period_start AS year_period_start,
        y.period_end AS year_period_end, sum(y.value) AS year_value,
        abs(date_diff('day', y.period_start + ((y.period_end - y.period_start) // 2)::INTEGER, m.period_start))
            AS n_days_apart
    FROM months m JOIN years y ON y.area_code = m.area_code
        AND list_contains(string_split(m.measure, '+'), y.measure)
    GROUP BY ALL HAVING count(*) = len(string_split(m.measure, '+'))
)
SELECT *, median(ratio) OVER one AS usual_ratio, count(*) OVER one AS n_months,
    median(ratio) OVER one NOT BETWEEN {low} AND {high} AS outside
FROM (
    SELECT *, value / (year_value / 12) AS ratio FROM sums WHERE year_value >= {least}
        AND n_days_apart <= {NEIGHBOURING_YEAR_DAYS}
    QUALIFY row_number() OVER (PARTITION BY source, measure, area_code, period_start
        ORDER BY n_days_apart, year_source = '{REPORT}', year_source, year_period_end DESC) = 1
) WINDOW one AS (PARTITION BY source, measure, area_code)
ORDER BY source, measure, area_code, period_start"""
