"""Areas to choose from on the start page: by region, and the boroughs of London as tiles.

Belongs here: which areas are listed under which heading, and where the tile of a borough is. Does not belong here: the
pages of areas (`civic_assets.publish.site.areas`), and markup (`start.html.j2`).

A tile map gives every borough a square of the same size, roughly where the borough is, so that the smallest can be
chosen as easily as the largest. The places are in `london_tiles.csv`, which was drawn up for this page.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.site.addresses import area_page

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TILES = Path(__file__).parent / "london_tiles.csv"
LONDON = "E12000007"
_NATIONS = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}
# The nine regions of England have codes in order from north to south.
_AUTHORITIES = """SELECT a.area_code, a.area_name, a.region_code, any_value(r.area_name) AS region,
    a.valid_to IS NOT NULL AS ended, a.area_type
FROM catalogue.areas a LEFT JOIN catalogue.areas r ON r.area_code = a.region_code
WHERE a.area_type IN ('local_authority', 'police_force', 'region', 'country')
GROUP BY ALL ORDER BY a.area_name, a.area_code"""


@dataclass(frozen=True, slots=True)
class Choice:
    """An area that has a page.

    Args:
        name: Its name.
        address: Its page.
        ended: Whether it no longer exists.
    """

    name: str
    address: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Areas under one heading.

    Args:
        heading: The heading.
        areas: The areas, by name.
        london: Whether they are the boroughs of London.
    """

    heading: str
    areas: list[Choice]
    london: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A borough of London on the map.

    Args:
        area: The borough.
        row, column: Its place, from 1, from the north-west.
    """

    area: Choice
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Choosing:
    """What there is to choose from: groups of areas, and the tiles from the north-west to the south-east."""

    groups: list[Group]
    tiles: list[Tile]


def areas_to_choose(connection: DuckDBPyConnection, planned: Mapping[str, str]) -> Choosing:
    """The areas that have a page.

    Args:
        connection: The read model.
        planned: Addresses of all pages of the site.
    """
    found: dict[tuple[int, str, str], list[Choice]] = {}
    by_code: dict[str, Choice] = {}
    for row in rows_of(connection, _AUTHORITIES):
        address = area_page(row["area_code"])
        if address not in planned or row["area_code"] in by_code:
            continue
        choice = by_code[row["area_code"]] = Choice(row["area_name"], address, row["ended"])
        found.setdefault(_heading(row), []).append(choice)
    groups = [
        Group(heading, areas, london=code == LONDON) for (_, code, heading), areas in sorted(found.items())
    ]
    tiles = [
        Tile(by_code[code], row, column) for code, row, column in places_of_boroughs() if code in by_code
    ]
    return Choosing(groups, tiles)


def places_of_boroughs() -> list[tuple[str, int, int]]:
    """Code, row and column of each borough's tile, in reading order."""
    with _TILES.open(encoding="utf-8", newline="") as file:
        places = [(row["area_code"], int(row["row"]), int(row["column"])) for row in csv.DictReader(file)]
    return sorted(places, key=lambda place: place[1:])


def _heading(row: Mapping[str, str | None]) -> tuple[int, str, str]:
    """Place in the list, code and words of the heading under which an area is listed."""
    kind, code = row["area_type"], str(row["area_code"])
    if kind in ("country", "region"):
        return 0, "", "Countries and regions"
    if kind == "police_force":
        return 4, "", "Police forces"
    if row["region_code"] == LONDON:
        return 1, LONDON, str(row["region"] or "London")
    if row["region"]:
        return 2, str(row["region_code"]), str(row["region"])
    nation = _NATIONS.get(code[:1])
    return (3, nation, nation) if nation else (5, "", "Other authorities")
