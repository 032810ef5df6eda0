"""Pairs of figures that our tables show together, and what may be done with each pair: `quality.comparability`.

Belongs here: the pairs of `harmonised.area_profile`, `harmonised.crime_table` and `harmonised.indicator_baseline`,
and judging each distinct kind of pair once. Does not belong here: the judgement
(`civic_assets.harmonise.comparability.verdict`) and answers to a user's question
(`civic_assets.publish.queries.compare`).

Hundreds of areas raise the same question: a borough's burglary in one year and in the year before. The answer depends
on the class of the area (the breaks of the register that cover it), so pairs are numbered by everything that decides,
and one pair of each number is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from civic_assets.answers.document import as_document
from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure, ages_of_group
from civic_assets.harmonise.comparability.publisher_notes import about
from civic_assets.harmonise.comparability.verdict import Operation, judge
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.harmonise.notes.kinds import FigureTraits
from civic_assets.publish.profiles.baseline import Pair
from civic_assets.publish.profiles.baseline_series import area_class
from civic_assets.values.periods import Period, PeriodKind, Statistic

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.comparability.breaks import Break
    from civic_assets.harmonise.notes.figures import NoteEffect

USED = (Operation.COMPARE, Operation.SUM, Operation.SIDE_BY_SIDE)
"""Operations that a reader who sees two figures in one table may think of."""
_THIS = "this area"


def allowed_by_judgement(pair: Pair, notes: Sequence[NoteEffect] = ()) -> tuple[bool, list[str]]:
    """Whether a later figure may be called higher or lower than an earlier one, as `compare` answers, for a baseline.

    Args:
        pair: Two figures; a measure that is a sum (`a+b`) is judged part by part.
        notes: Effects of publishers' notes.
    """
    register = AreaRegister.shipped()
    area = register.find(pair.area_code) or AreaFacts(pair.area_code, pair.area_code, "area")
    within = tuple(register.above(pair.area_code))
    reasons: dict[str, bool] = {}
    for name in pair.measure.split("+"):
        definition = measure_of(name, pair.source)
        if definition is None:
            return False, [f"There is no measure {name}."]
        earlier, later = (
            ComparedFigure(
                name="",
                source=pair.source,
                measure=name,
                definition=definition,
                area=replace(area, name=_THIS),
                period=period,
                statistic=Statistic(pair.statistic),
                unit=pair.unit,
                breakdown=pair.breakdown,
                ages=ages_of_group(definition, pair.breakdown),
                release=release,
                value=0.0,  # any usable number: its size decides nothing
                notes=about(notes, pair.source, name, pair.area_code, release, within),
            )
            for period, release in ((pair.earlier, pair.earlier_release), (pair.later, pair.later_release))
        )
        verdict = judge(earlier, later, register)[Operation.COMPARE]
        reasons |= {reason.text: reason.refuses for reason in verdict.reasons}
    return not any(reasons.values()), sorted(reasons, key=lambda text: not reasons[text])


def create_comparability(
    connection: DuckDBPyConnection, breaks: Sequence[Break], notes: Sequence[NoteEffect] = ()
) -> None:
    """Create `quality.comparability` (a view), `quality.comparability_pairs` and `quality.comparability_verdicts`.

    Args:
        connection: Connection to a read model with the report's tables.
        breaks: All breaks.
        notes: Effects of publishers' notes.
    """
    import pyarrow as pa

    connection.execute(f"CREATE TEMP TABLE sides AS {_SIDES}")
    places = connection.execute(
        """SELECT DISTINCT s.area_code, p.force_code FROM sides s LEFT JOIN harmonised.profile_areas p USING (area_code)
        ORDER BY s.area_code"""
    ).fetchall()
    classes = pa.table(
        {
            "area_code": pa.array([code for code, _ in places], pa.string()),
            "area_class": pa.array(
                [area_class(code, force, breaks, notes) for code, force in places], pa.string()
            ),
        }
    )
    connection.register("incoming_classes", classes)
    connection.execute("CREATE TEMP TABLE side_classes AS SELECT * FROM incoming_classes")
    connection.unregister("incoming_classes")
    connection.execute(f"CREATE TABLE quality.comparability_pairs AS {_PAIRS}")
    connection.register("incoming_verdicts", _verdicts(connection, notes))
    connection.execute(
        "CREATE TABLE quality.comparability_verdicts AS SELECT * FROM incoming_verdicts ORDER BY question, operation"
    )
    connection.unregister("incoming_verdicts")
    connection.execute("DROP TABLE sides")
    connection.execute("DROP TABLE side_classes")
    connection.execute(
        """CREATE OR REPLACE VIEW quality.comparability AS
        SELECT p.* EXCLUDE (question), v.operation, v.allowed, v.rules, v.reasons
        FROM quality.comparability_pairs p JOIN quality.comparability_verdicts v USING (question)"""
    )


def _verdicts(connection: DuckDBPyConnection, notes: Sequence[NoteEffect]) -> pa.Table:
    import pyarrow as pa

    cursor = connection.execute(
        "SELECT * FROM quality.comparability_pairs QUALIFY row_number() OVER (PARTITION BY question ORDER BY "
        "area_code_a) = 1"
        " ORDER BY question"
    )
    names = [column[0] for column in cursor.description or ()]
    register = AreaRegister.shipped()
    rows: list[dict[str, Any]] = []
    for values in cursor.fetchall():
        pair = dict(zip(names, values, strict=True))
        a, b = (_series(pair, letter, register, notes) for letter in "ab")
        if a is None or b is None:
            continue
        for operation, verdict in judge(a, b, register).items():
            if operation in USED:
                rows.append(
                    {
                        "question": pair["question"],
                        "operation": str(operation),
                        **as_document(verdict.as_answer()),
                    }
                )
    schema = pa.schema(
        [("question", pa.int64()), ("operation", pa.string()), ("allowed", pa.bool_())]
        + [(name, pa.list_(pa.string())) for name in ("rules", "reasons")]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _series(
    pair: dict[str, Any], letter: str, register: AreaRegister, notes: Sequence[NoteEffect]
) -> ComparedFigure | None:
    """One side of a pair; its area is called `this area`, because the verdict applies to all areas of its class."""
    side = {
        name.removesuffix(f"_{letter}"): value for name, value in pair.items() if name.endswith(f"_{letter}")
    }
    definition = measure_of(side["measure"], side["source"])
    if definition is None:
        return None
    code = side["area_code"]
    area = register.find(code) or AreaFacts(code, code, side["area_type"] or "area")
    number = side["state"] == "number"
    # The answer is for all areas of a class, whatever their values.
    traits = FigureTraits(Statistic(side["statistic"]), side["unit"], code)
    return ComparedFigure(
        name="",
        source=side["source"],
        measure=side["measure"],
        definition=definition,
        area=replace(area, name=_THIS if code == pair["area_code_a"] else area.name),
        period=Period(side["period_start"], side["period_end"], PeriodKind(side["period_kind"])),
        statistic=Statistic(side["statistic"]),
        unit=side["unit"],
        breakdown=side["breakdown"],
        ages=ages_of_group(definition, side["breakdown"]),
        release=side["release"],
        value=0.0 if number or side["state"] in ("disputed", "withheld") else None,
        status=None if number else side["state"],
        quality=side["state"] if side["state"] in ("disputed", "withheld") else "ok",
        notes=about(
            notes, side["source"], side["measure"], code, side["release"], tuple(register.above(code)), traits
        ),
    )


# The figure of each indicator and area that a profile shows: the newest of its series. The first measure of a sum
# represents all of them.
_SIDES = """
SELECT indicator, role, source, split_part(measure, '+', 1) AS measure, breakdown, unit, area_code, period_start,
    period_end, period_kind, statistic, release,
    CASE WHEN quality <> 'ok' THEN quality WHEN value IS NULL THEN coalesce(status, 'absent') ELSE 'number' END AS state
FROM harmonised.indicator_figures WHERE role IN ('count', 'rate')
QUALIFY row_number() OVER (
    PARTITION BY indicator, area_code
    ORDER BY period_end DESC, role = 'rate' DESC, series, release_order DESC, locators) = 1
"""
_SIDE = [
    "source",
    "measure",
    "breakdown",
    "unit",
    "area_code",
    "area_type",
    "period_start",
    "period_end",
    "period_kind",
    "statistic",
    "release",
    "state",
]
_PAIRED = ", ".join(f"{letter}.{name} AS {name}_{letter}" for letter in "ab" for name in _SIDE)
_DECIDES = ", ".join(
    [f"{name}_{letter}" for letter in "ab" for name in _SIDE if name != "area_code"]
    + ["class_a", "class_b", "same_area", "CASE WHEN same_area THEN '' ELSE area_code_b END"]
)
_PAIRS = f"""
WITH figures AS (
    SELECT s.*, p.area_type, c.area_class, coalesce(p.authority, false) AS authority
    FROM sides s LEFT JOIN harmonised.profile_areas p USING (area_code) LEFT JOIN side_classes c USING (area_code)
),
crime AS (
    SELECT t.source, t.measure, 'total' AS breakdown, 'count' AS unit, t.area_code, 'local_authority' AS area_type,
        t.period_start, t.period_end, 'rolling_year' AS period_kind, 'flow' AS statistic, t.release,
        CASE WHEN t.quality <> 'ok' THEN t.quality WHEN t.value IS NULL THEN coalesce(t.status, 'absent')
            ELSE 'number' END AS state,
        coalesce(c.area_class, '') AS area_class, t.previous_period_start, t.previous_period_end
    FROM harmonised.crime_table t LEFT JOIN side_classes c USING (area_code)
    WHERE t.basis = 'published'  -- a sum of partnerships is no series of a publisher
),
pairs AS (
    SELECT 'crime_table' AS shown_in, 'the year before in the table' AS beside, {_PAIRED},
        a.area_class AS class_a, b.area_class AS class_b, true AS same_area
    FROM crime a JOIN crime b ON b.area_code = a.area_code AND b.measure = a.measure
        AND b.period_start = a.previous_period_start AND b.period_end = a.previous_period_end
    UNION ALL
    SELECT 'area_profile', CASE b.area_code WHEN 'E92000001' THEN 'England' ELSE 'London' END, {_PAIRED},
        a.area_class, b.area_class, false
    FROM figures a JOIN figures b USING (indicator)
    WHERE a.authority AND b.area_code IN ('E12000007', 'E92000001') AND a.role = b.role
    UNION ALL
    SELECT 'area_profile', 'another indicator of the area', {_PAIRED}, a.area_class, b.area_class, true
    FROM figures a JOIN figures b ON a.area_code = b.area_code AND a.indicator < b.indicator
    WHERE a.authority
)
SELECT * EXCLUDE (class_a, class_b, same_area), dense_rank() OVER (ORDER BY {_DECIDES}) AS question
FROM pairs ORDER BY shown_in, beside, area_code_a, measure_a, breakdown_a, period_start_a, measure_b,
    area_code_b, breakdown_b
"""
