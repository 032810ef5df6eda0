"""The quality pages as a section of the site: results of checks, findings and registers, for those who look closer.

Belongs here: which pages there are, planning and rendering them. Does not belong here: what they show (the other
modules), and reading that (`collected`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.site.page import Planned, Site

if TYPE_CHECKING:
    from civic_assets.publish.site.quality.collected import Report
    from civic_assets.publish.site.quality.page import Page


class QualityPages:
    """The pages in `quality/` and `sources/`."""

    name = "quality"
    at_once = 50
    # All pages are made from one reading of the read model, which takes longer than most of them.
    side_by_side = False

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}

    def plan(self, site: Site) -> Sequence[Planned]:
        """Pages for each source, each cause of findings, each check and each derived table, and those about all."""
        from civic_assets.publish.site.quality.collected import collect

        report = collect(site.store, site.connection, site.contracts, site.manifest)
        self._pages = {page.address: page for page in pages_of(report)}
        return [Planned(page.address, page.key, page.title) for page in self._pages.values()]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """Text of pages that were planned here."""
        from civic_assets.publish.site.quality.page import Renderer

        if not self._pages:
            raise RuntimeError("The quality pages are rendered by the process that planned them.")
        renderer = Renderer(site)
        for page in pages:
            yield page.address, renderer.new(self._pages[page.address])


def pages_of(report: Report) -> Iterator[Page]:
    """All quality pages, each with everything that it shows."""
    from civic_assets.publish.site.quality import bias, checks, derived, lists, overview, revisions, source
    from civic_assets.publish.site.quality.findings import Findings

    findings = Findings(report)
    yield from overview.pages(report, findings)
    yield from checks.pages(report, findings)
    yield from derived.pages(report, findings)
    yield from lists.pages(report)
    for row in report.facts.sources:
        yield from source.pages(report, findings, row)
    yield from findings.pages()
    yield from bias.pages(report)
    yield from revisions.pages(report)
