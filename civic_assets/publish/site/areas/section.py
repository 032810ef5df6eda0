"""The pages of areas as a section of the site.

Belongs here: planning the pages, and rendering some of them with few statements. Does not belong here: what a page
shows (`page`) and its rows (`blocks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.publish.site.addresses import AREAS, GLOSSARY, area_page
from civic_assets.publish.site.areas import blocks
from civic_assets.publish.site.areas.evidence_links import evidence_of
from civic_assets.publish.site.areas.index_page import index_main, index_rows
from civic_assets.publish.site.areas.page import TEMPLATE, csv_address, csv_of, page_of
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.source_words import about_purpose


class AreaPages:
    """A page for each area, the data of its charts, and the list of all areas."""

    name = "areas"
    at_once = 500
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """The list of areas, and two files for each area with a chart, one for every other."""
        blocks.prepare(site.connection)
        found = blocks.keys(site.connection)
        charted = {
            code
            for (code,) in site.connection.execute("SELECT DISTINCT area_code FROM site_points").fetchall()
        }
        planned = [Planned(AREAS, hash_of(index_rows(site.connection)))]
        words = sorted(_source_words(site).items())
        for code, (_, of_rows) in found.items():
            key = hash_of([of_rows, words])
            planned.append(Planned(area_page(code), key))
            if code in charted:
                planned.append(Planned(csv_address(code), key))
        return planned

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The text of each page."""
        blocks.prepare(site.connection)
        codes = _codes(site)
        wanted = {page.address: codes[page.address] for page in pages if page.address != AREAS}
        rows = blocks.load(site.connection, sorted(set(wanted.values())))
        evidence = evidence_of(site.connection)
        template = site.env.get_template(TEMPLATE)
        words = _source_words(site)
        glossary = any(address == GLOSSARY for _, address in site.menu)
        for page in pages:
            if page.address == AREAS:
                yield AREAS, site.frame("Areas", index_main(site), AREAS)
                continue
            code = wanted[page.address]
            if page.address.endswith(".csv"):
                yield page.address, csv_of(code, rows)
                continue
            given = page_of(code, rows, evidence, words, glossary=glossary)
            area = given["area"]
            yield (
                page.address,
                site.frame(
                    area["area_name"],
                    template.render(given),
                    page.address,
                    crumbs=(("Areas", AREAS),),
                    synthetic=area["synthetic"],
                ),
            )


def _source_words(site: Site) -> Mapping[str, str]:
    """What each source is about."""
    rows = site.connection.execute("SELECT source, purpose FROM catalogue.sources").fetchall()
    return {source: about_purpose(purpose) or source for source, purpose in rows}


def _codes(site: Site) -> Mapping[str, str]:
    """Codes of areas by the addresses of their files."""
    found: dict[str, Any] = {}
    for (code,) in site.connection.execute("SELECT area_code FROM site_areas").fetchall():
        found[area_page(code)] = found[csv_address(code)] = code
    return found
