"""The chain of one figure, from the published value to the cell of the file from which it was read.

Belongs here: everything that the read model holds about one row: its release, checks, file, other issues and other
groups. Does not belong here: finding the row (`civic_assets.publish.read_model.locate` for names,
`civic_assets.publish.queries.figure_words` for words) and printing (`civic_assets.cli.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.errors import CivicError, NotPublished
from civic_assets.harmonise.figures.names import ID_SQL, NAME_SQL
from civic_assets.layers.store import Store
from civic_assets.publish.queries.figure_words import FigureQuery, how_known, row_of, row_of_text
from civic_assets.publish.queries.unified_years import added_up
from civic_assets.publish.read_model.locate import EVERY_ISSUE, AsOf, record
from civic_assets.publish.read_model.superseded import superseded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def trace(
    store: Store, figure: str | FigureQuery, as_of: AsOf = EVERY_ISSUE, *, cell: bool = False
) -> dict[str, Any]:
    """The chain of one figure, as design.md describes the output of `trace --json`.

    Args:
        store: Store with a publication.
        figure: Its name or id, or the parts of a query.
        as_of: Issues that count.
        cell: Whether to open the archived workbook and add, under `cell`, how the cell looks in it.

    Raises:
        NotPublished: The figure does not exist; the message says what exists instead.
        AmbiguousFigure: Several figures match; `choices` has their names.
        UsageError: The name is invalid, or nothing is published.
    """
    from civic_assets.publish.read_model.connection import open_read_model

    with open_read_model(store) as connection:
        try:
            row = (
                row_of_text(connection, figure, as_of)
                if isinstance(figure, str)
                else row_of(connection, figure, as_of)
            )
        except NotPublished as error:
            if sums := added_up(connection, figure):
                raise NotPublished(f"{error} {sums}") from None
            raise
        chain = chain_of(connection, store, row, as_of)
    return {**chain, "cell": _cell(store, chain)} if cell else chain


def _cell(store: Store, chain: Mapping[str, Any]) -> dict[str, Any]:
    """How the cell looks in the archived workbook; `not_known` gives the reason if that cannot be found out."""
    from civic_assets.readers.excel.cell_look import look_at_cell

    file = chain["file"]
    try:
        look = look_at_cell(store.archive.path_of(file["sha256"]), chain["locator"], file["file_name"])
    except CivicError as error:
        return {"not_known": str(error)}
    return {**look.as_dict(), "in_words": str(look)}


def chain_of(
    connection: DuckDBPyConnection, store: Store, row: int, as_of: AsOf = EVERY_ISSUE
) -> dict[str, Any]:
    """Everything about one row of `harmonised.observations`."""
    figure = record(connection, row)
    others = _others(connection, figure, as_of)
    same = [other for other in others if other["breakdown"] == figure["breakdown"]]
    earlier = [other for other in same if other["release_order"] < figure["release_order"]]
    later = [other for other in same if other["release_order"] > figure["release_order"]]
    beside = groups_beside(figure, others)
    findings = _findings(connection, figure)
    checks, release_checks = _checks(connection, figure, findings)
    return {
        "name": f"{figure['name']}@{figure['release']}",
        "figure_id": figure["figure_id"],
        "figure": _shown(figure),
        "release": figure["release"],
        "published": _published(connection, figure),
        "checks": checks,
        "release_checks": release_checks,
        "file": _file(connection, figure, store),
        "locator": figure["locator"],
        "value_text": figure["value_text"],
        "counted_from_rows": rows_counted(figure),
        "superseded": superseded(connection, row, as_of),
        "correction": _correction(connection, figure),
        "earlier": [_shown(other) for other in earlier],
        "later": [_shown(other) for other in later],
        "other_groups": [_group(other) for other in beside],
        "findings": findings,
        "waivers": _waivers(connection, figure),
        "notes": _notes(connection, figure),
    }


def _records(connection: DuckDBPyConnection, sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _others(connection: DuckDBPyConnection, figure: dict[str, Any], as_of: AsOf) -> list[dict[str, Any]]:
    """The figure and its siblings in every issue considered, newest first; they differ by breakdown or release."""
    condition, days = as_of.condition("o")
    return _records(
        connection,
        f"""SELECT o.*, {NAME_SQL} AS name, {ID_SQL} AS figure_id FROM harmonised.observations o
        WHERE source = ? AND measure = ? AND area_code = ? AND period_start = ? AND period_end = ? AND unit = ?
            AND statistic = ? AND {condition}
        ORDER BY release_order DESC, breakdown""",
        [
            *(figure[name] for name in ("source", "measure", "area_code", "period_start", "period_end")),
            figure["unit"],
            figure["statistic"],
            *days,
        ],
    )


def groups_beside(figure: dict[str, Any], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Other groups of a figure, wide ones first, without repeats.

    They are those of its own release; for a figure of `harmonised.latest` also those next to it there, such as reasons
    published in a separate file. Classes of an issue that a newer one replaced are not included.
    """
    groups = {
        other["breakdown"]: other
        for other in sorted(others, key=lambda other: bool(other["release"] == figure["release"]))
        if other["breakdown"] != figure["breakdown"]
        and (other["release"] == figure["release"] or (figure["newest"] and other["newest"]))
    }
    return [groups[name] for name in sorted(groups, key=lambda name: (name.count(";"), name))]


def _group(row: dict[str, Any]) -> dict[str, Any]:
    shown = (
        "name",
        "figure_id",
        "breakdown",
        "release",
        "value",
        "status",
        "quality",
        "value_text",
        "locator",
    )
    return {name: _plain(row[name]) for name in shown}


def _published(connection: DuckDBPyConnection, figure: dict[str, Any]) -> dict[str, Any]:
    """The publication day of the release, and how it is known."""
    rows = _records(
        connection,
        "SELECT available_from, available_from_basis FROM catalogue.releases WHERE source = ? AND release = ?",
        [figure["source"], figure["release"]],
    )
    day, basis = (rows[0]["available_from"], rows[0]["available_from_basis"]) if rows else (None, None)
    return {"day": _plain(day), "basis": basis, "how_known": how_known(basis)}


# Sources of single incidents: each of their figures is a count of rows
# (`civic_assets.parsing.incident_counts.counts`).
COUNTED_SOURCES = frozenset({"police_uk"})
_MORE_ROWS = re.compile(r",\.\.\. \(([0-9]+) (?:lines|rows|records)\)")


def rows_counted(figure: dict[str, Any]) -> int | None:
    """Number of rows that the figure counts; None if it is printed in a cell."""
    if figure["source"] not in COUNTED_SOURCES:
        return None
    more = _MORE_ROWS.search(figure["locator"])
    return int(more[1]) if more else len(re.findall(r"(?:L[0-9]+|\[[0-9]+\])(?=[,:.])", figure["locator"]))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if name != "release_order"}


def _checks(
    connection: DuckDBPyConnection, figure: dict[str, Any], findings: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Checks that concern this figure, and those that failed elsewhere in its release.

    A failed check with no finding that names the figure is listed separately; `all_cells_named` says whether its
    findings name every cell that failed, so that the failure is certain to be elsewhere.
    """
    checks = _records(
        connection,
        """SELECT r.check_id, c.name, r.layer, r.severity, r.outcome, r.reason, r.n_checked, r.n_failed, r.message,
            r.waiver_id
        FROM quality.check_results r LEFT JOIN catalogue.checks c USING (check_id, layer)
        WHERE r.source = ? AND r.release = ? ORDER BY r.check_id""",
        [figure["source"], figure["release"]],
    )
    cells = {
        row["check_id"]: row["named"]
        for row in _records(
            connection,
            """SELECT check_id, sum(greatest(len(coalesce(locators, [])), (locator IS NOT NULL)::INTEGER)) AS named
            FROM quality.findings WHERE source = ? AND release = ? GROUP BY check_id""",
            [figure["source"], figure["release"]],
        )
    }
    about: dict[str, list[str]] = {}
    for finding in findings:
        about.setdefault(finding["check_id"], []).append(finding["message"])
    touching, elsewhere = [], []
    for check in checks:
        if check["outcome"] == "fail" and check["check_id"] not in about:
            named = cells.get(check["check_id"], 0)
            elsewhere.append({**check, "all_cells_named": named >= (check["n_failed"] or 0)})
        elif check["outcome"] == "fail":
            touching.append({**check, "message": " ".join(about[check["check_id"]])})
        else:
            touching.append(check)
    return touching, elsewhere


def _file(connection: DuckDBPyConnection, figure: dict[str, Any], store: Store) -> dict[str, Any]:
    files = _records(
        connection,
        """SELECT sha256, url, retrieved_at, file_name, origin, synthetic FROM catalogue.files
        WHERE source = ? AND release = ? ORDER BY sha256 = ? DESC, retrieved_at LIMIT 1""",
        [figure["source"], figure["release"], figure["source_sha256"]],
    )
    return {**files[0], "archived_at": str(store.archive.path_of(files[0]["sha256"]))}


def _correction(connection: DuckDBPyConnection, figure: dict[str, Any]) -> dict[str, Any] | None:
    """The registered correction of the figure, applied or not: both values, who decided, why, and evidence."""
    rows = _records(
        connection,
        """SELECT correction_id, state, printed_text, printed_value, corrected_value, expected, reason, evidence,
            reported_to, author_role, decided, message
        FROM quality.corrections WHERE source = ? AND release = ? AND locator = ? ORDER BY correction_id""",
        [figure["source"], figure["release"], figure["locator"]],
    )
    return _shown(rows[0]) if rows else None


def _waivers(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Waivers that concern the figure, for its whole release or for its cell."""
    rows = _records(
        connection,
        """SELECT waiver_id, check_id, state, reason, author_role, given, expires FROM quality.waivers
        WHERE source = ? AND release = ? AND (cells = [] OR list_contains(cells, ?)) ORDER BY waiver_id""",
        [figure["source"], figure["release"], figure["locator"]],
    )
    return [_shown(row) for row in rows]


def _notes(connection: DuckDBPyConnection, figure: dict[str, Any]) -> list[dict[str, Any]]:
    """The publisher's notes about the figure's area (or the area that contains it) and period."""
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
    """Findings that name the figure's cell or, if they name no cell, its measure, area and period."""
    rows = _records(
        connection,
        """SELECT finding_id, check_id, severity, locator, observed, expected, proposal, n_ties, message, status,
        waiver_id FROM quality.findings WHERE source = ? AND release = ?
          AND (locator = ? OR list_contains(locators, ?) OR list_contains(disputes, ?)
            OR (locator IS NULL AND len(coalesce(locators, [])) = 0 AND measure = ? AND area_code = ?
                AND period_start = ? AND period_end = ?))
        ORDER BY check_id, locator""",
        [
            figure["source"],
            figure["release"],
            *[figure["locator"]] * 3,
            *(figure[name] for name in ("measure", "area_code", "period_start", "period_end")),
        ],
    )
    return [_shown(row) for row in rows]
