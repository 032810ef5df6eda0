"""Rules about figures that were published before, under another date.

Belongs here: K-06. Does not belong here: bytes that were published before (R-01, `rules.file`), rows that appear twice
(V-01, `rules.schema`) and revisions of the same period.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.calendar import OLD_FILE_RELEASES
from civic_assets.house_numbers.listing import REPEATED_COLUMNS_LISTED
from civic_assets.house_numbers.statistics import REPEATED_BITS
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_name, period_name

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = [
    "measure",
    "breakdown",
    "area_code",
    "period_start",
    "period_end",
    "unit",
    "statistic",
    "value",
    "locator",
]

# Which periods of a measure have the same figures in all areas. A figure that two tables or releases give for one
# period is one figure; `now` says that the release under examination prints the period.
_EQUAL = f"""
WITH counts AS (
        FROM o WHERE unit = 'count' AND statistic = 'flow' AND value IS NOT NULL
    ),
    once AS (
        SELECT measure, breakdown, period_start, period_end, area_code, any_value(value ORDER BY now DESC) AS value,
            bool_or(now) AS now, any_value(locator ORDER BY now DESC) AS locator
        FROM counts GROUP BY ALL
    ),
    vectors AS (
        SELECT measure, breakdown, period_start, period_end, bool_or(now) AS now, count(*) AS areas,
            sum(value) AS total, sum(hash(area_code, value)::HUGEINT) AS print, min_by(locator, area_code) AS locator,
            sum(log2(2 * sqrt(pi() * greatest(abs(value), 1 / (4 * pi()))))) AS bits
        FROM once GROUP BY ALL
    )
SELECT a.measure, a.breakdown, a.period_start, a.period_end, b.period_start AS other_start, b.period_end AS other_end,
    a.areas, a.total, a.locator, b.locator AS other_locator, b.now AS both_here
FROM vectors a JOIN vectors b
    ON a.measure = b.measure AND a.breakdown = b.breakdown AND a.areas = b.areas AND a.total = b.total
    AND a.print = b.print AND a.period_end > b.period_end AND a.period_start > b.period_start
WHERE a.now AND a.bits >= {REPEATED_BITS}
QUALIFY row_number() OVER (PARTITION BY a.measure, a.breakdown, a.period_start ORDER BY b.period_end DESC) = 1
ORDER BY a.measure, a.breakdown, a.period_start
"""
_NUMBER = """
SELECT count(*) FROM (
    SELECT DISTINCT measure, breakdown, period_start, period_end FROM o
    WHERE now AND unit = 'count' AND statistic = 'flow' AND value IS NOT NULL
)
"""


@rule(
    "K-06",
    "Figures of the right period",
    dimension="timeliness",
    layer="validated",
    severity="warning",
    statement="No measure has the same counts in all areas for two periods, in this release or the four before it, "
    "unless the probability of that by chance is above one in 2^40 (Poisson counts).",
    cannot_tell="an old column in which single figures were changed; small counts that repeat by chance",
    guidance="Ask the publisher which period the figures are for.",
)
def own_figures(release: ReleaseView) -> RuleOutcome:
    """K-06: last year's column under this year's header, or an old file under a new title; one finding per period."""
    import pyarrow as pa

    earlier = (
        columns_of(release.history, name, _COLUMNS) for name in list(release.history)[-OLD_FILE_RELEASES:]
    )
    tables = [
        _plain(table, now)
        for table, now in chain(((t, False) for t in earlier), [(release.observations, True)])
    ]
    with in_sql(o=pa.concat_tables(tables)) as connection:
        (number,) = connection.execute(_NUMBER).fetchone() or (0,)
        if not number:
            return not_evaluated("no_input", "no counts of events")
        cursor = connection.execute(_EQUAL)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    findings = [_finding(release, row) for row in rows[:REPEATED_COLUMNS_LISTED]]
    return outcome_of(
        number, findings, f"{counted(number, 'measure and period', 'measures and periods')}", len(rows)
    )


def _plain(table: pa.Table, now: bool) -> pa.Table:
    """Columns of a release with texts as plain texts, so that releases can be stacked."""
    import pyarrow as pa

    few = table.select(_COLUMNS)
    texts = [name for name in _COLUMNS if pa.types.is_dictionary(few.schema.field(name).type)]
    for name in texts:
        few = few.set_column(few.column_names.index(name), name, few[name].cast(pa.string()))
    return few.append_column("now", pa.repeat(pa.scalar(now), few.num_rows))


def _finding(release: ReleaseView, row: dict[str, Any]) -> Finding:
    name = measure_name(release.contract, row["measure"])
    classes = breakdown_words(row["breakdown"])
    what = f"{name} ({classes})" if classes else name
    where = f"at {row['other_locator']} of this release" if row["both_here"] else "in an earlier release"
    message = (
        f"{row['locator']}: {what} for {period_name(row['period_start'], row['period_end'])} repeats the figures for "
        f"{period_name(row['other_start'], row['other_end'])} ({where}): {counted(row['areas'], 'area')} "
        f"{'has' if row['areas'] == 1 else 'have'} the same figures, {row['total']:,.0f} in total. One of the two has "
        "the wrong date."
    )
    return Finding(
        "K-06",
        message,
        row["locator"],
        [row["locator"]],
        severity="warning",
        measure=row["measure"],
        period_start=str(row["period_start"]),
        period_end=str(row["period_end"]),
        observed=f"figures of {row['other_start']}/{row['other_end']}",
        expected="figures of its own period",
    )
