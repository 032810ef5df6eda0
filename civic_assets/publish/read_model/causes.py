"""Findings by cause: `quality.causes`, and the cause of each finding.

Belongs here: reading the findings of the read model, and storing what they have in common. Does not belong here: which
findings share a cause (`civic_assets.quality.causes`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.answers.cause import FoundCause
from civic_assets.publish.read_model.connection import open_read_model, rows_of
from civic_assets.quality.causes.cause import Cause, JudgedFinding
from civic_assets.quality.causes.grouping import causes_of
from civic_assets.quality.published.rule import RELEASE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.layers.store import Store


def create(connection: DuckDBPyConnection) -> None:
    """Create `quality.causes`, and name the cause of each finding in `quality.findings`; or make both again.

    Args:
        connection: Connection to a read model that has all of its findings.
    """
    import pyarrow as pa

    causes = causes_of(map(_judged, rows_of(connection, _FINDINGS)))
    table = pa.Table.from_pylist([_row(cause) for cause in causes], schema=_schema())
    connection.register("incoming", table)
    if connection.execute(_HAS_CAUSES).fetchone():
        # The table keeps its comments.
        connection.execute("DELETE FROM quality.causes")
        connection.execute("INSERT INTO quality.causes SELECT * FROM incoming")
        connection.execute("UPDATE quality.findings SET cause_id = NULL WHERE cause_id IS NOT NULL")
    else:
        connection.execute("CREATE TABLE quality.causes AS SELECT * FROM incoming")
    connection.unregister("incoming")
    connection.execute(_MARK)


def published_causes(store: Store) -> list[FoundCause]:
    """Causes of what is published, those that ask for action first; none if nothing is.

    Args:
        store: The store.
    """
    if not store.database.is_file():
        return []

    with open_read_model(store) as connection:
        if not connection.execute(_HAS_CAUSES).fetchone():
            return []
        found = connection.execute(_PUBLISHED).fetchall()
    return [FoundCause(*row) for row in found]


def _judged(row: Mapping[str, Any]) -> JudgedFinding:
    evidence = json.loads(row["evidence"] or "{}")
    profile = evidence.get("row") or {}
    release = profile.get("release") if row["release"] == RELEASE else row["release"]
    releases = evidence.get("about_releases") or ([release] if release else [])
    return JudgedFinding(
        finding_id=row["finding_id"],
        check_id=row["check_id"],
        source=evidence.get("about_source") or row["source"],
        releases=tuple(releases),
        severity=row["severity"],
        message=row["message"],
        area_code=row["area_code"] or "",
        observed=row["observed"] or "",
        locator=row["locator"] or "",
        locators=row["locators"] or (),
        evidence=evidence,
        waived=row["status"] == "waived",
    )


def _row(cause: Cause) -> dict[str, Any]:
    several = not cause.source
    return {
        "cause_id": cause.cause_id,
        "kind": cause.kind,
        "source": cause.source or None,
        "release": RELEASE if several or not cause.releases else cause.releases[-1],
        "releases": [] if several else list(cause.releases),
        "check_ids": list(cause.check_ids),
        "severity": cause.severity,
        "asks_action": cause.asks_action,
        "audience": cause.audience,
        "action": cause.action,
        "message": cause.message,
        "n_findings": len(cause.members),
        "members": list(cause.members),
    }


def _schema() -> Any:
    import pyarrow as pa

    texts = pa.list_(pa.string())
    kinds: Sequence[tuple[str, Any]] = (
        ("cause_id", pa.string()), ("kind", pa.string()), ("source", pa.string()), ("release", pa.string()),
        ("releases", texts), ("check_ids", texts), ("severity", pa.string()), ("asks_action", pa.bool_()),
        ("audience", pa.string()), ("action", pa.string()), ("message", pa.string()), ("n_findings", pa.int64()),
        ("members", texts),
    )  # fmt: skip
    return pa.schema(kinds)


_FINDINGS = """SELECT finding_id, check_id, source, release, severity, message, area_code, observed, locator,
    locators[:200] AS locators, evidence, status
FROM quality.findings ORDER BY source, release, check_id, locator, finding_id"""

# A read model that an earlier version of the program built has none.
_HAS_CAUSES = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'quality' AND table_name = 'causes'"

_PUBLISHED = """SELECT cause_id, source, releases, check_ids, severity, asks_action, audience, action, message,
    n_findings
FROM quality.causes
ORDER BY NOT asks_action, CASE severity WHEN 'blocking' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, source NULLS FIRST,
    release, n_findings DESC, cause_id"""

_MARK = """UPDATE quality.findings f SET cause_id = c.cause_id
FROM (SELECT cause_id, unnest(members) AS finding_id FROM quality.causes) c WHERE c.finding_id = f.finding_id"""
