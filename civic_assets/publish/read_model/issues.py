"""Which releases are successive issues of the same figures.

Belongs here: `quality.issues`, the order of the releases that print one kind of figure, and the temporary table of the
figures that more than one of them prints. Does not belong here: what changed between them (`revisions`,
`release_changes`).

A source may publish several files, each with its own frequency (`2016-17` and `2016-17-reasons`), and move months from
one to another (the Metropolitan Police's last 24 months become its historical file). So the order is one of a *kind of
figure*: source, measure, unit, statistic, kind of period, the keys of the breakdown (`reason=...`), and the line of
files (the text after the date in the release's name). Lines that both print some figure are one line. The issues of a
kind are the releases that print it at all. Releases that were never held are not included: the next issue is the next
one held.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from civic_assets.tables.release_names import series_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVERY_RELEASE = "catalogue.printed_classes"
"""A table with the columns source and release that has all releases with figures."""
KIND = ("source", "measure", "unit", "statistic", "period_kind", "breakdown_keys")
"""Columns that a kind of figure has in all its lines."""
# Columns that identify a figure of its kind.
FIGURE = ("breakdown", "area_code", "period_start", "period_end")


def create_issues(connection: DuckDBPyConnection, joined: Iterable[tuple[str, ...]] = ()) -> None:
    """Create `quality.issues` and the temporary tables `issue_spans` and `issue_figures`.

    `quality.issues`: `kind` (number of the kind of figure), source, measure, unit, statistic, period_kind,
    breakdown_keys, release, release_order, `position` (1 for the first issue held), previous_release, `data_end` (day
    after the last day of any figure of the release).

    `issue_spans`: number of figures of a kind that an issue prints for a period (`n`), and `n_issues` for that period.
    `issue_areas`: areas for which an issue prints anything of a kind.
    `issue_figures`: every figure of a period that several issues of its kind print, one row for each issue.

    Args:
        connection: Connection to a read model with `catalogue.printed_classes`, `catalogue.printed_periods` and
            `harmonised.observations`, which may lack periods of which the figures of `issue_figures` are not wanted.
        joined: Columns `KIND` and two releases that are known to be issues of one kind.
    """
    import pyarrow as pa

    releases = [r for (r,) in connection.execute(_RELEASES).fetchall()]
    schema = pa.schema([("release", pa.string()), ("line", pa.string())])
    lines = [{"release": release, "line": series_of(release)} for release in releases]
    connection.register("release_lines", pa.Table.from_pylist(lines, schema=schema))
    connection.execute(_KINDS)
    connection.unregister("release_lines")
    links = [*connection.execute(_IN_COMMON).fetchall(), *_known(connection, joined)]
    lines_joined = _joined(links)
    schema = pa.schema([("kind", pa.int64()), ("line", pa.string()), ("of", pa.string())])
    rows = [{"kind": kind, "line": line, "of": of} for (kind, line), of in lines_joined.items()]
    connection.register("joined_lines", pa.Table.from_pylist(rows, schema=schema))
    connection.execute(_LINES_JOINED)
    connection.unregister("joined_lines")
    for statement in (_ISSUES, _SPANS, _AREAS, _FIGURES):
        connection.execute(statement)
    connection.execute("DROP TABLE issue_kinds")


def _known(connection: DuckDBPyConnection, joined: Iterable[tuple[str, ...]]) -> list[tuple[int, list[str]]]:
    """Numbers of kinds in `issue_kinds`, with two lines of releases that are known to be joined."""
    numbers = {
        tuple(key): number
        for number, *key in connection.execute(
            f"SELECT DISTINCT kind, {', '.join(KIND)} FROM issue_kinds"
        ).fetchall()
    }
    return [
        (numbers[key], [series_of(one), series_of(other)])
        for *columns, one, other in joined
        if (key := tuple(columns)) in numbers
    ]


def _joined(in_common: Iterable[tuple[int, list[str]]]) -> dict[tuple[int, str], str]:
    """The first of the linked lines, for each line of a kind that shares figures with another.

    Args:
        in_common: Kind, and lines that print the same figure.
    """
    groups: dict[int, list[set[str]]] = {}
    for kind, lines in in_common:
        together = set(lines)
        apart = []
        for group in groups.get(kind, []):
            if group & together:
                together |= group
            else:
                apart.append(group)
        groups[kind] = [*apart, together]
    return {(kind, line): min(group) for kind, found in groups.items() for group in found for line in group}


def drop_issues(connection: DuckDBPyConnection) -> None:
    """Drop the tables that are needed only while other tables are made from them."""
    for name in ("issue_spans", "issue_areas", "issue_figures", "issue_reclassified"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")


_RELEASES = "SELECT DISTINCT release FROM catalogue.printed_classes"

_KINDS = """CREATE OR REPLACE TEMP TABLE issue_kinds AS
WITH printed AS (
    SELECT source, release, release_order, measure, unit, statistic, period_kind, breakdown
    FROM catalogue.printed_classes
)
SELECT *, regexp_replace(breakdown, '=[^;]*', '', 'g') AS breakdown_keys,
    dense_rank() OVER (ORDER BY source, measure, unit, statistic, period_kind,
        regexp_replace(breakdown, '=[^;]*', '', 'g')) AS kind
FROM printed JOIN release_lines USING (release)"""

# Only a period that several lines print can have a figure in common.
_IN_COMMON = """
WITH several AS (SELECT kind FROM issue_kinds GROUP BY kind HAVING count(DISTINCT line) > 1),
figures AS (
    SELECT k.kind, k.line, o.breakdown, o.area_code, o.period_start, o.period_end
    FROM harmonised.observations o
    JOIN issue_kinds k USING (source, release, measure, unit, statistic, period_kind, breakdown)
    WHERE k.kind IN (SELECT kind FROM several)
),
periods AS (
    SELECT kind, period_start, period_end FROM figures GROUP BY ALL HAVING count(DISTINCT line) > 1
)
SELECT DISTINCT kind, list_sort(list(DISTINCT line)) AS lines
FROM figures JOIN periods USING (kind, period_start, period_end)
GROUP BY kind, breakdown, area_code, period_start, period_end HAVING count(DISTINCT line) > 1
ORDER BY ALL"""

_LINES_JOINED = """CREATE OR REPLACE TEMP TABLE issue_kinds AS
SELECT k.* REPLACE (dense_rank() OVER (ORDER BY k.kind, coalesce(j.of, k.line))::INTEGER AS kind)
FROM issue_kinds k LEFT JOIN joined_lines j ON j.kind = k.kind AND j.line = k.line"""

_ISSUES = """CREATE OR REPLACE TABLE quality.issues AS
WITH ends AS (SELECT source, release, max(period_end) AS data_end FROM catalogue.printed_periods GROUP BY ALL),
issues AS (
    SELECT DISTINCT kind, source, measure, unit, statistic, period_kind, breakdown_keys, release, release_order
    FROM issue_kinds
)
SELECT i.*, (row_number() OVER issue)::INTEGER AS position,
    lag(release) OVER issue AS previous_release, data_end
FROM issues i JOIN ends USING (source, release)
WINDOW issue AS (PARTITION BY kind ORDER BY release_order, release)
ORDER BY kind, position"""

_SPANS = """CREATE OR REPLACE TEMP TABLE issue_spans AS
SELECT i.kind, i.position, p.period_start, p.period_end, p.n_figures AS n,
    count(*) OVER (PARTITION BY i.kind, p.period_start, p.period_end) AS n_issues
FROM catalogue.printed_periods p
JOIN quality.issues i USING (source, release, measure, unit, statistic, period_kind, breakdown_keys)"""

_AREAS = """CREATE OR REPLACE TEMP TABLE issue_areas AS
SELECT DISTINCT k.kind, i.position, o.area_code
FROM harmonised.observations o
JOIN issue_kinds k USING (source, release, measure, unit, statistic, period_kind, breakdown)
JOIN quality.issues i ON i.kind = k.kind AND i.release = k.release"""

# Rules ensure that a release prints a figure once (V-01); if common codes make two figures one, the first cell counts,
# as in harmonised.latest. A figure that is withheld here is as hidden as one that its publisher suppresses.
_FIGURES = f"""CREATE OR REPLACE TEMP TABLE issue_figures AS
SELECT k.kind, i.position, o.breakdown, o.area_code, o.area_name, o.period_start, o.period_end,
    CASE WHEN o.quality <> 'withheld' THEN o.value END AS value,
    CASE WHEN o.quality <> 'withheld' THEN o.status ELSE 'suppressed' END AS status, o.locator
FROM harmonised.observations o
JOIN issue_kinds k USING (source, release, measure, unit, statistic, period_kind, breakdown)
JOIN quality.issues i ON i.kind = k.kind AND i.release = k.release
JOIN issue_spans s
  ON s.kind = k.kind AND s.position = i.position AND s.period_start = o.period_start AND s.period_end = o.period_end
WHERE s.n_issues > 1
QUALIFY row_number() OVER (PARTITION BY k.kind, i.position, {", ".join(f"o.{name}" for name in FIGURE)}
    ORDER BY o.locator) = 1"""
