"""The frame of every page: head, menu, box of the search, crumbs and foot.

Belongs here: putting content into the frame. Does not belong here: what the frame looks like
(`templates/layout.html.j2`, `assets/site.css`).

The template is rendered once for each depth of folders and each entry of the menu; pages are then put together from its
pieces, because thousands of them differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.publish.site.addresses import FIND, INDEX, root_of

if TYPE_CHECKING:
    from jinja2 import Environment

SITE_NAME = "Local figures"
"""Name of the site, in the title and at the top of every page."""
_LAYOUT = "templates/layout.html.j2"
_CUTS = ("@title@", "@above@", "@main@")


class Framing:
    """Frames of pages.

    Args:
        env: Environment of the templates.
        menu: Pages in the menu: words and address.
    """

    def __init__(self, env: Environment, menu: Sequence[tuple[str, str]]) -> None:
        self._env, self._menu = env, tuple(menu)
        self._pieces = lru_cache(maxsize=None)(self._cut)

    def page(
        self, title: str, main: str, address: str, crumbs: Sequence[tuple[str, str]] = (), *, synthetic: bool
    ) -> str:
        """As `civic_assets.publish.site.page.Site.frame`."""
        root = root_of(address)
        before, head, above, after = self._pieces(root, *self._current(address, crumbs))
        whole = f"{escape(title)} - {SITE_NAME}" if title != SITE_NAME else SITE_NAME
        if synthetic:
            whole = f"SYNTHETIC: {whole}"
        return "".join(
            (before, whole, head, _crumbs(crumbs, title, root), _banner(synthetic), above, main, after)
        )

    def _current(self, address: str, crumbs: Sequence[tuple[str, str]]) -> tuple[str, bool]:
        """The entry of the menu under which a page is, perhaps that of a page above it, and whether it is its own."""
        entries = {entry for _, entry in self._menu}
        above = next((one for one in (address, *(one for _, one in crumbs)) if one in entries), "")
        return above, above == address

    def _cut(self, root: str, current: str, own: bool) -> tuple[str, str, str, str]:
        text = self._env.get_template(_LAYOUT).render(
            root=root,
            menu=self._menu,
            current=current,
            own=own,
            site_name=SITE_NAME,
            start=INDEX,
            find=FIND if any(address == FIND for _, address in self._menu) else "",
            title=_CUTS[0],
            above=_CUTS[1],
            main=_CUTS[2],
        )
        before, _, rest = text.partition(_CUTS[0])
        head, _, rest = rest.partition(_CUTS[1])
        above, _, after = rest.partition(_CUTS[2])
        return before, head, above, after


def _crumbs(crumbs: Sequence[tuple[str, str]], title: str, root: str) -> str:
    if not crumbs:
        return ""
    links = "".join(
        f'<li><a href="{escape(root + address)}">{escape(words)}</a></li>'
        for words, address in (("Start", INDEX), *crumbs)
    )
    return (
        f'<nav class="crumbs" aria-label="You are here"><ol>{links}'
        f'<li aria-current="page">{escape(title)}</li></ol></nav>\n'
    )


def _banner(synthetic: bool) -> str:
    if not synthetic:
        return ""
    return (
        f'<p class="synthetic-mark"><strong>{escape(SYNTHETIC_MARK)}</strong></p>\n'
        '<p class="synthetic-page">This page shows made-up figures. They do not describe any real place or year, and '
        "must not be quoted.</p>\n"
    )
