"""The chain of one figure: from the published value to the cell of the file that it was read from.

Belongs here: asking the read model for a figure, its release, its checks, its file and its earlier values.
Does not belong here: printing (`civic_assets.cli`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.archive import release_sort_key
from civic_assets.errors import CivicError
from civic_assets.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """Which figure.

    Args:
        area: Code, partnership code, or name.
        start, end: First day, and day after the last.
        unit: Needed only where a measure is published in several, e.g. count and per_1000_population.
        as_of: Only files received up to that day count.
    """

    area: str
    measure: str
    start: date
    end: date
    source: str | None = None
    unit: str | None = None
    as_of: date | None = None


def trace(store: Store, query: FigureQuery) -> dict[str, Any]:
    """The chain of one figure, as design.md describes the output of `trace --json`.

    Raises:
        CivicError: There is no such figure; the sentence says what there is instead.
    """
    from civic_assets.publish.read_model import open_read_model

    with open_read_model(store) as connection:
        rows = _figures(connection, query)
        if not rows:
            raise CivicError(_what_there_is(connection, query))
        rows.sort(key=lambda row: (release_sort_key(row["release"]), row["breakdown"] == "total"))
        figure = rows[-1]
        earlier = [row for row in rows[:-1] if row["release"] != figure["release"]]
        return {
            "figure": _shown(figure),
            "release": figure["release"],
            "checks": _checks(connection, figure),
            "file": _file(connection, figure, store),
            "locator": figure["locator"],
            "value_text": figure["value_text"],
            "correction": _correction(connection, figure),
            "earlier": [_shown(row) for row in reversed(earlier)],
            "findings": _findings(connection, figure),
            "waivers": _waivers(connection, figure),
            "notes": _notes(connection, figure),
        }


def _records(connection: DuckDBPyConnection, sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _figures(connection: DuckDBPyConnection, query: FigureQuery) -> list[dict[str, Any]]:
    where = [
        "o.measure = ?",
        "(o.area_code = ? OR o.partnership_code = ? OR lower(o.area_name) = lower(?))",
        "o.period_start = ?",
        "o.period_end = ?",
    ]
    values: list[Any] = [query.measure, query.area, query.area, query.area, query.start, query.end]
    if query.source:
        where.append("o.source = ?")
        values.append(query.source)
    if query.as_of:
        where.append("f.retrieved_at::TIMESTAMP < ?::DATE + 1")
        values.append(query.as_of)
    if query.unit:
        where.append("o.unit = ?")
        values.append(query.unit)
    else:
        # A measure is asked for by what it counts, unless it has no count.
        where.append(
            "o.unit = coalesce((SELECT min(unit) FROM harmonised.observations u"
            " WHERE u.measure = ? AND u.unit = 'count'), o.unit)"
        )
        values.append(query.measure)
    found = _records(
        connection,
        f"""SELECT o.* EXCLUDE (release_order) FROM harmonised.observations o
        JOIN catalogue.files f ON f.source = o.source AND f.release = o.release WHERE {" AND ".join(where)}""",
        values,
    )
    if not found:
        return []
    # Without a source the one that published last answers: values of several sources are no history of each other.
    newest = max(found, key=lambda row: release_sort_key(row["release"]))
    return [row for row in found if row["source"] == newest["source"]]


def _what_there_is(connection: DuckDBPyConnection, query: FigureQuery) -> str:
    wanted = f"{query.measure} of {query.area} for {query.start}/{query.end}"
    measures = [
        row[0]
        for row in connection.execute("SELECT DISTINCT measure FROM harmonised.observations").fetchall()
    ]
    if query.measure not in measures:
        from difflib import get_close_matches

        close = get_close_matches(query.measure, measures, 3)
        hint = (
            f" Did you mean {' or '.join(close)}?"
            if close
            else f" Published are: {', '.join(sorted(measures)[:30])}."
        )
        return f"No figure is published for the measure {query.measure!r}.{hint}"
    area = "(area_code = ? OR partnership_code = ? OR lower(area_name) = lower(?))"
    known = connection.execute(
        f"SELECT count(*) FROM harmonised.observations WHERE {area}", [query.area] * 3
    ).fetchone()
    if not known or not known[0]:
        return (
            f"No figure is published for the area {query.area!r}; "
            "give a code such as E09000019, or a name as printed."
        )
    periods = connection.execute(
        f"""SELECT DISTINCT source, period_start, period_end, unit FROM harmonised.observations
        WHERE measure = ? AND {area} ORDER BY period_end DESC, source LIMIT 8""",
        [query.measure, query.area, query.area, query.area],
    ).fetchall()
    listed = "; ".join(f"{start}/{end} ({source}, {unit})" for source, start, end, unit in periods)
    return f"No figure is published for {wanted}. Published: {listed or 'nothing for this measure and area'}."


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _checks(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    return _records(
        connection,
        """SELECT r.check_id, c.name, r.layer, r.severity, r.outcome, r.reason, r.n_checked, r.n_failed, r.message,
            r.waiver_id
        FROM quality.check_results r LEFT JOIN catalogue.checks c USING (check_id, layer)
        WHERE r.source = ? AND r.release = ? ORDER BY r.check_id""",
        [figure["source"], figure["release"]],
    )


def _file(connection: DuckDBPyConnection, figure: dict[str, Any], store: Store) -> dict[str, Any]:
    found = _records(
        connection,
        """SELECT sha256, url, retrieved_at, file_name, origin, synthetic FROM catalogue.files
        WHERE source = ? AND release = ?""",
        [figure["source"], figure["release"]],
    )
    return {**found[0], "archived_at": str(store.archive.path_of(found[0]["sha256"]))}


def _correction(connection: DuckDBPyConnection, figure: dict[str, Any]) -> dict[str, Any] | None:
    """The registered correction of the figure, applied or not: both values, who decided, why, and on what evidence."""
    rows = _records(
        connection,
        """SELECT correction_id, state, printed_text, printed_value, corrected_value, expected, reason, evidence,
            reported_to, author_role, decided, message
        FROM quality.corrections WHERE source = ? AND release = ? AND locator = ? ORDER BY correction_id""",
        [figure["source"], figure["release"], figure["locator"]],
    )
    return _shown(rows[0]) if rows else None


def _waivers(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Waivers that concern the figure: of its whole release, or of its cell."""
    rows = _records(
        connection,
        """SELECT waiver_id, check_id, state, reason, author_role, given, expires FROM quality.waivers
        WHERE source = ? AND release = ? AND (cells = [] OR list_contains(cells, ?)) ORDER BY waiver_id""",
        [figure["source"], figure["release"], figure["locator"]],
    )
    return [_shown(row) for row in rows]


def _notes(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    """What the publisher says in words about the figure's area (or the area it is a part of) and period."""
    rows = _records(
        connection,
        """SELECT locator, text, areas, periods FROM catalogue.notes
        WHERE source = ? AND release = ? AND (areas = [] OR list_has_any(areas, ?)) ORDER BY locator""",
        [
            figure["source"],
            figure["release"],
            [code for name in ("area_code", "partnership_code", "parent_code") if (code := figure[name])],
        ],
    )
    start, end = figure["period_start"].isoformat(), figure["period_end"].isoformat()
    return [
        {"locator": row["locator"], "text": row["text"]}
        for row in rows
        if not row["periods"] or any(p[:10] < end and start < p[11:] for p in row["periods"])
    ]


def _findings(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    rows = _records(
        connection,
        """SELECT finding_id, check_id, severity, locator, observed, expected, proposal, n_ties, message, status,
        waiver_id FROM quality.findings WHERE source = ? AND release = ?
          AND (locator = ? OR list_contains(locators, ?) OR list_contains(disputes, ?)) ORDER BY check_id""",
        [figure["source"], figure["release"], figure["locator"], figure["locator"], figure["locator"]],
    )
    return [_shown(row) for row in rows]
