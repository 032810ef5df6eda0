"""The list of checks, and a page for each.

Belongs here: what these pages show. Does not belong here: the checks (`civic_assets.quality`), and their findings
(`findings`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.publish.report.chosen_numbers import numbers_of_checks
from civic_assets.publish.report.links import CHECKS, OURS, source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.words import Counts
from civic_assets.publish.site.quality import views
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.findings import Findings
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import check_page, release_page, table_page


def pages(report: Report, findings: Findings) -> Iterator[Page]:
    """The list, and the page of each check."""
    layers = views.catalogue(report.facts)
    yield Page(
        CHECKS,
        "Checks",
        "checks.html.j2",
        {
            "layers": [
                (layer, [(check, counts, check_page(check["check_id"], layer)) for check, counts, _ in own])
                for layer, own in layers
            ]
        },
        synthetic=bool(report.synthetic),
    )
    chosen = numbers_of_checks(report.numbers)
    results: dict[tuple[str, str], list[Row]] = {}
    for row in report.facts.results:
        results.setdefault((row["check_id"], row["layer"]), []).append(row)
    for layer, own in layers:
        for check, counts, sources in own:
            of_check = results.get((check["check_id"], layer), [])
            yield _page(report, findings, check, counts, sources, of_check, chosen.get(check["check_id"], ()))


def _page(
    report: Report,
    findings: Findings,
    check: Row,
    counts: Counts,
    sources: Sequence[tuple[str, Counts]],
    results: Sequence[Row],
    chosen: Sequence[str],
) -> Page:
    check_id, layer = check["check_id"], check["layer"]
    told = [row for row in results if row["outcome"] != "pass"]
    told.sort(key=lambda row: row["outcome"] != "fail")
    about = {row["source"] for row in results}
    causes = [
        (one.row, one.page)
        for one in findings.causes
        if any(row["check_id"] == check_id and row["source"] in about for row in one.findings)
    ]
    data: dict[str, Any] = {
        "check": check,
        "counts": counts,
        "chosen": chosen,
        "sources": [(name, own, _source_href(report, name)) for name, own in sources],
        "told": [(row, _release_href(report, row)) for row in told[:REPORT_ROWS_OF_A_LIST]],
        "n_told": len(told),
        "causes": causes,
    }
    return Page(
        check_page(check_id, layer),
        f"{check_id} {check['name']}".strip(),
        "check.html.j2",
        data,
        (*TOP, ("Checks", CHECKS)),
        any(report.is_synthetic(name) for name in about),
    )


def _source_href(report: Report, name: str) -> str:
    return source_page(name) if name in report.facts.source_names else _table_href(report, name)


def _release_href(report: Report, row: Mapping[str, Any]) -> str:
    if row["source"] in report.facts.source_names:
        return release_page(row["source"], row["release"])
    return _table_href(report, row["source"])


def _table_href(report: Report, name: str) -> str:
    return table_page(name) if name in report.tables_of_ours else OURS
