"""What the stored tables of releases become in the read model: figures, results and findings.

Belongs here: `quality.check_results`, `quality.findings` and `harmonised.observations` as they are before anything is
computed from them. Does not belong here: the newest issue of each figure (`latest`), decisions (`decisions`), and rules
over derived tables (`civic_assets.quality.published`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from civic_assets.layers.store import Store
from civic_assets.publish.read_model import areas
from civic_assets.tables import parquet_scan
from civic_assets.tables.release_names import publication_order

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.harmonise.areas.register import AreaRegister
    from civic_assets.publish.member import Member

OF_RELEASE, OF_PUBLISHED = "release", "published"
"""Values of `found_in`: what a rule looked at when it found something."""
_TYPES = {"string": "VARCHAR", "date32": "DATE", "float64": "DOUBLE", "bool": "BOOLEAN", "int32": "INTEGER"}


def create_quality(connection: DuckDBPyConnection, members: Sequence[Member]) -> None:
    """Create `quality.check_results` and `quality.findings` with what the rules said of each release.

    Args:
        connection: Connection to a read model being built.
        members: Releases.
    """
    connection.execute(EMPTY_RESULTS)
    connection.execute(EMPTY_FINDINGS)
    if not members:
        return
    results = parquet_scan(member.results.path for member in members)
    findings = parquet_scan(member.findings.path for member in members)
    connection.execute(
        f"""INSERT INTO quality.check_results BY NAME
        SELECT check_id, source, release, layer, dimension, severity, outcome, n_checked, n_failed, message, reason,
               scope, waiver_id
        FROM {results} ORDER BY source, release, check_id"""
    )
    connection.execute(
        f"""INSERT INTO quality.findings BY NAME
        SELECT finding_id, check_id, source, release, severity, measure, area_code,
               try_cast(period_start AS DATE) AS period_start, try_cast(period_end AS DATE) AS period_end,
               locator, observed, expected, proposal, n_ties, evidence, status, message, locators, disputes,
               waiver_id, '{OF_RELEASE}' AS found_in
        FROM {findings} ORDER BY source, release, check_id, locator"""
    )
    connection.execute(_NO_ADDRESSES)


EMPTY_RESULTS = """CREATE TABLE quality.check_results (check_id VARCHAR, source VARCHAR, release VARCHAR,
    layer VARCHAR, dimension VARCHAR, severity VARCHAR, outcome VARCHAR, n_checked BIGINT, n_failed BIGINT,
    message VARCHAR, reason VARCHAR, scope VARCHAR, waiver_id VARCHAR)"""
EMPTY_FINDINGS = f"""CREATE TABLE quality.findings (finding_id VARCHAR, check_id VARCHAR, source VARCHAR,
    release VARCHAR, severity VARCHAR, measure VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE,
    locator VARCHAR, observed VARCHAR, expected VARCHAR, proposal VARCHAR, n_ties BIGINT, evidence VARCHAR,
    status VARCHAR, message VARCHAR, locators VARCHAR[], disputes VARCHAR[], waiver_id VARCHAR, cause_id VARCHAR,
    found_in VARCHAR DEFAULT '{OF_PUBLISHED}')"""

# A count of hidden figures that can be worked out may be published, but not where they are: the address of such a cell,
# or its area and period, is most of the way to its value. `inspect` names the cells to people who hold the file.
_NO_ADDRESSES = """UPDATE quality.findings
SET locator = '', locators = [], measure = NULL, area_code = NULL, period_start = NULL, period_end = NULL
WHERE check_id IN ('H-18', 'H-19')"""


def positions(members: Sequence[Member]) -> dict[str, int]:
    """Position of each release with figures among all of them, in order of time: `release_order`."""
    published = {member.receipt.release for member in members if member.harmonised is not None}
    return {release: place for place, release in enumerate(sorted(published, key=publication_order))}


def create_observations(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    order: Mapping[str, int],
    printed_elsewhere: str = "",
) -> AreaRegister:
    """Create `harmonised.observations`, and what each release prints (`catalogue.printed_*`).

    Args:
        connection: Connection to a read model with `quality.findings`.
        store: Store with the raw tables of lookups.
        contracts: Contracts of all sources.
        members: Releases of the publication, with those of lookups.
        order: Position of every release of the publication (`positions`).
        printed_elsewhere: Query of area_code, area_name and release_order: names in releases of the publication that
            are not among the members.

    Returns:
        The area register with the publication's lookups.
    """
    from civic_assets.harmonise.observations import FIELDS

    typed = {name: _TYPES[kind] for name, kind, _ in FIELDS}
    declared = list(typed)
    for name, after in (("area_name_printed", "area_name"), ("quality", "status")):
        declared.insert(declared.index(after) + 1, name)
    connection.execute(
        "CREATE TABLE harmonised.observations ("
        + ", ".join(f"{name} {typed.get(name, 'VARCHAR')}" for name in declared)
        + ", release_order INTEGER)"
    )
    published = [member for member in members if member.harmonised is not None]
    stored = (
        parquet_scan(member.harmonised.path for member in published if member.harmonised)
        if published
        else "harmonised.observations"
    )
    connection.execute("CREATE TEMP TABLE release_orders (release VARCHAR, release_order INTEGER)")
    if order:
        connection.executemany(
            "INSERT INTO release_orders VALUES (?, ?)", [list(one) for one in order.items()]
        )
    connection.execute(f"CREATE TEMP VIEW printed_figures AS SELECT * FROM {stored}")
    register = areas.register_for(connection, store, contracts, members)
    areas.create_names(connection, register, printed_elsewhere)
    if published:
        own = {
            "area_name": "coalesce(n.area_name, o.area_name)",
            "area_name_printed": "o.area_name",
            "quality": "CASE WHEN d.locator IS NULL THEN 'ok' ELSE 'disputed' END",
        }
        connection.execute(
            f"""INSERT INTO harmonised.observations
            WITH d AS (SELECT DISTINCT source, release, unnest(disputes) AS locator FROM quality.findings
                       WHERE status <> 'waived')
            SELECT {", ".join(own.get(name, f"o.{name}") for name in declared)}, r.release_order
            FROM printed_figures o
            JOIN release_orders r USING (release)
            LEFT JOIN area_names n USING (area_code)
            LEFT JOIN d ON d.source = o.source AND d.release = o.release AND d.locator = o.locator"""
        )
    connection.execute("DROP VIEW printed_figures")
    connection.execute("DROP TABLE release_orders")
    connection.execute("DROP TABLE area_names")
    areas.create_printed(connection)
    create_printed(connection)
    return register


def create_printed(connection: DuckDBPyConnection) -> None:
    """Create `catalogue.printed_classes` and `catalogue.printed_periods`: what each release has figures of.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
    """
    for statement in (_PRINTED_CLASSES, _PRINTED_PERIODS):
        connection.execute(statement)


# A release has few classes and periods, and thousands of figures of each: many steps need only what there is.
_PRINTED_CLASSES = """CREATE TABLE catalogue.printed_classes AS
SELECT source, release, release_order, measure, breakdown, unit, statistic, period_kind, count(*) AS n_figures
FROM harmonised.observations GROUP BY ALL
ORDER BY source, release, measure, breakdown, unit, statistic, period_kind"""
_PRINTED_PERIODS = """CREATE TABLE catalogue.printed_periods AS
SELECT source, release, release_order, measure, unit, statistic, period_kind,
    regexp_replace(breakdown, '=[^;]*', '', 'g') AS breakdown_keys, period_start, period_end,
    sum(n)::BIGINT AS n_figures
FROM (SELECT source, release, release_order, measure, unit, statistic, period_kind, breakdown, period_start, period_end,
          count(*) AS n FROM harmonised.observations GROUP BY ALL)
GROUP BY ALL
ORDER BY source, release, measure, unit, statistic, period_kind, breakdown_keys, period_start, period_end"""
