"""The chain of one figure, from the published value to the cell of the file from which it was read.

Belongs here: everything that the read model holds about one row: its release, checks, file, other issues and other
groups. Does not belong here: finding the row (`civic_assets.publish.read_model.locate` for names,
`civic_assets.publish.queries.figure_words` for words) and printing (`civic_assets.cli.trace`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from civic_assets.answers.figure import PublishedFigure
from civic_assets.answers.trace import (
    ArchivedFile,
    CellAppearance,
    CellNotKnown,
    CheckElsewhere,
    CheckOfFigure,
    FigureChain,
    FigureCorrection,
    FigureFinding,
    OtherGroup,
    ReleaseDay,
    WaiverOfFigure,
)
from civic_assets.errors import CivicError, NotPublished
from civic_assets.layers.store import Store
from civic_assets.publish.queries.figure_absence import how_known
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.queries.figure_words import row_of, row_of_text
from civic_assets.publish.queries.notes_of_figure import notes_of
from civic_assets.publish.queries.unified_years import added_up
from civic_assets.publish.read_model.connection import open_read_model, rows_of
from civic_assets.publish.read_model.locate import EVERY_ISSUE, AsOf, FigureIssue, figure_issues, issue_of_row
from civic_assets.publish.read_model.superseded import superseded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def trace(
    store: Store, figure: str | FigureQuery, as_of: AsOf = EVERY_ISSUE, *, cell: bool = False
) -> FigureChain:
    """The chain of one figure.

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
    with open_read_model(store) as connection:
        chain = _traced(connection, store, figure, as_of)
    return replace(chain, cell=_cell(store, chain)) if cell else chain


def trace_all(store: Store, figures: Iterable[str | FigureQuery]) -> Iterator[FigureChain]:
    """The chains of many figures, from one opening of the read model; see `trace`."""
    with open_read_model(store) as connection:
        for figure in figures:
            yield _traced(connection, store, figure, EVERY_ISSUE)


def _traced(
    connection: DuckDBPyConnection, store: Store, figure: str | FigureQuery, as_of: AsOf
) -> FigureChain:
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
    return chain_of(connection, store, row, as_of)


def _cell(store: Store, chain: FigureChain) -> CellAppearance | CellNotKnown:
    """How the cell looks in the archived workbook, or why that cannot be said."""
    from civic_assets.readers.excel.cell_look import look_at_cell

    file = chain.file
    try:
        look = look_at_cell(store.archive.path_of(file.sha256), chain.locator, file.file_name)
    except CivicError as error:
        return CellNotKnown(str(error))
    return look.as_answer()


def chain_of(
    connection: DuckDBPyConnection, store: Store, row: int, as_of: AsOf = EVERY_ISSUE
) -> FigureChain:
    """Everything about one row of `harmonised.observations`."""
    issue = issue_of_row(connection, row)
    figure = issue.figure
    others = _others(connection, figure, as_of)
    same = [other for other in others if other.figure.breakdown == figure.breakdown]
    findings = _findings(connection, figure)
    checks, release_checks = _checks(connection, figure, findings)
    return FigureChain(
        name=f"{figure.name}@{figure.release}",
        figure_id=figure.figure_id,
        figure=figure,
        release=figure.release,
        published=_published(connection, figure),
        checks=checks,
        release_checks=release_checks,
        file=_file(connection, figure, store),
        locator=figure.locator,
        value_text=figure.value_text,
        counted_from_rows=rows_counted(figure.source, figure.locator),
        superseded=superseded(connection, row, as_of),
        correction=_correction(connection, figure),
        earlier=tuple(other.figure for other in same if other.order < issue.order),
        later=tuple(other.figure for other in same if other.order > issue.order),
        other_groups=tuple(_group(other) for other in groups_beside(figure, [o.figure for o in others])),
        findings=findings,
        waivers=_waivers(connection, figure),
        notes=notes_of(connection, figure),
    )


def _others(connection: DuckDBPyConnection, figure: PublishedFigure, as_of: AsOf) -> list[FigureIssue]:
    """The figure and its siblings in every issue considered, newest first; they differ by breakdown or release."""
    condition, days = as_of.condition("o")
    return figure_issues(
        connection,
        f"""source = ? AND measure = ? AND area_code = ? AND period_start = ? AND period_end = ? AND unit = ?
            AND statistic = ? AND {condition}""",
        [
            figure.source,
            figure.measure,
            figure.area_code,
            figure.period_start,
            figure.period_end,
            figure.unit,
            figure.statistic.value,
            *days,
        ],
    )


def groups_beside(figure: PublishedFigure, others: Sequence[PublishedFigure]) -> list[PublishedFigure]:
    """Other groups of a figure, wide ones first, without repeats.

    They are those of its own release; for a figure of `harmonised.latest` also those next to it there, such as reasons
    published in a separate file. Classes of an issue that a newer one replaced are not included.
    """
    groups = {
        other.breakdown: other
        for other in sorted(others, key=lambda other: bool(other.release == figure.release))
        if other.breakdown != figure.breakdown
        and (other.release == figure.release or (figure.newest and other.newest))
    }
    return [groups[name] for name in sorted(groups, key=lambda name: (name.count(";"), name))]


def _group(figure: PublishedFigure) -> OtherGroup:
    return OtherGroup(**{one.name: getattr(figure, one.name) for one in fields(OtherGroup)})


def _published(connection: DuckDBPyConnection, figure: PublishedFigure) -> ReleaseDay:
    """The publication day of the release, and how it is known."""
    rows = rows_of(
        connection,
        "SELECT available_from, available_from_basis FROM catalogue.releases WHERE source = ? AND release = ?",
        [figure.source, figure.release],
    )
    day, basis = (rows[0]["available_from"], rows[0]["available_from_basis"]) if rows else (None, None)
    return ReleaseDay(day, basis, how_known(basis))


# Sources of single incidents: each of their figures is a count of rows
# (`civic_assets.parsing.incident_counts.counts`).
COUNTED_SOURCES = frozenset({"police_uk"})
_MORE_ROWS = re.compile(r",\.\.\. \(([0-9]+) (?:lines|rows|records)\)")


def rows_counted(source: str, locator: str) -> int | None:
    """Number of rows that a figure counts; None if it is printed in a cell."""
    if source not in COUNTED_SOURCES:
        return None
    more = _MORE_ROWS.search(locator)
    return int(more[1]) if more else len(re.findall(r"(?:L[0-9]+|\[[0-9]+\])(?=[,:.])", locator))


# A finding without an area is about a column or a table, and names its first cell.
_NAMED = """SELECT check_id, sum(greatest(len(coalesce(locators, [])), (locator IS NOT NULL)::INTEGER)) AS named
FROM quality.findings WHERE source = ? AND release = ? AND area_code IS NOT NULL GROUP BY check_id"""


def _checks(
    connection: DuckDBPyConnection, figure: PublishedFigure, findings: Sequence[FigureFinding]
) -> tuple[tuple[CheckOfFigure, ...], tuple[CheckElsewhere, ...]]:
    """Checks that concern this figure, and those that failed elsewhere in its release.

    A failed check with no finding that names the figure is listed separately; `all_cells_named` says whether its
    findings name every cell that failed, so that the failure is certain to be elsewhere. A finding that names no area
    is about every figure of a column or table, of which it names the first cell.
    """
    checks = rows_of(
        connection,
        """SELECT r.check_id, c.name, r.layer, r.severity, r.outcome, r.reason, r.n_checked, r.n_failed, r.message,
            r.waiver_id
        FROM quality.check_results r LEFT JOIN catalogue.checks c USING (check_id, layer)
        WHERE r.source = ? AND r.release = ? ORDER BY r.check_id""",
        [figure.source, figure.release],
    )
    cells = {
        row["check_id"]: row["named"]
        for row in rows_of(
            connection,
            _NAMED,
            [figure.source, figure.release],
        )
    }
    about: dict[str, list[str]] = {}
    for finding in findings:
        about.setdefault(finding.check_id, []).append(finding.message)
    touching, elsewhere = [], []
    for check in checks:
        if check["outcome"] == "fail" and check["check_id"] not in about:
            named = cells.get(check["check_id"], 0)
            elsewhere.append(CheckElsewhere(**check, all_cells_named=named >= (check["n_failed"] or 0)))
        elif check["outcome"] == "fail":
            touching.append(CheckOfFigure(**check | {"message": " ".join(about[check["check_id"]])}))
        else:
            touching.append(CheckOfFigure(**check))
    return tuple(touching), tuple(elsewhere)


def _file(connection: DuckDBPyConnection, figure: PublishedFigure, store: Store) -> ArchivedFile:
    found = rows_of(
        connection,
        """SELECT sha256, url, retrieved_at, file_name, origin, synthetic FROM catalogue.files
        WHERE source = ? AND release = ? ORDER BY sha256 = ? DESC, retrieved_at LIMIT 1""",
        [figure.source, figure.release, figure.source_sha256],
    )
    return ArchivedFile(**found[0], archived_at=str(store.archive.path_of(found[0]["sha256"])))


def _correction(connection: DuckDBPyConnection, figure: PublishedFigure) -> FigureCorrection | None:
    """The registered correction of the figure, applied or not: both values, who decided, why, and evidence."""
    rows = rows_of(
        connection,
        """SELECT correction_id, state, printed_text, printed_value, corrected_value, expected, reason, evidence,
            reported_to, author_role, decided, message
        FROM quality.corrections WHERE source = ? AND release = ? AND locator = ? ORDER BY correction_id""",
        [figure.source, figure.release, figure.locator],
    )
    return FigureCorrection(**rows[0]) if rows else None


def _waivers(connection: DuckDBPyConnection, figure: PublishedFigure) -> tuple[WaiverOfFigure, ...]:
    """Waivers that concern the figure, for its whole release or for its cell."""
    rows = rows_of(
        connection,
        """SELECT waiver_id, check_id, state, reason, author_role, given, expires FROM quality.waivers
        WHERE source = ? AND release = ? AND (cells = [] OR list_contains(cells, ?)) ORDER BY waiver_id""",
        [figure.source, figure.release, figure.locator],
    )
    return tuple(WaiverOfFigure(**row) for row in rows)


def _findings(connection: DuckDBPyConnection, figure: PublishedFigure) -> tuple[FigureFinding, ...]:
    """Findings that name the figure's cell or, if they name no cell, its measure, area and period."""
    rows = rows_of(
        connection,
        """SELECT finding_id, check_id, severity, locator, observed, expected, proposal, n_ties, message, status,
        waiver_id FROM quality.findings WHERE source = ? AND release = ?
          AND (locator = ? OR list_contains(locators, ?) OR list_contains(disputes, ?)
            OR (locator IS NULL AND len(coalesce(locators, [])) = 0 AND measure = ? AND area_code = ?
                AND period_start = ? AND period_end = ?))
        ORDER BY check_id, locator""",
        [
            figure.source,
            figure.release,
            *[figure.locator] * 3,
            figure.measure,
            figure.area_code,
            figure.period_start,
            figure.period_end,
        ],
    )
    return tuple(FigureFinding(**row) for row in rows)
