"""Who holds what, as a section of the site.

Belongs here: planning and rendering its page, and what it says of each organisation. Does not belong here: the
organisations themselves (`vocabulary`), their sources (`civic_assets.publish.site.flow.sources`), and what no source
here holds (`find.entries`), which the page puts together by organisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.publish.site.addresses import FIND, FLOW, HOLDERS, root_of
from civic_assets.publish.site.find.entries import not_held, not_held_anchor, published
from civic_assets.publish.site.flow.sources import Source, held_sources, key_of, sources
from civic_assets.publish.site.holders.linked import linked
from civic_assets.publish.site.holders.vocabulary import (
    KnownOrganisation,
    of_publisher,
    organisations,
    website_of,
)
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.titles import search_words

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.search_words import NotHeld

TEMPLATE = "holders/holders.html.j2"
TITLE = "Who holds what"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Data of an organisation that no source here holds.

    Args:
        title: What people look for.
        address: Where the search page says who has it.
        holds: What this organisation has of it.
        website: Page of the data.
    """

    title: str
    address: str
    holds: str
    website: str


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is known of one organisation.

    Args:
        organisation: The organisation.
        sources: Its sources that have a contract.
        elsewhere: Its data that no source here holds.
    """

    organisation: KnownOrganisation
    sources: tuple[Source, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def contacts(self) -> Sequence[str]:
        """Public addresses of the vocabulary and of contracts."""
        listed = (*self.organisation.contact, *(one for source in self.sources for one in source.questions))
        return tuple(dict.fromkeys(listed))

    @property
    def agreements(self) -> Mapping[str, Sequence[str]]:
        """What contracts say of sharing, with the sources concerned."""
        found: dict[str, list[str]] = {}
        for source in self.sources:
            found.setdefault(source.contract.publisher["sharingAgreement"], []).append(source.name)
        return found


class HoldersPage:
    """One page with every organisation."""

    name = "holders"
    at_once = 1
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """The page."""
        listed = sources(site.contracts, held_sources(site.connection))
        there = sorted(not_held(search_words(), published(site.connection)))
        content = repr((site.vocabularies, key_of(listed), there))
        return [Planned(HOLDERS, hash_of(content), TITLE)]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The page, if it was asked for."""
        there = {address for _, address in site.menu}
        for page in pages:
            every = portfolios(site)
            synthetic = any(source.held.synthetic for one in every for source in one.sources)
            main = site.env.get_template(TEMPLATE).render(
                root=root_of(page.address),
                title=TITLE,
                every=every,
                read_here=[one for one in every if one.sources],
                others=[one for one in every if not one.sources],
                linked=linked,
                flow=FLOW in there,
                find=FIND in there,
            )
            yield page.address, site.frame(TITLE, main, page.address, synthetic=synthetic)


def portfolios(site: Site) -> Sequence[Portfolio]:
    """Every organisation of the vocabulary and every publisher of a contract, by name."""
    own: dict[str, list[Source]] = {}
    known = {one.name: one for one in organisations()}
    for source in sources(site.contracts, held_sources(site.connection)):
        for organisation in of_publisher(source.publisher):
            known.setdefault(organisation.name, organisation)
            own.setdefault(organisation.name, []).append(source)
    absent = _elsewhere(not_held(search_words(), published(site.connection)))
    return [
        Portfolio(one, tuple(own.get(one.name, ())), tuple(absent.get(one.name, ())))
        for one in sorted(known.values(), key=lambda one: one.name.lower())
    ]


def _elsewhere(entries: Mapping[str, NotHeld]) -> Mapping[str, Sequence[Elsewhere]]:
    found: dict[str, list[Elsewhere]] = {}
    for name, entry in sorted(entries.items(), key=lambda one: one[1].title.lower()):
        for holder in entry.held_by:
            one = Elsewhere(entry.title, f"{FIND}#{not_held_anchor(name)}", holder.holds, website_of(holder))
            found.setdefault(holder.organisation, []).append(one)
    return found
