"""The pages of themes as a section of the site.

Belongs here: planning and rendering them. Does not belong here: what a page shows (`page`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from civic_assets.publish.site.addresses import GLOSSARY, MEASURES, theme_page
from civic_assets.publish.site.areas.evidence_links import evidence_of
from civic_assets.publish.site.measures.facts import Facts, read_facts
from civic_assets.publish.site.measures.figures_tables import create_figures
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.start.choosing import places_of_boroughs
from civic_assets.publish.site.themes.boroughs import LARGER, Column, columns_of
from civic_assets.publish.site.themes.page import TEMPLATE, page_of
from civic_assets.publish.site.themes.vocabulary import Themes, themes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Known:
    """What is read once for all pages; fields as the arguments of `page.page_of`."""

    themes: Themes
    facts: Mapping[str, Facts]
    kinds: Mapping[str, Sequence[Any]]
    columns: Mapping[tuple[str, str], tuple[Column, Column]]
    areas: Mapping[str, str]


class ThemePages:
    """A page for each theme with a figure of one of its measures."""

    name = "themes"
    at_once = 50
    # As for pages of measures, whose figures they show.
    side_by_side = False

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[DuckDBPyConnection, Known] = WeakKeyDictionary()

    def plan(self, site: Site) -> Sequence[Planned]:
        """One page for each theme, with its title for the start page."""
        known = self._read(site)
        planned = []
        for name, theme in known.themes.with_page(known.facts).items():
            measures = [one for one in theme.measures if one in known.facts]
            wanted = [(column.measure, column.unit) for column in theme.boroughs]
            shown = [
                theme.model_dump(),
                [known.facts[one] for one in measures],
                [known.kinds.get(one) for one in measures],
                [[sorted((code, *cell) for code, cell in column.cells.items()) for column in known.columns[one]]
                 for one in wanted],
                known.areas,
                _splits(site.connection, known, wanted),
            ]  # fmt: skip
            planned.append(Planned(theme_page(name), hash_of(shown), theme.title))
        return planned

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The text of each page."""
        known = self._read(site)
        names = {theme_page(name): name for name in known.themes.themes}
        evidence = evidence_of(site.connection)
        glossary = any(address == GLOSSARY for _, address in site.menu)
        template = site.env.get_template(TEMPLATE)
        for page in pages:
            name = names[page.address]
            theme = known.themes.themes[name]
            columns = [known.columns[column.measure, column.unit] for column in theme.boroughs]
            given = page_of(
                name,
                theme,
                known.facts,
                known.kinds,
                columns,
                known.areas,
                evidence,
                glossary=glossary,
            )
            yield (
                page.address,
                site.frame(
                    theme.title,
                    template.render(given),
                    page.address,
                    crumbs=(("Measures", MEASURES),),
                    synthetic=given["synthetic"],
                ),
            )

    def _read(self, site: Site) -> Known:
        known = self._known.get(site.connection)
        if known is None:
            create_figures(site.connection)
            found = themes()
            wanted = [
                (column.measure, column.unit) for one in found.themes.values() for column in one.boroughs
            ]
            rows = site.connection.execute(
                """SELECT page, list(DISTINCT kind ORDER BY kind), max((period_end, period_start))
                FROM site_measure_figures GROUP BY page"""
            ).fetchall()
            codes = [*LARGER, *(code for code, _, _ in places_of_boroughs())]
            areas = site.connection.execute(
                "SELECT area_code, area_name FROM site_areas WHERE area_code IN (SELECT unnest($1::VARCHAR[]))",
                [codes],
            ).fetchall()
            known = self._known[site.connection] = Known(
                found,
                read_facts(site),
                {row[0]: row[1:] for row in rows},
                columns_of(site.connection, list(dict.fromkeys(wanted))),
                dict(sorted(areas)),
            )
        return known


def _splits(
    connection: DuckDBPyConnection, known: Known, wanted: Sequence[tuple[str, str]]
) -> list[tuple[Any, ...]]:
    """Where the pages of evidence of the figures of a theme are divided, on which their links depend."""
    from civic_assets.publish.site.evidence.addresses import create_parts

    create_parts(connection)
    cells = {
        (cell.cell_source or table.source, cell.release, cell.cell_area or cell.area_code)
        for one in wanted
        for column in known.columns[one]
        for cell, table in column.cells.values()
    }
    rows = connection.execute("SELECT page_source, page_release, page_area, starts FROM evidence_parts")
    return sorted(row for row in rows.fetchall() if (row[0], row[1], row[2]) in cells)
