"""The quality pages as a section of the site: results of checks, findings and registers, for those who look closer.

Belongs here: planning and rendering them with the others. Does not belong here: the pages
(`civic_assets.publish.report.pages`), and reading what they show (`civic_assets.publish.report.quality_pages`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.report.quality_pages import collect, key_of
from civic_assets.publish.site.page import Planned, Site

if TYPE_CHECKING:
    from civic_assets.publish.report.pages import Page, Report


class QualityPages:
    """The pages in `quality/` and `sources/`."""

    name = "quality"
    at_once = 1
    # All pages are made from one reading of the read model, which takes longer than most of them.
    side_by_side = False

    def __init__(self) -> None:
        self._report: Report | None = None
        self._pages: dict[str, Page] = {}

    def plan(self, site: Site) -> Sequence[Planned]:
        """One page for each source, and those about all of them."""
        from civic_assets.publish.report import pages

        self._report = collect(site.store, site.connection, site.contracts, site.manifest)
        self._pages = {page.name: page for page in pages.pages_of(self._report)}
        frame = self._report.frame
        return [Planned(page.name, key_of(page, frame)) for page in self._pages.values()]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """Text of pages that were planned here."""
        from civic_assets.publish.report.pages import Renderer

        if self._report is None:
            raise RuntimeError("The quality pages are rendered by the process that planned them.")
        renderer = Renderer(self._report)
        for page in pages:
            yield page.address, renderer.new(self._pages[page.address])
