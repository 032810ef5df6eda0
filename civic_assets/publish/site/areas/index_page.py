"""The list of all areas that have a page, by kind.

Belongs here: the content of `areas/index.html`. Does not belong here: finding an area by words (`find`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.site.areas.which_areas import kinds_words
from civic_assets.publish.site.page import Site

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ORDER = (
    "country", "region", "sub_region", "london_borough", "metropolitan_district", "unitary_authority", "county_council",
    "non_metropolitan_district", "welsh_unitary_authority", "scottish_council_area", "northern_irish_district",
    "county", "police_force", "community_safety_partnership", "ward",
)  # fmt: skip


def index_rows(connection: DuckDBPyConnection) -> Sequence[tuple[str, str, str, str, str]]:
    """Kind, code and name of each area, the authority of a ward, and which of its namesakes an area is.

    That is everything that the page shows. An area without a namesake of its kind has an empty last text.

    Args:
        connection: Connection to the read model, after `blocks.prepare`.
    """
    return connection.execute(
        """SELECT s.kind, s.area_code, s.area_name, coalesce(p.area_name, '') AS inside,
            CASE WHEN s.kind = 'ward' OR count(*) OVER (PARTITION BY s.kind, s.area_name) = 1 THEN ''
                WHEN a.valid_to IS NOT NULL THEN 'until ' || year(a.valid_to)
                WHEN a.valid_from IS NOT NULL THEN 'since ' || year(a.valid_from)
                ELSE s.area_code END AS which
        FROM site_areas s JOIN catalogue.areas a USING (area_code)
        LEFT JOIN catalogue.areas p ON p.area_code = a.parent_code AND s.kind = 'ward'
        ORDER BY inside, s.area_name, s.area_code"""
    ).fetchall()


def index_main(site: Site) -> str:
    """Content of the page, as HTML.

    Args:
        site: The site, after `blocks.prepare` on its connection.
    """
    kinds: dict[str, list[tuple[str, str, str, str]]] = {}
    for kind, *area in index_rows(site.connection):
        code, name, inside, which = area
        kinds.setdefault(kind, []).append((code, name, inside, which))
    order = [kind for kind in _ORDER if kind in kinds] + sorted(kind for kind in kinds if kind not in _ORDER)
    groups = [(kind, kinds_words(kind), kinds[kind]) for kind in order]
    return site.env.get_template("areas/index.html.j2").render(groups=groups)
