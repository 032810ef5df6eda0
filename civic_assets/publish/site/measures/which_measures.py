"""Measures that have a page, and what each is called.

Belongs here: the list of pages of measures, for this and other sections. Does not belong here: what a page shows.

Every measure with a figure has a page. So has every indicator of the area profile that is not a measure by itself, such
as the young population, which is made here from ages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.publish.site.titles import title_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """A measure or indicator with a page.

    Args:
        name: Its name, from which the address follows.
        title: What it is called: an indicator as the newest figures of areas are, if all have the same title.
        indicator: Whether it is an indicator of the area profile and not a measure.
        sources: Sources that print it, or from which the indicator is made.
        synthetic: Whether any of its figures are made up.
    """

    name: str
    title: str
    indicator: bool
    sources: tuple[str, ...]
    synthetic: bool


def measure_pages(connection: DuckDBPyConnection) -> list[MeasurePage]:
    """Measures and indicators with a page, by name."""
    rows = connection.execute(
        """SELECT measure, list(DISTINCT source ORDER BY source), bool_or(synthetic) FROM (
            SELECT measure, source, synthetic FROM harmonised.latest GROUP BY ALL
        ) GROUP BY measure ORDER BY measure"""
    ).fetchall()
    found = [
        MeasurePage(name, title_of(name), False, tuple(sources), synthetic)
        for name, sources, synthetic in rows
    ]
    taken = {one.name for one in found}
    rows = connection.execute(
        """SELECT i.indicator,
            CASE WHEN count(DISTINCT p.title) = 1 THEN any_value(p.title) ELSE i.title END,
            list(DISTINCT s ORDER BY s) FILTER (s IS NOT NULL), coalesce(bool_or(p.synthetic), false)
        FROM harmonised.indicators i JOIN (
            SELECT indicator, title, unnest([count_source, rate_source, denominator_source]) AS s, synthetic
            FROM harmonised.area_profile WHERE count IS NOT NULL OR rate IS NOT NULL
        ) p USING (indicator) GROUP BY i.indicator, i.title ORDER BY i.indicator"""
    ).fetchall()
    found += [
        MeasurePage(name, title, True, tuple(sources or ()), synthetic)
        for name, title, sources, synthetic in rows
        if name not in taken
    ]
    return sorted(found, key=lambda one: one.name)
