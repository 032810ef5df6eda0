"""Areas that have a page, what kind each is, and what it is called.

Belongs here: the one list of pages of areas, for this and other sections. Does not belong here: what a page shows.

Every area that has figures has a page. So has every partnership whose figures are printed under the code of its
authority, and every authority of today, so that a reader who looks for it learns where its figures are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from civic_assets.values.plain_words import kind_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KINDS: Mapping[str, str] = {
    "london_borough": "London borough",
    "metropolitan_district": "metropolitan borough",
    "non_metropolitan_district": "district council area",
    "unitary_authority": "unitary authority",
    "welsh_unitary_authority": "Welsh authority",
    "scottish_council_area": "Scottish council area",
    "northern_irish_district": "district of Northern Ireland",
    "county_council": "county council area",
    "county": "former metropolitan county or other county",
    "community_safety_partnership": "community safety partnership",
    "police_force": "police force area",
    "lsoa": "small census area (LSOA)",
    "unassigned": "figures without a place",
    "fraud_body": "national body that records fraud",
    "place_without_code": "place without a code",
    "unknown": "place that the publisher does not name",
    "street_point": "point on a map of street-level crime",
    "part_of_country": "part of a country",
    "sub_region": "part of a region",
}
_PLURALS: Mapping[str, str] = {
    "unitary_authority": "unitary authorities",
    "welsh_unitary_authority": "Welsh authorities",
    "northern_irish_district": "districts of Northern Ireland",
    "county": "other counties",
    "lsoa": "small census areas (LSOA)",
    "unassigned": "figures without a place",
    "fraud_body": "national bodies that record fraud",
    "place_without_code": "places without a code",
    "unknown": "places that the publisher does not name",
    "street_point": "points on a map of street-level crime",
    "part_of_country": "parts of a country",
    "sub_region": "parts of a region",
    "country": "countries",
}


def kind_words(kind: str) -> str:
    """A kind of area as a page calls it: `London borough`."""
    return _KINDS.get(kind) or kind_name(kind)


def kinds_words(kind: str) -> str:
    """Several areas of a kind: `London boroughs`."""
    return _PLURALS.get(kind) or f"{kind_words(kind)}s"


def create_areas(connection: DuckDBPyConnection) -> None:
    """Create the temporary table `site_areas`, once for each connection.

    Its columns: area_code, area_name, kind (a key of `kind_words`), tier (`authority`, `ward`, `other`), synthetic
    (whether any figure of the area is made up).
    """
    connection.execute(_AREAS)


_AREAS = """CREATE TEMP TABLE IF NOT EXISTS site_areas AS
WITH synthetic AS (
    -- An area has made-up figures if a release that prints it is made up.
    SELECT p.area_code, bool_or(r.synthetic) AS synthetic
    FROM catalogue.printed_areas p JOIN catalogue.releases r USING (source, release) GROUP BY p.area_code
)
SELECT a.area_code, a.area_name,
    CASE WHEN a.area_type = 'local_authority' THEN coalesce(a.form, 'county_council') ELSE a.area_type END AS kind,
    CASE WHEN a.area_type = 'ward' THEN 'ward' WHEN a.area_type = 'local_authority' THEN 'authority' ELSE 'other' END
        AS tier,
    coalesce(s.synthetic, y.synthetic, false) AS synthetic
FROM catalogue.areas a
LEFT JOIN synthetic s USING (area_code)
LEFT JOIN (SELECT c.partnership_code AS area_code, bool_or(synthetic) AS synthetic
           FROM harmonised.crime_areas c JOIN synthetic USING (area_code) GROUP BY ALL) y USING (area_code)
WHERE a.has_figures
   OR a.area_code IN (SELECT area_code FROM harmonised.profile_areas WHERE authority)
   OR a.area_code IN (SELECT partnership_code FROM harmonised.crime_areas)"""
