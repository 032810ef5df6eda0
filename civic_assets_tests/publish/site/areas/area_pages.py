"""Pages of areas as the tests see them.

Belongs here: rendering them, and reading what they show. Does not belong here: any expectation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from civic_assets.layers.store import Store
from civic_assets.publish.site.areas.section import AreaPages
from civic_assets.publish.site.page import Planned, Site
from civic_assets_tests.publish.report.html_pages import Element, _Reader


@contextmanager
def site_of(database: Path) -> Iterator[Site]:
    """A site on a read model, without the other sections."""
    with duckdb.connect(str(database), read_only=True) as connection:
        yield Site(store=Store(database.parent), manifest={}, connection=connection)


def rendered(site: Site, pages: Sequence[Planned] | None = None) -> dict[str, str]:
    """The text of the pages of areas, by address; of all if none are named."""
    section = AreaPages()
    planned = list(section.plan(site)) if pages is None else list(pages)
    texts: dict[str, str] = {}
    for first in range(0, len(planned), section.at_once):
        texts |= dict(section.render(site, planned[first : first + section.at_once]))
    return texts


def elements(text: str, name: str = "page") -> Element:
    """The elements of a page; fails where a tag is not closed, or closed out of turn."""
    reader = _Reader(name)
    reader.feed(text)
    reader.close()
    assert reader.here is reader.root, f"{name}: <{reader.here.tag}> is not closed"
    return reader.root


def by_id(page: Element, name: str) -> Element:
    """The element with an id."""
    (found,) = [one for one in page.all() if one.attributes.get("id") == name]
    return found


def has_class(element: Element, name: str) -> bool:
    """Whether an element has a class."""
    return name in element.attributes.get("class", "").split()


def with_class(page: Element, name: str) -> list[Element]:
    """Elements with a class."""
    return [one for one in page.all() if has_class(one, name)]


def values(element: Element) -> list[float]:
    """Exact values of the figures in an element, in order."""
    return [float(one.attributes["value"]) for one in element.all("data")]


def own_words(element: Element, without: Sequence[str] = ()) -> str:
    """The text of an element without that of elements of some classes, and without anything that is quoted."""
    parts: list[str] = []
    _words(element, frozenset(without), parts)
    return re.sub(r"“[^”]*”", "", " ".join(" ".join(parts).split()))


def _words(element: Element, without: frozenset[str], parts: list[str]) -> None:
    # The text alternative of a chart has the effects of breaks, which have a class of their own below it.
    if element.tag == "desc" or without & set(element.attributes.get("class", "").split()):
        return
    for one in element.content:
        if isinstance(one, str):
            parts.append(one)
        else:
            _words(one, without, parts)
