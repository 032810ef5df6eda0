"""One quality page: what it shows, the hash of that, and its text.

Belongs here: the value that each module of this folder makes, its key, and rendering it in the frame of the site. Does
not belong here: which pages there are (`section`), and what is on them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from civic_assets.answers.words import FOR_WHOM
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.publish.report import words
from civic_assets.publish.report.links import QUALITY
from civic_assets.publish.report.reading import DIMENSIONS
from civic_assets.publish.site.addresses import GLOSSARY, root_of
from civic_assets.publish.site.page import Site
from civic_assets.publish.site.quality import places

TOP = (("Quality", QUALITY),)
"""What is above a quality page."""


@dataclass(frozen=True)
class Page:
    """A page with everything that it shows, apart from its frame.

    Args:
        address: Path relative to the report's folder.
        title: Title, as text.
        template: Name of its template in this folder.
        data: What the template is given. The template sees nothing else that can change, so that the hash of the data
            tells whether the page would be the same.
        crumbs: Pages above it.
        synthetic: Whether it shows made-up figures.
        drawn: Makes what is made from the data only for a page that is rendered, and replaces its entries: charts, and
            findings with their cells.
        kept: Whether the page may be kept from one site to the next.
    """

    address: str
    title: str
    template: str
    data: Mapping[str, Any]
    crumbs: Sequence[tuple[str, str]] = TOP
    synthetic: bool = False
    drawn: Callable[[], Mapping[str, Any]] = dict
    kept: bool = True

    @property
    def key(self) -> str:
        """Hash of what the page shows; empty if it is not kept, or shows data of a kind not known here."""
        if not self.kept:
            return ""
        about = [self.title, self.template, self.crumbs, self.synthetic, self.data]
        try:
            shown = json.dumps(plain(about), ensure_ascii=False)
        except TypeError:
            return ""
        return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


class Renderer:
    """Makes the text of pages.

    Args:
        site: The site, which knows its menu.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._shared = {
            "glossary": any(address == GLOSSARY for _, address in site.menu),
            "dimensions": DIMENSIONS,
            "shown_of_a_list": REPORT_ROWS_OF_A_LIST,
            "states": words.STATES,
            "reasons": words.REASONS,
            "state_of": words.state_of,
            "counts_of": words.Counts.of,
            "audiences": words.AUDIENCES,
            "for_whom": FOR_WHOM,
            "places": places,
        }

    def new(self, page: Page) -> str:
        """Text of a page, from its data."""
        template = self._site.env.get_template(f"quality/{page.template}")
        given = {**self._shared, **page.data, **page.drawn()}
        main = template.render(
            given, page=page.address, root=root_of(page.address), title=page.title, synthetic=page.synthetic
        )
        return self._site.frame(page.title, main, page.address, page.crumbs, synthetic=page.synthetic)


def plain(value: Any) -> Any:
    """Data as JSON can hold it, so that different data are different text.

    Raises:
        TypeError: The data are of a kind that is not known here.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Contract):
        return ["contract", value.sha256]
    if isinstance(value, (date, Decimal)):
        return [type(value).__name__, str(value)]
    if isinstance(value, Mapping):
        return ["pairs", *([plain(key), plain(one)] for key, one in value.items())]
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return ["set", *sorted(map(str, value))]
    if is_dataclass(value) and not isinstance(value, type):
        named = [[one.name, plain(getattr(value, one.name))] for one in fields(value)]
        return [type(value).__name__, *named]
    raise TypeError(f"{value!r} cannot be part of what a page shows.")


def in_parts(sizes: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Ends of the parts into which a list is divided, so that each part has at most so many bytes, or one entry.

    Args:
        sizes: Bytes of each entry.
        most: Bytes of a part.

    Example:
        >>> in_parts([3, 4, 5, 9, 1], 8)
        [(0, 2), (2, 3), (3, 4), (4, 5)]
    """
    ends: list[tuple[int, int]] = []
    first, taken = 0, 0
    for place, size in enumerate(sizes):
        if place > first and taken + size > most:
            ends.append((first, place))
            first, taken = place, 0
        taken += size
    return [*ends, (first, len(sizes))]
