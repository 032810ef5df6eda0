"""Queries of the read model for the quality report, each run once.

Belongs here: the queries, in SQL. Does not belong here: the layout of the answers (`pages`, `templates/`), tables that
other parts of the product may not have built (`registers`), and cells of the raw layer (`cells`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.archive import release_sort_key
from civic_assets.house_numbers.display import (
    REPORT_FINDINGS_OF_A_CHECK,
    REPORT_ROWS_OF_A_LIST,
)
from civic_assets.publish.read_model.connection import rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]

DIMENSIONS = ("completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy")
"""Dimensions of the Government Data Quality Framework, in the order of its text."""


@dataclass(frozen=True)
class ReportFacts:
    """The content of the read model that the report needs; all rows are in display order.

    Args:
        publication: Stamp, publication hash and number of the read model.
        findings: Findings that are shown, with the name of their area.
        n_findings: Number of findings by source, check and severity.
        causes: Rows of `quality.causes`, the gravest first.
        figures: Counts by source: n, absent, disputed, withheld, first and last day.
        measures: Counts by source, measure and unit: n, absent, and the number with each status.
        disputed: Disputed figures, with the findings that dispute each.
    """

    publication: Row
    sources: Sequence[Row]
    releases: Sequence[Row]
    checks: Sequence[Row]
    results: Sequence[Row]
    findings: Sequence[Row]
    n_findings: Sequence[Row]
    causes: Sequence[Row]
    figures: Mapping[str, Row]
    measures: Sequence[Row]
    disputed: Sequence[Row]
    n_disputed: int

    @property
    def source_names(self) -> tuple[str, ...]:
        """Sources of the catalogue; any other `source` of a result is a derived table."""
        return tuple(row["source"] for row in self.sources)

    @property
    def tables_of_ours(self) -> tuple[str, ...]:
        """Names used as `source` in results about derived tables."""
        names = {row["source"] for row in (*self.results, *self.findings)}
        return tuple(sorted(names - set(self.source_names)))


def read_facts(connection: DuckDBPyConnection) -> ReportFacts:
    """Query the read model.

    Args:
        connection: Read-only connection to `civic.duckdb`.
    """
    releases = rows_of(connection, _RELEASES)
    releases.sort(key=lambda row: row["source"])
    releases = [
        row
        for source in dict.fromkeys(row["source"] for row in releases)
        for row in sorted(
            (row for row in releases if row["source"] == source),
            key=lambda row: release_sort_key(row["release"]),
            reverse=True,
        )
    ]
    # Newest first; results not about a single release (about a derived table, or all releases) come last.
    order = {(row["source"], row["release"]): place for place, row in enumerate(releases)}
    last = len(order)

    def place(row: Row) -> int:
        return order.get((row["source"], row["release"]), last)

    layers = {"raw": 0, "validated": 1, "harmonised": 2, "published": 3}
    results = rows_of(connection, _RESULTS)
    results.sort(key=lambda r: (r["source"], place(r), layers.get(r["layer"], 9), r["check_id"]))
    findings = rows_of(connection, _FINDINGS, [REPORT_FINDINGS_OF_A_CHECK])
    severities = ("blocking", "warning", "info")
    findings.sort(
        key=lambda r: (
            r["source"], r["check_id"], severities.index(r["severity"]), place(r), r["locator"] or "", r["finding_id"],
        )
    )  # fmt: skip
    (publication,) = rows_of(connection, "SELECT * FROM catalogue.publication")
    (n_disputed,) = rows_of(connection, _N_DISPUTED)
    return ReportFacts(
        publication=publication,
        sources=rows_of(connection, "SELECT * FROM catalogue.sources ORDER BY source"),
        releases=releases,
        checks=rows_of(connection, _CHECKS),
        results=results,
        findings=findings,
        n_findings=rows_of(connection, _N_FINDINGS),
        causes=rows_of(connection, _CAUSES),
        figures={row["source"]: row for row in rows_of(connection, _FIGURES)},
        measures=rows_of(connection, _MEASURES),
        disputed=rows_of(connection, _DISPUTED, [REPORT_ROWS_OF_A_LIST]),
        n_disputed=n_disputed["n"],
    )


_RELEASES = """SELECT r.*, f.size, f.url FROM catalogue.releases r
LEFT JOIN catalogue.files f USING (source, release, sha256) ORDER BY r.source, r.release"""

_RESULTS = "SELECT * FROM quality.check_results ORDER BY source, release, check_id"

# For each check of a source, the most severe and newest are shown. Sorting releases by name is good enough here.
_FINDINGS = """SELECT f.*, a.area_name FROM quality.findings f
LEFT JOIN (SELECT area_code, min(area_name) AS area_name FROM catalogue.areas GROUP BY area_code) a USING (area_code)
QUALIFY row_number() OVER (
    PARTITION BY source, check_id
    ORDER BY CASE severity WHEN 'blocking' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, release DESC, locator, finding_id
) <= ?"""

_N_FINDINGS = """SELECT source, check_id, severity, count(*) AS n FROM quality.findings
GROUP BY ALL ORDER BY ALL"""

_CAUSES = """SELECT * EXCLUDE (members) FROM quality.causes
ORDER BY NOT asks_action, CASE severity WHEN 'blocking' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, source NULLS FIRST,
    release, n_findings DESC, cause_id"""

_CHECKS = """SELECT check_id, layer, any_value(name) AS name, any_value(dimension) AS dimension,
    list(DISTINCT severity ORDER BY severity) AS severities, any_value(scope) AS scope,
    list(DISTINCT statement ORDER BY statement) AS statements,
    list(DISTINCT cannot_tell ORDER BY cannot_tell) AS cannot_tell
FROM catalogue.checks GROUP BY check_id, layer ORDER BY check_id, layer"""

_FIGURES = """SELECT source, count(*) AS n, count(*) FILTER (value IS NULL) AS absent,
    count(*) FILTER (quality = 'disputed') AS disputed, count(*) FILTER (quality = 'withheld') AS withheld,
    min(period_start) AS first_day, max(period_end) AS end_day
FROM harmonised.observations GROUP BY source ORDER BY source"""

_MEASURES = """WITH counted AS (
    SELECT source, measure, unit, status, count(*) AS n, count(*) FILTER (value IS NULL) AS absent
    FROM harmonised.observations GROUP BY ALL
)
SELECT source, measure, unit, sum(n)::BIGINT AS n, sum(absent)::BIGINT AS absent,
    list(format('{} {:,}', status, absent) ORDER BY absent DESC, status) FILTER (absent > 0) AS statuses
FROM counted GROUP BY ALL ORDER BY source, measure, unit"""

_N_DISPUTED = "SELECT count(*) AS n FROM harmonised.observations WHERE quality = 'disputed'"

_DISPUTED = """WITH cells AS (
    SELECT source, release, unnest(disputes) AS locator, locator AS accused, finding_id, check_id, proposal,
        n_ties
    FROM quality.findings WHERE len(disputes) > 0
)
SELECT o.source, o.release, o.locator, o.measure, o.area_code, o.area_name, o.period_start, o.period_end, o.unit,
    o.breakdown, o.value_text,
    list({'finding_id': c.finding_id, 'check_id': c.check_id} ORDER BY c.check_id, c.finding_id) AS findings,
    -- A proposal is for the reported cell; the others in the smallest set are disputed too, without a proposal.
    arg_min(c.proposal, c.check_id || c.finding_id) FILTER (c.accused = o.locator) AS proposal,
    coalesce(arg_min(c.n_ties, c.check_id || c.finding_id) FILTER (c.accused = o.locator), 0) AS n_ties
FROM harmonised.observations o JOIN cells c USING (source, release, locator)
WHERE o.quality = 'disputed'
GROUP BY ALL ORDER BY o.source, o.release DESC, o.locator LIMIT ?"""
