"""The sums and rates that derived tables publish, as pairs of figures that the judgement can be asked about.

Every distinct kind of rate is asked about, and a sample by hash, the same in every run, of the sums over times, areas,
classes and ages.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from duckdb import DuckDBPyConnection

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure, ages_of_group
from civic_assets.harmonise.comparability.verdict import Operation, judge
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.values.periods import Period, PeriodKind, Statistic

Row = dict[str, Any]

_SIDE = (
    "source, measure, breakdown, unit, area_code, period_start, period_end, period_kind, statistic, release"
)

RATES = f"""
WITH shown AS (
    SELECT DISTINCT ON (v.indicator, v.count_source, v.count_measure, v.count_breakdown, v.period_start, v.period_end,
        v.denominator_source, v.denominator_measure, v.denominator_ages, v.denominator_date, area_kind) v.*
    FROM (SELECT *, left(area_code, 3) AS area_kind FROM harmonised.indicator_values_as_of(DATE '9999-12-31')) v
    WHERE v.rate_recomputed IS NOT NULL ORDER BY hash(v.area_code)
)
SELECT c AS top, d AS base FROM shown s
JOIN (SELECT {_SIDE}, indicator, role FROM harmonised.indicator_figures) c ON c.role = 'count'
 AND c.indicator = s.indicator AND c.area_code = s.area_code AND c.source = s.count_source
 AND c.release = s.count_release AND c.measure = s.count_measure AND c.breakdown = s.count_breakdown
 AND c.period_start = s.period_start AND c.period_end = s.period_end
JOIN (SELECT {_SIDE}, indicator, role, ages FROM harmonised.indicator_figures) d ON d.role = 'denominator'
 AND d.indicator = s.indicator AND d.area_code = s.area_code AND d.source = s.denominator_source
 AND d.release = s.denominator_release AND d.measure = s.denominator_measure AND d.ages = s.denominator_ages
 AND d.period_start = s.denominator_date"""

TIMES = """
WITH made AS (
    SELECT * FROM harmonised.unified_figures JOIN harmonised.unified_sums s
        USING (source, measure, area_code, breakdown, unit, statistic, period_start, period_end)
    WHERE s.value IS NOT NULL AND s.basis = 'one_release'
      AND hash(source, measure, area_code, breakdown, period_start) % 997 = 11
)
SELECT source, measure, breakdown, unit, area_code, statistic, period_end AS whole_end, part_start AS period_start,
    part_end AS period_end, made.release, p.period_kind
FROM made JOIN (SELECT DISTINCT made_from, position, period_kind FROM harmonised.unified_parts) p
    ON p.made_from = made.made_from AND p.position = made.position
ORDER BY source, measure, breakdown, area_code, whole_end, part_start"""

CLASSES = f"""
SELECT c.node, o.* FROM (SELECT {_SIDE} FROM harmonised.figures_in_use) o
JOIN harmonised.recorded_crime_classes c USING (source, release, measure, breakdown)
WHERE c.node IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source, release, measure, breakdown ORDER BY hash(area_code, period_start)) = 1
ORDER BY source, release, node, breakdown"""

AGES = """
WITH made AS (
    SELECT *, parts FROM harmonised.age_bands WHERE n_parts > 1 AND value IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY source, measure, breakdown, period_start ORDER BY hash(area_code)) = 1
)
SELECT source, release, measure, area_code, period_start, period_end, period_kind, statistic, unit,
    list_transform(parts, lambda part: part.breakdown) AS breakdowns FROM made"""


TERMS = f"""
SELECT {_SIDE}, string_split(measure, '+') AS measures FROM harmonised.indicator_figures
WHERE contains(measure, '+') AND value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source, measure, breakdown, unit, period_start ORDER BY hash(area_code)) = 1"""

PLACES = f"""
SELECT {_SIDE}, a.authority_code FROM harmonised.latest o JOIN catalogue.output_areas a USING (area_code)
WHERE source = 'police_uk' AND a.authority_code IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY source, measure, breakdown, period_start, a.authority_code ORDER BY hash(area_code)) <= 2
ORDER BY hash(measure, breakdown, period_start, a.authority_code), area_code LIMIT 500"""


def published(connection: DuckDBPyConnection) -> Iterator[tuple[Operation, str, Row, Row]]:
    """Every pair: the operation that a table applies, the table, and both figures.

    Args:
        connection: Connection to a read model.
    """
    for row in _rows(connection, RATES):
        for measure in row["top"]["measure"].split("+"):
            yield Operation.RATE, "area_profile", {**row["top"], "measure": measure}, row["base"]
    times = _rows(connection, TIMES)
    for before, after in pairwise(times):
        one = ("source", "measure", "breakdown", "area_code", "whole_end")
        if all(before[name] == after[name] for name in one):
            yield Operation.SUM, "unified_periods", before, after
    for before, after in pairwise(_rows(connection, CLASSES)):
        if all(before[name] == after[name] for name in ("source", "release", "measure", "node")):
            other = {
                name: before[name] for name in ("area_code", "period_start", "period_end", "period_kind")
            }
            yield Operation.SUM, "recorded_crime_beside", before, {**after, **other}
    for before, after in pairwise(_rows(connection, PLACES)):
        if all(
            before[name] == after[name] for name in ("measure", "breakdown", "period_start", "authority_code")
        ):
            yield Operation.SUM, "police_uk_by_authority", before, after
    for row in _rows(connection, TERMS):
        for first, second in pairwise(row["measures"]):
            yield Operation.SUM, "indicator_figures", {**row, "measure": first}, {**row, "measure": second}
    for row in _rows(connection, AGES):
        for first, second in pairwise(row["breakdowns"]):
            yield Operation.SUM, "age_bands", {**row, "breakdown": first}, {**row, "breakdown": second}


def refused(operation: Operation, a: Row, b: Row, register: AreaRegister) -> list[str]:
    """Why the judgement refuses an operation; nothing if it allows it."""
    verdict = judge(_figure(a, register), _figure(b, register), register)[operation]
    return [reason.text for reason in verdict.reasons if reason.refuses]


def _figure(row: Row, register: AreaRegister) -> ComparedFigure:
    definition = measure_of(row["measure"], row["source"])
    assert definition is not None
    code = row["area_code"]
    return ComparedFigure(
        name="",
        source=row["source"],
        measure=row["measure"],
        definition=definition,
        area=register.find(code) or AreaFacts(code, code, "area"),
        period=Period(row["period_start"], row["period_end"], PeriodKind(row["period_kind"])),
        statistic=Statistic(row["statistic"]),
        unit=row["unit"],
        breakdown=row["breakdown"],
        ages=ages_of_group(definition, row["breakdown"]),
        release=row["release"],
        value=1.0,
    )


def _rows(connection: DuckDBPyConnection, sql: str) -> list[Row]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
