"""The list of all measures, by theme and by source.

Belongs here: the content of `measures/index.html`. Does not belong here: finding a measure by words (`find`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.publish.site.addresses import MEASURES, root_of, theme_page
from civic_assets.publish.site.measures.facts import Facts
from civic_assets.publish.site.page import Site
from civic_assets.publish.site.themes.vocabulary import Themes

NO_THEME = "other"


def index_rows(facts: Mapping[str, Facts], themes: Themes) -> list[dict[str, Any]]:
    """Everything that the page shows: groups of measures by theme, those of no theme last.

    Args:
        facts: Facts of all measures.
        themes: The vocabulary of themes.
    """
    groups: list[dict[str, Any]] = []
    seen: set[str] = set()
    for name, theme in themes.themes.items():
        named = [one for one in theme.measures if one in facts]
        seen |= set(named)
        if named:
            groups.append(
                {"name": name, "title": theme.title, "page": theme_page(name), "rows": _rows(facts, named)}
            )
    others = [name for name in facts if name not in seen]
    if others:
        groups.append({"name": NO_THEME, "title": "Other measures", "page": "", "rows": _rows(facts, others)})
    return groups


def _rows(facts: Mapping[str, Facts], names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for name in names:
        own = facts[name]
        entry = own["measure"] or own["indicator"] or {}
        rows.append(
            {
                "name": name,
                "title": own["page"].title,
                "definition": entry.get("definition") or "",
                "unit": entry.get("unit_of_count") or "",
                "rate": entry.get("statistic") == "rate",
                "sources": list(own["page"].sources),
                "publishers": sorted({one["publisher"] for one in own["sources"] if one["publisher"]}),
            }
        )
    return sorted(rows, key=lambda row: str(row["title"]).lower())


def index_main(site: Site, groups: Sequence[Mapping[str, Any]]) -> str:
    """Content of the page, as HTML."""
    by_source: dict[str, list[tuple[str, str]]] = {}
    for group in groups:
        for row in group["rows"]:
            for source in row["sources"]:
                listed = by_source.setdefault(source, [])
                if (row["title"], row["name"]) not in listed:
                    listed.append((row["title"], row["name"]))
    return site.env.get_template("measures/index.html.j2").render(
        groups=groups,
        sources=[(source, sorted(by_source[source])) for source in sorted(by_source)],
        root=root_of(MEASURES),
    )
