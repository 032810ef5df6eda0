"""The pages of a source: one of readable length, and those of its contract, measures, breaks and disputed figures.

Belongs here: what these pages show. Does not belong here: pages of findings (`findings`), releases (`releases`), checks
over time (`over_time`), bias (`bias`), revisions (`revisions`) and other registers (`registers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from civic_assets.house_numbers.display import REPORT_BARS
from civic_assets.publish.queries.sources import stale_from
from civic_assets.publish.report import words
from civic_assets.publish.report.links import source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.site.charts.shares import Chart, bars
from civic_assets.publish.site.quality import over_time, registers, releases, revisions, views
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.findings import Findings, by_audience
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import part_of_source, release_page
from civic_assets.publish.site.source_words import about


def pages(report: Report, findings: Findings, source: Row) -> Iterator[Page]:
    """All pages of a source, apart from those of its causes and its bias."""
    name = source["source"]
    above = (*TOP, (name, source_page(name)))
    synthetic = report.is_synthetic(name)
    measures = [row for row in report.facts.measures if row["source"] == name]
    breaks = [row for row in report.breaks if _concerns(row, name)]
    disputed = [row for row in report.facts.disputed if row["source"] == name]
    by_check = over_time.by_check(report, name)
    yield _source(report, findings, source, len(measures), len(breaks), by_check)
    yield from releases.pages(report, findings, name)
    if by_check is not None:
        yield by_check
    yield from registers.pages(report, name)
    yield _contract(report, source, above)
    if measures:
        yield Page(
            part_of_source(name, "measures"), f"Measures of {name}", "measures.html.j2",
            {"source": name, "measures": measures}, above, synthetic,
            lambda: {"chart": absent(measures, synthetic=synthetic)},
        )  # fmt: skip
    if breaks:
        yield Page(
            part_of_source(name, "breaks"), f"Breaks of {name}", "source_breaks.html.j2",
            {"source": name, "breaks": breaks}, above,
        )  # fmt: skip
    if disputed:
        yield Page(
            part_of_source(name, "disputed"), f"Disputed figures of {name}", "disputed.html.j2",
            disputed_data(report, findings, disputed), above, synthetic,
        )  # fmt: skip


def disputed_data(report: Report, findings: Findings, figures: Sequence[Row]) -> dict[str, Any]:
    """What a page of disputed figures shows: the figures, their evidence, and where their findings are."""
    named = {
        (row["source"], one["check_id"], one["finding_id"]) for row in figures for one in row["findings"]
    }
    return {
        "figures": [
            {**row, "proof": report.evidence.get((row["source"], row["release"], row["locator"]), ""),
             "synthetic": report.is_synthetic(row["source"], [row["release"]])}
            for row in figures
        ],
        "found_at": {finding: findings.href(*finding) for finding in sorted(named)},
    }  # fmt: skip


def _source(
    report: Report, findings: Findings, source: Row, n_measures: int, n_breaks: int, by_check: Page | None
) -> Page:
    facts, name = report.facts, source["source"]
    results = [row for row in facts.results if row["source"] == name]
    held = [row for row in facts.releases if row["source"] == name]
    of_release: dict[str, list[Row]] = {}
    for result in results:
        of_release.setdefault(result["release"], []).append(result)
    figures, contract = facts.figures.get(name), report.contracts.get(name)
    listed, groups = by_audience(findings.about([name])), views.groups(facts, name, findings.page_of)
    counted = over_time.counts_of_releases(report, name)
    synthetic = report.is_synthetic(name)
    known = {row["release"] for row in held}
    data: dict[str, Any] = {
        "source": source,
        "contract": contract,
        "about": about(contract),
        "frequency_months": contract.frequency_months if contract else 0,
        "figures": figures,
        "stale_from": stale_from(contract, figures["end_day"]) if contract and figures else None,
        "row": views.matrix_row(name, "", results),
        "releases": [
            (row, words.Counts.of(of_release.get(row["release"], ())), release_page(name, row["release"]))
            for row in held
        ],
        "elsewhere": [
            (
                release,
                releases.title_of(name, release, None),
                words.Counts.of(own),
                release_page(name, release),
            )
            for release, own in of_release.items()
            if release not in known
        ],
        "severities": views.severities(facts, name),
        "todo": listed,
        "groups": groups,
        "group_checks": report.check_pages([one.check_id for one in groups], derived=False),
        "counted": [(release, counts, release_page(name, release)) for release, counts in counted],
        "by_check": by_check.address if by_check else "",
        "registers": registers.listed(report, name),
        "changes": registers.newest_changes(report, name),
        "revisions": part_of_source(name, revisions.SUBJECT) if name in report.revisions else "",
        "n_breaks": n_breaks,
        "n_measures": n_measures,
        "n_disputed": sum(row["source"] == name for row in facts.disputed),
        "pages": {one: part_of_source(name, one) for one in ("contract", "measures", "breaks", "disputed")},
    }
    return Page(
        source_page(name), name, "source.html.j2", data, synthetic=synthetic,
        drawn=lambda: {"chart": over_time.chart(name, counted, synthetic=synthetic)},
    )  # fmt: skip


def _contract(report: Report, source: Row, above: Sequence[tuple[str, str]]) -> Page:
    contract = report.contracts.get(source["source"])
    return Page(
        part_of_source(source["source"], "contract"),
        f"Contract of {source['source']}",
        "contract.html.j2",
        {
            "source": source,
            "contract": contract,
            "contract_changed": contract is not None and contract.sha256 != source["contract_sha256"],
            "designations": [row for row in report.designations if row["source"] == source["source"]],
        },
        above,
    )


def _concerns(entry: Row, source: str) -> bool:
    return entry["source"] == "all" or source in str(entry["source"]).split(", ")


def absent(measures: Sequence[Row], *, synthetic: bool) -> Chart | None:
    """Share of figures without a value, by measure; None if all have one."""
    shares = [
        (f"{words.plain(row['measure'])}, {words.plain(row['unit'])}", row["absent"] / row["n"])
        for row in measures
        if row["absent"]
    ]
    shares.sort(key=lambda entry: (-entry[1], entry[0]))
    if not shares:
        return None
    return bars(
        "absent",
        "Share of figures without a value, by measure",
        f"Horizontal bars of the {min(len(shares), REPORT_BARS)} measures with the largest share of figures that "
        "have a status instead of a value. The table below lists all measures.",
        shares[:REPORT_BARS],
        synthetic=synthetic,
    )
