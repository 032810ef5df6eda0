"""One page of a measure: everything that its template shows.

Belongs here: putting the parts of a page together. Does not belong here: the parts (`words`, `uses`, `tables`,
`distribution`), and which pages there are (`section`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from civic_assets.publish.site.addresses import theme_page
from civic_assets.publish.site.areas.figures import Evidence, Figures
from civic_assets.publish.site.measures import distribution, uses, words
from civic_assets.publish.site.measures.facts import Facts
from civic_assets.publish.site.measures.figure_rows import Figures as FigureRows
from civic_assets.publish.site.measures.figure_rows import all_cells, cells_of
from civic_assets.publish.site.measures.layout import Page, Table
from civic_assets.publish.site.measures.tables import table_html, title_of_table
from civic_assets.publish.site.titles import title_of

TEMPLATE = "measures/measure.html.j2"

_FAMILIES: Mapping[str, str] = {
    "printed": "As published",
    "sums": "Sums made here for authorities",
    "wards": "Sums made here for wards",
    "indicator": "As the pages of areas show it",
}


def page_of(
    page: Page,
    pages: Sequence[Page],
    facts: Facts,
    rows: FigureRows,
    evidence: Evidence,
    there: Mapping[str, str],
    themes: Sequence[tuple[str, str]],
    *,
    glossary: bool,
) -> Mapping[str, Any]:
    """What the template of a page is given.

    Args:
        page: The page.
        pages: All pages of the measure.
        facts: the words about the measure.
        rows: Figures of some measures, with those of this one.
        evidence: Function for addresses of evidence.
        there: Titles of measures with a page.
        themes: Name and title of the themes that have this measure.
        glossary: Whether the site has a glossary.
    """
    figures = Figures(page.address, evidence, glossary=glossary)
    unit = counted(facts)
    title = facts["page"].title
    tables = [
        {
            "anchor": part.table.anchor,
            "title": title_of_table(part.table),
            "number": len(part.table.sizes),
            "part": "" if part.whole else f"{part.first + 1:,} to {part.last:,}",
            "family": _FAMILIES[part.table.family],
            "html": Markup(table_html(part, cells_of(rows, part.table), unit, figures)),
        }
        for part in page.slices
    ]
    return {
        "page": page,
        "pages": pages,
        "title": title,
        "measure": facts["page"],
        "first": pages[0],
        "root": figures.root,
        "tables": tables,
        "contents": _contents(page, pages, facts),
        "charts": distribution.charts(page, rows, title, unit),
        "synthetic": is_synthetic(page, facts, rows),
        "csv": page.csv if page.slices else "",
        "themes": [(words_, theme_page(name)) for name, words_ in themes],
        **(_about(facts, there) if page.number == 1 else {}),
    }


def is_synthetic(page: Page, facts: Facts, rows: FigureRows) -> bool:
    """Whether a page shows made-up figures; one without tables does if the measure has any."""
    if not page.slices or page.number == 1:
        return bool(facts["page"].synthetic)
    return any(cell.synthetic for part in page.slices for cell in all_cells(cells_of(rows, part.table)))


def counted(facts: Facts) -> str:
    """What one of a measure is, such as `offences`."""
    entry = facts["measure"] or facts["indicator"] or {}
    return entry.get("unit_of_count") or ""


def _about(facts: Facts, there: Mapping[str, str]) -> Mapping[str, Any]:
    entry = facts["indicator"] if facts["page"].indicator else facts["measure"]
    return {
        "lead": (entry or {}).get("definition") or "",
        "counts": words.counts(facts),
        "publishers": words.publishers(facts),
        "versions": words.versions(facts),
        "breaks": words.breaks(facts),
        "biases": words.biases(facts),
        "relations": words.relations(facts, there),
        "classes": words.related_rows(facts),
        "not_for": uses.not_for(facts),
        "changes_only": any("change" in row["statistics"] for row in facts["releases"])
        and all(row["statistics"] == ["change"] for row in facts["releases"]),
        "with_changes": any("change" in row["statistics"] for row in facts["releases"]),
        "caveats": (facts["indicator"] or {}).get("caveats") or [],
        "there": there,
        "title_of": title_of,
    }


def _contents(page: Page, pages: Sequence[Page], facts: Facts) -> list[Mapping[str, Any]]:
    """All tables of the measure, in groups of one family, source and kind, with the pages on which they begin."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for one in pages:
        for part in one.slices:
            table = part.table
            if part.first:
                _last_entry(groups, table)["pages"].append(one)
                continue
            entry = {
                "title": title_of_table(table),
                "number": len(table.sizes),
                "address": one.address,
                "anchor": table.anchor,
                "here": one.number == page.number,
                "pages": [one],
            }
            groups.setdefault((table.family, table.source, table.kind), []).append(entry)
    return [
        {
            "family": _FAMILIES[family],
            "source": source,
            "title": entries[0]["title"].partition(":")[0],
            "entries": entries,
        }
        for (family, source, kind), entries in groups.items()
    ]


def _last_entry(
    groups: Mapping[tuple[str, str, str], list[Mapping[str, Any]]], table: Table
) -> Mapping[str, Any]:
    return groups[table.family, table.source, table.kind][-1]
