"""Revisions as charts: how large they were, for each measure from one release to the next.

Belongs here: the page of a source, and the list of all. Does not belong here: counting
(`civic_assets.publish.report.revision_sizes`), and the summaries of `quality.revision_summary`, which are a register
(`registers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from civic_assets.publish.report.links import anchor, source_page
from civic_assets.publish.report.revision_sizes import RevisionSizes
from civic_assets.publish.site.charts.shares import Chart, bars
from civic_assets.publish.site.quality.bias import title_of
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import TOP, Page
from civic_assets.publish.site.quality.places import REVISIONS, part_of_source

SUBJECT = "sizes_of_revisions"


def pages(report: Report) -> Iterator[Page]:
    """The list of all sources with revisions, and a page for each; nothing without revisions."""
    found = {
        source: sizes for source, sizes in report.revisions.items() if source in report.facts.source_names
    }
    if not found:
        return
    yield Page(
        REVISIONS,
        "Revisions",
        "revisions_overview.html.j2",
        {
            "sources": [
                (
                    source,
                    part_of_source(source, SUBJECT),
                    [(_row(one), title_of(one.measure)) for one in sizes],
                )
                for source, sizes in found.items()
            ]
        },
        synthetic=bool(report.synthetic),
    )
    for source, sizes in found.items():
        synthetic = report.is_synthetic(source)
        charted = [(anchor("revisions", str(place)), one) for place, one in enumerate(sizes, start=1)]
        summary = next(
            (one for one in report.registers.get(source, ()) if one.register.table == "revision_summary"),
            None,
        )
        yield Page(
            part_of_source(source, SUBJECT),
            f"Revisions of {source}",
            "revisions.html.j2",
            {
                "source": source,
                "sizes": [(name, title_of(one.measure), _row(one)) for name, one in charted],
                "said": [row["message"] for row in summary.rows if row.get("message")] if summary else [],
                "summary": part_of_source(source, "revision_summary") if summary else "",
            },
            (*TOP, ("Revisions", REVISIONS), (source, source_page(source))),
            synthetic,
            _drawn(charted, synthetic=synthetic),
        )


def _row(one: RevisionSizes) -> Mapping[str, object]:
    return {
        "unit": one.unit,
        "first": one.first_release,
        "later": one.later_release,
        "classes": list(one.classes),
        "n_reclassified": one.n_reclassified,
        "total": one.total,
        "revised": one.revised,
    }


def _drawn(
    charted: Sequence[tuple[str, RevisionSizes]], *, synthetic: bool
) -> Callable[[], Mapping[str, Mapping[str, Chart]]]:
    def drawn() -> Mapping[str, Mapping[str, Chart]]:
        return {"charts": {name: chart(name, one, synthetic=synthetic) for name, one in charted if one.total}}

    return drawn


def chart(name: str, one: RevisionSizes, *, synthetic: bool) -> Chart:
    """Shares of figures by size of their revision."""
    return bars(
        name,
        f"{title_of(one.measure)}: size of revisions from {one.first_release} to {one.later_release}",
        f"Horizontal bars of the share of {one.total:,} figures by the size of their revision, from downward revisions "
        "at the top to upward ones. The table below has the numbers.",
        [(words, number / one.total) for words, number in one.classes],
        synthetic=synthetic,
    )
