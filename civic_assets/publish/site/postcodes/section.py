"""The page of postcodes, and a file of postcodes for each district.

Belongs here: planning and rendering them. Does not belong here: what is in the file of a district (`districts`), and
finding a postcode in it (`assets/postcodes.js`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.publish.read_model.postcodes import POSTCODES as SOURCE
from civic_assets.publish.read_model.postcodes import directory_words
from civic_assets.publish.site import addresses
from civic_assets.publish.site.areas.which_areas import create_areas
from civic_assets.publish.site.page import Planned, Site, hash_of
from civic_assets.publish.site.postcodes.districts import (
    FOLDER,
    district_file,
    files,
    keys,
    prepare,
    rows_of_districts,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SHOWN_OF_EACH = 8


class PostcodePages:
    """The page, and the districts' files."""

    name = "postcodes"
    at_once = 600
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """The page, and one file for each district with an area that has a page."""
        own = _content(site)
        planned = [Planned(addresses.POSTCODES, hash_of(own))]
        if own["directories"]:
            planned += [Planned(district_file(one), key) for one, key in keys(site.connection).items()]
        return planned

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The text of each page."""
        wanted = {page.address for page in pages}
        if addresses.POSTCODES in wanted:
            content = _content(site)
            main = site.env.get_template("postcodes/postcodes.html.j2").render(
                content, district_folder=FOLDER
            )
            yield (
                addresses.POSTCODES,
                site.frame("Postcodes", main, addresses.POSTCODES, synthetic=content["synthetic"]),
            )
        if wanted - {addresses.POSTCODES}:
            prepare(site.connection)
            rows = site.connection.execute("SELECT DISTINCT district FROM site_postcode_places").fetchall()
            by_file = {district_file(district): district for (district,) in rows}
            for district, text in files(site.connection, [by_file[one] for one in wanted if one in by_file]):
                yield district_file(district), text


def directories(connection: DuckDBPyConnection) -> Sequence[Mapping[str, Any]]:
    """Facts about the directories, the newest first."""
    found = connection.execute("FROM catalogue.postcode_directories ORDER BY directory_from DESC, release")
    columns = [name for name, *_ in found.description or ()]
    return [
        {**dict(zip(columns, row, strict=True)), "words": directory_words(row[1])} for row in found.fetchall()
    ]


def lookup_for_search(connection: DuckDBPyConnection) -> Mapping[str, str] | None:
    """What the search knows of postcodes: the newest directory in words, and districts with files; None without one."""
    held = directories(connection)
    if not held:
        return None
    prepare(connection)
    rows = connection.execute(
        "SELECT DISTINCT district FROM site_postcode_places ORDER BY district"
    ).fetchall()
    return {"directory": str(held[0]["words"]), "districts": " ".join(district for (district,) in rows)}


def _content(site: Site) -> dict[str, Any]:
    """Everything that the page shows of the read model."""
    held = directories(site.connection)
    if not held:
        return {"directories": [], "synthetic": False, "licence": _licence(site.connection)}
    prepare(site.connection)
    groups: dict[str, list[tuple[str, int, str]]] = {}
    for district, number, authorities in rows_of_districts(site.connection):
        letters = "".join(letter for letter in district[:2] if letter.isalpha())
        groups.setdefault(letters, []).append((district, number, authorities))
    return {
        "directories": held,
        "licence": _licence(site.connection),
        "synthetic": any(one["synthetic"] for one in held),
        "days": [one["directory_from"].strftime("%Y-%m") for one in reversed(held)],
        "groups": sorted(groups.items()),
        "n_districts": sum(map(len, groups.values())),
        "misaligned": _misaligned(site.connection),
    }


def _misaligned(connection: DuckDBPyConnection) -> Sequence[Mapping[str, Any]]:
    """What does not align, by kind: how many cases, and those with the most postcodes."""
    create_areas(connection)
    rows = connection.execute(
        """SELECT what, area_code, message, n_postcodes, example,
            area_code IN (SELECT area_code FROM site_areas) AS has_page
        FROM quality.postcode_misalignments ORDER BY what, n_postcodes DESC, area_code, other_code"""
    ).fetchall()
    kinds: dict[str, list[tuple[Any, ...]]] = {}
    for what, *rest in rows:
        kinds.setdefault(what, []).append(tuple(rest))
    return [
        {"title": title, "number": len(kinds[what]), "cases": kinds[what][:_SHOWN_OF_EACH]}
        for what, title in _TITLES.items()
        if what in kinds
    ]


_TITLES: Mapping[str, str] = {
    "ward_in_another_authority": "Wards that a lookup has in another authority",
    "small_area_in_another_authority": "Small census areas that a lookup has in another authority",
    "force_of_another_area": "Authorities with another police force area than the register has",
    "partnership_of_several_authorities": "Partnerships that cover several authorities",
    "authority_with_several_partnerships": "Authorities with several partnerships",
}


def _licence(connection: DuckDBPyConnection) -> str:
    row = connection.execute("SELECT licence FROM catalogue.sources WHERE source = ?", [SOURCE]).fetchone()
    return str(row[0] or "") if row else ""
