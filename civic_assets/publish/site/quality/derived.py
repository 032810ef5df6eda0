"""Pages about the derived tables: what was found in them, and a page for each.

Belongs here: what these pages show. Does not belong here: making the tables, and the rules on them
(`civic_assets.quality.published`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from civic_assets.publish.report.links import OURS, anchor
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.words import Counts
from civic_assets.publish.site.quality import registers, views
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.findings import Findings, by_audience
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import table_page


def pages(report: Report, findings: Findings) -> Iterator[Page]:
    """The list of derived tables and a page for each; nothing if there are no results about any."""
    tables = report.tables_of_ours
    if not tables:
        return
    facts = report.facts
    results: dict[str, list[Row]] = {table: [] for table in tables}
    for row in facts.results:
        if row["source"] in results:
            results[row["source"]].append(row)
    groups = {table: views.groups(facts, table, findings.page_of) for table in tables}
    data: dict[str, Any] = {
        "matrix": [row for row in views.matrix(facts) if row.href == OURS],
        "todo": by_audience(findings.about(tables)),
        "tables": [
            (
                table,
                Counts.of(results[table]),
                sum(group.total for group in groups[table]),
                table_page(table),
                registers.listed(report, table),
            )
            for table in tables
        ],
        "groups": groups,
        "group_checks": report.check_pages(
            [one.check_id for own in groups.values() for one in own], derived=True
        ),
    }
    synthetic = bool(report.synthetic)
    yield Page(OURS, "Derived tables", "published.html.j2", data, synthetic=synthetic)
    for table in tables:
        checks = {(one["check_id"], one["layer"]) for one in results[table]}
        yield Page(
            table_page(table),
            table,
            "table.html.j2",
            {
                "table": table,
                "results": results[table],
                "names": {key: name for key, name in report.names.items() if key in checks},
                "groups": groups[table],
                "group_checks": report.check_pages([one.check_id for one in groups[table]], derived=True),
                "registers": registers.listed(report, table),
                "place": anchor("table", table),
            },
            (*TOP, ("Derived tables", OURS)),
            synthetic,
        )
        yield from registers.pages(report, table)
