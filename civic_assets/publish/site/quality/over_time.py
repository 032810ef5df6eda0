"""Results of checks in each release, over time: for every source together, and check by check for one source.

Belongs here: the rows and charts of these pages. Does not belong here: one release (`releases`), and drawing
(`civic_assets.publish.site.charts.shares`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.house_numbers.display import REPORT_RELEASES_OVER_TIME
from civic_assets.publish.report import words
from civic_assets.publish.report.links import anchor, source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.site.charts.shares import Chart, columns
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import OVER_TIME, part_of_source, release_page

PARTS = ("pass", "warn", "fail", "not evaluated")
"""Words of the parts of a chart of outcomes."""


def parts_of(counts: words.Counts) -> tuple[int, int, int, int]:
    """Numbers of results by part of a chart."""
    return counts.passed, counts.failed - counts.blocking, counts.blocking, counts.not_evaluated


def counts_of_releases(report: Report, source: str) -> list[tuple[str, words.Counts]]:
    """Counts of each release of a source that has results, the oldest first; only the newest ones."""
    by_release: dict[str, list[Row]] = {}
    for result in report.facts.results:
        if result["source"] == source:
            by_release.setdefault(result["release"], []).append(result)
    names = [row["release"] for row in report.facts.releases if row["source"] == source]
    held = [name for name in names if name in by_release][:REPORT_RELEASES_OVER_TIME]
    return [(name, words.Counts.of(by_release[name])) for name in reversed(held)]


def chart(source: str, counted: Sequence[tuple[str, words.Counts]], *, synthetic: bool) -> Chart | None:
    """Outcomes of the checks of each release; None if fewer than two releases have results."""
    if len(counted) <= 1:
        return None
    return columns(
        anchor("over-time", source),
        f"Results of checks in each release of {source}",
        f"Columns of equal height, one for each of {len(counted)} releases from {counted[0][0]} to {counted[-1][0]}, "
        "divided into checks that passed, failed with a warning, failed and block, and were not evaluated. The table "
        "below has the numbers.",
        [(release, parts_of(counts)) for release, counts in counted],
        PARTS,
        synthetic=synthetic,
    )


def all_sources(report: Report) -> Page:
    """The page with every source."""
    shown = [
        (name, counted, report.is_synthetic(name))
        for name in report.facts.source_names
        if (counted := counts_of_releases(report, name))
    ]
    return Page(
        OVER_TIME,
        "Checks over time",
        "over_time.html.j2",
        {
            "sources": [
                {
                    "name": name,
                    "releases": [(one, counts, release_page(name, one)) for one, counts in reversed(counted)],
                    "by_check": part_of_source(name, "checks"),
                    "synthetic": synthetic,
                }
                for name, counted, synthetic in shown
            ]
        },
        synthetic=bool(report.synthetic),
        drawn=lambda: {
            "charts": {name: chart(name, counted, synthetic=synthetic) for name, counted, synthetic in shown}
        },
    )


def by_check(report: Report, source: str) -> Page | None:
    """The page with the result of each check in each release of a source; None without results of releases."""
    counted = counts_of_releases(report, source)
    if not counted:
        return None
    releases = [release for release, _ in counted]
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for result in report.facts.results:
        if result["source"] == source and result["release"] in releases:
            found.setdefault((result["check_id"], result["layer"]), {})[result["release"]] = result
    rows = [
        {
            "check_id": check_id,
            "name": report.names.get((check_id, layer), ""),
            "cells": [_cell(of_release.get(release)) for release in reversed(releases)],
        }
        for (check_id, layer), of_release in sorted(found.items())
    ]
    synthetic = report.is_synthetic(source)
    return Page(
        part_of_source(source, "checks"),
        f"Checks of {source} over time",
        "source_checks.html.j2",
        {
            "source": source,
            "rows": rows,
            "counted": [(one, counts, release_page(source, one)) for one, counts in reversed(counted)],
            "checks": report.check_pages([check_id for check_id, _ in found], derived=False),
            "n_older": sum(row["source"] == source for row in report.facts.releases) - len(releases),
        },
        (*TOP, (source, source_page(source))),
        synthetic,
        lambda: {"chart": chart(source, counted, synthetic=synthetic)},
    )


def _cell(result: Row | None) -> Mapping[str, Any] | None:
    if result is None:
        return None
    return {
        "state": words.state_of(result),
        "failed": result["n_failed"] if result["outcome"] == "fail" else None,
    }
