"""The glossary as a section of the site.

Belongs here: planning and rendering its page. Does not belong here: its entries (`entries`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from civic_assets.publish.site.addresses import GLOSSARY, root_of
from civic_assets.publish.site.glossary.entries import sections, shown
from civic_assets.publish.site.page import Planned, Site, hash_of

TEMPLATE = "glossary/glossary.html.j2"
_CODE = re.compile("`([^`]*)`")


class GlossaryPage:
    """One page with every word, status, check and bias of the site."""

    name = "glossary"
    at_once = 1
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """The page."""
        content = repr((site.vocabularies, shown(site.connection)))
        return [Planned(GLOSSARY, hash_of(content), "Glossary")]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The page, if it was asked for."""
        for page in pages:
            parts = sections(site.connection)
            every = [one for part in parts for one in part.entries if part.id != "checks"]
            main = site.env.get_template(TEMPLATE).render(
                root=root_of(page.address),
                parts=parts,
                every=sorted(every, key=lambda one: one.title.lower()),
                text=with_code,
            )
            yield page.address, site.frame("Glossary", main, page.address)


def with_code(text: str) -> Markup:
    """A text as HTML: what is between backticks as code.

    Example:
        >>> with_code("in `a<b`")
        Markup('in <code>a&lt;b</code>')
    """
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))
