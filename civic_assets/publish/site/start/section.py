"""The start page.

Belongs here: planning and rendering it. Does not belong here: reading what it shows (`reading`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from civic_assets.publish.site import addresses
from civic_assets.publish.site.framing import SITE_NAME
from civic_assets.publish.site.page import Planned, Site


class StartPage:
    """The first page. It names the publication, so it is rendered each time."""

    name = "start"
    at_once = 1
    side_by_side = False

    def plan(self, site: Site) -> Sequence[Planned]:
        """One page."""
        return [Planned(addresses.INDEX, "")]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The page, if it was asked for."""
        for page in pages:
            main = site.env.get_template("start/start.html.j2").render(
                manifest=site.manifest, root=addresses.root_of(page.address)
            )
            yield page.address, site.frame(SITE_NAME, main, page.address)
