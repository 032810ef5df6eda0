"""The read model: one DuckDB file with everything that is published, opened read-only by all readers.

Belongs here: the tables and views of `civic.duckdb`. Does not belong here: which releases go in (`publication`) and
querying one figure (`trace`). It is built in a temporary file and moved into place; no process ever writes to a file
that another may have open.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.answers.document import as_document
from civic_assets.answers.progress import Said
from civic_assets.archive import Receipt, edition_of
from civic_assets.contracts.corrections import load_corrections
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import load_waivers
from civic_assets.layers.store import Store
from civic_assets.tables import parquet_scan
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path
from civic_assets.tables.release_names import publication_order

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.areas.register import AreaRegister
    from civic_assets.publish.member import Member

# Memory limit of DuckDB; any excess goes to a temporary file. Two million figures need none.
_MEMORY = "1GB"
# By default DuckDB 2 writes files that DuckDB 1 cannot open, and many tools embed a DuckDB 1. Files of this version can
# be read by DuckDB 1.2 and later. An older version would add only 1.1, and make the file a seventh larger.
_STORAGE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.2.0"}
_TYPES = {"string": "VARCHAR", "date32": "DATE", "float64": "DOUBLE", "bool": "BOOLEAN", "int32": "INTEGER"}


def build_read_model(
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    *,
    stamp: str,
    publication: str,
    number: int,
    today: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Build the read model in a new file and move it into place; waivers apply if they are in force on `today`."""
    import duckdb

    from civic_assets.publish import derived, house_numbers
    from civic_assets.publish.bias import register
    from civic_assets.publish.judgement import suite_memory
    from civic_assets.publish.member import report_held
    from civic_assets.publish.profiles import recorded_crime
    from civic_assets.publish.read_model import (
        areas,
        assurance,
        breaks,
        causes,
        decisions,
        implied_denominators,
        latest,
        measures,
        revisions,
    )
    from civic_assets.publish.read_model.as_written import refuse_unless_written
    from civic_assets.publish.read_model.descriptions import explain
    from civic_assets.quality.expectations.judgement import add_known
    from civic_assets.quality.expectations.profiles import create_profiles
    from civic_assets.quality.published.engine import add_results
    from civic_assets.quality.published.modelled_figures import MODELLED

    remove_stale_temporaries(store.root)
    temporary = temporary_path(store.root)
    try:
        with duckdb.connect(str(temporary), config=_STORAGE) as connection:
            connection.execute(f"SET memory_limit = '{_MEMORY}'")
            for schema in ("harmonised", "quality", "catalogue"):
                connection.execute(f"CREATE SCHEMA {schema}")
            progress(Said("figures and results of checks", "step"))
            _quality(connection, members)
            area_register = _observations(connection, store, contracts, members)
            latest.mark(connection, area_register)
            decisions.create_corrections(connection, load_corrections())
            latest.create_view(connection)
            progress(Said("catalogue, areas and measures", "step"))
            _catalogue(connection, contracts, members, _counted(members, store.archive.receipts()))
            decisions.create_waivers(connection, load_waivers(), today or date.today())
            areas.create(connection, area_register)
            measures.create(connection, contracts)
            house_numbers.create(connection, contracts)
            breaks.create(connection)
            assurance.create(connection)
            progress(Said("derived tables and disclosure control", "step"))
            recorded_crime.create(connection)
            derived.create(connection, contracts, members)
            implied_denominators.create(connection, contracts)
            progress(Said("revisions and bias register", "step"))
            revisions.create(connection)
            register.create(connection, contracts, report_held=report_held(members))
            progress(Said("rules over what is published", "step"))
            connection.execute(MODELLED)
            add_results(connection)
            create_profiles(connection, contracts)
            add_known(connection, suite_memory(store))
            progress(Said("causes and descriptions", "step"))
            causes.create(connection)
            connection.execute(
                "CREATE TABLE catalogue.publication AS SELECT ? AS stamp, ? AS publication, ? AS number",
                [stamp, publication, number],
            )
            explain(connection)
        refuse_unless_written(store, temporary, members)
        os.replace(temporary, store.database)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)


def _quality(connection: DuckDBPyConnection, members: Sequence[Member]) -> None:
    if not members:
        connection.execute(_EMPTY_RESULTS)
        connection.execute(_EMPTY_FINDINGS)
        return
    results = parquet_scan(member.results.path for member in members)
    findings = parquet_scan(member.findings.path for member in members)
    connection.execute(
        f"""CREATE TABLE quality.check_results AS
        SELECT check_id, source, release, layer, dimension, severity, outcome, n_checked, n_failed, message, reason,
               scope, waiver_id
        FROM {results} ORDER BY source, release, check_id"""
    )
    connection.execute(
        f"""CREATE TABLE quality.findings AS
        SELECT finding_id, check_id, source, release, severity, measure, area_code,
               try_cast(period_start AS DATE) AS period_start, try_cast(period_end AS DATE) AS period_end,
               locator, observed, expected, proposal, n_ties, evidence, status, message, locators, disputes,
               waiver_id, NULL::VARCHAR AS cause_id
        FROM {findings} ORDER BY source, release, check_id, locator"""
    )
    connection.execute(_NO_ADDRESSES)


_EMPTY_RESULTS = """CREATE TABLE quality.check_results (check_id VARCHAR, source VARCHAR, release VARCHAR,
    layer VARCHAR, dimension VARCHAR, severity VARCHAR, outcome VARCHAR, n_checked BIGINT, n_failed BIGINT,
    message VARCHAR, reason VARCHAR, scope VARCHAR, waiver_id VARCHAR)"""
_EMPTY_FINDINGS = """CREATE TABLE quality.findings (finding_id VARCHAR, check_id VARCHAR, source VARCHAR,
    release VARCHAR, severity VARCHAR, measure VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE,
    locator VARCHAR, observed VARCHAR, expected VARCHAR, proposal VARCHAR, n_ties BIGINT, evidence VARCHAR,
    status VARCHAR, message VARCHAR, locators VARCHAR[], disputes VARCHAR[], waiver_id VARCHAR, cause_id VARCHAR)"""

# A count of hidden figures that can be worked out may be published, but not where they are: the address of such a cell,
# or its area and period, is most of the way to its value. `inspect` names the cells to people who hold the file.
_NO_ADDRESSES = """UPDATE quality.findings
SET locator = '', locators = [], measure = NULL, area_code = NULL, period_start = NULL, period_end = NULL
WHERE check_id IN ('H-18', 'H-19')"""


def _observations(
    connection: DuckDBPyConnection,
    store: Store,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
) -> AreaRegister:
    """Create `harmonised.observations`; return the area register with the publication's lookups."""
    from civic_assets.harmonise.observations import FIELDS
    from civic_assets.publish.read_model import areas

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
    order = sorted({m.receipt.release for m in published}, key=publication_order)
    connection.execute("CREATE TEMP TABLE release_orders (release VARCHAR, release_order INTEGER)")
    stored = (
        parquet_scan(member.harmonised.path for member in published if member.harmonised)
        if published
        else "harmonised.observations"
    )
    connection.execute(f"CREATE TEMP VIEW printed_figures AS SELECT * FROM {stored}")
    if published:
        connection.executemany(
            "INSERT INTO release_orders VALUES (?, ?)", [[r, i] for i, r in enumerate(order)]
        )
    register = areas.register_for(connection, store, contracts, members)
    areas.create_names(connection, register)
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
    return register


def _catalogue(
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    members: Sequence[Member],
    receipts: Sequence[Receipt],
) -> None:
    import pyarrow as pa

    from civic_assets.publish.read_model import note_changes, notes
    from civic_assets.quality.expectations.suites import of_what_is_published
    from civic_assets.quality.run import catalogue as rules

    def create(name: str, rows: list[dict[str, Any]], columns: str) -> None:
        connection.execute(f"CREATE TABLE {name} ({columns})")
        if rows:
            table = pa.Table.from_pylist(rows)
            connection.register("incoming", table)
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")

    create(
        "catalogue.sources",
        [_source(contract) for contract in contracts.values()],
        "source VARCHAR, publisher VARCHAR, licence VARCHAR, legal_basis VARCHAR, sharing_agreement VARCHAR, "
        "owner VARCHAR, status VARCHAR, frequency_months DOUBLE, expected_lag_days INTEGER, contract_version VARCHAR, "
        "contract_sha256 VARCHAR, purpose VARCHAR, limitations VARCHAR, usage VARCHAR, not_read_because VARCHAR",
    )
    create(
        "catalogue.releases",
        [_release(member) for member in members],
        "source VARCHAR, release VARCHAR, edition VARCHAR, state VARCHAR, held_back VARCHAR, n_rows BIGINT, "
        "n_disputed BIGINT, synthetic BOOLEAN, sha256 VARCHAR, file_name VARCHAR, origin VARCHAR, retrieved_at VARCHAR",
    )
    create(
        "catalogue.files",
        [_file(receipt) for receipt in receipts],
        "sha256 VARCHAR, source VARCHAR, release VARCHAR, file_name VARCHAR, size BIGINT, url VARCHAR, "
        "retrieved_at VARCHAR, etag VARCHAR, origin VARCHAR, synthetic BOOLEAN",
    )
    notes.create(connection, members)
    note_changes.create(connection)
    create(
        "catalogue.statements",
        [
            {
                "source": m.receipt.source,
                "release": m.receipt.release,
                # A sentence that names no area has an empty text, which is not the code of an area.
                **{
                    _OF_STATEMENTS.get(name, name): said or None if name in _AREA else said
                    for name, said in as_document(statement).items()
                },
            }
            for m in members
            for statement in m.facts.statements
        ],
        "source VARCHAR, release VARCHAR, locator VARCHAR, section VARCHAR, text VARCHAR, claim VARCHAR, "
        "subject VARCHAR, said VARCHAR, value DOUBLE, unit VARCHAR, area_code VARCHAR, area_name_printed VARCHAR, "
        "period_named VARCHAR, period_start DATE, period_end DATE",
    )
    create(
        "catalogue.checks",
        # A rule about several derived tables is listed once for each of them, with the same wording.
        _distinct([
            {
                "check_id": spec.id, "name": spec.name, "layer": spec.layer, "dimension": spec.dimension,
                "severity": spec.severity, "scope": spec.scope, "statement": spec.statement,
                "cannot_tell": spec.cannot_tell,
            }
            for spec in rules()
        ]
        + [
            {
                "check_id": rule.id, "name": rule.name, "layer": "published", "dimension": rule.dimension,
                "severity": rule.severity, "scope": rule.scope, "statement": rule.statement,
                "cannot_tell": rule.cannot_tell,
            }
            for rule in of_what_is_published()
        ]),
        "check_id VARCHAR, name VARCHAR, layer VARCHAR, dimension VARCHAR, severity VARCHAR, scope VARCHAR, "
        "statement VARCHAR, cannot_tell VARCHAR",
    )  # fmt: skip


def _distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(row["check_id"], row["layer"], row["statement"]): row for row in rows}.values())


def _counted(members: Sequence[Member], receipts: Sequence[Receipt]) -> list[Receipt]:
    """Files of the publication; samples left out because publishers' files arrived are no longer listed."""
    here = {(member.receipt.source, member.receipt.release) for member in members}
    return [r for r in receipts if r.origin != "sample" or not here or (r.source, r.release) in here]


_AREA = ("area", "area_name")
# Terms that a statement gives itself come after the terms of all tables.
_OF_STATEMENTS = {
    "area": "area_code",
    "area_name": "area_name_printed",
    "span": "period_named",
    "span_start": "period_start",
    "span_end": "period_end",
}


def _source(contract: Contract) -> dict[str, Any]:
    publisher = contract.publisher
    return {
        "source": contract.source,
        "publisher": publisher.get("name"),
        "licence": publisher.get("licence"),
        "legal_basis": publisher.get("legalBasis"),
        "sharing_agreement": publisher.get("sharingAgreement"),
        "owner": contract.owner,
        "status": contract.status,
        "frequency_months": contract.frequency_months,
        "expected_lag_days": contract.expected_lag_days,
        "contract_version": contract.version,
        "contract_sha256": contract.sha256,
        "purpose": contract.purpose,
        "limitations": contract.limitations,
        "usage": contract.usage,
        "not_read_because": contract.not_read_because,
    }


def _release(member: Member) -> dict[str, Any]:
    receipt = member.receipt
    return {
        "source": receipt.source,
        "release": receipt.release,
        "edition": edition_of(receipt.release),
        "state": "published" if member.harmonised is not None else "held_back",
        "held_back": "\n".join(member.facts.held_back) or None,
        "n_rows": member.facts.rows,
        "n_disputed": member.facts.disputed,
        "synthetic": receipt.synthetic,
        "sha256": receipt.sha256,
        "file_name": receipt.file_name,
        "origin": receipt.origin,
        "retrieved_at": receipt.retrieved_at,
    }


def _file(receipt: Receipt) -> dict[str, Any]:
    names = (
        "sha256",
        "source",
        "release",
        "file_name",
        "size",
        "url",
        "retrieved_at",
        "etag",
        "origin",
        "synthetic",
    )
    return {name: getattr(receipt, name) for name in names}
