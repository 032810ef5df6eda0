"""Counts of results and findings, as several quality pages show them.

Belongs here: counting and grouping. Does not belong here: querying the read model
(`civic_assets.publish.report.reading`), which finding is on which page (`findings`), and HTML (the templates).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.publish.report.links import OURS, group_anchor, group_of_ours, source_page
from civic_assets.publish.report.reading import DIMENSIONS, ReportFacts, Row
from civic_assets.publish.report.registers import quoted
from civic_assets.publish.report.words import Counts


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one check.

    Args:
        anchor: Anchor of the group.
        layer: Layer of the check, which gives its page.
        shown: Number of findings that are shown.
        by_severity: Number of findings of each severity, shown or not.
        pages: Pages that show them, with the number on each.
        sql: Query that lists all findings.
    """

    check_id: str
    name: str
    layer: str
    cannot_tell: str
    anchor: str
    shown: int
    by_severity: Mapping[str, int]
    pages: Sequence[tuple[str, int]]
    sql: str

    @property
    def total(self) -> int:
        """Number of all findings of the check."""
        return sum(self.by_severity.values())


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Quality of one source by dimension.

    Args:
        href: Address of the source's page.
        dimensions: Counts for each of `DIMENSIONS`.
        total: Counts for all dimensions together.
    """

    name: str
    href: str
    dimensions: list[Counts]
    total: Counts


_OURS = "derived tables"
_SEVERITIES = ("blocking", "warning", "info")


def matrix_row(name: str, href: str, results: Sequence[Row]) -> MatrixRow:
    """Count results by dimension."""
    by_dimension = [Counts.of(r for r in results if r["dimension"] == name) for name in DIMENSIONS]
    return MatrixRow(name, href, by_dimension, Counts.of(results))


def matrix(facts: ReportFacts) -> list[MatrixRow]:
    """A row for each source with results, then one for all derived tables; their own page lists them singly."""
    by_source: dict[str, list[Row]] = {}
    for result in facts.results:
        by_source.setdefault(result["source"], []).append(result)
    rows = [
        matrix_row(source, source_page(source), by_source[source])
        for source in facts.source_names
        if source in by_source
    ]
    derived = [result for table in facts.tables_of_ours for result in by_source.get(table, ())]
    return [*rows, matrix_row(_OURS, OURS, derived)] if derived else rows


def groups(facts: ReportFacts, source: str, pages: Mapping[str, str]) -> list[FindingGroup]:
    """Findings of a source (or of a derived table) by check, blocking ones first.

    Args:
        facts: Content of the read model.
        source: Name of the source or table.
        pages: Page that shows each finding, by its id.
    """
    derived = source not in facts.source_names
    layers = {(result["source"], result["check_id"]): result["layer"] for result in facts.results}
    checks = {(check["check_id"], check["layer"]): check for check in facts.checks}
    counted: dict[str, dict[str, int]] = {}
    for row in facts.n_findings:
        if row["source"] == source:
            counted.setdefault(row["check_id"], {})[row["severity"]] = row["n"]
    shown: dict[str, list[str]] = {}
    for row in facts.findings:
        if row["source"] == source:
            shown.setdefault(row["check_id"], []).append(pages[row["finding_id"]])
    collected = []
    for check_id, by_severity in counted.items():
        layer = layers.get((source, check_id), "published" if derived else "")
        check = checks.get((check_id, layer), {})
        collected.append(
            FindingGroup(
                check_id,
                check.get("name") or "",
                layer,
                "; ".join(check.get("cannot_tell") or ()),
                group_of_ours(source, check_id) if derived else group_anchor(check_id),
                len(shown.get(check_id, ())),
                {level: by_severity[level] for level in _SEVERITIES if level in by_severity},
                list(Counter(shown.get(check_id, ())).items()),
                f"SELECT * FROM quality.findings WHERE source = {quoted(source)} AND check_id = {quoted(check_id)}",
            )
        )
    return sorted(collected, key=lambda g: (min(map(_SEVERITIES.index, g.by_severity)), g.check_id))


def severities(facts: ReportFacts, source: str | None = None) -> dict[str, int]:
    """Findings by severity, of one source or of all."""
    counted: Counter[str] = Counter({"blocking": 0, "warning": 0, "info": 0})
    for row in facts.n_findings:
        if source is None or row["source"] == source:
            counted[row["severity"]] += row["n"]
    return dict(counted)


def by_source(results: Iterable[Row]) -> list[tuple[str, Counts]]:
    """Results of one check by source."""
    rows_by_source: dict[str, list[Row]] = {}
    for result in results:
        rows_by_source.setdefault(result["source"], []).append(result)
    return [(source, Counts.of(rows_by_source[source])) for source in sorted(rows_by_source)]


def catalogue(facts: ReportFacts) -> list[tuple[str, list[tuple[Row, Counts, list[tuple[str, Counts]]]]]]:
    """The checks by layer, each with its results: in total, and by source."""
    results: dict[tuple[str, str], list[Row]] = {}
    for result in facts.results:
        results.setdefault((result["check_id"], result["layer"]), []).append(result)
    known = {(check["check_id"], check["layer"]) for check in facts.checks}
    # Results of a check that the catalogue does not describe are still listed.
    extra: list[dict[str, Any]] = [
        {
            "check_id": check_id, "layer": layer, "name": "", "dimension": found[0]["dimension"],
            "severities": sorted({row["severity"] for row in found}), "scope": found[0]["scope"], "statements": [],
            "cannot_tell": [],
        }
        for (check_id, layer), found in results.items()
        if (check_id, layer) not in known
    ]  # fmt: skip
    checks = sorted([*facts.checks, *extra], key=lambda check: str(check["check_id"]))
    layers = list(
        dict.fromkeys([*("raw", "validated", "harmonised", "published"), *(c["layer"] for c in checks)])
    )
    return [
        (
            layer,
            [
                (check, Counts.of(own), by_source(own))
                for check in checks
                if check["layer"] == layer
                for own in [results.get((check["check_id"], layer), [])]
            ],
        )
        for layer in layers
        if any(check["layer"] == layer for check in checks)
    ]
