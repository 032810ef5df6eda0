"""From full names to the rows of the read model that they name: one query, for one name or for two million.

Belongs here: exact names and ids. Does not belong here: words that are not a full name
(`civic_assets.publish.queries.figure_words`), and the facts about a figure (`civic_assets.publish.queries.trace`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.answers.document import record_of
from civic_assets.answers.figure import PublishedFigure
from civic_assets.harmonise.figures.names import ID_SQL, NAME_SQL, FigureName, figure_name
from civic_assets.values.periods import PeriodKind, Statistic

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which issues to include.

    Args:
        published: Only what the publisher had published by that day (`catalogue.releases.available_from`).
        received: Only what this store had received by that day (`catalogue.releases.retrieved_at`).
    """

    published: date | None = None
    received: date | None = None

    def condition(self, alias: str) -> tuple[str, list[date]]:
        """A condition on rows with a source and a release, and its parameters; `true` if every issue is included."""
        tests, days = [], []
        if self.published:
            tests.append("r.available_from <= ?")
            days.append(self.published)
        if self.received:
            tests.append("r.retrieved_at::TIMESTAMP < ?::DATE + 1")
            days.append(self.received)
        if not tests:
            return "true", []
        return (
            f"({alias}.source, {alias}.release) IN (SELECT (r.source, r.release) FROM catalogue.releases r "
            f"WHERE {' AND '.join(tests)})"
        ), days


EVERY_ISSUE = AsOf()


def locate(
    connection: DuckDBPyConnection, names: Sequence[FigureName], as_of: AsOf = EVERY_ISSUE
) -> pa.Table:
    """Rows that names refer to, found by one join whatever their number.

    A name without a release means the newest issue of its figure. A part that a name does not give has its default
    (`usual_statistic`), or the only value that exists; if several exist, none is chosen.

    Args:
        connection: Connection to a read model.
        names: Full names; the answer refers to them by their position in the list.
        as_of: Issues to include.

    Returns:
        `name` (position of the name), `row` (rowid in `harmonised.observations`), `choices` (number of figures that it
        could mean: one, or more if source is empty or unit and statistic are ambiguous). A name without a figure is
        not included.
    """
    condition, days = as_of.condition("o")
    connection.register("wanted_figures", _table(names))
    try:
        sql = _LOCATE.format(wanted="SELECT * FROM wanted_figures", as_of=condition)
        return connection.sql(sql, params=days or None).to_arrow_table()
    finally:
        connection.unregister("wanted_figures")


def locate_one(
    connection: DuckDBPyConnection, name: FigureName, as_of: AsOf = EVERY_ISSUE
) -> tuple[int, int] | None:
    """`locate` for one name, by the same query: row and number of choices; None if no figure has the name.

    The name is passed as parameters rather than as a table, because making a table imports libraries, which takes
    longer than the query.
    """
    condition, days = as_of.condition("o")
    wanted = "SELECT 0 AS name, " + ", ".join(f'?::{kind} AS "{column}"' for column, kind in _COLUMNS.items())
    values = [getattr(name, column) for column in _COLUMNS]
    row = connection.execute(_LOCATE.format(wanted=wanted, as_of=condition), [*values, *days]).fetchall()
    return (int(row[0][1]), int(row[0][2])) if row else None


def names_of(connection: DuckDBPyConnection, where: str = "true") -> list[str]:
    """Full names of rows of `harmonised.observations`, each with its release, in the order of rowid."""
    rows = connection.execute(
        f"SELECT {NAME_SQL} || '@' || release FROM harmonised.observations WHERE {where} ORDER BY rowid"
    ).fetchall()
    return [name for (name,) in rows]


def locate_texts(connection: DuckDBPyConnection, texts: Iterable[str]) -> pa.Table:
    """`locate` for printed names.

    Raises:
        UsageError: One is not a full name.
    """
    return locate(connection, [figure_name(text) for text in texts])


@dataclass(frozen=True, slots=True)
class FigureIssue:
    """A figure in one release.

    Args:
        figure: The figure.
        order: Place of the release among all releases of the source in order of time.
    """

    figure: PublishedFigure
    order: int


def figure_issues(
    connection: DuckDBPyConnection, condition: str, parameters: Sequence[object]
) -> list[FigureIssue]:
    """Rows of `harmonised.observations o`, the newest release first.

    Args:
        connection: Connection to a read model.
        condition: Condition on the rows, in SQL.
        parameters: Its parameters.
    """
    cursor = connection.execute(
        f"SELECT o.*, {NAME_SQL} AS name, {ID_SQL} AS figure_id FROM harmonised.observations o WHERE {condition} "
        "ORDER BY release_order DESC, breakdown",
        list(parameters),
    )
    names = [column[0] for column in cursor.description or ()]
    return [_issue(dict(zip(names, values, strict=True))) for values in cursor.fetchall()]


def _issue(row: dict[str, Any]) -> FigureIssue:
    typed = {"period_kind": PeriodKind(row["period_kind"]), "statistic": Statistic(row["statistic"])}
    return FigureIssue(record_of(PublishedFigure, row | typed), int(row["release_order"]))


def issue_of_row(connection: DuckDBPyConnection, row: int) -> FigureIssue:
    """The figure in one row of `harmonised.observations`."""
    (issue,) = figure_issues(connection, "o.rowid = ?", [row])
    return issue


def name_of_id(connection: DuckDBPyConnection, figure_id: str, release: str | None) -> FigureName | None:
    """Full name of the figure with an id; None if no figure of this store has it."""
    row = connection.execute(
        f"SELECT {NAME_SQL} FROM harmonised.observations WHERE {ID_SQL} = ? LIMIT 1", [figure_id]
    ).fetchall()
    if not row:
        return None
    name = figure_name(row[0][0])
    return replace(name, release=release) if release else name


def _table(names: Sequence[FigureName]) -> pa.Table:
    import pyarrow as pa

    types = {"VARCHAR": pa.string(), "DATE": pa.date32()}
    columns = {
        column: pa.array([getattr(name, column) for name in names], types[kind])
        for column, kind in _COLUMNS.items()
    }
    return pa.table({"name": pa.array(range(len(names)), pa.int64()), **columns})


_COLUMNS = {
    "source": "VARCHAR", "measure": "VARCHAR", "area": "VARCHAR", "start": "DATE", "end": "DATE",
    "breakdown": "VARCHAR", "unit": "VARCHAR", "statistic": "VARCHAR", "release": "VARCHAR",
}  # fmt: skip

# Parts that a name leaves out are decided in the order unit, statistic, release: a count comes before anything else,
# the usual statistic before others, and then the newest issue.
_LOCATE = """
WITH q AS ({wanted}),
found AS (
    SELECT q.name, o.rowid AS row, o.source, o.unit, o.statistic, o.release_order,
        q.unit IS NULL AS any_unit, q.statistic IS NULL AS any_statistic,
        o.statistic = CASE WHEN o.unit <> 'count' THEN 'rate' WHEN o.period_end - o.period_start = 1 THEN 'stock'
            ELSE 'flow' END AS usual
    FROM q JOIN harmonised.observations o
      ON o.measure = q.measure AND o.area_code = q.area AND o.period_start = q.start AND o.period_end = q."end"
        AND o.breakdown = q.breakdown
    WHERE (q.source IS NULL OR q.source = '' OR o.source = q.source) AND (q.unit IS NULL OR o.unit = q.unit)
        AND (q.statistic IS NULL OR o.statistic = q.statistic) AND (q.release IS NULL OR o.release = q.release)
        AND {as_of}
),
in_unit AS (
    SELECT *, bool_or(unit = 'count') OVER (PARTITION BY name) AS counted FROM found
),
of_unit AS (
    SELECT *, bool_or(usual) OVER (PARTITION BY name) AS has_usual FROM in_unit
    WHERE NOT (any_unit AND counted AND unit <> 'count')
)
SELECT name, arg_max(row, release_order) AS row, count(DISTINCT (source, unit, statistic)) AS choices
FROM of_unit WHERE NOT (any_statistic AND has_usual AND NOT usual)
GROUP BY name ORDER BY name
"""
