"""The page of a release: its file, the result of every check, and what was found in it.

Belongs here: what that page shows. Does not belong here: the findings (`findings`), and the figures of the release
(`civic_assets.publish.site.evidence`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from civic_assets.publish.report.links import source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.site.evidence import addresses as evidence
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.findings import Findings
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import release_page


def pages(report: Report, findings: Findings, source: str) -> Iterator[Page]:
    """A page for each release of a source, and for results that do not concern a single one."""
    facts = report.facts
    results: dict[str, list[Row]] = {}
    for result in facts.results:
        if result["source"] == source:
            results.setdefault(result["release"], []).append(result)
    held = {row["release"]: row for row in facts.releases if row["source"] == source}
    for name in dict.fromkeys([*held, *results]):
        yield _page(report, findings, source, name, held.get(name), results.get(name, ()))


def title_of(source: str, release: str, row: Row | None) -> str:
    """Title of the page of a release, or of results that do not concern a single one."""
    if row is not None:
        return f"Release {release}"
    return f"All published figures of {source}" if release == "published" else f"Results about {release}"


def _page(
    report: Report, findings: Findings, source: str, name: str, row: Row | None, results: Sequence[Row]
) -> Page:
    checks = {(one["check_id"], one["layer"]) for one in results}
    found = [
        (cause.row, cause.page, len(own))
        for cause in findings.causes
        if (own := [one for one in cause.findings if (one["source"], one["release"]) == (source, name)])
    ]
    data: dict[str, Any] = {
        "source": source,
        "release": row,
        "tables": report.tables.get((source, name), ()),
        "results": results,
        "names": {key: words for key, words in report.names.items() if key in checks},
        "causes": found,
        # A release without figures has no evidence.
        "evidence": evidence.release_page(source, name)
        if row is not None and row["state"] == "published" and row["n_rows"]
        else "",
    }
    return Page(
        release_page(source, name),
        title_of(source, name, row),
        "release.html.j2",
        data,
        (*TOP, (source, source_page(source))),
        report.is_synthetic(source, [name]),
    )
