"""The page of one area: everything that its template shows.

Belongs here: putting the parts of a page together. Does not belong here: the rows (`blocks`), the parts themselves
(`tables`, `crime`, `histories`, `belonging`), and which pages there are (`section`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.site.addresses import area_page, file_name
from civic_assets.publish.site.areas import crime, tables
from civic_assets.publish.site.areas.belonging import belonging
from civic_assets.publish.site.areas.blocks import Rows
from civic_assets.publish.site.areas.figures import Evidence, Figures
from civic_assets.publish.site.areas.histories import as_csv, charts, shared_marks
from civic_assets.publish.site.areas.which_areas import kind_words

TEMPLATE = "areas/area.html.j2"


def csv_address(area_code: str) -> str:
    """Address of the data of the charts of an area."""
    return f"data/areas/{file_name(area_code)}.csv"


def page_of(
    code: str, rows: Rows, evidence: Evidence, source_words: Mapping[str, str], *, glossary: bool
) -> Mapping[str, Any]:
    """What the template of a page is given.

    Args:
        code: Code of the area.
        rows: Rows of some pages, with those of this one.
        evidence: Function for addresses of evidence.
        source_words: What each source is about.
        glossary: Whether the site has a glossary.
    """
    (area,) = rows["area"][code]
    own = {name: found.get(code, ()) for name, found in rows.items()}
    elsewhere = {
        (row["source"], row["release"], row["locator"]): row["cell_area"] for row in own["sum_cells"]
    }
    figures = Figures(area_page(code), evidence, elsewhere, glossary=glossary)
    baselines = {row["indicator"]: row for row in own["baseline"]}
    table = crime.table(own["crime"], baselines, figures)
    order = [line["measure"] for line in table["lines"]] if table else []
    profile_charts, crime_charts = charts(area, own["points"], own["marks"], baselines, order, figures)
    return {
        "area": area,
        "kind": kind_words(area["kind"]),
        "belongs": belonging(area, own["around"], own["successions"]),
        "indicators": tables.indicators(own["profile"], figures),
        "crime": table,
        "profile_charts": profile_charts,
        "crime_charts": crime_charts,
        "crime_marks": shared_marks(crime_charts),
        "ward": crime.ward(own["ward"], code, figures),
        "source_words": source_words,
        "newest": tables.newest(own["newest"], figures),
        "csv": csv_address(code) if own["points"] else "",
        "root": figures.root,
        "fewest": FEWEST_EVENTS,
        "glossary": glossary,
    }


def csv_of(code: str, rows: Rows) -> str:
    """The data of the charts of an area."""
    return as_csv(
        rows["points"].get(code, ()), {row["indicator"]: row for row in rows["baseline"].get(code, ())}
    )
