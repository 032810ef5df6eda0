"""The start page.

Belongs here: planning and rendering it. Does not belong here: what it says of the publication (`news`), and the areas
to choose from (`choosing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from civic_assets.publish.site import addresses
from civic_assets.publish.site.framing import SITE_NAME
from civic_assets.publish.site.page import Planned, Site
from civic_assets.publish.site.start.choosing import areas_to_choose
from civic_assets.publish.site.start.news import read_news

_THEMES = "themes/"


class StartPage:
    """The first page. It names the publication and lists other pages, so it is rendered each time."""

    name = "start"
    at_once = 1
    side_by_side = False

    def plan(self, site: Site) -> Sequence[Planned]:
        """One page."""
        return [Planned(addresses.INDEX, "")]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The page."""
        news = read_news(site)
        main = site.env.get_template("start/start.html.j2").render(
            manifest=site.manifest,
            planned=site.planned,
            news=news,
            choosing=areas_to_choose(site.connection, site.planned),
            themes=[
                (title, address)
                for address, title in site.planned.items()
                if title and address.startswith(_THEMES)
            ],
        )
        for page in pages:
            yield page.address, site.frame(SITE_NAME, main, page.address, synthetic=news.synthetic)
