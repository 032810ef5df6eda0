"""The pages of measures as a section of the site.

Belongs here: planning the pages, and rendering some of them with few statements. Does not belong here: what a page
shows (`page`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from civic_assets.publish.site.addresses import GLOSSARY, MEASURES
from civic_assets.publish.site.areas.evidence_links import evidence_of_all
from civic_assets.publish.site.evidence.addresses import create_parts
from civic_assets.publish.site.measures.distribution import as_csv
from civic_assets.publish.site.measures.facts import Facts, read_facts
from civic_assets.publish.site.measures.figure_rows import load_figures
from civic_assets.publish.site.measures.figures_tables import create_figures
from civic_assets.publish.site.measures.index_page import index_main, index_rows
from civic_assets.publish.site.measures.layout import Page, pages_of, read_tables
from civic_assets.publish.site.measures.page import TEMPLATE, counted, page_of
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.themes.vocabulary import Themes, themes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Known:
    """What is read once for all pages.

    Args:
        facts: the words about each measure.
        pages: Pages of each measure.
        themes: The vocabulary of themes.
    """

    facts: Mapping[str, Facts]
    pages: Mapping[str, Sequence[Page]]
    themes: Themes

    @property
    def titles(self) -> Mapping[str, str]:
        """Titles of measures with a page."""
        return {name: own["page"].title for name, own in self.facts.items()}

    def themes_of(self, measure: str) -> list[tuple[str, str]]:
        """Name and title of the themes that have a measure."""
        return [(name, one.title) for name, one in self.themes.themes.items() if measure in one.measures]


class MeasurePages:
    """The pages of each measure, the data of their tables, and the list of all measures."""

    name = "measures"
    at_once = 200
    # Reading the newest figures of all measures takes longer than rendering them, so one process does both.
    side_by_side = False

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[DuckDBPyConnection, Known] = WeakKeyDictionary()

    def plan(self, site: Site) -> Sequence[Planned]:
        """The list of measures, and for each page of a measure the page and its data."""
        known = self._read(site)
        titles = known.titles
        planned = [Planned(MEASURES, hash_of(index_rows(known.facts, known.themes)))]
        for name, pages in known.pages.items():
            facts = known.facts[name]
            named = {other for _, other in facts["relations"]} | {
                row["denominator"] for row in facts["rates"]
            }
            others = {other: titles.get(other) for other in sorted(one for one in named if one)}
            layout = [
                [(part.table.anchor, part.first, part.last, len(part.table.sizes)) for part in page.slices]
                for page in pages
            ]
            about = hash_of([facts, others, known.themes_of(name), layout])
            for page in pages:
                # A chart shows all areas of a table, also if the page has only the first of them.
                shown = [part.table.hashes for part in page.slices]
                key = hash_of(
                    [
                        about if page.number == 1 else hash_of([titles[name], counted(facts), layout]),
                        page.number,
                        shown,
                    ]
                )
                planned.append(Planned(page.address, key))
                if page.slices:
                    planned.append(Planned(page.csv, key))
        return planned

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The text of each page."""
        known = self._read(site)
        by_address = {
            address: page
            for some in known.pages.values()
            for page in some
            for address in (page.address, page.csv)
        }
        wanted = {one.address: by_address[one.address] for one in pages if one.address != MEASURES}
        rows = load_figures(site.connection, sorted({page.name for page in wanted.values()}))
        evidence = evidence_of_all(site.connection)
        glossary = any(address == GLOSSARY for _, address in site.menu)
        template = site.env.get_template(TEMPLATE)
        for one in pages:
            if one.address == MEASURES:
                yield (
                    MEASURES,
                    site.frame("Measures", index_main(site, index_rows(known.facts, known.themes)), MEASURES),
                )
                continue
            page = wanted[one.address]
            if one.address == page.csv:
                yield one.address, as_csv(page, rows)
                continue
            given = page_of(
                page, known.pages[page.name], known.facts[page.name], rows, evidence, known.titles,
                known.themes_of(page.name), glossary=glossary,
            )  # fmt: skip
            title = given["title"] if page.number == 1 else f"{given['title']}, page {page.number}"
            yield (
                one.address,
                site.frame(
                    title,
                    template.render(given),
                    one.address,
                    crumbs=(("Measures", MEASURES),),
                    synthetic=given["synthetic"],
                ),
            )

    def _read(self, site: Site) -> Known:
        known = self._known.get(site.connection)
        if known is None:
            create_figures(site.connection)
            create_parts(site.connection)
            facts = read_facts(site)
            tables = read_tables(site.connection)
            pages = {name: pages_of(name, tables.get(name, ())) for name in facts}
            known = self._known[site.connection] = Known(facts, pages, themes())
        return known
