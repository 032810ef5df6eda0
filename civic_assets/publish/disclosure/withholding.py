"""Withholding derived figures that would reveal what a publisher hides, before anything is published.

Belongs here: the order (audit, withhold, audit again), changing the derived tables, and `quality.disclosure_log`. Does
not belong here: which figures must be withheld (`civic_assets.quality.disclosure.derived_audit`) and what a row of a
derived table states (`derived_tables`).

A publisher's figures are published as printed, whatever they reveal together: a finding tells the publisher (H-19). No
derived figure may reveal more, and none that does is published; this cannot be waived. The log has counts of cells and
never values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.contracts.model import Contract
from civic_assets.publish.disclosure.derived_tables import OUR_TABLES, DerivedTable
from civic_assets.quality.disclosure.derived_audit import FIGURES, HIDDEN, RANGE, Audit, audit_ours
from civic_assets.quality.disclosure.differencing import JointAudit, across_releases
from civic_assets.quality.disclosure.published_cells import (
    KEY,
    PublishedCells,
    find_hidden,
    published_cells,
    without_contradiction,
)
from civic_assets.quality.framework.results import Outcome, Reason

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.quality.disclosure.hidden_cells import HiddenCells

OURS = "published"
"""Value of `release` in the log's rows about derived tables."""
TOGETHER = "all releases"
"""Value of `release` in the log's rows about everything that a publisher has hidden."""


@dataclass
class Protection:
    """Hidden figures of a read model being built, and what was withheld because of them.

    Args:
        published: Published cells; None if no figure is hidden, so that nothing is audited.
        extra: What is known of hidden figures across releases.
        withheld: Figures withheld so far, by table: those that state a hidden figure or lie in a hidden range, and
            those that would reveal one.
    """

    published: PublishedCells | None
    extra: JointAudit
    withheld: dict[str, tuple[int, int]] = field(default_factory=dict)


def protect(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> Protection:
    """Find the hidden figures.

    Args:
        connection: Connection to a read model with observations, `catalogue.disclosure_rules`
            (`published_cells.declare`), and a catalogue of measures and areas.
        contracts: Contracts by source.
    """
    if not find_hidden(connection):
        return Protection(None, JointAudit((), ()))
    return Protection(published_cells(connection, contracts), across_releases(connection))


def withhold(
    connection: DuckDBPyConnection, protection: Protection, tables: Sequence[DerivedTable] = OUR_TABLES
) -> Audit:
    """Withhold what must not be published in some derived tables; tables that do not exist are skipped.

    Called when the figures are gathered, so that everything made of them is without them too, and again when all tables
    are made.

    Returns:
        What the derived figures would still reveal: nothing, unless the audit itself is wrong.
    """
    present = _present(connection, tables)
    if not present:
        return _NOTHING
    _gather(connection, present)
    _blank(connection, protection, present, _figures(connection, protection), reveals=False)
    if protection.published is None:
        return _NOTHING
    _gather(connection, present)
    audit = audit_ours(connection, protection.published, protection.extra.all)
    _blank(connection, protection, present, audit.reveals, reveals=True)
    _gather(connection, present)
    return audit_ours(connection, protection.published, protection.extra.all) if audit.reveals else audit


_NOTHING = Audit(frozenset(), frozenset(), 0, 0, 0)


def _present(connection: DuckDBPyConnection, tables: Sequence[DerivedTable]) -> list[DerivedTable]:
    existing = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'harmonised'"
        ).fetchall()
    }
    return [table for table in tables if {table.name, *table.needs} <= existing]


def _gather(connection: DuckDBPyConnection, tables: Sequence[DerivedTable]) -> None:
    figures = "\nUNION ALL ".join(
        f"SELECT '{table.name}' AS place, * FROM ({table.figures})" for table in tables
    )
    connection.execute(FIGURES.format(figures=figures))


def _figures(connection: DuckDBPyConnection, protection: Protection) -> frozenset[int]:
    """Figures that state a hidden figure, or lie in a hidden range."""
    queries = [RANGE] if protection.published is None else [RANGE, HIDDEN]
    return frozenset(number for query in queries for (number,) in connection.execute(query).fetchall())


def _blank(
    connection: DuckDBPyConnection,
    protection: Protection,
    tables: Sequence[DerivedTable],
    figures: frozenset[int],
    *,
    reveals: bool,
) -> None:
    if not figures:
        return
    numbers = sorted(figures)
    for table in tables:
        for part, assignments in table.blank.items():
            rows = connection.execute(
                """SELECT DISTINCT row FROM disclosure_ours
                WHERE place = ? AND part = ? AND figure IN (SELECT unnest(?))""",
                [table.name, part, numbers],
            ).fetchnumpy()["row"]
            if not len(rows):
                continue
            connection.execute(
                f"UPDATE harmonised.{table.name} SET {assignments} WHERE rowid IN (SELECT unnest(?))",
                [rows.tolist()],
            )
            before = protection.withheld.get(table.name, (0, 0))
            protection.withheld[table.name] = (
                before[0] + (0 if reveals else len(rows)),
                before[1] + (len(rows) if reveals else 0),
            )


def write_log(connection: DuckDBPyConnection, protection: Protection, audit: Audit) -> None:
    """Create `quality.disclosure_log`, and drop the temporary tables.

    It has one row for each table of a release with hidden figures (what the publisher's own release reveals, from the
    findings of H-19), and one for each derived table.

    Args:
        connection: Connection to a read model with findings and results.
        protection: Protection after `withhold` of all tables.
        audit: Result of that `withhold`.
    """
    import pyarrow as pa

    connection.execute(_LOG)
    rows = []
    if protection.published is not None:
        connection.execute(_OF_RELEASES)
        rows += _of_sources(connection, protection.published, protection.extra.periods)
    rows += [_of_ours(table.name, protection, audit) for table in _present(connection, OUR_TABLES)]
    if rows:
        connection.register("incoming", pa.Table.from_pylist(rows))
        connection.execute("INSERT INTO quality.disclosure_log BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")
    for name in ("hidden", "keys", "seen", "standing", "above", "ours"):
        connection.execute(f"DROP TABLE IF EXISTS disclosure_{name}")


def _of_sources(
    connection: DuckDBPyConnection, published: PublishedCells, extra: Sequence[HiddenCells]
) -> list[dict[str, Any]]:
    """What all releases of all publishers reveal together about the figures that each source hides.

    Sums of areas across releases are left out here (within a release its contract has them): they link every authority
    of the country with every other, which costs much and reveals little. The audit of derived figures includes them.
    """
    system = published.system(extra)
    try:
        bounds = without_contradiction(system, published.system())
    except RuntimeError:
        # The solver gave up: the log says nothing about publishers, and `audit_ours` withholds derived figures.
        return []
    sources = connection.execute(
        "SELECT DISTINCT source, key FROM disclosure_hidden JOIN disclosure_keys USING "
        f"({', '.join(KEY)}) ORDER BY ALL"
    ).fetchnumpy()
    positions = np.searchsorted(system.names, sources["key"])
    rows = []
    for source in dict.fromkeys(sources["source"].tolist()):
        cells = positions[sources["source"] == source]
        hidden, exact, narrow = (
            int(flags[cells].sum()) for flags in (bounds.audited, bounds.recovered, bounds.narrow)
        )
        message = (
            f"Of the {hidden:,} figures that {source} hides, {exact:,} can be worked out exactly and {narrow:,} can be "
            "narrowed to a range that is tighter than the house rule or starts above 1, from all published releases "
            "together."
        )
        rows.append(
            {
                "source": source, "release": TOGETHER, "table_id": TOGETHER, "n_primary": hidden, "n_secondary": 0,
                "n_audited": hidden - int(bounds.contradictory[cells].sum()), "n_recovered": exact, "n_narrow": narrow,
                "outcome": "fail" if exact + narrow else "pass", "reason": "", "message": message,
            }
        )  # fmt: skip
    return rows


def _of_ours(name: str, protection: Protection, audit: Audit) -> dict[str, Any]:
    primary, secondary = protection.withheld.get(name, (0, 0))
    left = audit.n_recovered + audit.n_narrow
    outcome: Outcome = "fail" if left or primary or secondary else "pass"
    reason: Reason = ""
    if protection.published is None and outcome == "pass":
        outcome, reason = "not_evaluated", "not_applicable"
        message = "No published source hides figures."
    elif outcome == "pass":
        message = f"harmonised.{name} does not make any hidden figure easier to work out."
    else:
        parts = [
            f"{number:,} {why}"
            for number, why in (
                (
                    primary,
                    "rows showed a figure that its publisher hides, or a sum in the range that it hides",
                ),
                (secondary, "rows would reveal a hidden figure together with other published figures"),
            )
            if number
        ]
        message = f"harmonised.{name}: {' and '.join(parts)}. They are withheld." if parts else ""
        if left:
            message += (
                f" {left:,} hidden figures can still be worked out better with the derived tables than "
                "without them."
            )
    return {
        "source": name, "release": OURS, "table_id": name, "n_primary": primary, "n_secondary": secondary,
        "n_audited": audit.n_audited, "n_recovered": audit.n_recovered, "n_narrow": audit.n_narrow,
        "outcome": outcome, "reason": reason, "message": message.strip(),
    }  # fmt: skip


_LOG = """CREATE TABLE quality.disclosure_log (source VARCHAR, release VARCHAR, table_id VARCHAR, n_primary BIGINT,
    n_secondary BIGINT, n_audited BIGINT, n_recovered BIGINT, n_narrow BIGINT, outcome VARCHAR, reason VARCHAR,
    message VARCHAR)"""

_OF_RELEASES = """INSERT INTO quality.disclosure_log BY NAME
    WITH hidden AS (
        SELECT source, release, table_id, count(*) AS n_primary FROM disclosure_hidden GROUP BY ALL
    ),
    told AS (
        SELECT source, release, json_extract_string(evidence, '$.table') AS table_id,
            json_extract(evidence, '$.recovered')::BIGINT AS n_recovered,
            json_extract(evidence, '$.narrow')::BIGINT AS n_narrow, message
        FROM quality.findings WHERE check_id = 'H-19'
    ),
    results AS (SELECT source, release, outcome, reason, message FROM quality.check_results WHERE check_id = 'H-19')
    SELECT h.source, h.release, h.table_id, h.n_primary, 0 AS n_secondary,
        CASE WHEN r.outcome IN ('pass', 'fail') THEN h.n_primary ELSE 0 END AS n_audited,
        coalesce(t.n_recovered, 0) AS n_recovered, coalesce(t.n_narrow, 0) AS n_narrow,
        CASE WHEN t.message IS NOT NULL THEN 'fail' WHEN r.outcome IN ('pass', 'fail') THEN 'pass'
             ELSE 'not_evaluated' END AS outcome,
        CASE WHEN t.message IS NOT NULL OR r.outcome IN ('pass', 'fail') THEN '' ELSE coalesce(r.reason, 'no_input') END
            AS reason,
        coalesce(t.message, CASE WHEN r.outcome IN ('pass', 'fail')
            THEN 'No hidden figure can be worked out from the other figures of the release.'
            ELSE coalesce(r.message, 'Rule H-19 has no result for this release.') END) AS message
    FROM hidden h LEFT JOIN told t USING (source, release, table_id) LEFT JOIN results r USING (source, release)
    ORDER BY h.source, h.release, h.table_id"""
