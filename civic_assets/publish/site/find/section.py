"""The search as a section of the site: its page, its index, its figures and the library that reads them.

Belongs here: planning and writing these files. Does not belong here: what they hold (`entries`, `figures`), and the
scripts (`assets/find.js`, `assets/find-ranking.js`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from civic_assets.publish.site import addresses
from civic_assets.publish.site.asset_files import FILES
from civic_assets.publish.site.evidence.addresses import address_sql, create_parts
from civic_assets.publish.site.find.area_entries import small_areas
from civic_assets.publish.site.find.entries import all_entries, not_held, not_held_anchor, published
from civic_assets.publish.site.find.figures import pack
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, figures_script, index_script
from civic_assets.publish.site.holders.vocabulary import website_of
from civic_assets.publish.site.page import Planned, Site
from civic_assets.publish.site.postcodes.section import lookup_for_search
from civic_assets.publish.site.titles import search_words

_VENDOR = FILES / "vendor"


class FindPages:
    """The page of the search and its files."""

    name = "find"
    at_once = 10
    # The keys are those of the texts, which are therefore made when the pages are planned, and kept.
    side_by_side = False

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def plan(self, site: Site) -> Sequence[Planned]:
        """The page, the index, the figures, and the library."""
        self._texts = {
            addresses.FIND: _main(site),
            INDEX_FILE: _index(site),
            FIGURES_FILE: _figures(site),
            **{f"assets/vendor/{file.name}": file.read_text("utf-8") for file in _vendored()},
        }
        return [
            Planned(address, hashlib.sha256(text.encode()).hexdigest())
            for address, text in self._texts.items()
        ]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The files that were asked for."""
        for page in pages:
            text = self._texts[page.address]
            if page.address == addresses.FIND:
                text = site.frame("Find", text, page.address, synthetic=_synthetic(site))
            yield page.address, text


def _vendored() -> list[Path]:
    return sorted(file for file in _VENDOR.iterdir() if file.suffix == ".js")


def _synthetic(site: Site) -> bool:
    row = site.connection.execute(
        "SELECT coalesce(bool_or(synthetic), false) FROM catalogue.releases"
    ).fetchone()
    return bool(row and row[0])


def _index(site: Site) -> str:
    return index_script(
        all_entries(site.connection),
        small_areas(site.connection),
        synthetic=_synthetic(site),
        postcodes=lookup_for_search(site.connection),
    )


def _figures(site: Site) -> str:
    create_parts(site.connection)
    evidence = address_sql("from_source", "from_release", "from_area", "locator")
    return figures_script(pack(site.connection, evidence))


def _main(site: Site) -> str:
    """The page: what can be found, in a list that needs no script, and the place for results."""
    known = search_words()
    return site.env.get_template("find/find.html.j2").render(
        root=addresses.root_of(addresses.FIND),
        not_held=sorted(
            not_held(known, published(site.connection)).items(), key=lambda one: one[1].title.lower()
        ),
        words=sorted(known.words.values(), key=lambda one: one.title.lower()),
        not_held_anchor=not_held_anchor,
        website_of=website_of,
    )
