"""The bias register: `quality.bias_register`, one row for each indicator, source and measure, and area if it has one.

Belongs here: its columns, the order of the indicators, and the rows for indicators that could not be evaluated. Does
not belong here: the computation (the other modules of this folder).

Every indicator has a row for every source that has figures according to its contract: one that cannot be computed is
`not_evaluated`, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.bias import (
    claims,
    concentration,
    not_known,
    participation,
    recording,
    scale,
    survival,
    times,
    unplaced,
    verdicts,
)
from civic_assets.publish.bias.indicator import BiasFacts, Indicator, Prepare
from civic_assets.publish.bias.panel import create_panel
from civic_assets.publish.bias.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract

PREPARED: tuple[Prepare, ...] = (
    concentration.prepare,
    claims.prepare,
    participation.prepare,
    unplaced.prepare,
    not_known.prepare,
    times.prepare,
    survival.prepare,
    recording.prepare,
    verdicts.prepare,
    scale.prepare,
)
"""Modules of indicators, in an order in which each finds the facts that it needs."""

COLUMNS = """bias VARCHAR, indicator VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR, measure VARCHAR,
    area_code VARCHAR, area_name VARCHAR, value DOUBLE, value_text VARCHAR, threshold DOUBLE, threshold_origin VARCHAR,
    threshold_because VARCHAR, outcome VARCHAR, reason VARCHAR, verdict VARCHAR, cannot_tell VARCHAR, evidence
        VARCHAR"""
_TEMPORARY = ("panel", "newest", "current", "sources", "rows")


def create(
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    stated: Vocabulary | None = None,
    *,
    report_held: bool,
) -> Sequence[Indicator]:
    """Create the register and the tables of facts that it needs.

    Args:
        connection: Connection to a read model with the report's tables, check results, findings and breaks.
        contracts: Contracts by source.
        stated: Thresholds and claims; those that are shipped if None.
        report_held: Whether the GLA report is a member of the publication, so that its claims are judged.

    Returns:
        The indicators.
    """
    thresholds = stated or vocabulary()
    facts = BiasFacts(connection, contracts, thresholds if report_held else thresholds.without_claims())
    create_panel(facts)
    indicators = [indicator for prepare in PREPARED for indicator in prepare(facts)]
    facts.execute(f"CREATE TEMP TABLE bias_rows (position INTEGER, {COLUMNS})")
    for position, indicator in enumerate(indicators):
        _insert(facts, position, indicator)
    facts.execute(
        """CREATE TABLE quality.bias_register AS SELECT * EXCLUDE (position) FROM bias_rows
        ORDER BY position, source, measure NULLS FIRST, area_code NULLS FIRST, value, verdict""",
        *(f"DROP TABLE bias_{name}" for name in _TEMPORARY),
    )
    return indicators


def _insert(facts: BiasFacts, position: int, indicator: Indicator) -> None:
    limit = facts.vocabulary.limits.get(indicator.limit)
    stated = {
        "position": position,
        "bias": indicator.bias,
        "indicator": indicator.name,
        "check_id": indicator.check_id,
        "threshold": limit.value if limit else None,
        "threshold_origin": limit.origin if limit else None,
        "threshold_because": limit.because if limit else None,
        "cannot_tell": indicator.cannot_tell,
    }
    facts.connection.execute(_ROWS.format(rows=indicator.rows), stated)
    facts.connection.execute(_NOTHING, stated | {"reason": indicator.reason, "nothing": indicator.nothing})


_STATED = """$position AS position, $bias AS bias, $indicator AS indicator, $check_id AS check_id,
    $threshold::DOUBLE AS threshold, $threshold_origin AS threshold_origin, $threshold_because AS threshold_because,
    $cannot_tell AS cannot_tell"""
_ROWS = f"""INSERT INTO bias_rows BY NAME
SELECT {_STATED}, r.source, r.release, r.measure, r.area_code, r.area_name, round(r.value, 9) AS value,
    r.value_text, r.outcome, r.reason,
    replace(r.verdict, '{{{{source}}}}', r.source) AS verdict, r.evidence
FROM ({{rows}}) r JOIN bias_sources USING (source)"""
_NOTHING = f"""INSERT INTO bias_rows BY NAME
SELECT {_STATED}, s.source, n.release, 'not_evaluated' AS outcome,
    CASE WHEN s.held THEN $reason ELSE 'no_input' END AS reason,
    CASE WHEN s.held THEN replace($nothing, '{{source}}', s.source)
         ELSE upper(s.why[1]) || s.why[2:] || '.' END AS verdict
FROM bias_sources s LEFT JOIN (SELECT source, max(release) AS release FROM bias_newest GROUP BY source) n USING (source)
WHERE s.source NOT IN (SELECT source FROM bias_rows WHERE indicator = $indicator)"""
