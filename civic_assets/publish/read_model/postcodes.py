"""Postcodes in the read model: the areas that each is in, what these areas are called, and what does not align.

Belongs here: `catalogue.postcodes`, `catalogue.postcode_directories`, `catalogue.postcode_areas` and
`quality.postcode_misalignments`. Does not belong here: what the cells of a directory mean
(`civic_assets.harmonise.areas.postcodes`), and reading it (`civic_assets.sources.postcodes`).

A directory has millions of rows, which go from the raw table to the read model by column; no row is a Python object.
Without a directory the tables are empty, and making them costs nothing.

Of several directories, a postcode has one row for each run of directories that place it alike, so that a question about
a day has the answer of the directory of that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.postcodes import COLUMNS, LARGE, cleaned
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import LOCAL_AUTHORITY, OUTPUT_AREA, WARD, AreaFacts
from civic_assets.layers.raw import raw_grid
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.areas import lookups_of

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.parsing.blocks import Block
    from civic_assets.publish.member import Member

POSTCODES = "postcodes"
"""Source of the directories."""
_TABLE = "postcodes"
_YEAR_OF = {"ward": "ward_year", "authority": "authority_year", "police_force": "police_force_year"}
_ROWS = "directory_rows"


def create(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    register: AreaRegister,
) -> None:
    """Create the tables.

    Args:
        connection: Connection to a read model with `catalogue.area_memberships`.
        store: Store with the raw tables of directories and lookups.
        contracts: Contracts of all sources.
        members: Releases of the publication.
        register: Register of areas.
    """
    for statement in _EMPTY:
        connection.execute(statement)
    held = [one for one in members if one.receipt.source == POSTCODES and one.harmonised is not None]
    if not held or POSTCODES not in contracts:
        return
    _add_rows(connection, store, contracts[POSTCODES], held)
    known = _with_lookups(connection, store, contracts, members, register)
    _add_areas(connection, known)
    _add_misalignments(connection, known)


def _add_rows(
    connection: DuckDBPyConnection, store: Store, contract: Contract, held: Sequence[Member]
) -> None:
    connection.execute(_PARTNERSHIPS)
    single = len(held) == 1
    if not single:
        connection.execute("CREATE TEMP TABLE printed_postcodes AS FROM catalogue.postcodes")
    for member in held:
        from civic_assets.parsing.row_texts import row_texts

        block = _block(store, contract, member)
        connection.register(_ROWS, row_texts(block, COLUMNS))
        target = "catalogue.postcodes" if single else "printed_postcodes"
        rows = cleaned(_ROWS)
        if member.facts.waived:
            # Somebody decided that a directory with repeated postcodes may be used: of several rows, the first counts.
            rows = f"SELECT DISTINCT ON (postcode) * FROM ({rows}) ORDER BY postcode, row_number"
        values = {"release": member.receipt.release, "day": _day(member.receipt.release)}
        connection.execute(f"INSERT INTO {target} BY NAME {_PLACED.format(rows=rows)}", values)
        connection.execute(
            _DIRECTORY,
            [
                member.receipt.release,
                values["day"],
                member.facts.synthetic,
                *(_year(block, name) for name in _YEAR_OF),
                *_counts(connection, rows),
            ],
        )
        connection.unregister(_ROWS)
    if not single:
        connection.execute(_RUNS)
        connection.execute("DROP TABLE printed_postcodes")
    connection.execute("DROP TABLE partnership_of")


def _block(store: Store, contract: Contract, member: Member) -> Block:
    from civic_assets.parsing.table_finder import find_tables

    receipt = member.receipt
    raw = store.tables.current("raw", receipt.source, receipt.release)
    assert raw is not None, "a member has all of its tables"
    return find_tables(raw_grid(store, receipt, raw), contract)[_TABLE]


def _day(release: str) -> date:
    """First day of the month after the latest one in a directory: what it says holds from then on."""
    year, month = int(release[:4]), int(release[5:7])
    return date(year + month // 12, month % 12 + 1, 1)


def _year(block: Block, column: str) -> int | None:
    """Year in a header such as `lad25cd`; None if the header has none (`oslaua`)."""
    digits = "".join(letter for letter in block.header(column) if letter in "0123456789")
    return 2000 + int(digits) if len(digits) == 2 else None


def _counts(connection: DuckDBPyConnection, rows: str) -> Sequence[int]:
    found = connection.execute(
        f"""SELECT count(*), count(*) FILTER (terminated IS NULL), count(*) FILTER (user_type = '{LARGE}'),
            count(*) FILTER (authority_code IS NULL AND terminated IS NULL) FROM ({rows})"""
    ).fetchone()
    return found or (0, 0, 0, 0)


def _with_lookups(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    register: AreaRegister,
) -> AreaRegister:
    """The register with the lookups' wards and small areas that postcodes are in."""
    from civic_assets.publish.read_model.areas import LOOKUPS

    if LOOKUPS not in contracts:
        return register
    codes = [
        code
        for name in ("ward", "lsoa_2011", "lsoa_2021")
        for (code,) in connection.execute(
            f"SELECT DISTINCT {name}_code FROM catalogue.postcodes WHERE {name}_code IS NOT NULL"
        ).fetchall()
    ]
    return register.with_lookups(lookups_of(store, contracts[LOOKUPS], members, list(dict.fromkeys(codes))))


def _add_areas(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    connection.register("known_areas", _known(register))
    connection.execute(_AREAS)
    connection.unregister("known_areas")


def _known(register: AreaRegister) -> pa.Table:
    """Name of every area, and the authority that lookups say it is in."""
    import pyarrow as pa

    areas = list(register.areas.values())
    return pa.table(
        {
            "area_code": pa.array([area.code for area in areas], pa.string()),
            "area_name": pa.array([area.name for area in areas], pa.string()),
            "authority_code": pa.array([_authority(area, register) for area in areas], pa.string()),
        }
    )


def _authority(area: AreaFacts, register: AreaRegister) -> str | None:
    above: AreaFacts | None = area
    if area.type not in (WARD, OUTPUT_AREA):
        return None
    while above is not None and above.type in (WARD, OUTPUT_AREA):
        above = register.find(above.parent or "")
    return above.code if above is not None and above.type == LOCAL_AUTHORITY else None


def _add_misalignments(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    import pyarrow as pa

    same: dict[tuple[str, str], bool] = {}
    rows = []
    for what, area, expected, printed, number, example in connection.execute(_DIFFERING).fetchall():
        # An authority that was merged or recoded since the lookup is the same place under another name.
        if (expected, printed) not in same:
            same[expected, printed] = bool(register.path(expected, printed))
        if not same[expected, printed]:
            called = [_called(register, code) for code in (area, expected, printed)]
            rows.append((what, area, expected, printed, number, example, _SENTENCES[what].format(*called)))
    if rows:
        names = ("what", "area_code", "expected_code", "other_code", "n_postcodes", "example", "message")
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        connection.register("differing", pa.table(columns))
        connection.execute("INSERT INTO quality.postcode_misalignments BY NAME FROM differing")
        connection.unregister("differing")
    connection.execute(_FOOTPRINTS)


def _called(register: AreaRegister, code: str) -> str:
    area = register.find(code)
    return f"{area.name} ({code})" if area is not None else code


_SENTENCES: Mapping[str, str] = {
    "ward_in_another_authority": "The directory has postcodes of the ward {0} in {2}; a lookup has the ward in {1}.",
    "small_area_in_another_authority": "The directory has postcodes of the small census area {0} in {2}; a "
    "lookup has it in {1}.",
    "force_of_another_area": "The directory has postcodes of {0} in the police force area {2}; the register has the "
    "authority in that of {1}.",
}


def directory_words(day: date) -> str:
    """A directory as pages call it, by its first day: `changes up to January 2025`."""
    return f"changes up to {day - timedelta(days=1):%B %Y}"


_EMPTY = (
    """CREATE TABLE catalogue.postcodes (postcode VARCHAR, district VARCHAR, introduced DATE, terminated DATE,
        user_type VARCHAR, ward_code VARCHAR, authority_code VARCHAR, partnership_code VARCHAR,
        police_force_code VARCHAR, lsoa_2011_code VARCHAR, lsoa_2021_code VARCHAR, release VARCHAR,
        directory_from DATE, directory_to DATE, newest BOOLEAN)""",
    """CREATE TABLE catalogue.postcode_directories (release VARCHAR, directory_from DATE, synthetic BOOLEAN,
        ward_year INTEGER, authority_year INTEGER, police_force_year INTEGER, n_postcodes BIGINT, n_in_use BIGINT,
        n_large_users BIGINT, n_without_authority BIGINT)""",
    """CREATE TABLE catalogue.postcode_areas (area_code VARCHAR, area_type VARCHAR, area_name VARCHAR,
        authority_code VARCHAR, n_in_use BIGINT, n_terminated BIGINT)""",
    """CREATE TABLE quality.postcode_misalignments (what VARCHAR, area_code VARCHAR, expected_code VARCHAR,
        other_code VARCHAR, n_postcodes BIGINT, example VARCHAR, message VARCHAR)""",
)
_PARTNERSHIPS = """CREATE OR REPLACE TEMP TABLE partnership_of AS
SELECT member_code AS authority_code, any_value(container_code) AS partnership_code
FROM catalogue.area_memberships WHERE container_type = 'community_safety_partnership'
GROUP BY member_code HAVING count(*) = 1"""
_PLACED = """SELECT r.* EXCLUDE (row_number), p.partnership_code, $release AS release, $day AS directory_from,
    $day AS directory_to, true AS newest
FROM ({rows}) r LEFT JOIN partnership_of p ON p.authority_code = r.authority_code"""
_DIRECTORY = "INSERT INTO catalogue.postcode_directories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PLACE = """ROW(introduced, terminated, user_type, ward_code, authority_code, police_force_code, lsoa_2011_code,
    lsoa_2021_code)"""
# A run ends where the next directory places the postcode otherwise. The latest directory of a run gives its row.
_RUNS = f"""INSERT INTO catalogue.postcodes BY NAME
WITH steps AS (
    SELECT *, {_PLACE} IS DISTINCT FROM lag({_PLACE}) OVER w AS begins
    FROM (SELECT DISTINCT ON (postcode, directory_from) * FROM printed_postcodes
          ORDER BY postcode, directory_from, length(release))
    WINDOW w AS (PARTITION BY postcode ORDER BY directory_from)),
runs AS (SELECT *, sum(begins::INTEGER) OVER (PARTITION BY postcode ORDER BY directory_from) AS run FROM steps)
SELECT postcode, any_value(district) AS district, any_value(introduced) AS introduced,
    any_value(terminated) AS terminated, any_value(user_type) AS user_type, any_value(ward_code) AS ward_code,
    any_value(authority_code) AS authority_code, any_value(partnership_code) AS partnership_code,
    any_value(police_force_code) AS police_force_code, any_value(lsoa_2011_code) AS lsoa_2011_code,
    any_value(lsoa_2021_code) AS lsoa_2021_code, arg_max(release, directory_from) AS release,
    min(directory_from) AS directory_from, max(directory_from) AS directory_to,
    run = max(run) OVER (PARTITION BY postcode) AS newest
FROM runs GROUP BY postcode, run ORDER BY postcode, directory_from"""
_KINDS = (
    ("ward", WARD), ("authority", LOCAL_AUTHORITY), ("partnership", "community_safety_partnership"),
    ("police_force", "police_force"), ("lsoa_2011", OUTPUT_AREA), ("lsoa_2021", OUTPUT_AREA),
)  # fmt: skip
_COUNTED = "\nUNION ALL\n".join(
    f"""SELECT {name}_code AS area_code, '{kind}' AS area_type, count(*) FILTER (terminated IS NULL) AS n_in_use,
    count(*) FILTER (terminated IS NOT NULL) AS n_terminated
FROM catalogue.postcodes WHERE newest AND {name}_code IS NOT NULL GROUP BY {name}_code"""
    for name, kind in _KINDS
)
# A small area that did not change has one code in both censuses: its postcodes are counted once.
_AREAS = f"""INSERT INTO catalogue.postcode_areas BY NAME
SELECT c.area_code, c.area_type, any_value(k.area_name) AS area_name, any_value(k.authority_code) AS authority_code,
    max(c.n_in_use) AS n_in_use, max(c.n_terminated) AS n_terminated
FROM ({_COUNTED}) c LEFT JOIN known_areas k USING (area_code)
GROUP BY c.area_code, c.area_type ORDER BY c.area_type, c.area_code"""
_IN_USE = "(FROM catalogue.postcodes WHERE newest AND terminated IS NULL AND authority_code IS NOT NULL)"
_DIFFERING = f"""WITH wards AS (
    SELECT 'ward_in_another_authority' AS what, ward_code AS area_code, authority_code, count(*) AS n,
        min(postcode) AS example
    FROM {_IN_USE} WHERE ward_code IS NOT NULL GROUP BY ALL),
small AS (
    SELECT 'small_area_in_another_authority' AS what, coalesce(lsoa_2021_code, lsoa_2011_code) AS area_code,
        authority_code, count(*) AS n, min(postcode) AS example
    FROM {_IN_USE} WHERE coalesce(lsoa_2021_code, lsoa_2011_code) IS NOT NULL GROUP BY ALL)
SELECT p.what, p.area_code, a.authority_code AS expected, p.authority_code AS printed, p.n, p.example
FROM (FROM wards UNION ALL FROM small) p JOIN catalogue.postcode_areas a USING (area_code)
WHERE a.authority_code <> p.authority_code
UNION ALL
SELECT 'force_of_another_area', p.authority_code, m.container_code, p.police_force_code, count(*), min(p.postcode)
FROM {_IN_USE} p JOIN catalogue.area_memberships m
    ON m.member_code = p.authority_code AND m.container_type = 'police_force'
WHERE m.container_code <> p.police_force_code GROUP BY ALL
ORDER BY 1, 5 DESC, 2, 4"""
# Footprints that differ though nobody made a mistake: not one to one.
_FOOTPRINTS = f"""INSERT INTO quality.postcode_misalignments BY NAME
WITH pairs AS (
    SELECT m.container_code, m.member_code, m.coverage, c.area_name AS container, a.area_name AS member, p.n, p.example
    FROM catalogue.area_memberships m JOIN catalogue.areas c ON c.area_code = m.container_code
    JOIN catalogue.areas a ON a.area_code = m.member_code
    LEFT JOIN (SELECT authority_code, count(*) AS n, min(postcode) AS example FROM {_IN_USE} GROUP BY ALL) p
        ON p.authority_code = m.member_code
    WHERE m.container_type = 'community_safety_partnership' AND a.valid_to IS NULL)
SELECT 'partnership_of_several_authorities' AS what, container_code AS area_code, NULL AS expected_code,
    NULL AS other_code, sum(n)::BIGINT AS n_postcodes, min(example) AS example,
    format('The partnership {{}} ({{}}) covers {{}}: a figure of the partnership is not one of a single authority.',
        any_value(container), container_code, string_agg(member, ', ' ORDER BY member)) AS message
FROM pairs WHERE coverage = 'whole' GROUP BY container_code HAVING count(*) > 1 AND sum(n) > 0
UNION ALL
SELECT 'authority_with_several_partnerships', member_code, NULL, NULL, any_value(n), any_value(example),
    format('{{}} ({{}}) has several partnerships ({{}}): which one a postcode is in is not known from its authority.',
        any_value(member), member_code, string_agg(container, ', ' ORDER BY container))
FROM pairs WHERE n > 0 GROUP BY member_code HAVING count(*) > 1
ORDER BY what, area_code"""
