"""Which count may be divided by which denominator in the derived tables: `quality.comparability_rates`.

Belongs here: the pairs that an indicator could divide, and judging each distinct kind of pair once. Does not belong
here: the judgement (`civic_assets.harmonise.comparability.verdict`), and choosing the denominator and dividing
(`indicator_figures`).

A table that divides without asking would publish a rate that `compare` refuses. Hundreds of areas raise the same
question, so pairs are numbered by everything that decides, the class of the area included, and one pair of each number
is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure, ages_of_group
from civic_assets.harmonise.comparability.verdict import Operation, Verdict, judge
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.house_numbers.comparability import NO_DENOMINATOR_DAYS
from civic_assets.publish.profiles.baseline_series import area_class
from civic_assets.values.periods import Period, PeriodKind, Statistic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Grounds: TypeAlias = dict[tuple[str, str], str]
"""By source and the code that it prints: the partnership whose larger ground the figures cover."""


def create_permitted_rates(connection: DuckDBPyConnection, breaks: Sequence[Break]) -> None:
    """Create `quality.comparability_rates`.

    Args:
        connection: Connection to a read model with `harmonised.indicator_figures` and `harmonised.profile_areas`.
        breaks: All breaks; areas that are covered by the same of them are in one class.
    """
    import pyarrow as pa

    places = connection.execute(
        """SELECT DISTINCT area_code, force_code FROM harmonised.indicator_figures
        LEFT JOIN harmonised.profile_areas USING (area_code) ORDER BY area_code"""
    ).fetchall()
    grounds = _grounds(connection)
    classes = pa.table(
        {
            "area_code": pa.array([code for code, _ in places], pa.string()),
            "area_class": pa.array(
                [area_class(code, force, breaks) + _counted_with(code, grounds) for code, force in places],
                pa.string(),
            ),
        }
    )
    connection.register("rate_classes", classes)
    connection.execute(_PAIRS)
    connection.unregister("rate_classes")
    schema = pa.schema(
        [("question", pa.int64()), ("allowed", pa.bool_()), ("reasons", pa.list_(pa.string()))]
    )
    connection.register("rate_answers", pa.Table.from_pylist(_answers(connection, grounds), schema=schema))
    connection.execute(_TABLE)
    connection.unregister("rate_answers")
    connection.execute("DROP TABLE rate_pairs")


def _grounds(connection: DuckDBPyConnection) -> Grounds:
    printed = connection.execute(
        """SELECT DISTINCT source, area_code, partnership_code FROM harmonised.figures_in_use
        WHERE partnership_code <> area_code AND source IN (SELECT DISTINCT source FROM harmonised.indicator_figures)
        ORDER BY ALL"""
    ).fetchall()
    register = AreaRegister.shipped()
    found = {
        (source, code): register.counted_ground(code, partnership) for source, code, partnership in printed
    }
    return {printed_as: ground for printed_as, ground in found.items() if ground != printed_as[1]}


def _counted_with(code: str, grounds: Grounds) -> str:
    """What keeps an area apart from others of its class, because some sources count it with other ground."""
    return "".join(f";{source}={ground}" for (source, of), ground in grounds.items() if of == code)


def _answers(connection: DuckDBPyConnection, grounds: Grounds) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT * FROM rate_pairs QUALIFY row_number() OVER (PARTITION BY question ORDER BY area_code) = 1 "
        "ORDER BY question"
    )
    names = [column[0] for column in cursor.description or ()]
    register, rows = AreaRegister.shipped(), []
    for values in cursor.fetchall():
        pair = dict(zip(names, values, strict=True))
        # A count that is a sum (`a+b`) may be divided if each of its parts may be.
        verdicts = [
            _verdict({**pair, "measure": measure}, register, grounds)
            for measure in pair["measure"].split("+")
        ]
        reasons = dict.fromkeys(text for verdict in verdicts for text in verdict.as_answer().reasons)
        allowed = all(verdict.allowed for verdict in verdicts)
        rows.append({"question": pair["question"], "allowed": allowed, "reasons": list(reasons)})
    return rows


def _verdict(pair: dict[str, Any], register: AreaRegister, grounds: Grounds) -> Verdict:
    count, base = (_figure(pair, side, register, grounds) for side in ("", "base_"))
    return judge(count, base, register)[Operation.RATE]


def _figure(pair: dict[str, Any], side: str, register: AreaRegister, grounds: Grounds) -> ComparedFigure:
    source, measure, breakdown = (str(pair[f"{side}{name}"]) for name in ("source", "measure", "breakdown"))
    definition = measure_of(measure, source)
    if definition is None:
        raise AssertionError(f"vocabularies/indicators.yaml names {measure}, which {source} does not have")
    code = pair["area_code"]
    area = register.find(code) or AreaFacts(code, code, "area")
    ground = grounds.get((source, code))
    return ComparedFigure(
        name="",
        source=source,
        measure=measure,
        definition=definition,
        # The answer is for all areas of a class; one whose figures cover other ground is a class of its own.
        area=area if ground else replace(area, name="this area"),
        ground=register.find(ground) if ground else None,
        period=Period(
            pair[f"{side}period_start"], pair[f"{side}period_end"], PeriodKind(pair[f"{side}period_kind"])
        ),
        statistic=Statistic(pair[f"{side}statistic"]),
        unit="count",
        breakdown=breakdown,
        ages=ages_of_group(definition, breakdown),
        value=1.0,  # any usable number: its size decides nothing
    )


_SIDE = ("source", "measure", "breakdown", "statistic", "period_start", "period_end", "period_kind")
_KIND = ", ".join([*_SIDE, *(f"base_{name}" for name in _SIDE)])
_PAIRS = f"""CREATE TEMP TABLE rate_pairs AS
WITH pairs AS (
    SELECT DISTINCT c.indicator, c.area_code, {", ".join(f"c.{name}" for name in _SIDE)},
        {", ".join(f"b.{name} AS base_{name}" for name in _SIDE)}
    FROM harmonised.indicator_figures c JOIN harmonised.indicator_figures b USING (indicator, area_code)
    WHERE c.role = 'count' AND b.role = 'denominator' AND c.usable AND b.usable
      -- As the macro chooses a denominator: residents of the nearest mid-year, or the cohort or roll of the same year.
      AND (b.period_start >= c.period_start AND b.period_end <= c.period_end
        OR b.whom = 'residents' AND abs(date_diff('day', b.period_start, c.period_start
               + (date_diff('day', c.period_start, c.period_end) // 2)::INTEGER)) <= {NO_DENOMINATOR_DAYS})
)
SELECT pairs.*, dense_rank() OVER (ORDER BY {_KIND}, area_class) AS question
FROM pairs JOIN rate_classes USING (area_code)"""

_TABLE = f"""CREATE TABLE quality.comparability_rates AS
SELECT indicator, area_code, {_KIND}, allowed, reasons FROM rate_pairs JOIN rate_answers USING (question)
ORDER BY indicator, area_code, {_KIND}"""
