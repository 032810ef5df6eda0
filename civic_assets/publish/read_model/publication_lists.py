"""What is published, as lists: sources, releases, files, sentences of releases, and checks.

Belongs here: `catalogue.sources`, `releases`, `files`, `statements` and `checks` as they follow from contracts,
receipts and facts. Does not belong here: the day from which a release was available (`availability`), notes (`notes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.answers.document import as_document
from civic_assets.archive import Receipt, edition_of
from civic_assets.contracts.model import Contract
from civic_assets.publish.read_model.connection import create_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.member import Member


def create_sources(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Create `catalogue.sources`, one row for each contract."""
    create_table(
        connection,
        "catalogue.sources",
        rows=[_source(contract) for contract in contracts.values()],
        columns="source VARCHAR, publisher VARCHAR, licence VARCHAR, legal_basis VARCHAR, sharing_agreement VARCHAR, "
        "owner VARCHAR, status VARCHAR, frequency_months DOUBLE, expected_lag_days INTEGER, contract_version VARCHAR, "
        "contract_sha256 VARCHAR, purpose VARCHAR, limitations VARCHAR, usage VARCHAR, not_read_because VARCHAR",
    )


def create_releases(connection: DuckDBPyConnection, members: Sequence[Member]) -> None:
    """Create `catalogue.releases` and `catalogue.statements`."""
    create_table(
        connection,
        "catalogue.releases",
        rows=[_release(member) for member in members],
        columns="source VARCHAR, release VARCHAR, edition VARCHAR, state VARCHAR, held_back VARCHAR, n_rows BIGINT, "
        "n_disputed BIGINT, synthetic BOOLEAN, sha256 VARCHAR, file_name VARCHAR, origin VARCHAR, retrieved_at VARCHAR",
    )
    create_table(
        connection,
        "catalogue.statements",
        rows=[
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
        columns="source VARCHAR, release VARCHAR, locator VARCHAR, section VARCHAR, text VARCHAR, claim VARCHAR, "
        "subject VARCHAR, said VARCHAR, value DOUBLE, unit VARCHAR, area_code VARCHAR, area_name_printed VARCHAR, "
        "period_named VARCHAR, period_start DATE, period_end DATE",
    )


def create_files(
    connection: DuckDBPyConnection, members: Sequence[Member], receipts: Sequence[Receipt]
) -> None:
    """Create `catalogue.files`; samples left out because publishers' files arrived are not listed."""
    listed = _counted(members, receipts)
    create_table(
        connection,
        "catalogue.files",
        rows=[_file(receipt) for receipt in listed],
        columns="sha256 VARCHAR, source VARCHAR, release VARCHAR, file_name VARCHAR, size BIGINT, url VARCHAR, "
        "retrieved_at VARCHAR, etag VARCHAR, origin VARCHAR, synthetic BOOLEAN",
    )


def create_checks(connection: DuckDBPyConnection) -> None:
    """Create `catalogue.checks`, one row for each rule."""
    from civic_assets.quality.expectations.suites import of_what_is_published
    from civic_assets.quality.run import catalogue as rules

    create_table(
        connection,
        "catalogue.checks",
        # A rule about several derived tables is listed once for each of them, with the same wording.
        rows=_distinct([
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
        columns="check_id VARCHAR, name VARCHAR, layer VARCHAR, dimension VARCHAR, severity VARCHAR, scope VARCHAR, "
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
