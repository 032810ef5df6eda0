"""Rules about an area among its peers.

Belongs here: V-22. Does not belong here: an area against its own past (V-21, `rules.outliers_over_time`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, SERIES_NAMED
from civic_assets.house_numbers.statistics import (
    FEWEST_AREAS_OF_A_KIND,
    FUNNEL_EXPECTED_EVENTS,
    FUNNEL_LIMIT,
    WINSORISED_SHARE,
)
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_name

if TYPE_CHECKING:
    import pyarrow as pa


@rule(
    "V-22",
    "Outlier against peers (funnel)",
    dimension="accuracy",
    layer="validated",
    severity="info",
    statement="For each count with a denominator in the same release, every area lies within 3 standard deviations of "
    "an overdispersed Poisson funnel: E = N sum(O) / sum(N), phi the mean squared score, 10% winsorised on "
    "each side.",
    cannot_tell="whether the area or its recording differs; places where few people live and many visit; areas "
    "with fewer "
    "than 10 expected events",
    guidance="Check whether many visitors or a different way of recording explain it.",
)
def peers(release: ReleaseView) -> RuleOutcome:
    """V-22: one finding for each measure, the areas furthest outside first. The newest period of each measure."""
    bases = _bases(release)
    if not bases:
        return not_evaluated("no_reference", "the release prints no denominator for its counts")
    names = ["measure", "unit", "statistic", "breakdown", "area_type", "area_code", "area_name", "period_start",
             "period_end", "value", "locator"]  # fmt: skip
    with in_sql(o=release.observations.select(names), bases=_table(bases)) as connection:
        connection.execute(f"CREATE TEMP TABLE funnel AS {_FUNNEL}")
        (checked,) = connection.execute("SELECT count(*) FROM funnel").fetchone() or (0,)
        cursor = connection.execute(_OUTSIDE)
        columns = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if not checked:
        return not_evaluated(
            "no_input", f"no count has a denominator in {FEWEST_AREAS_OF_A_KIND} areas of the same kind"
        )
    by_measure: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_measure[row["measure"]].append(row)
    findings = [_outside(release, measure, found) for measure, found in by_measure.items()]
    return outcome_of(checked, findings, f"{counted(checked, 'count')}, all inside the funnel", len(rows))


def _bases(release: ReleaseView) -> dict[str, str]:
    """By count of the release what it is divided by in a rate, where the release holds that too."""
    there = set(release.observations["measure"].unique().to_pylist())
    found: dict[str, str] = {}
    for name in sorted(there):
        definition = measure_of(name, release.contract.source)
        if definition is None:
            continue
        count = definition.numerator or name
        bases = (rate.measure for rate in definition.rates.values())
        base = next((base for base in bases if base in there and base != count), None)
        if base is not None and count in there:
            found.setdefault(count, base)
    return found


def _table(bases: dict[str, str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"measure": list(bases), "base": list(bases.values())})


_FUNNEL = f"""
WITH counts AS (
    SELECT o.*, b.base, period_start + ((period_end - period_start) // 2)::INTEGER AS middle
    FROM o JOIN bases b USING (measure)
    WHERE unit = 'count' AND statistic = 'flow' AND value IS NOT NULL AND area_code NOT LIKE '%/%'
    QUALIFY period_end = max(period_end) OVER (PARTITION BY measure, breakdown)
),
paired AS (
    SELECT c.*, n.value AS base_value
    FROM counts c JOIN o n ON n.measure = c.base AND n.area_code = c.area_code AND n.unit = 'count' AND n.value > 0
        AND n.statistic IN ('stock', 'flow', 'mean_of_stocks')
        AND n.breakdown = c.breakdown
    -- The nearest that the publisher prints; how far it is from the period is another rule's question (H-04).
    QUALIFY row_number() OVER (PARTITION BY c.measure, c.breakdown, c.area_type, c.area_code
        ORDER BY abs(n.period_start - c.middle), n.period_start DESC, c.locator) = 1
),
expected AS (
    SELECT *, base_value * sum(value) OVER peers / sum(base_value) OVER peers AS expected, count(*) OVER peers AS n
    FROM paired WINDOW peers AS (PARTITION BY measure, breakdown, area_type)
),
scored AS (
    SELECT *, (value - expected) / sqrt(expected) AS z FROM expected
    WHERE n >= {FEWEST_AREAS_OF_A_KIND} AND expected >= {FUNNEL_EXPECTED_EVENTS}
),
winsorised AS (
    SELECT *, quantile_cont(z, {WINSORISED_SHARE}) OVER peers AS low,
        quantile_cont(z, {1 - WINSORISED_SHARE}) OVER peers AS high
    FROM scored WINDOW peers AS (PARTITION BY measure, breakdown, area_type)
),
spread AS (
    SELECT *, greatest(1, avg(pow(greatest(low, least(high, z)), 2))
        OVER (PARTITION BY measure, breakdown, area_type)) AS phi
    FROM winsorised
)
SELECT measure, breakdown, area_type, area_code, area_name, period_start, period_end, locator, value, expected, phi, n,
    z / sqrt(phi) AS score
FROM spread"""

_OUTSIDE = f"""SELECT * FROM funnel WHERE abs(score) > {FUNNEL_LIMIT}
ORDER BY measure, abs(score) DESC, area_code, breakdown"""


def _outside(release: ReleaseView, measure: str, rows: list[dict[str, Any]]) -> Finding:
    first = rows[0]

    def named(row: dict[str, Any]) -> str:
        classes = breakdown_words(row["breakdown"])
        of = f", {classes}" if classes else ""
        name = row["area_name"] or row["area_code"]
        return f"{name} {row['value']:,.0f} (about {row['expected']:,.0f} expected from similar areas{of})"

    message = (
        f"{first['locator']}: {counted(len(rows), 'figure')} of {measure_name(release.contract, measure)} "
        f"{'lies' if len(rows) == 1 else 'lie'} more than {FUNNEL_LIMIT} standard deviations from the rate of areas "
        f"of the same kind: {'; '.join(named(row) for row in rows[:SERIES_NAMED])}"
        f"{'; and others' if len(rows) > SERIES_NAMED else ''}."
    )
    return Finding(
        "V-22", message, first["locator"], [row["locator"] for row in rows[:CELLS_OF_A_FINDING]], severity="info",
        measure=measure, area_code=first["area_code"], period_start=str(first["period_start"]),
        period_end=str(first["period_end"]), observed=f"{first['value']:.0f}",
        expected=f"about {first['expected']:.0f}",
        evidence={"figures": len(rows), "peers": first["n"], "phi": round(first["phi"], 2),
                  "scores": {row["locator"]: round(row["score"], 2) for row in rows[:CELLS_OF_A_FINDING]}},
    )  # fmt: skip
