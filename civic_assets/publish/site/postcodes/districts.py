"""The postcodes of a district as a script of its own, which the page of postcodes loads when it is asked.

Belongs here: which districts have a file, what is in it, and its key. Does not belong here: the page (`page`), and
looking a postcode up in the file (`assets/postcodes.js`).

A page opened from a file share cannot read a data file, but it can run a script; a script for each district keeps what
is loaded small. A district has a file if one of its postcodes is, or was, in a ward, authority, partnership or police
force area that has a page here; only such postcodes are in the file.

`civicPostcodes["N1"] = {places, units, names, notes}`. A place is what postcodes have in common: codes of ward,
authority, partnership, police force, small areas of 2011 and 2021, and the first and last directory that say so. Its
units are one text: `1AA` and the month of introduction (`0503`), and for those that were terminated that month too; the
kind of user before them (`0` small, `1` large, `-` not said). So a postcode takes 8 or 12 bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.display import LARGEST_POSTCODE_FILE
from civic_assets.publish.site.addresses import file_name
from civic_assets.publish.site.areas.which_areas import create_areas

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = "postcodes/"
"""Folder of the files."""
_CODES = (
    "ward_code", "authority_code", "partnership_code", "police_force_code", "lsoa_2011_code", "lsoa_2021_code",
)  # fmt: skip
_WITH_PAGES = _CODES[:4]


def district_file(district: str) -> str:
    """Address of the file of a district."""
    return f"{FOLDER}{file_name(district)}.js"


def prepare(connection: DuckDBPyConnection) -> None:
    """Create the temporary tables that the other functions read, once for each connection.

    Args:
        connection: Connection to the read model, read-only.
    """
    create_areas(connection)
    connection.execute(_SHOWN)
    connection.execute(_NAMES)


def keys(connection: DuckDBPyConnection) -> dict[str, str]:
    """Hash of everything that the file of each district has."""
    return dict(connection.execute(_KEYS).fetchall())


def rows_of_districts(connection: DuckDBPyConnection) -> Sequence[tuple[str, int, str]]:
    """Each district with a file: its name, the number of postcodes in use, and the authorities they are in."""
    return connection.execute(_DISTRICTS).fetchall()


def files(connection: DuckDBPyConnection, districts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """District and text of the file of each of some districts.

    Args:
        connection: Connection after `prepare`.
        districts: Districts that have a file.

    Raises:
        ValueError: A file would be larger than any page may be.
    """
    wanted = sorted(districts)
    places: dict[str, dict[tuple[Any, ...], list[str]]] = {}
    for district, ended, text, *place in connection.execute(_UNITS, [wanted]).fetchall():
        both = places.setdefault(district, {}).setdefault(tuple(place), ["", ""])
        both[ended] = text
    names: dict[str, dict[str, Any]] = {}
    for district, code, name, has_page in connection.execute(_NAMED, [wanted]).fetchall():
        names.setdefault(district, {})[code] = [name or "", int(has_page)]
    notes: dict[str, list[Any]] = {}
    for district, code, other, message in connection.execute(_NOTED, [wanted]).fetchall():
        notes.setdefault(district, []).append([code, other or "", message])
    for district in wanted:
        held = places.get(district, {})
        text = _script(
            district,
            {
                "places": [[value or "" for value in place] for place in held],
                "units": list(held.values()),
                "names": names.get(district, {}),
                "notes": notes.get(district, []),
            },
        )
        if len(text.encode()) > LARGEST_POSTCODE_FILE:
            raise ValueError(
                f"The file of the postcode district {district} has {len(text.encode()):,} bytes, more than "
                f"{LARGEST_POSTCODE_FILE:,}."
            )
        yield district, text


def _script(district: str, value: Mapping[str, Any]) -> str:
    # `<` cannot end a script here, since the file is not part of a page; names may have it all the same.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"(window.civicPostcodes = window.civicPostcodes || {{}})[{json.dumps(district)}] = {text};\n"


_LISTED = ", ".join(_CODES)
_SHOWN = f"""CREATE TEMP TABLE IF NOT EXISTS site_postcode_places AS
WITH places AS (SELECT DISTINCT district, {_LISTED} FROM catalogue.postcodes)
SELECT * FROM places
WHERE {" OR ".join(f"{code} IN (SELECT area_code FROM site_areas)" for code in _WITH_PAGES)}"""
# Rows of the districts that have files.
_ROWS = f"""(SELECT p.* FROM catalogue.postcodes p
    SEMI JOIN site_postcode_places s ON s.district = p.district
    AND {" AND ".join(f"s.{code} IS NOT DISTINCT FROM p.{code}" for code in _CODES)})"""
_EACH = " UNION ".join(
    f"SELECT district, {code} AS area_code FROM site_postcode_places WHERE {code} IS NOT NULL"
    for code in _CODES
)
_NAMES = f"""CREATE TEMP TABLE IF NOT EXISTS site_postcode_names AS
WITH codes AS (
    {_EACH})
SELECT c.district, c.area_code, coalesce(any_value(s.area_name), any_value(a.area_name)) AS area_name,
    any_value(s.area_code) IS NOT NULL AS has_page
FROM codes c LEFT JOIN catalogue.postcode_areas a USING (area_code) LEFT JOIN site_areas s USING (area_code)
GROUP BY c.district, c.area_code"""
_NAMED = """SELECT district, area_code, area_name, has_page FROM site_postcode_names
WHERE district IN (SELECT unnest(?)) ORDER BY district, area_code"""
_NOTED = """SELECT n.district, m.area_code, m.other_code, m.message
FROM site_postcode_names n JOIN quality.postcode_misalignments m USING (area_code)
WHERE n.district IN (SELECT unnest(?)) ORDER BY ALL"""
_KEYS = f"""WITH held AS (
    SELECT district, bit_xor(hash(postcode, introduced, terminated, user_type, {_LISTED}, directory_from,
        directory_to)) AS units, count(*) AS n
    FROM {_ROWS} GROUP BY district),
names AS (
    SELECT district, bit_xor(hash(area_code, area_name, has_page)) AS names FROM site_postcode_names GROUP BY district),
notes AS (
    SELECT n.district, bit_xor(hash(m.area_code, m.other_code, m.message)) AS notes
    FROM site_postcode_names n JOIN quality.postcode_misalignments m USING (area_code) GROUP BY n.district)
SELECT district, md5(concat_ws('|', units, n, names, coalesce(notes, 0)))
FROM held LEFT JOIN names USING (district) LEFT JOIN notes USING (district) ORDER BY district"""
_DISTRICTS = f"""WITH counted AS (
    SELECT district, authority_code, count(*) FILTER (newest AND terminated IS NULL) AS n
    FROM {_ROWS} GROUP BY district, authority_code)
SELECT c.district, sum(c.n)::BIGINT,
    coalesce(string_agg(coalesce(a.area_name, c.authority_code), ', ' ORDER BY c.n DESC, c.authority_code)
        FILTER (c.n > 0), '')
FROM counted c
LEFT JOIN (SELECT area_code, any_value(area_name) AS area_name FROM catalogue.postcode_areas GROUP BY ALL) a
    ON a.area_code = c.authority_code
GROUP BY c.district
ORDER BY regexp_extract(c.district, '^[A-Z]+'), regexp_extract(c.district, '[0-9]+')::INTEGER, c.district"""
_UNITS = f"""SELECT district, (terminated IS NOT NULL)::INTEGER AS ended,
    string_agg(CASE user_type WHEN 'small' THEN '0' WHEN 'large' THEN '1' ELSE '-' END || right(postcode, 3)
        || coalesce(strftime(introduced, '%y%m'), '----') || coalesce(strftime(terminated, '%y%m'), ''), ''
        ORDER BY postcode) AS units,
    {_LISTED}, strftime(directory_from, '%Y-%m'), strftime(directory_to, '%Y-%m')
FROM {_ROWS} WHERE district IN (SELECT unnest(?)) GROUP BY ALL ORDER BY ALL"""
