"""The map of the flow of data as a section of the site.

Belongs here: planning and rendering its page. Does not belong here: what it shows of a source (`sources`) and its
drawings (`diagram`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from civic_assets.publish.families import FAMILIES
from civic_assets.publish.site.addresses import FLOW, GLOSSARY, HOLDERS, MEASURES, root_of
from civic_assets.publish.site.evidence.addresses import RELEASES
from civic_assets.publish.site.flow.diagram import drawn
from civic_assets.publish.site.flow.sources import Source, by_publisher, held_sources, key_of, sources
from civic_assets.publish.site.holders.linked import linked
from civic_assets.publish.site.holders.vocabulary import of_publisher
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.titles import title_of

TEMPLATE = "flow/flow.html.j2"
TITLE = "Where data come from"


class FlowPage:
    """One page with the way of every source from its publisher to the pages."""

    name = "flow"
    at_once = 1
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """The page."""
        content = repr((site.vocabularies, key_of(_sources(site))))
        return [Planned(FLOW, hash_of(content), TITLE)]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The page, if it was asked for."""
        for page in pages:
            listed = _sources(site)
            there = {address for _, address in site.menu}
            families = {family.name: family.description for family in FAMILIES}
            synthetic = any(one.held.synthetic for one in listed)
            main = site.env.get_template(TEMPLATE).render(
                root=root_of(page.address),
                title=TITLE,
                listed=listed,
                publishers=[
                    (
                        publisher,
                        own,
                        Markup(drawn(publisher, own, synthetic=any(one.held.synthetic for one in own))),
                        of_publisher(publisher) if HOLDERS in there else (),
                    )
                    for publisher, own in by_publisher(listed)
                ],
                families={name: text for name, text in families.items() if _used(name, listed)},
                measure_pages=MEASURES in there,
                glossary=GLOSSARY in there,
                releases=RELEASES,
                title_of=title_of,
                linked=linked,
            )
            yield page.address, site.frame(TITLE, main, page.address, synthetic=synthetic)


def _sources(site: Site) -> Sequence[Source]:
    return sources(site.contracts, held_sources(site.connection))


def _used(family: str, listed: Sequence[Source]) -> bool:
    return any(family in one.held.tables for one in listed)
