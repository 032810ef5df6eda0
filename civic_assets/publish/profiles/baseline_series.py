"""The disjoint periods of each indicator and area, backwards from the latest: temporary tables for `baseline`.

Belongs here: the series that an indicator's history is taken from, and the periods of it that share no day. Does not
belong here: which of them is the baseline, and whether it may be compared (`baseline`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.publish.profiles.area_profile import ALWAYS

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.notes.figures import NoteEffect


def create_chain(
    connection: DuckDBPyConnection, breaks: Sequence[Break], notes: Sequence[NoteEffect] = ()
) -> None:
    """Create the temporary tables `baseline_points`, `baseline_classes` and `baseline_chain`.

    Args:
        connection: Connection to a read model with `harmonised.indicator_values_as_of` and `harmonised.crime_table`.
        breaks: All breaks; areas that are covered by the same of them are in one class.
        notes: Effects of publishers' notes, which divide the classes in the same way.
    """
    import pyarrow as pa

    connection.execute(_POINTS)
    places = connection.execute(
        """SELECT DISTINCT area_code, force_code
        FROM baseline_points LEFT JOIN harmonised.profile_areas USING (area_code) ORDER BY area_code"""
    ).fetchall()
    classes = {code: area_class(code, force, breaks, notes) for code, force in places}
    table = {"area_code": list(classes), "area_class": list(classes.values())}
    connection.register("incoming_classes", pa.table(table, schema=_class_schema()))
    connection.execute("CREATE TEMP TABLE baseline_classes AS SELECT * FROM incoming_classes")
    connection.unregister("incoming_classes")
    connection.execute(_CHAIN)


def _class_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("area_code", pa.string()), ("area_class", pa.string())])


def area_class(
    code: str, force: str | None, breaks: Sequence[Break], notes: Sequence[NoteEffect] = ()
) -> str:
    """The breaks and notes that cover an area, as a class: a comparison has the same result in all areas of a class."""
    within = (force,) if force else ()
    # An entry for several sources is one break for each, with one scope.
    scopes = {one.id: one.areas for one in breaks if one.areas is not None}
    here = {name for name, areas in scopes.items() if areas.covers(code, within)}
    covering = [str(number) for number, one in enumerate(breaks) if one.id in here]
    noted = [f"n{number}" for number, note in enumerate(notes) if note.areas and note.covers(code, within)]
    return ",".join(covering + noted)


# One point is one period of the longest series: of a count if that is as new as the rate, because a count has an
# uncertainty. Recorded crime has counts; its population is that of one mid-year, so no rate is compared.
_POINTS = f"""CREATE TEMP TABLE baseline_points AS
WITH figures AS (
    SELECT f.indicator, f.role, f.source, f.measure, f.breakdown, f.unit, f.statistic, f.series, f.release,
        f.release_order, f.area_code, f.area_name, f.period_start, f.period_end, f.period_kind, f.value, f.status,
        f.quality, f.usable, f.locators, f.abnormal_share, f.publisher_notes, f.series_title
    FROM harmonised.indicator_figures f WHERE f.role IN ('count', 'rate')
    QUALIFY row_number() OVER (
        PARTITION BY f.indicator, f.role, f.source, f.series, f.area_code, f.period_start, f.period_end
        ORDER BY f.release_order DESC, f.release DESC) = 1
),
series AS (
    SELECT indicator, area_code, role, source, series FROM figures GROUP BY indicator, area_code, role, source, series
    QUALIFY row_number() OVER (
        PARTITION BY indicator, area_code ORDER BY max(period_end) DESC, role = 'count' DESC, series, source) = 1
),
ours AS (
    SELECT f.indicator, coalesce(nullif(f.series_title, ''), i.title) AS title, i.events, i.per,
        i.unit_of_rate, f.role, f.source, f.measure, f.breakdown, f.unit,
        f.statistic, f.release, f.area_code, f.area_name, f.period_start, f.period_end, f.period_kind, f.status,
        f.quality, f.usable, f.locators, f.abnormal_share, f.publisher_notes,
        CASE WHEN f.role = 'count' AND f.usable THEN f.value END AS count,
        CASE WHEN f.role = 'count' AND f.usable THEN v.denominator END AS base,
        v.denominator_release AS base_release,
        CASE WHEN f.role = 'rate' AND f.usable THEN f.value
             WHEN f.role = 'count' THEN v.rate_recomputed END AS rate
    FROM figures f JOIN series USING (indicator, area_code, role, source, series)
    JOIN harmonised.indicators i USING (indicator)
    LEFT JOIN harmonised.indicator_values_as_of({ALWAYS}) v
      ON v.indicator = f.indicator AND v.area_code = f.area_code AND v.period_start = f.period_start
     AND v.period_end = f.period_end
),
crime AS (
    SELECT measure AS indicator, replace(measure, '_', ' ') AS title, true AS events, 1000 AS per,
        'per_1000_population' AS unit_of_rate, 'count' AS role, source, measure, 'total' AS breakdown, 'count' AS unit,
        'flow' AS statistic, release, area_code, area_name, period_start, period_end, 'rolling_year' AS period_kind,
        status, quality, value IS NOT NULL AND quality = 'ok' AS usable, [locator] AS locators, abnormal_share,
        publisher_notes,
        CASE WHEN quality = 'ok' THEN value END AS count, NULL::DOUBLE AS base, NULL AS base_release,
        NULL::DOUBLE AS rate
    FROM harmonised.crime_table WHERE basis = 'published'
)
SELECT * FROM ours UNION ALL BY NAME SELECT * FROM crime"""

# Backwards from the latest period, each time to the newest of the same length that ends before it begins.
_CHAIN = """CREATE TEMP TABLE baseline_chain AS
WITH RECURSIVE steps AS (
    SELECT a.indicator, a.area_code, a.period_start, a.period_end, max(b.period_end) AS before_end
    FROM baseline_points a LEFT JOIN baseline_points b
      ON b.indicator = a.indicator AND b.area_code = a.area_code AND b.period_end <= a.period_start
     AND abs((b.period_end - b.period_start) - (a.period_end - a.period_start)) <= 1
    GROUP BY ALL
),
chain AS (
    SELECT * FROM steps
    QUALIFY row_number() OVER (PARTITION BY indicator, area_code ORDER BY period_end DESC, period_start DESC) = 1
    UNION ALL
    SELECT s.* FROM chain c JOIN steps s
      ON s.indicator = c.indicator AND s.area_code = c.area_code AND s.period_end = c.before_end
     AND abs((s.period_end - s.period_start) - (c.period_end - c.period_start)) <= 1
)
SELECT p.*, k.area_class,
    p.period_end = max(p.period_end) OVER (PARTITION BY p.indicator, p.area_code) AS is_latest
FROM chain c JOIN baseline_points p USING (indicator, area_code, period_start, period_end)
JOIN baseline_classes k USING (area_code)"""
