"""Which page shows which finding, and the causes of findings grouped by what somebody must do.

Belongs here: dividing findings among the pages of their causes, and lists of causes for a source. Does not belong here:
how causes are found (`civic_assets.quality.causes`), and HTML (`cause.html.j2`).

A finding has the same anchor in two places: in full on the page of its cause, and as one line on the page of its
source, whose address does not depend on causes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.answers.words import FOR_WHOM
from civic_assets.house_numbers.display import REPORT_BYTES_OF_A_PART, REPORT_FINDINGS_ON_A_SOURCE_PAGE
from civic_assets.publish.report.cells import Neighbours
from civic_assets.publish.report.links import OURS, finding_anchor, group_anchor, group_of_ours, source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.words import Evidence, evidence_of
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import TOP, Page, in_parts
from civic_assets.publish.site.quality.places import cause_page

# Bytes of a finding without its texts, of a cell without its text, and of its evidence at most.
_FINDING, _CELL, _EVIDENCE = 1_400, 45, 2_500
_CHECKS_IN_A_TITLE = 3


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what is shown of it.

    Args:
        neighbours: Neighbouring cells; None if the finding names no cell, or one missing from the raw layer.
        proof: Address of the evidence of its cell; empty if the cell has no published figure.
    """

    row: Row
    evidence: Evidence
    neighbours: Neighbours | None
    proof: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause with the pages of its findings.

    Args:
        row: Row of `quality.causes`.
        source: Source of its pages; None if they are among those of the derived tables.
        parts: Address of each page with the findings on it.
    """

    row: Row
    source: str | None
    parts: Sequence[tuple[str, Sequence[Row]]]

    @property
    def page(self) -> str:
        """Its first page."""
        return self.parts[0][0]

    @property
    def findings(self) -> list[Row]:
        """All its findings that are shown."""
        return [row for _, rows in self.parts for row in rows]


@dataclass(frozen=True, slots=True)
class ListedCause:
    """A cause as a page lists it.

    Args:
        findings: Anchor, address and locator of each finding that this page lists.
        checks: Page of each of its checks.
    """

    row: Row
    page: str
    findings: Sequence[tuple[str, str, str, str]]
    checks: Mapping[str, str]


class Findings:
    """Pages of all causes.

    Args:
        report: Everything that pages are made from.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        known = {row["cause_id"] for row in report.facts.causes}
        rows: dict[str, list[Row]] = {}
        for finding in report.facts.findings:
            cause = finding["cause_id"] if finding["cause_id"] in known else _made_up(finding)
            rows.setdefault(cause, []).append(finding)
        without = [finding for finding in report.facts.findings if finding["cause_id"] not in known]
        self.causes = [
            self._cause(row, rows[row["cause_id"]])
            for row in (*report.facts.causes, *_without_cause(without))
            if row["cause_id"] in rows
        ]
        self.page_of = {
            row["finding_id"]: page for cause in self.causes for page, shown in cause.parts for row in shown
        }

    def _cause(self, row: Row, rows: Sequence[Row]) -> Cause:
        source = row["source"] if row["source"] in self._report.facts.source_names else None
        sizes = [_bytes(one, self._report.cells.of(one["source"]).get(one["finding_id"])) for one in rows]
        parts = [
            (cause_page(source, row["cause_id"], part), rows[first:end])
            for part, (first, end) in enumerate(in_parts(sizes, REPORT_BYTES_OF_A_PART), start=1)
        ]
        return Cause(row, source, parts)

    def href(self, source: str, check_id: str, finding_id: str) -> str:
        """Link to a finding, relative to the report's folder: to its cause, or to the number of those not shown."""
        if finding_id in self.page_of:
            return f"{self.page_of[finding_id]}#{finding_anchor(finding_id)}"
        if source in self._report.facts.source_names:
            return f"{source_page(source)}#{group_anchor(check_id)}"
        return f"{OURS}#{group_of_ours(source, check_id)}"

    def about(self, sources: Iterable[str]) -> list[ListedCause]:
        """Causes that concern some sources or derived tables, each with their findings only.

        A page lists a limited number of findings; the page of the cause has the others.
        """
        named, left = set(sources), REPORT_FINDINGS_ON_A_SOURCE_PAGE
        found = []
        for cause in self.causes:
            own = [row for row in cause.findings if row["source"] in named]
            if not own and cause.row["source"] not in named:
                continue
            shown, left = own[: max(0, left)], left - len(own)
            found.append(
                ListedCause(
                    cause.row,
                    cause.page,
                    [
                        (
                            finding_anchor(row["finding_id"]),
                            f"{self.page_of[row['finding_id']]}#{finding_anchor(row['finding_id'])}",
                            row["locator"] or "no single cell",
                            row["release"],
                        )
                        for row in shown
                    ],
                    self._report.check_pages(cause.row["check_ids"], derived=cause.source is None),
                )
            )
        return found

    def pages(self) -> Iterable[Page]:
        """The pages of all causes."""
        for cause in self.causes:
            for number, (address, rows) in enumerate(cause.parts, start=1):
                yield self._page(cause, number, address, rows)

    def _page(self, cause: Cause, number: int, address: str, rows: Sequence[Row]) -> Page:
        report = self._report
        above = (cause.source, source_page(cause.source)) if cause.source else ("Derived tables", OURS)
        checks = list(cause.row["check_ids"])
        more = len(checks) - _CHECKS_IN_A_TITLE
        named = ", ".join(checks[:_CHECKS_IN_A_TITLE]) + (f" and {more} more" if more > 0 else "")
        title = f"Findings of {named}"
        if len(cause.parts) > 1:
            title += f", page {number}"
        sources = sorted({row["source"] for row in rows})
        derived = cause.source is None
        data: dict[str, Any] = {
            "cause": cause.row,
            "addresses_of_parts": [part for part, _ in cause.parts],
            "checks": report.check_pages(checks, derived=derived),
            "names": _names(report, checks, derived=derived),
            "rows": rows,
            "proofs": [_proof(report, row) for row in rows],
            "n_shown": sum(len(shown) for _, shown in cause.parts),
            "cells": [key for source in sources for key in report.cells.key(source)],
            "owner": above[0],
            "above": above[1],
        }
        return Page(
            address,
            title,
            "cause.html.j2",
            data,
            (*TOP, above),
            any(report.is_synthetic(row["source"], [row["release"]]) for row in rows),
            _drawn(report, rows),
        )


def _drawn(report: Report, rows: Sequence[Row]) -> Callable[[], Mapping[str, Any]]:
    def drawn() -> Mapping[str, Any]:
        return {
            "findings": [
                FindingView(
                    row,
                    evidence_of(row),
                    report.cells.of(row["source"]).get(row["finding_id"]),
                    _proof(report, row),
                )
                for row in rows
            ]
        }

    return drawn


def _proof(report: Report, row: Row) -> str:
    return report.evidence.get((row["source"], row["release"], row["locator"] or ""), "")


def _names(report: Report, checks: Sequence[str], *, derived: bool) -> Mapping[str, str]:
    """Names of checks by id."""
    found = {}
    for (check_id, layer), name in sorted(report.names.items()):
        if check_id in checks and ((layer == "published") == derived or check_id not in found):
            found[check_id] = name
    return found


def _bytes(row: Row, neighbours: Neighbours | None) -> int:
    """About how long a finding is on its page."""
    texts = sum(len(str(row[name] or "").encode()) for name in ("message", "observed", "expected", "locator"))
    taken = _FINDING + texts + min(_EVIDENCE, len((row["evidence"] or "").encode()))
    if neighbours is not None:
        cells = [cell for one in neighbours.rows for cell in one.cells]
        taken += sum(_CELL + len(cell.text.encode()) for cell in cells)
    return taken


def _made_up(finding: Row) -> str:
    return f"{finding['source']}-{finding['check_id']}"


def _without_cause(rows: Sequence[Row]) -> list[Row]:
    """A cause for each check of findings that have none, which only a read model of another program has."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["source"], row["check_id"]), []).append(row)
    return [
        {
            "cause_id": _made_up(some[0]), "source": source, "release": some[0]["release"],
            "releases": sorted({row["release"] for row in some}), "check_ids": [check_id],
            "severity": some[0]["severity"], "asks_action": False, "audience": "us", "action": None,
            "message": some[0]["message"], "n_findings": len(some),
        }
        for (source, check_id), some in sorted(grouped.items())
    ]  # fmt: skip


def by_audience(causes: Sequence[ListedCause]) -> list[tuple[str, str, list[ListedCause]]]:
    """Causes by what a reader must do: name and heading of each group, and its causes, the gravest first.

    The last group asks nobody for anything.
    """
    groups = []
    for audience, whom in FOR_WHOM.items():
        own = [one for one in causes if one.row["asks_action"] and one.row["audience"] == audience]
        if own:
            groups.append((audience, whom[:1].upper() + whom[1:], own))
    rest = [one for one in causes if not one.row["asks_action"]]
    return [*groups, ("information", "For information", rest)] if rest else groups
