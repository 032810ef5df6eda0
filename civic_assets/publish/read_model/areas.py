"""Areas in the read model: the register, the areas that the store's lookups add, and street-level counts by authority.

Belongs here: `catalogue.areas`, `catalogue.printed_areas`, `catalogue.area_successions`,
`catalogue.area_memberships`, `catalogue.output_areas` and `harmonised.police_uk_by_authority`. Does not belong here:
the register itself (`civic_assets.harmonise.areas.register`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.areas.output_areas import locate
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import NESTS, OUTPUT_AREA, SAME, WARD, AreaFacts
from civic_assets.layers.raw import raw_grid
from civic_assets.layers.store import Store

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.member import Member

LOOKUPS = "lookups"
_OF_WARDS = ("output_area_ward", "ward_region")
_SMALL = ("ward_code", "lsoa_code")
_READ = (*_SMALL, "ward_name", "lsoa_name", "lad_code")


def lookups_of(
    store: Store, contract: Contract, members: Sequence[Member], codes: Collection[str]
) -> dict[str, pa.Table]:
    """Rows of a publication's lookups for some wards and output areas, as text, by release.

    Args:
        store: Store with their raw tables.
        contract: Contract of the source `lookups`.
        members: Releases of the publication; those of other sources are ignored.
        codes: Wards and output areas needed; a lookup has tens of thousands, a publication has figures of a few.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from civic_assets.parsing.table_finder import find_tables

    rows_by_release: dict[str, pa.Table] = {}
    for member in members:
        receipt = member.receipt
        raw = store.tables.current("raw", receipt.source, receipt.release)
        if receipt.source != LOOKUPS or member.harmonised is None or raw is None:
            continue
        if not receipt.release.endswith(("-lsoa-ward", "-ward-region")):
            continue
        blocks = find_tables(raw_grid(store, receipt, raw), contract)
        for name in _OF_WARDS:
            if name in blocks:
                block = blocks[name]
                table = pa.table({column: block.texts(column) for column in _READ if column in block.columns})
                receipts = [
                    pc.is_in(table[column], pa.array(codes)) for column in _SMALL if column in block.columns
                ]
                rows_by_release[receipt.release] = table.filter(reduce(pc.or_, receipts))
    return rows_by_release


def register_for(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
) -> AreaRegister:
    """The register that is shipped, with the publication's lookups of the wards and output areas in its figures.

    Args:
        connection: Connection to the read model being built, with the figures as `printed_figures`.
        store: Store with the raw tables of lookups.
        contracts: Contracts of all sources.
        members: Releases of the publication.
    """
    return _with_lookups(connection, store, contracts, members, "printed_figures")


def register_of_published(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
) -> AreaRegister:
    """The same register, for a read model with `catalogue.printed_areas`."""
    return _with_lookups(connection, store, contracts, members, "catalogue.printed_areas")


def _with_lookups(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    printed: str,
) -> AreaRegister:
    shipped = AreaRegister.shipped()
    rows = connection.execute(
        f"SELECT DISTINCT area_code FROM {printed} WHERE area_type IN (?, ?)",
        [WARD, OUTPUT_AREA],
    ).fetchall()
    if not rows or LOOKUPS not in contracts:
        return shipped
    return shipped.with_lookups(lookups_of(store, contracts[LOOKUPS], members, [code for (code,) in rows]))


def create_names(connection: DuckDBPyConnection, register: AreaRegister, printed_elsewhere: str = "") -> None:
    """Create the temporary table `area_names`: one name for each code that has figures.

    The name is that of the register. For a code that is not in the register (a ward without a lookup here, a row of a
    publisher without a code) it is the name in the newest release. Publishers write one area in several ways
    (`Bristol City of`, `LONDON`, `Poole (Pre LG)`), so a reader who groups by name would get several areas.

    Args:
        connection: Connection to the read model being built, with `printed_figures` and `release_orders`.
        register: Register with the publication's lookups.
        printed_elsewhere: Query of area_code, area_name and release_order of other releases of the publication.
    """
    import pyarrow as pa

    names = {area.code: area.name for area in register.areas.values()}
    known = pa.table({"area_code": list(names), "area_name": list(names.values())})
    connection.register("known_names", known)
    elsewhere = f"UNION ALL {printed_elsewhere}" if printed_elsewhere else ""
    connection.execute(_NAMES.format(elsewhere=elsewhere))
    connection.unregister("known_names")


def published_register(connection: DuckDBPyConnection) -> AreaRegister:
    """The register as of a publication: what is shipped, and the wards and output areas that it has figures of.

    An area in no lookup is included as its rows describe it, `seen` in the time of its figures.
    """
    rows = connection.execute(
        "SELECT area_code, area_name, area_type, parent_code, seen_from, seen_to FROM catalogue.areas "
        "WHERE seen_from IS NOT NULL AND area_type IN (?, ?)",
        [WARD, OUTPUT_AREA],
    ).fetchall()
    shipped = AreaRegister.shipped()
    added = {
        code: AreaFacts(code, name, kind, parent=parent, seen=(first, last))
        for code, name, kind, parent, first, last in rows
    }
    return replace(shipped, areas={**shipped.areas, **added}, _above={}) if added else shipped


def create_printed(connection: DuckDBPyConnection) -> None:
    """Create `catalogue.printed_areas`: what each release says of each area of its figures.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
    """
    connection.execute(_PRINTED)


def create(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    """Create the tables of areas, and the view of street-level counts.

    Args:
        connection: Connection to a read model with `catalogue.printed_areas`.
        register: Register with the publication's lookups.
    """
    create_tables(connection, register)
    connection.execute(_BY_AUTHORITY)


def create_tables(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    """Create the tables of areas; `catalogue.printed_areas` must exist.

    Args:
        connection: Connection to the read model being built.
        register: Register with the publication's lookups.
    """
    import pyarrow as pa

    observed: pa.Table = connection.sql(OBSERVED).to_arrow_table()
    codes = set(observed["area_code"].to_pylist())
    known = [area for area in register.areas.values() if area.seen is None or area.code in codes]
    facts = facts_of(known, register)
    for name, table in {
        "area_successions": pa.Table.from_pylist(_successions(register), schema=_schema(_SUCCESSION)),
        "area_memberships": pa.Table.from_pylist(_memberships(register), schema=_schema(_MEMBERSHIP)),
        "output_areas": pa.Table.from_pylist(_output_areas(observed, register), schema=_schema(_OUTPUT_AREA)),
    }.items():
        connection.register("incoming", table)
        connection.execute(f"CREATE TABLE catalogue.{name} AS SELECT * FROM incoming ORDER BY ALL")
        connection.unregister("incoming")
    connection.register("observed", observed)
    connection.register("facts", facts)
    connection.execute(AREAS)
    connection.unregister("observed")
    connection.unregister("facts")


_NAMES = """CREATE TEMP TABLE area_names AS
SELECT p.area_code, coalesce(any_value(k.area_name),
    any_value(p.area_name ORDER BY p.release_order DESC, p.area_name)) AS area_name
FROM (
    SELECT area_code, area_name, release_order
    FROM (SELECT DISTINCT area_code, area_name, release FROM printed_figures) JOIN release_orders USING (release)
    {elsewhere}
) p LEFT JOIN known_names k USING (area_code)
GROUP BY p.area_code"""
# What each release says of an area; a release prints few areas, and they are read again and again.
_PRINTED = """CREATE TABLE catalogue.printed_areas AS
SELECT source, release, release_order, area_code, min(area_name_printed) AS area_name_printed,
    min(area_name) AS area_name, min(area_type) AS area_type, min(partnership_code) AS partnership_code,
    min(parent_code) AS parent_code, min(period_start) AS first_day, max(period_end) - 1 AS last_day
FROM harmonised.observations GROUP BY source, release, release_order, area_code
ORDER BY source, release, area_code"""
# Names and types of areas in figures, from the newest release.
OBSERVED = """SELECT area_code,
    any_value(area_name ORDER BY release_order DESC, area_name) AS area_name,
    any_value(area_type ORDER BY release_order DESC, area_type) AS area_type,
    any_value(partnership_code ORDER BY release_order DESC, partnership_code) AS partnership_code,
    any_value(parent_code ORDER BY release_order DESC, parent_code) AS parent_code,
    min(first_day) AS first_day, max(last_day) AS last_day
FROM catalogue.printed_areas GROUP BY area_code ORDER BY area_code"""
AREAS = """CREATE TABLE catalogue.areas AS
SELECT coalesce(o.area_code, f.area_code) AS area_code, coalesce(f.area_name, o.area_name) AS area_name,
    coalesce(o.area_type, f.area_type) AS area_type, o.partnership_code, f.valid_from, f.valid_to,
    coalesce(f.parent_code, o.parent_code) AS parent_code, f.region_code, f.form,
    coalesce(f.succeeded_by, []::VARCHAR[]) AS succeeded_by,
    CASE WHEN f.seen_from IS NOT NULL THEN 'lookup' WHEN f.area_code IS NOT NULL THEN 'register'
         WHEN o.area_type = 'unknown' THEN 'nothing' ELSE 'row' END AS resolved_by,
    CASE WHEN f.area_code IS NULL OR f.seen_from IS NOT NULL THEN least(f.seen_from, o.first_day) END AS seen_from,
    CASE WHEN f.area_code IS NULL OR f.seen_to IS NOT NULL THEN greatest(f.seen_to, o.last_day) END AS seen_to,
    o.area_code IS NOT NULL AS has_figures
FROM facts f FULL JOIN observed o ON o.area_code = f.area_code ORDER BY area_code"""
# Counts of street-level rows by authority, with those of the same force and month that have no place: a small
# authority's count is incomplete unless they are nil. A force's file has rows of its neighbours. If their own forces'
# files are not held, the count is only a few of many (`own_force_given`). `n_by_name` counts rows whose output area is
# not in any lookup.
_BY_AUTHORITY = """CREATE VIEW harmonised.police_uk_by_authority AS
WITH rows AS (
    SELECT *, regexp_extract(breakdown, 'reported_by=([^;]*)', 1) AS other_force,
        coalesce(nullif(regexp_replace(breakdown, ';?reported_by=[^;]*', ''), ''), 'total') AS of_type
    FROM harmonised.latest WHERE source = 'police_uk'),
unlocated AS (
    SELECT release, measure, period_start, of_type, sum(value) AS value
    FROM rows WHERE area_type = 'unassigned' GROUP BY ALL),
counted AS (
    SELECT o.source, o.release, o.measure, o.period_start, o.period_end, o.of_type AS breakdown, a.authority_code,
        a.authority_name, sum(o.value) AS value, count(DISTINCT o.area_code) AS n_output_areas,
        count(DISTINCT o.area_code) FILTER (a.how = 'name') AS n_by_name,
        coalesce(any_value(u.value), 0) AS unlocated_in_force, bool_or(o.other_force = '') AS of_own_force
    FROM rows o
    JOIN catalogue.output_areas a ON a.area_code = o.area_code AND a.authority_code IS NOT NULL
    LEFT JOIN unlocated u ON u.release = o.release AND u.measure = o.measure AND u.period_start = o.period_start
        AND u.of_type = o.of_type
    GROUP BY ALL),
forces AS (
    SELECT m.member_code AS authority_code, any_value(m.container_code) AS own_force_code,
        any_value(f.area_name) AS own_force_name
    FROM catalogue.area_memberships m LEFT JOIN catalogue.areas f ON f.area_code = m.container_code
    WHERE m.container_type = 'police_force' GROUP BY m.member_code HAVING count(*) = 1),
-- Forces of which a file of that month is held: one that counts in ground of its own.
given AS (
    SELECT DISTINCT f.own_force_code, o.period_start
    FROM rows o JOIN catalogue.output_areas a ON a.area_code = o.area_code JOIN forces f USING (authority_code)
    WHERE o.other_force = '' AND o.area_type = 'lsoa')
SELECT c.* EXCLUDE (of_own_force), f.own_force_code, f.own_force_name, g.own_force_code IS NOT NULL AS own_force_given,
    CASE WHEN c.of_own_force THEN 'counted by the force of this authority'
         WHEN g.own_force_code IS NULL
         THEN 'a part: counted by another force, and no file of ' || coalesce(f.own_force_name, 'its own force')
            || ' is held for this month'
         ELSE 'a part: counted by another force, to be added to the count of '
            || coalesce(f.own_force_name, 'its own force') END AS coverage
FROM counted c LEFT JOIN forces f USING (authority_code)
LEFT JOIN given g ON g.own_force_code = f.own_force_code AND g.period_start = c.period_start"""

_AREA = {
    "area_code": "text", "area_name": "text", "area_type": "text", "form": "text", "valid_from": "day",
    "valid_to": "day", "parent_code": "text", "region_code": "text", "succeeded_by": "texts", "seen_from": "day",
    "seen_to": "day",
}  # fmt: skip
_SUCCESSION = {
    "date": "day", "from_code": "text", "from_name": "text", "to_code": "text", "to_name": "text", "kind": "text",
    "nests": "truth", "same_ground": "truth", "reference": "text", "verified": "truth",
}  # fmt: skip
_MEMBERSHIP = {"container_code": "text", "container_type": "text", "member_code": "text", "coverage": "text"}
_OUTPUT_AREA = {
    "area_code": "text", "vintage": "text", "ward_code": "text", "authority_code": "text", "authority_name": "text",
    "how": "text", "because": "text",
}  # fmt: skip


def _schema(columns: Mapping[str, str]) -> pa.Schema:
    import pyarrow as pa

    types = {"text": pa.string(), "day": pa.date32(), "truth": pa.bool_(), "texts": pa.list_(pa.string())}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


def facts_of(known: Iterable[AreaFacts], register: AreaRegister) -> pa.Table:
    """What a register says of some of its areas, as the table `facts` that `AREAS` reads."""
    import pyarrow as pa

    return pa.Table.from_pylist([_area(area, register) for area in known], schema=_schema(_AREA))


def _area(area: AreaFacts, register: AreaRegister) -> dict[str, Any]:
    return {
        "area_code": area.code,
        "area_name": area.name,
        "area_type": area.type,
        "form": area.form or None,
        "valid_from": area.valid_from,
        "valid_to": area.valid_to,
        "parent_code": area.parent,
        "region_code": area.region,
        "succeeded_by": [step.new for step in register.successors(area.code) if step.new != area.code],
        "seen_from": area.seen[0] if area.seen else None,
        "seen_to": area.seen[1] if area.seen else None,
    }


def _successions(register: AreaRegister) -> list[dict[str, Any]]:
    return [
        {
            "date": step.day,
            "from_code": step.old,
            "from_name": step.old_name,
            "to_code": step.new,
            "to_name": step.new_name,
            "kind": str(step.kind),
            "nests": step.kind in NESTS,
            "same_ground": step.kind in SAME,
            "reference": step.reference,
            "verified": step.verified,
        }
        for step in register.successions
    ]


def _memberships(register: AreaRegister) -> list[dict[str, Any]]:
    return [
        {
            "container_code": held.container,
            "container_type": held.type,
            "member_code": held.member,
            "coverage": "whole" if held.whole else "part",
        }
        for held in register.memberships
    ]


def _output_areas(observed: pa.Table, register: AreaRegister) -> list[dict[str, Any]]:
    rows = [row for row in observed.to_pylist() if row["area_type"] == OUTPUT_AREA]
    on: date = max((row["last_day"] for row in rows), default=date.max)
    located = locate([(row["area_code"], row["area_name"] or "") for row in rows], register, on)
    return [
        {
            "area_code": area.code,
            "vintage": area.vintage,
            "ward_code": area.ward,
            "authority_code": area.authority,
            "authority_name": found.name if (found := register.find(area.authority or "")) else None,
            "how": area.how,
            "because": area.because or None,
        }
        for area in located.values()
    ]
