"""Sentences about breaks that touch a published figure, and how much of its period was abnormal.

Belongs here: the scope of each break as tables, so that many figures can be matched in SQL. Does not belong here: the
breaks themselves (`civic_assets.harmonise.comparability.breaks`), and whether two figures may be compared
(`civic_assets.harmonise.comparability.verdict`).

Breaks between editions, of some editions only, or between kinds of period do not concern a single figure whatever its
release. They are left to comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from civic_assets.harmonise.comparability.breaks import Break

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

SERIES = ("source", "measure", "breakdown", "unit", "area_code")
"""Columns that decide whether a break concerns a figure; several measures of a sum are joined by `+`."""


def create_notes(connection: DuckDBPyConnection, figures: str, name: str, breaks: Sequence[Break]) -> None:
    """Create a temporary table with the notes about breaks for the figures of another table.

    Args:
        connection: Connection to a read model with `harmonised.profile_areas`.
        figures: Table with the columns `SERIES`, period_start and period_end.
        name: Name of the new table: those columns with abnormal_share (0 to 1) and break_notes (list of sentences).
        breaks: All breaks.
    """
    scope_breaks(connection, figures, breaks)
    connection.execute(_NOTES.format(figures=figures, name=name))


def scope_breaks(connection: DuckDBPyConnection, figures: str, breaks: Sequence[Break]) -> None:
    """Create the temporary table `break_scopes`: the breaks of days for each series, with their dates.

    Args:
        connection: Connection to a read model with `harmonised.profile_areas`.
        figures: Table with the columns `SERIES`.
        breaks: All breaks.
    """
    _register_scopes(connection, figures, breaks)
    connection.execute(_SCOPES)
    for table in _INCOMING:
        connection.unregister(table)


_INCOMING = ("incoming_kinds", "incoming_places", "incoming_breaks")


_NO_PARENTS = "(SELECT NULL AS area_code, NULL AS parent_code WHERE false)"


def _register_scopes(
    connection: DuckDBPyConnection, figures: str, breaks: Sequence[Break], parents: str = _NO_PARENTS
) -> None:
    of_days = [one for one in breaks if one.of_days]
    kinds = connection.execute(
        f"SELECT DISTINCT source, measure, breakdown, unit FROM {figures} ORDER BY ALL"
    ).fetchall()
    places = connection.execute(
        f"""SELECT DISTINCT area_code, force_code, parent_code FROM {figures}
        LEFT JOIN harmonised.profile_areas USING (area_code) LEFT JOIN {parents} USING (area_code) ORDER BY ALL"""
    ).fetchall()
    of_each = (_kinds(of_days, kinds), _places(of_days, places), _facts(of_days))
    for table, rows in zip(_INCOMING, of_each, strict=True):
        connection.register(table, rows)


def cross_breaks(
    connection: DuckDBPyConnection, cells: str, periods: str, name: str, breaks: Sequence[Break]
) -> None:
    """Create two temporary tables with the breaks that lie within the periods of many figures.

    Kinds of figure with the same breaks have one number, and so do places, so that lists of breaks are made for a few
    pairs of numbers rather than for millions of figures.

    Args:
        connection: Connection to a read model with `harmonised.profile_areas` and `catalogue.areas`, which says what
            wards and output areas lie in.
        cells: Table with the columns `SERIES` and `cell`, the number of the series.
        periods: Table with the columns period_start and period_end.
        name: Name of the table of breaks: kind, place, period_start, period_end, breaks (ids, in order).
            `<name>_cells` has the kind and place of each cell that any break concerns.
        breaks: All breaks.
    """
    _register_scopes(connection, cells, breaks, "catalogue.areas")
    connection.execute(_SCOPES_OF_CELLS.format(cells=cells, name=name))
    connection.execute(_CROSSED.format(cells=cells, periods=periods, name=name))
    for table in _INCOMING:
        connection.unregister(table)


def _kinds(breaks: Iterable[Break], kinds: Sequence[tuple[str, str, str, str]]) -> pa.Table:
    """Breaks by kind of figure, for any area."""
    rows = [
        (str(number), source, measure, breakdown, unit)
        for number, one in enumerate(breaks)
        for source, measure, breakdown, unit in kinds
        if any(one.is_about(source, single, breakdown=breakdown, unit=unit) for single in measure.split("+"))
    ]
    return _texts(("number", *SERIES[:4]), rows)


def _places(breaks: Iterable[Break], places: Sequence[tuple[str, ...]]) -> pa.Table:
    """Breaks by area, for any kind of figure; a break without areas applies everywhere."""
    rows: list[tuple[str, str]] = []
    reached: dict[str, list[str]] = {}  # an entry for several sources is one break for each, with one scope
    for number, one in enumerate(breaks):
        if one.id not in reached:
            reached[one.id] = [
                code for code, *around in places if one.covers(code, [area for area in around if area])
            ]
        rows += [(str(number), code) for code in reached[one.id]]
    return _texts(("number", "area_code"), rows)


def _facts(breaks: Iterable[Break]) -> pa.Table:
    import pyarrow as pa

    schema = pa.schema(
        [
            ("number", pa.string()),
            ("break_id", pa.string()),
            ("date_from", pa.date32()),
            ("date_to", pa.date32()),
            ("effect", pa.string()),
            ("action", pa.string()),
            ("abnormal", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(
        [
            {
                "number": str(number),  # an entry for several sources is one break for each, with one id
                "break_id": one.id,
                "date_from": one.date_from,
                "date_to": one.date_to,
                "effect": one.effect,
                "action": one.action,
                "abnormal": one.abnormal,
            }
            for number, one in enumerate(breaks)
        ],
        schema=schema,
    )


def _texts(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> pa.Table:
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(names))


_SCOPES = """CREATE OR REPLACE TEMP TABLE break_scopes AS
SELECT k.source, k.measure, k.breakdown, k.unit, p.area_code, b.* EXCLUDE (number)
FROM incoming_kinds k JOIN incoming_places p USING (number) JOIN incoming_breaks b USING (number)"""

_SCOPES_OF_CELLS = """CREATE OR REPLACE TEMP TABLE {name}_cells AS
WITH kinds AS (
    SELECT *, (dense_rank() OVER (ORDER BY of_kind))::INTEGER AS kind FROM (
        SELECT source, measure, breakdown, unit, list(number ORDER BY number) AS of_kind FROM incoming_kinds
        GROUP BY ALL)
),
places AS (
    SELECT *, (dense_rank() OVER (ORDER BY of_place))::INTEGER AS place FROM (
        SELECT area_code, list(number ORDER BY number) AS of_place FROM incoming_places GROUP BY ALL)
)
SELECT c.cell, kind, place
FROM {cells} c JOIN kinds USING (source, measure, breakdown, unit) JOIN places USING (area_code)"""

# A break within the period, or an unusual time that shares days with it.
_CROSSED = """CREATE OR REPLACE TEMP TABLE {name} AS
WITH scopes AS (
    SELECT kind, place, any_value(cell) AS cell FROM {name}_cells GROUP BY kind, place
),
numbers AS (
    SELECT s.kind, s.place, b.*
    FROM scopes s JOIN {cells} c USING (cell)
    JOIN incoming_kinds k USING (source, measure, breakdown, unit)
    JOIN incoming_places p ON p.area_code = c.area_code AND p.number = k.number
    JOIN incoming_breaks b ON b.number = k.number
),
periods AS (SELECT DISTINCT period_start, period_end FROM {periods})
SELECT n.kind, n.place, p.period_start, p.period_end, list(DISTINCT n.break_id ORDER BY n.break_id) AS breaks
FROM numbers n JOIN periods p
  ON n.date_from < p.period_end AND CASE WHEN n.date_to IS NULL THEN n.date_from > p.period_start
     ELSE n.date_to > p.period_start END
GROUP BY ALL"""

_NOTES = """CREATE OR REPLACE TEMP TABLE {name} AS
WITH places AS (
    SELECT DISTINCT source, measure, breakdown, unit, area_code, period_start, period_end FROM {figures}
),
touched AS (
    SELECT p.*, b.break_id, b.effect, b.abnormal, b.date_from, b.date_to,
        greatest(0, date_diff('day', greatest(b.date_from, p.period_start), least(b.date_to, p.period_end)))
            / date_diff('day', p.period_start, p.period_end) AS share
    FROM places p JOIN break_scopes b USING (source, measure, breakdown, unit, area_code)
    WHERE b.date_from < p.period_end AND (b.date_to IS NULL OR b.date_to > p.period_start)
      -- A break that lasts and came before the period qualifies the figure only where it is a caveat.
      AND (b.date_to IS NOT NULL OR b.action = 'caveat' OR b.date_from > p.period_start)
)
SELECT source, measure, breakdown, unit, area_code, period_start, period_end,
    least(1, coalesce(max(share) FILTER (WHERE abnormal), 0)) AS abnormal_share,
    list(CASE
        WHEN date_to IS NOT NULL THEN format('{{:.0f}}% of the period is between {{}} and {{}}: {{}}.',
            100 * share, strftime(date_from, '%-d %B %Y'), strftime(date_to - 1, '%-d %B %Y'), effect)
        WHEN date_from > period_start
            THEN format('Within the period, on {{}}: {{}}.', strftime(date_from, '%-d %B %Y'), effect)
        ELSE format('Since {{}}: {{}}.', strftime(date_from, '%-d %B %Y'), effect) END
        ORDER BY date_from, break_id) AS break_notes
FROM touched GROUP BY ALL"""
