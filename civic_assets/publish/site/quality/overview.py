"""The first quality page, and the lists of all sources: what asks for action, and disputed figures.

Belongs here: what these pages show. Does not belong here: pages of one source (`source`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.answers.words import FOR_WHOM
from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.publish.report import words
from civic_assets.publish.report.links import (
    BREAKS,
    CHECKS,
    COMMON,
    NUMBERS,
    OURS,
    QUALITY,
    anchor,
    cause_anchor,
    source_page,
)
from civic_assets.publish.report.reading import Row
from civic_assets.publish.site.charts.shares import Chart, stacked
from civic_assets.publish.site.quality import over_time, registers, views
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.findings import Findings
from civic_assets.publish.site.quality.page import Page
from civic_assets.publish.site.quality.places import ACTIONS, BIAS, DISPUTED, OVER_TIME, REVISIONS
from civic_assets.publish.site.quality.source import disputed_data


def pages(report: Report, findings: Findings) -> Iterator[Page]:
    """The first page, and those that it leads to."""
    yield _first(report, findings)
    yield _actions(report, findings)
    if report.facts.disputed:
        yield Page(
            DISPUTED,
            "Disputed figures",
            "disputed.html.j2",
            {**disputed_data(report, findings, report.facts.disputed), "n": report.facts.n_disputed},
            synthetic=bool(report.synthetic),
        )
    yield over_time.all_sources(report)


def _first(report: Report, findings: Findings) -> Page:
    facts = report.facts
    matrix = views.matrix(facts)
    asking = [one for one in findings.causes if one.row["asks_action"]]
    of_all = [row for row in facts.causes if row["asks_action"]]
    blocking = [row for row in facts.findings if row["severity"] == "blocking" and row["status"] == "open"]
    registered = (*facts.source_names, *report.tables_of_ours)
    data: dict[str, Any] = {
        "facts": facts,
        "manifest": report.manifest,
        "changes": report.changes,
        "total": words.Counts.of(facts.results),
        "severities": views.severities(facts),
        "matrix": matrix,
        "n_asking": len(of_all),
        "n_information": len(facts.causes) - len(of_all),
        "asked": _asked(report, findings),
        "audiences_asked": [name for name in FOR_WHOM if any(row["audience"] == name for row in of_all)],
        "gravest": [(one.row, one.page) for one in asking if one.row["severity"] == "blocking"],
        "blocking": [
            (row, findings.href(row["source"], row["check_id"], row["finding_id"]))
            for row in blocking[:REPORT_ROWS_OF_A_LIST]
        ],
        "registers": [(name, own) for name in registered if (own := registers.listed(report, name))],
        "back_rooms": _back_rooms(report),
        "disputed_page": DISPUTED if facts.disputed else "",
    }
    # It shows the publication itself and something of every source.
    return Page(
        QUALITY, "Quality", "index.html.j2", data, (), bool(report.synthetic),
        lambda: {"chart": outcomes(matrix, synthetic=bool(report.synthetic))}, kept=False,
    )  # fmt: skip


def _asked(report: Report, findings: Findings) -> list[tuple[str, str, Mapping[str, int]]]:
    """Numbers of causes that ask for action, by source and audience: name, page and numbers."""
    named = [(name, source_page(name), [name]) for name in report.facts.source_names]
    if report.tables_of_ours:
        named.append(("derived tables", OURS, list(report.tables_of_ours)))
    found: list[tuple[str, str, Mapping[str, int]]] = []
    for name, page, sources in named:
        asking = [one.row["audience"] for one in findings.about(sources) if one.row["asks_action"]]
        if asking:
            found.append((name, page, dict(Counter(asking))))
    return found


def _back_rooms(report: Report) -> list[tuple[str, str, str]]:
    """Pages about all sources: words, address, and what they are for."""
    listed = [
        (True, "What asks for action", ACTIONS, "Every cause of findings, by who can do something about it"),
        (True, "Checks", CHECKS, "What each check states, what it cannot show, and its results"),
        (True, "Checks over time", OVER_TIME, "Which checks passed and failed in each release"),
        (report.bias, "Bias", BIAS, "What could mislead a reader of each measure, in sentences"),
        (report.revisions, "Revisions", REVISIONS, "How large the changes to published figures were"),
        (report.breaks, "Breaks", BREAKS, "Dated events after which a series means something else"),
        (report.facts.disputed, "Disputed figures", DISPUTED, "Figures that contradict their own release"),
        (report.tables_of_ours, "Derived tables", OURS, "Rules on the tables that are made here"),
        (report.common, "Common years, ages and categories", COMMON, "What can be compared between sources"),
        (report.numbers, "House numbers", NUMBERS, "Every threshold that was chosen here, and why"),
    ]
    return [(title, address, about) for there, title, address, about in listed if there]


def _actions(report: Report, findings: Findings) -> Page:
    facts = report.facts
    pages_of = {one.row["cause_id"]: one.page for one in findings.causes}
    groups = []
    for audience, whom in FOR_WHOM.items():
        own = [row for row in facts.causes if row["asks_action"] and row["audience"] == audience]
        if own:
            shown = [(row, _place(report, row), pages_of.get(row["cause_id"], "")) for row in own]
            groups.append((audience, whom[:1].upper() + whom[1:], shown[:REPORT_ROWS_OF_A_LIST], len(own)))
    return Page(
        ACTIONS,
        "What asks for action",
        "actions.html.j2",
        {"groups": groups, "n_information": sum(not row["asks_action"] for row in facts.causes)},
        synthetic=bool(report.synthetic),
    )


def _place(report: Report, cause: Row) -> str:
    """Where a cause is listed with the others of its source."""
    if cause["source"] in report.facts.source_names:
        return f"{source_page(cause['source'])}#{cause_anchor(cause['cause_id'])}"
    return f"{OURS}#{cause_anchor(cause['cause_id'])}" if report.facts.tables_of_ours else ""


def outcomes(matrix: Sequence[views.MatrixRow], *, synthetic: bool) -> Chart | None:
    """Results of checks by outcome and source; None without results."""
    rows = [
        (f"{row.name} ({row.total.total:,})", over_time.parts_of(row.total))
        for row in matrix
        if row.total.total
    ]
    if not rows:
        return None
    return stacked(
        anchor("outcomes"),
        "Results of checks by outcome, for each source",
        "Horizontal bars, one for each source and one for the derived tables, of results that passed, failed with a "
        "warning, failed and block, and were not evaluated. The table below has the same numbers.",
        rows,
        over_time.PARTS,
        synthetic=synthetic,
    )
