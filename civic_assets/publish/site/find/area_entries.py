"""Areas as entries of the search, with what tells those of one name apart.

Belongs here: names of areas in the register, as publishers print them and as they were, and their authority and dates.
Does not belong here: which page an area has (`civic_assets.publish.site.areas`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.publish.site.addresses import area_page
from civic_assets.publish.site.areas.which_areas import kind_words
from civic_assets.publish.site.find.entries import Entry
from civic_assets.publish.site.titles import sentence_start
from civic_assets.values.period_words import spoken_day
from civic_assets.values.plain_words import kind_name

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

SMALL = ("lsoa", "street_point", "unassigned", "place_without_code", "unknown")
"""Types of areas that are found by their code or their whole name only: there may be thousands."""

_FIRST = (
    "local_authority", "region", "country", "police_force", "county", "sub_region", "community_safety_partnership",
    "ward",
)  # fmt: skip


def areas(connection: DuckDBPyConnection, further: Mapping[str, Sequence[str]]) -> Iterator[Entry]:
    """Areas that have a page, and former authorities, which lead to the area of today.

    Args:
        connection: Connection to a read model.
        further: Further names by code.
    """
    rows = connection.execute(_ROWS, {"small": list(SMALL), "first": list(_FIRST)}).fetchall()
    columns = ("code", "name", "type", "form", "valid_from", "valid_to", "parent", "names", "first", "last", "has_page",
               "later")  # fmt: skip
    for row in rows:
        yield _entry(dict(zip(columns, row, strict=True)), further)


def small_areas(connection: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Code and name of the small areas with figures, by code."""
    return connection.execute(
        """SELECT area_code, coalesce(area_name, area_code) FROM catalogue.areas
        WHERE has_figures AND area_type IN (SELECT unnest($small::VARCHAR[])) ORDER BY area_code""",
        {"small": list(SMALL)},
    ).fetchall()


def _entry(area: Mapping[str, Any], further: Mapping[str, Sequence[str]]) -> Entry:
    code, name = area["code"], area["name"]
    later = area["later"] or []
    to = later[0][0] if later and not area["has_page"] else code
    names = dict.fromkeys([*(area["names"] or ()), *further.get(code, ()), *_usual_names(area)])
    names.pop(name, None)
    return Entry(
        "area", code, name, _detail(area, later), area_page(to), tuple(names), text=area["parent"] or ""
    )


def _usual_names(area: Mapping[str, Any]) -> list[str]:
    """What officers write: `Camden council`, `Islington CSP`."""
    match area["type"]:
        case "local_authority":
            return [f"{area['name']} council"]
        case "community_safety_partnership":
            return [f"{area['name']} CSP", f"{area['name']} partnership"]
    return []


def _detail(area: Mapping[str, Any], later: Sequence[tuple[str, str]]) -> str:
    kind = kind_words(area["form"]) if area["form"] else kind_name(area["type"])
    parts = [sentence_start(f"{kind} in {area['parent']}" if area["parent"] else kind)]
    if area["valid_to"]:
        now = f", now {' and '.join(dict.fromkeys(name for _, name in later))}" if later else ""
        parts.append(f"until {_day_before(area['valid_to'])}{now}")
    elif area["valid_from"]:
        parts.append(f"since {spoken_day(area['valid_from'])}")
    elif area["type"] == "ward" and area["first"]:
        parts.append(f"in figures from {area['first']:%B %Y} to {area['last']:%B %Y}")
    return f"{', '.join(parts)} ({area['code']})"


def _day_before(day: date) -> str:
    from datetime import timedelta

    return spoken_day(day - timedelta(days=1))


# Dates of wards are those of their figures: no register here says when a ward began or ended.
_ROWS = """WITH printed AS (
    SELECT area_code, list(DISTINCT area_name_printed ORDER BY area_name_printed) AS names, min(first_day) AS first_day,
        max(last_day) AS last_day
    FROM catalogue.printed_areas WHERE area_name_printed IS NOT NULL GROUP BY area_code
),
successors AS (
    SELECT from_code, list({'code': to_code, 'name': to_name} ORDER BY date DESC, to_code) AS later
    FROM catalogue.area_successions WHERE to_code <> from_code GROUP BY from_code
),
before AS (
    SELECT from_code, list(DISTINCT from_name ORDER BY from_name) AS names
    FROM catalogue.area_successions GROUP BY from_code
),
there AS (
    SELECT a.*, a.has_figures
        OR a.area_code IN (SELECT area_code FROM harmonised.profile_areas WHERE authority)
        OR a.area_code IN (SELECT partnership_code FROM harmonised.crime_areas) AS has_page
    FROM catalogue.areas a
)
SELECT a.area_code, a.area_name, a.area_type, a.form, a.valid_from, a.valid_to,
    CASE WHEN a.area_type IN ('ward', 'community_safety_partnership') THEN p.area_name END,
    list_concat(coalesce(n.names, []), coalesce(b.names, [])), n.first_day, n.last_day, a.has_page,
    [(one.code, one.name) for one in coalesce(s.later, [])]
FROM there a
LEFT JOIN printed n USING (area_code)
LEFT JOIN before b ON b.from_code = a.area_code
LEFT JOIN successors s ON s.from_code = a.area_code
LEFT JOIN catalogue.areas p ON p.area_code = a.parent_code
WHERE a.area_name IS NOT NULL AND a.area_type NOT IN (SELECT unnest($small::VARCHAR[]))
  AND (a.has_page OR s.later IS NOT NULL)
ORDER BY a.valid_to IS NOT NULL, coalesce(list_position($first, a.area_type), 99), a.area_name, n.last_day DESC,
    a.area_code"""
